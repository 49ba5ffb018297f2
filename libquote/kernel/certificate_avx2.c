#if defined(__x86_64__)
#include "kernel/determinant_x86.h"
#include "kernel/unroll.h"

#define TARGET __attribute__((target("avx2,aes,pclmul")))

TARGET void lqi_certificate_avx2(const double *xyz, const uint32_t *corner, size_t count,
                                 const lqi_certificate_key *key, lqi_certificate_sums *sums)
{
    lqi_determinant sum = {_mm_setzero_si128(), _mm_setzero_si128(), _mm_setzero_si128()};
    __m128i round[LQI_CERTIFICATE_KEYS];
    LQI_UNROLL
    for (int i = 0; i < LQI_CERTIFICATE_KEYS; i++)
        round[i] = _mm_loadu_si128((const __m128i *)(const void *)key->word[i]);
    for (size_t t = 0; t < count; t++) {
        __m128i pair[3];
        LQI_UNROLL
        for (size_t k = 0; k < 3; k++) {
            const double *p = xyz + (size_t)3 * corner[3 * t + k];
            pair[k] = _mm_xor_si128(_mm_castpd_si128(_mm_loadu_pd(p)), round[0]);
            LQI_UNROLL
            for (int i = 1; i <= 3; i++) pair[k] = _mm_aesenc_si128(pair[k], round[i]);
            pair[k] = _mm_xor_si128(pair[k], _mm_castpd_si128(_mm_load_sd(p + 2)));
            LQI_UNROLL
            for (int i = 4; i <= 7; i++) pair[k] = _mm_aesenc_si128(pair[k], round[i]);
        }
        lqi_determinant_add(&sum, pair[0], pair[1], pair[2]);
    }
    lqi_determinant_finish(&sum, sums);
}
#else
typedef int lqi_certificate_avx2_is_for_x86;
#endif
