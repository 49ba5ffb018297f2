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

static void join_edge(joiner *j, uint32_t half)
{
    uint32_t a = j->corner[half], b = end_of(j, half), low = a < b ? a : b, high = a < b ? b : a;
    size_t at = (size_t)low * NEAR_SLOTS;
    for (int probe = 0; probe < NEAR_SLOTS; probe++)
        if (settle(j, half, a, b, at + (size_t)probe)) return;
    at = (size_t)(lqi_mix64((uint64_t)low << 32 | high) % j->slot_count);
    for (int probe = 0; probe < FAR_PROBES; probe++) {
        if (settle(j, half, a, b, at)) return;
        if (++at == j->slot_count) at = 0;
    }
}

/* By which corners lie above: the edge that goes up (edge k from corner k). Entries 0 and 7 do not occur. */
static const uint8_t edge_up[8] = {0, 2, 0, 2, 1, 1, 0, 0};
static const uint8_t edge_down[8] = {0, 0, 1, 1, 2, 0, 2, 0};

static void find_ways(const joiner *j, uint32_t triangle, lqi_facet *facet)
{
    const uint32_t *corner = j->corner + (size_t)3 * triangle, *other = j->other + (size_t)3 * triangle;
    uint32_t a = j->level[corner[0]], b = j->level[corner[1]], c = j->level[corner[2]];
    uint32_t low = a < b ? a : b, high = a < b ? b : a;
    uint32_t middle = c < low ? low : c > high ? high : c;
    low = c < low ? c : low;
    facet->turn = middle;
    facet->seen = 0;
    for (int way = 0; way < 2; way++) {
        uint32_t layer = way ? middle : low;
        unsigned above = (a > layer) | (unsigned)(b > layer) << 1 | (unsigned)(c > layer) << 2;
        uint32_t up = edge_up[above], down = edge_down[above];
        facet->next[way] = other[up] == NONE ? NONE : other[up] / 3;
        facet->from[way] = corner[up];
        facet->to[way] = corner[up == 2 ? 0 : up + 1];
        facet->before[way] = other[down] == NONE ? NONE : other[down] / 3;
        facet->enter[way] = corner[down];
        facet->end[way] = corner[down == 2 ? 0 : down + 1];
    }
}

lq_status lqi_facets_join(lq_context *context, const uint32_t *level, size_t vertex_count, const uint32_t *corner,
                          uint32_t triangle_count, lqi_facet *facet, bool *ended)
{
    lq_status status = LQ_OK;
    size_t half_count = (size_t)3 * triangle_count;
    joiner j = {.level = level, .corner = corner, .slot_count = vertex_count * NEAR_SLOTS};
    *ended = false;
    j.other = lqi_alloc_array(context, half_count, sizeof *j.other);
    j.slot = lqi_alloc_array(context, j.slot_count, sizeof *j.slot);
    if (!j.other || !j.slot) {
        status = lqi_memory_status(context);
        goto done;
    }
    memset(j.other, 0xff, half_count * sizeof *j.other);
    memset(j.slot, 0xff, j.slot_count * sizeof *j.slot);
    for (uint32_t half = 0; half < half_count; half++)
        if (level[corner[half]] != level[end_of(&j, half)]) join_edge(&j, half);
    for (uint32_t half = 0; half < half_count && !*ended; half++)
        *ended = j.other[half] == NONE && level[corner[half]] != level[end_of(&j, half)];
    for (uint32_t t = 0; t < triangle_count; t++) find_ways(&j, t, &facet[t]);
done:
    lqi_free(context, j.other);
    lqi_free(context, j.slot);
    return status;
}
