#if defined(__x86_64__)
#include <immintrin.h>

#include "kernel/number_text.h"
#include "kernel/xml_scan.h"
#include "kernel/xml_text.h"

#define TARGET __attribute__((target("avx2,bmi,bmi2")))

/* The three numbers of a vertex at once, where they end within 64 bytes and each is [-] at most 8 digits [. digits], of
 * at most 15 bytes. What is so, lqi_number_quick takes with the same value. */
#define WINDOW 64
#define NUMBER_SIZE_MAX 15
#define WHOLE_MAX 8

/* Loaded from `size` on, lane k tells which byte of a number of that size has the worth of 10^(15 - k); no dot. */
static const int8_t lane_sources[32] = {-16, -15, -14, -13, -12, -11, -10, -9, -8, -7, -6, -5, -4, -3, -2, -1,
                                        0,   1,   2,   3,   4,   5,   6,   7,  8,  9,  10, 11, 12, 13, 14, 15};

/* Loaded from `fraction` on: digits before the dot stand one byte earlier. From 16 on: there is no dot. */
static const int8_t dot_steps[32] = {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1};

/* One bit for each byte of the window. */
typedef struct byte_classes {
    uint64_t quotes, dots, digits;
} byte_classes;

TARGET static inline uint64_t bits_of(__m256i low, __m256i high)
{
    return (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32 | (uint32_t)_mm256_movemask_epi8(low);
}

TARGET static inline __m256i is_digit(__m256i text)
{
    __m256i value = _mm256_sub_epi8(text, _mm256_set1_epi8('0'));
    return _mm256_cmpeq_epi8(_mm256_min_epu8(value, _mm256_set1_epi8(9)), value);
}

TARGET static inline byte_classes classify(const char *p)
{
    const __m256i quote = _mm256_set1_epi8('"'), dot = _mm256_set1_epi8('.');
    __m256i low = _mm256_loadu_si256((const __m256i *)(const void *)p);
    __m256i high = _mm256_loadu_si256((const __m256i *)(const void *)(p + 32));
    return (byte_classes){bits_of(_mm256_cmpeq_epi8(low, quote), _mm256_cmpeq_epi8(high, quote)),
                          bits_of(_mm256_cmpeq_epi8(low, dot), _mm256_cmpeq_epi8(high, dot)),
                          bits_of(is_digit(low), is_digit(high))};
}

typedef struct number_place {
    unsigned start, size; /* without the sign */
    unsigned fraction;    /* digits behind the dot; 0: none, or no dot */
    unsigned dot_step;    /* where to load from dot_steps */
    uint64_t negative;    /* 0 or 1 */
    uint64_t wrong;       /* 0: a number that is simple enough */
} number_place;

TARGET static inline number_place place_of(const char *p, const byte_classes *classes, unsigned start, unsigned end)
{
    number_place n;
    n.negative = p[start] == '-';
    n.start = start + (unsigned)n.negative;
    n.size = end - n.start;
    uint64_t inside = _bzhi_u64(UINT64_MAX << (n.start & 63), end);
    uint64_t dots = classes->dots & inside;
    n.wrong = (inside & ~classes->digits) ^ dots;
    n.wrong |= _blsr_u64(dots);
    n.wrong |= n.size - 1 >= NUMBER_SIZE_MAX;
    unsigned behind_dot = dots ? end - 1 - (unsigned)_tzcnt_u64(dots) : 16;
    n.dot_step = behind_dot;
    n.fraction = behind_dot & 15;
    unsigned whole = n.size - n.fraction - (dots != 0);
    n.wrong |= (whole > WHOLE_MAX) | (whole + n.fraction == 0);
    return n;
}

/* The digits in lanes of falling worth, the last in the last. */
TARGET static inline __m128i digits_of(const char *p, const number_place *n)
{
    __m128i text = _mm_loadu_si128((const __m128i *)(const void *)(p + n->start));
    __m128i sources = _mm_loadu_si128((const __m128i *)(const void *)(lane_sources + n->size));
    __m128i steps = _mm_loadu_si128((const __m128i *)(const void *)(dot_steps + n->dot_step));
    return _mm_and_si128(_mm_shuffle_epi8(text, _mm_add_epi8(sources, steps)), _mm_set1_epi8(15));
}

TARGET static inline void convert(const char *p, const number_place n[3], double xyz[3])
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

/* From the first coordinate to behind the last one's quote; NULL: not that simple. */
TARGET static inline const char *coordinates_of(const char *p, double xyz[3])
{
    byte_classes classes = classify(p);
    uint64_t y_quote = _blsr_u64(_blsr_u64(classes.quotes)), z_quote = _blsr_u64(_blsr_u64(y_quote));
    if (!z_quote) return NULL;
    unsigned x_end = (unsigned)_tzcnt_u64(classes.quotes), y_end = (unsigned)_tzcnt_u64(y_quote);
    unsigned z_end = (unsigned)_tzcnt_u64(z_quote);
    if (!lqi_xml_is_between(p + x_end, LQI_XML_BEFORE_Y) || !lqi_xml_is_between(p + y_end, LQI_XML_BEFORE_Z))
        return NULL;
    number_place n[3] = {place_of(p, &classes, 0, x_end), place_of(p, &classes, x_end + 5, y_end),
                         place_of(p, &classes, y_end + 5, z_end)};
    if (n[0].wrong | n[1].wrong | n[2].wrong) return NULL;
    convert(p, n, xyz);
    return p + z_end + 1;
}

/* Where one vertex is not so simple, the next may not be either. */
#define REFERENCE_COUNT 8

TARGET void lqi_xml_vertices_avx2(const char *text, size_t size, const char *prefixes, size_t count_max, double *xyz,
                                  lqi_xml_run *run)
{
    const char *p = text, *end = text + size;
    lqi_xml_gap gap = {0};
    size_t count = 0;
    while (count < count_max && end - p >= LQI_XML_SCAN_MARGIN) {
        const char *q = lqi_xml_begin_vertex(p, end, &gap);
        if (!q) break;
        q = coordinates_of(q, xyz + 3 * count);
        if (q) q = lqi_xml_close(q, lqi_xml_within(p, end, LQI_XML_ELEMENT_MAX), 'x', prefixes);
        if (q) {
            count++;
            p = q;
            continue;
        }
        size_t wanted = count_max - count < REFERENCE_COUNT ? count_max - count : REFERENCE_COUNT;
        lqi_xml_run some;
        lqi_xml_vertices_scalar(p, (size_t)(end - p), prefixes, wanted, xyz + 3 * count, &some);
        count += some.count;
        p += some.size;
        if (some.count < wanted) break;
    }
    *run = (lqi_xml_run){.count = count, .size = (size_t)(p - text)};
}
#else
typedef int lqi_xml_vertices_avx2_is_for_x86;
#endif
