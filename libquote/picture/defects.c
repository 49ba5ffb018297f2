#include "picture/defects.h"

#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "mesh/topology.h"

/* How many facets wide the surroundings are. */
#define RINGS 2

static void paint_broken(const lqi_mesh *mesh, const lqi_topology *topology, uint8_t *paint)
{
    for (uint32_t t = 0; t < mesh->triangle_count; t++) {
        uint8_t flag = topology->flag[t];
        paint[t] = flag & LQI_TRIANGLE_LEFT_OUT  ? LQI_PAINT_COPY
                   : flag & LQI_TRIANGLE_FLIPPED ? LQI_PAINT_TURNED
                                                 : LQI_PAINT_PART;
    }
    lqi_edge_cursor cursor = {0};
    lqi_edge edge;
    while (lqi_edge_next(&topology->edges, &cursor, &edge))
        for (uint32_t i = 0; i < edge.count && edge.count != 2; i++)
            paint[lqi_half_edge_triangle(edge.entry[i])] = edge.count == 1 ? LQI_PAINT_OPEN : LQI_PAINT_NON_MANIFOLD;
}

/* Each vertex takes the paint of its facets, each facet that has none takes that of its vertices. */
static void spread(const lqi_mesh *mesh, uint8_t *of_vertex, uint8_t *paint)
{
    memset(of_vertex, LQI_PAINT_PART, mesh->vertex_count);
    size_t corner_count = (size_t)mesh->triangle_count * 3;
    for (size_t i = 0; i < corner_count; i++)
        if (paint[i / 3]) of_vertex[mesh->corner[i]] = paint[i / 3];
    for (size_t i = 0; i < corner_count; i++)
        if (!paint[i / 3]) paint[i / 3] = of_vertex[mesh->corner[i]];
}

lq_status lqi_paint_defects(lq_context *context, const lqi_mesh *mesh, uint8_t *paint)
{
    lqi_topology topology;
    LQI_TRY(lqi_topology_find(context, mesh, &topology));
    paint_broken(mesh, &topology, paint);
    bool any =
        topology.odd_edges || topology.unbalanced_edges || topology.non_manifold_edges || topology.duplicate_triangles;
    lqi_topology_free(context, &topology);
    if (!any) return LQ_OK;
    uint8_t *of_vertex = lqi_alloc(context, mesh->vertex_count);
    if (!of_vertex) return lqi_memory_status(context);
    for (int ring = 0; ring < RINGS; ring++) spread(mesh, of_vertex, paint);
    lqi_free(context, of_vertex);
    return LQ_OK;
}
