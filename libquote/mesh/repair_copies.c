#include "mesh/repair_copies.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/sort.h"

typedef struct facing {
    uint64_t *facet; /* of one edge: apex << 32 | half-edge << 1 | backward */
    size_t capacity;
} facing;

/* Turned triangles count as they will be. */
static bool walks_backward(const lqi_topology *topology, uint64_t facet)
{
    uint8_t flag = topology->flag[lqi_half_edge_triangle(facet)];
    return lqi_half_edge_backward(facet) != ((flag & LQI_TRIANGLE_FLIPPED) != 0);
}

/* Triangles of one edge with one apex: as many pairs as there are, the first of each direction first. */
static uint64_t drop_pairs(const lqi_topology *topology, const uint64_t *facet, size_t count, uint8_t *drop)
{
    size_t at[2] = {0, 0};
    uint64_t pairs = 0;
    for (;;) {
        for (int direction = 0; direction < 2; direction++)
            while (at[direction] < count && (walks_backward(topology, facet[at[direction]]) != direction ||
                                             drop[lqi_half_edge_triangle(facet[at[direction]])]))
                at[direction]++;
        if (at[0] == count || at[1] == count) return pairs;
        drop[lqi_half_edge_triangle(facet[at[0]])] = drop[lqi_half_edge_triangle(facet[at[1]])] = 1;
        pairs++;
    }
}

/* Copies share all edges: they are looked for at the edge of their two smallest corners. */
static lq_status drop_opposite(lqi_draft *draft, const lqi_topology *topology, uint8_t *drop, uint64_t *pairs)
{
    facing work = {0};
    lqi_edge_cursor cursor = {0};
    lqi_edge edge;
    lq_status status = LQ_OK;
    while (status == LQ_OK && lqi_edge_next(&topology->edges, &cursor, &edge)) {
        if (edge.count < 2) continue;
        status = lqi_grow(draft->context, (void **)&work.facet, &work.capacity, edge.count, sizeof *work.facet);
        size_t count = 0;
        for (uint32_t i = 0; i < edge.count && status == LQ_OK; i++) {
            uint32_t apex = lqi_half_edge_apex(&draft->mesh, edge.entry[i]);
            if (apex > edge.high) work.facet[count++] = (uint64_t)apex << 32 | (uint32_t)edge.entry[i];
        }
        lqi_sort_u64(work.facet, count);
        for (size_t first = 0, i = 1; i <= count; i++) {
            if (i < count && work.facet[i] >> 32 == work.facet[first] >> 32) continue;
            if (i - first > 1) *pairs += drop_pairs(topology, work.facet + first, i - first, drop);
            first = i;
        }
    }
    lqi_free(draft->context, work.facet);
    return status;
}

lq_status lqi_repair_copies(lqi_draft *draft, const lqi_topology *topology, lqi_repair_counts *counts, bool *changed)
{
    uint32_t count = draft->mesh.triangle_count;
    uint64_t dropped = 0, turned = 0, pairs = 0;
    uint8_t *drop = lqi_alloc_zeroed(draft->context, count, 1);
    if (!drop) return lqi_memory_status(draft->context);
    for (uint32_t t = 0; t < count; t++) {
        if (!(topology->flag[t] & (LQI_TRIANGLE_DEGENERATE | LQI_TRIANGLE_DUPLICATE))) continue;
        counts->degenerate += (topology->flag[t] & LQI_TRIANGLE_DEGENERATE) != 0;
        counts->duplicate += (topology->flag[t] & LQI_TRIANGLE_DEGENERATE) == 0;
        drop[t] = 1;
        dropped++;
    }
    lq_status status = LQ_OK;
    if (topology->opposite_pairs || topology->misoriented_triangles)
        status = drop_opposite(draft, topology, drop, &pairs);
    for (uint32_t t = 0; t < count && status == LQ_OK; t++) {
        if (drop[t] || !(topology->flag[t] & LQI_TRIANGLE_FLIPPED)) continue;
        lqi_draft_turn(draft, t);
        turned++;
    }
    if (status == LQ_OK && dropped + pairs) lqi_draft_drop(draft, drop);
    counts->opposite += pairs;
    counts->misoriented += turned;
    *changed = dropped + pairs + turned != 0;
    lqi_free(draft->context, drop);
    return status;
}
