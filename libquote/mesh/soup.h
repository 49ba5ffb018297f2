/* Exact weld of facet soup in two levels that stay in cache: equal positions become one vertex, numbered in order of
 * first use. A small direct-mapped table catches what the order of the file offers; what it misses is dealt out by hash
 * into streams, each of them small enough to be looked up in cache, and replayed in file order at the end. So the big
 * arrays are only ever walked from front to back, whatever the order of the facets. */
#ifndef LQI_SOUP_H
#define LQI_SOUP_H

#include <stddef.h>
#include <stdint.h>

#include "mesh/streams.h"

/* Of either table. Free when `xy` is two NaNs. */
typedef struct lqi_soup_slot {
    uint64_t xy;
    uint32_t z, value;
} lqi_soup_slot;

typedef struct lqi_soup {
    lq_context *context;
    uint64_t key[2];
    lqi_soup_slot *recent; /* the first level: a position, and the corner where it was met last */
    lqi_streams streams;   /* positions that were missed, as the bits of the floats */
    uint8_t *miss_stream;  /* which stream each miss went to, in file order */
    size_t miss_capacity, miss_count;
    uint32_t skip; /* so many more calls without looking back */
} lqi_soup;

/* corner_count_expected: 0 when nobody knows. */
lq_status lqi_soup_init(lqi_soup *soup, lq_context *context, uint64_t corner_count_expected);
void lqi_soup_free(lqi_soup *soup);

/* Takes `count` finite positions of three floats, the corners first, first + 1, ... of the mesh; corner numbers stay
 * below 2^32. Writes what _finish needs to corner[first...]. */
lq_status lqi_soup_add(lqi_soup *soup, const float *xyz, size_t count, uint32_t *corner, size_t first);

/* Turns corner[0..count) into vertex numbers and gives the positions, 3 doubles per vertex (lqi_free). */
lq_status lqi_soup_finish(lqi_soup *soup, uint32_t *corner, size_t count, double **position, uint32_t *vertex_count);

#endif
