#include "picture/canvas.h"

#include <string.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/threads.h"
#include "picture/facet.h"

#define FACETS_PER_CHUNK 8192

/* So many of them cost about as much as a row's beginning. */
#define SAMPLES_PER_WORK 8

/* Samples of a tile, each way: what lies behind all that is seen in its tiles need not be drawn. */
#define TILE_BITS 3
#define TILE (1 << TILE_BITS)

/* A facet over more tiles than this is drawn without asking them. */
#define TILES_ASKED 64

typedef int32_t four __attribute__((vector_size(16)));
typedef float four_floats __attribute__((vector_size(16)));

lq_status lqi_canvas_init(lq_context *context, uint32_t width, uint32_t height, lqi_canvas *canvas)
{
    *canvas =
        (lqi_canvas){.width = width, .height = height, .stride = (width + LQI_CANVAS_RIM + TILE - 1) / TILE * TILE};
    const size_t count = (size_t)canvas->stride * height;
    canvas->depth = lqi_alloc_array(context, count, sizeof *canvas->depth);
    canvas->look = canvas->depth ? lqi_alloc_zeroed(context, count, sizeof *canvas->look) : NULL;
    if (!canvas->look) return lqi_memory_status(context);
    const four_floats nothing = (four_floats){0} + LQI_BACKGROUND; /* the stride is a multiple of four */
    for (size_t i = 0; i < count; i += 4) memcpy(canvas->depth + i, &nothing, sizeof nothing);
    return LQ_OK;
}

void lqi_canvas_free(lq_context *context, lqi_canvas *canvas)
{
    lqi_free(context, canvas->depth);
    lqi_free(context, canvas->look);
    *canvas = (lqi_canvas){0};
}

typedef struct chunk {
    uint32_t facing, others; /* how many */
    uint64_t work;
} chunk;

typedef struct drawing {
    lq_context *context;
    const lqi_canvas *canvas;
    const lqi_canvas_mesh *mesh;
    const lqi_camera *camera;
    lqi_point *points;
    size_t band_count;
    uint32_t
        *seen; /* per chunk of facets, those that cover a sample: facing the eye from the front, others from behind */
    chunk *chunks;
    float *tile; /* the depth of the deepest of its samples, once all that faces the eye is drawn; NULL: not wanted */
    uint32_t tiles; /* per row of them */
} drawing;

/* Points beyond the canvas are moved to its rim; the fit leaves none, but rounding may. */
static int32_t within(double at, uint32_t side)
{
    const double unit = 1 << LQI_POINT_BITS;
    double limit = (double)side * unit, place = at * unit;
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
        d->points[v] = (lqi_point){within(seen[0], d->canvas->width), within(seen[1], d->canvas->height), seen[2]};
    }
    return LQ_OK;
}

static bool set_facet(const drawing *d, uint32_t t, lqi_facet *f)
{
    const uint32_t *corner = d->mesh->corner + (size_t)3 * t;
    return lqi_facet_set(&d->points[corner[0]], &d->points[corner[1]], &d->points[corner[2]], f);
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
    lqi_facet f;
    for (uint32_t t = first; t < last; t++) {
        if (!set_facet(d, t, &f)) continue;
        const int64_t area = lqi_facet_area(&f);
        if (!area) continue;
        if (area > 0)
            d->seen[facing++] = t;
        else
            d->seen[--others] = t;
        work += (uint64_t)(f.high[1] - f.low[1] + 1);
        samples += (uint64_t)(area > 0 ? area : -area) >> (2 * LQI_GRID_BITS + 1);
    }
    d->chunks[index] = (chunk){facing - first, last - others, work + samples / SAMPLES_PER_WORK};
    return LQ_OK;
}

/* ---- bands: rows of tiles, each drawn by one thread ---- */

typedef struct band {
    int32_t top, bottom; /* samples, inclusive */
} band;

static band band_at(const drawing *d, size_t index)
{
    const size_t rows = ((size_t)d->canvas->height + TILE - 1) / TILE;
    const size_t top = rows * index / d->band_count * TILE, end = rows * (index + 1) / d->band_count * TILE;
    return (band){(int32_t)top, (int32_t)(end < d->canvas->height ? end : d->canvas->height) - 1};
}

static four_floats load(const float *from)
{
    four_floats value;
    memcpy(&value, from, sizeof value);
    return value;
}

static four_floats deeper(four_floats a, four_floats b)
{
    const four first = a < b;
    return (four_floats)(((four)a & first) | ((four)b & ~first));
}

static void find_tiles(const drawing *d, band rows)
{
    const lqi_canvas *canvas = d->canvas;
    for (int32_t top = rows.top; top <= rows.bottom; top += TILE) {
        float *tile = d->tile + (size_t)(top / TILE) * d->tiles;
        const int32_t end = top + TILE - 1 < rows.bottom ? top + TILE : rows.bottom + 1;
        for (uint32_t i = 0; i < d->tiles; i++) {
            const float *depth = canvas->depth + (size_t)top * canvas->stride + i * TILE;
            four_floats deepest = (four_floats){0} + INFINITY;
            for (int32_t y = top; y < end; y++, depth += canvas->stride)
                for (int k = 0; k < TILE; k += 4) deepest = deeper(deepest, load(depth + k));
            float a = deepest[0] < deepest[1] ? deepest[0] : deepest[1],
                  b = deepest[2] < deepest[3] ? deepest[2] : deepest[3];
            tile[i] = a < b ? a : b;
        }
    }
}

