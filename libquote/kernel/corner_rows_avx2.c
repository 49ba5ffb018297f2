#if defined(__x86_64__)
#include <immintrin.h>

#include "kernel/corner_rows.h"
#include "kernel/unroll.h"

/* Triangles ahead: about as many lines as the core keeps under way. */
#define AHEAD 32

#define TARGET __attribute__((target("avx2")))

static inline void prefetch(const double *xyz, const uint32_t *corner)
{
    LQI_UNROLL
    for (int k = 0; k < 3; k++) {
        const char *p = (const char *)(xyz + (size_t)3 * corner[k]);
        _mm_prefetch(p, _MM_HINT_T0);
        _mm_prefetch(p + 23, _MM_HINT_T0); /* a position may lie across two lines */
    }
}

/* One corner of four triangles: x, y and z of each are loaded without touching what lies behind. */
TARGET static inline void gather_four(const double *xyz, const uint32_t *corner, double *x, double *y, double *z)
{
    const double *p0 = xyz + (size_t)3 * corner[0], *p1 = xyz + (size_t)3 * corner[3];
    const double *p2 = xyz + (size_t)3 * corner[6], *p3 = xyz + (size_t)3 * corner[9];
    __m256d even = _mm256_insertf128_pd(_mm256_castpd128_pd256(_mm_loadu_pd(p0)), _mm_loadu_pd(p2), 1);
    __m256d odd = _mm256_insertf128_pd(_mm256_castpd128_pd256(_mm_loadu_pd(p1)), _mm_loadu_pd(p3), 1);
    _mm256_storeu_pd(x, _mm256_unpacklo_pd(even, odd));
    _mm256_storeu_pd(y, _mm256_unpackhi_pd(even, odd));
    _mm_storeu_pd(z, _mm_loadh_pd(_mm_load_sd(p0 + 2), p1 + 2));
    _mm_storeu_pd(z + 2, _mm_loadh_pd(_mm_load_sd(p2 + 2), p3 + 2));
}

TARGET void lqi_corner_rows_avx2(const double *xyz, const uint32_t *corner, size_t count, size_t following,
                                 lqi_rows *rows)
{
    size_t i = 0, known = count + following;
    for (; i + 4 <= count; i += 4) {
        for (size_t ahead = i + AHEAD; ahead < i + AHEAD + 4 && ahead < known; ahead++)
            prefetch(xyz, corner + 3 * ahead);
        LQI_UNROLL
        for (size_t k = 0; k < 3; k++)
            gather_four(xyz, corner + 3 * i + k, &rows->row[3 * k][i], &rows->row[3 * k + 1][i],
                        &rows->row[3 * k + 2][i]);
    }
    for (; i < count; i++) LQI_UNROLL
    for (size_t row = 0; row < LQI_ROW_COUNT; row++)
        rows->row[row][i] = xyz[(size_t)3 * corner[3 * i + row / 3] + row % 3];
}
#else
typedef int lqi_corner_rows_avx2_is_for_x86;
#endif
