#include <math.h>
#include <string.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/sort.h"
#include "mesh/repair.h"
#include "mesh/repair_draft.h"
#include "mesh/topology.h"
#include "mesh/union_find.h"

/* Corners are joined that stay at one vertex: those of two triangles on either side of an edge that they share. */
typedef struct separation {
    lqi_draft draft;
    uint32_t *parent;  /* per corner */
    uint64_t *crowded; /* a bit per vertex: some crowded edge ends there */
    uint64_t *key, *facet;
    size_t key_capacity, facet_capacity;
    bool swapped; /* the edge at hand runs from its high end to its low one */
    uint64_t edge_count;
} separation;

/* Joins the triangles of two half-edges of one edge at both of its ends. */
static void join(separation *s, uint32_t a, uint32_t b)
{
    const uint32_t *corner = s->draft.mesh.corner;
    uint32_t a_end[2] = {a, a % 3 == 2 ? a - 2 : a + 1}, b_end[2] = {b, b % 3 == 2 ? b - 2 : b + 1};
    int crossed = corner[a_end[0]] != corner[b_end[0]];
    lqi_unite(s->parent, a_end[0], b_end[crossed]);
    lqi_unite(s->parent, a_end[1], b_end[!crossed]);
}

/* ---- around a crowded edge ---- */

typedef struct frame {
    double from[3], u[3], v[3]; /* u and v span the plane across the edge, right-handed along it */
} frame;

static void cross(const double a[3], const double b[3], double out[3])
{
    for (int k = 0; k < 3; k++) out[k] = a[(k + 1) % 3] * b[(k + 2) % 3] - a[(k + 2) % 3] * b[(k + 1) % 3];
}

/* An edge runs from the end that comes first by its coordinates, however the vertices are numbered. */
static bool is_swapped(const lqi_mesh *mesh, const lqi_edge *edge)
{
    const double *low = mesh->position + (size_t)3 * edge->low, *high = mesh->position + (size_t)3 * edge->high;
    for (int k = 0; k < 3; k++)
        if (low[k] != high[k]) return high[k] < low[k];
    return false;
}

static void make_frame(const lqi_mesh *mesh, uint32_t from, uint32_t to, frame *f)
{
    double along[3], axis[3] = {0, 0, 0};
    int least = 0;
    memcpy(f->from, mesh->position + (size_t)3 * from, sizeof f->from);
    for (size_t k = 0; k < 3; k++) along[k] = mesh->position[(size_t)3 * to + k] - f->from[k];
    double length = sqrt(along[0] * along[0] + along[1] * along[1] + along[2] * along[2]);
    for (int k = 0; k < 3; k++) {
        along[k] /= length;
        if (fabs(along[k]) < fabs(along[least])) least = k;
    }
    axis[least] = 1;
    cross(along, axis, f->u);
    cross(along, f->u, f->v);
}

/* Where a triangle stands around the edge, rising with its angle from 0 to 4. */
static double angle_of(const frame *f, const double *apex)
{
    double x = 0, y = 0;
    for (int k = 0; k < 3; k++) {
        x += (apex[k] - f->from[k]) * f->u[k];
        y += (apex[k] - f->from[k]) * f->v[k];
    }
    double size = fabs(x) + fabs(y);
    if (!(size > 0 && size < INFINITY)) return 0;
    return y >= 0 ? (x >= 0 ? y / size : 1 - x / size) : x < 0 ? 2 - y / size : 3 + x / size;
}

/* A triangle that walks the edge forward faces larger angles: material ends there, and begins at one that walks back.
 */
static bool begins(const separation *s, uint64_t facet) { return lqi_half_edge_backward(facet) != s->swapped; }

/* The triangles of an edge in the order of their angles. Of two in one place an end comes before a beginning. */
static lq_status sort_around(separation *s, const lqi_edge *edge)
{
    lq_context *context = s->draft.context;
    const lqi_mesh *mesh = &s->draft.mesh;
    frame f;
    s->swapped = is_swapped(mesh, edge);
    make_frame(mesh, s->swapped ? edge->high : edge->low, s->swapped ? edge->low : edge->high, &f);
    LQI_TRY(lqi_grow(context, (void **)&s->key, &s->key_capacity, edge->count, sizeof *s->key));
    LQI_TRY(lqi_grow(context, (void **)&s->facet, &s->facet_capacity, 2 * (size_t)edge->count, sizeof *s->facet));
    for (uint32_t i = 0; i < edge->count; i++) {
        const double *apex = mesh->position + (size_t)3 * lqi_half_edge_apex(mesh, edge->entry[i]);
        uint64_t angle = (uint64_t)(angle_of(&f, apex) * (1 << 28));
        s->key[i] = angle << 33 | (uint64_t)begins(s, edge->entry[i]) << 32 | i;
    }
    lqi_sort_u64(s->key, edge->count);
    for (uint32_t i = 0; i < edge->count; i++) s->facet[i] = edge->entry[(uint32_t)s->key[i]];
    return LQ_OK;
}

