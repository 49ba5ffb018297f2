#include "mesh/boundary.h"

#include <string.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "mesh/cap.h"
#include "mesh/union_find.h"

/* How often the repaired chain walks an edge from low to high, minus how often back. */
static int64_t imbalance(const lqi_topology *topology, const lqi_edge *edge)
{
    int64_t net = 0;
    for (uint32_t i = 0; i < edge->count; i++) {
        uint8_t flag = topology->flag[lqi_half_edge_triangle(edge->entry[i])];
        if (!(flag & LQI_TRIANGLE_DUPLICATE)) net += lqi_half_edge_step(edge->entry[i], flag);
    }
    return net;
}

lq_status lqi_boundary_count(lq_context *context, const lqi_mesh *mesh, const lqi_topology *topology, uint32_t *pieces)
{
    *pieces = 0;
    if (!topology->open_edges) return LQ_OK;
    uint32_t *parent = lqi_alloc_array(context, mesh->vertex_count, sizeof *parent);
    if (!parent) return lqi_memory_status(context);
    for (uint32_t v = 0; v < mesh->vertex_count; v++) parent[v] = UINT32_MAX;
    lqi_edge_cursor cursor = {0};
    lqi_edge edge;
    while (lqi_edge_next(&topology->edges, &cursor, &edge)) {
        if (edge.count != 1) continue;
        if (parent[edge.low] == UINT32_MAX) parent[edge.low] = edge.low;
        if (parent[edge.high] == UINT32_MAX) parent[edge.high] = edge.high;
        lqi_unite(parent, edge.low, edge.high);
    }
    for (uint32_t v = 0; v < mesh->vertex_count; v++) *pieces += parent[v] == v;
    lqi_free(context, parent);
    return LQ_OK;
}

/* The boundary as directed edges, each as often as the chain walks it too much: from vertex v to those of
 * to[first[v]..first[v + 1]), ascending. */
typedef struct edge_list {
    uint32_t *first, *to;
    uint32_t count;
} edge_list;

/* Edges come in order of (low, high), so those from a vertex come in order of their other end. */
static lq_status list_edges(lq_context *context, const lqi_topology *topology, edge_list *list)
{
    const lqi_edges *edges = &topology->edges;
    list->first = lqi_alloc_zeroed(context, (size_t)edges->vertex_count + 2, sizeof *list->first);
    if (!list->first) return lqi_memory_status(context);
    lqi_edge_cursor cursor = {0};
    lqi_edge edge;
    while (lqi_edge_next(edges, &cursor, &edge)) {
        int64_t net = imbalance(topology, &edge);
        list->first[(net > 0 ? edge.low : edge.high) + 2] += (uint32_t)(net < 0 ? -net : net);
    }
    for (uint32_t v = 0; v < edges->vertex_count; v++) list->first[v + 2] += list->first[v + 1];
    list->count = list->first[edges->vertex_count + 1];
    list->to = lqi_alloc_array(context, list->count, sizeof *list->to);
    if (!list->to) return lqi_memory_status(context);
    /* first[v + 1] is the next free place of vertex v, and ends as the first of vertex v + 1. */
    cursor = (lqi_edge_cursor){0};
    while (list->count && lqi_edge_next(edges, &cursor, &edge)) {
        int64_t net = imbalance(topology, &edge);
        uint32_t from = net > 0 ? edge.low : edge.high, to = net > 0 ? edge.high : edge.low;
        for (int64_t times = net < 0 ? -net : net; times > 0; times--) list->to[list->first[from + 1]++] = to;
    }
    return LQ_OK;
}

/* ---- walking ---- */

typedef struct walk {
    edge_list list;
    uint32_t *next;    /* per vertex: its next unused edge */
    uint32_t *on_path; /* per vertex: place on the path + 1, 0: not on it */
    uint32_t *path;
    uint64_t *begins; /* a bit per vertex of boundary->path: a loop begins there */
    lqi_boundary *boundary;
} walk;

static void close_loop(walk *w, uint32_t first, uint32_t end)
{
    lqi_boundary *boundary = w->boundary;
    uint32_t count = end - first, at = boundary->path_count;
    for (uint32_t i = first; i < end; i++) w->on_path[w->path[i]] = 0;
    if (count < 3) return; /* there and back again */
    memcpy(boundary->path + at, w->path + first, count * sizeof *w->path);
    w->begins[at / 64] |= (uint64_t)1 << at % 64;
    boundary->path_count = at + count;
    boundary->loop_count++;
}

/* From a vertex on along unused edges; whenever the path meets itself, the part behind is a simple loop and is taken
 * off. The chain is balanced in every vertex, so the path always ends where it began. */
static void walk_from(walk *w, uint32_t start)
{
    uint32_t depth = 0;
    w->path[depth++] = start;
    w->on_path[start] = 1;
    while (depth) {
        uint32_t here = w->path[depth - 1], index = w->next[here];
        if (index == w->list.first[here + 1]) {
            w->on_path[here] = 0;
            depth--;
            continue;
        }
        w->next[here]++;
        uint32_t to = w->list.to[index];
        if (w->on_path[to]) {
            uint32_t first = w->on_path[to] - 1;
            close_loop(w, first, depth);
            depth = first + 1;
            w->on_path[to] = depth;
        } else {
            w->path[depth++] = to;
            w->on_path[to] = depth;
        }
    }
}

