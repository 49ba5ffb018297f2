#include "mesh/junctions.h"

#include <math.h>
#include <string.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/sort.h"

#define NONE UINT32_MAX
#define EDGES_PER_PROGRESS 65536u

/* Cells are so large that most edges cross one or two, but not so many along a side that numbers overflow,
 * and much larger than the tolerance. */
#define CELLS_PER_EDGE 0.5
#define CELLS_ACROSS_MAX 1e6
#define TOLERANCES_PER_CELL 16

/* A corner is filed under all cells that the tolerance around it touches, and a little more for rounding. */
#define MARGIN 1.01

typedef struct entry {
    int32_t cell[3];
    uint32_t vertex, next;
} entry;

typedef struct finder {
    lq_context *context;
    const lqi_mesh *mesh;
    const lqi_topology *topology;
    double tolerance, low[3], cell;
    uint64_t *is_open; /* a bit per vertex: an end of an open edge */
    entry *entry;
    size_t entry_count, entry_capacity;
    uint32_t *slot; /* by hashed cell: the first entry */
    uint64_t mask, seed, work;
    uint32_t *seen;  /* per vertex: the last edge, by number, for which it was tried */
    uint64_t *found; /* on the edge that is looked at: how far along << 32 | vertex */
    size_t found_count, found_capacity, corner_capacity;
    lqi_junctions *out;
} finder;

static bool next_open(const lqi_topology *topology, lqi_edge_cursor *cursor, lqi_edge *edge)
{
    while (lqi_edge_next(&topology->edges, cursor, edge))
        if (edge->count == 1 && !(topology->flag[lqi_half_edge_triangle(edge->entry[0])] & LQI_TRIANGLE_DUPLICATE))
            return true;
    return false;
}

static const double *position_of(const finder *f, uint32_t vertex) { return f->mesh->position + (size_t)3 * vertex; }

static double dot(const double a[3], const double b[3]) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

static int32_t cell_of(const finder *f, double x, int axis) { return (int32_t)floor((x - f->low[axis]) / f->cell); }

static uint32_t *slot_of(const finder *f, const int32_t cell[3])
{
    uint64_t hash = f->seed;
    for (int k = 0; k < 3; k++) hash = (hash ^ (uint32_t)cell[k]) * 0x9FB21C651E98DF25u, hash ^= hash >> 29;
    return &f->slot[hash & f->mask];
}

/* ---- the corners, by cell ---- */

static lq_status file_corner(finder *f, uint32_t vertex)
{
    const double *p = position_of(f, vertex);
    double reach = f->tolerance * MARGIN;
    int32_t first[3], last[3];
    for (int k = 0; k < 3; k++) first[k] = cell_of(f, p[k] - reach, k), last[k] = cell_of(f, p[k] + reach, k);
    for (int32_t x = first[0]; x <= last[0]; x++)
        for (int32_t y = first[1]; y <= last[1]; y++)
            for (int32_t z = first[2]; z <= last[2]; z++) {
                LQI_TRY(
                    lqi_grow(f->context, (void **)&f->entry, &f->entry_capacity, f->entry_count + 1, sizeof *f->entry));
                entry *e = &f->entry[f->entry_count];
                *e = (entry){{x, y, z}, vertex, NONE};
                uint32_t *slot = slot_of(f, e->cell);
                e->next = *slot;
                *slot = (uint32_t)f->entry_count++;
            }
    return LQ_OK;
}

/* Do two edges leave a vertex side by side? */
static bool run_together(const finder *f, uint32_t vertex, uint32_t one, uint32_t other)
{
    const double *p = position_of(f, vertex), *q = position_of(f, one), *r = position_of(f, other);
    double u[3], v[3];
    for (int k = 0; k < 3; k++) u[k] = q[k] - p[k], v[k] = r[k] - p[k];
    double x = u[1] * v[2] - u[2] * v[1], y = u[2] * v[0] - u[0] * v[2], z = u[0] * v[1] - u[1] * v[0];
    double longer = fmax(dot(u, u), dot(v, v));
    return dot(u, v) > 0 && x * x + y * y + z * z <= f->tolerance * f->tolerance * longer;
}

/* Where edges are to be closed over corners of others, the outermost two along each line begin in one vertex. Most
 * holes have no such vertex, and need no look at what lies along their edges. `seen` becomes an edge's other end + 1.
 */
static bool any_run_together(finder *f)
{
    lqi_edge_cursor cursor = {0};
    lqi_edge edge;
    while (next_open(f->topology, &cursor, &edge)) {
        const uint32_t end[2] = {edge.low, edge.high};
        for (int i = 0; i < 2; i++) {
            uint32_t *first = &f->seen[end[i]], other = end[1 - i];
            if (*first == NONE) return true; /* a third edge: look closely */
            if (*first && run_together(f, end[i], *first - 1, other)) return true;
            *first = *first ? NONE : other + 1;
        }
    }
    return false;
}

