#if defined(__aarch64__)
#include <arm_neon.h>

#include "kernel/moments.h"
#include "kernel/unroll.h"

/* Two of the eight lanes at a time; each operation is the scalar one, in its order. */

static inline float64x2_t add(float64x2_t a, float64x2_t b) { return vaddq_f64(a, b); }
static inline float64x2_t sub(float64x2_t a, float64x2_t b) { return vsubq_f64(a, b); }
static inline float64x2_t mul(float64x2_t a, float64x2_t b) { return vmulq_f64(a, b); }

static inline void accumulate(double *lane, float64x2_t value) { vst1q_f64(lane, add(vld1q_f64(lane), value)); }

static inline float64x2_t sum_of_squares(const float64x2_t *p, int axis)
{
    return add(add(mul(p[axis], p[axis]), mul(p[axis + 3], p[axis + 3])), mul(p[axis + 6], p[axis + 6]));
}

static inline float64x2_t sum_of_products(const float64x2_t *p, int i, int k)
{
    return add(add(mul(p[i], p[k]), mul(p[i + 3], p[k + 3])), mul(p[i + 6], p[k + 6]));
}

__attribute__((always_inline)) static inline void add_two(const lqi_rows *rows, size_t from, const double reference[3],
                                                          const double *weight, double sum[LQI_MOMENT_COUNT][LQI_LANES],
                                                          size_t lane)
{
    float64x2_t p[LQI_ROW_COUNT];
    LQI_UNROLL
    for (int row = 0; row < LQI_ROW_COUNT; row++)
        p[row] = sub(vld1q_f64(&rows->row[row][from]), vdupq_n_f64(reference[row % 3]));
    float64x2_t ux = sub(p[3], p[0]), uy = sub(p[4], p[1]), uz = sub(p[5], p[2]);
    float64x2_t vx = sub(p[6], p[0]), vy = sub(p[7], p[1]), vz = sub(p[8], p[2]);
    float64x2_t nx = sub(mul(uy, vz), mul(uz, vy)), ny = sub(mul(uz, vx), mul(ux, vz)),
                nz = sub(mul(ux, vy), mul(uy, vx));
    float64x2_t tx = mul(p[0], nx), ty = mul(p[1], ny), tz = mul(p[2], nz), d = add(add(tx, ty), tz);
    float64x2_t absolute = add(add(vabsq_f64(tx), vabsq_f64(ty)), vabsq_f64(tz));
    float64x2_t length = vsqrtq_f64(add(add(mul(nx, nx), mul(ny, ny)), mul(nz, nz)));
    if (weight) {
        float64x2_t w = vld1q_f64(weight + from), w_abs = vabsq_f64(w);
        nx = mul(w, nx), ny = mul(w, ny), nz = mul(w, nz), d = mul(w, d);
        absolute = mul(w_abs, absolute), length = mul(w_abs, length);
    }
    float64x2_t s[3];
    LQI_UNROLL
    for (int i = 0; i < 3; i++) s[i] = add(add(p[i], p[i + 3]), p[i + 6]);
    accumulate(&sum[LQI_MOMENT_AREA][lane], length);
    accumulate(&sum[LQI_MOMENT_VECTOR_X][lane], nx);
    accumulate(&sum[LQI_MOMENT_VECTOR_Y][lane], ny);
    accumulate(&sum[LQI_MOMENT_VECTOR_Z][lane], nz);
    accumulate(&sum[LQI_MOMENT_VOLUME][lane], d);
    accumulate(&sum[LQI_MOMENT_ABSOLUTE][lane], absolute);
    LQI_UNROLL
    for (int i = 0; i < 3; i++) accumulate(&sum[LQI_MOMENT_X + i][lane], mul(d, s[i]));
    LQI_UNROLL
    for (int i = 0; i < 3; i++)
        accumulate(&sum[LQI_MOMENT_XX + i][lane], mul(d, add(mul(s[i], s[i]), sum_of_squares(p, i))));
    accumulate(&sum[LQI_MOMENT_XY][lane], mul(d, add(mul(s[0], s[1]), sum_of_products(p, 0, 1))));
    accumulate(&sum[LQI_MOMENT_YZ][lane], mul(d, add(mul(s[1], s[2]), sum_of_products(p, 1, 2))));
    accumulate(&sum[LQI_MOMENT_ZX][lane], mul(d, add(mul(s[2], s[0]), sum_of_products(p, 2, 0))));
}

void lqi_moments_neon(const lqi_rows *rows, const double reference[3], const double *weight, size_t count,
                      double sum[LQI_MOMENT_COUNT][LQI_LANES])
{
    if (!weight) { /* a copy of the loop without the products with 1 */
        for (size_t i = 0; i < count; i += 2) add_two(rows, i, reference, NULL, sum, i % LQI_LANES);
        return;
    }
    for (size_t i = 0; i < count; i += 2) add_two(rows, i, reference, weight, sum, i % LQI_LANES);
}
#else
typedef int lqi_moments_neon_is_for_arm64;
#endif
