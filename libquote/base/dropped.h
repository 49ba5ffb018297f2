/* Facets that were left out of a run of records, and the number of the first of each kind in the run; -1: none. */
#ifndef LQI_DROPPED_H
#define LQI_DROPPED_H

#include <stdint.h>

typedef struct lqi_dropped_facets {
    uint64_t nonfinite, out_of_range;
    int64_t first_nonfinite, first_out_of_range;
} lqi_dropped_facets;

#define LQI_NONE_DROPPED ((lqi_dropped_facets){0, 0, -1, -1})

#endif
