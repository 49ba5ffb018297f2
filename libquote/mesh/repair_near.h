/* Points that lie near a segment, found without looking at all of them. */
#ifndef LQI_REPAIR_NEAR_H
#define LQI_REPAIR_NEAR_H

#include <stddef.h>
#include <stdint.h>

#include "libquote.h"

typedef struct lqi_near_node {
    double low[3], high[3];
    uint32_t first, count; /* of `point` */
    uint32_t child;        /* the first of two that follow each other; 0: a leaf */
} lqi_near_node;

typedef struct lqi_near {
    const double *position; /* 3 per vertex, lent */
    uint32_t *point;        /* vertices, in the order of the tree */
    lqi_near_node *node;
    uint32_t node_count;
} lqi_near;

/* A tree over `count` vertices. */
lq_status lqi_near_build(lq_context *context, const double *position, const uint32_t *vertex, uint32_t count,
                         lqi_near *near);
void lqi_near_free(lq_context *context, lqi_near *near);

/* Calls visit with every point whose node comes within `distance` of the segment from a to b; points farther away are
 * among them. *work grows by how much was looked
 * at. */
typedef lq_status (*lqi_near_visit)(void *user, uint32_t vertex);
lq_status lqi_near_segment(const lqi_near *near, const double a[3], const double b[3], double distance,
                           lqi_near_visit visit, void *user, uint64_t *work);

#endif
