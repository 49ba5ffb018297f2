/*
 * Which edges of a surface are walked more often one way than the other: found in fixed memory, from facets in any
 * order, without a mesh. The sketch is an invertible Bloom lookup table (Goodrich and Mitzenmacher, "Invertible Bloom
 * Lookup Tables", 2011) of signed edges: what is walked equally often both ways leaves no trace, and what is left can
 * be listed while it is little. Edges walked too often in no direction (two facets each way) are not seen.
 */
#ifndef LQI_SKETCH_H
#define LQI_SKETCH_H

#include <stdbool.h>

#include "libquote.h"

/* So many edges at most are listed: the table then fails to give them less often than once in 10^8 surfaces. */
#define LQI_SKETCH_EDGES_MAX 1500

/* An edge between two positions, as the bits of their floats (no -0): the smaller first, compared word by word. */
typedef struct lqi_signed_edge {
    uint32_t end[2][3];
    int64_t net; /* how often it is walked from end[0] to end[1], minus how often back; not 0 */
} lqi_signed_edge;

typedef struct lqi_sketch_cell {
    uint64_t net, check;
    uint64_t word[6]; /* with `net`: sums over all edges of the cell, modulo 2^64 */
} lqi_sketch_cell;

typedef struct lqi_sketch {
    lq_context *context;
    lqi_sketch_cell *cell;
    lqi_signed_edge *recent; /* net 0: an empty place */
} lqi_sketch;

/* Takes 0.4 MB. */
lq_status lqi_sketch_init(lq_context *context, lqi_sketch *sketch);
void lqi_sketch_free(lqi_sketch *sketch);

/* One facet; its corners as float bits without -0. An edge from a position to itself counts for nothing. */
void lqi_sketch_add(lqi_sketch *sketch, const uint32_t corner[3][3]);

/* Lists the unbalanced edges in ascending order of their ends, and empties the sketch. *complete is false, and *count
 * 0, when there are too many. edge has room for LQI_SKETCH_EDGES_MAX. */
void lqi_sketch_list(lqi_sketch *sketch, lqi_signed_edge *edge, size_t *count, bool *complete);

#endif
