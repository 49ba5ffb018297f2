#include "kernel/facet_text.h"

#if defined(__x86_64__)

#include <float.h>
#include <immintrin.h>
#include <stdint.h>
#include <string.h>

#include "base/ascii.h"
#include "base/decimal.h"
#include "kernel/number_text.h"

/* Files repeat themselves. What stands between the numbers of one facet (words, indentation, line ends) is kept and
 * compared with the next as a whole; numbers are 16 bytes, cut at their length. Where the next number begins is not
 * computed from this one but guessed, as long as this one was as long as the last, so that the processor reads several
 * at once. A facet that does not fit goes to lqi_facet_text_one, and the layout is taken from it anew. */

#define AVX2 __attribute__((target("avx2")))
#define AVX2_INLINE AVX2 static inline __attribute__((always_inline))

#define TEMPLATE_MAX 64
#define BLANKS_MAX 4   /* before a number, beyond the first */
#define NUMBER_MAX 15  /* digits: less than 2^53 */
#define REACH_MAX 2048 /* an upper bound of what is read of one facet here */
#define BLOCK 32       /* facets between two passes of divisions */

/* A text that repeats: bytes, and 0xFF where they count. size 0: too long to be kept. */
typedef struct template
{
    uint8_t bytes[TEMPLATE_MAX], mask[TEMPLATE_MAX];
    size_t size;
}
template;

typedef struct layout {
    template opening; /* facet normal */
    template loop;    /* outer loop vertex */
    template vertex;
    template closing; /* endloop endfacet */
    size_t normal_size[3], number_size[3];
    bool valid;
} layout;

/* Coordinates on their way: significand / divisor. */
typedef struct pending {
    double significand[9 * BLOCK + 4], divisor[9 * BLOCK + 4];
    const char *facet[BLOCK]; /* where each begins */
    bool dot[BLOCK];          /* does it hold one? */
    size_t count;
} pending;

/* ---- learning ---- */

static bool learn_template(template *t, const char *from, const char *to)
{
    t->size = (size_t)(to - from);
    if (t->size > TEMPLATE_MAX) return false;
    memset(t, 0, TEMPLATE_MAX * 2);
    memcpy(t->bytes, from, t->size);
    memset(t->mask, 0xFF, t->size);
    return true;
}

/* A blank in the place of a sign belongs to the number. */
static const char *before_blank(const char *number)
{
    return number[-1] == ' ' && lqi_is_space(number[-2]) ? number - 1 : number;
}

static void learn(layout *l, const char *facet, const lqi_facet_marks *m)
{
    l->valid = learn_template(&l->opening, facet, before_blank(m->normal)) &&
               learn_template(&l->loop, m->normal_end, before_blank(m->number_first[0])) &&
               learn_template(&l->vertex, m->number_last[2], before_blank(m->number_first[3])) &&
               learn_template(&l->closing, m->number_last[8], m->next);
}

/* ---- one facet ---- */

AVX2_INLINE bool matches(const template *t, const char *p)
{
    __m256i low = _mm256_xor_si256(_mm256_loadu_si256((const __m256i *)(const void *)p),
                                   _mm256_loadu_si256((const __m256i *)(const void *)t->bytes));
    __m256i high = _mm256_xor_si256(_mm256_loadu_si256((const __m256i *)(const void *)(p + 32)),
                                    _mm256_loadu_si256((const __m256i *)(const void *)(t->bytes + 32)));
    low = _mm256_and_si256(low, _mm256_loadu_si256((const __m256i *)(const void *)t->mask));
    high = _mm256_and_si256(high, _mm256_loadu_si256((const __m256i *)(const void *)(t->mask + 32)));
    low = _mm256_or_si256(low, high);
    return _mm256_testz_si256(low, low);
}

/* `size`, but on the likely way taken from the last time, so that nothing waits for it. */
AVX2_INLINE size_t expect_size(size_t *last, size_t size)
{
    size_t guess = *last;
    if (__builtin_expect(size != guess, 0)) {
        guess = size;
        __asm__ volatile("" : "+r"(guess)); /* or the compiler would see that both ways give `size` */
        *last = guess;
    }
    return guess;
}

AVX2_INLINE const char *skip_blanks(const char *p)
{
    for (int i = 0; i < BLANKS_MAX && *p == ' '; i++) p++;
    return p;
}

