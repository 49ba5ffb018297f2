#if defined(__x86_64__)
#include "kernel/determinant_x86.h"
#include "kernel/unroll.h"

/* Two triangles at a time. */
#define TARGET __attribute__((target("avx2,aes,pclmul,vaes,vpclmulqdq")))

TARGET void lqi_certificate_vaes(const double *xyz, const uint32_t *corner, size_t count,
                                 const lqi_certificate_key *key, lqi_certificate_sums *sums)
{
    const __m256i zero = _mm256_setzero_si256();
    lqi_determinant_two sum = {zero, zero, zero};
    __m256i round[LQI_CERTIFICATE_KEYS];
    LQI_UNROLL
    for (int i = 0; i < LQI_CERTIFICATE_KEYS; i++)
        round[i] = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)key->word[i]));
    size_t t = 0;
    for (; t + 2 <= count; t += 2) {
        __m256i pair[3];
        LQI_UNROLL
        for (size_t k = 0; k < 3; k++) {
            const double *p = xyz + (size_t)3 * corner[3 * t + k], *q = xyz + (size_t)3 * corner[3 * t + 3 + k];
            __m256d xy = _mm256_insertf128_pd(_mm256_castpd128_pd256(_mm_loadu_pd(p)), _mm_loadu_pd(q), 1);
            __m256d z = _mm256_insertf128_pd(_mm256_castpd128_pd256(_mm_load_sd(p + 2)), _mm_load_sd(q + 2), 1);
            pair[k] = _mm256_xor_si256(_mm256_castpd_si256(xy), round[0]);
            LQI_UNROLL
            for (int i = 1; i <= 3; i++) pair[k] = _mm256_aesenc_epi128(pair[k], round[i]);
            pair[k] = _mm256_xor_si256(pair[k], _mm256_castpd_si256(z));
            LQI_UNROLL
            for (int i = 4; i <= 7; i++) pair[k] = _mm256_aesenc_epi128(pair[k], round[i]);
        }
        lqi_determinant_add_two(&sum, pair[0], pair[1], pair[2]);
    }
    lqi_determinant_finish_two(&sum, sums);
    if (t < count) lqi_certificate_avx2(xyz, corner + 3 * t, count - t, key, sums);
}
#else
typedef int lqi_certificate_vaes_is_for_x86;
#endif
