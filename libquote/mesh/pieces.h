/* What hangs together: shells of triangles that share edges, and in them the patches that can be oriented as one. */
#ifndef LQI_PIECES_H
#define LQI_PIECES_H

#include "mesh/topology.h"

/* Fills shell and shell_count, marks LQI_TRIANGLE_FLIPPED, counts misoriented triangles and patches that have no
 * orientation. The topology has its flags, its edges and their counts. */
lq_status lqi_pieces_find(lq_context *context, const lqi_mesh *mesh, const lqi_stars *stars, lqi_topology *topology);

#endif
