#include "mesh/weld.h"

#include <string.h>

#include "base/bytes.h"
#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"

#define SLOTS_MIN ((uint64_t)1 << 10)
#define SLOTS_MAX ((uint64_t)1 << 31)

typedef struct point {
    double xyz[3]; /* -0 is 0 */
    uint64_t hash;
} point;

/* Keyed, so that a crafted file cannot line up its vertices in one chain; the key never reaches a result. */
static point make_point(double x, double y, double z, uint64_t seed)
{
    point p = {{x + 0.0, y + 0.0, z + 0.0}, seed};
    for (int i = 0; i < 3; i++) {
        p.hash = (p.hash ^ lqi_bits_of_double(p.xyz[i])) * 0x9FB21C651E98DF25u;
        p.hash ^= p.hash >> 32;
    }
    p.hash *= 0xD6E8FEB86659FD93u;
    p.hash ^= p.hash >> 32;
    return p;
}

static uint32_t tag_of(uint64_t hash) { return (uint32_t)(hash >> 32); }

lq_status lqi_weld_init(lqi_weld *weld, lq_context *context, uint64_t vertex_count_expected)
{
    *weld = (lqi_weld){.context = context, .seed = lqi_hash_seed(context, 'w')};
    uint64_t slots = SLOTS_MIN;
    while (slots < 2 * vertex_count_expected && slots < SLOTS_MAX) slots *= 2;
    weld->slot = lqi_alloc_zeroed(context, slots, sizeof *weld->slot);
    if (!weld->slot) return lqi_memory_status(context);
    weld->slot_mask = (uint32_t)(slots - 1);
    return LQ_OK;
}

void lqi_weld_free(lqi_weld *weld)
{
    if (!weld->context) return;
    lqi_free(weld->context, weld->slot);
    lqi_free(weld->context, weld->position);
    *weld = (lqi_weld){0};
}

static lq_status double_slots(lqi_weld *weld)
{
    uint64_t slots = ((uint64_t)weld->slot_mask + 1) * 2;
    if (slots > SLOTS_MAX) return lqi_fail_over_limit(weld->context, "vertices", SLOTS_MAX / 2, weld->vertex_count);
    uint64_t *slot = lqi_alloc_zeroed(weld->context, slots, sizeof *slot);
    if (!slot) return lqi_memory_status(weld->context);
    uint32_t mask = (uint32_t)(slots - 1);
    for (uint32_t v = 0; v < weld->vertex_count; v++) {
        const double *p = weld->position + (size_t)3 * v;
        uint64_t hash = make_point(p[0], p[1], p[2], weld->seed).hash;
        uint32_t i = (uint32_t)hash & mask;
        while (slot[i]) i = (i + 1) & mask;
        slot[i] = (uint64_t)tag_of(hash) << 32 | (v + 1);
    }
    lqi_free(weld->context, weld->slot);
    weld->slot = slot;
    weld->slot_mask = mask;
    return LQ_OK;
}

static lq_status add_vertex(lqi_weld *weld, const point *p, uint32_t slot, uint32_t *vertex)
{
    if (weld->vertex_count >= weld->context->limits.vertices)
        return lqi_fail_over_limit(weld->context, "vertices", weld->context->limits.vertices,
                                   weld->vertex_count + (uint64_t)1);
    LQI_TRY(lqi_grow(weld->context, (void **)&weld->position, &weld->position_capacity,
                     ((size_t)weld->vertex_count + 1) * 3, sizeof(double)));
    memcpy(weld->position + (size_t)3 * weld->vertex_count, p->xyz, sizeof p->xyz);
    weld->slot[slot] = (uint64_t)tag_of(p->hash) << 32 | (weld->vertex_count + 1);
    *vertex = weld->vertex_count++;
    if ((uint64_t)weld->vertex_count * 2 > weld->slot_mask) return double_slots(weld);
    return LQ_OK;
}

static lq_status add_point(lqi_weld *weld, const point *p, uint32_t *vertex)
{
    uint32_t i = (uint32_t)p->hash & weld->slot_mask, tag = tag_of(p->hash);
    for (; weld->slot[i]; i = (i + 1) & weld->slot_mask) {
        if ((uint32_t)(weld->slot[i] >> 32) != tag) continue;
        uint32_t known = (uint32_t)weld->slot[i] - 1;
        if (memcmp(weld->position + (size_t)3 * known, p->xyz, sizeof p->xyz) == 0) {
            *vertex = known;
            return LQ_OK;
        }
    }
    return add_vertex(weld, p, i, vertex);
}

lq_status lqi_weld_add(lqi_weld *weld, const double xyz[3], uint32_t *vertex)
{
    point p = make_point(xyz[0], xyz[1], xyz[2], weld->seed);
    return add_point(weld, &p, vertex);
}

double *lqi_weld_take(lqi_weld *weld)
{
    double *position = weld->position;
    weld->position = NULL;
    lqi_weld_free(weld);
    return position;
}
