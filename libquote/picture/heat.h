/* Walls by their thickness, and surface that hangs over, painted where they are seen. */
#ifndef LQI_HEAT_H
#define LQI_HEAT_H

#include "measure/dexels.h"
#include "picture/canvas.h"

/* Paints of walls, thinnest first; each is for walls thinner than its limit. Thicker ones keep the part's colour. */
#define LQI_PAINT_WALL 5
#define LQI_WALL_STEPS 8
extern const double lqi_wall_limit_mm[LQI_WALL_STEPS];
extern const uint8_t lqi_wall_color[LQI_WALL_STEPS][3];

#define LQI_PAINT_OVERHANG (LQI_PAINT_WALL + LQI_WALL_STEPS)

/* Every sample of the canvas whose surface is one side of a wall takes the paint of its thickness, measured along the
 * axis that it faces most; dexels are of all that is drawn, in millimetres. */
lq_status lqi_heat_walls(lq_context *context, lqi_canvas *canvas, const lqi_camera *camera, const lqi_dexels *dexels);

/* Every sample that faces down by more than 45 degrees takes LQI_PAINT_OVERHANG, but for what lies on the bed: within
 * `thickness` of floor_mm. */
lq_status lqi_heat_overhangs(lq_context *context, lqi_canvas *canvas, const lqi_camera *camera, double floor_mm,
                             double thickness_mm);

/* What the paints of walls mean, in the lower right corner. */
void lqi_heat_legend(uint8_t *rgba, uint32_t width, uint32_t height);

#endif
