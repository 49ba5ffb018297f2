#include "mesh/edges.h"

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/sort.h"
#include "base/threads.h"

#define VERTICES_PER_TASK 16384u

typedef struct sort_task {
    lq_context *context;
    const lqi_edges *edges;
} sort_task;

/* So many edges at one vertex are worth memory for their sorting, if there is some. */
#define CROWDED 4096u

static void sort_crowded(lq_context *context, uint64_t *entry, uint32_t count)
{
    uint64_t *spare = lqi_try_alloc(context, (size_t)count * sizeof *spare);
    if (spare)
        lqi_sort_u64_stably(entry, spare, count, 32); /* half-edges were dealt out in their order */
    else
        lqi_sort_u64(entry, count);
    lqi_free(context, spare);
}

static lq_status sort_buckets(void *user, size_t index)
{
    const sort_task *task = user;
    if (lqi_stopped(task->context)) return LQ_ERR_CANCELLED;
    const lqi_edges *edges = task->edges;
    uint64_t first = (uint64_t)index * VERTICES_PER_TASK, last = first + VERTICES_PER_TASK;
    if (last > edges->vertex_count) last = edges->vertex_count;
    for (uint64_t v = first; v < last; v++) {
        uint32_t begin = edges->bucket[v], count = edges->bucket[v + 1] - begin;
        if (count > CROWDED)
            sort_crowded(task->context, edges->entry + begin, count);
        else if (count > 1)
            lqi_sort_u64(edges->entry + begin, count);
    }
    return LQ_OK;
}

static uint32_t smaller(uint32_t a, uint32_t b) { return a < b ? a : b; }
static uint32_t larger(uint32_t a, uint32_t b) { return a < b ? b : a; }

void lqi_irregular_corners_mark(const lqi_mesh *mesh, const lqi_stars *stars, uint8_t *flag)
{
    const uint64_t *irregular = stars->irregular;
    const uint32_t *corner = mesh->corner, count = mesh->triangle_count;
    for (uint32_t t = 0; t < count; t++, corner += 3) {
        uint64_t a = irregular[corner[0] / 64] >> corner[0] % 64, b = irregular[corner[1] / 64] >> corner[1] % 64,
                 c = irregular[corner[2] / 64] >> corner[2] % 64;
        unsigned which = (unsigned)(a & 1) | (unsigned)(b & 1) << 1 | (unsigned)(c & 1) << 2;
        if (flag[t] & LQI_TRIANGLE_DEGENERATE) which = 0;
        flag[t] |= (uint8_t)(which * LQI_TRIANGLE_IRREGULAR);
    }
}

void lqi_irregular_corners_unmark(const lqi_mesh *mesh, uint8_t *flag)
{
    for (uint32_t t = 0; t < mesh->triangle_count; t++) flag[t] &= LQI_TRIANGLE_IRREGULAR - 1;
}

/* Bit k: is half-edge k of the triangle one of those? None is where fewer than two corners are. */
static inline unsigned chosen(uint8_t flag)
{
    unsigned corners = lqi_irregular_corners(flag);
    return corners & (corners >> 1 | corners << 2);
}

/* Triangles that have such half-edges, few at a time: their corners are on the way before they are read, because most
 * triangles lie far from the next. */
#define BATCH 32u

static uint32_t next_batch(const lqi_mesh *mesh, const uint8_t *flag, uint32_t *triangle, uint32_t batch[BATCH])
{
    const uint32_t count = mesh->triangle_count;
    uint32_t found = 0, t = *triangle;
    while (found < BATCH && (t = lqi_next_irregular(flag, t, count, 2)) < count) {
        __builtin_prefetch(mesh->corner + (size_t)3 * t);
        batch[found++] = t++;
    }
    *triangle = t;
    return found;
}

static void count_entries(const lqi_mesh *mesh, const uint8_t *flag, lqi_edges *edges)
{
    uint32_t batch[BATCH], next = 0;
    for (uint32_t found; (found = next_batch(mesh, flag, &next, batch));)
        for (uint32_t i = 0; i < found; i++) {
            const uint32_t *corner = mesh->corner + (size_t)3 * batch[i];
            unsigned which = chosen(flag[batch[i]]);
            for (uint32_t k = 0; which; k++, which >>= 1)
                if (which & 1) edges->bucket[smaller(corner[k], corner[k == 2 ? 0 : k + 1]) + 2]++;
        }
}

static void scatter(const lqi_mesh *mesh, const uint8_t *flag, lqi_edges *edges)
{
    /* bucket[v + 1] is the next free place of vertex v, so that it ends as the first entry of vertex v + 1. */
    uint32_t batch[BATCH], next = 0;
    for (uint32_t found; (found = next_batch(mesh, flag, &next, batch));)
        for (uint32_t i = 0; i < found; i++) {
            const uint32_t t = batch[i], *corner = mesh->corner + (size_t)3 * t;
            unsigned which = chosen(flag[t]);
            for (uint32_t k = 0; which; k++, which >>= 1) {
                if (!(which & 1)) continue;
                uint32_t from = corner[k], to = corner[k == 2 ? 0 : k + 1];
                uint32_t place = edges->bucket[smaller(from, to) + 1]++;
                edges->entry[place] = (uint64_t)larger(from, to) << 32 | (3 * t + k) << 1 | (from > to);
            }
        }
}

