#include "mesh/repair_tjunctions.h"

#include <math.h>
#include <string.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/sort.h"
#include "mesh/repair_tree.h"
#include "mesh/union_find.h"

/* A vertex lies on an edge when it is no farther away than this share of the size of the mesh (the third rung of the
 * ladder for cracks) and of the edge. */
#define SHARE_OF_SIZE 1e-5
#define SHARE_OF_EDGE 0.02

#define EDGES_PER_PROGRESS 4096

/* What a look at a node of the tree or at a vertex costs, in operations. */
#define WORK_PER_LOOK 16

/* A vertex lies on one open edge or a few. Edges that lie on each other have the product of their numbers: of those
 * the first are divided. */
#define STOPS_PER_VERTEX 16

/* One open edge, walked from `from` to `to` by its triangle, and the vertices on it: stop[first .. first + count). */
typedef struct open_edge {
    uint32_t from, to, half_edge, first, count;
} open_edge;

typedef struct division {
    lqi_draft *draft;
    uint32_t *vertex; /* of open edges, each once */
    uint32_t vertex_count;
    open_edge *edge; /* by half-edge */
    uint32_t edge_count;
    uint64_t *stop; /* place along the edge << 32 | vertex */
    size_t stop_capacity, stop_count;
    const open_edge *now;      /* whose vertices are looked for */
    double distance, farthest; /* allowed, and found */
} division;

static const double *place(const division *d, uint32_t vertex) { return d->draft->mesh.position + (size_t)3 * vertex; }

/* ---- open edges ---- */

static lq_status list_open_edges(division *d, const lqi_topology *topology)
{
    lq_context *context = d->draft->context;
    size_t open = (size_t)topology->open_edges;
    uint64_t *half_edge = lqi_alloc_array(context, open, sizeof *half_edge);
    d->edge = half_edge ? lqi_alloc_array(context, open, sizeof *d->edge) : NULL;
    d->vertex = d->edge ? lqi_alloc_array(context, 2 * open, sizeof *d->vertex) : NULL;
    uint64_t *seen = d->vertex ? lqi_alloc_zeroed(context, (size_t)d->draft->mesh.vertex_count / 64 + 1, 8) : NULL;
    if (seen) {
        lqi_edge_cursor cursor = {0};
        lqi_edge edge;
        size_t count = 0;
        while (lqi_edge_next(&topology->edges, &cursor, &edge))
            if (edge.count == 1 && count < open) half_edge[count++] = lqi_half_edge(edge.entry[0]);
        lqi_sort_u64(half_edge, count);
        for (size_t i = 0; i < count; i++) {
            uint32_t h = (uint32_t)half_edge[i], t = h / 3, k = h % 3;
            const uint32_t *corner = d->draft->mesh.corner + (size_t)3 * t;
            const uint32_t end[2] = {corner[k], corner[(k + 1) % 3]};
            d->edge[d->edge_count++] = (open_edge){.from = end[0], .to = end[1], .half_edge = h};
            for (int e = 0; e < 2; e++) {
                if (seen[end[e] / 64] >> end[e] % 64 & 1) continue;
                seen[end[e] / 64] |= (uint64_t)1 << end[e] % 64;
                d->vertex[d->vertex_count++] = end[e];
            }
        }
    }
    lqi_free(context, half_edge);
    lqi_free(context, seen);
    return seen ? LQ_OK : lqi_memory_status(context);
}

static double size_of_mesh(const lqi_mesh *mesh)
{
    double square = 0;
    for (size_t k = 0; k < 3; k++) {
        double low = INFINITY, high = -INFINITY;
        for (size_t v = 0; v < mesh->vertex_count; v++) {
            low = fmin(low, mesh->position[3 * v + k]);
            high = fmax(high, mesh->position[3 * v + k]);
        }
        square += (high - low) * (high - low);
    }
    return sqrt(square);
}

/* ---- vertices on edges ---- */

