#if defined(__x86_64__)
#include <immintrin.h>

#include "kernel/tetrahedra.h"
#include "kernel/unroll.h"

#define TARGET __attribute__((target("avx2")))

TARGET static inline __m256d add(__m256d a, __m256d b) { return _mm256_add_pd(a, b); }
TARGET static inline __m256d sub(__m256d a, __m256d b) { return _mm256_sub_pd(a, b); }
TARGET static inline __m256d mul(__m256d a, __m256d b) { return _mm256_mul_pd(a, b); }

TARGET static inline double smallest(__m256d x)
{
    double lane[4];
    _mm256_storeu_pd(lane, x);
    LQI_UNROLL
    for (int i = 1; i < 4; i++) lane[0] = lane[i] < lane[0] ? lane[i] : lane[0];
    return lane[0];
}

TARGET static inline double largest(__m256d x)
{
    double lane[4];
    _mm256_storeu_pd(lane, x);
    LQI_UNROLL
    for (int i = 1; i < 4; i++) lane[0] = lane[i] > lane[0] ? lane[i] : lane[0];
    return lane[0];
}

TARGET void lqi_tetrahedra_avx2(const lqi_rows *rows, size_t count, const double origin[3], double *volume,
                                double box[6])
{
    __m256d from[3], low[3], high[3];
    const __m256d six = _mm256_set1_pd(6);
    LQI_UNROLL
    for (int i = 0; i < 3; i++) {
        from[i] = _mm256_set1_pd(origin[i]);
        low[i] = _mm256_set1_pd(box[i]);
        high[i] = _mm256_set1_pd(box[3 + i]);
    }
    size_t i = 0;
    for (; i + 4 <= count; i += 4) {
        __m256d p[LQI_ROW_COUNT];
        LQI_UNROLL
        for (int row = 0; row < LQI_ROW_COUNT; row++) {
            __m256d x = _mm256_loadu_pd(&rows->row[row][i]);
            p[row] = sub(x, from[row % 3]);
            low[row % 3] = _mm256_min_pd(x, low[row % 3]);
            high[row % 3] = _mm256_max_pd(x, high[row % 3]);
        }
        __m256d xy =
            sub(mul(p[0], sub(mul(p[4], p[8]), mul(p[5], p[7]))), mul(p[1], sub(mul(p[3], p[8]), mul(p[5], p[6]))));
        __m256d det = add(xy, mul(p[2], sub(mul(p[3], p[7]), mul(p[4], p[6]))));
        _mm256_storeu_pd(volume + i, _mm256_div_pd(det, six));
    }
    LQI_UNROLL
    for (int axis = 0; axis < 3; axis++) {
        box[axis] = smallest(low[axis]);
        box[3 + axis] = largest(high[axis]);
    }
    if (i == count) return;
    lqi_rows rest;
    LQI_UNROLL
    for (size_t row = 0; row < LQI_ROW_COUNT; row++)
        for (size_t k = i; k < count; k++) rest.row[row][k - i] = rows->row[row][k];
    lqi_tetrahedra_scalar(&rest, count - i, origin, volume + i, box);
}
#else
typedef int lqi_tetrahedra_avx2_is_for_x86;
#endif
