#if defined(__x86_64__)
#include "kernel/determinant_avx512.h"
#include "kernel/records.h"

/* Four records at a time. */
#define TARGET __attribute__((target(LQI_CERTIFICATE_AVX512)))

/* The same corner of four records as (x, y, z, 0), -0 as 0. `at`: four bytes before the corner, so that no load leaves
 * its record. */
TARGET __attribute__((always_inline)) static inline __m512i load_corners(const uint8_t *at)
{
    __m512i p = _mm512_castsi128_si512(_mm_loadu_si128((const __m128i *)(const void *)at));
    LQI_UNROLL
    for (int k = 1; k < 4; k++) {
        __m128i next = _mm_loadu_si128((const __m128i *)(const void *)(at + (size_t)k * LQI_RECORD_SIZE));
        p = _mm512_mask_broadcast_i32x4(p, (__mmask16)(15 << 4 * k), next);
    }
    return _mm512_castps_si512(_mm512_add_ps(_mm512_castsi512_ps(_mm512_bsrli_epi128(p, 4)), _mm512_setzero_ps()));
}

TARGET void lqi_record_certificate_avx512(const uint8_t *records, size_t count, const lqi_certificate_key *key,
                                          lqi_certificate_sums *sums)
{
    lqi_determinant_four sum = {_mm512_setzero_si512(), _mm512_setzero_si512()};
    __m512i round[LQI_RECORD_ROUNDS + 1];
    LQI_UNROLL
    for (int i = 0; i <= LQI_RECORD_ROUNDS; i++) round[i] = lqi_round_key_four(key, i);
    for (; count >= 4; records += 4 * LQI_RECORD_SIZE, count -= 4) {
        __m512i pair[3];
        LQI_UNROLL
        for (int k = 0; k < 3; k++) {
            pair[k] = _mm512_xor_si512(load_corners(records + LQI_RECORD_CORNERS - 4 + 12 * k), round[0]);
            LQI_UNROLL
            for (int i = 1; i <= LQI_RECORD_ROUNDS; i++) pair[k] = _mm512_aesenc_epi128(pair[k], round[i]);
        }
        lqi_determinant_add_four(&sum, pair[0], pair[1], pair[2]);
    }
    lqi_determinant_finish_four(&sum, sums);
    if (count) lqi_record_certificate_vaes(records, count, key, sums);
}
#else
typedef int lqi_record_certificate_avx512_is_for_x86;
#endif
