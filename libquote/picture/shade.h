/* From samples to pixels: light, hollows, creases, and the mean of the samples of each pixel. */
#ifndef LQI_SHADE_H
#define LQI_SHADE_H

#include "picture/canvas.h"

typedef struct lqi_shade {
    uint32_t width, height;            /* of the picture */
    uint32_t samples;                  /* per pixel, each way; the canvas is at least this many times the picture */
    uint32_t coarse;                   /* or, where not 1: pixels per sample, each way */
    uint8_t paint[LQI_PAINT_COUNT][3]; /* red, green, blue */
    uint8_t ground[4];                 /* red, green, blue, alpha; alpha 0 or 255 */
} lqi_shade;

/* Writes width * height pixels of 4 bytes, red, green, blue, alpha (not multiplied in). */
lq_status lqi_shade_canvas(lq_context *context, const lqi_canvas *canvas, const lqi_shade *shade, uint8_t *rgba);

#endif
