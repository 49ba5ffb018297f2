#include "mesh/boundary.h"

#include <math.h>
#include <string.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "mesh/union_find.h"

#define NO_LOOP UINT32_MAX

/* How often the repaired chain walks an edge from low to high, minus how often back. */
static int64_t imbalance(const lqi_topology *topology, const lqi_edge *edge)
{
    int64_t net = 0;
    for (uint32_t i = 0; i < edge->count; i++) {
        uint8_t flag = topology->flag[lqi_half_edge_triangle(edge->entry[i])];
        if (flag & LQI_TRIANGLE_DUPLICATE) continue;
        net += lqi_half_edge_step(edge->entry[i], flag);
    }
    return net;
}

static void cross(const double a[3], const double b[3], double out[3])
{
    out[0] = a[1] * b[2] - a[2] * b[1];
    out[1] = a[2] * b[0] - a[0] * b[2];
    out[2] = a[0] * b[1] - a[1] * b[0];
}

static double dot(const double a[3], const double b[3]) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

static void subtract(const double a[3], const double b[3], double out[3])
{
    for (int i = 0; i < 3; i++) out[i] = a[i] - b[i];
}

/* Joins the ends of every chosen edge; counts the pieces. */
static uint32_t join_pieces(const lqi_mesh *mesh, const lqi_topology *topology, bool as_stored, uint32_t *parent, uint8_t *on)
{
    for (uint32_t v = 0; v < mesh->vertex_count; v++) parent[v] = v;
    memset(on, 0, mesh->vertex_count);
    lqi_edge_cursor cursor = {0};
    lqi_edge edge;
    while (lqi_edge_next(&topology->edges, &cursor, &edge)) {
        if (as_stored ? edge.count != 1 : imbalance(topology, &edge) == 0) continue;
        lqi_unite(parent, edge.low, edge.high);
        on[edge.low] = on[edge.high] = 1;
    }
    uint32_t pieces = 0;
    for (uint32_t v = 0; v < mesh->vertex_count; v++) pieces += on[v] && parent[v] == v;
    return pieces;
}

typedef struct cap_walk {
    const lqi_mesh *mesh;
    const lqi_topology *topology;
    const uint32_t *loop_of; /* per vertex */
    lqi_boundary_loop *loop;
    const double *reference;
} cap_walk;

static void add_lengths(const cap_walk *walk)
{
    lqi_edge_cursor cursor = {0};
    lqi_edge edge;
    while (lqi_edge_next(&walk->topology->edges, &cursor, &edge)) {
        int64_t net = imbalance(walk->topology, &edge);
        if (net == 0) continue;
        lqi_boundary_loop *loop = &walk->loop[walk->loop_of[edge.low]];
        const double *a = walk->mesh->position + (size_t)3 * edge.low, *b = walk->mesh->position + (size_t)3 * edge.high;
        double step[3];
        subtract(b, a, step);
        loop->edge_count += (uint64_t)(net < 0 ? -net : net);
        loop->length += sqrt(dot(step, step));
        for (int i = 0; i < 3; i++) loop->centre[i] += a[i] + b[i];
        loop->cap_area += 2; /* ends summed, until add_caps */
    }
}

static void add_caps(const cap_walk *walk)
{
    lqi_edge_cursor cursor = {0};
    lqi_edge edge;
    while (lqi_edge_next(&walk->topology->edges, &cursor, &edge)) {
        int64_t net = imbalance(walk->topology, &edge);
        if (net == 0) continue;
        lqi_boundary_loop *loop = &walk->loop[walk->loop_of[edge.low]];
        /* The cap walks the edge the other way: centre, high, low for each net step from low to high. */
        double high[3], low[3], n[3], from[3];
        subtract(walk->mesh->position + (size_t)3 * edge.high, loop->centre, high);
        subtract(walk->mesh->position + (size_t)3 * edge.low, loop->centre, low);
        subtract(loop->centre, walk->reference, from);
        cross(high, low, n);
        double times = (double)net;
        for (int i = 0; i < 3; i++) loop->vector_area[i] += times * n[i] / 2;
        loop->cap_area += fabs(times) * sqrt(dot(n, n)) / 2;
        loop->cap_volume += times * dot(from, n) / 6;
    }
}

static void measure_flatness(const cap_walk *walk, const uint8_t *on)
{
    for (uint32_t v = 0; v < walk->mesh->vertex_count; v++) {
        if (!on[v]) continue;
        lqi_boundary_loop *loop = &walk->loop[walk->loop_of[v]];
        double from[3];
        subtract(walk->mesh->position + (size_t)3 * v, loop->centre, from);
        double size = sqrt(dot(loop->vector_area, loop->vector_area));
        double distance = size > 0 ? fabs(dot(from, loop->vector_area)) / size : sqrt(dot(from, from));
        if (distance > loop->flatness) loop->flatness = distance;
    }
}

lq_status lqi_boundary_find(lq_context *context, const lqi_mesh *mesh, const lqi_topology *topology,
                            const double reference[3], lqi_boundary *boundary)
{
    *boundary = (lqi_boundary){0};
    lq_status status = LQ_OK;
    uint32_t *parent = lqi_alloc_array(context, mesh->vertex_count, sizeof *parent);
    uint8_t *on = parent ? lqi_alloc(context, mesh->vertex_count) : NULL;
    if (!on) {
        status = lqi_memory_status(context);
        goto done;
    }
    if (topology->open_edges) boundary->open_loop_count = join_pieces(mesh, topology, true, parent, on);
    boundary->loop_count = join_pieces(mesh, topology, false, parent, on);
    if (boundary->loop_count == 0) goto done;
    boundary->loop = lqi_alloc_zeroed(context, boundary->loop_count, sizeof *boundary->loop);
    if (!boundary->loop) {
        status = lqi_memory_status(context);
        goto done;
    }
    uint32_t numbered = 0;
    for (uint32_t v = 0; v < mesh->vertex_count; v++) {
        if (!on[v]) continue;
        uint32_t root = lqi_find(parent, v);
        if (root == v) boundary->loop[numbered].vertex = v;
        parent[v] = root;
        numbered += root == v;
    }
    /* Roots are the smallest of their piece, so they come first in this second pass as well. */
    uint32_t *loop_of = lqi_alloc_array(context, mesh->vertex_count, sizeof *loop_of);
    if (!loop_of) {
        status = lqi_memory_status(context);
        goto done;
    }
    numbered = 0;
    for (uint32_t v = 0; v < mesh->vertex_count; v++)
        loop_of[v] = !on[v] ? NO_LOOP : parent[v] == v ? numbered++ : loop_of[parent[v]];
    cap_walk walk = {mesh, topology, loop_of, boundary->loop, reference};
    add_lengths(&walk);
    for (uint32_t i = 0; i < boundary->loop_count; i++) {
        for (int k = 0; k < 3; k++) boundary->loop[i].centre[k] /= boundary->loop[i].cap_area;
        boundary->loop[i].cap_area = 0;
    }
    add_caps(&walk);
    measure_flatness(&walk, on);
    lqi_free(context, loop_of);
done:
    lqi_free(context, parent);
    lqi_free(context, on);
    if (status != LQ_OK) lqi_boundary_free(context, boundary);
    return status;
}

void lqi_boundary_free(lq_context *context, lqi_boundary *boundary)
{
    lqi_free(context, boundary->loop);
    *boundary = (lqi_boundary){0};
}
