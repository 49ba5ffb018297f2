/* Rounds of AES and what triangles add to the certificate, for the variants of 64-bit ARM. Its AES instruction adds the
 * key in front of the round, x86's and the reference behind it: a round's key waits for the next round, and the last
 * one is added by hand. The low 64 bits of a product are low x low plus 2^32 times (low x high + high x low). */
#ifndef LQI_DETERMINANT_NEON_H
#define LQI_DETERMINANT_NEON_H

/* Before clang 16 the header hides the instructions unless the whole file may use them. */
#if defined(__clang__) && __clang_major__ < 16 && !defined(__ARM_FEATURE_AES)
#define __ARM_FEATURE_AES 1
#endif
#include <arm_neon.h>

#include "kernel/certificate.h"

#if defined(__clang__)
#define LQI_NEON_AES_TARGET "aes"
#else
#define LQI_NEON_AES_TARGET "+crypto"
#endif
#define LQI_NEON_AES __attribute__((target(LQI_NEON_AES_TARGET)))
#define LQI_NEON_AES_INLINE __attribute__((target(LQI_NEON_AES_TARGET), always_inline)) static inline

/* Adds the key, then substitutes, shifts rows and mixes columns. */
LQI_NEON_AES_INLINE uint8x16_t lqi_neon_round(uint8x16_t s, uint8x16_t key) { return vaesmcq_u8(vaeseq_u8(s, key)); }

static inline uint8x16_t lqi_neon_key(const lqi_certificate_key *key, int i)
{
    return vreinterpretq_u8_u64(vld1q_u64(key->word[i]));
}

typedef struct lqi_determinant {
    uint64x2_t low; /* of p q' in the lower half, of q p' in the upper */
    uint32x4_t cross;
    uint64x2_t parity;
} lqi_determinant;

static inline uint64x2_t lqi_neon_swap(uint64x2_t x) { return vextq_u64(x, x, 1); }

LQI_NEON_AES_INLINE void lqi_determinant_add(lqi_determinant *sum, uint8x16_t pair_a, uint8x16_t pair_b,
                                             uint8x16_t pair_c)
{
    uint64x2_t a = vreinterpretq_u64_u8(pair_a), b = vreinterpretq_u64_u8(pair_b), c = vreinterpretq_u64_u8(pair_c);
    poly64x2_t ab = vreinterpretq_p64_u64(veorq_u64(a, b));
    poly64x2_t ac = vreinterpretq_p64_u64(lqi_neon_swap(veorq_u64(a, c)));
    uint64x2_t u = vsubq_u64(b, a), v = lqi_neon_swap(vsubq_u64(c, a));
    poly128_t first = vmull_p64(vgetq_lane_p64(ab, 0), vgetq_lane_p64(ac, 0)), second = vmull_high_p64(ab, ac);
    sum->parity = veorq_u64(sum->parity, vreinterpretq_u64_p128(first));
    sum->parity = veorq_u64(sum->parity, vreinterpretq_u64_p128(second));
    sum->low = vmlal_u32(sum->low, vmovn_u64(u), vmovn_u64(v));
    sum->cross = vmlaq_u32(sum->cross, vreinterpretq_u32_u64(u), vrev64q_u32(vreinterpretq_u32_u64(v)));
}

static inline void lqi_determinant_finish(const lqi_determinant *sum, lqi_certificate_sums *sums)
{
    uint64x2_t cross = vreinterpretq_u64_u32(vaddq_u32(sum->cross, vrev64q_u32(sum->cross)));
    uint64x2_t both = vaddq_u64(sum->low, vshlq_n_u64(cross, 32));
    sums->oriented += vgetq_lane_u64(both, 0) - vgetq_lane_u64(both, 1);
    sums->parity[0] ^= vgetq_lane_u64(sum->parity, 0);
    sums->parity[1] ^= vgetq_lane_u64(sum->parity, 1);
}

#endif