AVX2_INLINE const char *skip_normal_token(const char *p, size_t *last)
{
    p = skip_blanks(p);
    if ((unsigned char)*p >= 'A' && (*p | 0x20) != 'n') return NULL;
    __m256i text = _mm256_loadu_si256((const __m256i *)(const void *)p);
    __m256i space = _mm256_cmpeq_epi8(text, _mm256_min_epu8(text, _mm256_set1_epi8(' ')));
    uint32_t spaces = (uint32_t)_mm256_movemask_epi8(space);
    if (!spaces || spaces & 1) return NULL;
    return p + expect_size(last, (size_t)__builtin_ctz(spaces));
}

/* Bytes that are 0xFF from the 16th on: loaded n bytes further, the last n of 16 are set. */
static const uint8_t last_bytes[32] = {0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,
                                       0,    0,    0,    0,    0,    0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                                       0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};

AVX2_INLINE __m128i load(const void *p) { return _mm_loadu_si128((const __m128i *)p); }

/* The integer whose digits end at `end`; a dot stands before the last `fraction` of them when `dot` is 1. */
AVX2_INLINE uint64_t digits_before(const char *end, size_t digits, size_t fraction, bool dot)
{
    __m128i text = _mm_blendv_epi8(load(end - 16 - dot), load(end - 16), load(last_bytes + fraction));
    text = _mm_and_si128(_mm_sub_epi8(text, _mm_set1_epi8('0')), load(last_bytes + digits));
    const __m128i tens = _mm_set1_epi16(0x010A), hundreds = _mm_set1_epi32(0x00010064);
    const __m128i ten_thousands = _mm_set1_epi32(0x00012710);
    __m128i pairs = _mm_maddubs_epi16(text, tens), fours = _mm_madd_epi16(pairs, hundreds);
    __m128i eights = _mm_madd_epi16(_mm_packus_epi32(fours, fours), ten_thousands);
    uint64_t both = (uint64_t)_mm_cvtsi128_si64(eights);
    return (both & 0xFFFFFFFF) * 100000000 + (both >> 32);
}

/* The same for numbers that do not fit 16 bytes: correctly rounded there and then. */
static const char *take_long_number(const char *p, double *value, bool *dot)
{
    float narrow;
    const char *behind;
    if (!lqi_number_quick_float(p, &narrow, &behind)) {
        behind = p + lqi_decimal_to_float(p, p + LQI_DECIMAL_TOKEN_MAX, LQI_DECIMAL_PLAIN, &narrow);
        if (behind == p) return NULL;
    }
    *dot |= memchr(p, '.', (size_t)(behind - p)) != NULL;
    *value = (double)narrow;
    return behind;
}

/* Behind the number at p, or NULL. */
AVX2_INLINE const char *take_number(const char *p, size_t *last, double *significand, double *divisor, bool *any_dot)
{
    p = skip_blanks(p);
    const char *sign = p;
    int64_t negative = *p == '-';
    p += negative | (*p == '+');
    __m128i text = load(p), values = _mm_sub_epi8(text, _mm_set1_epi8('0'));
    __m128i is_digit = _mm_cmpeq_epi8(values, _mm_min_epu8(values, _mm_set1_epi8(9)));
    uint32_t others = (uint32_t)_mm_movemask_epi8(is_digit) ^ 0xFFFF;
    uint32_t dots = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(text, _mm_set1_epi8('.')));
    uint32_t dot_bit = others & -others & dots;
    bool dot = dot_bit != 0;
    size_t size = (size_t)__builtin_ctz((others ^ dot_bit) | 0x10000);
    size_t digits = size - dot;
    size_t fraction = size - (size_t)__builtin_ctz(others | 0x10000) - dot;
    if (__builtin_expect(digits - 1 >= NUMBER_MAX, 0)) {
        *divisor = 1;
        return take_long_number(sign, significand, any_dot);
    }
    *any_dot |= dot;
    p += expect_size(last, size);
    int64_t value = (int64_t)digits_before(p, digits, fraction, dot);
    *significand = (double)((value ^ -negative) + negative);
    if ((*p | 0x20) != 'e') {
        *divisor = lqi_number_tens[fraction];
        return p;
    }
    int power = -(int)fraction;
    if (!lqi_number_exponent(&p, &power) || power > 0 || power < -LQI_NUMBER_POWER_MAX) return NULL;
    *divisor = lqi_number_tens[-power];
    return p;
}

AVX2_INLINE bool is_blank(char c) { return c == ' ' || c == '\t'; }

