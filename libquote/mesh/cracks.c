#include "mesh/cracks.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/mix.h"
#include "base/sort.h"
#include "mesh/bounds.h"
#include "mesh/near.h"

#define NONE LQI_NO_POINT
#define LEVELS 4

/* The last level, in the unit of the mesh. */
#define TOLERANCE_MAX 0.05

/* A level that leaves something open is most often known by the beginning of the walk. */
#define BEGINNING 16384u

/* So many edges are worth memory for their sorting, if there is some. */
#define SPARE_FROM 4096u

#define STEPS_PER_PROGRESS ((uint32_t)1 << 18)

typedef struct closer {
    lq_context *context;
    const lqi_mesh *mesh;
    const lqi_topology *topology;
    lqi_cracks *cracks;
    lqi_near near; /* the candidates */
    double low[3], high[3], diagonal;
    double level[LEVELS]; /* 0: left out; the last < 0: not looked for yet */
    double level_max;     /* of the last one */
    uint64_t seed;
    lqi_near_groups groups; /* of the last walk */
} closer;

/* ---- candidates ---- */

/* Copies are left out of the shells, so they neither open nor close anything. */
static inline bool is_open(const lqi_topology *topology, const lqi_edge *edge)
{
    if (edge->count == 1) return true;
    uint32_t uses = 0;
    for (uint32_t i = 0; i < edge->count; i++)
        uses += !(topology->flag[lqi_half_edge_triangle(edge->entry[i])] & LQI_TRIANGLE_DUPLICATE);
    return uses & 1;
}

static inline bool next_open(const lqi_topology *topology, lqi_edge_cursor *cursor, lqi_edge *edge)
{
    while (lqi_edge_next(&topology->edges, cursor, edge))
        if (is_open(topology, edge)) return true;
    return false;
}

/* Without what only degenerate triangles use. */
static void find_box(closer *c)
{
    const lqi_mesh *mesh = c->mesh;
    for (int k = 0; k < 3; k++) c->low[k] = INFINITY, c->high[k] = -INFINITY;
    if (!c->topology->degenerate_triangles) {
        lqi_bounds_of_points(mesh->position, mesh->vertex_count, c->low, c->high);
    } else {
        for (uint32_t t = 0; t < mesh->triangle_count; t++)
            for (int k = 0; k < 3 && !(c->topology->flag[t] & LQI_TRIANGLE_DEGENERATE); k++)
                lqi_bounds_add(lqi_mesh_corner(mesh, t, k), c->low, c->high);
    }
    double square = 0;
    for (int k = 0; k < 3; k++) square += (c->high[k] - c->low[k]) * (c->high[k] - c->low[k]);
    c->diagonal = sqrt(square);
}

/* Counts the open edges, and gathers their ends for the walk. to: of every candidate itself, of all others NONE. */
static lq_status gather(closer *c)
{
    lqi_cracks *cracks = c->cracks;
    uint32_t vertices = c->mesh->vertex_count, count = 0;
    cracks->to = lqi_alloc_array(c->context, vertices, sizeof *cracks->to);
    if (!cracks->to) return lqi_memory_status(c->context);
    memset(cracks->to, 0xFF, vertices * sizeof *cracks->to);
    lqi_edge_cursor cursor = {0};
    lqi_edge edge;
    while (next_open(c->topology, &cursor, &edge)) {
        if (++cracks->unbalanced_before % STEPS_PER_PROGRESS == 0) LQI_TRY(lqi_progress(c->context, "cracks", 0, 4));
        count += (uint32_t)(cracks->to[edge.low] == NONE) + (uint32_t)(cracks->to[edge.high] == NONE);
        cracks->to[edge.low] = edge.low;
        cracks->to[edge.high] = edge.high;
    }
    if (!count) return LQ_OK;
    find_box(c);
    if (!(c->diagonal > 0)) return LQ_OK;
    return lqi_near_init(&c->near, c->context, c->mesh->position, cracks->to, vertices, count, c->low, c->high);
}

/* ---- the ladder ---- */

static double float_ulp(double x)
{
    int exponent;
    frexp(x, &exponent);
    return ldexp((double)FLT_EPSILON, exponent - 1);
}

static double square_of_distance(const double *a, const double *b)
{
    double x = a[0] - b[0], y = a[1] - b[1], z = a[2] - b[2];
    return x * x + y * y + z * z;
}

static double distance(const double *a, const double *b) { return sqrt(square_of_distance(a, b)); }

