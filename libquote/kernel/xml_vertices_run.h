/* How the variants of lqi_xml_vertices_fn on vectors read: the three numbers of a vertex at once, where they end within
 * 64 bytes and each is [-] at most 8 digits [. digits], of at most 15 bytes. What is so, lqi_number_quick takes with
 * the same value. The includer defines LQI_XML_TARGET, the attributes of what may use its instructions, and behind the
 * inclusion the two functions that are only declared here. */
#ifndef LQI_XML_VERTICES_RUN_H
#define LQI_XML_VERTICES_RUN_H

#include "kernel/number_text.h"
#include "kernel/xml_scan.h"
#include "kernel/xml_text.h"

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

typedef struct number_place {
    unsigned start, size; /* without the sign */
    unsigned fraction;    /* digits behind the dot; 0: none, or no dot */
    unsigned dot_step;    /* where to load from dot_steps */
    uint64_t negative;    /* 0 or 1 */
    uint64_t wrong;       /* 0: a number that is simple enough */
} number_place;

/* Of the 64 bytes at p. */
LQI_XML_TARGET static inline byte_classes classify(const char *p);

/* Numbers that are not wrong; each has 16 readable bytes at its start. */
LQI_XML_TARGET static inline void convert(const char *p, const number_place n[3], double xyz[3]);

LQI_XML_TARGET static inline uint64_t without_lowest(uint64_t bits) { return bits & (bits - 1); }

LQI_XML_TARGET static inline number_place place_of(const char *p, const byte_classes *classes, unsigned start,
                                                   unsigned end)
{
    number_place n;
    n.negative = p[start] == '-';
    n.start = start + (unsigned)n.negative;
    n.size = end - n.start;
    uint64_t inside = UINT64_MAX << (n.start & 63) & (((uint64_t)1 << end) - 1);
    uint64_t dots = classes->dots & inside;
    n.wrong = (inside & ~classes->digits) ^ dots;
    n.wrong |= without_lowest(dots);
    n.wrong |= n.size - 1 >= NUMBER_SIZE_MAX;
    unsigned behind_dot = dots ? end - 1 - (unsigned)__builtin_ctzll(dots) : 16;
    n.dot_step = behind_dot;
    n.fraction = behind_dot & 15;
    unsigned whole = n.size - n.fraction - (dots != 0);
    n.wrong |= (whole > WHOLE_MAX) | (whole + n.fraction == 0);
    return n;
}

/* From the first coordinate to behind the last one's quote; NULL: not that simple. */
LQI_XML_TARGET static inline const char *coordinates_of(const char *p, double xyz[3])
{
    byte_classes classes = classify(p);
    uint64_t y_quote = without_lowest(without_lowest(classes.quotes));
    uint64_t z_quote = without_lowest(without_lowest(y_quote));
    if (!z_quote) return NULL;
    unsigned x_end = (unsigned)__builtin_ctzll(classes.quotes), y_end = (unsigned)__builtin_ctzll(y_quote);
    unsigned z_end = (unsigned)__builtin_ctzll(z_quote);
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

/* A lqi_xml_vertices_fn. */
LQI_XML_TARGET static inline void lqi_xml_vertices_run(const char *text, size_t size, const char *prefixes,
                                                       size_t count_max, double *xyz, lqi_xml_run *run)
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

#endif
