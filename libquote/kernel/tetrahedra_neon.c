#if defined(__aarch64__)
#include <arm_neon.h>

#include "kernel/tetrahedra.h"
#include "kernel/unroll.h"

static inline float64x2_t add(float64x2_t a, float64x2_t b) { return vaddq_f64(a, b); }
static inline float64x2_t sub(float64x2_t a, float64x2_t b) { return vsubq_f64(a, b); }
static inline float64x2_t mul(float64x2_t a, float64x2_t b) { return vmulq_f64(a, b); }

void lqi_tetrahedra_neon(const lqi_rows *rows, size_t count, const double origin[3], double *volume, double box[6])
{
    float64x2_t from[3], low[3], high[3];
    LQI_UNROLL
    for (int i = 0; i < 3; i++) {
        from[i] = vdupq_n_f64(origin[i]);
        low[i] = vdupq_n_f64(box[i]);
        high[i] = vdupq_n_f64(box[3 + i]);
    }
    size_t i = 0;
    for (; i + 2 <= count; i += 2) {
        float64x2_t p[LQI_ROW_COUNT];
        LQI_UNROLL
        for (int row = 0; row < LQI_ROW_COUNT; row++) {
            float64x2_t x = vld1q_f64(&rows->row[row][i]);
            p[row] = sub(x, from[row % 3]);
            low[row % 3] = vminq_f64(x, low[row % 3]);
            high[row % 3] = vmaxq_f64(x, high[row % 3]);
        }
        float64x2_t xy =
            sub(mul(p[0], sub(mul(p[4], p[8]), mul(p[5], p[7]))), mul(p[1], sub(mul(p[3], p[8]), mul(p[5], p[6]))));
        float64x2_t det = add(xy, mul(p[2], sub(mul(p[3], p[7]), mul(p[4], p[6]))));
        vst1q_f64(volume + i, vdivq_f64(det, vdupq_n_f64(6)));
    }
    LQI_UNROLL
    for (int axis = 0; axis < 3; axis++) {
        box[axis] = vminvq_f64(low[axis]);
        box[3 + axis] = vmaxvq_f64(high[axis]);
    }
    if (i == count) return;
    lqi_rows rest;
    for (size_t row = 0; row < LQI_ROW_COUNT; row++) rest.row[row][0] = rows->row[row][i];
    lqi_tetrahedra_scalar(&rest, 1, origin, volume + i, box);
}
#else
typedef int lqi_tetrahedra_neon_is_for_arm64;
#endif
