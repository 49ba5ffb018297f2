/* Text on 64-bit ARM: comparisons to one bit a byte, digits to integers. */
#ifndef LQI_NEON_BITS_H
#define LQI_NEON_BITS_H

#include <arm_neon.h>
#include <stdint.h>

static inline uint8x16_t lqi_neon_bits(void)
{
    static const uint8_t bits[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    return vld1q_u8(bits);
}

/* Bits of two comparisons, those of the first below. `bits`: lqi_neon_bits(). Sums of neighbours gather eight bytes'
 * bits in one. */
static inline uint32_t lqi_neon_mask_32(uint8x16_t first, uint8x16_t second, uint8x16_t bits)
{
    uint8x16_t sums = vpaddq_u8(vandq_u8(first, bits), vandq_u8(second, bits));
    sums = vpaddq_u8(sums, sums);
    sums = vpaddq_u8(sums, sums);
    return vgetq_lane_u32(vreinterpretq_u32_u8(sums), 0);
}

/* The same of four. */
static inline uint64_t lqi_neon_mask_64(const uint8x16_t compared[4], uint8x16_t bits)
{
    uint8x16_t low = vpaddq_u8(vandq_u8(compared[0], bits), vandq_u8(compared[1], bits));
    uint8x16_t high = vpaddq_u8(vandq_u8(compared[2], bits), vandq_u8(compared[3], bits));
    uint8x16_t sums = vpaddq_u8(low, high);
    sums = vpaddq_u8(sums, sums);
    return vgetq_lane_u64(vreinterpretq_u64_u8(sums), 0);
}

/* The integers of eight digits each, the first lane's of falling worth first; digits are 0 to 9. */
static inline uint64x2_t lqi_neon_eights(uint8x16_t digits)
{
    static const uint8_t tens[16] = {10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1};
    const uint16x8_t hundreds = vreinterpretq_u16_u32(vdupq_n_u32(0x00010064));
    const uint32x4_t ten_thousands = vreinterpretq_u32_u64(vdupq_n_u64(0x0000000100002710));
    uint16x8_t pairs = vpaddlq_u8(vmulq_u8(digits, vld1q_u8(tens)));
    uint32x4_t fours = vpaddlq_u16(vmulq_u16(pairs, hundreds));
    return vpaddlq_u32(vmulq_u32(fours, ten_thousands));
}

#endif