/* Fills the path and counts the loops. */
static lq_status walk_all(lq_context *context, const lqi_topology *topology, walk *w)
{
    lqi_boundary *boundary = w->boundary;
    const uint32_t vertices = topology->edges.vertex_count;
    lq_status status;
    LQI_TRY_GOTO(list_edges(context, topology, &w->list));
    if (!w->list.count) goto done;
    boundary->path = lqi_alloc_array(context, w->list.count, sizeof *boundary->path);
    w->begins = boundary->path ? lqi_alloc_zeroed(context, (size_t)w->list.count / 64 + 1, sizeof *w->begins) : NULL;
    w->next = w->begins ? lqi_alloc_array(context, vertices, sizeof *w->next) : NULL;
    w->on_path = w->next ? lqi_alloc_zeroed(context, vertices, sizeof *w->on_path) : NULL;
    w->path = w->on_path ? lqi_alloc_array(context, (size_t)w->list.count + 1, sizeof *w->path) : NULL;
    if (!w->path) {
        status = lqi_memory_status(context);
        goto done;
    }
    memcpy(w->next, w->list.first, vertices * sizeof *w->next);
    for (uint32_t v = 0; v < vertices; v++)
        if (w->next[v] != w->list.first[v + 1]) walk_from(w, v);
done:
    lqi_free(context, w->list.first);
    lqi_free(context, w->list.to);
    lqi_free(context, w->next);
    lqi_free(context, w->on_path);
    lqi_free(context, w->path);
    return status;
}

/* ---- measuring ---- */

/* The shell of the facets along an edge: all uses of an edge lie in one shell. */
static uint32_t shell_of_edge(const lqi_topology *topology, uint32_t a, uint32_t b)
{
    uint32_t low = a < b ? a : b, high = a < b ? b : a;
    uint32_t first = topology->edges.bucket[low], last = topology->edges.bucket[low + 1];
    while (first < last) {
        uint32_t middle = first + (last - first) / 2;
        if (topology->edges.entry[middle] >> 32 < high)
            first = middle + 1;
        else
            last = middle;
    }
    return topology->shell[lqi_half_edge_triangle(topology->edges.entry[first])];
}

static uint32_t end_of_loop(const walk *w, uint32_t first)
{
    uint32_t end = first + 3;
    while (end < w->boundary->path_count && !(w->begins[end / 64] >> end % 64 & 1)) end++;
    return end;
}

static void measure_loop(const lqi_mesh *mesh, const lqi_topology *topology, uint32_t first, uint32_t count,
                         double *points, lqi_boundary *boundary)
{
    const uint32_t *path = boundary->path + first;
    lqi_boundary_loop *loop = &boundary->loop[boundary->loop_count++];
    *loop =
        (lqi_boundary_loop){.edge_count = count, .first = first, .shell = shell_of_edge(topology, path[0], path[1])};
    for (uint32_t i = 0; i < count; i++)
        memcpy(points + (size_t)3 * i, mesh->position + (size_t)3 * path[i], 3 * sizeof *points);
    uint32_t *corner = boundary->cap_corner + (size_t)3 * boundary->cap_count;
    uint32_t triangles = lqi_cap_measure(points, count, loop, corner);
    for (size_t i = 0; i < (size_t)3 * triangles; i++) corner[i] = path[corner[i]];
    for (uint32_t i = 0; i < triangles; i++) boundary->cap_shell[boundary->cap_count++] = loop->shell;
}

static lq_status measure_all(lq_context *context, const lqi_mesh *mesh, const lqi_topology *topology, const walk *w)
{
    lqi_boundary *boundary = w->boundary;
    const uint32_t loops = boundary->loop_count, caps = boundary->path_count - 2 * loops;
    uint32_t longest = 0;
    for (uint32_t first = 0, end; first < boundary->path_count; first = end) {
        end = end_of_loop(w, first);
        if (end - first > longest) longest = end - first;
    }
    boundary->loop_count = 0;
    boundary->loop = lqi_alloc_array(context, loops, sizeof *boundary->loop);
    boundary->cap_corner = boundary->loop ? lqi_alloc_array(context, caps, 3 * sizeof *boundary->cap_corner) : NULL;
    boundary->cap_shell = boundary->cap_corner ? lqi_alloc_array(context, caps, sizeof *boundary->cap_shell) : NULL;
    double *points = boundary->cap_shell ? lqi_alloc_array(context, longest, 3 * sizeof *points) : NULL;
    if (!points) return lqi_memory_status(context);
    for (uint32_t first = 0, end; first < boundary->path_count; first = end) {
        end = end_of_loop(w, first);
        measure_loop(mesh, topology, first, end - first, points, boundary);
    }
    lqi_free(context, points);
    return LQ_OK;
}

lq_status lqi_boundary_find(lq_context *context, const lqi_mesh *mesh, const lqi_topology *topology,
                            lqi_boundary *boundary)
{
    *boundary = (lqi_boundary){0};
    if (!topology->edges.vertex_count) return LQ_OK; /* every edge is regular */
    walk w = {.boundary = boundary};
    lq_status status;
    LQI_TRY_GOTO(lqi_boundary_count(context, mesh, topology, &boundary->open_loop_count));
    LQI_TRY_GOTO(walk_all(context, topology, &w));
    if (boundary->loop_count) status = measure_all(context, mesh, topology, &w);
done:
    lqi_free(context, w.begins);
    if (status != LQ_OK) lqi_boundary_free(context, boundary);
    return status;
}

void lqi_boundary_free(lq_context *context, lqi_boundary *boundary)
{
    lqi_free(context, boundary->loop);
    lqi_free(context, boundary->path);
    lqi_free(context, boundary->cap_corner);
    lqi_free(context, boundary->cap_shell);
    *boundary = (lqi_boundary){0};
}
