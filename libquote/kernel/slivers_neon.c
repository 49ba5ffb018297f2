#if defined(__aarch64__)
#include <arm_neon.h>

#include "kernel/slivers.h"
#include "kernel/unroll.h"

static inline float64x2_t add(float64x2_t a, float64x2_t b) { return vaddq_f64(a, b); }
static inline float64x2_t sub(float64x2_t a, float64x2_t b) { return vsubq_f64(a, b); }
static inline float64x2_t mul(float64x2_t a, float64x2_t b) { return vmulq_f64(a, b); }

static inline float64x2_t square(float64x2_t x, float64x2_t y, float64x2_t z)
{
    return add(add(mul(x, x), mul(y, y)), mul(z, z));
}

/* All ones for each of two triangles that has an area. */
static inline uint64x2_t are_solid(const lqi_rows *rows, size_t from)
{
    float64x2_t p[LQI_ROW_COUNT];
    LQI_UNROLL
    for (int row = 0; row < LQI_ROW_COUNT; row++) p[row] = vld1q_f64(&rows->row[row][from]);
    float64x2_t ux = sub(p[3], p[0]), uy = sub(p[4], p[1]), uz = sub(p[5], p[2]);
    float64x2_t vx = sub(p[6], p[0]), vy = sub(p[7], p[1]), vz = sub(p[8], p[2]);
    float64x2_t wx = sub(p[6], p[3]), wy = sub(p[7], p[4]), wz = sub(p[8], p[5]);
    float64x2_t nx = sub(mul(uy, vz), mul(uz, vy)), ny = sub(mul(uz, vx), mul(ux, vz)),
                nz = sub(mul(ux, vy), mul(uy, vx));
    /* Where this maximum passes a NaN on and the reference does not, the normal is NaN too. */
    float64x2_t longest = vmaxq_f64(square(ux, uy, uz), vmaxq_f64(square(vx, vy, vz), square(wx, wy, wz)));
    float64x2_t least = mul(mul(vdupq_n_f64(LQI_SLIVER_SHARE * LQI_SLIVER_SHARE), longest), longest);
    return vcgtq_f64(square(nx, ny, nz), least);
}

void lqi_slivers_neon(const lqi_rows *rows, size_t count, uint64_t mask[LQI_BLOCK_WORDS])
{
    const uint64_t first_two[2] = {1, 2};
    for (size_t word = 0, from = 0; word < LQI_BLOCK_WORDS; word++, from += 64) {
        size_t here = count > from ? count - from : 0;
        if (here > 64) here = 64;
        uint64x2_t bit = vld1q_u64(first_two), found = vdupq_n_u64(0);
        for (size_t i = 0; i < here; i += 2) { /* the rows are longer than any count */
            found = vorrq_u64(found, vbicq_u64(bit, are_solid(rows, from + i)));
            bit = vshlq_n_u64(bit, 2);
        }
        mask[word] = vgetq_lane_u64(found, 0) | vgetq_lane_u64(found, 1);
        if (here < 64) mask[word] &= ((uint64_t)1 << here) - 1;
    }
}
#else
typedef int lqi_slivers_neon_is_for_arm64;
#endif