/* Marks the ends of open edges, and finds how large cells are best. */
static lq_status survey(finder *f, uint32_t *corners)
{
    double high[3], length = 0, longest = 0;
    uint64_t edges = 0;
    *corners = 0;
    for (int k = 0; k < 3; k++) f->low[k] = INFINITY, high[k] = -INFINITY;
    f->is_open = lqi_alloc_zeroed(f->context, (size_t)f->mesh->vertex_count / 64 + 1, sizeof *f->is_open);
    if (!f->is_open) return lqi_memory_status(f->context);
    lqi_edge_cursor cursor = {0};
    lqi_edge edge;
    while (next_open(f->topology, &cursor, &edge)) {
        const uint32_t end[2] = {edge.low, edge.high};
        double d[3];
        for (int i = 0; i < 2; i++) {
            const double *p = position_of(f, end[i]);
            for (int k = 0; k < 3; k++) f->low[k] = fmin(f->low[k], p[k]), high[k] = fmax(high[k], p[k]);
            uint64_t bit = (uint64_t)1 << end[i] % 64;
            *corners += !(f->is_open[end[i] / 64] & bit);
            f->is_open[end[i] / 64] |= bit;
        }
        for (int k = 0; k < 3; k++) d[k] = position_of(f, edge.high)[k] - position_of(f, edge.low)[k];
        length += sqrt(dot(d, d));
        edges++;
    }
    if (!edges) return LQ_OK;
    for (int k = 0; k < 3; k++) longest = fmax(longest, high[k] - f->low[k]);
    f->cell = length / (CELLS_PER_EDGE * (double)edges);
    f->cell = fmax(f->cell, fmax(longest / CELLS_ACROSS_MAX, TOLERANCES_PER_CELL * f->tolerance));
    return LQ_OK;
}

static lq_status file_corners(finder *f, uint32_t corners)
{
    uint64_t slots = 64;
    while (slots < 2 * (uint64_t)corners) slots *= 2;
    f->slot = lqi_alloc_array(f->context, (size_t)slots, sizeof *f->slot);
    if (!f->slot) return lqi_memory_status(f->context);
    for (uint64_t i = 0; i < slots; i++) f->slot[i] = NONE;
    f->mask = slots - 1;
    for (uint32_t v = 0; v < f->mesh->vertex_count; v++) {
        if (v % 64 == 0 && !f->is_open[v / 64]) {
            v += 63;
            continue;
        }
        if (f->is_open[v / 64] >> v % 64 & 1) LQI_TRY(file_corner(f, v));
    }
    return LQ_OK;
}

/* ---- the corners on one edge ---- */

/* An edge from a, of direction and length d. */
typedef struct ray {
    const double *a;
    double d[3], square;
    uint32_t number; /* from 1 */
    int major;       /* the axis along which it is longest */
} ray;

static ray ray_of(const finder *f, const lqi_edge *edge, uint32_t number)
{
    ray r = {.a = position_of(f, edge->low), .number = number};
    const double *b = position_of(f, edge->high);
    for (int k = 0; k < 3; k++) {
        r.d[k] = b[k] - r.a[k];
        if (fabs(r.d[k]) > fabs(r.d[r.major])) r.major = k;
    }
    r.square = dot(r.d, r.d);
    return r;
}

/* Does the corner lie on the edge, nearer to it than the tolerance and farther from both ends? */
static lq_status try_corner(finder *f, const ray *r, uint32_t vertex)
{
    if (f->seen[vertex] == r->number) return LQ_OK;
    f->seen[vertex] = r->number;
    const double *p = position_of(f, vertex);
    double from[3] = {p[0] - r->a[0], p[1] - r->a[1], p[2] - r->a[2]}, along = dot(from, r->d) / r->square, off[3];
    double margin = f->tolerance / sqrt(r->square);
    if (!(along > margin && along < 1 - margin)) return LQ_OK;
    for (int k = 0; k < 3; k++) off[k] = from[k] - r->d[k] * along;
    if (dot(off, off) > f->tolerance * f->tolerance) return LQ_OK;
    LQI_TRY(lqi_grow(f->context, (void **)&f->found, &f->found_capacity, f->found_count + 1, sizeof *f->found));
    f->found[f->found_count++] = (uint64_t)(along * UINT32_MAX) << 32 | vertex;
    return LQ_OK;
}

static lq_status look_into(finder *f, const ray *r, const int32_t cell[3])
{
    f->work++;
    for (uint32_t i = *slot_of(f, cell); i != NONE; i = f->entry[i].next) {
        const entry *e = &f->entry[i];
        if (e->cell[0] != cell[0] || e->cell[1] != cell[1] || e->cell[2] != cell[2]) continue;
        f->work++;
        LQI_TRY(try_corner(f, r, e->vertex));
    }
    return LQ_OK;
}