/* Where to begin so that nothing ends before it began. */
static uint32_t find_start(const separation *s, uint32_t count)
{
    int64_t depth = 0, least = 0;
    uint32_t start = 0;
    for (uint32_t i = 0; i < count; i++) {
        depth += begins(s, s->facet[i]) ? 1 : -1;
        if (depth < least) least = depth, start = i + 1;
    }
    return start == count ? 0 : start;
}

/* Each triangle where material ends goes with the last one where some began and has not ended. */
static lq_status join_around(separation *s, const lqi_edge *edge)
{
    LQI_TRY(sort_around(s, edge));
    uint64_t *begun = s->facet + edge->count;
    uint32_t begun_count = 0, start = find_start(s, edge->count);
    for (uint32_t i = 0; i < edge->count; i++) {
        uint64_t facet = s->facet[(start + i) % edge->count];
        if (begins(s, facet))
            begun[begun_count++] = facet;
        else if (begun_count)
            join(s, lqi_half_edge(begun[--begun_count]), lqi_half_edge(facet));
    }
    const uint32_t end[2] = {edge->low, edge->high};
    for (int e = 0; e < 2; e++) s->crowded[end[e] / 64] |= (uint64_t)1 << end[e] % 64;
    s->edge_count++;
    return LQ_OK;
}

static lq_status join_all(separation *s, const lqi_edges *edges)
{
    lqi_edge_cursor cursor = {0};
    lqi_edge edge;
    uint32_t steps = 0;
    while (lqi_edge_next(edges, &cursor, &edge)) {
        if (++steps % (1u << 17) == 0) LQI_TRY(lqi_progress(s->draft.context, "repair", 0, 0));
        if (edge.count == 2)
            join(s, lqi_half_edge(edge.entry[0]), lqi_half_edge(edge.entry[1]));
        else if (edge.count > 2)
            LQI_TRY(join_around(s, &edge));
    }
    return LQ_OK;
}

/* ---- vertices ---- */

/* The first corners that hang together keep a vertex, the others get copies. */
static lq_status give_vertices(separation *s, lqi_repair_counts *counts)
{
    lqi_mesh *mesh = &s->draft.mesh;
    lq_context *context = s->draft.context;
    size_t corners = (size_t)3 * mesh->triangle_count;
    uint32_t vertices = mesh->vertex_count;
    uint64_t points = 0;
    uint8_t *met = lqi_alloc_zeroed(context, vertices, 1);
    if (!met) return lqi_memory_status(context);
    lq_status status = LQ_OK;
    for (size_t i = 0; i < corners && status == LQ_OK; i++) {
        uint32_t root = lqi_find(s->parent, (uint32_t)i), vertex = mesh->corner[i];
        if (root != i) {
            mesh->corner[i] = mesh->corner[root];
        } else if (!met[vertex]) {
            met[vertex] = 1;
        } else {
            status = lqi_draft_copy_vertex(&s->draft, vertex, &mesh->corner[i]);
            bool at_edge = s->crowded[vertex / 64] >> vertex % 64 & 1;
            points += !at_edge && met[vertex] == 1;
            met[vertex] = 2;
        }
    }
    lqi_free(context, met);
    counts->edges += s->edge_count;
    counts->vertices += points;
    return status;
}

static lq_status separate(separation *s, lqi_repair_counts *counts)
{
    lq_context *context = s->draft.context;
    const lqi_mesh *mesh = &s->draft.mesh;
    size_t words = (size_t)mesh->vertex_count / 64 + 1, corners = (size_t)3 * mesh->triangle_count;
    lqi_edges edges = {0};
    uint8_t *flag = NULL;
    lq_status status;
    s->crowded = lqi_alloc_zeroed(context, words, sizeof *s->crowded);
    flag = s->crowded ? lqi_alloc(context, mesh->triangle_count) : NULL;
    s->parent = flag ? lqi_alloc_array(context, corners, sizeof *s->parent) : NULL;
    if (!s->parent) {
        status = lqi_memory_status(context);
        goto done;
    }
    memset(flag, 7 * LQI_TRIANGLE_IRREGULAR, mesh->triangle_count); /* every edge is wanted */
    for (size_t i = 0; i < corners; i++) s->parent[i] = (uint32_t)i;
    LQI_TRY_GOTO(lqi_edges_build(context, mesh, flag, &edges));
    LQI_TRY_GOTO(join_all(s, &edges));
    status = give_vertices(s, counts);
done:
    lqi_free(context, s->crowded);
    lqi_free(context, flag);
    lqi_free(context, s->parent);
    lqi_free(context, s->key);
    lqi_free(context, s->facet);
    lqi_edges_free(context, &edges);
    return status;
}

lq_status lqi_repair_separate(lq_context *context, lqi_mesh *mesh, lqi_repair_counts *counts)
{
    separation s = {0};
    lq_status status;
    LQI_TRY_GOTO(lqi_draft_begin(context, mesh, &s.draft));
    LQI_TRY_GOTO(separate(&s, counts));
    lqi_mesh separated;
    LQI_TRY_GOTO(lqi_draft_finish(&s.draft, &separated));
    lqi_mesh_free(context, mesh);
    *mesh = separated;
done:
    lqi_draft_free(&s.draft);
    return status;
}
