#include "mesh/boundary.h"

#include <math.h>
#include <string.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "mesh/loops.h"
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
    const lqi_edges *edges = &topology->edges;
    *pieces = edges->loose.facet_count;
    if (!edges->vertex_count) return LQ_OK;
    uint32_t *parent = lqi_alloc_array(context, mesh->vertex_count, sizeof *parent);
    if (!parent) return lqi_memory_status(context);
    memset(parent, 0xFF, mesh->vertex_count * sizeof *parent);
    lqi_edge_cursor cursor = {0};
    lqi_edge edge;
    while (lqi_edge_next_stored(edges, &cursor, &edge)) {
        if (edge.count != 1) continue;
        if (parent[edge.low] == UINT32_MAX) parent[edge.low] = edge.low;
        if (parent[edge.high] == UINT32_MAX) parent[edge.high] = edge.high;
        lqi_unite(parent, edge.low, edge.high);
    }
    for (uint32_t v = 0; v < mesh->vertex_count; v++) *pieces += parent[v] == v;
    lqi_free(context, parent);
    return LQ_OK;
}

/* Edges come in order of (low, high), so those from a vertex come in order of their other end. */
static lq_status list_edges(lq_context *context, const lqi_topology *topology, uint32_t vertex_count, lqi_chain *chain)
{
    const lqi_edges *edges = &topology->edges;
    chain->vertex_count = vertex_count;
    chain->first = lqi_alloc_zeroed(context, (size_t)vertex_count + 2, sizeof *chain->first);
    if (!chain->first) return lqi_memory_status(context);
    lqi_edge_cursor cursor = {0};
    lqi_edge edge;
    while (lqi_edge_next(edges, &cursor, &edge)) {
        int64_t net = imbalance(topology, &edge);
        chain->first[(net > 0 ? edge.low : edge.high) + 2] += (uint32_t)(net < 0 ? -net : net);
    }
    for (uint32_t v = 0; v < vertex_count; v++) chain->first[v + 2] += chain->first[v + 1];
    chain->count = chain->first[vertex_count + 1];
    chain->to = lqi_alloc_array(context, chain->count, sizeof *chain->to);
    if (!chain->to) return lqi_memory_status(context);
    /* first[v + 1] is the next free place of vertex v, and ends as the first of vertex v + 1. */
    cursor = (lqi_edge_cursor){0};
    while (chain->count && lqi_edge_next(edges, &cursor, &edge)) {
        int64_t net = imbalance(topology, &edge);
        uint32_t from = net > 0 ? edge.low : edge.high, to = net > 0 ? edge.high : edge.low;
        for (int64_t times = net < 0 ? -net : net; times > 0; times--) chain->to[chain->first[from + 1]++] = to;
    }
    return LQ_OK;
}

/* The shell of the facets along an edge: all uses of an edge lie in one shell. */
static uint32_t shell_of_edge(const lqi_topology *topology, uint32_t a, uint32_t b)
{
    uint64_t entry = 0;
    (void)lqi_edge_find(&topology->edges, a < b ? a : b, a < b ? b : a, &entry);
    return topology->shell[lqi_half_edge_triangle(entry)];
}

/* Caps are known by their loop; all that counts further on is which shell they close. */
static void find_shells(const lqi_topology *topology, lqi_boundary *boundary)
{
    for (uint32_t i = 0; i < boundary->loop_count; i++) {
        const uint32_t *path = boundary->path + boundary->loop[i].first;
        boundary->loop[i].shell = shell_of_edge(topology, path[0], path[1]);
    }
    for (uint32_t i = 0; i < boundary->cap_count; i++)
        boundary->cap_shell[i] = boundary->loop[boundary->cap_shell[i]].shell;
}

lq_status lqi_boundary_find(lq_context *context, const lqi_mesh *mesh, const lqi_topology *topology,
                            lqi_boundary *boundary)
{
    *boundary = (lqi_boundary){0};
    if (!lqi_edges_any(&topology->edges)) return LQ_OK; /* every edge is regular */
    lqi_chain chain = {0};
    lq_status status;
    uint32_t pieces = 0;
    LQI_TRY_GOTO(lqi_boundary_count(context, mesh, topology, &pieces));
    LQI_TRY_GOTO(list_edges(context, topology, mesh->vertex_count, &chain));
    LQI_TRY_GOTO(lqi_loops_find(context, mesh->position, &chain, boundary));
    boundary->open_loop_count = pieces;
    find_shells(topology, boundary);
done:
    lqi_free(context, chain.first);
    lqi_free(context, chain.to);
    return status;
}

lqi_openings lqi_boundary_openings(const lqi_boundary *boundary)
{
    lqi_openings sum = {0, 0, 0};
    for (uint32_t i = 0; i < boundary->loop_count; i++) {
        const lqi_boundary_loop *loop = &boundary->loop[i];
        const double *v = loop->vector_area;
        sum.cap_area += loop->cap_area;
        sum.uncertain += loop->cap_area * loop->slack;
        sum.least += sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
    }
    return sum;
}

void lqi_boundary_free(lq_context *context, lqi_boundary *boundary)
{
    lqi_free(context, boundary->loop);
    lqi_free(context, boundary->path);
    lqi_free(context, boundary->cap_corner);
    lqi_free(context, boundary->cap_shell);
    *boundary = (lqi_boundary){0};
}
