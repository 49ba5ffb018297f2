#if defined(__x86_64__)
#include <immintrin.h>

#include "kernel/certificate.h"

/* The scalar code with the carry-less product in hardware: two multiplications per triangle instead of sixty-four
 * steps. */
__attribute__((target("avx2,pclmul"))) void lqi_certificate_avx2(const uint64_t *pair, const uint32_t *corner,
                                                                 size_t count, lqi_certificate_sums *sums)
{
    uint64_t oriented = 0;
    __m128i parity = _mm_setzero_si128();
    for (size_t t = 0; t < count; t++) {
        __m128i a = _mm_loadu_si128((const __m128i *)(const void *)(pair + (size_t)2 * corner[3 * t]));
        __m128i b = _mm_loadu_si128((const __m128i *)(const void *)(pair + (size_t)2 * corner[3 * t + 1]));
        __m128i c = _mm_loadu_si128((const __m128i *)(const void *)(pair + (size_t)2 * corner[3 * t + 2]));
        __m128i ab = _mm_xor_si128(a, b), ac = _mm_xor_si128(a, c);
        parity = _mm_xor_si128(parity, _mm_clmulepi64_si128(ab, ac, 0x10));
        parity = _mm_xor_si128(parity, _mm_clmulepi64_si128(ab, ac, 0x01));
        __m128i u = _mm_sub_epi64(b, a), v = _mm_sub_epi64(c, a);
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
