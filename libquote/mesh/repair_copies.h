/* The first step of a repair: what is there too often, and what faces the wrong way. */
#ifndef LQI_REPAIR_COPIES_H
#define LQI_REPAIR_COPIES_H

#include "mesh/repair.h"
#include "mesh/repair_draft.h"
#include "mesh/topology.h"

/* Leaves out degenerate triangles and extra copies and turns misoriented triangles, as the topology of the draft has
 * them, and leaves out pairs of opposite triangles. *changed: the topology no longer fits. */
lq_status lqi_repair_copies(lqi_draft *draft, const lqi_topology *topology, lqi_repair_counts *counts, bool *changed);

#endif
