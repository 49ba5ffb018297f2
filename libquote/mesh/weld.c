#include "mesh/weld.h"

#include <string.h>

#include "base/bytes.h"
#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "mesh/seams.h"

#define NO_VERTEX UINT32_MAX
#define SLOTS_MIN ((uint64_t)1 << 6)

/* Vertices whose slots are fetched while the hashes of the others are made. */
#define BATCH 64u

#define BATCHES_PER_PROGRESS 1024u
#define CORNERS_PER_PROGRESS ((size_t)1 << 18)

void lqi_indexed_free(lq_context *context, lqi_indexed *indexed)
{
    lqi_free(context, indexed->xyz);
    lqi_free(context, indexed->corner);
    *indexed = (lqi_indexed){0};
}

/* ---- equal positions ---- */

typedef struct finder {
    lq_context *context;
    double *xyz;
    uint32_t count;
    uint32_t
        *slot; /* vertex + 1 in vertex_bits and bits of the hash above, 0: free; open addressing, at most half full */
    uint64_t mask;
    int vertex_bits;
    uint64_t seed;
    uint32_t *twin; /* per vertex: the first of its position; NULL as long as no two are equal */
} finder;

/* Keyed, so that a crafted file cannot line up its vertices in one chain; the key never reaches a result. */
static uint64_t hash_of(const double xyz[3], uint64_t seed)
{
    uint64_t hash = seed;
    for (int i = 0; i < 3; i++) {
        hash = (hash ^ lqi_bits_of_double(xyz[i])) * 0x9FB21C651E98DF25u;
        hash ^= hash >> 32;
    }
    hash *= 0xD6E8FEB86659FD93u;
    return hash ^ hash >> 32;
}

static lq_status note_twin(finder *f, uint32_t vertex, uint32_t first)
{
    if (!f->twin) {
        f->twin = lqi_alloc_array(f->context, f->count, sizeof *f->twin);
        if (!f->twin) return lqi_memory_status(f->context);
        for (uint32_t i = 0; i < f->count; i++) f->twin[i] = i;
    }
    f->twin[vertex] = first;
    return LQ_OK;
}

static lq_status find_one(finder *f, uint32_t vertex, uint64_t hash)
{
    const double *xyz = f->xyz + (size_t)3 * vertex;
    uint64_t i = hash & f->mask, vertex_mask = ((uint64_t)1 << f->vertex_bits) - 1;
    uint64_t tag = hash >> 32 & ~vertex_mask;
    for (; f->slot[i]; i = (i + 1) & f->mask) {
        if ((f->slot[i] & ~vertex_mask) != tag) continue;
        uint32_t known = (uint32_t)(f->slot[i] & vertex_mask) - 1;
        if (memcmp(f->xyz + (size_t)3 * known, xyz, 3 * sizeof *xyz) == 0) return note_twin(f, vertex, known);
    }
    f->slot[i] = (uint32_t)tag | (vertex + 1);
    return LQ_OK;
}

/* Makes -0 to 0 on the way. */
static lq_status find_batch(finder *f, uint32_t first, uint32_t count)
{
    uint64_t hash[BATCH];
    for (uint32_t i = 0; i < count; i++) {
        double *xyz = f->xyz + (size_t)3 * (first + i);
        for (int k = 0; k < 3; k++) xyz[k] += 0.0;
        hash[i] = hash_of(xyz, f->seed);
        __builtin_prefetch(&f->slot[hash[i] & f->mask], 1);
    }
    for (uint32_t i = 0; i < count; i++) LQI_TRY(find_one(f, first + i, hash[i]));
    return LQ_OK;
}

/* *twin: lqi_free; NULL when no two positions are equal. */
static lq_status find_twins(lq_context *context, const lqi_indexed *indexed, uint32_t **twin)
{
    finder f = {
        .context = context, .xyz = indexed->xyz, .count = indexed->vertex_count, .seed = lqi_hash_seed(context, 'w')};
    uint64_t slots = SLOTS_MIN;
    while (slots < 2 * (uint64_t)f.count) slots *= 2;
    f.mask = slots - 1;
    while ((uint64_t)f.count >> f.vertex_bits) f.vertex_bits++;
    f.slot = lqi_alloc_zeroed(context, (size_t)slots, sizeof *f.slot);
    if (!f.slot) return lqi_memory_status(context);
    lq_status status = LQ_OK;
    for (uint32_t i = 0; i < f.count && status == LQ_OK; i += BATCH) {
        if (i % (BATCH * BATCHES_PER_PROGRESS) == 0) status = lqi_progress(context, "weld", i, f.count);
        if (status == LQ_OK) status = find_batch(&f, i, f.count - i < BATCH ? f.count - i : BATCH);
    }
    lqi_free(context, f.slot);
    if (status != LQ_OK) lqi_free(context, f.twin);
    *twin = status == LQ_OK ? f.twin : NULL;
    return status;
}

