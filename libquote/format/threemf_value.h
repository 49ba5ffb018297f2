/* Attribute values of 3MF: numbers, indices, transforms. Nothing here allocates or records; a reason tells what is
 * wrong, LQI_REASON_COUNT that nothing is. */
#ifndef LQI_THREEMF_VALUE_H
#define LQI_THREEMF_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/reason_list.h"

#define LQI_VALUE_GOOD LQI_REASON_COUNT

/* Beyond this a length in millimetres is a mistake: ten kilometres. */
#define LQI_LENGTH_MAX_MM 1e7

/* Row-vector convention of the format: x' = x*m[0] + y*m[3] + z*m[6] + m[9]. */
typedef struct lqi_transform {
    double m[12];
} lqi_transform;

static inline bool lqi_is_xml_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/* One number with white space around. decimal_comma: read a comma as a point and count it in *commas. */
lqi_reason lqi_number_of(const char *text, bool decimal_comma, uint64_t *commas, double *value);

/* 0 to 2^31 - 1. */
lqi_reason lqi_index_of(const char *text, uint32_t *value);

/* Exactly twelve numbers, all finite. */
lqi_reason lqi_transform_of(const char *text, bool decimal_comma, uint64_t *commas, lqi_transform *transform);

extern const lqi_transform lqi_transform_identity;

/* No volume would be left of anything. */
bool lqi_transform_is_singular(const lqi_transform *transform);

/* First `inner`, then `outer`. */
lqi_transform lqi_transform_product(const lqi_transform *inner, const lqi_transform *outer);

bool lqi_transform_is_finite(const lqi_transform *transform);

/* An axis-parallel box; low > high while nothing is in it. */
typedef struct lqi_extent {
    double low[3], high[3];
} lqi_extent;

extern const lqi_extent lqi_extent_none;

/* False also for one that is not finite. */
bool lqi_extent_is_known(const lqi_extent *extent);

/* Widens `to` by the box around the placed box `from`: exact for turns by right angles, else on the safe side. */
void lqi_extent_add(lqi_extent *to, const lqi_extent *from, const lqi_transform *placement);

#endif
