/* Exact weld, one position at a time: equal positions become one vertex, numbered in order of first use. */
#ifndef LQI_WELD_H
#define LQI_WELD_H

#include <stddef.h>
#include <stdint.h>

#include "libquote.h"

typedef struct lqi_weld {
    lq_context *context;
    double *position; /* 3 per vertex */
    size_t position_capacity;
    uint32_t vertex_count;
    uint64_t *slot; /* upper half of the hash << 32 | vertex number + 1, 0: free; open addressing, at most half full */
    uint32_t slot_mask;
    uint64_t seed;
} lqi_weld;

lq_status lqi_weld_init(lqi_weld *weld, lq_context *context, uint64_t vertex_count_expected);
void lqi_weld_free(lqi_weld *weld);

/* The vertex at a finite position; *vertex is new when it equals the count before. */
lq_status lqi_weld_add(lqi_weld *weld, const double xyz[3], uint32_t *vertex);

/* Gives the positions away (lqi_free) and frees the rest. */
double *lqi_weld_take(lqi_weld *weld);

#endif
