/* What triangles add to the certificate, two at a time in 256 bits or one in 128: for the variants of x86. The low 64
 * bits of a product are low x low plus 2^32 times (low x high + high x low); both sums are kept apart to the end. */
#ifndef LQI_DETERMINANT_X86_H
#define LQI_DETERMINANT_X86_H

#include <immintrin.h>

#include "kernel/certificate.h"

#define LQI_DETERMINANT_INLINE(isa) __attribute__((target(isa), always_inline)) static inline

typedef struct lqi_determinant {
    __m128i low, cross, parity; /* of p q' in the lower half, of q p' in the upper */
} lqi_determinant;

LQI_DETERMINANT_INLINE("avx2,pclmul")
void lqi_determinant_add(lqi_determinant *sum, __m128i a, __m128i b, __m128i c)
{
    __m128i ab = _mm_xor_si128(a, b), ac = _mm_xor_si128(a, c), u = _mm_sub_epi64(b, a), v = _mm_sub_epi64(c, a);
    sum->parity = _mm_xor_si128(sum->parity, _mm_clmulepi64_si128(ab, ac, 0x10));
    sum->parity = _mm_xor_si128(sum->parity, _mm_clmulepi64_si128(ab, ac, 0x01));
    sum->low = _mm_add_epi64(sum->low, _mm_mul_epu32(u, _mm_shuffle_epi32(v, _MM_SHUFFLE(1, 0, 3, 2))));
    sum->cross = _mm_add_epi32(sum->cross, _mm_mullo_epi32(u, _mm_shuffle_epi32(v, _MM_SHUFFLE(0, 1, 2, 3))));
}

LQI_DETERMINANT_INLINE("avx2,pclmul")
void lqi_determinant_finish(const lqi_determinant *sum, lqi_certificate_sums *sums)
{
    __m128i cross = _mm_add_epi32(sum->cross, _mm_shuffle_epi32(sum->cross, _MM_SHUFFLE(2, 3, 0, 1)));
    __m128i both = _mm_add_epi64(sum->low, _mm_slli_epi64(cross, 32));
    sums->oriented += (uint64_t)_mm_cvtsi128_si64(both) - (uint64_t)_mm_extract_epi64(both, 1);
    sums->parity[0] ^= (uint64_t)_mm_cvtsi128_si64(sum->parity);
    sums->parity[1] ^= (uint64_t)_mm_extract_epi64(sum->parity, 1);
}

/* ---- two triangles ---- */

typedef struct lqi_determinant_two {
    __m256i low, cross, parity;
} lqi_determinant_two;

LQI_DETERMINANT_INLINE("avx2,vpclmulqdq")
void lqi_determinant_add_two(lqi_determinant_two *sum, __m256i a, __m256i b, __m256i c)
{
    __m256i ab = _mm256_xor_si256(a, b), ac = _mm256_xor_si256(a, c);
    __m256i u = _mm256_sub_epi64(b, a), v = _mm256_sub_epi64(c, a);
    sum->parity = _mm256_xor_si256(sum->parity, _mm256_clmulepi64_epi128(ab, ac, 0x10));
    sum->parity = _mm256_xor_si256(sum->parity, _mm256_clmulepi64_epi128(ab, ac, 0x01));
    sum->low = _mm256_add_epi64(sum->low, _mm256_mul_epu32(u, _mm256_shuffle_epi32(v, _MM_SHUFFLE(1, 0, 3, 2))));
    sum->cross = _mm256_add_epi32(sum->cross, _mm256_mullo_epi32(u, _mm256_shuffle_epi32(v, _MM_SHUFFLE(0, 1, 2, 3))));
}

LQI_DETERMINANT_INLINE("avx2,pclmul")
void lqi_determinant_finish_two(const lqi_determinant_two *sum, lqi_certificate_sums *sums)
{
    const lqi_determinant halves[2] = {
        {_mm256_castsi256_si128(sum->low), _mm256_castsi256_si128(sum->cross), _mm256_castsi256_si128(sum->parity)},
        {_mm256_extracti128_si256(sum->low, 1), _mm256_extracti128_si256(sum->cross, 1),
         _mm256_extracti128_si256(sum->parity, 1)}};
    lqi_determinant_finish(&halves[0], sums);
    lqi_determinant_finish(&halves[1], sums);
}

#endif
