#ifndef LQI_PLACED_AREA_H
#define LQI_PLACED_AREA_H

#include "measure/shape.h"

/* Area of the made part after a transform that is not a similarity. Eight lanes, in order of triangles: the same bits
 * for any instruction set. The shape keeps what the next placement needs too. */
lq_status lqi_shape_area_placed(lq_context *context, lqi_shape *shape, const double transform[12], double *area);

#endif