lq_status lqi_edges_build(lq_context *context, const lqi_mesh *mesh, const uint8_t *flag, lqi_edges *edges)
{
    *edges = (lqi_edges){0};
    lq_status status;
    edges->vertex_count = mesh->vertex_count;
    edges->bucket = lqi_alloc_zeroed(context, (size_t)mesh->vertex_count + 2, sizeof *edges->bucket);
    if (!edges->bucket) {
        status = lqi_memory_status(context);
        goto done;
    }
    count_entries(mesh, flag, edges);
    uint32_t sum = 0;
    for (uint32_t v = 0; v < mesh->vertex_count; v++) edges->bucket[v + 2] = sum += edges->bucket[v + 2];
    edges->entry = lqi_alloc_array(context, edges->bucket[mesh->vertex_count + 1], sizeof *edges->entry);
    if (!edges->entry) {
        status = lqi_memory_status(context);
        goto done;
    }
    LQI_TRY_GOTO(lqi_progress(context, "topology", 1, 4));
    scatter(mesh, flag, edges);
    LQI_TRY_GOTO(lqi_progress(context, "topology", 2, 4));
    sort_task task = {context, edges};
    size_t task_count = ((size_t)mesh->vertex_count + VERTICES_PER_TASK - 1) / VERTICES_PER_TASK;
    status = lqi_parallel(context, task_count, sort_buckets, &task);
    if (status == LQ_ERR_CANCELLED) status = lqi_fail(context, LQI_CANCELLED, -1, "The work was cancelled.");
done:
    if (status != LQ_OK) lqi_edges_free(context, edges);
    return status;
}

/* ---- one by one ---- */

static void enter_run(const lqi_loose_run *run, uint32_t facet, lqi_edge_cursor *cursor)
{
    cursor->run++;
    cursor->loose = run->count - facet;
    cursor->corner = run->vertex + 3 * facet;
    cursor->triangle = run->triangle + facet;
}

bool lqi_edge_next_of_both(const lqi_edges *edges, lqi_edge_cursor *cursor, lqi_edge *edge)
{
    if (cursor->run == edges->loose.run_count) return lqi_edge_next_stored(edges, cursor, edge);
    const lqi_loose_run *run = &edges->loose.run[cursor->run];
    uint32_t *vertex = &cursor->vertex;
    while (*vertex < run->vertex && *vertex < edges->vertex_count && cursor->position == edges->bucket[*vertex + 1])
        *vertex += edges->vertex_count - *vertex > 8 && cursor->position == edges->bucket[*vertex + 8] ? 8 : 1;
    if (*vertex < run->vertex && *vertex < edges->vertex_count) return lqi_edge_next_stored(edges, cursor, edge);
    enter_run(run, 0, cursor);
    lqi_edge_next_loose(cursor, edge);
    return true;
}

lqi_edge_cursor lqi_edges_from(const lqi_edges *edges, uint32_t vertex)
{
    const lqi_loose *loose = &edges->loose;
    lqi_edge_cursor cursor = {.vertex = vertex};
    if (edges->vertex_count) cursor.position = edges->bucket[vertex];
    for (uint32_t end = loose->run_count; cursor.run < end;) {
        uint32_t middle = cursor.run + (end - cursor.run) / 2;
        if (loose->run[middle].vertex + 3 * loose->run[middle].count <= vertex)
            cursor.run = middle + 1;
        else
            end = middle;
    }
    if (cursor.run == loose->run_count || loose->run[cursor.run].vertex > vertex) return cursor;
    const lqi_loose_run *run = &loose->run[cursor.run];
    uint32_t behind = vertex - run->vertex;
    if (behind % 3 == 2) return cursor; /* no edge begins in a third corner */
    enter_run(run, behind / 3, &cursor);
    cursor.own = behind % 3 ? 2 : 0;
    return cursor;
}

bool lqi_edge_find(const lqi_edges *edges, uint32_t low, uint32_t high, uint64_t *entry)
{
    uint32_t first = 0, end = 0;
    if (edges->vertex_count) first = edges->bucket[low], end = edges->bucket[low + 1];
    if (first == end) { /* two edges of a loose facet, or none */
        lqi_edge_cursor cursor = lqi_edges_from(edges, low);
        lqi_edge edge;
        while (lqi_edge_next_from(edges, low, &cursor, &edge))
            if (edge.high == high) return *entry = edge.entry[0], true;
        return false;
    }
    for (uint32_t last = end; first < last;) {
        uint32_t middle = first + (last - first) / 2;
        if (edges->entry[middle] >> 32 < high)
            first = middle + 1;
        else
            last = middle;
    }
    if (first == end || edges->entry[first] >> 32 != high) return false;
    *entry = edges->entry[first];
    return true;
}

void lqi_edges_free(lq_context *context, lqi_edges *edges)
{
    lqi_free(context, edges->bucket);
    lqi_free(context, edges->entry);
    lqi_loose_free(context, &edges->loose);
    *edges = (lqi_edges){0};
}
