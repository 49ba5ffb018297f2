/* One facet on the canvas: which samples it covers, by exact integer edges, and how near it is at each. */
#ifndef LQI_FACET_H
#define LQI_FACET_H

#include "picture/canvas.h"

/* Corners are known this finely within a sample, and lie on a grid of LQI_GRID_BITS. */
#define LQI_POINT_BITS 16
#define LQI_GRID_BITS 6

/* A corner as it is seen. */
typedef struct lqi_point {
    int32_t x, y; /* of 1 << LQI_POINT_BITS per sample, within the canvas */
    double depth; /* in samples, larger is nearer */
} lqi_point;

typedef struct lqi_facet {
    const lqi_point *p[3];   /* anticlockwise as seen, y down */
    int64_t area;            /* twice, in squares of the grid; above 0 */
    int32_t low[2], high[2]; /* samples, inclusive */
    bool faces_eye;          /* it is seen from the front */
} lqi_facet;

/* false: it covers no sample. */
bool lqi_facet_set(const lqi_point *a, const lqi_point *b, const lqi_point *c, lqi_facet *f);

/* The rows top..bottom of it, where nothing as near is there already. Of two that are equally near one that faces the
 * eye stays. Turns f->p, the nearest corner first. */
void lqi_facet_draw(const lqi_canvas *canvas, lqi_facet *f, uint8_t paint, int32_t top, int32_t bottom);

/* How near it is at most. */
float lqi_facet_nearest(const lqi_facet *f);

#endif
