/* From samples to pixels: light, hollows, creases, and the mean of the samples of each pixel. */
#ifndef LQI_SHADE_H
#define LQI_SHADE_H

#include "picture/canvas.h"

#define LQI_SAMPLES_MOST 4 /* per pixel, each way */

typedef struct lqi_shade {
    uint32_t width, height; /* of the picture */
    uint32_t samples;       /* per pixel, each way; the canvas has as many for each of its pixels */
    uint32_t coarse;        /* pixels of the picture for each of the canvas, each way; where not 1, `samples` is 1 */
    uint8_t paint[LQI_PAINT_COUNT][3]; /* red, green, blue */
    uint8_t ground[4];                 /* red, green, blue, alpha; alpha 0 or 255 */
} lqi_shade;

/* Writes width * height pixels of 4 bytes, red, green, blue, alpha (not multiplied in). */
lq_status lqi_shade_canvas(lq_context *context, const lqi_canvas *canvas, const lqi_shade *shade, uint8_t *rgba);

#endif
