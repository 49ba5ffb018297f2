#if defined(__x86_64__)
#include <immintrin.h>

#include "kernel/tetrahedra.h"
#include "kernel/unroll.h"

#define TARGET __attribute__((target("avx512f")))
#define INLINE __attribute__((always_inline)) static inline

TARGET INLINE __m512d add(__m512d a, __m512d b) { return _mm512_add_pd(a, b); }
TARGET INLINE __m512d sub(__m512d a, __m512d b) { return _mm512_sub_pd(a, b); }
TARGET INLINE __m512d mul(__m512d a, __m512d b) { return _mm512_mul_pd(a, b); }

TARGET INLINE double smallest(__m512d x)
{
    double lane[8];
    _mm512_storeu_pd(lane, x);
    for (int i = 1; i < 8; i++) lane[0] = lane[i] < lane[0] ? lane[i] : lane[0];
    return lane[0];
}

TARGET INLINE double largest(__m512d x)
{
    double lane[8];
    _mm512_storeu_pd(lane, x);
    for (int i = 1; i < 8; i++) lane[0] = lane[i] > lane[0] ? lane[i] : lane[0];
    return lane[0];
}

TARGET void lqi_tetrahedra_avx512(const lqi_rows *rows, size_t count, const double origin[3], double *volume,
                                  double box[6])
{
    __m512d from[3], low[3], high[3];
    const __m512d six = _mm512_set1_pd(6);
    LQI_UNROLL
    for (int i = 0; i < 3; i++) {
        from[i] = _mm512_set1_pd(origin[i]);
        low[i] = _mm512_set1_pd(box[i]);
        high[i] = _mm512_set1_pd(box[3 + i]);
    }
    for (size_t i = 0; i < count; i += 8) { /* lanes beyond the count are read as zeros and change nothing */
        __mmask8 used = (__mmask8)(count - i < 8 ? (1u << (count - i)) - 1 : 255);
        __m512d p[LQI_ROW_COUNT];
        LQI_UNROLL
        for (int row = 0; row < LQI_ROW_COUNT; row++) {
            __m512d x = _mm512_maskz_loadu_pd(used, &rows->row[row][i]);
            p[row] = sub(x, from[row % 3]);
            low[row % 3] = _mm512_mask_min_pd(low[row % 3], used, x, low[row % 3]);
            high[row % 3] = _mm512_mask_max_pd(high[row % 3], used, x, high[row % 3]);
        }
        __m512d xy =
            sub(mul(p[0], sub(mul(p[4], p[8]), mul(p[5], p[7]))), mul(p[1], sub(mul(p[3], p[8]), mul(p[5], p[6]))));
        __m512d det = add(xy, mul(p[2], sub(mul(p[3], p[7]), mul(p[4], p[6]))));
        _mm512_mask_storeu_pd(volume + i, used, _mm512_div_pd(det, six));
    }
    for (int axis = 0; axis < 3; axis++) {
        box[axis] = smallest(low[axis]);
        box[3 + axis] = largest(high[axis]);
    }
}
#else
typedef int lqi_tetrahedra_avx512_is_for_x86;
#endif
