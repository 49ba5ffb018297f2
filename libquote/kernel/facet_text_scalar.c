#include <float.h>
#include <math.h>
#include <string.h>

#include "base/decimal.h"
#include "base/digits.h"
#include "kernel/facet_text.h"
#include "kernel/number_text.h"

#define WORD_MAX 8

static const char *skip_space(const char *p, const char *end)
{
    while (p < end && lqi_is_space(*p)) p++;
    return p;
}

/* Behind the word and the white space after it; NULL when it is another word. */
static const char *take_word(const char *p, const char *end, const char padded[WORD_MAX], int size)
{
    if (!p || end - p <= WORD_MAX) return NULL;
    uint64_t letters = lqi_load_u64((const uint8_t *)p) | 0x2020202020202020u;
    if ((letters ^ lqi_load_u64((const uint8_t *)padded)) << (64 - 8 * size) || !lqi_is_space(p[size])) return NULL;
    return skip_space(p + size + 1, end);
}

static const char *skip_normal_token(const char *p, const char *end)
{
    if (p == end || ((unsigned char)*p >= 'A' && (*p | 0x20) != 'n')) return NULL;
    while (p < end && !lqi_is_space(*p)) p++;
    return p;
}

/* Behind the number. */
static const char *take_number(const char *p, const char *end, float *value)
{
    if (end - p < LQI_NUMBER_MARGIN) return NULL;
    const char *behind;
    if (!lqi_number_quick_float(p, value, &behind)) behind = p + lqi_decimal_to_float(p, end, LQI_DECIMAL_PLAIN, value);
    if (behind == p || behind == end || !lqi_is_space(*behind)) return NULL;
    float magnitude = fabsf(*value);
    if (magnitude == 0) *value = 0;
    return magnitude == 0 || (magnitude >= FLT_MIN && magnitude <= LQI_FACET_TEXT_MAX) ? behind : NULL;
}

bool lqi_facet_text_one(const char *text, const char *end, float corners[9], lqi_facet_marks *marks)
{
    const char *p = take_word(take_word(text, end, "facet\0\0", 5), end, "normal\0", 6);
    if (!p) return false;
    marks->normal = p;
    for (int i = 0; i < 3; i++) {
        if (!(marks->normal_end = skip_normal_token(p, end))) return false;
        p = skip_space(marks->normal_end, end);
    }
    p = take_word(take_word(p, end, "outer\0\0", 5), end, "loop\0\0\0", 4);
    marks->any_dot = false;
    for (int i = 0; i < 9; i++) {
        if (i % 3 == 0) p = take_word(p, end, "vertex\0", 6);
        if (!p) return false;
        marks->number_first[i] = p;
        if (!(p = take_number(p, end, &corners[i]))) return false;
        marks->number_last[i] = p;
        marks->any_dot |= memchr(marks->number_first[i], '.', (size_t)(p - marks->number_first[i])) != NULL;
        p = skip_space(p, end);
    }
    marks->next = take_word(take_word(p, end, "endloop", 7), end, "endfacet", 8);
    return marks->next != NULL;
}

size_t lqi_facet_text_scalar(lqi_facet_text *in_out, float *corners, size_t capacity)
{
    size_t count = 0;
    lqi_facet_marks marks;
    for (; count < capacity && lqi_facet_text_one(in_out->text, in_out->end, corners + 9 * count, &marks); count++) {
        in_out->text = marks.next;
        in_out->any_dot |= marks.any_dot;
    }
    return count;
}
