/* How much lower the places of a picture lie than what is around them. */
#ifndef LQI_HOLLOWS_H
#define LQI_HOLLOWS_H

#include "picture/canvas.h"

/* Places stand `step` samples apart, the first in the middle of a step. Row by row, `stride` places apart; rows and
 * columns from -LQI_HOLLOWS_RIM up to as much beyond the last may be read. */
typedef struct lqi_hollows {
    float *block;
    float *depth; /* of the place in row 0, column 0; NAN: background */
    float *dark;  /* as `depth`: 0 open .. 1 deep, below 0: a ridge */
    uint32_t width, height, stride;
    uint32_t step;
} lqi_hollows;

#define LQI_HOLLOWS_RIM 12

/* samples: per pixel, each way; every other pixel has a place. */
lq_status lqi_hollows_find(lq_context *context, const lqi_canvas *canvas, uint32_t samples, lqi_hollows *hollows);
void lqi_hollows_free(lq_context *context, lqi_hollows *hollows);

#endif
