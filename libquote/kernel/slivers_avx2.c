#if defined(__x86_64__)
#include <immintrin.h>

#include "kernel/slivers.h"
#include "kernel/unroll.h"

#define TARGET __attribute__((target("avx2")))

TARGET static inline __m256d add(__m256d a, __m256d b) { return _mm256_add_pd(a, b); }
TARGET static inline __m256d sub(__m256d a, __m256d b) { return _mm256_sub_pd(a, b); }
TARGET static inline __m256d mul(__m256d a, __m256d b) { return _mm256_mul_pd(a, b); }

TARGET static inline __m256d square(__m256d x, __m256d y, __m256d z)
{
    return add(add(mul(x, x), mul(y, y)), mul(z, z));
}

TARGET void lqi_slivers_avx2(const lqi_rows *rows, size_t count, uint64_t mask[LQI_BLOCK_WORDS])
{
    const __m256d share = _mm256_set1_pd(LQI_SLIVER_SHARE * LQI_SLIVER_SHARE);
    for (size_t word = 0; word < LQI_BLOCK_WORDS; word++) mask[word] = 0;
    for (size_t i = 0; i < count; i += 4) { /* the rows are longer than any count */
        __m256d p[LQI_ROW_COUNT];
        LQI_UNROLL
        for (int row = 0; row < LQI_ROW_COUNT; row++) p[row] = _mm256_loadu_pd(&rows->row[row][i]);
        __m256d ux = sub(p[3], p[0]), uy = sub(p[4], p[1]), uz = sub(p[5], p[2]);
        __m256d vx = sub(p[6], p[0]), vy = sub(p[7], p[1]), vz = sub(p[8], p[2]);
        __m256d wx = sub(p[6], p[3]), wy = sub(p[7], p[4]), wz = sub(p[8], p[5]);
        __m256d nx = sub(mul(uy, vz), mul(uz, vy)), ny = sub(mul(uz, vx), mul(ux, vz)),
                nz = sub(mul(ux, vy), mul(uy, vx));
        __m256d longest = _mm256_max_pd(square(ux, uy, uz), _mm256_max_pd(square(vx, vy, vz), square(wx, wy, wz)));
        __m256d least = mul(mul(share, longest), longest);
        __m256d solid = _mm256_cmp_pd(square(nx, ny, nz), least, _CMP_GT_OQ);
        uint64_t bits = (uint64_t)_mm256_movemask_pd(solid) ^ 15;
        if (count - i < 4) bits &= ((uint64_t)1 << (count - i)) - 1;
        mask[i / 64] |= bits << i % 64;
    }
}
#else
typedef int lqi_slivers_avx2_is_for_x86;
#endif
