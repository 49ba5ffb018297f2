#include "mesh/sketch.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "base/fail.h"
#include "base/memory.h"

/* Every edge is in one cell of each row. Peeling five rows ends where more than 0.70 of the cells would be needed
 * (Molloy, "Cores in random hypergraphs and Boolean formulas", 2005); the limit is half. */
#define ROWS 5
#define COLUMNS 614
#define CELL_COUNT ((size_t)ROWS * COLUMNS)

/* Neighbours in a file are mostly neighbours in space: most edges meet their other side while they are still here. */
#define RECENT_BITS 12
#define RECENT_COUNT ((size_t)1 << RECENT_BITS)

static size_t recent_place(const uint32_t end[2][3])
{
    uint64_t mixed = 0;
    for (int i = 0; i < 3; i++)
        mixed = (mixed ^ ((uint64_t)end[0][i] << 32 | end[1][i])) * UINT64_C(0x9E3779B97F4A7C15);
    return (size_t)(mixed >> (64 - RECENT_BITS));
}

typedef struct placing {
    uint64_t check;
    size_t cell[ROWS];
} placing;

/* No key: the list must not depend on one. Who is to trust it checks it against the closedness certificate. */
static placing place(const uint32_t end[2][3])
{
    XXH128_hash_t hash = XXH3_128bits(end, 2 * 3 * sizeof(uint32_t));
    placing p = {.check = hash.low64};
    for (size_t row = 0; row < ROWS; row++)
        p.cell[row] = row * COLUMNS + (size_t)((hash.high64 >> 12 * row & 0xFFF) * COLUMNS >> 12);
    return p;
}

static void put(lqi_sketch *sketch, const lqi_signed_edge *edge, const placing *where, uint64_t net)
{
    for (int row = 0; row < ROWS; row++) {
        lqi_sketch_cell *cell = &sketch->cell[where->cell[row]];
        cell->net += net;
        cell->check += net * where->check;
        for (int i = 0; i < 6; i++) cell->word[i] += net * edge->end[i / 3][i % 3];
    }
}

static void put_recent(lqi_sketch *sketch, lqi_signed_edge *recent)
{
    if (!recent->net) return;
    placing where = place(recent->end);
    put(sketch, recent, &where, (uint64_t)recent->net);
    recent->net = 0;
}

lq_status lqi_sketch_init(lq_context *context, lqi_sketch *sketch)
{
    *sketch = (lqi_sketch){.context = context};
    sketch->cell = lqi_alloc_zeroed(context, CELL_COUNT, sizeof *sketch->cell);
    sketch->recent = sketch->cell ? lqi_alloc_zeroed(context, RECENT_COUNT, sizeof *sketch->recent) : NULL;
    if (sketch->recent) return LQ_OK;
    lqi_sketch_free(sketch);
    return lqi_memory_status(context);
}

void lqi_sketch_free(lqi_sketch *sketch)
{
    if (!sketch->context) return;
    lqi_free(sketch->context, sketch->cell);
    lqi_free(sketch->context, sketch->recent);
    *sketch = (lqi_sketch){0};
}

static int compare_ends(const uint32_t a[3], const uint32_t b[3])
{
    for (int i = 0; i < 3; i++)
        if (a[i] != b[i]) return a[i] < b[i] ? -1 : 1;
    return 0;
}

void lqi_sketch_add(lqi_sketch *sketch, const uint32_t corner[3][3])
{
    for (int k = 0; k < 3; k++) {
        const uint32_t *from = corner[k], *to = corner[(k + 1) % 3];
        int order = compare_ends(from, to);
        if (!order) continue;
        uint32_t end[2][3];
        memcpy(end[0], order < 0 ? from : to, sizeof end[0]);
        memcpy(end[1], order < 0 ? to : from, sizeof end[1]);
        lqi_signed_edge *recent = &sketch->recent[recent_place(end)];
        if (recent->net && memcmp(recent->end, end, sizeof end) != 0) put_recent(sketch, recent);
        memcpy(recent->end, end, sizeof end);
        recent->net += order < 0 ? 1 : -1;
    }
}

/* ---- listing ---- */

/* Does the cell hold one edge alone? */
static bool is_alone(const lqi_sketch *sketch, size_t index, lqi_signed_edge *edge)
{
    const lqi_sketch_cell *cell = &sketch->cell[index];
    int64_t net = (int64_t)cell->net;
    if (!net || net == INT64_MIN) return false;
    uint64_t times = net < 0 ? 0 - cell->net : cell->net;
    for (int i = 0; i < 6; i++) {
        uint64_t sum = net < 0 ? 0 - cell->word[i] : cell->word[i];
        if (sum % times || sum / times > UINT32_MAX) return false;
        edge->end[i / 3][i % 3] = (uint32_t)(sum / times);
    }
    edge->net = net;
    placing where = place(edge->end);
    return cell->check == cell->net * where.check && where.cell[index / COLUMNS] == index;
}

static int compare_edges(const void *a, const void *b)
{
    const lqi_signed_edge *x = a, *y = b;
    int first = compare_ends(x->end[0], y->end[0]);
    return first ? first : compare_ends(x->end[1], y->end[1]);
}

/* Takes single edges out of their cells, which leaves others alone in theirs, until nothing changes. */
static bool peel(lqi_sketch *sketch, lqi_signed_edge *edge, size_t *count)
{
    size_t before;
    *count = 0;
    do {
        before = *count;
        for (size_t index = 0; index < CELL_COUNT; index++) {
            lqi_signed_edge found;
            if (!is_alone(sketch, index, &found)) continue;
            if (*count == LQI_SKETCH_EDGES_MAX) return false;
            placing where = place(found.end);
            put(sketch, &found, &where, 0 - (uint64_t)found.net);
            edge[(*count)++] = found;
        }
    } while (*count > before);
    static const lqi_sketch_cell empty;
    for (size_t index = 0; index < CELL_COUNT; index++)
        if (memcmp(&sketch->cell[index], &empty, sizeof empty) != 0) return false;
    return true;
}

void lqi_sketch_list(lqi_sketch *sketch, lqi_signed_edge *edge, size_t *count, bool *complete)
{
    for (size_t i = 0; i < RECENT_COUNT; i++) put_recent(sketch, &sketch->recent[i]);
    *complete = peel(sketch, edge, count);
    if (!*complete) {
        *count = 0;
        memset(sketch->cell, 0, CELL_COUNT * sizeof *sketch->cell);
    }
    qsort(edge, *count, sizeof *edge, compare_edges);
}
