#include "mesh/opposed.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/sort.h"

typedef struct facing {
    uint64_t *facet; /* of one edge: apex << 32 | half-edge << 1 | backward */
    size_t capacity;
} facing;

static bool is_left_out(const lqi_topology *topology, uint64_t facet)
{
    return topology->flag[lqi_half_edge_triangle(facet)] & LQI_TRIANGLE_LEFT_OUT;
}

static bool walks_backward(const lqi_topology *topology, uint64_t facet)
{
    return lqi_half_edge_step(facet, topology->flag[lqi_half_edge_triangle(facet)]) < 0;
}

/* Triangles of one edge with one apex, the first of each direction first. */
static void mark_pairs(lqi_topology *topology, const uint64_t *facet, size_t count)
{
    size_t at[2] = {0, 0};
    for (;;) {
        for (int direction = 0; direction < 2; direction++)
            while (at[direction] < count && (walks_backward(topology, facet[at[direction]]) != direction ||
                                             is_left_out(topology, facet[at[direction]])))
                at[direction]++;
        if (at[0] == count || at[1] == count) return;
        for (int direction = 0; direction < 2; direction++)
            topology->flag[lqi_half_edge_triangle(facet[at[direction]])] |= LQI_TRIANGLE_OPPOSED;
        topology->opposed_triangles += 2;
    }
}

/* Copies share all edges: they are looked for at the edge of their two smallest corners. */
lq_status lqi_opposed_mark(lq_context *context, const lqi_mesh *mesh, lqi_topology *topology)
{
    if (!topology->opposite_pairs && !topology->misoriented_triangles) return LQ_OK;
    facing work = {0};
    lqi_edge_cursor cursor = {0};
    lqi_edge edge;
    lq_status status = LQ_OK;
    while (status == LQ_OK && lqi_edge_next(&topology->edges, &cursor, &edge)) {
        if (edge.count < 2) continue;
        status = lqi_grow(context, (void **)&work.facet, &work.capacity, edge.count, sizeof *work.facet);
        size_t count = 0;
        for (uint32_t i = 0; i < edge.count && status == LQ_OK; i++) {
            uint32_t apex = lqi_half_edge_apex(mesh, edge.entry[i]);
            if (apex > edge.high) work.facet[count++] = (uint64_t)apex << 32 | (uint32_t)edge.entry[i];
        }
        lqi_sort_u64(work.facet, count);
        for (size_t first = 0, i = 1; i <= count; i++) {
            if (i < count && work.facet[i] >> 32 == work.facet[first] >> 32) continue;
            if (i - first > 1) mark_pairs(topology, work.facet + first, i - first);
            first = i;
        }
    }
    lqi_free(context, work.facet);
    return status;
}

void lqi_opposed_count_freed(lqi_topology *topology)
{
    if (topology->duplicate_triangles == topology->duplicates_kept && !topology->opposed_triangles) return;
    lqi_edge_cursor cursor = {0};
    lqi_edge edge;
    while (lqi_edge_next(&topology->edges, &cursor, &edge)) {
        int64_t net = 0;
        uint32_t kept = 0;
        for (uint32_t i = 0; i < edge.count && edge.count > 2; i++) {
            if (is_left_out(topology, edge.entry[i])) continue;
            net += lqi_half_edge_step(edge.entry[i], topology->flag[lqi_half_edge_triangle(edge.entry[i])]);
            kept++;
        }
        topology->freed_edges += kept == 2 && net != 0;
    }
}
