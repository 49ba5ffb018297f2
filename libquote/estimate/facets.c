#include "estimate/facets.h"

#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/mix.h"

#define NONE LQI_FACET_NONE
/* Slots of the table of edges: by vertex first, where edges that were met together lie together; then anywhere. */
#define NEAR_SLOTS 8
#define FAR_PROBES 64

typedef struct joiner {
    const uint32_t *level, *corner;
    uint32_t *other; /* per half-edge: the one on the other side */
    uint32_t *slot;  /* a half-edge */
    size_t slot_count;
} joiner;

static uint32_t end_of(const joiner *j, uint32_t half) { return j->corner[half % 3 == 2 ? half - 2 : half + 1]; }

/* Takes an empty slot, or the other side that waits in one. */
static bool settle(joiner *j, uint32_t half, uint32_t a, uint32_t b, size_t at)
{
    uint32_t found = j->slot[at];
    if (found == NONE) {
        j->slot[at] = half;
        return true;
    }
    if (j->other[found] != NONE || j->corner[found] != b || end_of(j, found) != a) return false;
    j->other[found] = half;
    j->other[half] = found;
    return true;
}

static void join_edge(joiner *j, uint32_t half, uint32_t a, uint32_t b)
{
    uint32_t low = a < b ? a : b, high = a < b ? b : a;
    size_t at = (size_t)low * NEAR_SLOTS;
    for (size_t end = at + NEAR_SLOTS; at < end; at++)
        if (settle(j, half, a, b, at)) return;
    at = (size_t)(lqi_mix64((uint64_t)low << 32 | high) % j->slot_count);
    for (int probe = 0; probe < FAR_PROBES; probe++) {
        if (settle(j, half, a, b, at)) return;
        if (++at == j->slot_count) at = 0;
    }
}

static void join_edges(joiner *j, uint32_t triangle_count)
{
    for (uint32_t half = 0; half < 3 * (uint64_t)triangle_count; half += 3) {
        const uint32_t *corner = j->corner + half;
        uint32_t a = j->level[corner[0]], b = j->level[corner[1]], c = j->level[corner[2]];
        if (a != b) join_edge(j, half, corner[0], corner[1]);
        if (b != c) join_edge(j, half + 1, corner[1], corner[2]);
        if (c != a) join_edge(j, half + 2, corner[2], corner[0]);
    }
}

static lqi_passage passage(const joiner *j, uint32_t triangle, uint32_t edge)
{
    const uint32_t *corner = j->corner + (size_t)3 * triangle;
    uint32_t other = j->other[(size_t)3 * triangle + edge];
    return (lqi_passage){other == NONE ? NONE : other / 3, corner[edge], corner[edge == 2 ? 0 : edge + 1]};
}

/* By which corners lie above: the edge that goes up (edge k from corner k). Entries 0 and 7 do not occur. */
static const uint8_t edge_up[8] = {0, 2, 0, 2, 1, 1, 0, 0};
static const uint8_t edge_down[8] = {0, 0, 1, 1, 2, 0, 2, 0};

/* Which corners lie above the layers of each way. Where there are none, the ways are the same. */
static uint32_t find_ways(const joiner *j, uint32_t triangle, unsigned above[2])
{
    const uint32_t *corner = j->corner + (size_t)3 * triangle;
    uint32_t a = j->level[corner[0]], b = j->level[corner[1]], c = j->level[corner[2]];
    uint32_t low = a < b ? a : b, high = a < b ? b : a;
    uint32_t middle = c < low ? low : c > high ? high : c;
    low = c < low ? c : low;
    high = c > high ? c : high;
    above[0] = (a > low) | (unsigned)(b > low) << 1 | (unsigned)(c > low) << 2;
    above[1] = (a > middle) | (unsigned)(b > middle) << 1 | (unsigned)(c > middle) << 2;
    if (middle == high) above[1] = above[0];
    return middle;
}

/* Is some edge that layers meet without its other side? */
static bool has_ends(const joiner *j, uint32_t triangle_count)
{
    for (uint32_t t = 0; t < triangle_count; t++)
        for (uint32_t k = 0; k < 3; k++) {
            const uint32_t *corner = j->corner + (size_t)3 * t;
            if (j->other[(size_t)3 * t + k] == NONE && j->level[corner[k]] != j->level[corner[k == 2 ? 0 : k + 1]])
                return true;
        }
    return false;
}

lq_status lqi_facets_join(lq_context *context, const uint32_t *level, size_t vertex_count, const uint32_t *corner,
                          uint32_t triangle_count, lqi_facets *facets)
{
    lq_status status = LQ_OK;
    size_t half_count = (size_t)3 * triangle_count;
    joiner j = {.level = level, .corner = corner, .slot_count = vertex_count * NEAR_SLOTS};
    *facets = (lqi_facets){0};
    facets->facet = lqi_alloc_array(context, triangle_count, sizeof *facets->facet);
    j.other = lqi_alloc_array(context, half_count, sizeof *j.other);
    j.slot = lqi_alloc_array(context, j.slot_count, sizeof *j.slot);
    if (!facets->facet || !j.other || !j.slot) goto memory;
    memset(j.other, 0xff, half_count * sizeof *j.other);
    memset(j.slot, 0xff, j.slot_count * sizeof *j.slot);
    join_edges(&j, triangle_count);
    if (has_ends(&j, triangle_count)) {
        facets->in = lqi_alloc_array(context, triangle_count, sizeof *facets->in);
        if (!facets->in) goto memory;
    }
    for (uint32_t t = 0; t < triangle_count; t++) {
        unsigned above[2];
        lqi_facet *facet = &facets->facet[t];
        facet->turn = find_ways(&j, t, above);
        facet->seen = 0;
        for (int way = 0; way < 2; way++) {
            facet->out[way] = passage(&j, t, edge_up[above[way]]);
            if (facets->in) facets->in[t][way] = passage(&j, t, edge_down[above[way]]);
        }
    }
    goto done;
memory:
    status = lqi_memory_status(context);
done:
    lqi_free(context, j.other);
    lqi_free(context, j.slot);
    return status;
}

void lqi_facets_free(lq_context *context, lqi_facets *facets)
{
    lqi_free(context, facets->facet);
    lqi_free(context, facets->in);
}
