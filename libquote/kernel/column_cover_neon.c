#if defined(__aarch64__)
#include <arm_neon.h>

#include "kernel/column_cover.h"
#include "kernel/unroll.h"

/* To nearest, halves up, for x >= 0: two and two doubles to four numbers. */
static inline int32x4_t round_half_up(float64x2_t x, float64x2_t y)
{
    return vmovn_high_s64(vmovn_s64(vcvtaq_s64_f64(x)), vcvtaq_s64_f64(y));
}

typedef struct cells {
    int32x4_t first, last;
} cells;

static inline cells cells_between(int32x4_t a, int32x4_t b, int32x4_t c)
{
    int32x4_t low = vminq_s32(a, vminq_s32(b, c)), high = vmaxq_s32(a, vmaxq_s32(b, c));
    int32x4_t up = vdupq_n_s32(LQI_SUBCELLS - 1 - LQI_SUBCELLS / 2), down = vdupq_n_s32(LQI_SUBCELLS / 2);
    return (cells){vshrq_n_s32(vaddq_s32(low, up), 8), vshrq_n_s32(vsubq_s32(high, down), 8)};
}

/* All ones where the triangle has no area or the centre lies strictly outside. A box with one centre is less than two
 * cells wide, so that 32 bits are enough; what comes out for larger ones is not used. */
static inline uint32x4_t misses_only_centre(const int32x4_t at[6], int32x4_t across, int32x4_t deep)
{
    const int32x4_t half = vdupq_n_s32(LQI_SUBCELLS / 2);
    int32x4_t centre_x = vaddq_s32(vshlq_n_s32(across, 8), half), centre_y = vaddq_s32(vshlq_n_s32(deep, 8), half);
    int32x4_t x[3], y[3], side[3];
    LQI_UNROLL
    for (int k = 0; k < 3; k++) {
        x[k] = vsubq_s32(at[2 * k], centre_x);
        y[k] = vsubq_s32(at[2 * k + 1], centre_y);
    }
    LQI_UNROLL
    for (int k = 0; k < 3; k++) side[k] = vsubq_s32(vmulq_s32(x[k], y[(k + 1) % 3]), vmulq_s32(y[k], x[(k + 1) % 3]));
    int32x4_t area = vaddq_s32(vaddq_s32(side[0], side[1]), side[2]);
    uint32x4_t misses = vceqzq_s32(area);
    LQI_UNROLL
    for (int k = 0; k < 3; k++) /* signs differ, and 0 has none */
        misses = vorrq_u32(misses, vandq_u32(vcltzq_s32(veorq_s32(side[k], area)), vtstq_s32(side[k], side[k])));
    return misses;
}

void lqi_column_cover_neon(const lqi_rows *rows, size_t count, const lqi_column_grid *grid, lqi_snapped *snapped,
                           uint64_t mask[LQI_BLOCK_WORDS])
{
    static const uint32_t bit[4] = {1, 2, 4, 8};
    for (size_t word = 0; word < LQI_BLOCK_WORDS; word++) mask[word] = 0;
    for (size_t i = 0; i < count; i += 4) { /* the rows are longer than any count */
        int32x4_t at[6];
        LQI_UNROLL
        for (int k = 0; k < 6; k++) {
            int side = k % 2;
            const double *row = &rows->row[k / 2 * 3 + grid->axis[side]][i];
            float64x2_t origin = vdupq_n_f64(grid->origin[side]), scale = vdupq_n_f64(grid->scale);
            at[k] = round_half_up(vmulq_f64(vsubq_f64(vld1q_f64(row), origin), scale),
                                  vmulq_f64(vsubq_f64(vld1q_f64(row + 2), origin), scale));
            vst1q_s32(&snapped->at[k][i], at[k]);
        }
        cells across = cells_between(at[0], at[2], at[4]), deep = cells_between(at[1], at[3], at[5]);
        uint32x4_t some = vandq_u32(vcleq_s32(across.first, across.last), vcleq_s32(deep.first, deep.last));
        uint64_t bits = vaddvq_u32(vandq_u32(some, vld1q_u32(bit)));
        if (bits) {
            uint32x4_t one = vandq_u32(vceqq_s32(across.first, across.last), vceqq_s32(deep.first, deep.last));
            uint32x4_t out = vandq_u32(one, misses_only_centre(at, across.first, deep.first));
            bits = vaddvq_u32(vandq_u32(vbicq_u32(some, out), vld1q_u32(bit)));
        }
        if (count - i < 4) bits &= ((uint64_t)1 << (count - i)) - 1;
        mask[i / 64] |= bits << i % 64;
    }
}
#else
typedef int lqi_column_cover_neon_is_for_arm64;
#endif
