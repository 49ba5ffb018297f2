/* Thin runs that go on in each other, level by level: patches of thin wall, and sharp edges. */
#ifndef LQI_WALL_PATCHES_H
#define LQI_WALL_PATCHES_H

#include "measure/ball.h"
#include "measure/wall_nodes.h"

/* Fills levels, patches, the thinnest of them and the sharp edges of *walls. */
lq_status lqi_wall_patches_find(lq_context *context, const lqi_dexels *dexels, const lqi_wall_nodes *nodes,
                                lqi_balls *balls, lqi_walls *walls);

#endif
