#include "mesh/seams.h"

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/mix.h"
#include "base/sort.h"
#include "mesh/mesh.h"

#define TRIANGLES_PER_PROGRESS 65536

typedef struct look {
    lq_context *context;
    const uint32_t *corner, *welded;
    size_t triangle_count;
    uint8_t *shared; /* per vertex: how many it stands for, 2: or more */
} look;

/* ---- is every edge walked equally often both ways? ---- */

/* Of one facet: the sum over its edges of a keyed number that changes sign with the direction of the edge. */
static uint64_t facet_sum(const uint32_t vertex[3], uint64_t seed)
{
    uint64_t p[3], q[3];
    for (int k = 0; k < 3; k++) {
        p[k] = lqi_mix64(seed + 2 * (uint64_t)vertex[k] * 0x9E3779B97F4A7C15u);
        q[k] = lqi_mix64(seed + (2 * (uint64_t)vertex[k] + 1) * 0x9E3779B97F4A7C15u);
    }
    return (p[1] - p[0]) * (q[2] - q[0]) - (p[2] - p[0]) * (q[1] - q[0]);
}

static lq_status balance(const look *l, bool *given, bool *welded)
{
    uint64_t seed = lqi_hash_seed(l->context, 's'), by_given = 0, by_welded = 0;
    for (size_t t = 0; t < l->triangle_count; t++) {
        if (t % TRIANGLES_PER_PROGRESS == 0) LQI_TRY(lqi_progress(l->context, "weld", t, l->triangle_count));
        const uint32_t *corner = l->corner + 3 * t;
        const uint32_t after[3] = {l->welded[corner[0]], l->welded[corner[1]], l->welded[corner[2]]};
        by_given += facet_sum(corner, seed);
        by_welded += facet_sum(after, seed);
    }
    *given = by_given == 0;
    *welded = by_welded == 0;
    return LQ_OK;
}

/* ---- open edges, only where welding can have changed them ---- */

static size_t collect_edges(const look *l, bool welded, uint64_t *edge)
{
    size_t count = 0;
    for (size_t t = 0; t < l->triangle_count; t++) {
        const uint32_t *given = l->corner + 3 * t;
        const uint32_t after[3] = {l->welded[given[0]], l->welded[given[1]], l->welded[given[2]]};
        const uint32_t *end = welded ? after : given;
        if (lqi_is_degenerate(end)) continue;
        for (int k = 0, next = 1; k < 3; k++, next = (next + 1) % 3) {
            if (l->shared[after[k]] < 2 && l->shared[after[next]] < 2) continue;
            bool rising = end[k] < end[next];
            edge[count++] = (uint64_t)(rising ? end[k] : end[next]) << 32 | (rising ? end[next] : end[k]);
        }
    }
    return count;
}

static uint64_t count_open(const look *l, bool welded, uint64_t *edge)
{
    size_t count = collect_edges(l, welded, edge);
    uint64_t open = 0;
    lqi_sort_u64(edge, count);
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && edge[end] == edge[i];) end++;
        open += end - i == 1;
    }
    return open;
}

static lq_status compare_open(look *l, size_t vertex_count, bool *closed)
{
    l->shared = lqi_alloc_zeroed(l->context, vertex_count, 1);
    uint64_t *edge = l->shared ? lqi_alloc_array(l->context, l->triangle_count, 3 * sizeof *edge) : NULL;
    if (edge) {
        for (size_t i = 0; i < vertex_count; i++)
            if (l->shared[l->welded[i]] < 2) l->shared[l->welded[i]]++;
        *closed = count_open(l, true, edge) < count_open(l, false, edge);
    }
    lqi_free(l->context, edge);
    lqi_free(l->context, l->shared);
    return edge ? LQ_OK : lqi_memory_status(l->context);
}

/* A vertex that only one facet has stands between two open edges: soup is known without counting. */
static lq_status find_lone_vertex(const look *l, size_t vertex_count, bool *found)
{
    *found = false;
    uint8_t *uses = lqi_alloc_zeroed(l->context, vertex_count, 1);
    if (!uses) return lqi_memory_status(l->context);
    for (size_t i = 0; i < 3 * l->triangle_count; i++)
        if (!lqi_is_degenerate(l->corner + i / 3 * 3) && uses[l->corner[i]] < 2) uses[l->corner[i]]++;
    for (size_t v = 0; v < vertex_count && !*found; v++) *found = uses[v] == 1;
    lqi_free(l->context, uses);
    return LQ_OK;
}

lq_status lqi_seams_look(lq_context *context, const uint32_t *corner, size_t triangle_count, const uint32_t *welded,
                         size_t vertex_count, bool *closed)
{
    look l = {.context = context, .corner = corner, .welded = welded, .triangle_count = triangle_count};
    bool given_balanced, welded_balanced;
    *closed = false;
    LQI_TRY(balance(&l, &given_balanced, &welded_balanced));
    if (given_balanced) return LQ_OK;
    if (welded_balanced) LQI_TRY(find_lone_vertex(&l, vertex_count, closed));
    return *closed ? LQ_OK : compare_open(&l, vertex_count, closed);
}
