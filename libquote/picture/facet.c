#include "picture/facet.h"

#include "kernel/unroll.h"

#define GRID ((int32_t)1 << LQI_GRID_BITS)

/* A facet this many samples wide and high is walked in groups of four samples, within 32 bits; a larger one by the span
 * of each row. */
#define NARROW 64

/* Seen from behind, a facet lies this much deeper. */
#define BEHIND (1.0f / 64)

typedef int32_t four __attribute__((vector_size(16)));
typedef float four_floats __attribute__((vector_size(16)));

float lqi_facet_nearest(const lqi_facet *f)
{
    double nearest = f->p[0]->depth;
    if (f->p[1]->depth > nearest) nearest = f->p[1]->depth;
    if (f->p[2]->depth > nearest) nearest = f->p[2]->depth;
    return (float)nearest;
}

/* ---- what is drawn ---- */

/* A facet with its corners anticlockwise as seen, y down, the nearest first. Its depth is that of the nearest corner,
 * less what the weights of the two others take from it: never out of the depths of the corners, however thin it is. */
typedef struct shape {
    const lqi_point *p[3];
    double nearest, second, third; /* the two last: per unit of weight */
    uint32_t look;
} shape;

static void turn(const lqi_facet *f, bool faces_eye, shape *s)
{
    const lqi_point *a = f->p[0], *b = f->p[faces_eye ? 2 : 1], *c = f->p[faces_eye ? 1 : 2]; /* y goes down */
    s->p[0] = a, s->p[1] = b, s->p[2] = c;
    if (b->depth > a->depth && b->depth >= c->depth) s->p[0] = b, s->p[1] = c, s->p[2] = a;
    if (c->depth > a->depth && c->depth > b->depth) s->p[0] = c, s->p[1] = a, s->p[2] = b;
}

/* From the corners as finely as they are known: the grid is too coarse for it. */
static uint16_t normal_of(const shape *s)
{
    const double unit = 1 << LQI_POINT_BITS;
    const lqi_point *a = s->p[0], *b = s->p[1], *c = s->p[2];
    double ux = b->x - a->x, uy = b->y - a->y, uz = (b->depth - a->depth) * unit;
    double vx = c->x - a->x, vy = c->y - a->y, vz = (c->depth - a->depth) * unit;
    return lqi_pack_normal((const double[3]){uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx});
}

/* Samples on an edge belong to the facet on its left or above it (the top-left rule): each sample to one facet. */
static bool is_owned(int32_t dx, int32_t dy) { return dy < 0 || (dy == 0 && dx > 0); }

/* Four samples where `within` has all bits set. */
static inline void touch_four(float *depth, uint32_t *look, four_floats nearness, four within, uint32_t with)
{
    four_floats *there = (four_floats *)(void *)depth;
    four *looks = (four *)(void *)look;
    const four nearer = within & (nearness > *there);
    *there = (four_floats)(((four)nearness & nearer) | ((four)*there & ~nearer));
    *looks = ((int32_t)with & nearer) | (*looks & ~nearer);
}

/* ---- facets of few samples ---- */

/* first, first + step, ... */
static inline four ramp(int32_t first, int32_t step)
{
    const four odd = {0, -1, 0, -1}, upper = {0, 0, -1, -1};
    return first + (((four){0} + step) & odd) + (((four){0} + 2 * step) & upper);
}

/* A sample of a row lies inside where its value for each of three edges is not below 0. Edge k goes from corner k to
 * the next; the value over the facet's area, but for the one unit of the rule above, is the weight of the corner after
 * that. */
static void draw_narrow(const lqi_canvas *canvas, const lqi_facet *f, const shape *s, int32_t top, int32_t bottom)
{
    const int32_t left = f->low[0] & ~3, groups = (f->high[0] - left) / 4 + 1;
    const float nearest = (float)s->nearest, second = (float)s->second, third = (float)s->third;
    int32_t x[3], y[3];
    four row[3], across[3], down[3];
    LQI_UNROLL
    for (int k = 0; k < 3; k++) { /* from the first sample */
        x[k] = lqi_on_grid(s->p[k]->x) - left * GRID - GRID / 2;
        y[k] = lqi_on_grid(s->p[k]->y) - top * GRID - GRID / 2;
    }
    LQI_UNROLL
    for (int k = 0; k < 3; k++) {
        const int32_t next = k < 2 ? k + 1 : 0, dx = x[next] - x[k], dy = y[next] - y[k];
        row[k] = ramp(dy * x[k] - dx * y[k] - !is_owned(dx, dy), -dy * GRID);
        across[k] = (four){0} + -4 * dy * GRID;
        down[k] = (four){0} + dx * GRID;
    }
    size_t at = (size_t)top * canvas->stride + (size_t)left;
    for (int32_t rows = bottom - top; rows >= 0; rows--, at += canvas->stride) {
        four a = row[0], b = row[1], c = row[2];
        float *depth = canvas->depth + at;
        uint32_t *look = canvas->look + at;
        int32_t rest = groups;
        do {
            const four within = (a | b | c) >= 0;
            const four_floats nearness = nearest + (__builtin_convertvector(c, four_floats) * second +
                                                    __builtin_convertvector(a, four_floats) * third);
            touch_four(depth, look, nearness, within, s->look);
            a += across[0];
            b += across[1];
            c += across[2];
            depth += 4;
            look += 4;
        } while (--rest);
        row[0] += down[0];
        row[1] += down[1];
        row[2] += down[2];
    }
}