/* Between two candidates: no other can be lost. */
static double shortest_edge(const closer *c)
{
    const lqi_mesh *mesh = c->mesh;
    uint32_t *to = c->cracks->to;
    double shortest = INFINITY;
    for (uint32_t i = 0; i < c->near.count; i++) to[c->near.point[i].vertex] = 0; /* any but NONE */
    lqi_edge_cursor cursor = {0};
    lqi_edge edge;
    while (lqi_edge_next(&c->topology->edges, &cursor, &edge)) {
        __builtin_prefetch(mesh->position + 3 * (lqi_entry_ahead(&c->topology->edges, &cursor) >> 32));
        if (to[edge.low] == NONE || to[edge.high] == NONE) continue;
        double square =
            square_of_distance(mesh->position + (size_t)3 * edge.low, mesh->position + (size_t)3 * edge.high);
        shortest = square < shortest ? square : shortest;
    }
    return sqrt(shortest);
}

/* The tolerance of a level. The last one is looked for only when the others did not do. */
static double tolerance_of(closer *c, int level)
{
    if (level < LEVELS - 1 || c->level[level] >= 0) return c->level[level];
    double last = fmin(c->level_max, 0.25 * shortest_edge(c));
    return c->level[level] = last > c->level[level - 1] ? last : 0;
}

/* *any: is there a pair near enough for any level? Most holes have none, or none for all but the last, and need few
 * walks. */
static lq_status make_ladder(closer *c, bool *any)
{
    const double level[LEVELS] = {4 * float_ulp(c->diagonal), 1e-6 * c->diagonal, 1e-5 * c->diagonal, -1};
    c->level_max = fmin(1e-4 * c->diagonal, TOLERANCE_MAX);
    LQI_TRY(lqi_near_any(&c->near, level[LEVELS - 2], c->cracks->to, any));
    for (int i = 0; i < LEVELS; i++) c->level[i] = *any ? level[i] : 0;
    c->level[LEVELS - 1] = level[LEVELS - 1];
    return *any ? LQ_OK : lqi_near_any(&c->near, c->level_max, c->cracks->to, any);
}

/* ---- what a level leaves open ---- */

static uint64_t hash_of_edge(const closer *c, uint32_t a, uint32_t b)
{
    return lqi_mix64((a < b ? (uint64_t)a << 32 | b : (uint64_t)b << 32 | a) ^ c->seed);
}

/* Edges between groups that are complete, where only the first `count` points were walked: does one stay open? The
 * hashes of edges are added without carry, so that those used an even number of times leave nothing; by chance others
 * do so once in 2^64. */
static bool beginning_stays_open(closer *c, uint32_t count, double tolerance)
{
    const lqi_edges *edges = &c->topology->edges;
    const lqi_near *near = &c->near;
    uint32_t *to = c->cracks->to;
    uint64_t sum = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t *leader = &to[near->point[i].vertex];
        if (!lqi_near_is_complete(near, *leader, count, tolerance)) *leader = NONE;
    }
    for (uint32_t i = 0; i < count; i++) {
        uint32_t v = near->point[i].vertex;
        if (to[v] == NONE) continue;
        lqi_edge_cursor cursor = lqi_edges_from(edges, v);
        lqi_edge edge;
        while (lqi_edge_next_from(edges, v, &cursor, &edge))
            if (to[edge.high] != NONE && to[edge.high] != to[v] && is_open(c->topology, &edge))
                sum ^= hash_of_edge(c, to[v], to[edge.high]);
    }
    return sum != 0;
}

static bool all_closed(const closer *c)
{
    const uint32_t *to = c->cracks->to;
    uint64_t sum = 0;
    lqi_edge_cursor cursor = {0};
    lqi_edge edge;
    while (next_open(c->topology, &cursor, &edge))
        if (to[edge.low] != to[edge.high]) sum ^= hash_of_edge(c, to[edge.low], to[edge.high]);
    return sum == 0;
}

/* A bit for each vertex that another one joins, or that joins another. */
static lq_status mark_groups(const closer *c, uint64_t **grouped)
{
    const uint32_t *to = c->cracks->to;
    *grouped = lqi_alloc_zeroed(c->context, (size_t)c->mesh->vertex_count / 64 + 1, sizeof **grouped);
    if (!*grouped) return lqi_memory_status(c->context);
    for (uint32_t i = 0; i < c->near.count; i++) {
        uint32_t v = c->near.point[i].vertex, leader = to[v];
        if (leader == v) continue;
        (*grouped)[v / 64] |= (uint64_t)1 << v % 64;
        (*grouped)[leader / 64] |= (uint64_t)1 << leader % 64;
    }
    return LQ_OK;
}

static bool is_marked(const uint64_t *set, uint32_t v) { return set[v / 64] >> v % 64 & 1; }

