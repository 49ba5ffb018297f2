#include "mesh/topology.h"

#include <math.h>
#include <string.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/sort.h"
#include "mesh/opposed.h"
#include "mesh/pieces.h"
#include "mesh/stars.h"

/* Half-edges of an edge lie in triangles that are far apart. */
#define FETCH_AHEAD 16

/* For sorting the facets of one crowded edge. */
typedef struct apexes {
    uint64_t *apex;
    size_t capacity;
} apexes;

static void mark_degenerate(const lqi_mesh *mesh, lqi_topology *topology)
{
    for (uint32_t t = 0; t < mesh->triangle_count; t++) {
        if (!lqi_is_degenerate(mesh->corner + (size_t)3 * t)) continue;
        topology->flag[t] |= LQI_TRIANGLE_DEGENERATE;
        if (!topology->degenerate_triangles++) topology->degenerate_triangle = t;
    }
}

static double edge_length(const lqi_mesh *mesh, const lqi_edge *edge)
{
    const double *a = mesh->position + (size_t)3 * edge->low, *b = mesh->position + (size_t)3 * edge->high;
    return sqrt((a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]) + (a[2] - b[2]) * (a[2] - b[2]));
}

static void count_copies(lqi_topology *topology, const uint64_t *same_apex, uint32_t count)
{
    /* Sorted by half-edge, so the first of each direction is the one to keep. */
    uint32_t seen[2] = {0, 0};
    for (uint32_t i = 0; i < count; i++) {
        int direction = lqi_half_edge_backward(same_apex[i]);
        if (!seen[direction]++) continue;
        uint32_t triangle = lqi_half_edge_triangle(same_apex[i]);
        topology->flag[triangle] |= LQI_TRIANGLE_DUPLICATE;
        if (!topology->duplicate_triangles++ || topology->duplicate_triangle > triangle)
            topology->duplicate_triangle = triangle;
    }
    if (!seen[0] || !seen[1]) return;
    uint32_t triangle = lqi_half_edge_triangle(same_apex[0]);
    if (!topology->opposite_pairs || topology->opposite_triangle > triangle) topology->opposite_triangle = triangle;
    topology->opposite_pairs += seen[0] < seen[1] ? seen[0] : seen[1];
}

/* Copies of a triangle share all its edges; they are looked for at the edge of its two smallest corners only. */
static lq_status find_copies(lq_context *context, const lqi_mesh *mesh, const lqi_edge *edge, lqi_topology *topology,
                             apexes *work)
{
    if (edge->count == 2) {
        uint32_t apex = lqi_half_edge_apex(mesh, edge->entry[0]);
        if (apex > edge->high && apex == lqi_half_edge_apex(mesh, edge->entry[1]))
            count_copies(topology, edge->entry, 2);
        return LQ_OK;
    }
    LQI_TRY(lqi_grow(context, (void **)&work->apex, &work->capacity, edge->count, sizeof *work->apex));
    uint32_t count = 0;
    const uint64_t *end = lqi_entries_end(&topology->edges);
    for (uint32_t i = 0; i < edge->count; i++) {
        if (end - edge->entry > i + FETCH_AHEAD)
            __builtin_prefetch(mesh->corner + lqi_half_edge(edge->entry[i + FETCH_AHEAD]));
        uint32_t apex = lqi_half_edge_apex(mesh, edge->entry[i]);
        if (apex > edge->high) work->apex[count++] = (uint64_t)apex << 32 | (uint32_t)edge->entry[i];
    }
    lqi_sort_u64(work->apex, count);
    for (uint32_t first = 0, i = 1; i <= count; i++) {
        if (i < count && work->apex[i] >> 32 == work->apex[first] >> 32) continue;
        if (i - first > 1) count_copies(topology, work->apex + first, i - first);
        first = i;
    }
    return LQ_OK;
}

