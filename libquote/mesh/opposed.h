/* Facets that lie back to back: they enclose nothing. */
#ifndef LQI_OPPOSED_H
#define LQI_OPPOSED_H

#include "mesh/topology.h"

/* Marks LQI_TRIANGLE_OPPOSED and counts opposed_triangles: as many pairs as there are among triangles of the same three
 * corners, extra copies left out and turned triangles taken as they will be. No chain of edges changes without them. */
lq_status lqi_opposed_mark(lq_context *context, const lqi_mesh *mesh, lqi_topology *topology);

/* Counts freed_edges, when everything is marked. */
void lqi_opposed_count_freed(lqi_topology *topology);

#endif
