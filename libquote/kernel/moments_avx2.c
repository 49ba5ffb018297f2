#if defined(__x86_64__)
#include <immintrin.h>

#include "kernel/moments.h"
#include "kernel/unroll.h"

/* Four lanes at a time, low half then high half of the eight; each operation is the scalar one, in its order. */
#define TARGET __attribute__((target("avx2")))

TARGET static inline __m256d add(__m256d a, __m256d b) { return _mm256_add_pd(a, b); }
TARGET static inline __m256d sub(__m256d a, __m256d b) { return _mm256_sub_pd(a, b); }
TARGET static inline __m256d mul(__m256d a, __m256d b) { return _mm256_mul_pd(a, b); }
TARGET static inline __m256d absolute(__m256d a) { return _mm256_andnot_pd(_mm256_set1_pd(-0.0), a); }

TARGET static inline void accumulate(double *lane, __m256d value)
{
    _mm256_storeu_pd(lane, add(_mm256_loadu_pd(lane), value));
}

TARGET static inline __m256d sum_of_squares(const __m256d *p, int axis)
{
    return add(add(mul(p[axis], p[axis]), mul(p[axis + 3], p[axis + 3])), mul(p[axis + 6], p[axis + 6]));
}

TARGET static inline __m256d sum_of_products(const __m256d *p, int i, int k)
{
    return add(add(mul(p[i], p[k]), mul(p[i + 3], p[k + 3])), mul(p[i + 6], p[k + 6]));
}

TARGET __attribute__((always_inline)) static inline void add_four(const lqi_rows *rows, size_t from,
                                                                  const double reference[3], const double *weight,
                                                                  double sum[LQI_MOMENT_COUNT][LQI_LANES], size_t lane)
{
    __m256d p[LQI_ROW_COUNT];
    LQI_UNROLL
    for (int row = 0; row < LQI_ROW_COUNT; row++)
        p[row] = sub(_mm256_loadu_pd(&rows->row[row][from]), _mm256_set1_pd(reference[row % 3]));
    __m256d ux = sub(p[3], p[0]), uy = sub(p[4], p[1]), uz = sub(p[5], p[2]);
    __m256d vx = sub(p[6], p[0]), vy = sub(p[7], p[1]), vz = sub(p[8], p[2]);
    __m256d nx = sub(mul(uy, vz), mul(uz, vy)), ny = sub(mul(uz, vx), mul(ux, vz)), nz = sub(mul(ux, vy), mul(uy, vx));
    __m256d w = weight ? _mm256_loadu_pd(weight + from) : _mm256_set1_pd(1), w_abs = absolute(w);
    __m256d tx = mul(p[0], nx), ty = mul(p[1], ny), tz = mul(p[2], nz);
    __m256d d = mul(w, add(add(tx, ty), tz));
    __m256d s[3];
    LQI_UNROLL
    for (int i = 0; i < 3; i++) s[i] = add(add(p[i], p[i + 3]), p[i + 6]);
    __m256d length = _mm256_sqrt_pd(add(add(mul(nx, nx), mul(ny, ny)), mul(nz, nz)));
    accumulate(&sum[LQI_MOMENT_AREA][lane], mul(w_abs, length));
    accumulate(&sum[LQI_MOMENT_VECTOR_X][lane], mul(w, nx));
    accumulate(&sum[LQI_MOMENT_VECTOR_Y][lane], mul(w, ny));
    accumulate(&sum[LQI_MOMENT_VECTOR_Z][lane], mul(w, nz));
    accumulate(&sum[LQI_MOMENT_VOLUME][lane], d);
    accumulate(&sum[LQI_MOMENT_ABSOLUTE][lane], mul(w_abs, add(add(absolute(tx), absolute(ty)), absolute(tz))));
    LQI_UNROLL
    for (int i = 0; i < 3; i++) accumulate(&sum[LQI_MOMENT_X + i][lane], mul(d, s[i]));
    LQI_UNROLL
    for (int i = 0; i < 3; i++)
        accumulate(&sum[LQI_MOMENT_XX + i][lane], mul(d, add(mul(s[i], s[i]), sum_of_squares(p, i))));
    accumulate(&sum[LQI_MOMENT_XY][lane], mul(d, add(mul(s[0], s[1]), sum_of_products(p, 0, 1))));
    accumulate(&sum[LQI_MOMENT_YZ][lane], mul(d, add(mul(s[1], s[2]), sum_of_products(p, 1, 2))));
    accumulate(&sum[LQI_MOMENT_ZX][lane], mul(d, add(mul(s[2], s[0]), sum_of_products(p, 2, 0))));
}

TARGET void lqi_moments_avx2(const lqi_rows *rows, const double reference[3], const double *weight, size_t count,
                             double sum[LQI_MOMENT_COUNT][LQI_LANES])
{
    if (!weight) { /* a copy of the loop in which the products with 1 fall away */
        for (size_t i = 0; i < count; i += 4) add_four(rows, i, reference, NULL, sum, i % LQI_LANES);
        return;
    }
    for (size_t i = 0; i < count; i += 4) add_four(rows, i, reference, weight, sum, i % LQI_LANES);
}
#else
typedef int lqi_moments_avx2_is_for_x86;
#endif
