/* What triangles add to the certificate, four at a time in 512 bits: as determinant_x86.h, with whole products. */
#ifndef LQI_DETERMINANT_AVX512_H
#define LQI_DETERMINANT_AVX512_H

#include "kernel/determinant_x86.h"
#include "kernel/unroll.h"

#define LQI_CERTIFICATE_AVX512 "avx512f,avx512bw,avx512dq,avx512vl,aes,pclmul,vaes,vpclmulqdq"

typedef struct lqi_determinant_four {
    __m512i products, parity; /* of p q' in the even lanes, of q p' in the odd ones */
} lqi_determinant_four;

LQI_DETERMINANT_INLINE(LQI_CERTIFICATE_AVX512)
void lqi_determinant_add_four(lqi_determinant_four *sum, __m512i a, __m512i b, __m512i c)
{
    __m512i ab = _mm512_xor_si512(a, b), ac = _mm512_xor_si512(a, c);
    __m512i u = _mm512_sub_epi64(b, a), v = _mm512_sub_epi64(c, a);
    sum->parity = _mm512_xor_si512(sum->parity, _mm512_clmulepi64_epi128(ab, ac, 0x10));
    sum->parity = _mm512_xor_si512(sum->parity, _mm512_clmulepi64_epi128(ab, ac, 0x01));
    v = _mm512_shuffle_epi32(v, _MM_PERM_BADC); /* the halves of each lane swapped */
    sum->products = _mm512_add_epi64(sum->products, _mm512_mullo_epi64(u, v));
}

LQI_DETERMINANT_INLINE(LQI_CERTIFICATE_AVX512)
void lqi_determinant_finish_four(const lqi_determinant_four *sum, lqi_certificate_sums *sums)
{
    uint64_t product[8], parity[8];
    _mm512_storeu_si512(product, sum->products);
    _mm512_storeu_si512(parity, sum->parity);
    LQI_UNROLL
    for (int i = 0; i < 8; i += 2) {
        sums->oriented += product[i] - product[i + 1];
        sums->parity[0] ^= parity[i];
        sums->parity[1] ^= parity[i + 1];
    }
}

/* The round key in each of the four 128-bit lanes. */
LQI_DETERMINANT_INLINE(LQI_CERTIFICATE_AVX512)
__m512i lqi_round_key_four(const lqi_certificate_key *key, int i)
{
    return _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)(const void *)key->word[i]));
}

#endif