/* Cell by cell along the major axis; across it the edge crosses two cells at most, each way, within one step. */
static lq_status look_along(finder *f, const ray *r)
{
    const int m = r->major, n[2] = {(m + 1) % 3, (m + 2) % 3};
    double begin = fmin(r->a[m], r->a[m] + r->d[m]), end = fmax(r->a[m], r->a[m] + r->d[m]);
    int32_t cell[3], last = cell_of(f, end, m);
    for (cell[m] = cell_of(f, begin, m); cell[m] <= last; cell[m]++) {
        double from = fmax(begin, f->low[m] + cell[m] * f->cell), to = fmin(end, f->low[m] + (cell[m] + 1) * f->cell);
        int32_t low[2], high[2];
        for (int k = 0; k < 2; k++) {
            double slope = r->d[n[k]] / r->d[m], x = r->a[n[k]] + slope * (from - r->a[m]),
                   y = r->a[n[k]] + slope * (to - r->a[m]);
            low[k] = cell_of(f, fmin(x, y), n[k]), high[k] = cell_of(f, fmax(x, y), n[k]);
        }
        for (cell[n[0]] = low[0]; cell[n[0]] <= high[0]; cell[n[0]]++)
            for (cell[n[1]] = low[1]; cell[n[1]] <= high[1]; cell[n[1]]++) LQI_TRY(look_into(f, r, cell));
    }
    return LQ_OK;
}

/* A fan from one end over the corners to the other, walked so that the edge is met against its facet. */
static lq_status add_strip(finder *f, const lqi_edge *edge)
{
    lqi_junctions *out = f->out;
    size_t count = out->count + f->found_count;
    if (count > LQI_TRIANGLE_COUNT_MAX - f->mesh->triangle_count)
        return lqi_fail_over_limit(f->context, "triangles", LQI_TRIANGLE_COUNT_MAX, f->mesh->triangle_count + count);
    LQI_TRY(lqi_grow(f->context, (void **)&out->corner, &f->corner_capacity, count, 3 * sizeof *out->corner));
    lqi_sort_u64(f->found, f->found_count);
    bool backward = lqi_half_edge_backward(edge->entry[0]);
    for (size_t i = 0; i < f->found_count; i++) {
        uint32_t here = (uint32_t)f->found[i], next = i + 1 < f->found_count ? (uint32_t)f->found[i + 1] : edge->high;
        uint32_t *corner = out->corner + (size_t)3 * out->count++;
        corner[0] = edge->low;
        corner[1] = backward ? next : here;
        corner[2] = backward ? here : next;
    }
    return LQ_OK;
}

static lq_status look_at_edges(finder *f)
{
    lqi_edge_cursor cursor = {0};
    lqi_edge edge;
    uint32_t number = 0;
    memset(f->seen, 0, f->mesh->vertex_count * sizeof *f->seen);
    while (next_open(f->topology, &cursor, &edge)) {
        if (++number % EDGES_PER_PROGRESS == 0) LQI_TRY(lqi_progress(f->context, "cracks", 3, 4));
        ray r = ray_of(f, &edge, number);
        f->found_count = 0;
        LQI_TRY(look_along(f, &r));
        if (f->work > f->context->limits.work_units) {
            f->out->count = 0;
            return LQ_OK;
        }
        if (f->found_count) LQI_TRY(add_strip(f, &edge));
    }
    return LQ_OK;
}

lq_status lqi_junctions_find(lq_context *context, const lqi_mesh *mesh, const lqi_topology *topology, double tolerance,
                             lqi_junctions *junctions)
{
    *junctions = (lqi_junctions){0};
    if (!topology->open_edges || !(tolerance > 0)) return LQ_OK;
    finder f = {.context = context,
                .mesh = mesh,
                .topology = topology,
                .tolerance = tolerance,
                .seed = lqi_hash_seed(context, 'j'),
                .out = junctions};
    uint32_t corners;
    f.seen = lqi_alloc_zeroed(context, mesh->vertex_count, sizeof *f.seen);
    lq_status status = f.seen ? LQ_OK : lqi_memory_status(context);
    if (status != LQ_OK || !any_run_together(&f)) goto done;
    LQI_TRY_GOTO(survey(&f, &corners));
    if (!corners) goto done;
    LQI_TRY_GOTO(file_corners(&f, corners));
    status = look_at_edges(&f);
done:
    lqi_free(context, f.is_open);
    lqi_free(context, f.entry);
    lqi_free(context, f.slot);
    lqi_free(context, f.seen);
    lqi_free(context, f.found);
    if (status != LQ_OK || !junctions->count) lqi_junctions_free(context, junctions);
    return status;
}

void lqi_junctions_free(lq_context *context, lqi_junctions *junctions)
{
    lqi_free(context, junctions->corner);
    *junctions = (lqi_junctions){0};
}
