#if defined(__x86_64__)
#include "kernel/determinant_avx512.h"

/* Four triangles at a time. */
#define TARGET __attribute__((target(LQI_CERTIFICATE_AVX512)))

/* One corner of four triangles: x and y of each in a lane, and z beside a zero; nothing behind them is touched. */
typedef struct corners {
    __m512i xy, z;
} corners;

TARGET __attribute__((always_inline)) static inline corners load_corners(const double *xyz, const uint32_t *corner)
{
    const double *p = xyz + (size_t)3 * corner[0];
    __m512d xy = _mm512_castpd128_pd512(_mm_loadu_pd(p)), z = _mm512_maskz_broadcastsd_pd(1, _mm_load_sd(p + 2));
    LQI_UNROLL
    for (int k = 1; k < 4; k++) {
        p = xyz + (size_t)3 * corner[3 * k];
        xy = _mm512_mask_broadcast_f64x2(xy, (__mmask8)(3 << 2 * k), _mm_loadu_pd(p));
        z = _mm512_mask_broadcastsd_pd(z, (__mmask8)(1 << 2 * k), _mm_load_sd(p + 2));
    }
    return (corners){_mm512_castpd_si512(xy), _mm512_castpd_si512(z)};
}

TARGET void lqi_certificate_avx512(const double *xyz, const uint32_t *corner, size_t count,
                                   const lqi_certificate_key *key, lqi_certificate_sums *sums)
{
    lqi_determinant_four sum = {_mm512_setzero_si512(), _mm512_setzero_si512()};
    __m512i round[LQI_CERTIFICATE_KEYS];
    LQI_UNROLL
    for (int i = 0; i < LQI_CERTIFICATE_KEYS; i++) round[i] = lqi_round_key_four(key, i);
    size_t t = 0;
    for (; t + 4 <= count; t += 4) {
        __m512i pair[3];
        LQI_UNROLL
        for (size_t k = 0; k < 3; k++) {
            corners p = load_corners(xyz, corner + 3 * t + k);
            pair[k] = _mm512_xor_si512(p.xy, round[0]);
            LQI_UNROLL
            for (int i = 1; i <= 3; i++) pair[k] = _mm512_aesenc_epi128(pair[k], round[i]);
            pair[k] = _mm512_xor_si512(pair[k], p.z);
            LQI_UNROLL
            for (int i = 4; i <= 7; i++) pair[k] = _mm512_aesenc_epi128(pair[k], round[i]);
        }
        lqi_determinant_add_four(&sum, pair[0], pair[1], pair[2]);
    }
    lqi_determinant_finish_four(&sum, sums);
    if (t < count) lqi_certificate_vaes(xyz, corner + 3 * t, count - t, key, sums);
}
#else
typedef int lqi_certificate_avx512_is_for_x86;
#endif
