/* Parts of the scan for runs of elements (xml_scan.h), on words of eight bytes. */
#ifndef LQI_XML_TEXT_H
#define LQI_XML_TEXT_H

#include <stdbool.h>
#include <string.h>

#include "base/bytes.h"
#include "kernel/xml_scan.h"

static inline uint64_t lqi_xml_word(const char *text) { return lqi_load_u64((const uint8_t *)text); }

/* ---- the white space between elements: learned from one, expected before the next ---- */

typedef struct lqi_xml_gap {
    uint64_t word[2], mask[2];
    size_t size; /* at most 16 */
} lqi_xml_gap;

static inline bool lqi_xml_gap_holds(const lqi_xml_gap *gap, const char *text)
{
    uint64_t differs = (lqi_xml_word(text) & gap->mask[0]) ^ gap->word[0];
    differs |= (lqi_xml_word(text + 8) & gap->mask[1]) ^ gap->word[1];
    return differs == 0;
}

/* What stands at `text`; 16 bytes are readable. A longer gap is cut, and then fits nothing, as the tag follows. */
static inline void lqi_xml_gap_learn(lqi_xml_gap *gap, const char *text, size_t size)
{
    gap->size = size < 16 ? size : 16;
    for (size_t i = 0; i < 2; i++) {
        size_t bytes = gap->size > 8 * i ? gap->size - 8 * i : 0;
        gap->mask[i] = bytes >= 8 ? UINT64_MAX : ((uint64_t)1 << 8 * bytes) - 1;
        gap->word[i] = lqi_xml_word(text + 8 * i) & gap->mask[i];
    }
}

/* At most `size` bytes on. */
static inline const char *lqi_xml_within(const char *p, const char *end, size_t size)
{
    return (size_t)(end - p) > size ? p + size : end;
}

/* Behind white space, where the tag must begin as told; learns the gap. NULL: another tag. */
const char *lqi_xml_next_tag(const char *p, const char *end, const char *tag, size_t tag_size, lqi_xml_gap *gap);

/* ---- vertices ---- */

#define LQI_XML_VERTEX "<vertex x=\""

static inline bool lqi_xml_is_vertex(const char *p)
{
    return lqi_xml_word(p) == lqi_xml_word(LQI_XML_VERTEX) && lqi_xml_word(p + 3) == lqi_xml_word(&LQI_XML_VERTEX[3]);
}

/* The first coordinate of the vertex behind p, where LQI_XML_SCAN_MARGIN bytes are readable; NULL: no usual vertex. */
static inline const char *lqi_xml_begin_vertex(const char *p, const char *end, lqi_xml_gap *gap)
{
    const char *q = p + gap->size;
    if (!lqi_xml_gap_holds(gap, p) || !lqi_xml_is_vertex(q))
        q = lqi_xml_next_tag(p, end, LQI_XML_VERTEX, sizeof LQI_XML_VERTEX - 1, gap);
    return q && end - q >= LQI_XML_SCAN_MARGIN ? q + sizeof LQI_XML_VERTEX - 1 : NULL;
}

/* What stands between two coordinates: five bytes of the eight. */
static inline bool lqi_xml_is_between(const char *p, const char *expected)
{
    return (lqi_xml_word(p) ^ lqi_xml_word(expected)) << 24 == 0;
}

#define LQI_XML_BEFORE_Y "\" y=\"   "
#define LQI_XML_BEFORE_Z "\" z=\"   "

/* ---- behind the wanted attributes ---- */

/* From the space in front of an attribute to behind the element's "/>". NULL: not usual. `own`: "xyz", or "v" for v1,
 * v2, v3: names that have been given already. */
const char *lqi_xml_skip_attributes(const char *p, const char *end, char own, const char *prefixes);

/* From behind the last wanted value's quote to behind the element; NULL: not usual. 8 bytes are readable. */
static inline const char *lqi_xml_close(const char *p, const char *end, char own, const char *prefixes)
{
    if (p[0] == '/' && p[1] == '>') return p + 2;
    if (p[0] != ' ') return NULL;
    if (p[1] == '/' && p[2] == '>') return p + 3;
    return lqi_xml_skip_attributes(p, end, own, prefixes);
}

#endif