static lq_status consider(void *user, uint32_t vertex)
{
    division *d = user;
    const uint32_t *own = d->draft->mesh.corner + d->now->half_edge / 3 * (size_t)3;
    if (vertex == own[0] || vertex == own[1] || vertex == own[2]) return LQ_OK;
    const double *a = place(d, d->now->from), *b = place(d, d->now->to), *p = place(d, vertex);
    double along = 0, square = 0, away = 0;
    for (int k = 0; k < 3; k++) {
        along += (p[k] - a[k]) * (b[k] - a[k]);
        square += (b[k] - a[k]) * (b[k] - a[k]);
    }
    double t = along / square;
    if (!(t > 0 && t < 1)) return LQ_OK;
    for (int k = 0; k < 3; k++) {
        double off = p[k] - (a[k] + t * (b[k] - a[k]));
        away += off * off;
    }
    away = sqrt(away);
    double length = sqrt(square), nearest_end = fmin(t, 1 - t) * length;
    if (away > d->distance || away > SHARE_OF_EDGE * length || away > nearest_end / 2) return LQ_OK;
    LQI_TRY(lqi_grow(d->draft->context, (void **)&d->stop, &d->stop_capacity, d->stop_count + 1, sizeof *d->stop));
    d->stop[d->stop_count++] = (uint64_t)(t * UINT32_MAX) << 32 | vertex;
    d->farthest = fmax(d->farthest, away);
    return LQ_OK;
}

/* What is beyond the budget stays as it is. */
static lq_status find_stops(division *d)
{
    lq_context *context = d->draft->context;
    lqi_tree tree;
    LQI_TRY(lqi_tree_build(context, d->draft->mesh.position, d->vertex, d->vertex_count, &tree));
    lq_status status = LQ_OK;
    for (uint32_t i = 0; i < d->edge_count && lqi_draft_may_look(d->draft, 0); i++) {
        if (i % EDGES_PER_PROGRESS == 0) LQI_TRY_GOTO(lqi_progress(context, "repair", i, d->edge_count));
        open_edge *edge = &d->edge[i];
        d->now = edge;
        edge->first = (uint32_t)d->stop_count;
        uint64_t looks = 0;
        LQI_TRY_GOTO(
            lqi_tree_segment(&tree, place(d, edge->from), place(d, edge->to), d->distance, consider, d, &looks));
        lqi_draft_may_look(d->draft, looks * WORK_PER_LOOK);
        edge->count = (uint32_t)d->stop_count - edge->first;
        if (edge->count) lqi_sort_u64(d->stop + edge->first, edge->count);
        if (d->stop_count > UINT32_MAX / 2 || d->stop_count / STOPS_PER_VERTEX > d->vertex_count) break;
    }
done:
    lqi_tree_free(context, &tree);
    return status;
}

/* ---- is it worth it? ---- */

static uint32_t stop_vertex(const division *d, const open_edge *edge, uint32_t i)
{
    return i < edge->count ? (uint32_t)d->stop[edge->first + i] : edge->to;
}

/* Edges and the vertices on them hang together in groups: as many open edges of each as two sorted lists of directed
 * edges, there and back, do not share. gain: per root. */
typedef struct tally {
    uint64_t *there, *back;
    size_t there_count, back_count;
    uint32_t *parent;
    int64_t *gain;
} tally;

static void list_pieces(const division *d, tally *t)
{
    for (uint32_t i = 0; i < d->edge_count; i++) {
        const open_edge *edge = &d->edge[i];
        uint32_t from = edge->from;
        lqi_unite(t->parent, edge->from, edge->to);
        for (uint32_t k = 0; k <= edge->count; k++) {
            uint32_t to = stop_vertex(d, edge, k);
            if (from < to)
                t->there[t->there_count++] = (uint64_t)from << 32 | to;
            else
                t->back[t->back_count++] = (uint64_t)to << 32 | from;
            lqi_unite(t->parent, from, to);
            from = to;
        }
    }
    lqi_sort_u64(t->there, t->there_count);
    lqi_sort_u64(t->back, t->back_count);
}

static void weigh(const division *d, tally *t)
{
    for (uint32_t i = 0; i < d->edge_count; i++) t->gain[lqi_find(t->parent, d->edge[i].from)]++;
    for (size_t i = 0, k = 0; i < t->there_count || k < t->back_count;) {
        bool only_there = k == t->back_count || (i < t->there_count && t->there[i] < t->back[k]);
        bool only_back = i == t->there_count || (k < t->back_count && t->back[k] < t->there[i]);
        uint64_t piece = only_back ? t->back[k] : t->there[i];
        if (only_there || only_back) t->gain[lqi_find(t->parent, (uint32_t)(piece >> 32))]--;
        i += !only_back;
        k += !only_there;
    }
}

