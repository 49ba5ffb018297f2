/* A look at JSON before a parser sees it: jansson recurses on nesting and spends some hundred bytes on each value. */
#ifndef LQI_JSON_SCAN_H
#define LQI_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct lqi_json_excess {
    size_t offset;
    size_t depth, values; /* counted up to there */
    bool too_deep;        /* else too many values */
} lqi_json_excess;

/* Does the text nest deeper, or hold more values, than this? Brackets and commas outside of strings are counted; what
 * is no JSON at all is left to the parser to name. */
bool lqi_json_exceeds(const uint8_t *json, size_t size, size_t depth_max, size_t values_max, lqi_json_excess *excess);

#endif
