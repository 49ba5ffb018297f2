/* STL for other programs: every instance in its place, in millimetres, coordinates rounded to float once. */
#ifndef LQI_WRITE_STL_H
#define LQI_WRITE_STL_H

#include <stdbool.h>

#include "format/write_scene.h"

/* Triangles with two equal corners after rounding are left out: what was closed stays closed. Fails with mesh_empty
 * when none is left, range when a coordinate is beyond float, limit when the count does not fit 32 bits. */
lq_status lqi_write_stl(lq_context *context, const lqi_write_scene *scene, bool ascii, const lqi_out *out);

#endif
