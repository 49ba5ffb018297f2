#ifndef LQI_ORIENTATION_BOX_H
#define LQI_ORIENTATION_BOX_H

#include "measure/hull.h"

/* Sides in mm, the longest first, of the smallest box around the body with a face of its hull, or an axis, on one of
 * its sides. The box holds every vertex. box: that of the placed solids. */
lq_status lqi_smallest_box(lq_context *context, const lqi_placed_solid *solids, size_t count, const lqi_box *box,
                           const lqi_hull *hull, double side[3]);

#endif
