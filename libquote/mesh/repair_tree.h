/* Points that lie near a segment, found without looking at all of them. */
#ifndef LQI_REPAIR_TREE_H
#define LQI_REPAIR_TREE_H

#include <stddef.h>
#include <stdint.h>

#include "libquote.h"

typedef struct lqi_tree_node {
    double low[3], high[3];
    uint32_t first, count; /* of `point` */
    uint32_t child;        /* the first of two that follow each other; 0: a leaf */
} lqi_tree_node;

typedef struct lqi_tree {
    const double *position; /* 3 per vertex, lent */
    uint32_t *point;        /* vertices, in the order of the tree */
    lqi_tree_node *node;
    uint32_t node_count;
} lqi_tree;

/* A tree over `count` vertices. */
lq_status lqi_tree_build(lq_context *context, const double *position, const uint32_t *vertex, uint32_t count,
                         lqi_tree *tree);
void lqi_tree_free(lq_context *context, lqi_tree *tree);

/* Calls visit with every point whose node comes within `distance` of the segment from a to b; points farther away are
 * among them. *work grows by how much was looked
 * at. */
typedef lq_status (*lqi_tree_visit)(void *user, uint32_t vertex);
lq_status lqi_tree_segment(const lqi_tree *tree, const double a[3], const double b[3], double distance,
                           lqi_tree_visit visit, void *user, uint64_t *work);

#endif
