/* Everything about printability of one body, put together. */
#ifndef LQI_PRINTABILITY_BODY_H
#define LQI_PRINTABILITY_BODY_H

#include "measure/clearances.h"
#include "measure/printability.h"

/* One item as it stands: solids that unite, and the shells of each. All is borrowed. */
typedef struct lqi_standing_body {
    const lqi_placed_solid *solids;
    const lqi_solid_shells *shells;
    size_t count;
} lqi_standing_body;

/* across: columns on the longest side, 0 for the usual number. The facets of places are numbered over all solids. What
 * a budget does not allow is left unknown. */
lq_status lqi_printability_of_body(lq_context *context, const lqi_standing_body *body, int across,
                                   lqi_printability *measured);

#endif
