#include "base/decimal.h"
#include "kernel/number_text.h"
#include "kernel/xml_scan.h"
#include "kernel/xml_text.h"

/* White space, tag, numbers and what stands between them, and a word read behind all. */
_Static_assert(16 + 14 + 3 * (LQI_NUMBER_MARGIN + 6) + 8 <= LQI_XML_SCAN_MARGIN, "a usual element is in the margin");

/* ---- vertices ---- */

/* Behind a number of many digits; NULL: none, or it ends too near to the end for what follows. */
static __attribute__((noinline)) const char *long_number(const char *p, const char *end, double *value)
{
    size_t size = lqi_decimal_to_double(p, end, LQI_DECIMAL_PLAIN, value);
    return size && end - (p + size) >= LQI_XML_SCAN_MARGIN ? p + size : NULL;
}

static inline const char *number_at(const char *p, const char *end, double *value)
{
    const char *behind;
    return lqi_number_quick(p, value, &behind) ? behind : long_number(p, end, value);
}

void lqi_xml_vertices_scalar(const char *text, size_t size, const char *prefixes, size_t count_max, double *xyz,
                             lqi_xml_run *run)
{
    const char *p = text, *end = text + size;
    lqi_xml_gap gap = {0};
    size_t count = 0;
    for (; count < count_max && end - p >= LQI_XML_SCAN_MARGIN; count++, xyz += 3) {
        const char *q = lqi_xml_begin_vertex(p, end, &gap);
        if (!q) break;
        if (!(q = number_at(q, end, &xyz[0])) || !lqi_xml_is_between(q, LQI_XML_BEFORE_Y)) break;
        if (!(q = number_at(q + 5, end, &xyz[1])) || !lqi_xml_is_between(q, LQI_XML_BEFORE_Z)) break;
        if (!(q = number_at(q + 5, end, &xyz[2])) || *q != '"') break;
        q = lqi_xml_close(q + 1, lqi_xml_within(p, end, LQI_XML_ELEMENT_MAX), 'x', prefixes);
        if (!q) break;
        p = q;
    }
    *run = (lqi_xml_run){.count = count, .size = (size_t)(p - text)};
}

/* ---- triangles ---- */

#define TRIANGLE "<triangle v1=\""

static inline bool is_triangle(const char *p)
{
    return lqi_xml_word(p) == lqi_xml_word(TRIANGLE) && lqi_xml_word(p + 6) == lqi_xml_word(&TRIANGLE[6]);
}

/* Between two values: six bytes. */
static inline bool is_between_corners(const char *p, const char *expected)
{
    return (lqi_xml_word(p) ^ lqi_xml_word(expected)) << 16 == 0;
}

/* Behind the digits, or NULL: none, or more than 2^31 - 1. */
static const char *long_index(const char *p, uint32_t *value)
{
    uint64_t number = 0;
    for (int i = 0; i < 10 && (uint8_t)(*p - '0') < 10; i++) number = number * 10 + (uint64_t)(*p++ - '0');
    *value = (uint32_t)number;
    return number >> 31 ? NULL : p;
}

/* As many digits as the last time: then where they end is a guess that the processor checks later, and reading goes on
 * without waiting for this number. */
static inline const char *skip_digits(const char *p, int count, int *usual)
{
    if (__builtin_expect(count != *usual, 0)) {
        *usual = count;
        return p + count;
    }
    int guess = *usual;
    __asm__("" : "+r"(guess)); /* or the compiler sees that it is the same and waits */
    return p + guess;
}

static inline const char *index_at(const char *p, uint32_t *value, int *usual)
{
    uint64_t digits = lqi_digit_values(p);
    int count = lqi_digits_in_front(digits);
    if (count == 8) return long_index(p, value);
    if (count == 0) return NULL;
    *value = (uint32_t)lqi_digits_to_integer(digits, count);
    return skip_digits(p, count, usual);
}

void lqi_xml_triangles_scalar(const char *text, size_t size, const char *prefixes, size_t count_max, uint32_t *corners,
                              lqi_xml_run *run)
{
    const char *p = text, *end = text + size;
    lqi_xml_gap gap = {0};
    size_t count = 0;
    uint32_t index_max = 0;
    bool extended = false;
    int usual[3] = {0};
    for (; count < count_max && end - p >= LQI_XML_SCAN_MARGIN; count++, corners += 3) {
        const char *q = p + gap.size;
        if (!lqi_xml_gap_holds(&gap, p) || !is_triangle(q))
            q = lqi_xml_next_tag(p, end, TRIANGLE, sizeof TRIANGLE - 1, &gap);
        if (!q || end - q < LQI_XML_SCAN_MARGIN) break;
        if (!(q = index_at(q + 14, &corners[0], &usual[0])) || !is_between_corners(q, "\" v2=\"xx")) break;
        if (!(q = index_at(q + 6, &corners[1], &usual[1])) || !is_between_corners(q, "\" v3=\"xx")) break;
        if (!(q = index_at(q + 6, &corners[2], &usual[2])) || *q != '"') break;
        const char *behind = lqi_xml_close(q + 1, lqi_xml_within(p, end, LQI_XML_ELEMENT_MAX), 'v', prefixes);
        if (!behind) break;
        extended |= behind - q > 4;
        p = behind;
        for (int i = 0; i < 3; i++) index_max = corners[i] > index_max ? corners[i] : index_max;
    }
    *run = (lqi_xml_run){.count = count, .size = (size_t)(p - text), .index_max = index_max, .extended = extended};
}
