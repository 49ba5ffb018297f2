#if defined(__x86_64__)
#include <immintrin.h>

#include "kernel/slivers.h"
#include "kernel/unroll.h"

#define TARGET __attribute__((target("avx512f")))
#define INLINE __attribute__((always_inline)) static inline

TARGET INLINE __m512d add(__m512d a, __m512d b) { return _mm512_add_pd(a, b); }
TARGET INLINE __m512d sub(__m512d a, __m512d b) { return _mm512_sub_pd(a, b); }
TARGET INLINE __m512d mul(__m512d a, __m512d b) { return _mm512_mul_pd(a, b); }

TARGET INLINE __m512d square(__m512d x, __m512d y, __m512d z) { return add(add(mul(x, x), mul(y, y)), mul(z, z)); }

TARGET void lqi_slivers_avx512(const lqi_rows *rows, size_t count, uint64_t mask[LQI_BLOCK_WORDS])
{
    const __m512d share = _mm512_set1_pd(LQI_SLIVER_SHARE * LQI_SLIVER_SHARE);
    for (size_t word = 0; word < LQI_BLOCK_WORDS; word++) mask[word] = 0;
    for (size_t i = 0; i < count; i += 8) { /* the rows are longer than any count */
        __m512d p[LQI_ROW_COUNT];
        LQI_UNROLL
        for (int row = 0; row < LQI_ROW_COUNT; row++) p[row] = _mm512_loadu_pd(&rows->row[row][i]);
        __m512d ux = sub(p[3], p[0]), uy = sub(p[4], p[1]), uz = sub(p[5], p[2]);
        __m512d vx = sub(p[6], p[0]), vy = sub(p[7], p[1]), vz = sub(p[8], p[2]);
        __m512d wx = sub(p[6], p[3]), wy = sub(p[7], p[4]), wz = sub(p[8], p[5]);
        __m512d nx = sub(mul(uy, vz), mul(uz, vy)), ny = sub(mul(uz, vx), mul(ux, vz)),
                nz = sub(mul(ux, vy), mul(uy, vx));
        __m512d longest = _mm512_max_pd(square(ux, uy, uz), _mm512_max_pd(square(vx, vy, vz), square(wx, wy, wz)));
        __m512d least = mul(mul(share, longest), longest);
        uint64_t bits = (uint64_t)_mm512_cmp_pd_mask(square(nx, ny, nz), least, _CMP_GT_OQ) ^ 255;
        if (count - i < 8) bits &= ((uint64_t)1 << (count - i)) - 1;
        mask[i / 64] |= bits << i % 64;
    }
}
#else
typedef int lqi_slivers_avx512_is_for_x86;
#endif
