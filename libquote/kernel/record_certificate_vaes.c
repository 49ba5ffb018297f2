#if defined(__x86_64__)
#include "kernel/determinant_x86.h"
#include "kernel/records.h"
#include "kernel/unroll.h"

/* Two records at a time. */
#define TARGET __attribute__((target("avx2,aes,pclmul,vaes,vpclmulqdq")))

/* The same corner of this record and the next; as in the narrower variant. */
TARGET __attribute__((always_inline)) static inline __m256i load_corners(const uint8_t *at)
{
    __m128i first = _mm_loadu_si128((const __m128i *)(const void *)at);
    __m128i second = _mm_loadu_si128((const __m128i *)(const void *)(at + LQI_RECORD_SIZE));
    __m256i p = _mm256_srli_si256(_mm256_inserti128_si256(_mm256_castsi128_si256(first), second, 1), 4);
    return _mm256_castps_si256(_mm256_add_ps(_mm256_castsi256_ps(p), _mm256_setzero_ps()));
}

TARGET void lqi_record_certificate_vaes(const uint8_t *records, size_t count, const lqi_certificate_key *key,
                                        lqi_certificate_sums *sums)
{
    const __m256i zero = _mm256_setzero_si256();
    lqi_determinant_two sum = {zero, zero, zero};
    __m256i round[LQI_RECORD_ROUNDS + 1];
    LQI_UNROLL
    for (int i = 0; i <= LQI_RECORD_ROUNDS; i++)
        round[i] = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)key->word[i]));
    for (; count >= 2; records += 2 * LQI_RECORD_SIZE, count -= 2) {
        __m256i pair[3];
        LQI_UNROLL
        for (int k = 0; k < 3; k++) {
            pair[k] = _mm256_xor_si256(load_corners(records + LQI_RECORD_CORNERS - 4 + 12 * k), round[0]);
            LQI_UNROLL
            for (int i = 1; i <= LQI_RECORD_ROUNDS; i++) pair[k] = _mm256_aesenc_epi128(pair[k], round[i]);
        }
        lqi_determinant_add_two(&sum, pair[0], pair[1], pair[2]);
    }
    lqi_determinant_finish_two(&sum, sums);
    if (count) lqi_record_certificate_avx2(records, count, key, sums);
}
#else
typedef int lqi_record_certificate_vaes_is_for_x86;
#endif
