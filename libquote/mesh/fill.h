/* Boundary loops closed with triangles over their own vertices: nothing is added in between. */
#ifndef LQI_FILL_H
#define LQI_FILL_H

#include "mesh/boundary.h"
#include "mesh/repair.h"
#include "mesh/repair_draft.h"

/* Closes the loops of the draft's boundary but for those of shells whose byte in `leave` is not 0. The method follows
 * the loop: flat ones are triangulated as polygons, small ones get the least area, large ones the shortest diagonals,
 * and what the work budget does not reach is zipped. */
lq_status lqi_fill_loops(lqi_draft *draft, const lqi_topology *topology, const lqi_boundary *boundary,
                         const uint8_t *leave, lqi_repair_counts *counts);

#endif
