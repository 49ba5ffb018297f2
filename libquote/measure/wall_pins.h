/* Bars: what is thin from two sides at one place. */
#ifndef LQI_WALL_PINS_H
#define LQI_WALL_PINS_H

#include "measure/ball.h"
#include "measure/wall_nodes.h"

/* Fills the pins of *walls. */
lq_status lqi_wall_pins_find(lq_context *context, const lqi_dexels *dexels, const lqi_wall_nodes *nodes,
                             lqi_balls *balls, lqi_walls *walls);

#endif
