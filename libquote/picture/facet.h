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
    const lqi_point *p[3];
    int32_t low[2], high[2]; /* samples, inclusive */
} lqi_facet;

static inline int32_t lqi_least(int32_t a, int32_t b, int32_t c) { return a < b ? (a < c ? a : c) : (b < c ? b : c); }
static inline int32_t lqi_most(int32_t a, int32_t b, int32_t c) { return a > b ? (a > c ? a : c) : (b > c ? b : c); }

#define LQI_TO_GRID (LQI_POINT_BITS - LQI_GRID_BITS)
#define LQI_GRID_HALF (1 << (LQI_TO_GRID - 1))
#define LQI_SAMPLE_HALF (1 << (LQI_POINT_BITS - 1))
static inline int32_t lqi_on_grid(int32_t at) { return (at + LQI_GRID_HALF) >> LQI_TO_GRID; }

/* The first and the last sample whose centre is not before or not behind a place, once that is put on the grid. */
static inline int32_t lqi_first_sample(int32_t at)
{
    return (at + LQI_GRID_HALF + LQI_SAMPLE_HALF - (1 << LQI_TO_GRID)) >> LQI_POINT_BITS;
}
static inline int32_t lqi_last_sample(int32_t at) { return (at + LQI_GRID_HALF - LQI_SAMPLE_HALF) >> LQI_POINT_BITS; }

/* false: there is no sample in its box. */
static inline bool lqi_facet_set(const lqi_point *a, const lqi_point *b, const lqi_point *c, lqi_facet *f)
{
    *f = (lqi_facet){
        .p = {a, b, c},
        .low = {lqi_first_sample(lqi_least(a->x, b->x, c->x)), lqi_first_sample(lqi_least(a->y, b->y, c->y))},
        .high = {lqi_last_sample(lqi_most(a->x, b->x, c->x)), lqi_last_sample(lqi_most(a->y, b->y, c->y))}};
    return f->low[0] <= f->high[0] && f->low[1] <= f->high[1];
}

/* Twice, in squares of the grid: above 0 where it faces the eye, below where it is seen from behind. */
static inline int64_t lqi_facet_area(const lqi_facet *f)
{
    const int32_t x = lqi_on_grid(f->p[0]->x), y = lqi_on_grid(f->p[0]->y);
    return (int64_t)(lqi_on_grid(f->p[1]->y) - y) * (lqi_on_grid(f->p[2]->x) - x) -
           (int64_t)(lqi_on_grid(f->p[1]->x) - x) * (lqi_on_grid(f->p[2]->y) - y);
}

/* How near it is at most. */
float lqi_facet_nearest(const lqi_facet *f);

/* The rows top..bottom of a facet that has an area, where nothing as near is there already; one that is seen from
 * behind lies a little deeper than it does, so that its copy from the front stays. */
void lqi_facet_draw(const lqi_canvas *canvas, const lqi_facet *f, uint8_t paint, int32_t top, int32_t bottom);

#endif
