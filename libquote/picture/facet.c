#include "picture/facet.h"

#include <math.h>

#define GRID ((int32_t)1 << LQI_GRID_BITS)

/* A facet this many samples wide and high is walked in groups of four samples, within 32 bits; a larger one by the span
 * of each row. */
#define NARROW 64

/* Seen from behind, a facet lies this much deeper, so that one that faces the eye hides its copy whatever is rounded.
 */
#define BEHIND (1.0f / 64)

typedef int32_t four __attribute__((vector_size(16)));
typedef float four_floats __attribute__((vector_size(16)));

static const four places = {0, 1, 2, 3};

static int32_t least(int32_t a, int32_t b, int32_t c) { return a < b ? (a < c ? a : c) : (b < c ? b : c); }
static int32_t most(int32_t a, int32_t b, int32_t c) { return a > b ? (a > c ? a : c) : (b > c ? b : c); }

static int32_t on_grid(int32_t at)
{
    const int shift = LQI_POINT_BITS - LQI_GRID_BITS;
    return (at + (1 << (shift - 1))) >> shift;
}

/* Sample i is seen at its centre, GRID * i + GRID / 2. */
static int32_t first_sample(int32_t at) { return (at + GRID / 2 - 1) >> LQI_GRID_BITS; }
static int32_t last_sample(int32_t at) { return (at - GRID / 2) >> LQI_GRID_BITS; }

bool lqi_facet_set(const lqi_point *a, const lqi_point *b, const lqi_point *c, lqi_facet *f)
{
    int32_t ax = on_grid(a->x), bx = on_grid(b->x), cx = on_grid(c->x);
    int32_t ay = on_grid(a->y), by = on_grid(b->y), cy = on_grid(c->y);
    f->low[0] = first_sample(least(ax, bx, cx));
    f->high[0] = last_sample(most(ax, bx, cx));
    f->low[1] = first_sample(least(ay, by, cy));
    f->high[1] = last_sample(most(ay, by, cy));
    if (f->low[0] > f->high[0] || f->low[1] > f->high[1]) return false;
    int64_t area = (int64_t)(bx - ax) * (cy - ay) - (int64_t)(by - ay) * (cx - ax);
    if (!area) return false;
    f->faces_eye = area < 0; /* y goes down */
    f->area = area > 0 ? area : -area;
    f->p[0] = a;
    f->p[1] = area > 0 ? b : c;
    f->p[2] = area > 0 ? c : b;
    return true;
}

float lqi_facet_nearest(const lqi_facet *f)
{
    double nearest = f->p[0]->depth;
    if (f->p[1]->depth > nearest) nearest = f->p[1]->depth;
    if (f->p[2]->depth > nearest) nearest = f->p[2]->depth;
    return (float)nearest - (f->faces_eye ? 0 : BEHIND);
}

/* From the corners as finely as they are known: the grid is too coarse for it. */
static uint16_t normal_of(const lqi_facet *f)
{
    const double unit = 1 << LQI_POINT_BITS;
    const lqi_point *a = f->p[0], *b = f->p[1], *c = f->p[2];
    double ux = b->x - a->x, uy = b->y - a->y, uz = (b->depth - a->depth) * unit;
    double vx = c->x - a->x, vy = c->y - a->y, vz = (c->depth - a->depth) * unit;
    return lqi_pack_normal((const double[3]){uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx});
}

/* Which samples of a row lie inside: at + i * across >= 0 for each of three edges. Edge k goes from corner k to the
 * next; `at` over the facet's area, but for the one unit of the rule below, is the weight of the corner after that. */
typedef struct edge {
    int64_t at;     /* at the first sample of the row */
    int64_t across; /* from one sample to the next */
    int64_t down;   /* from one row to the next */
} edge;

/* Samples on an edge belong to the facet on its left or above it (the top-left rule): each sample to one facet. */
static void set_edges(const lqi_facet *f, int32_t x, int32_t y, edge edges[3])
{
    int64_t cx = (int64_t)x * GRID + GRID / 2, cy = (int64_t)y * GRID + GRID / 2;
    for (int k = 0; k < 3; k++) {
        const lqi_point *a = f->p[k], *b = f->p[k < 2 ? k + 1 : 0];
        const int32_t ax = on_grid(a->x), ay = on_grid(a->y);
        int64_t dx = on_grid(b->x) - ax, dy = on_grid(b->y) - ay;
        bool owned = dy < 0 || (dy == 0 && dx > 0);
        edges[k].at = dx * (cy - ay) - dy * (cx - ax) - (owned ? 0 : 1);
        edges[k].across = -dy * GRID;
        edges[k].down = dx * GRID;
    }
}

/* Depth is that of the nearest corner, less what the weights of the two others take from it: never out of the depths
 * of the corners, however thin the facet. */
