#include "mesh/topology.h"

#include <math.h>
#include <string.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/sort.h"
#include "mesh/union_find.h"

typedef struct workspace {
    uint32_t *shell_parent; /* triangles that share an edge */
    uint32_t *patch_parent; /* triangles across edges of exactly two uses */
    uint8_t *patch_parity;  /* 1: must be flipped against its parent */
    uint8_t *contradiction; /* per patch root of that moment: cannot be oriented */
    uint64_t *apex;         /* for sorting the facets of one crowded edge */
    size_t apex_capacity;
} workspace;

static void mark_degenerate(const lqi_mesh *mesh, lqi_topology *topology)
{
    for (uint32_t t = 0; t < mesh->triangle_count; t++) {
        if (!lqi_is_degenerate(mesh->corner + (size_t)3 * t)) {
            topology->any_triangle = true;
            continue;
        }
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
    topology->opposite_pairs += seen[0] < seen[1] ? seen[0] : seen[1];
}

/* Copies of a triangle share all its edges; they are looked for at the edge of its two smallest corners only. */
static lq_status find_copies(lq_context *context, const lqi_mesh *mesh, const lqi_edge *edge, lqi_topology *topology,
                             workspace *work)
{
    if (edge->count == 2) {
        uint32_t apex = lqi_half_edge_apex(mesh, edge->entry[0]);
        if (apex > edge->high && apex == lqi_half_edge_apex(mesh, edge->entry[1]))
            count_copies(topology, edge->entry, 2);
        return LQ_OK;
    }
    LQI_TRY(lqi_grow(context, (void **)&work->apex, &work->apex_capacity, edge->count, sizeof *work->apex));
    uint32_t count = 0;
    for (uint32_t i = 0; i < edge->count; i++) {
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
    } else if (edge->count > 2) {
        if (!topology->non_manifold_edges++) topology->non_manifold_triangle = triangle;
    }
}

static void join(const lqi_edge *edge, workspace *work)
{
    uint32_t first = lqi_half_edge_triangle(edge->entry[0]);
    for (uint32_t i = 1; i < edge->count; i++)
        lqi_unite(work->shell_parent, first, lqi_half_edge_triangle(edge->entry[i]));
    if (edge->count != 2) return;
    uint8_t differ = lqi_half_edge_backward(edge->entry[0]) == lqi_half_edge_backward(edge->entry[1]);
    uint32_t second = lqi_half_edge_triangle(edge->entry[1]);
    if (!lqi_unite_parity(work->patch_parent, work->patch_parity, first, second, differ))
        work->contradiction[first] = 1;
}

static lq_status walk_edges(lq_context *context, const lqi_mesh *mesh, lqi_topology *topology, workspace *work)
{
    lqi_edge_cursor cursor = {0};
    lqi_edge edge;
    uint32_t steps = 0;
    while (lqi_edge_next(&topology->edges, &cursor, &edge)) {
        if (++steps % (1u << 17) == 0) LQI_TRY(lqi_progress(context, "topology", 3, 4));
        classify(mesh, &edge, topology);
        if (edge.count > 1) {
            join(&edge, work);
            LQI_TRY(find_copies(context, mesh, &edge, topology, work));
        }
    }
    return LQ_OK;
}

static void number_shells(const lqi_mesh *mesh, lqi_topology *topology, workspace *work)
{
    for (uint32_t t = 0; t < mesh->triangle_count; t++) {
        if (topology->flag[t] & LQI_TRIANGLE_DEGENERATE) {
            topology->shell[t] = LQI_NO_SHELL;
            continue;
        }
        uint32_t root = lqi_find(work->shell_parent, t); /* the smallest, so it was numbered before */
        topology->shell[t] = root == t ? topology->shell_count++ : topology->shell[root];
    }
}

/* In each patch the smaller side is misoriented; on a tie, the side that does not hold the first triangle. */
static lq_status orient_patches(lq_context *context, const lqi_mesh *mesh, lqi_topology *topology, workspace *work)
{
    uint32_t *balance = lqi_alloc_zeroed(context, mesh->triangle_count, sizeof *balance);
    uint32_t *size = balance ? lqi_alloc_zeroed(context, mesh->triangle_count, sizeof *size) : NULL;
    if (!size) {
        lqi_free(context, balance);
        return lqi_memory_status(context);
    }
    for (uint32_t t = 0; t < mesh->triangle_count; t++) {
        if (topology->flag[t] & LQI_TRIANGLE_DEGENERATE) continue;
        uint8_t odd;
        uint32_t root = lqi_find_parity(work->patch_parent, work->patch_parity, t, &odd);
        size[root]++;
        balance[root] += odd;
        if (work->contradiction[t] && work->contradiction[root] != 2) {
            work->contradiction[root] = 2;
            topology->non_orientable_patches++;
        }
    }
    for (uint32_t t = 0; t < mesh->triangle_count; t++) {
        if (topology->flag[t] & LQI_TRIANGLE_DEGENERATE) continue;
        uint8_t odd;
        uint32_t root = lqi_find_parity(work->patch_parent, work->patch_parity, t, &odd);
        bool odd_is_larger = balance[root] > size[root] / 2;
        if (odd == odd_is_larger) continue;
        topology->flag[t] |= LQI_TRIANGLE_FLIPPED;
        if (!topology->misoriented_triangles++) topology->misoriented_triangle = t;
    }
    lqi_free(context, balance);
    lqi_free(context, size);
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

/* Corners at one vertex that are joined by edges form a fan; a manifold vertex has one. Asked only where every edge is
 * regular, so each edge joins two corners at either end. */
static lq_status every_vertex_has_one_fan(lq_context *context, const lqi_mesh *mesh, const lqi_topology *topology,
                                          bool *one)
{
    size_t corner_count = (size_t)3 * mesh->triangle_count;
    uint32_t *parent = lqi_alloc_array(context, corner_count, sizeof *parent);
    if (!parent) return lqi_memory_status(context);
    for (size_t i = 0; i < corner_count; i++) parent[i] = (uint32_t)i;
    lqi_edge_cursor cursor = {0};
    lqi_edge edge;
    while (lqi_edge_next(&topology->edges, &cursor, &edge)) {
        uint32_t end[2][2]; /* of each half-edge: the corner at the low end, the corner at the high end */
        for (int i = 0; i < 2; i++) {
            uint32_t half = lqi_half_edge(edge.entry[i]), next = half % 3 == 2 ? half - 2 : half + 1;
            bool backward = lqi_half_edge_backward(edge.entry[i]);
            end[i][0] = backward ? next : half;
            end[i][1] = backward ? half : next;
        }
        lqi_unite(parent, end[0][0], end[1][0]);
        lqi_unite(parent, end[0][1], end[1][1]);
    }
    uint64_t fans = 0, vertices = 0;
    uint8_t *used = lqi_alloc_zeroed(context, mesh->vertex_count, 1);
    if (used) {
        for (size_t i = 0; i < corner_count; i++) {
            if (topology->flag[i / 3] & LQI_TRIANGLE_DEGENERATE) continue;
            fans += lqi_find(parent, (uint32_t)i) == i;
            vertices += !used[mesh->corner[i]];
            used[mesh->corner[i]] = 1;
        }
    }
    *one = used && fans == vertices;
    lq_status status = used ? LQ_OK : lqi_memory_status(context);
    lqi_free(context, used);
    lqi_free(context, parent);
    return status;
}

static lq_status make_workspace(lq_context *context, uint32_t count, workspace *work)
{
    *work = (workspace){0};
    work->shell_parent = lqi_alloc_array(context, count, sizeof(uint32_t));
    work->patch_parent = work->shell_parent ? lqi_alloc_array(context, count, sizeof(uint32_t)) : NULL;
    work->patch_parity = work->patch_parent ? lqi_alloc_zeroed(context, count, 1) : NULL;
    work->contradiction = work->patch_parity ? lqi_alloc_zeroed(context, count, 1) : NULL;
    if (!work->contradiction) return lqi_memory_status(context);
    for (uint32_t t = 0; t < count; t++) work->shell_parent[t] = work->patch_parent[t] = t;
    return LQ_OK;
}

static void free_workspace(lq_context *context, workspace *work)
{
    lqi_free(context, work->shell_parent);
    lqi_free(context, work->patch_parent);
    lqi_free(context, work->patch_parity);
    lqi_free(context, work->contradiction);
    lqi_free(context, work->apex);
}

lq_status lqi_topology_find(lq_context *context, const lqi_mesh *mesh, lqi_topology *topology)
{
    *topology = (lqi_topology){.open_triangle = -1,
                               .non_manifold_triangle = -1,
                               .misoriented_triangle = -1,
                               .duplicate_triangle = -1,
                               .degenerate_triangle = -1};
    workspace work = {0};
    lq_status status;
    topology->flag = lqi_alloc_zeroed(context, mesh->triangle_count, 1);
    topology->shell = topology->flag ? lqi_alloc_array(context, mesh->triangle_count, sizeof *topology->shell) : NULL;
    if (!topology->shell) {
        status = lqi_memory_status(context);
        goto done;
    }
    mark_degenerate(mesh, topology);
    LQI_TRY_GOTO(lqi_edges_build(context, mesh, topology->flag, &topology->edges));
    LQI_TRY_GOTO(make_workspace(context, mesh->triangle_count, &work));
    LQI_TRY_GOTO(walk_edges(context, mesh, topology, &work));
    number_shells(mesh, topology, &work);
    LQI_TRY_GOTO(orient_patches(context, mesh, topology, &work));
    LQI_TRY_GOTO(decide_copies(context, mesh, topology));
    free_workspace(context, &work);
    work = (workspace){0};
    bool regular =
        topology->any_triangle && !topology->open_edges && !topology->non_manifold_edges && !topology->unbalanced_edges;
    if (regular) LQI_TRY_GOTO(every_vertex_has_one_fan(context, mesh, topology, &topology->manifold));
    status = lqi_progress(context, "topology", 4, 4);
done:
    free_workspace(context, &work);
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
