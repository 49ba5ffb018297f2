/* Samples of what is seen: the nearest surface at each, its shade, direction and paint. */
#ifndef LQI_CANVAS_H
#define LQI_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libquote.h"
#include "picture/camera.h"

/* Samples across; coordinates then fit the arithmetic of the raster with room to spare. */
#define LQI_CANVAS_SIDE_MAX 16384

#define LQI_PAINT_COUNT 16

typedef struct lqi_canvas_sample {
    float depth;     /* larger is nearer */
    uint16_t normal; /* towards the eye, lqi_pack_normal */
    uint8_t paint;   /* 0: the part's own colour */
    uint8_t covered; /* 0: background */
} lqi_canvas_sample;

typedef struct lqi_canvas {
    lqi_canvas_sample *sample; /* row by row from the top */
    uint32_t width, height;
} lqi_canvas;

/* An empty canvas; each side is 1 to LQI_CANVAS_SIDE_MAX. */
lq_status lqi_canvas_init(lq_context *context, uint32_t width, uint32_t height, lqi_canvas *canvas);
void lqi_canvas_free(lq_context *context, lqi_canvas *canvas);

/* Facets to be drawn: position: 3 doubles per vertex, corner: 3 vertices per facet, paint: one per facet, or NULL. */
typedef struct lqi_canvas_mesh {
    const double *position;
    const uint32_t *corner;
    const uint8_t *paint;
    uint32_t vertex_count, facet_count;
} lqi_canvas_mesh;

/* Draws a mesh through the camera: both sides of every facet; where two are equally near the
 * one that faces the eye stays, or else the first. The
 * same samples for any thread count. *work: rows of samples looked at, and as much for anything else that costs as
 * much; a drawing that would need more than work_max is not begun, and *work says what it would need. */
lq_status lqi_canvas_draw(lq_context *context, lqi_canvas *canvas, const lqi_canvas_mesh *mesh,
                          const lqi_camera *camera, uint64_t work_max, uint64_t *work);

/* A direction in two bytes (Cigolle and others, "A Survey of Efficient Representations for Independent Unit Vectors",
 * 2014: octahedral), good to half a degree or so; only directions towards the eye, z >= 0. */
uint16_t lqi_pack_normal(const double unit[3]);
void lqi_unpack_normal(uint16_t packed, float unit[3]);

#endif
