#if defined(__aarch64__)
#include <arm_neon.h>

#include "kernel/corner_rows.h"
#include "kernel/unroll.h"

/* Triangles ahead: about as many lines as the core keeps under way. */
#define AHEAD 32

static inline void prefetch(const double *xyz, const uint32_t *corner)
{
    LQI_UNROLL
    for (int k = 0; k < 3; k++) __builtin_prefetch(xyz + (size_t)3 * corner[k]);
}

/* One corner of two triangles; nothing behind z is touched. */
static inline void gather_two(const double *xyz, const uint32_t *corner, double *x, double *y, double *z)
{
    const double *p = xyz + (size_t)3 * corner[0], *q = xyz + (size_t)3 * corner[3];
    float64x2_t first = vld1q_f64(p), second = vld1q_f64(q);
    vst1q_f64(x, vzip1q_f64(first, second));
    vst1q_f64(y, vzip2q_f64(first, second));
    vst1q_f64(z, vcombine_f64(vld1_f64(p + 2), vld1_f64(q + 2)));
}

void lqi_corner_rows_neon(const double *xyz, const uint32_t *corner, size_t count, size_t following, lqi_rows *rows)
{
    size_t i = 0, known = count + following;
    for (; i + 2 <= count; i += 2) {
        for (size_t ahead = i + AHEAD; ahead < i + AHEAD + 2 && ahead < known; ahead++)
            prefetch(xyz, corner + 3 * ahead);
        LQI_UNROLL
        for (size_t k = 0; k < 3; k++)
            gather_two(xyz, corner + 3 * i + k, &rows->row[3 * k][i], &rows->row[3 * k + 1][i],
                       &rows->row[3 * k + 2][i]);
    }
    if (i == count) return;
    for (size_t row = 0; row < LQI_ROW_COUNT; row++)
        rows->row[row][i] = xyz[(size_t)3 * corner[3 * i + row / 3] + row % 3];
}
#else
typedef int lqi_corner_rows_neon_is_for_arm64;
#endif
