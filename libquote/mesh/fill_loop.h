/* One loop to be closed, and the ways to close it. */
#ifndef LQI_FILL_LOOP_H
#define LQI_FILL_LOOP_H

#include "mesh/repair_draft.h"
#include "mesh/topology.h"

#define LQI_FILL_LEAST_CORNERS_MAX 64

typedef struct lqi_fill_loop {
    const double *point;    /* 3 per corner, in the order of the cap: against the walk of the facets */
    const uint32_t *vertex; /* of the mesh, per corner */
    uint32_t count;         /* at least 3 */
    double normal[3];       /* of the cap, a unit vector; zero where there is none */
    double size;            /* of the loop's box, its diagonal */
    const lqi_topology *topology;
    const uint64_t *added; /* diagonals of earlier caps: a table of 2^added_bits slots, 0 is free */
    uint32_t added_bits;
} lqi_fill_loop;

/* Is there an edge between two corners already? One more would make it crowded. */
bool lqi_fill_edge_is_taken(const lqi_fill_loop *loop, uint32_t a, uint32_t b);

/* The triangulation of the least area, of at most LQI_FILL_LEAST_CORNERS_MAX corners. triangle: 3 * (count - 2) places
 * in the loop. */
void lqi_fill_least(const lqi_fill_loop *loop, uint32_t *triangle, uint64_t *work);

/* Cuts off one corner after the other, the shortest diagonal first. flat: only where the projection along the normal
 * has no other corner in the triangle. *done: false when the draft's budget ended before. */
lq_status lqi_fill_ears(lqi_draft *draft, const lqi_fill_loop *loop, bool flat, uint32_t *triangle, bool *done);

#endif
