#if defined(__x86_64__)
#include <immintrin.h>

#include "kernel/certificate.h"
#include "kernel/unroll.h"

/* Seven rounds for each of three corners keep the AES units busy; the products are two multiplications and two
 * carry-less ones. */
#define TARGET __attribute__((target("avx2,aes,pclmul")))

TARGET void lqi_certificate_avx2(const double *xyz, const uint32_t *corner, size_t count,
                                 const lqi_certificate_key *key, lqi_certificate_sums *sums)
{
    uint64_t oriented = 0;
    __m128i parity = _mm_setzero_si128(), round[LQI_CERTIFICATE_KEYS];
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
        __m128i ab = _mm_xor_si128(pair[0], pair[1]), ac = _mm_xor_si128(pair[0], pair[2]);
        parity = _mm_xor_si128(parity, _mm_clmulepi64_si128(ab, ac, 0x10));
        parity = _mm_xor_si128(parity, _mm_clmulepi64_si128(ab, ac, 0x01));
        __m128i u = _mm_sub_epi64(pair[1], pair[0]), v = _mm_sub_epi64(pair[2], pair[0]);
        oriented += (uint64_t)_mm_cvtsi128_si64(u) * (uint64_t)_mm_extract_epi64(v, 1);
        oriented -= (uint64_t)_mm_cvtsi128_si64(v) * (uint64_t)_mm_extract_epi64(u, 1);
    }
    sums->oriented += oriented;
    sums->parity[0] ^= (uint64_t)_mm_cvtsi128_si64(parity);
    sums->parity[1] ^= (uint64_t)_mm_extract_epi64(parity, 1);
}
#else
typedef int lqi_certificate_avx2_is_for_x86;
#endif
