/* What facet_text_run.h asks of AVX2; facet_bytes_neon.h is the same for 64-bit ARM. */
#ifndef LQI_FACET_BYTES_X86_H
#define LQI_FACET_BYTES_X86_H

#include <float.h>
#include <immintrin.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "kernel/facet_text.h"

#define LQI_BYTES __attribute__((target("avx2")))
#define LQI_BYTES_INLINE LQI_BYTES static inline __attribute__((always_inline))

typedef __m128i lqi_bytes16;

/* 16 times '0', 0x76 (a digit value above 9 then has its top bit set) and '.': from memory, or compilers build them
 * anew for each number. */
typedef struct lqi_byte_classes {
    uint8_t zeros[16], beyond[16], points[16];
} lqi_byte_classes;

LQI_BYTES_INLINE void lqi_bytes_set(lqi_byte_classes *c)
{
    memset(c->zeros, '0', sizeof c->zeros);
    memset(c->beyond, 0x76, sizeof c->beyond);
    memset(c->points, '.', sizeof c->points);
}

LQI_BYTES_INLINE __m128i lqi_bytes_load(const void *p) { return _mm_loadu_si128((const __m128i *)p); }
LQI_BYTES_INLINE __m256i lqi_bytes_load_wide(const void *p) { return _mm256_loadu_si256((const __m256i *)p); }

/* Are 32 bytes at p those of the text where the mask has 0xFF? */
LQI_BYTES_INLINE bool lqi_bytes_same_32(const char *p, const void *text, const uint8_t *mask)
{
    __m256i differs = _mm256_xor_si256(lqi_bytes_load_wide(p), lqi_bytes_load_wide(text));
    return _mm256_testz_si256(differs, lqi_bytes_load_wide(mask));
}

LQI_BYTES_INLINE uint32_t lqi_bytes_spaces_32(const char *p)
{
    __m256i text = lqi_bytes_load_wide(p);
    return (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(text, _mm256_min_epu8(text, _mm256_set1_epi8(' '))));
}

/* Bit i: byte i of 64 is a blank or a control character. */
LQI_BYTES_INLINE uint64_t lqi_bytes_spaces(const char *p)
{
    return (uint64_t)lqi_bytes_spaces_32(p + 32) << 32 | lqi_bytes_spaces_32(p);
}

/* Bit i: byte i of 16 is no digit; bit 16 + i: it is a dot. *values: what digits are worth. */
LQI_BYTES_INLINE uint32_t lqi_bytes_key(const char *p, const lqi_byte_classes *c, lqi_bytes16 *values)
{
    __m128i text = lqi_bytes_load(p);
    *values = _mm_xor_si128(text, lqi_bytes_load(c->zeros));
    uint32_t others = (uint32_t)_mm_movemask_epi8(_mm_adds_epu8(*values, lqi_bytes_load(c->beyond)));
    return others | (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(text, lqi_bytes_load(c->points))) << 16;
}

/* Bit i: value i is 0. */
LQI_BYTES_INLINE uint32_t lqi_bytes_zeros(lqi_bytes16 values)
{
    return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(values, _mm_setzero_si128()));
}

/* The order that moves `digits` of 15 bytes at most to the end of 16, zeros before them, and leaves out byte `dot`; 16:
 * none. */
LQI_BYTES_INLINE void lqi_bytes_order(uint8_t order[16], uint32_t digits, uint32_t dot)
{
    const __m128i index = _mm_setr_epi8(-16, -15, -14, -13, -12, -11, -10, -9, -8, -7, -6, -5, -4, -3, -2, -1);
    __m128i source = _mm_add_epi8(index, _mm_set1_epi8((char)digits)); /* negative: a zero */
    __m128i behind = _mm_cmpgt_epi8(source, _mm_set1_epi8((char)((int)dot - 1)));
    _mm_storeu_si128((__m128i *)(void *)order, _mm_sub_epi8(source, behind));
}

LQI_BYTES_INLINE void lqi_bytes_put(uint8_t digits[16], lqi_bytes16 values, const uint8_t order[16])
{
    _mm_storeu_si128((__m128i *)(void *)digits, _mm_shuffle_epi8(values, lqi_bytes_load(order)));
}