/* ---- order of first use ---- */

/* *in_order: each vertex is first used behind all before it; then *used of them are. */
static lq_status examine_corners(lq_context *context, const lqi_indexed *indexed, bool *in_order, uint32_t *used)
{
    size_t count = (size_t)3 * indexed->triangle_count, i = 0;
    const uint32_t *corner = indexed->corner;
    uint32_t next = 0, largest = 0;
    for (; i < count && corner[i] <= next; i++) next += corner[i] >= next;
    *in_order = i == count;
    *used = next;
    for (; i < count; i++) largest = corner[i] > largest ? corner[i] : largest;
    if (next > indexed->vertex_count || (count && largest >= indexed->vertex_count))
        return lqi_fail(context, LQI_THREEMF_BAD_INDEX, -1, "A triangle refers to a vertex that is not there.");
    return LQ_OK;
}

static lq_status renumber(lq_context *context, const lqi_indexed *indexed, const uint32_t *twin, uint32_t *number,
                          lqi_mesh *mesh)
{
    uint32_t next = 0;
    for (uint32_t v = 0; v < indexed->vertex_count; v++) number[v] = NO_VERTEX;
    for (size_t i = 0; i < (size_t)3 * indexed->triangle_count; i++) {
        if (i % CORNERS_PER_PROGRESS == 0)
            LQI_TRY(lqi_progress(context, "weld", i, (size_t)3 * indexed->triangle_count));
        uint32_t given = twin ? twin[indexed->corner[i]] : indexed->corner[i];
        if (number[given] == NO_VERTEX) {
            memcpy(mesh->position + (size_t)3 * next, indexed->xyz + (size_t)3 * given, 3 * sizeof *mesh->position);
            number[given] = next++;
        }
        indexed->corner[i] = number[given];
    }
    mesh->vertex_count = next;
    return LQ_OK;
}

static lq_status use_in_order(lq_context *context, lqi_indexed *indexed, const uint32_t *twin, lqi_mesh *mesh)
{
    size_t most = (size_t)3 * indexed->triangle_count;
    if (most > indexed->vertex_count) most = indexed->vertex_count;
    uint32_t *number = lqi_alloc_array(context, indexed->vertex_count, sizeof *number);
    if (!number) return lqi_memory_status(context);
    mesh->position = lqi_alloc_array(context, most, 3 * sizeof *mesh->position);
    lq_status status = mesh->position ? renumber(context, indexed, twin, number, mesh) : lqi_memory_status(context);
    lqi_free(context, number);
    if (status != LQ_OK) {
        lqi_free(context, mesh->position);
        mesh->position = NULL;
        return status;
    }
    lqi_free(context, indexed->xyz);
    indexed->xyz = NULL;
    return LQ_OK;
}

lq_status lqi_weld(lq_context *context, lqi_indexed *indexed, lqi_mesh *mesh)
{
    *mesh =
        (lqi_mesh){.triangle_count = indexed->triangle_count, .indexed = true, .index_vertices = indexed->vertex_count};
    bool in_order;
    uint32_t *twin = NULL;
    LQI_TRY(examine_corners(context, indexed, &in_order, &mesh->vertex_count));
    LQI_TRY(find_twins(context, indexed, &twin));
    lq_status status = LQ_OK;
    if (twin)
        LQI_TRY_GOTO(lqi_seams_look(context, indexed->corner, indexed->triangle_count, twin, indexed->vertex_count,
                                    &mesh->seams_closed));
    if (twin || !in_order) {
        LQI_TRY_GOTO(use_in_order(context, indexed, twin, mesh));
    } else {
        mesh->position = indexed->xyz;
        indexed->xyz = NULL;
    }
    mesh->corner = indexed->corner;
    indexed->corner = NULL;
done:
    lqi_free(context, twin);
    return status;
}