static bool is_behind(const drawing *d, const lqi_facet *f, band b)
{
    const int32_t left = f->low[0] >> TILE_BITS, right = f->high[0] >> TILE_BITS;
    const int32_t top = (f->low[1] > b.top ? f->low[1] : b.top) >> TILE_BITS,
                  bottom = (f->high[1] < b.bottom ? f->high[1] : b.bottom) >> TILE_BITS;
    const float nearest = lqi_facet_nearest(f);
    if ((right - left + 1) * (bottom - top + 1) > TILES_ASKED) return false;
    for (int32_t y = top; y <= bottom; y++)
        for (int32_t x = left; x <= right; x++)
            if (d->tile[(size_t)y * d->tiles + (size_t)x] < nearest) return false;
    return true;
}

static void draw_in_band(const drawing *d, uint32_t t, band b, bool facing)
{
    lqi_facet f;
    if (!set_facet(d, t, &f) || f.high[1] < b.top || f.low[1] > b.bottom) return;
    if (!facing && d->tile && is_behind(d, &f, b)) return;
    lqi_facet_draw(d->canvas, &f, d->mesh->paint ? d->mesh->paint[t] : 0, f.low[1] > b.top ? f.low[1] : b.top,
                   f.high[1] < b.bottom ? f.high[1] : b.bottom);
}

/* Every band draws its own rows of every facet: first those that face the eye, behind which most others lie. */
static lq_status draw_band(void *user, size_t index)
{
    drawing *d = user;
    const uint32_t count = d->mesh->facet_count;
    const band b = band_at(d, index);
    for (int facing = 1; facing >= 0; facing--) {
        if (!facing && d->tile) find_tiles(d, b);
        for (uint32_t first = 0, k = 0; first < count; first += FACETS_PER_CHUNK, k++) {
            if (lqi_stopped(d->context)) return LQ_ERR_CANCELLED;
            uint32_t last = count - first < FACETS_PER_CHUNK ? count : first + FACETS_PER_CHUNK;
            const uint32_t *seen = facing ? d->seen + first : d->seen + last - d->chunks[k].others;
            const uint32_t listed = facing ? d->chunks[k].facing : d->chunks[k].others;
            for (uint32_t i = 0; i < listed; i++) draw_in_band(d, seen[facing ? i : listed - 1 - i], b, facing);
        }
    }
    return LQ_OK;
}

/* Tiles are worth their look at every sample where many facets may lie behind them. */
static void want_tiles(drawing *d, size_t chunk_count)
{
    size_t others = 0;
    for (size_t i = 0; i < chunk_count; i++) others += d->chunks[i].others;
    d->tiles = d->canvas->stride / TILE;
    const size_t tiles = (size_t)d->tiles * (d->canvas->height / TILE + 1);
    if (others > tiles / 4) d->tile = lqi_try_alloc(d->context, tiles * sizeof *d->tile);
}

static size_t chunks_of(uint32_t count) { return ((size_t)count + FACETS_PER_CHUNK - 1) / FACETS_PER_CHUNK; }

lq_status lqi_canvas_draw(lq_context *context, lqi_canvas *canvas, const lqi_canvas_mesh *mesh,
                          const lqi_camera *camera, uint64_t work_max, uint64_t *work)
{
    drawing d = {.context = context, .canvas = canvas, .mesh = mesh, .camera = camera};
    lq_status status = LQ_OK;
    *work = 0;
    size_t chunk_count = chunks_of(mesh->facet_count);
    d.band_count = context->thread_count;
    d.points = lqi_alloc_array(context, mesh->vertex_count, sizeof *d.points);
    d.chunks = d.points ? lqi_alloc_array(context, chunk_count, sizeof *d.chunks) : NULL;
    d.seen = d.chunks ? lqi_alloc_array(context, mesh->facet_count, sizeof *d.seen) : NULL;
    if (!d.seen) status = lqi_memory_status(context);
    if (status == LQ_OK) status = lqi_parallel(context, chunks_of(mesh->vertex_count), project_points, &d);
    if (status == LQ_OK) status = lqi_parallel(context, chunk_count, look_at_facets, &d);
    for (size_t i = 0; i < chunk_count && status == LQ_OK; i++) *work += d.chunks[i].work;
    if (status == LQ_OK && *work <= work_max) {
        want_tiles(&d, chunk_count);
        status = lqi_parallel(context, d.band_count, draw_band, &d);
    }
    lqi_free(context, d.tile);
    lqi_free(context, d.seen);
    lqi_free(context, d.chunks);
    lqi_free(context, d.points);
    return status;
}