/* ---- arithmetic ---- */

/* A double is not rounded again to a float within so many units of its last place of a midpoint between two floats: 13
 * significant digits cut off lose less than 1e-12 of it, 9008 units. */
#define LQI_TIE_MARGIN (1 << 14)

/* The lower halves of four words, each below 2^52. */
LQI_BYTES_INLINE __m256d lqi_bytes_to_double(__m256i words)
{
    const __m256d bias = _mm256_set1_pd(0x1p52);
    return _mm256_sub_pd(_mm256_castsi256_pd(_mm256_or_si256(words, _mm256_castpd_si256(bias))), bias);
}

/* The integers of four rows of digits: pairs, fours, eights, all. */
LQI_BYTES_INLINE __m256d lqi_bytes_integers(const uint8_t digits[4][16])
{
    const __m256i tens = _mm256_set1_epi16(0x010A), hundreds = _mm256_set1_epi32(0x00010064);
    const __m256i ten_thousands = _mm256_set1_epi32(0x00012710);
    __m256i first = _mm256_madd_epi16(_mm256_maddubs_epi16(lqi_bytes_load_wide(digits[0]), tens), hundreds);
    __m256i second = _mm256_madd_epi16(_mm256_maddubs_epi16(lqi_bytes_load_wide(digits[2]), tens), hundreds);
    __m256i eights = _mm256_madd_epi16(_mm256_packus_epi32(first, second), ten_thousands); /* of rows 0 2 1 3 */
    __m256d high = lqi_bytes_to_double(_mm256_and_si256(eights, _mm256_set1_epi64x(0xFFFFFFFF)));
    __m256d low = lqi_bytes_to_double(_mm256_srli_epi64(eights, 32));
    return _mm256_permute4x64_pd(_mm256_add_pd(_mm256_mul_pd(high, _mm256_set1_pd(1e8)), low), 0xD8);
}

/* Digits / divisor, whose sign is the number's, as floats without -0; whole fours are read and written. Returns the
 * first that may not be the nearest float, or is not of a facet's magnitudes; `count` or more: none. */
LQI_BYTES_INLINE size_t lqi_bytes_narrow(const uint8_t (*digits)[16], const uint64_t *divisor, size_t count,
                                         float *narrow)
{
    const __m256d sign = _mm256_set1_pd(-0.0), largest = _mm256_set1_pd((double)LQI_FACET_TEXT_MAX);
    const __m256d smallest = _mm256_set1_pd((double)FLT_MIN), zero = _mm256_setzero_pd();
    const __m256i lost = _mm256_set1_epi64x(0x1FFFFFFF), below_tie = _mm256_set1_epi64x(0x10000000 - LQI_TIE_MARGIN);
    for (size_t i = 0; i < count; i += 4) {
        __m256d divisors = _mm256_castsi256_pd(lqi_bytes_load_wide(divisor + i));
        __m256d value = _mm256_add_pd(_mm256_div_pd(lqi_bytes_integers(digits + i), divisors), zero);
        __m256d magnitude = _mm256_andnot_pd(sign, value);
        __m256d outside = _mm256_or_pd(
            _mm256_cmp_pd(magnitude, largest, _CMP_GT_OQ),
            _mm256_and_pd(_mm256_cmp_pd(magnitude, smallest, _CMP_LT_OQ), _mm256_cmp_pd(magnitude, zero, _CMP_NEQ_OQ)));
        __m256i from_tie = _mm256_and_si256(_mm256_sub_epi64(_mm256_castpd_si256(value), below_tie), lost);
        __m256i is_tie = _mm256_cmpgt_epi64(_mm256_set1_epi64x(2 * LQI_TIE_MARGIN), from_tie);
        int bad = _mm256_movemask_pd(_mm256_or_pd(outside, _mm256_castsi256_pd(is_tie)));
        _mm_storeu_ps(narrow + i, _mm256_cvtpd_ps(value));
        if (__builtin_expect(bad, 0)) return i + (size_t)__builtin_ctz((unsigned)bad);
    }
    return count;
}

#endif
