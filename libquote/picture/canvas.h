/* Samples of what is seen: the nearest surface at each, its direction and paint. */
#ifndef LQI_CANVAS_H
#define LQI_CANVAS_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libquote.h"
#include "picture/camera.h"
#include "picture/look.h"

/* Samples across; coordinates then fit the arithmetic of the raster with room to spare. */
#define LQI_CANVAS_SIDE_MAX 16384

#define LQI_PAINT_COUNT 16

/* Row by row from the top, `stride` samples apart; at least LQI_CANVAS_RIM beyond `width` stay background. */
#define LQI_CANVAS_RIM 4

typedef struct lqi_canvas {
    float *depth;   /* larger is nearer; LQI_BACKGROUND: nothing is there, and `look` is 0 */
    uint32_t *look; /* look.h */
    uint32_t width, height, stride;
} lqi_canvas;

#define LQI_BACKGROUND (-INFINITY)

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

#endif
