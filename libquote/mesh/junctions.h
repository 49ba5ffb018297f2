/* T-junctions: corners that lie on an open edge of another facet, which does not have them. A strip of triangles
 * without width between the edge and its corners lets the facets on both sides meet. */
#ifndef LQI_JUNCTIONS_H
#define LQI_JUNCTIONS_H

#include "mesh/topology.h"

typedef struct lqi_junctions {
    uint32_t *corner; /* 3 vertices of the mesh per triangle of all strips, to be added to those of the mesh */
    uint32_t count;   /* of triangles: one for each corner on an edge */
} lqi_junctions;

/* Corners of open edges within the tolerance of another open edge, in the unit of the mesh, but not of its ends. No
 * strips at all when finding them exceeds the work limit. */
lq_status lqi_junctions_find(lq_context *context, const lqi_mesh *mesh, const lqi_topology *topology, double tolerance,
                             lqi_junctions *junctions);
void lqi_junctions_free(lq_context *context, lqi_junctions *junctions);

#endif
