/* Exact weld of facet soup in two levels that stay in cache: equal positions become one vertex, numbered in order of
 * first use. A small direct-mapped table catches what the order of the file offers; what it misses is dealt out by hash
 * into streams, each of them small enough to be looked up in cache, and replayed in file order at the end. So the big
 * arrays are only ever walked from front to back, whatever the order of the facets. */
#ifndef LQI_SOUP_H
#define LQI_SOUP_H

#include <stdbool.h>

#include "base/dropped.h"
#include "mesh/streams.h"

/* Of either table. Free when `xy` is two NaNs. */
typedef struct lqi_soup_slot {
    uint64_t xy;
    uint32_t z, value;
} lqi_soup_slot;

/* Corners one after another that were treated alike. */
typedef struct lqi_soup_run {
    size_t corner_count;
    size_t miss_count; /* numbered misses */
    bool looked_back;  /* else all corners were missed, and their misses have no numbers */
} lqi_soup_run;

typedef struct lqi_soup {
    lq_context *context;
    uint64_t key[2];
    lqi_soup_slot *recent; /* the first level: a position, and the number of its last miss */
    lqi_streams streams;   /* positions that were missed, as the bits of the floats */
    uint8_t *miss_stream;  /* per numbered miss: its stream */
    size_t miss_count, miss_capacity;
    lqi_soup_run *run; /* in file order */
    size_t run_count, run_capacity;
    uint32_t skip; /* so many more rounds without looking back */
} lqi_soup;

/* corner_count_expected: 0 when nobody knows. */
lq_status lqi_soup_init(lqi_soup *soup, lq_context *context, uint64_t corner_count_expected);
void lqi_soup_free(lqi_soup *soup);

/* Takes `count` facets of nine finite floats and writes what _finish needs to the places of their corners: the number
 * of a miss, or the stream of a corner in a run without looking back. Corners stay below 2^32. */
lq_status lqi_soup_add(lqi_soup *soup, const float *xyz, size_t count, uint32_t *corner);

/* The same for records of binary STL (kernel/records.h) as they lie in the file, denormal numbers as 0. What is not
 * finite or out of range is left out and added to `dropped`, the first record having the number `number`. *taken:
 * facets that were not. */
lq_status lqi_soup_add_records(lqi_soup *soup, const uint8_t *records, size_t count, bool swapped, uint64_t number,
                               uint32_t *corner, size_t *taken, lqi_dropped_facets *dropped);

/* Turns corner[0..count) into vertex numbers and gives the positions, 3 doubles per vertex (lqi_free). */
lq_status lqi_soup_finish(lqi_soup *soup, uint32_t *corner, size_t count, double **position, uint32_t *vertex_count);

/* ---- shared by the two levels ---- */

/* Keyed, so that a crafted file cannot line up its positions in one stream or one chain; the key never reaches a
 * result. One wide product of both halves, each hidden by its key, folded. */
static inline uint64_t lqi_soup_hash(const uint64_t key[2], uint64_t xy, uint32_t z)
{
    unsigned __int128 product = (unsigned __int128)(xy ^ key[0]) * (z ^ key[1]);
    return (uint64_t)(product ^ product >> 64);
}

static inline uint64_t lqi_soup_xy(const uint32_t bits[2]) { return (uint64_t)bits[1] << 32 | bits[0]; }

#endif
