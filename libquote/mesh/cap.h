/* A cap over one closed loop of points. */
#ifndef LQI_CAP_H
#define LQI_CAP_H

#include "mesh/boundary.h"

/* points: 3 doubles for each of `count` >= 2 corners, in the order in which the facets walk them; the cap is oriented the
 * other way round. Fills length, vector_area, cap_area, cap_volume and slack. */
void lqi_cap_measure(const double *points, uint32_t count, const double reference[3], lqi_boundary_loop *loop);

#endif
