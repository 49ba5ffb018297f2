#include "picture/canvas.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/threads.h"

/* Corners lie on a grid this fine within a sample. */
#define SUB_BITS 6
#define SUB ((int32_t)1 << SUB_BITS)

/* A facet this many samples wide is walked sample by sample, a wider one by the span of each row. */
#define NARROW 8

#define FACETS_PER_CHUNK 8192

/* So many of them cost about as much as a row's beginning. */
#define SAMPLES_PER_WORK 8

lq_status lqi_canvas_init(lq_context *context, uint32_t width, uint32_t height, lqi_canvas *canvas)
{
    *canvas = (lqi_canvas){.width = width, .height = height};
    canvas->sample = lqi_alloc_zeroed(context, (size_t)width * height, sizeof *canvas->sample);
    return canvas->sample ? LQ_OK : lqi_memory_status(context);
}

void lqi_canvas_free(lq_context *context, lqi_canvas *canvas)
{
    lqi_free(context, canvas->sample);
    *canvas = (lqi_canvas){0};
}

/* ---- directions ---- */

uint16_t lqi_pack_normal(const double unit[3])
{
    double sum = fabs(unit[0]) + fabs(unit[1]) + fabs(unit[2]);
    double u = unit[0] / sum, v = unit[1] / sum;
    int a = (int)((u + 1) * 127.5 + 0.5), b = (int)((v + 1) * 127.5 + 0.5);
    return (uint16_t)(a << 8 | b);
}

void lqi_unpack_normal(uint16_t packed, float unit[3])
{
    float u = (float)(packed >> 8) / 127.5f - 1, v = (float)(packed & 0xFF) / 127.5f - 1;
    float rest = 1 - fabsf(u) - fabsf(v), w = rest > 0 ? rest : 0, length = sqrtf(u * u + v * v + w * w);
    unit[0] = u / length;
    unit[1] = v / length;
    unit[2] = w / length;
}

/* ---- one facet ---- */

typedef struct point {
    int32_t x, y; /* in 1/SUB of a sample */
    double depth;
} point;

typedef struct facet {
    point p[3];              /* anticlockwise as seen, y down: positive area */
    int64_t area;            /* twice, in 1/SUB^2 of a sample */
    int32_t low[2], high[2]; /* samples, inclusive; none where low > high */
} facet;

static int32_t least(int32_t a, int32_t b, int32_t c) { return a < b ? (a < c ? a : c) : (b < c ? b : c); }
static int32_t most(int32_t a, int32_t b, int32_t c) { return a > b ? (a > c ? a : c) : (b > c ? b : c); }

/* Sample i is seen at its centre, SUB * i + SUB / 2. */
static int32_t first_sample(int32_t at) { return (at + SUB / 2 - 1) >> SUB_BITS; }
static int32_t last_sample(int32_t at) { return (at - SUB / 2) >> SUB_BITS; }

/* false: it covers no sample. */
static bool set_up(const point *a, const point *b, const point *c, facet *f)
{
    f->low[0] = first_sample(least(a->x, b->x, c->x));
    f->high[0] = last_sample(most(a->x, b->x, c->x));
    f->low[1] = first_sample(least(a->y, b->y, c->y));
    f->high[1] = last_sample(most(a->y, b->y, c->y));
    if (f->low[0] > f->high[0] || f->low[1] > f->high[1]) return false;
    int64_t area = (int64_t)(b->x - a->x) * (c->y - a->y) - (int64_t)(b->y - a->y) * (c->x - a->x);
    if (!area) return false;
    f->area = area > 0 ? area : -area;
    f->p[0] = *a;
    f->p[1] = area > 0 ? *b : *c;
    f->p[2] = area > 0 ? *c : *b;
    return true;
}

/* Which samples of a row lie inside: e + i * step >= 0 for each of three edges. */
typedef struct edge {
    int64_t at;     /* at the first sample of the row */
    int64_t across; /* from one sample to the next */
    int64_t down;   /* from one row to the next */
} edge;

