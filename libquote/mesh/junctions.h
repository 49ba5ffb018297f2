/* T-junctions: corners that lie on an open edge of another facet, which does not have them. */
#ifndef LQI_JUNCTIONS_H
#define LQI_JUNCTIONS_H

#include "mesh/topology.h"

/* *any: may there be some that repair_tjunctions.h closes? Do two open edges leave a vertex side by side, nearer to
 * each other than `distance` as far as the shorter reaches? Where edges are divided at the corners on them, the
 * outermost two along each line do. Most holes have no such vertex. */
lq_status lqi_junctions_look(lq_context *context, const lqi_mesh *mesh, const lqi_topology *topology, double distance,
                             bool *any);

#endif
