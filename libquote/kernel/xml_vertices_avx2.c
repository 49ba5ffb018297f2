#if defined(__x86_64__)
#include <immintrin.h>

#define LQI_XML_TARGET __attribute__((target("avx2,bmi,bmi2")))
#include "kernel/xml_vertices_run.h"

LQI_XML_TARGET static inline uint64_t bits_of(__m256i low, __m256i high)
{
    return (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32 | (uint32_t)_mm256_movemask_epi8(low);
}

LQI_XML_TARGET static inline __m256i is_digit(__m256i text)
{
    __m256i value = _mm256_sub_epi8(text, _mm256_set1_epi8('0'));
    return _mm256_cmpeq_epi8(_mm256_min_epu8(value, _mm256_set1_epi8(9)), value);
}

LQI_XML_TARGET static inline byte_classes classify(const char *p)
{
    const __m256i quote = _mm256_set1_epi8('"'), dot = _mm256_set1_epi8('.');
    __m256i low = _mm256_loadu_si256((const __m256i *)(const void *)p);
    __m256i high = _mm256_loadu_si256((const __m256i *)(const void *)(p + 32));
    return (byte_classes){bits_of(_mm256_cmpeq_epi8(low, quote), _mm256_cmpeq_epi8(high, quote)),
                          bits_of(_mm256_cmpeq_epi8(low, dot), _mm256_cmpeq_epi8(high, dot)),
                          bits_of(is_digit(low), is_digit(high))};
}

/* The digits in lanes of falling worth, the last in the last. */
LQI_XML_TARGET static inline __m128i digits_of(const char *p, const number_place *n)
{
    __m128i text = _mm_loadu_si128((const __m128i *)(const void *)(p + n->start));
    __m128i sources = _mm_loadu_si128((const __m128i *)(const void *)(lane_sources + n->size));
    __m128i steps = _mm_loadu_si128((const __m128i *)(const void *)(dot_steps + n->dot_step));
    return _mm_and_si128(_mm_shuffle_epi8(text, _mm_add_epi8(sources, steps)), _mm_set1_epi8(15));
}

LQI_XML_TARGET static inline void convert(const char *p, const number_place n[3], double xyz[3])
{
    __m256i xy = _mm256_set_m128i(digits_of(p, &n[1]), digits_of(p, &n[0]));
    __m256i z = _mm256_castsi128_si256(digits_of(p, &n[2]));
    /* Pairs, fours, eights of digits; then x and z in one half, y in the other. */
    const __m256i tens = _mm256_set1_epi16(0x010A), hundreds = _mm256_set1_epi32(0x00010064);
    xy = _mm256_madd_epi16(_mm256_maddubs_epi16(xy, tens), hundreds);
    z = _mm256_madd_epi16(_mm256_maddubs_epi16(z, tens), hundreds);
    __m256i eights = _mm256_madd_epi16(_mm256_packus_epi32(xy, z), _mm256_set1_epi32(0x00012710));
    __m256i whole =
        _mm256_add_epi64(_mm256_mul_epu32(eights, _mm256_set1_epi64x(100000000)), _mm256_srli_epi64(eights, 32));
    /* Less than 2^52: the bits of 2^52 + the integer. */
    const __m256d two_to_52 = _mm256_set1_pd(4503599627370496.0);
    __m256d value = _mm256_sub_pd(_mm256_or_pd(_mm256_castsi256_pd(whole), two_to_52), two_to_52);
    value = _mm256_div_pd(value, _mm256_setr_pd(lqi_number_tens[n[0].fraction], lqi_number_tens[n[2].fraction],
                                                lqi_number_tens[n[1].fraction], 1));
    __m256i signs = _mm256_setr_epi64x((long long)(n[0].negative << 63), (long long)(n[2].negative << 63),
                                       (long long)(n[1].negative << 63), 0);
    value = _mm256_xor_pd(value, _mm256_castsi256_pd(signs));
    __m128d xz = _mm256_castpd256_pd128(value);
    _mm_storel_pd(xyz, xz);
    _mm_storel_pd(xyz + 1, _mm256_extractf128_pd(value, 1));
    _mm_storeh_pd(xyz + 2, xz);
}

LQI_XML_TARGET void lqi_xml_vertices_avx2(const char *text, size_t size, const char *prefixes, size_t count_max,
                                          double *xyz, lqi_xml_run *run)
{
    lqi_xml_vertices_run(text, size, prefixes, count_max, xyz, run);
}
#else
typedef int lqi_xml_vertices_avx2_is_for_x86;
#endif