typedef struct depths {
    double nearest, second, third; /* per unit of weight, the two last */
} depths;

static depths depths_of(const lqi_facet *f)
{
    double nearest = f->p[0]->depth, one = 1 / (double)f->area;
    return (depths){(double)((float)nearest - (f->faces_eye ? 0 : BEHIND)), (f->p[1]->depth - nearest) * one,
                    (f->p[2]->depth - nearest) * one};
}

/* The nearest corner first. */
static void turn(lqi_facet *f)
{
    const lqi_point *a = f->p[0], *b = f->p[1], *c = f->p[2];
    if (b->depth > a->depth) {
        f->p[0] = b, f->p[1] = c, f->p[2] = a;
        if (c->depth > b->depth) f->p[0] = c, f->p[1] = a, f->p[2] = b;
    } else if (c->depth > a->depth) {
        f->p[0] = c, f->p[1] = a, f->p[2] = b;
    }
}

/* Four samples where `within` has all bits set. */
static inline void touch_four(float *depth, uint32_t *look, four_floats nearness, four within, uint32_t with)
{
    four_floats *there = (four_floats *)(void *)depth;
    four *looks = (four *)(void *)look;
    const four nearer = within & (nearness > *there);
    *there = (four_floats)(((four)nearness & nearer) | ((four)*there & ~nearer));
    *looks = ((int32_t)with & nearer) | (*looks & ~nearer);
}

static void draw_narrow(const lqi_canvas *canvas, const lqi_facet *f, uint32_t look, int32_t top, int32_t bottom)
{
    const int32_t left = f->low[0] & ~3, groups = (f->high[0] - left) / 4 + 1;
    const depths depth = depths_of(f);
    const float nearest = (float)depth.nearest, second = (float)depth.second, third = (float)depth.third;
    edge edges[3];
    four row[3], across[3], down[3];
    set_edges(f, left, top, edges);
    for (int k = 0; k < 3; k++) {
        row[k] = (int32_t)edges[k].at + places * (int32_t)edges[k].across;
        across[k] = (four){0} + 4 * (int32_t)edges[k].across;
        down[k] = (four){0} + (int32_t)edges[k].down;
    }
    size_t at = (size_t)top * canvas->stride + (size_t)left;
    for (int32_t y = top; y <= bottom; y++, at += canvas->stride) {
        four a = row[0], b = row[1], c = row[2];
        for (int32_t i = 0; i < groups; i++) {
            const four within = (a | b | c) >= 0;
            const four_floats nearness = nearest + (__builtin_convertvector(c, four_floats) * second +
                                                    __builtin_convertvector(a, four_floats) * third);
            touch_four(canvas->depth + at + 4 * i, canvas->look + at + 4 * i, nearness, within, look);
            a += across[0];
            b += across[1];
            c += across[2];
        }
        for (int k = 0; k < 3; k++) row[k] += down[k];
    }
}

static int64_t divide_down(int64_t a, int64_t b) { return a / b - (a % b != 0 && (a < 0) != (b < 0)); }

/* The samples of a wide row, as places from its first; none where *low > *high. */
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

static void draw_wide(const lqi_canvas *canvas, const lqi_facet *f, uint32_t look, int32_t top, int32_t bottom)
{
    const int32_t left = f->low[0], count = f->high[0] - left + 1;
    const depths depth = depths_of(f);
    edge edges[3];
    set_edges(f, left, top, edges);
    const float across = (float)((double)edges[2].across * depth.second + (double)edges[0].across * depth.third);
    for (int32_t y = top; y <= bottom; y++) {
        int32_t low, high;
        find_span(edges, count, &low, &high);
        const double second = (double)(edges[2].at + low * edges[2].across) * depth.second,
                     third = (double)(edges[0].at + low * edges[0].across) * depth.third;
        const float begin = (float)(depth.nearest + (second + third));
        const size_t row = (size_t)y * canvas->stride;
        for (int32_t i = (left + low) & ~3; i <= left + high; i += 4) {
            const four place = i + places;
            const four within = (place >= left + low) & (place <= left + high);
            const four_floats nearness = begin + across * __builtin_convertvector(place - (left + low), four_floats);
            touch_four(canvas->depth + row + i, canvas->look + row + i, nearness, within, look);
        }
        for (int k = 0; k < 3; k++) edges[k].at += edges[k].down;
    }
}

void lqi_facet_draw(const lqi_canvas *canvas, lqi_facet *f, uint8_t paint, int32_t top, int32_t bottom)
{
    turn(f);
    const uint32_t look = lqi_look(normal_of(f), paint);
    if (f->high[0] - f->low[0] < NARROW && f->high[1] - f->low[1] < NARROW)
        draw_narrow(canvas, f, look, top, bottom);
    else
        draw_wide(canvas, f, look, top, bottom);
}