/* Those with an end in a group; of all others *rest is how many there are, and each stays open. */
static size_t list_grouped(const closer *c, const uint64_t *grouped, uint64_t *edges, uint64_t *rest)
{
    const uint32_t *to = c->cracks->to;
    size_t total = 0;
    lqi_edge_cursor cursor = {0};
    lqi_edge edge;
    *rest = 0;
    while (next_open(c->topology, &cursor, &edge)) {
        if (!is_marked(grouped, edge.low) && !is_marked(grouped, edge.high)) {
            ++*rest;
            continue;
        }
        uint64_t a = to[edge.low], b = to[edge.high];
        if (a == b) continue;
        if (edges) edges[total] = a < b ? a << 32 | b : b << 32 | a;
        total++;
    }
    return total;
}

static lq_status count_open(closer *c, uint64_t *count)
{
    uint64_t *grouped, *edges = NULL, rest;
    LQI_TRY(mark_groups(c, &grouped));
    size_t total = list_grouped(c, grouped, NULL, count);
    if (total) edges = lqi_alloc_array(c->context, total, sizeof *edges);
    if (edges) (void)list_grouped(c, grouped, edges, &rest);
    lqi_free(c->context, grouped);
    if (total && !edges) return lqi_memory_status(c->context);
    uint64_t *spare = total > SPARE_FROM ? lqi_try_alloc(c->context, total * sizeof *spare) : NULL;
    if (spare)
        lqi_sort_u64_stably(edges, spare, total, 0);
    else
        lqi_sort_u64(edges, total);
    lqi_free(c->context, spare);
    for (size_t i = 0, end; i < total; i = end) {
        for (end = i + 1; end < total && edges[end] == edges[i];) end++;
        *count += (end - i) & 1;
    }
    lqi_free(c->context, edges);
    return LQ_OK;
}

/* The smallest of the three heights. */
static double height_of(const lqi_mesh *mesh, uint32_t triangle)
{
    const double *a = lqi_mesh_corner(mesh, triangle, 0), *b = lqi_mesh_corner(mesh, triangle, 1),
                 *p = lqi_mesh_corner(mesh, triangle, 2);
    double u[3], v[3];
    for (int k = 0; k < 3; k++) u[k] = b[k] - a[k], v[k] = p[k] - a[k];
    double x = u[1] * v[2] - u[2] * v[1], y = u[2] * v[0] - u[0] * v[2], z = u[0] * v[1] - u[1] * v[0];
    return sqrt(x * x + y * y + z * z) / fmax(distance(a, b), fmax(distance(b, p), distance(p, a)));
}

static bool flattens_a_triangle(const closer *c, double tolerance)
{
    const uint32_t *to = c->cracks->to;
    for (uint32_t t = 0; t < c->mesh->triangle_count; t++) {
        const uint32_t *corner = c->mesh->corner + (size_t)3 * t;
        uint32_t after[3] = {to[corner[0]], to[corner[1]], to[corner[2]]};
        bool flat = (after[0] == after[1] && after[0] != NONE) || (after[1] == after[2] && after[1] != NONE) ||
                    (after[2] == after[0] && after[2] != NONE);
        if (flat && !(c->topology->flag[t] & LQI_TRIANGLE_DEGENERATE) && height_of(c->mesh, t) > tolerance) return true;
    }
    return false;
}

/* ---- the choice ---- */

/* *closes: everything. Otherwise what `to` holds is not what the level makes. */
static lq_status try_to_close(closer *c, double tolerance, bool *closes)
{
    *closes = false;
    if (!(tolerance > 0)) return LQ_OK;
    if (c->near.count > 2 * BEGINNING) {
        memset(c->cracks->to, 0xFF, c->mesh->vertex_count * sizeof *c->cracks->to);
        LQI_TRY(lqi_near_group(&c->near, BEGINNING, tolerance, c->cracks->to, &c->groups));
        if (beginning_stays_open(c, BEGINNING, tolerance)) return LQ_OK;
    }
    LQI_TRY(lqi_near_group(&c->near, c->near.count, tolerance, c->cracks->to, &c->groups));
    *closes = c->groups.joined && all_closed(c) && !flattens_a_triangle(c, tolerance);
    return LQ_OK;
}

/* *count: UINT64_MAX for a level that is not to be taken. */
static lq_status try_to_lower(closer *c, double tolerance, uint64_t *count)
{
    *count = UINT64_MAX;
    if (!(tolerance > 0)) return LQ_OK;
    LQI_TRY(lqi_near_group(&c->near, c->near.count, tolerance, c->cracks->to, &c->groups));
    if (c->groups.joined && !flattens_a_triangle(c, tolerance)) LQI_TRY(count_open(c, count));
    return LQ_OK;
}

