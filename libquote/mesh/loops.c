#include "mesh/loops.h"

#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "mesh/cap.h"

/* ---- walking ---- */

typedef struct walk {
    const lqi_chain *chain;
    uint32_t *next;    /* per vertex: its next unused edge */
    uint32_t *on_path; /* per vertex: place on the path + 1, 0: not on it */
    uint32_t *path;
    uint64_t *begins; /* a bit per vertex of boundary->path: a loop begins there */
    lqi_boundary *boundary;
} walk;

static void close_loop(walk *w, uint32_t first, uint32_t end)
{
    lqi_boundary *boundary = w->boundary;
    uint32_t count = end - first, at = boundary->path_count;
    for (uint32_t i = first; i < end; i++) w->on_path[w->path[i]] = 0;
    if (count < 3) return; /* there and back again */
    memcpy(boundary->path + at, w->path + first, count * sizeof *w->path);
    w->begins[at / 64] |= (uint64_t)1 << at % 64;
    boundary->path_count = at + count;
    boundary->loop_count++;
}

/* From a vertex on along unused edges; whenever the path meets itself, the part behind is a simple loop and is taken
 * off. The chain is balanced in every vertex, so the path always ends where it began. */
static void walk_from(walk *w, uint32_t start)
{
    uint32_t depth = 0;
    w->path[depth++] = start;
    w->on_path[start] = 1;
    while (depth) {
        uint32_t here = w->path[depth - 1], index = w->next[here];
        if (index == w->chain->first[here + 1]) {
            w->on_path[here] = 0;
            depth--;
            continue;
        }
        w->next[here]++;
        uint32_t to = w->chain->to[index];
        if (w->on_path[to]) {
            uint32_t first = w->on_path[to] - 1;
            close_loop(w, first, depth);
            depth = first + 1;
            w->on_path[to] = depth;
        } else {
            w->path[depth++] = to;
            w->on_path[to] = depth;
        }
    }
}

/* Fills the path and counts the loops. */
static lq_status walk_all(lq_context *context, walk *w)
{
    lqi_boundary *boundary = w->boundary;
    const uint32_t vertices = w->chain->vertex_count;
    lq_status status = LQ_OK;
    boundary->path = lqi_alloc_array(context, w->chain->count, sizeof *boundary->path);
    w->begins = boundary->path ? lqi_alloc_zeroed(context, (size_t)w->chain->count / 64 + 1, sizeof *w->begins) : NULL;
    w->next = w->begins ? lqi_alloc_array(context, vertices, sizeof *w->next) : NULL;
    w->on_path = w->next ? lqi_alloc_zeroed(context, vertices, sizeof *w->on_path) : NULL;
    w->path = w->on_path ? lqi_alloc_array(context, (size_t)w->chain->count + 1, sizeof *w->path) : NULL;
    if (!w->path) {
        status = lqi_memory_status(context);
        goto done;
    }
    memcpy(w->next, w->chain->first, vertices * sizeof *w->next);
    for (uint32_t v = 0; v < vertices; v++)
        if (w->next[v] != w->chain->first[v + 1]) walk_from(w, v);
done:
    lqi_free(context, w->next);
    lqi_free(context, w->on_path);
    lqi_free(context, w->path);
    return status;
}

/* ---- measuring ---- */

/* Vertices of the path that may lie far apart. */
#define FETCH_AHEAD 16

static uint32_t lesser(uint32_t a, uint32_t b) { return a < b ? a : b; }

static uint32_t end_of_loop(const walk *w, uint32_t first)
{
    uint32_t end = first + 3;
    while (end < w->boundary->path_count && !(w->begins[end / 64] >> end % 64 & 1)) end++;
    return end;
}

static void measure_loop(const double *position, uint32_t first, uint32_t count, double *points, lqi_boundary *boundary)
{
    const uint32_t *path = boundary->path + first;
    lqi_boundary_loop *loop = &boundary->loop[boundary->loop_count++];
    const uint32_t number = boundary->loop_count - 1;
    *loop = (lqi_boundary_loop){.edge_count = count, .first = first, .shell = LQI_NO_SHELL};
    for (uint32_t i = 0; i < count; i++) {
        __builtin_prefetch(position +
                           (size_t)3 * boundary->path[lesser(first + i + FETCH_AHEAD, boundary->path_count - 1)]);
        memcpy(points + (size_t)3 * i, position + (size_t)3 * path[i], 3 * sizeof *points);
    }
    uint32_t *corner = boundary->cap_corner + (size_t)3 * boundary->cap_count;
    uint32_t triangles = lqi_cap_measure(points, count, loop, corner);
    for (size_t i = 0; i < (size_t)3 * triangles; i++) corner[i] = path[corner[i]];
    for (uint32_t i = 0; i < triangles; i++) boundary->cap_shell[boundary->cap_count++] = number;
}

static lq_status measure_all(lq_context *context, const double *position, const walk *w)
{
    lqi_boundary *boundary = w->boundary;
    const uint32_t loops = boundary->loop_count, caps = boundary->path_count - 2 * loops;
    uint32_t longest = 0;
    for (uint32_t first = 0, end; first < boundary->path_count; first = end) {
        end = end_of_loop(w, first);
        if (end - first > longest) longest = end - first;
    }
    boundary->loop_count = 0;
    boundary->loop = lqi_alloc_array(context, loops, sizeof *boundary->loop);
    boundary->cap_corner = boundary->loop ? lqi_alloc_array(context, caps, 3 * sizeof *boundary->cap_corner) : NULL;
    boundary->cap_shell = boundary->cap_corner ? lqi_alloc_array(context, caps, sizeof *boundary->cap_shell) : NULL;
    double *points = boundary->cap_shell ? lqi_alloc_array(context, longest, 3 * sizeof *points) : NULL;
    if (!points) return lqi_memory_status(context);
    for (uint32_t first = 0, end; first < boundary->path_count; first = end) {
        end = end_of_loop(w, first);
        measure_loop(position, first, end - first, points, boundary);
    }
    lqi_free(context, points);
    return LQ_OK;
}

lq_status lqi_loops_find(lq_context *context, const double *position, const lqi_chain *chain, lqi_boundary *boundary)
{
    *boundary = (lqi_boundary){0};
    if (!chain->count) return LQ_OK;
    walk w = {.chain = chain, .boundary = boundary};
    lq_status status = walk_all(context, &w);
    if (status == LQ_OK && boundary->loop_count) status = measure_all(context, position, &w);
    lqi_free(context, w.begins);
    if (status != LQ_OK) lqi_boundary_free(context, boundary);
    return status;
}