/* ---- facets of many samples ---- */

typedef struct edge {
    int64_t at;     /* at the first sample of the row */
    int64_t across; /* from one sample to the next */
    int64_t down;   /* from one row to the next */
} edge;

static void set_edges(const shape *s, int32_t left, int32_t top, edge edges[3])
{
    for (int k = 0; k < 3; k++) {
        const lqi_point *a = s->p[k], *b = s->p[k < 2 ? k + 1 : 0];
        const int32_t ax = lqi_on_grid(a->x), ay = lqi_on_grid(a->y);
        const int32_t dx = lqi_on_grid(b->x) - ax, dy = lqi_on_grid(b->y) - ay;
        edges[k].at = (int64_t)dx * (top * GRID + GRID / 2 - ay) - (int64_t)dy * (left * GRID + GRID / 2 - ax) -
                      !is_owned(dx, dy);
        edges[k].across = -(int64_t)dy * GRID;
        edges[k].down = (int64_t)dx * GRID;
    }
}

static int64_t divide_down(int64_t a, int64_t b) { return a / b - (a % b != 0 && (a < 0) != (b < 0)); }

/* The samples of a row, as places from its first; none where *low > *high. */
static void find_span(const edge edges[3], int32_t count, int32_t *low, int32_t *high)
{
    int64_t from = 0, to = count - 1;
    for (int k = 0; k < 3; k++) {
        const edge *e = &edges[k];
        if (e->across > 0) {
            int64_t first = -divide_down(e->at, e->across);
            if (first > from) from = first;
        } else if (e->across < 0) {
            int64_t last = divide_down(e->at, -e->across);
            if (last < to) to = last;
        } else if (e->at < 0) {
            to = -1;
        }
    }
    *low = (int32_t)(from < count ? from : count);
    *high = (int32_t)(to > -1 ? to : -1);
}

static void draw_wide(const lqi_canvas *canvas, const lqi_facet *f, const shape *s, int32_t top, int32_t bottom)
{
    const int32_t left = f->low[0], count = f->high[0] - left + 1;
    edge edges[3];
    set_edges(s, left, top, edges);
    const float across = (float)((double)edges[2].across * s->second + (double)edges[0].across * s->third);
    for (int32_t y = top; y <= bottom; y++) {
        int32_t low, high;
        find_span(edges, count, &low, &high);
        const double second = (double)(edges[2].at + low * edges[2].across) * s->second,
                     third = (double)(edges[0].at + low * edges[0].across) * s->third;
        const float begin = (float)(s->nearest + (second + third));
        const size_t row = (size_t)y * canvas->stride;
        for (int32_t i = (left + low) & ~3; i <= left + high; i += 4) {
            const four place = ramp(i, 1);
            const four within = (place >= left + low) & (place <= left + high);
            const four_floats nearness = begin + across * __builtin_convertvector(place - (left + low), four_floats);
            touch_four(canvas->depth + row + i, canvas->look + row + i, nearness, within, s->look);
        }
        for (int k = 0; k < 3; k++) edges[k].at += edges[k].down;
    }
}

void lqi_facet_draw(const lqi_canvas *canvas, const lqi_facet *f, uint8_t paint, int32_t top, int32_t bottom)
{
    const int64_t area = lqi_facet_area(f);
    shape s;
    turn(f, area > 0, &s);
    const double one = 1 / (double)(area > 0 ? area : -area);
    s.nearest = (double)((float)s.p[0]->depth - (area > 0 ? 0 : BEHIND));
    s.second = (s.p[1]->depth - s.p[0]->depth) * one;
    s.third = (s.p[2]->depth - s.p[0]->depth) * one;
    s.look = lqi_look(normal_of(&s), paint);
    if (f->high[0] - f->low[0] < NARROW && f->high[1] - f->low[1] < NARROW)
        draw_narrow(canvas, f, &s, top, bottom);
    else
        draw_wide(canvas, f, &s, top, bottom);
}
