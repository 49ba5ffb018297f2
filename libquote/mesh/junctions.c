#include "mesh/junctions.h"

#include <math.h>

#include "base/fail.h"
#include "base/memory.h"

#define SEVERAL UINT32_MAX

static double dot(const double a[3], const double b[3]) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

static bool run_together(const lqi_mesh *mesh, uint32_t vertex, uint32_t one, uint32_t other, double distance)
{
    const double *p = mesh->position + (size_t)3 * vertex, *q = mesh->position + (size_t)3 * one,
                 *r = mesh->position + (size_t)3 * other;
    double u[3], v[3];
    for (int k = 0; k < 3; k++) u[k] = q[k] - p[k], v[k] = r[k] - p[k];
    double x = u[1] * v[2] - u[2] * v[1], y = u[2] * v[0] - u[0] * v[2], z = u[0] * v[1] - u[1] * v[0];
    return dot(u, v) > 0 && x * x + y * y + z * z <= distance * distance * fmax(dot(u, u), dot(v, v));
}

/* end: per vertex, the other end of its one open edge + 1, or SEVERAL. */
static bool look(const lqi_mesh *mesh, const lqi_topology *topology, double distance, uint32_t *end)
{
    lqi_edge_cursor cursor = {0};
    lqi_edge edge;
    while (lqi_edge_next(&topology->edges, &cursor, &edge)) {
        __builtin_prefetch(mesh->position + 3 * (lqi_entry_ahead(&topology->edges, &cursor) >> 32));
        if (edge.count != 1) continue;
        const uint32_t vertex[2] = {edge.low, edge.high};
        for (int i = 0; i < 2; i++) {
            uint32_t *known = &end[vertex[i]], other = vertex[1 - i];
            if (*known == SEVERAL) return true; /* three: that is for a closer look */
            if (*known && run_together(mesh, vertex[i], *known - 1, other, distance)) return true;
            *known = *known ? SEVERAL : other + 1;
        }
    }
    return false;
}

lq_status lqi_junctions_look(lq_context *context, const lqi_mesh *mesh, const lqi_topology *topology, double distance,
                             bool *any)
{
    *any = false;
    if (!topology->open_edges) return LQ_OK;
    uint32_t *end = lqi_alloc_zeroed(context, mesh->vertex_count, sizeof *end);
    if (!end) return lqi_memory_status(context);
    *any = look(mesh, topology, distance, end);
    lqi_free(context, end);
    return LQ_OK;
}
