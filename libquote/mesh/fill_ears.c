#include <float.h>
#include <math.h>

#include "base/fail.h"
#include "base/memory.h"
#include "mesh/fill_loop.h"

typedef struct ear {
    double cost;
    uint32_t corner, stamp;
} ear;

typedef struct clipping {
    lqi_draft *draft;
    const lqi_fill_loop *loop;
    bool flat;
    double *flat_point; /* 2 per corner */
    double tolerance;   /* of twice an area in the plane: what rounding may make of nothing */
    uint32_t *before, *after, *stamp;
    uint32_t left; /* corners */
    ear *heap;
    size_t heap_count, heap_capacity;
    uint32_t *reflex; /* corners that may lie in an ear */
    uint32_t reflex_count;
} clipping;

/* ---- a heap of corners, the cheapest first ---- */

static bool comes_first(const ear *a, const ear *b)
{
    return a->cost != b->cost ? a->cost < b->cost : a->corner < b->corner;
}

static lq_status push(clipping *c, ear added)
{
    LQI_TRY(lqi_grow(c->draft->context, (void **)&c->heap, &c->heap_capacity, c->heap_count + 1, sizeof *c->heap));
    size_t at = c->heap_count++;
    for (; at && comes_first(&added, &c->heap[(at - 1) / 2]); at = (at - 1) / 2) c->heap[at] = c->heap[(at - 1) / 2];
    c->heap[at] = added;
    return LQ_OK;
}

static ear pop(clipping *c)
{
    ear top = c->heap[0], moved = c->heap[--c->heap_count];
    size_t at = 0;
    for (size_t child; (child = 2 * at + 1) < c->heap_count; at = child) {
        if (child + 1 < c->heap_count && comes_first(&c->heap[child + 1], &c->heap[child])) child++;
        if (!comes_first(&c->heap[child], &moved)) break;
        c->heap[at] = c->heap[child];
    }
    if (c->heap_count) c->heap[at] = moved;
    return top;
}

/* ---- the plane ---- */

/* Along the axis that the normal is nearest to, so that no coordinate is rounded. */
static void project(clipping *c)
{
    const double *n = c->loop->normal;
    int axis = 0;
    for (int k = 1; k < 3; k++)
        if (fabs(n[k]) > fabs(n[axis])) axis = k;
    int u = (axis + 1) % 3, v = (axis + 2) % 3;
    if (n[axis] < 0) {
        int swapped = u;
        u = v, v = swapped;
    }
    double largest = 0;
    for (uint32_t i = 0; i < c->loop->count; i++) {
        c->flat_point[2 * (size_t)i] = c->loop->point[(size_t)3 * i + (size_t)u];
        c->flat_point[2 * (size_t)i + 1] = c->loop->point[(size_t)3 * i + (size_t)v];
        largest = fmax(largest, fmax(fabs(c->flat_point[2 * (size_t)i]), fabs(c->flat_point[2 * (size_t)i + 1])));
    }
    c->tolerance = 8 * DBL_EPSILON * (largest + c->loop->size) * c->loop->size;
}

static double turn(const clipping *c, uint32_t a, uint32_t b, uint32_t d)
{
    const double *p = c->flat_point + 2 * (size_t)a, *q = c->flat_point + 2 * (size_t)b,
                 *r = c->flat_point + 2 * (size_t)d;
    return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]);
}

static bool is_convex(const clipping *c, uint32_t corner)
{
    return turn(c, c->before[corner], corner, c->after[corner]) > c->tolerance;
}

/* Corners that became convex, or were cut off, will never lie in an ear again. */
static bool is_free(clipping *c, uint32_t corner)
{
    uint32_t a = c->before[corner], b = c->after[corner], kept = 0;
    bool free_of_all = true;
    c->draft->work += c->reflex_count;
    for (uint32_t i = 0; i < c->reflex_count; i++) {
        uint32_t r = c->reflex[i];
        if (!c->stamp[r] || is_convex(c, r)) continue;
        c->reflex[kept++] = r;
        if (!free_of_all || r == a || r == b || r == corner) continue;
        free_of_all = turn(c, a, corner, r) < -c->tolerance || turn(c, corner, b, r) < -c->tolerance ||
                      turn(c, b, a, r) < -c->tolerance;
    }
    c->reflex_count = kept;
    return free_of_all;
}

