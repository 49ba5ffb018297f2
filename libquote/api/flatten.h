/* A part as an STL tells it: one mesh of float positions in millimetres. */
#ifndef LQI_API_FLATTEN_H
#define LQI_API_FLATTEN_H

#include "api/objects.h"

/* Is it one already? */
bool lqi_is_flat(const lq_part *part);

/* Puts all model instances into one mesh: the one that a reader gets from lq_part_write as STL. */
lq_status lqi_flatten(lq_context *context, const lq_part *part, lqi_mesh *mesh);

#endif