/* Samples on an edge belong to the facet on its left or above it (the top-left rule): each sample to one facet. */
static void set_edges(const facet *f, int32_t x, int32_t y, edge edges[3])
{
    int64_t cx = (int64_t)x * SUB + SUB / 2, cy = (int64_t)y * SUB + SUB / 2;
    for (int k = 0; k < 3; k++) {
        const point *a = &f->p[k], *b = &f->p[(k + 1) % 3];
        int64_t dx = b->x - a->x, dy = b->y - a->y;
        bool owned = dy < 0 || (dy == 0 && dx > 0);
        edges[k].at = dx * (cy - a->y) - dy * (cx - a->x) - (owned ? 0 : 1);
        edges[k].across = -dy * SUB;
        edges[k].down = dx * SUB;
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

/* Depth over samples: a plane, kept within the depths of the corners, for what a sliver says of slopes means nothing.
 */
typedef struct plane {
    double at, across, down, low, high;
} plane;

static plane plane_of(const facet *f, int32_t x, int32_t y)
{
    const point *a = &f->p[0], *b = &f->p[1], *c = &f->p[2];
    double ux = b->x - a->x, uy = b->y - a->y, vx = c->x - a->x, vy = c->y - a->y;
    double area = ux * vy - uy * vx, u = b->depth - a->depth, v = c->depth - a->depth;
    double across = (u * vy - v * uy) / area, down = (v * ux - u * vx) / area;
    double at = a->depth + across * ((double)x * SUB + SUB / 2 - a->x) + down * ((double)y * SUB + SUB / 2 - a->y);
    double low = a->depth < b->depth ? a->depth : b->depth, high = a->depth < b->depth ? b->depth : a->depth;
    return (plane){at, across * SUB, down * SUB, low < c->depth ? low : c->depth, high > c->depth ? high : c->depth};
}

/* What is written into samples; most facets are behind others, so it is made when the first sample is seen. */
typedef struct brush {
    const lqi_canvas_mesh *mesh;
    const double (*turn)[3]; /* of normals, into the picture */
    uint32_t facet;
    bool ready;
    uint16_t normal;
    uint8_t paint;
} brush;

/* Normals turn by the cofactors of what turns positions. */
static void find_turn(const lqi_camera *camera, double turn[3][3])
{
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < 3; k++) {
            const double *a = camera->row[(i + 1) % 3], *b = camera->row[(i + 2) % 3];
            turn[i][k] = a[(k + 1) % 3] * b[(k + 2) % 3] - a[(k + 2) % 3] * b[(k + 1) % 3];
        }
}

/* Towards the eye, from the facet as it was: the grid of the canvas is too coarse for it. */
static void make_ready(brush *b)
{
    const uint32_t *corner = b->mesh->corner + (size_t)3 * b->facet;
    const double *p[3];
    double u[3], v[3], across[3], normal[3];
    for (int k = 0; k < 3; k++) p[k] = b->mesh->position + (size_t)3 * corner[k];
    for (int i = 0; i < 3; i++) u[i] = p[1][i] - p[0][i], v[i] = p[2][i] - p[0][i];
    for (int i = 0; i < 3; i++) across[i] = u[(i + 1) % 3] * v[(i + 2) % 3] - u[(i + 2) % 3] * v[(i + 1) % 3];
    for (int i = 0; i < 3; i++)
        normal[i] = b->turn[i][0] * across[0] + b->turn[i][1] * across[1] + b->turn[i][2] * across[2];
    double length = sqrt(normal[0] * normal[0] + normal[1] * normal[1] + normal[2] * normal[2]);
    if (!(length > 0 && length < INFINITY)) {
        normal[0] = normal[1] = 0;
        length = normal[2] = 1;
    }
    double turn = (normal[2] < 0 ? -1 : 1) / length;
    for (int i = 0; i < 3; i++) normal[i] *= turn;
    b->normal = lqi_pack_normal(normal);
    b->paint = b->mesh->paint ? b->mesh->paint[b->facet] : 0;
    b->ready = true;
}

static void touch(lqi_canvas_sample *sample, const plane *depth, double z, brush *with)
{
    float nearness = (float)(z < depth->low ? depth->low : z > depth->high ? depth->high : z);
    if (sample->covered && sample->depth >= nearness) return;
    if (!with->ready) make_ready(with);
    *sample = (lqi_canvas_sample){nearness, with->normal, with->paint, 1};
}

/* A facet of so many samples at most is worth a look at what is there already before it is set up. */
#define GLANCE_MAX 16

/* Is everything within the facet's box as near as its nearest corner? Then it is seen nowhere. */
static bool is_behind(const lqi_canvas *canvas, const facet *f, int32_t top, int32_t bottom)
{
    const int32_t width = f->high[0] - f->low[0] + 1;
    if ((int64_t)width * (bottom - top + 1) > GLANCE_MAX) return false;
    double nearest = f->p[0].depth;
    for (int k = 1; k < 3; k++)
        if (f->p[k].depth > nearest) nearest = f->p[k].depth;
    for (int32_t y = top; y <= bottom; y++) {
        const lqi_canvas_sample *row = canvas->sample + (size_t)y * canvas->width + f->low[0];
        for (int32_t i = 0; i < width; i++)
            if (!row[i].covered || row[i].depth < (float)nearest) return false;
    }
    return true;
}

/* Rows top..bottom of a facet, within the canvas. */
static void draw_facet(lqi_canvas *canvas, const facet *f, brush *with, int32_t top, int32_t bottom)
{
    int32_t left = f->low[0], count = f->high[0] - left + 1;
    edge edges[3];
    set_edges(f, left, top, edges);
    plane depth = plane_of(f, left, top);
    for (int32_t y = top; y <= bottom; y++) {
        lqi_canvas_sample *row = canvas->sample + (size_t)y * canvas->width + left;
        if (count > NARROW) {
            int32_t low, high;
            find_span(edges, count, &low, &high);
            for (int32_t i = low; i <= high; i++) touch(row + i, &depth, depth.at + depth.across * i, with);
        } else {
            int64_t a = edges[0].at, b = edges[1].at, c = edges[2].at;
            for (int32_t i = 0; i < count; i++) {
                if ((a | b | c) >= 0) touch(row + i, &depth, depth.at + depth.across * i, with);
                a += edges[0].across;
                b += edges[1].across;
                c += edges[2].across;
            }
        }
        for (int k = 0; k < 3; k++) edges[k].at += edges[k].down;
        depth.at += depth.down;
    }
}

/* ---- all of them ---- */

typedef struct chunk {
    uint32_t facing, others; /* how many */
    uint64_t work;
} chunk;

typedef struct drawing {
    lq_context *context;
    lqi_canvas *canvas;
    const lqi_canvas_mesh *mesh;
    const lqi_camera *camera;
    double turn[3][3];
    point *points;
    size_t band_count;
    uint32_t
        *seen; /* per chunk of facets, those that cover a sample: facing the eye from the front, others from behind */
    chunk *chunks;
} drawing;

/* Points beyond the canvas are moved to its rim; the fit leaves none, but rounding may. */
static int32_t on_grid(double at, uint32_t side)
{
    double limit = (double)side * SUB, place = at * SUB;
    return (int32_t)((place < 0 ? 0 : place > limit ? limit : place) + 0.5);
}

static lq_status project_points(void *user, size_t index)
{
    drawing *d = user;
    if (lqi_stopped(d->context)) return LQ_ERR_CANCELLED;
    uint32_t first = (uint32_t)index * FACETS_PER_CHUNK, last = first + FACETS_PER_CHUNK;
    if (last > d->mesh->vertex_count) last = d->mesh->vertex_count;
    for (uint32_t v = first; v < last; v++) {
        double seen[3];
        lqi_camera_project(d->camera, d->mesh->position + (size_t)3 * v, seen);
        d->points[v] = (point){on_grid(seen[0], d->canvas->width), on_grid(seen[1], d->canvas->height), seen[2]};
    }
    return LQ_OK;
}

/* Within the canvas: a corner on its rim is seen at no sample beyond it. */
static bool facet_at(const drawing *d, uint32_t t, facet *f)
{
    const uint32_t *corner = d->mesh->corner + (size_t)3 * t;
    if (!set_up(&d->points[corner[0]], &d->points[corner[1]], &d->points[corner[2]], f)) return false;
    const int32_t side[2] = {(int32_t)d->canvas->width, (int32_t)d->canvas->height};
    for (int i = 0; i < 2; i++) {
        if (f->low[i] < 0) f->low[i] = 0;
        if (f->high[i] >= side[i]) f->high[i] = side[i] - 1;
        if (f->low[i] > f->high[i]) return false;
    }
    return true;
}

static bool faces_eye(const drawing *d, uint32_t t)
{
    const uint32_t *corner = d->mesh->corner + (size_t)3 * t;
    const point *a = &d->points[corner[0]], *b = &d->points[corner[1]], *c = &d->points[corner[2]];
    return (int64_t)(b->x - a->x) * (c->y - a->y) < (int64_t)(b->y - a->y) * (c->x - a->x); /* y goes down */
}

/* Lists what covers samples, and counts the work in rows of samples, about 20 ns each. */
static lq_status look_at_facets(void *user, size_t index)
{
    drawing *d = user;
    if (lqi_stopped(d->context)) return LQ_ERR_CANCELLED;
    uint32_t first = (uint32_t)index * FACETS_PER_CHUNK, last = first + FACETS_PER_CHUNK;
    if (last > d->mesh->facet_count) last = d->mesh->facet_count;
    uint64_t work = 0, samples = 0;
    uint32_t facing = first, others = last;
    facet f = {.area = 0};
    for (uint32_t t = first; t < last; t++) {
        if (!facet_at(d, t, &f)) continue;
        if (faces_eye(d, t))
            d->seen[facing++] = t;
        else
            d->seen[--others] = t;
        work += (uint64_t)(f.high[1] - f.low[1] + 1);
        samples += (uint64_t)f.area / (2 * SUB * SUB);
    }
    d->chunks[index] = (chunk){facing - first, last - others, work + samples / SAMPLES_PER_WORK};
    return LQ_OK;
}

static void draw_in_band(const drawing *d, uint32_t t, int32_t top, int32_t bottom)
{
    facet f;
    if (!facet_at(d, t, &f) || f.high[1] < top || f.low[1] > bottom) return;
    if (f.low[1] > top) top = f.low[1];
    if (f.high[1] < bottom) bottom = f.high[1];
    if (is_behind(d->canvas, &f, top, bottom)) return;
    brush with = {.mesh = d->mesh, .turn = d->turn, .facet = t};
    draw_facet(d->canvas, &f, &with, top, bottom);
}

/* Every band draws its own rows of every facet: first those that face the eye, behind which most others are found to
 * lie at a glance. */
static lq_status draw_band(void *user, size_t band)
{
    drawing *d = user;
    const uint32_t count = d->mesh->facet_count;
    int32_t top = (int32_t)(d->canvas->height * band / d->band_count),
            bottom = (int32_t)(d->canvas->height * (band + 1) / d->band_count) - 1;
    for (int facing = 1; facing >= 0; facing--)
        for (uint32_t first = 0, index = 0; first < count; first += FACETS_PER_CHUNK, index++) {
            if (lqi_stopped(d->context)) return LQ_ERR_CANCELLED;
            uint32_t last = count - first < FACETS_PER_CHUNK ? count : first + FACETS_PER_CHUNK;
            if (facing)
                for (uint32_t i = 0; i < d->chunks[index].facing; i++) draw_in_band(d, d->seen[first + i], top, bottom);
            else
                for (uint32_t i = 1; i <= d->chunks[index].others; i++) draw_in_band(d, d->seen[last - i], top, bottom);
        }
    return LQ_OK;
}

static size_t chunks_of(uint32_t count) { return ((size_t)count + FACETS_PER_CHUNK - 1) / FACETS_PER_CHUNK; }

lq_status lqi_canvas_draw(lq_context *context, lqi_canvas *canvas, const lqi_canvas_mesh *mesh,
                          const lqi_camera *camera, uint64_t work_max, uint64_t *work)
{
    drawing d = {.context = context, .canvas = canvas, .mesh = mesh, .camera = camera};
    lq_status status = LQ_OK;
    *work = 0;
    find_turn(camera, d.turn);
    size_t chunk_count = chunks_of(mesh->facet_count);
    d.band_count = context->thread_count;
    d.points = lqi_alloc_array(context, mesh->vertex_count, sizeof *d.points);
    d.chunks = d.points ? lqi_alloc_array(context, chunk_count, sizeof *d.chunks) : NULL;
    d.seen = d.chunks ? lqi_alloc_array(context, mesh->facet_count, sizeof *d.seen) : NULL;
    if (!d.seen) status = lqi_memory_status(context);
    if (status == LQ_OK) status = lqi_parallel(context, chunks_of(mesh->vertex_count), project_points, &d);
    if (status == LQ_OK) status = lqi_parallel(context, chunk_count, look_at_facets, &d);
    for (size_t i = 0; i < chunk_count && status == LQ_OK; i++) *work += d.chunks[i].work;
    if (status == LQ_OK && *work <= work_max) status = lqi_parallel(context, d.band_count, draw_band, &d);
    lqi_free(context, d.seen);
    lqi_free(context, d.chunks);
    lqi_free(context, d.points);
    return status;
}
