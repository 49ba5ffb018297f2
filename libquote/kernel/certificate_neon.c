#if defined(__aarch64__)
#include "kernel/determinant_neon.h"
#include "kernel/unroll.h"

LQI_NEON_AES void lqi_certificate_neon(const double *xyz, const uint32_t *corner, size_t count,
                                       const lqi_certificate_key *key, lqi_certificate_sums *sums)
{
    lqi_determinant sum = {vdupq_n_u64(0), vdupq_n_u32(0), vdupq_n_u64(0)};
    uint8x16_t round[LQI_CERTIFICATE_KEYS];
    LQI_UNROLL
    for (int i = 0; i < LQI_CERTIFICATE_KEYS; i++) round[i] = lqi_neon_key(key, i);
    for (size_t t = 0; t < count; t++) {
        uint8x16_t pair[3];
        LQI_UNROLL
        for (size_t k = 0; k < 3; k++) {
            const double *p = xyz + (size_t)3 * corner[3 * t + k];
            uint8x16_t z = vreinterpretq_u8_f64(vcombine_f64(vld1_f64(p + 2), vdup_n_f64(0)));
            pair[k] = vreinterpretq_u8_f64(vld1q_f64(p));
            LQI_UNROLL
            for (int i = 0; i < 3; i++) pair[k] = lqi_neon_round(pair[k], round[i]);
            pair[k] = veorq_u8(pair[k], z);
            LQI_UNROLL
            for (int i = 3; i < 7; i++) pair[k] = lqi_neon_round(pair[k], round[i]);
            pair[k] = veorq_u8(pair[k], round[7]);
        }
        lqi_determinant_add(&sum, pair[0], pair[1], pair[2]);
    }
    lqi_determinant_finish(&sum, sums);
}
#else
typedef int lqi_certificate_neon_is_for_arm64;
#endif
