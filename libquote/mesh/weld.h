/* Exact weld of an indexed mesh: equal positions become one vertex, numbered in order of first use. */
#ifndef LQI_WELD_H
#define LQI_WELD_H

#include "mesh/mesh.h"

/* What a format gives: 3 finite doubles per vertex, 3 vertices per triangle; both from lqi_alloc. */
typedef struct lqi_indexed {
    double *xyz;
    uint32_t *corner;
    uint32_t vertex_count, triangle_count;
} lqi_indexed;

void lqi_indexed_free(lq_context *context, lqi_indexed *indexed);

/* Takes the arrays and gives the mesh; on failure `indexed` still owns what it has. A corner beyond the vertices
 * fails. */
lq_status lqi_weld(lq_context *context, lqi_indexed *indexed, lqi_mesh *mesh);

#endif