static void classify(const lqi_mesh *mesh, const lqi_edge *edge, lqi_topology *topology)
{
    uint32_t backward = 0;
    for (uint32_t i = 0; i < edge->count; i++) backward += lqi_half_edge_backward(edge->entry[i]);
    uint32_t triangle = lqi_half_edge_triangle(edge->entry[0]);
    topology->odd_edges += edge->count & 1;
    topology->unbalanced_edges += 2 * backward != edge->count;
    if (edge->count == 1) {
        if (!topology->open_edges++) topology->open_triangle = triangle;
        topology->open_length += edge_length(mesh, edge);
    } else if (edge->count == 2) {
        topology->turned_edges += backward != 1;
    } else {
        if (!topology->non_manifold_edges++) topology->non_manifold_triangle = triangle;
    }
}

static lq_status walk_edges(lq_context *context, const lqi_mesh *mesh, lqi_topology *topology, apexes *work)
{
    lqi_edge_cursor cursor = {0};
    lqi_edge edge;
    uint32_t steps = 0;
    while (lqi_edge_next(&topology->edges, &cursor, &edge)) {
        if (++steps % (1u << 17) == 0) LQI_TRY(lqi_progress(context, "topology", 3, 4));
        __builtin_prefetch(mesh->position + 3 * (lqi_entry_ahead(&topology->edges, &cursor) >> 32));
        classify(mesh, &edge, topology);
        if (edge.count > 1) LQI_TRY(find_copies(context, mesh, &edge, topology, work));
    }
    return LQ_OK;
}

/* Copies are left out of a shell unless that opens more edges than it closes: where bodies touch face to face, two
 * equal facets may each have their own counterpart. */
static lq_status decide_copies(lq_context *context, const lqi_mesh *mesh, lqi_topology *topology)
{
    if (!topology->duplicate_triangles) return LQ_OK;
    int64_t *gain =
        lqi_alloc_zeroed(context, topology->shell_count, sizeof *gain); /* unbalanced edges that dropping saves */
    if (!gain) return lqi_memory_status(context);
    lqi_edge_cursor cursor = {0};
    lqi_edge edge;
    while (lqi_edge_next(&topology->edges, &cursor, &edge)) {
        int64_t with = 0, without = 0;
        for (uint32_t i = 0; i < edge.count; i++) {
            uint8_t flag = topology->flag[lqi_half_edge_triangle(edge.entry[i])];
            int64_t step = lqi_half_edge_step(edge.entry[i], flag);
            with += step;
            if (!(flag & LQI_TRIANGLE_DUPLICATE)) without += step;
        }
        gain[topology->shell[lqi_half_edge_triangle(edge.entry[0])]] += (with != 0) - (without != 0);
    }
    for (uint32_t t = 0; t < mesh->triangle_count; t++) {
        if (!(topology->flag[t] & LQI_TRIANGLE_DUPLICATE) || gain[topology->shell[t]] >= 0) continue;
        topology->flag[t] &= (uint8_t)~LQI_TRIANGLE_DUPLICATE;
        topology->duplicates_kept++;
    }
    lqi_free(context, gain);
    return LQ_OK;
}

/* What is known of loose facets becomes the edges' own. */
static lq_status examine_edges(lq_context *context, const lqi_mesh *mesh, const lqi_stars *stars, lqi_loose *loose,
                               lqi_topology *topology)
{
    if (stars->irregular_count) {
        lqi_irregular_corners_mark(mesh, stars, topology->flag);
        LQI_TRY(lqi_edges_build(context, mesh, topology->flag, &topology->edges));
    }
    topology->edges.loose = *loose;
    *loose = (lqi_loose){0};
    apexes work = {0};
    lq_status status = walk_edges(context, mesh, topology, &work);
    lqi_free(context, work.apex);
    return status;
}

/* A patch without an orientation is torn somewhere, and every edge of it may be where: the order of all edges decides,
 * so all of them are gathered. */
