#if defined(__x86_64__)
#include <immintrin.h>

#include "kernel/moments.h"
#include "kernel/unroll.h"

/* All eight lanes at a time, and every sum stays in a register; each operation is the scalar one, in its order. */
#define TARGET __attribute__((target("avx512f,avx512dq")))
#define INLINE __attribute__((always_inline)) static inline

TARGET INLINE __m512d add(__m512d a, __m512d b) { return _mm512_add_pd(a, b); }
TARGET INLINE __m512d sub(__m512d a, __m512d b) { return _mm512_sub_pd(a, b); }
TARGET INLINE __m512d mul(__m512d a, __m512d b) { return _mm512_mul_pd(a, b); }
TARGET INLINE __m512d absolute(__m512d a) { return _mm512_andnot_pd(_mm512_set1_pd(-0.0), a); }

TARGET INLINE void accumulate(__m512d *sum, __m512d value) { *sum = add(*sum, value); }

TARGET INLINE __m512d sum_of_squares(const __m512d *p, int axis)
{
    return add(add(mul(p[axis], p[axis]), mul(p[axis + 3], p[axis + 3])), mul(p[axis + 6], p[axis + 6]));
}

TARGET INLINE __m512d sum_of_products(const __m512d *p, int i, int k)
{
    return add(add(mul(p[i], p[k]), mul(p[i + 3], p[k + 3])), mul(p[i + 6], p[k + 6]));
}

TARGET INLINE void add_eight(const lqi_rows *rows, size_t from, const __m512d reference[3], const double *weight,
                             __m512d sum[LQI_MOMENT_COUNT])
{
    __m512d p[LQI_ROW_COUNT];
    LQI_UNROLL
    for (int row = 0; row < LQI_ROW_COUNT; row++)
        p[row] = sub(_mm512_loadu_pd(&rows->row[row][from]), reference[row % 3]);
    __m512d ux = sub(p[3], p[0]), uy = sub(p[4], p[1]), uz = sub(p[5], p[2]);
    __m512d vx = sub(p[6], p[0]), vy = sub(p[7], p[1]), vz = sub(p[8], p[2]);
    __m512d nx = sub(mul(uy, vz), mul(uz, vy)), ny = sub(mul(uz, vx), mul(ux, vz)), nz = sub(mul(ux, vy), mul(uy, vx));
    __m512d w = weight ? _mm512_loadu_pd(weight + from) : _mm512_set1_pd(1), w_abs = absolute(w);
    __m512d tx = mul(p[0], nx), ty = mul(p[1], ny), tz = mul(p[2], nz);
    __m512d d = mul(w, add(add(tx, ty), tz));
    __m512d s[3];
    LQI_UNROLL
    for (int i = 0; i < 3; i++) s[i] = add(add(p[i], p[i + 3]), p[i + 6]);
    accumulate(&sum[LQI_MOMENT_AREA], mul(w_abs, _mm512_sqrt_pd(add(add(mul(nx, nx), mul(ny, ny)), mul(nz, nz)))));
    accumulate(&sum[LQI_MOMENT_VECTOR_X], mul(w, nx));
    accumulate(&sum[LQI_MOMENT_VECTOR_Y], mul(w, ny));
    accumulate(&sum[LQI_MOMENT_VECTOR_Z], mul(w, nz));
    accumulate(&sum[LQI_MOMENT_VOLUME], d);
    accumulate(&sum[LQI_MOMENT_ABSOLUTE], mul(w_abs, add(add(absolute(tx), absolute(ty)), absolute(tz))));
    LQI_UNROLL
    for (int i = 0; i < 3; i++) {
        accumulate(&sum[LQI_MOMENT_X + i], mul(d, s[i]));
        accumulate(&sum[LQI_MOMENT_XX + i], mul(d, add(mul(s[i], s[i]), sum_of_squares(p, i))));
        accumulate(&sum[LQI_MOMENT_XY + i], mul(d, add(mul(s[i], s[(i + 1) % 3]), sum_of_products(p, i, (i + 1) % 3))));
    }
}

TARGET void lqi_moments_avx512(const lqi_rows *rows, const double reference[3], const double *weight, size_t count,
                               double sum[LQI_MOMENT_COUNT][LQI_LANES])
{
    __m512d from[3], kept[LQI_MOMENT_COUNT];
    LQI_UNROLL
    for (int i = 0; i < 3; i++) from[i] = _mm512_set1_pd(reference[i]);
    LQI_UNROLL
    for (int m = 0; m < LQI_MOMENT_COUNT; m++) kept[m] = _mm512_loadu_pd(sum[m]);
    if (weight)
        for (size_t i = 0; i < count; i += LQI_LANES) add_eight(rows, i, from, weight, kept);
    else /* a copy of the loop in which the products with 1 fall away */
        for (size_t i = 0; i < count; i += LQI_LANES) add_eight(rows, i, from, NULL, kept);
    LQI_UNROLL
    for (int m = 0; m < LQI_MOMENT_COUNT; m++) _mm512_storeu_pd(sum[m], kept[m]);
}
#else
typedef int lqi_moments_avx512_is_for_x86;
#endif
