#include "measure/patch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "kernel/kernel_list.h"
#include "measure/sweep.h"
#include "mesh/loops.h"

/* The same edge so often walked too much is no opening. */
#define TIMES_MAX 1000

/* ---- the chain of what is unbalanced ---- */

typedef struct outline {
    lqi_chain chain;
    double *position;
    uint32_t *bits; /* 3 per vertex, ascending */
} outline;

static int compare(const uint32_t a[3], const uint32_t b[3])
{
    for (int i = 0; i < 3; i++)
        if (a[i] != b[i]) return a[i] < b[i] ? -1 : 1;
    return 0;
}

static uint32_t vertex_at(const outline *o, const uint32_t bits[3])
{
    uint32_t low = 0, high = o->chain.vertex_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (compare(o->bits + (size_t)3 * middle, bits) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int compare_entries(const void *a, const void *b) { return compare(a, b); }

static void number_vertices(outline *o, const lqi_signed_edge *edge, size_t count)
{
    for (size_t i = 0; i < count; i++) memcpy(o->bits + 6 * i, edge[i].end, sizeof edge[i].end);
    qsort(o->bits, 2 * count, 3 * sizeof *o->bits, compare_entries);
    for (size_t i = 0; i < 2 * count; i++) {
        const uint32_t *one = o->bits + 3 * i;
        if (o->chain.vertex_count && compare(o->bits + (size_t)3 * (o->chain.vertex_count - 1), one) == 0) continue;
        memmove(o->bits + (size_t)3 * o->chain.vertex_count++, one, 3 * sizeof *one);
    }
}

static void place_vertices(outline *o)
{
    for (size_t i = 0; i < (size_t)3 * o->chain.vertex_count; i++)
        o->position[i] = (double)lqi_float_of_bits(o->bits[i]);
}

static uint32_t times(const lqi_signed_edge *edge) { return (uint32_t)(edge->net < 0 ? -edge->net : edge->net); }
static uint32_t from(const outline *o, const lqi_signed_edge *edge) { return vertex_at(o, edge->end[edge->net < 0]); }
static uint32_t to(const outline *o, const lqi_signed_edge *edge) { return vertex_at(o, edge->end[edge->net > 0]); }

static int compare_numbers(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* first[v + 1] is the next free place of vertex v, and ends as the first of vertex v + 1. */
static void fill_chain(outline *o, const lqi_signed_edge *edge, size_t count)
{
    lqi_chain *chain = &o->chain;
    for (size_t i = 0; i < count; i++) chain->first[from(o, &edge[i]) + 2] += times(&edge[i]);
    for (uint32_t v = 0; v < chain->vertex_count; v++) chain->first[v + 2] += chain->first[v + 1];
    for (size_t i = 0; i < count; i++)
        for (uint32_t n = 0; n < times(&edge[i]); n++)
            chain->to[chain->first[from(o, &edge[i]) + 1]++] = to(o, &edge[i]);
    for (uint32_t v = 0; v < chain->vertex_count; v++)
        qsort(chain->to + chain->first[v], chain->first[v + 1] - chain->first[v], sizeof *chain->to, compare_numbers);
}

static lq_status draw_outline(lq_context *context, const lqi_signed_edge *edge, size_t count, outline *o)
{
    *o = (outline){.bits = lqi_alloc_array(context, 6 * count, sizeof *o->bits)};
    if (!o->bits) return lqi_memory_status(context);
    number_vertices(o, edge, count);
    for (size_t i = 0; i < count; i++) o->chain.count += times(&edge[i]);
    o->position = lqi_alloc_array(context, o->chain.vertex_count, 3 * sizeof *o->position);
    o->chain.first =
        o->position ? lqi_alloc_zeroed(context, (size_t)o->chain.vertex_count + 2, sizeof *o->chain.first) : NULL;
    o->chain.to = o->chain.first ? lqi_alloc_array(context, o->chain.count, sizeof *o->chain.to) : NULL;
    if (!o->chain.to) return lqi_memory_status(context);
    place_vertices(o);
    fill_chain(o, edge, count);
    return LQ_OK;
}

static void free_outline(lq_context *context, outline *o)
{
    lqi_free(context, o->bits);
    lqi_free(context, o->position);
    lqi_free(context, o->chain.first);
    lqi_free(context, o->chain.to);
}

/* ---- proof ---- */

/* Caps as records, so that their sums are of the surface's kind. */
static lq_status add_sums_of_caps(lq_context *context, const outline *o, const lqi_boundary *boundary,
                                  const lqi_certificate_key *key, lqi_certificate_sums *sums)
{
    size_t padded = ((size_t)boundary->cap_count + LQI_LANES - 1) / LQI_LANES * LQI_LANES;
    uint8_t *records = lqi_alloc_zeroed(context, padded, LQI_RECORD_SIZE);
    if (!records) return lqi_memory_status(context);
    for (size_t i = 0; i < (size_t)3 * boundary->cap_count; i++)
        for (size_t axis = 0; axis < 3; axis++)
            lqi_store_u32(records + i / 3 * LQI_RECORD_SIZE + LQI_RECORD_CORNERS + 12 * (i % 3) + 4 * axis,
                          o->bits[(size_t)3 * boundary->cap_corner[i] + axis]);
    context->kernels->record_certificate(records, padded, key, sums);
    lqi_free(context, records);
    return LQ_OK;
}

/* ---- measures ---- */

static lq_status add_caps(lq_context *context, const outline *o, const lqi_boundary *boundary,
                          const lqi_moments *surface, lqi_patch *patch)
{
    lqi_mesh caps = {.position = o->position,
                     .corner = boundary->cap_corner,
                     .vertex_count = o->chain.vertex_count,
                     .triangle_count = boundary->cap_count};
    double sums[LQI_MOMENT_COUNT];
    const lqi_sweep sweep = {.mesh = &caps, .reference = surface->reference, .stored = sums};
    LQI_TRY(lqi_sweep_run(context, &sweep));
    lqi_moments moments;
    lqi_moments_of_sums(sums, boundary->cap_count, surface->reference, &moments);
    patch->whole = *surface;
    lqi_moments_add(&patch->whole, &moments);
    return LQ_OK;
}

static void describe(const outline *o, const lqi_signed_edge *edge, size_t count, lqi_patch *patch)
{
    for (size_t i = 0; i < count; i++) {
        const double *a = o->position + (size_t)3 * vertex_at(o, edge[i].end[0]),
                     *b = o->position + (size_t)3 * vertex_at(o, edge[i].end[1]);
        double x = a[0] - b[0], y = a[1] - b[1], z = a[2] - b[2];
        patch->edge_count += times(&edge[i]);
        patch->edge_length += times(&edge[i]) * sqrt(x * x + y * y + z * z);
        if (!i) memcpy(patch->point, a, sizeof patch->point);
    }
}

static void describe_loops(const lqi_boundary *boundary, double area, lqi_patch *patch)
{
    const lqi_openings open = lqi_boundary_openings(boundary);
    patch->loop_count = boundary->loop_count;
    for (uint32_t i = 0; i < boundary->loop_count; i++)
        patch->longest_loop = fmax(patch->longest_loop, boundary->loop[i].length);
    patch->cap_area = open.cap_area;
    patch->doubt = open.uncertain;
    patch->closes = open.least <= LQI_CAP_SHARE_MAX * area;
}

static lq_status close_outline(lq_context *context, const outline *o, const lqi_moments *surface,
                               const lqi_certificate_sums *sums, const lqi_certificate_key *key, lqi_patch *patch)
{
    lqi_boundary boundary;
    LQI_TRY(lqi_loops_find(context, o->position, &o->chain, &boundary));
    lqi_certificate_sums all = *sums;
    lq_status status = add_sums_of_caps(context, o, &boundary, key, &all);
    lqi_mesh_certificate proof = lqi_certificate_of_sums(&all);
    if (status == LQ_OK && proof.oriented && proof.closed) {
        describe_loops(&boundary, surface->area, patch);
        status = add_caps(context, o, &boundary, surface, patch);
    }
    lqi_boundary_free(context, &boundary);
    return status;
}

lq_status lqi_patch_make(lq_context *context, lqi_sketch *sketch, const lqi_moments *surface,
                         const lqi_certificate_sums *sums, const lqi_certificate_key *key, lqi_patch *patch)
{
    *patch = (lqi_patch){0};
    size_t count = 0;
    bool complete = false;
    lqi_signed_edge *edge = lqi_alloc_array(context, LQI_SKETCH_EDGES_MAX, sizeof *edge);
    if (!edge) return lqi_memory_status(context);
    lqi_sketch_list(sketch, edge, &count, &complete);
    for (size_t i = 0; i < count; i++) complete = complete && edge[i].net >= -TIMES_MAX && edge[i].net <= TIMES_MAX;
    lq_status status = LQ_OK;
    if (complete && count) {
        outline o;
        status = draw_outline(context, edge, count, &o);
        if (status == LQ_OK) status = close_outline(context, &o, surface, sums, key, patch);
        if (status == LQ_OK && patch->closes) describe(&o, edge, count, patch);
        free_outline(context, &o);
    }
    lqi_free(context, edge);
    return status;
}
