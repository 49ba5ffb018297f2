#include <float.h>
#include <math.h>
#include <string.h>

#include "base/ascii.h"
#include "base/decimal.h"
#include "kernel/facet_text.h"
#include "kernel/number_text.h"

static const char *skip_space(const char *p, const char *end)
{
    while (p < end && lqi_is_space(*p)) p++;
    return p;
}

/* Behind the word and the white space after it; NULL when it is another word. */
static const char *take_word(const char *p, const char *end, const char padded[LQI_WORD_MAX], int size)
{
    if (!p || end - p <= LQI_WORD_MAX || !lqi_is_word(p, padded, size)) return NULL;
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

/* "endloop", also "end loop" as some writers have it; size: of the word without the "end". */
static const char *take_end(const char *p, const char *end, const char joined[LQI_WORD_MAX],
                            const char split[LQI_WORD_MAX], int size)
{
    const char *behind = take_word(p, end, joined, size + 3);
    return behind ? behind : take_word(take_word(p, end, "end\0\0\0\0", 3), end, split, size);
}

bool lqi_facet_text_one(const char *text, const char *end, float corners[9], lqi_facet_marks *marks)
{
    const char *p = take_word(take_word(text, end, "facet\0\0", 5), end, "normal\0", 6);
    if (!p) return false;
    marks->normal = p;
    marks->normal_minus = 0;
    for (int i = 0; i < 3; i++) {
        marks->normal_minus |= (uint32_t)(p < end && *p == '-') << i;
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
    p = take_end(p, end, "endloop", "loop\0\0\0", 4);
    marks->next = take_end(p, end, "endfacet", "facet\0\0", 5);
    return marks->next != NULL;
}

size_t lqi_facet_text_scalar(lqi_facet_text *in_out, float *corners, size_t capacity)
{
    size_t count = 0;
    lqi_facet_marks marks;
    for (; count < capacity && lqi_facet_text_one(in_out->text, in_out->end, corners + 9 * count, &marks); count++) {
        in_out->text = marks.next;
        in_out->any_dot |= marks.any_dot;
        if (in_out->normals) in_out->normals[count] = (lqi_text_normal){marks.normal, marks.normal_minus};
    }
    return count;
}
