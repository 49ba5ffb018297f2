/* A cap over one closed loop of points. */
#ifndef LQI_CAP_H
#define LQI_CAP_H

#include "mesh/boundary.h"

/* points: 3 doubles for each of `count` >= 3 corners, in the order in which the facets walk them; the cap is oriented
 * the other way round. Fills length, vector_area, cap_area and slack, and writes the count - 2 triangles of the cap as
 * places in the loop. Returns how many there are: fewer where all corners are one point. */
uint32_t lqi_cap_measure(const double *points, uint32_t count, lqi_boundary_loop *loop, uint32_t *corner);

#endif
