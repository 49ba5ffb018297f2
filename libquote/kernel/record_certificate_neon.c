#if defined(__aarch64__)
#include "kernel/determinant_neon.h"
#include "kernel/records.h"
#include "kernel/unroll.h"

/* `at`: four bytes before the corner, so that the load stays in its record; zero takes the place of the fourth word. */
static inline uint8x16_t load_corner(const uint8_t *at)
{
    uint8x16_t p = vextq_u8(vld1q_u8(at), vdupq_n_u8(0), 4);
    return vreinterpretq_u8_f32(vaddq_f32(vreinterpretq_f32_u8(p), vdupq_n_f32(0)));
}

LQI_NEON_AES void lqi_record_certificate_neon(const uint8_t *records, size_t count, const lqi_certificate_key *key,
                                              lqi_certificate_sums *sums)
{
    lqi_determinant sum = {vdupq_n_u64(0), vdupq_n_u32(0), vdupq_n_u64(0)};
    uint8x16_t round[LQI_RECORD_ROUNDS + 1];
    LQI_UNROLL
    for (int i = 0; i <= LQI_RECORD_ROUNDS; i++) round[i] = lqi_neon_key(key, i);
    for (const uint8_t *record = records; count; record += LQI_RECORD_SIZE, count--) {
        uint8x16_t pair[3];
        LQI_UNROLL
        for (int k = 0; k < 3; k++) {
            pair[k] = load_corner(record + LQI_RECORD_CORNERS - 4 + 12 * k);
            LQI_UNROLL
            for (int i = 0; i < LQI_RECORD_ROUNDS; i++) pair[k] = lqi_neon_round(pair[k], round[i]);
            pair[k] = veorq_u8(pair[k], round[LQI_RECORD_ROUNDS]);
        }
        lqi_determinant_add(&sum, pair[0], pair[1], pair[2]);
    }
    lqi_determinant_finish(&sum, sums);
}
#else
typedef int lqi_record_certificate_neon_is_for_arm64;
#endif