/* *chosen: LEVELS if none is to be taken. */
static lq_status choose_level(closer *c, int *chosen)
{
    for (*chosen = 0; *chosen < LEVELS; ++*chosen) {
        bool closes;
        LQI_TRY(try_to_close(c, tolerance_of(c, *chosen), &closes));
        if (!closes) continue;
        c->cracks->unbalanced_after = 0;
        return LQ_OK;
    }
    uint64_t least = c->cracks->unbalanced_before;
    for (int i = LEVELS; i-- > 0;) {
        uint64_t count;
        LQI_TRY(try_to_lower(c, tolerance_of(c, i), &count));
        if (count < least || (count == least && *chosen < LEVELS))
            least = count, *chosen = i;
        else if (*chosen < LEVELS)
            break;
    }
    c->cracks->unbalanced_after = least;
    if (*chosen == LEVELS) return LQ_OK;
    return lqi_near_group(&c->near, c->near.count, c->level[*chosen], c->cracks->to, &c->groups);
}

static void keep_nothing(lq_context *context, lqi_cracks *cracks)
{
    lqi_free(context, cracks->to);
    cracks->to = NULL;
}

lq_status lqi_cracks_close(lq_context *context, const lqi_mesh *mesh, const lqi_topology *topology, lqi_cracks *cracks)
{
    *cracks = (lqi_cracks){0};
    if (!topology->odd_edges) return LQ_OK;
    closer c = {
        .context = context, .mesh = mesh, .topology = topology, .cracks = cracks, .seed = lqi_hash_seed(context, 'k')};
    bool any = false;
    int chosen = LEVELS;
    lq_status status;
    LQI_TRY_GOTO(gather(&c));
    cracks->unbalanced_after = cracks->unbalanced_before;
    if (c.near.count) LQI_TRY_GOTO(make_ladder(&c, &any));
    if (any) LQI_TRY_GOTO(choose_level(&c, &chosen));
    if (chosen == LEVELS) {
        keep_nothing(context, cracks);
        goto done;
    }
    cracks->moved = c.groups.joined;
    cracks->farthest = c.groups.farthest;
    cracks->tolerance = c.level[chosen];
    for (uint32_t v = 0; v < mesh->vertex_count; v++)
        if (cracks->to[v] == NONE) cracks->to[v] = v;
done:
    lqi_near_free(&c.near);
    if (status != LQ_OK) lqi_cracks_free(context, cracks);
    return status;
}

void lqi_cracks_free(lq_context *context, lqi_cracks *cracks)
{
    lqi_free(context, cracks->to);
    *cracks = (lqi_cracks){0};
}

/* ---- the welded mesh ---- */

/* In cracks->to, of a vertex that stays: its new number follows. */
#define NUMBERED ((uint32_t)1 << 31)
_Static_assert((uint64_t)3 * LQI_TRIANGLE_COUNT_MAX < NUMBERED, "room for the mark");

static lq_status renumber(lq_context *context, const lqi_mesh *mesh, uint32_t *to, lqi_mesh *out)
{
    for (size_t i = 0; i < (size_t)3 * mesh->triangle_count; i++) {
        if (i % STEPS_PER_PROGRESS == 0) LQI_TRY(lqi_progress(context, "cracks", i, (size_t)3 * mesh->triangle_count));
        uint32_t v = mesh->corner[i];
        if (!(to[v] & NUMBERED)) v = to[v];
        if (!(to[v] & NUMBERED)) {
            memcpy(out->position + (size_t)3 * out->vertex_count, mesh->position + (size_t)3 * v,
                   3 * sizeof *out->position);
            to[v] = out->vertex_count++ | NUMBERED;
        }
        out->corner[i] = to[v] & ~NUMBERED;
    }
    return LQ_OK;
}

lq_status lqi_cracks_weld(lq_context *context, const lqi_mesh *mesh, lqi_cracks *cracks, lqi_mesh *welded)
{
    *welded = (lqi_mesh){.triangle_count = mesh->triangle_count};
    welded->position = lqi_alloc_array(context, mesh->vertex_count - cracks->moved, 3 * sizeof *welded->position);
    if (welded->position) welded->corner = lqi_alloc_array(context, mesh->triangle_count, 3 * sizeof *welded->corner);
    lq_status status = welded->corner ? renumber(context, mesh, cracks->to, welded) : lqi_memory_status(context);
    lqi_free(context, cracks->to);
    cracks->to = NULL;
    if (status != LQ_OK) lqi_mesh_free(context, welded);
    return status;
}
