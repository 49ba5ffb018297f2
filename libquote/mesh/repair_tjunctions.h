/* A vertex in the middle of another triangle's open edge: the edge is divided there, so that both sides have the same
 * edges. Nothing moves. */
#ifndef LQI_REPAIR_TJUNCTIONS_H
#define LQI_REPAIR_TJUNCTIONS_H

#include "mesh/repair_draft.h"
#include "mesh/topology.h"

/* Divides where that leaves fewer open edges than there were; *found counts the vertices. *farthest: none of them was
 * farther away from its edge; may be NULL. */
lq_status lqi_repair_tjunctions(lqi_draft *draft, const lqi_topology *topology, uint64_t *found, double *farthest);

#endif
