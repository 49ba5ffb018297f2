/* What facet_text_run.h asks of 64-bit ARM. What each function is for is told in facet_bytes_x86.h. */
#ifndef LQI_FACET_BYTES_NEON_H
#define LQI_FACET_BYTES_NEON_H

#include <arm_neon.h>
#include <float.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/facet_text.h"
#include "kernel/neon_bits.h"

#define LQI_BYTES
#define LQI_BYTES_INLINE static inline __attribute__((always_inline))

typedef uint8x16_t lqi_bytes16;

/* From memory, or compilers build them anew for each number. */
typedef struct lqi_byte_classes {
    uint8x16_t zeros, nines, points, bits;
} lqi_byte_classes;

LQI_BYTES_INLINE void lqi_bytes_set(lqi_byte_classes *c)
{
    *c = (lqi_byte_classes){vdupq_n_u8('0'), vdupq_n_u8(9), vdupq_n_u8('.'), lqi_neon_bits()};
}

LQI_BYTES_INLINE uint8x16_t lqi_bytes_load(const void *p) { return vld1q_u8((const uint8_t *)p); }

LQI_BYTES_INLINE uint8x16_t lqi_bytes_differ(const char *p, const uint8_t *text, const uint8_t *mask)
{
    return vandq_u8(veorq_u8(lqi_bytes_load(p), lqi_bytes_load(text)), lqi_bytes_load(mask));
}

LQI_BYTES_INLINE bool lqi_bytes_same_32(const char *p, const void *text, const uint8_t *mask)
{
    uint8x16_t differs =
        vorrq_u8(lqi_bytes_differ(p, text, mask), lqi_bytes_differ(p + 16, (const uint8_t *)text + 16, mask + 16));
    return vmaxvq_u32(vreinterpretq_u32_u8(differs)) == 0;
}

LQI_BYTES_INLINE uint64_t lqi_bytes_spaces(const char *p)
{
    uint8x16_t blank = vdupq_n_u8(' '), is_space[4];
    for (int i = 0; i < 4; i++) is_space[i] = vcleq_u8(lqi_bytes_load(p + 16 * i), blank);
    return lqi_neon_mask_64(is_space, lqi_neon_bits());
}

LQI_BYTES_INLINE uint32_t lqi_bytes_key(const char *p, const lqi_byte_classes *c, lqi_bytes16 *values)
{
    uint8x16_t text = lqi_bytes_load(p);
    *values = veorq_u8(text, c->zeros);
    return lqi_neon_mask_32(vcgtq_u8(*values, c->nines), vceqq_u8(text, c->points), c->bits);
}

LQI_BYTES_INLINE uint32_t lqi_bytes_zeros(lqi_bytes16 values)
{
    uint8x16_t is_zero = vceqzq_u8(values);
    return lqi_neon_mask_32(is_zero, is_zero, lqi_neon_bits()) & 0xFFFF;
}

LQI_BYTES_INLINE void lqi_bytes_order(uint8_t order[16], uint32_t digits, uint32_t dot)
{
    static const int8_t index[16] = {-16, -15, -14, -13, -12, -11, -10, -9, -8, -7, -6, -5, -4, -3, -2, -1};
    int8x16_t source = vaddq_s8(vld1q_s8(index), vdupq_n_s8((int8_t)digits)); /* negative: a zero */
    uint8x16_t behind = vcgtq_s8(source, vdupq_n_s8((int8_t)((int)dot - 1)));
    vst1q_u8(order, vsubq_u8(vreinterpretq_u8_s8(source), behind));
}

LQI_BYTES_INLINE void lqi_bytes_put(uint8_t digits[16], lqi_bytes16 values, const uint8_t order[16])
{
    vst1q_u8(digits, vqtbl1q_u8(values, vld1q_u8(order)));
}

/* ---- arithmetic ---- */

/* See facet_bytes_x86.h. */
#define LQI_TIE_MARGIN (1 << 14)

/* Digits / divisor of two rows. */
LQI_BYTES_INLINE float64x2_t lqi_bytes_quotients(const uint8_t (*digits)[16], const uint64_t *divisor)
{
    uint64x2_t first = lqi_neon_eights(vld1q_u8(digits[0])), second = lqi_neon_eights(vld1q_u8(digits[1]));
    float64x2_t high = vcvtq_f64_u64(vzip1q_u64(first, second)), low = vcvtq_f64_u64(vzip2q_u64(first, second));
    float64x2_t whole = vaddq_f64(vmulq_f64(high, vdupq_n_f64(1e8)), low);
    return vaddq_f64(vdivq_f64(whole, vreinterpretq_f64_u64(vld1q_u64(divisor))), vdupq_n_f64(0));
}

/* All bits set where the float of a quotient may not be the nearest, or is not of a facet's magnitudes. */
LQI_BYTES_INLINE uint64x2_t lqi_bytes_bad(float64x2_t value)
{
    float64x2_t magnitude = vabsq_f64(value);
    uint64x2_t small = vbicq_u64(vcltq_f64(magnitude, vdupq_n_f64((double)FLT_MIN)), vceqzq_f64(magnitude));
    uint64x2_t outside = vorrq_u64(vcgtq_f64(magnitude, vdupq_n_f64((double)LQI_FACET_TEXT_MAX)), small);
    uint64x2_t from_tie = vsubq_u64(vreinterpretq_u64_f64(value), vdupq_n_u64(0x10000000 - LQI_TIE_MARGIN));
    uint64x2_t is_tie = vcltq_u64(vandq_u64(from_tie, vdupq_n_u64(0x1FFFFFFF)), vdupq_n_u64(2 * LQI_TIE_MARGIN));
    return vorrq_u64(outside, is_tie);
}

LQI_BYTES_INLINE size_t lqi_bytes_narrow(const uint8_t (*digits)[16], const uint64_t *divisor, size_t count,
                                         float *narrow)
{
    for (size_t i = 0; i < count; i += 4) {
        float64x2_t first = lqi_bytes_quotients(digits + i, divisor + i);
        float64x2_t second = lqi_bytes_quotients(digits + i + 2, divisor + i + 2);
        uint32x4_t bad = vcombine_u32(vmovn_u64(lqi_bytes_bad(first)), vmovn_u64(lqi_bytes_bad(second)));
        vst1q_f32(narrow + i, vcombine_f32(vcvt_f32_f64(first), vcvt_f32_f64(second)));
        uint64_t which = vget_lane_u64(vreinterpret_u64_u16(vmovn_u32(bad)), 0); /* 16 bits each */
        if (__builtin_expect(which != 0, 0)) return i + (size_t)__builtin_ctzll(which) / 16;
    }
    return count;
}

#endif
