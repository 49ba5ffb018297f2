#if defined(__x86_64__)
#include "kernel/determinant_x86.h"
#include "kernel/records.h"
#include "kernel/unroll.h"

#define TARGET __attribute__((target("avx2,aes,pclmul")))

/* `at`: four bytes before the corner, so that the load stays in its record; the shift clears the fourth word. */
TARGET __attribute__((always_inline)) static inline __m128i load_corner(const uint8_t *at)
{
    __m128i p = _mm_srli_si128(_mm_loadu_si128((const __m128i *)(const void *)at), 4);
    return _mm_castps_si128(_mm_add_ps(_mm_castsi128_ps(p), _mm_setzero_ps()));
}

TARGET void lqi_record_certificate_avx2(const uint8_t *records, size_t count, const lqi_certificate_key *key,
                                        lqi_certificate_sums *sums)
{
    lqi_determinant sum = {_mm_setzero_si128(), _mm_setzero_si128(), _mm_setzero_si128()};
    __m128i round[LQI_RECORD_ROUNDS + 1];
    LQI_UNROLL
    for (int i = 0; i <= LQI_RECORD_ROUNDS; i++)
        round[i] = _mm_loadu_si128((const __m128i *)(const void *)key->word[i]);
    for (const uint8_t *record = records; count; record += LQI_RECORD_SIZE, count--) {
        __m128i pair[3];
        LQI_UNROLL
        for (int k = 0; k < 3; k++) {
            pair[k] = _mm_xor_si128(load_corner(record + LQI_RECORD_CORNERS - 4 + 12 * k), round[0]);
            LQI_UNROLL
            for (int i = 1; i <= LQI_RECORD_ROUNDS; i++) pair[k] = _mm_aesenc_si128(pair[k], round[i]);
        }
        lqi_determinant_add(&sum, pair[0], pair[1], pair[2]);
    }
    lqi_determinant_finish(&sum, sums);
}
#else
typedef int lqi_record_certificate_avx2_is_for_x86;
#endif