/* Behind the facet at p, or NULL. */
AVX2_INLINE const char *take_facet(const char *p, layout *l, double *significand, double *divisor, bool *any_dot)
{
    if (!matches(&l->opening, p)) return NULL;
    p += l->opening.size;
    for (int i = 0; i < 3; i++) {
        if (i && !is_blank(*p++)) return NULL;
        if (!(p = skip_normal_token(p, &l->normal_size[i]))) return NULL;
    }
    if (!matches(&l->loop, p)) return NULL;
    p += l->loop.size;
    for (int corner = 0; corner < 3; corner++) {
        if (corner) {
            if (!matches(&l->vertex, p)) return NULL;
            p += l->vertex.size;
        }
        for (int i = 0; i < 3; i++) {
            if (i && !is_blank(*p++)) return NULL;
            p = take_number(p, &l->number_size[i], significand + 3 * corner + i, divisor + 3 * corner + i, any_dot);
            if (!p) return NULL;
        }
    }
    return matches(&l->closing, p) ? p + l->closing.size : NULL;
}

/* ---- many ---- */

/* Divides and narrows; returns how many facets from the first on are certainly right. */
AVX2 static size_t finish(pending *q, float *corners)
{
    float narrow[9 * BLOCK + 4];
    for (size_t i = 9 * q->count; i % 4; i++) q->significand[i] = 0, q->divisor[i] = 1;
    const __m256d sign = _mm256_set1_pd(-0.0), largest = _mm256_set1_pd((double)LQI_FACET_TEXT_MAX);
    const __m256d smallest = _mm256_set1_pd((double)FLT_MIN), zero = _mm256_setzero_pd();
    const __m256i lost = _mm256_set1_epi64x(0x1FFFFFFF), half = _mm256_set1_epi64x(0x10000000);
    size_t good = q->count;
    for (size_t i = 0; i < 9 * q->count; i += 4) {
        __m256d value = _mm256_div_pd(_mm256_loadu_pd(q->significand + i), _mm256_loadu_pd(q->divisor + i));
        __m256d magnitude = _mm256_andnot_pd(sign, value);
        __m256d outside = _mm256_or_pd(
            _mm256_cmp_pd(magnitude, largest, _CMP_GT_OQ),
            _mm256_and_pd(_mm256_cmp_pd(magnitude, smallest, _CMP_LT_OQ), _mm256_cmp_pd(magnitude, zero, _CMP_NEQ_OQ)));
        __m256i is_tie = _mm256_cmpeq_epi64(_mm256_and_si256(_mm256_castpd_si256(value), lost), half);
        int bad = _mm256_movemask_pd(_mm256_or_pd(outside, _mm256_castsi256_pd(is_tie)));
        _mm_storeu_ps(narrow + i, _mm256_cvtpd_ps(value));
        if (__builtin_expect(bad, 0)) {
            good = (i + (size_t)__builtin_ctz((unsigned)bad)) / 9;
            break;
        }
    }
    memcpy(corners, narrow, good * 9 * sizeof *corners);
    return good;
}

AVX2 size_t lqi_facet_text_avx2(lqi_facet_text *in_out, float *corners, size_t capacity)
{
    const char *p = in_out->text, *end = in_out->end;
    layout l = {.valid = false};
    pending q;
    size_t count = 0;
    while (count < capacity) {
        size_t room = capacity - count < BLOCK ? capacity - count : BLOCK;
        for (q.count = 0; l.valid && q.count < room && end - p >= REACH_MAX; q.count++) {
            bool dot = false;
            const char *next = take_facet(p, &l, q.significand + 9 * q.count, q.divisor + 9 * q.count, &dot);
            if (!next) break;
            q.facet[q.count] = p;
            q.dot[q.count] = dot;
            p = next;
        }
        size_t good = finish(&q, corners + 9 * count);
        for (size_t i = 0; i < good; i++) in_out->any_dot |= q.dot[i];
        count += good;
        if (good == room) continue;
        if (good < q.count) p = q.facet[good];
        while (p < end && lqi_is_space(*p)) p++;
        lqi_facet_marks marks;
        if (!lqi_facet_text_one(p, end, corners + 9 * count, &marks)) break;
        learn(&l, p, &marks);
        in_out->any_dot |= marks.any_dot;
        p = marks.next;
        count++;
    }
    while (p < end && lqi_is_space(*p)) p++;
    in_out->text = p;
    return count;
}

#endif