static lq_status orient_by_every_edge(lq_context *context, const lqi_mesh *mesh, lqi_stars *stars,
                                      lqi_topology *topology)
{
    memset(stars->irregular, 0xFF, ((size_t)mesh->vertex_count / 64 + 1) * sizeof *stars->irregular);
    stars->irregular_count = mesh->vertex_count;
    lqi_edges_free(context, &topology->edges);
    lqi_irregular_corners_mark(mesh, stars, topology->flag);
    LQI_TRY(lqi_edges_build(context, mesh, topology->flag, &topology->edges));
    for (uint32_t t = 0; t < mesh->triangle_count; t++) topology->flag[t] &= (uint8_t)~LQI_TRIANGLE_FLIPPED;
    topology->misoriented_triangles = topology->non_orientable_patches = 0;
    topology->misoriented_triangle = topology->non_orientable_triangle = -1;
    topology->shell_count = 0;
    return lqi_pieces_find(context, mesh, stars, topology);
}

static int64_t first_triangle_at(const lqi_mesh *mesh, uint32_t vertex)
{
    for (size_t i = 0; i < (size_t)3 * mesh->triangle_count; i++)
        if (mesh->corner[i] == vertex) return (int64_t)(i / 3);
    return -1;
}

lq_status lqi_topology_find(lq_context *context, const lqi_mesh *mesh, lqi_topology *topology)
{
    *topology = (lqi_topology){.open_triangle = -1,
                               .non_manifold_triangle = -1,
                               .misoriented_triangle = -1,
                               .duplicate_triangle = -1,
                               .degenerate_triangle = -1,
                               .opposite_triangle = -1,
                               .non_orientable_triangle = -1,
                               .pinched_triangle = -1};
    lqi_stars stars = {0};
    lqi_loose loose = {0};
    lq_status status;
    topology->flag = lqi_alloc_zeroed(context, mesh->triangle_count, 1);
    if (!topology->flag) return lqi_memory_status(context);
    LQI_TRY_GOTO(lqi_loose_find(context, mesh, &loose));
    LQI_TRY_GOTO(lqi_stars_find(context, mesh, &loose, &stars));
    topology->any_triangle = stars.degenerate_count < mesh->triangle_count;
    if (stars.degenerate_count) mark_degenerate(mesh, topology);
    LQI_TRY_GOTO(examine_edges(context, mesh, &stars, &loose, topology));
    topology->shell = lqi_alloc_array(context, mesh->triangle_count, sizeof *topology->shell);
    if (!topology->shell) {
        status = lqi_memory_status(context);
        goto done;
    }
    LQI_TRY_GOTO(lqi_pieces_find(context, mesh, &stars, topology));
    if (topology->non_orientable_patches) LQI_TRY_GOTO(orient_by_every_edge(context, mesh, &stars, topology));
    LQI_TRY_GOTO(decide_copies(context, mesh, topology));
    if (stars.irregular_count) lqi_irregular_corners_unmark(mesh, topology->flag);
    LQI_TRY_GOTO(lqi_opposed_mark(context, mesh, topology));
    lqi_opposed_count_freed(topology);
    bool regular =
        topology->any_triangle && !topology->open_edges && !topology->non_manifold_edges && !topology->unbalanced_edges;
    topology->pinched_vertices = regular ? stars.pinched_count : 0;
    if (topology->pinched_vertices) topology->pinched_triangle = first_triangle_at(mesh, stars.pinched_first);
    topology->manifold = regular && !topology->pinched_vertices;
    status = lqi_progress(context, "topology", 4, 4);
done:
    lqi_loose_free(context, &loose);
    lqi_stars_free(context, &stars);
    if (status != LQ_OK) lqi_topology_free(context, topology);
    return status;
}

void lqi_topology_free(lq_context *context, lqi_topology *topology)
{
    lqi_free(context, topology->shell);
    lqi_free(context, topology->flag);
    lqi_edges_free(context, &topology->edges);
    *topology = (lqi_topology){0};
}