/* ---- cutting ---- */

static lq_status offer(clipping *c, uint32_t corner)
{
    uint32_t a = c->before[corner], b = c->after[corner];
    const double *p = c->loop->point + (size_t)3 * a, *q = c->loop->point + (size_t)3 * b;
    double cost = 0;
    for (int k = 0; k < 3; k++) cost += (p[k] - q[k]) * (p[k] - q[k]);
    if (!is_convex(c, corner)) {
        if (c->flat) return LQ_OK;
        cost += 4 * c->loop->size * c->loop->size;
    }
    if (c->left > 3 && lqi_fill_edge_is_taken(c->loop, a, b)) cost += 2 * c->loop->size * c->loop->size;
    return push(c, (ear){cost, corner, c->stamp[corner]});
}

static lq_status offer_all(clipping *c)
{
    c->heap_count = 0;
    for (uint32_t i = 0; i < c->loop->count; i++)
        if (c->stamp[i]) LQI_TRY(offer(c, i));
    return LQ_OK;
}

static lq_status cut(clipping *c, uint32_t corner, uint32_t *triangle)
{
    uint32_t a = c->before[corner], b = c->after[corner], *out = triangle + (size_t)3 * (c->loop->count - c->left);
    out[0] = a, out[1] = corner, out[2] = b;
    c->after[a] = b;
    c->before[b] = a;
    c->stamp[corner] = 0;
    c->left--;
    c->stamp[a]++;
    c->stamp[b]++;
    LQI_TRY(offer(c, a));
    return offer(c, b);
}

/* Where no corner can be cut any more although all were offered again, the polygon crosses itself: the rest is cut by
 * length alone. */
static lq_status clip(clipping *c, uint32_t *triangle, bool *done)
{
    uint32_t left_before = 0;
    LQI_TRY(offer_all(c));
    while (c->left > 2) {
        if (!c->heap_count) {
            if (c->left == left_before) c->flat = false;
            left_before = c->left;
            LQI_TRY(offer_all(c));
            if (!lqi_draft_may(c->draft, c->left)) return LQ_OK;
            continue;
        }
        ear next = pop(c);
        if (c->stamp[next.corner] != next.stamp || (c->flat && !is_free(c, next.corner))) continue;
        LQI_TRY(cut(c, next.corner, triangle));
        if (!lqi_draft_may(c->draft, 1)) return LQ_OK;
    }
    *done = true;
    return LQ_OK;
}

lq_status lqi_fill_ears(lqi_draft *draft, const lqi_fill_loop *loop, bool flat, uint32_t *triangle, bool *done)
{
    lq_context *context = draft->context;
    clipping c = {.draft = draft, .loop = loop, .flat = flat, .left = loop->count};
    *done = false;
    lq_status status = LQ_OK;
    c.flat_point = lqi_alloc_array(context, loop->count, 2 * sizeof *c.flat_point);
    c.before = c.flat_point ? lqi_alloc_array(context, loop->count, 4 * sizeof *c.before) : NULL;
    if (!c.before) {
        status = lqi_memory_status(context);
        goto done;
    }
    c.after = c.before + loop->count;
    c.stamp = c.after + loop->count;
    c.reflex = c.stamp + loop->count;
    project(&c);
    for (uint32_t i = 0; i < loop->count; i++) {
        c.before[i] = i ? i - 1 : loop->count - 1;
        c.after[i] = i + 1 < loop->count ? i + 1 : 0;
        c.stamp[i] = 1;
    }
    for (uint32_t i = 0; i < loop->count; i++)
        if (!is_convex(&c, i)) c.reflex[c.reflex_count++] = i;
    status = clip(&c, triangle, done);
done:
    lqi_free(context, c.flat_point);
    lqi_free(context, c.before);
    lqi_free(context, c.heap);
    return status;
}
