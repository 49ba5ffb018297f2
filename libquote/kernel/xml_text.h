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

/* The first byte in [p, end) that is no white space, else end. */
const char *lqi_xml_skip_space(const char *p, const char *end);

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