/* Groups that gain nothing lose their stops. */
static lq_status choose_groups(division *d, uint64_t *found)
{
    lq_context *context = d->draft->context;
    size_t pieces = d->edge_count + d->stop_count, vertices = d->draft->mesh.vertex_count;
    tally t = {0};
    t.there = lqi_alloc_array(context, pieces, sizeof *t.there);
    t.back = t.there ? lqi_alloc_array(context, pieces, sizeof *t.back) : NULL;
    t.parent = t.back ? lqi_alloc_array(context, vertices, sizeof *t.parent) : NULL;
    t.gain = t.parent ? lqi_alloc_zeroed(context, vertices, sizeof *t.gain) : NULL;
    if (t.gain) {
        for (size_t v = 0; v < vertices; v++) t.parent[v] = (uint32_t)v;
        list_pieces(d, &t);
        weigh(d, &t);
        for (uint32_t i = 0; i < d->edge_count; i++) {
            if (t.gain[lqi_find(t.parent, d->edge[i].from)] <= 0) d->edge[i].count = 0;
            *found += d->edge[i].count;
        }
    }
    lqi_free(context, t.there);
    lqi_free(context, t.back);
    lqi_free(context, t.parent);
    lqi_free(context, t.gain);
    return t.gain ? LQ_OK : lqi_memory_status(context);
}

/* ---- dividing ---- */

/* One triangle, its corners from the first divided edge on, and the edges that follow from there. */
typedef struct divided {
    uint32_t corner[3];
    const open_edge *side[3]; /* from corner k; NULL: whole */
} divided;

/* Adds the triangles between `apex` and the edge from -> stops -> to. */
static lq_status add_fan(division *d, uint32_t apex, uint32_t from, const open_edge *side, uint32_t to)
{
    for (uint32_t i = 0; side && i < side->count; i++) {
        uint32_t next = stop_vertex(d, side, i);
        LQI_TRY(lqi_draft_add_triangle(d->draft, from, next, apex));
        from = next;
    }
    return lqi_draft_add_triangle(d->draft, from, to, apex);
}

/* The first side is seen from the corner across it. The two outermost of those triangles have the other two sides,
 * which are seen from the nearest stop. */
static lq_status divide(division *d, uint32_t triangle, const divided *t)
{
    const open_edge *side = t->side[0];
    uint32_t first = stop_vertex(d, side, 0), last = stop_vertex(d, side, side->count - 1);
    for (uint32_t i = 0; i + 1 < side->count; i++)
        LQI_TRY(lqi_draft_add_triangle(d->draft, stop_vertex(d, side, i), stop_vertex(d, side, i + 1), t->corner[2]));
    LQI_TRY(add_fan(d, last, t->corner[1], t->side[1], t->corner[2]));
    if (t->side[2]) {
        LQI_TRY(add_fan(d, first, t->corner[2], t->side[2], t->corner[0]));
        /* The last of them takes the place of the whole. */
        lqi_mesh *mesh = &d->draft->mesh;
        memcpy(mesh->corner + (size_t)3 * triangle, mesh->corner + (size_t)3 * --mesh->triangle_count,
               3 * sizeof *mesh->corner);
        return LQ_OK;
    }
    uint32_t *corner = d->draft->mesh.corner + (size_t)3 * triangle;
    corner[0] = t->corner[0], corner[1] = first, corner[2] = t->corner[2];
    return LQ_OK;
}

static lq_status divide_all(division *d)
{
    for (uint32_t i = 0, end; i < d->edge_count; i = end) {
        uint32_t triangle = d->edge[i].half_edge / 3, from = 3;
        const open_edge *side[3] = {NULL, NULL, NULL};
        for (end = i; end < d->edge_count && d->edge[end].half_edge / 3 == triangle; end++) {
            if (!d->edge[end].count) continue;
            uint32_t k = d->edge[end].half_edge % 3;
            side[k] = &d->edge[end];
            if (k < from) from = k;
        }
        if (from == 3) continue;
        divided t;
        for (uint32_t k = 0; k < 3; k++) {
            t.corner[k] = d->draft->mesh.corner[(size_t)3 * triangle + (from + k) % 3];
            t.side[k] = side[(from + k) % 3];
        }
        LQI_TRY(divide(d, triangle, &t));
    }
    return LQ_OK;
}

lq_status lqi_repair_tjunctions(lqi_draft *draft, const lqi_topology *topology, uint64_t *found, double *farthest)
{
    *found = 0;
    if (!topology->open_edges) return LQ_OK;
    division d = {.draft = draft, .distance = SHARE_OF_SIZE * size_of_mesh(&draft->mesh)};
    lq_status status;
    LQI_TRY_GOTO(list_open_edges(&d, topology));
    LQI_TRY_GOTO(find_stops(&d));
    if (d.stop_count) LQI_TRY_GOTO(choose_groups(&d, found));
    if (*found) status = divide_all(&d);
    if (farthest) *farthest = d.farthest;
done:
    lqi_free(draft->context, d.vertex);
    lqi_free(draft->context, d.edge);
    lqi_free(draft->context, d.stop);
    return status;
}
