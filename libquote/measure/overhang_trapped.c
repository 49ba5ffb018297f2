/* Support that nobody can take out: it stands in a hollow without a way to the outside. Hollows are gaps between the
 * runs of columns; what is under the first run of a column and over its last one is outside. */
#include <math.h>

#include "base/fail.h"
#include "base/memory.h"
#include "measure/overhang_nodes.h"
#include "mesh/union_find.h"

/* Gaps that meet over less than this share of a column's width do not: their ends are rounded. */
#define MEETING_SHARE 0.01

/* Hollows that so few columns' cubes fill are what columns make of a rough surface. */
#define CUBES_LEAST 64

/* Gap i lies over run i and under the next one of its column; the last number is the outside. */
typedef struct hollows {
    const lqi_dexel_axis *axis;
    uint32_t *parent;
    uint32_t outside;
    double meeting; /* mm */
} hollows;

static uint32_t gap_count(const hollows *h, uint32_t column)
{
    uint32_t runs = h->axis->first[column + 1] - h->axis->first[column];
    return runs ? runs - 1 : 0;
}

static double bottom(const hollows *h, uint32_t gap) { return h->axis->run[gap].high; }
static double top(const hollows *h, uint32_t gap) { return h->axis->run[gap + 1].low; }

/* Does a gap meet what is under the first run of a column, or over its last? */
static bool meets_outside(const hollows *h, uint32_t gap, uint32_t column)
{
    uint32_t first = h->axis->first[column], end = h->axis->first[column + 1];
    if (first == end) return true;
    return bottom(h, gap) + h->meeting < h->axis->run[first].low ||
           top(h, gap) - h->meeting > h->axis->run[end - 1].high;
}

/* Both rise, so that each is passed once. */
static void join_columns(hollows *h, uint32_t a, uint32_t b)
{
    uint32_t i = h->axis->first[a], i_end = i + gap_count(h, a), k = h->axis->first[b], k_end = k + gap_count(h, b);
    for (uint32_t gap = i; gap < i_end; gap++)
        if (meets_outside(h, gap, b)) lqi_unite(h->parent, gap, h->outside);
    for (uint32_t gap = k; gap < k_end; gap++)
        if (meets_outside(h, gap, a)) lqi_unite(h->parent, gap, h->outside);
    while (i < i_end && k < k_end) {
        double low = fmax(bottom(h, i), bottom(h, k)), high = fmin(top(h, i), top(h, k));
        if (high - low > h->meeting) lqi_unite(h->parent, i, k);
        if (top(h, i) < top(h, k))
            i++;
        else
            k++;
    }
}

static void leave_grid(hollows *h, uint32_t column)
{
    for (uint32_t gap = h->axis->first[column], end = gap + gap_count(h, column); gap < end; gap++)
        lqi_unite(h->parent, gap, h->outside);
}

static void find_hollows(hollows *h)
{
    const uint32_t across = h->axis->across[0], rows = h->axis->across[1];
    for (uint32_t i = 0; i <= h->outside; i++) h->parent[i] = i;
    for (uint32_t row = 0, column = 0; row < rows; row++)
        for (uint32_t i = 0; i < across; i++, column++) {
            if (i + 1 < across) join_columns(h, column, column + 1);
            if (row + 1 < rows) join_columns(h, column, column + across);
            if (i == 0 || row == 0 || i + 1 == across || row + 1 == rows) leave_grid(h, column);
        }
}

static bool stands_on_part(const lqi_overhang_node *node)
{
    return node->on_part && node->span >= (float)LQI_BRIDGE_MM;
}

lq_status lqi_overhang_find_trapped(lq_context *context, const lqi_column_view *view, const lqi_overhang_nodes *nodes,
                                    lqi_overhang *overhang)
{
    size_t any = 0;
    while (any < nodes->count && !stands_on_part(&nodes->node[any])) any++;
    if (any == nodes->count) return LQ_OK;
    const lqi_dexel_axis *axis = view->axis;
    hollows h = {.axis = axis, .outside = lqi_dexel_run_count(axis), .meeting = MEETING_SHARE * axis->cell};
    h.parent = lqi_alloc_array(context, (size_t)h.outside + 1, sizeof *h.parent);
    if (!h.parent) return lqi_memory_status(context);
    find_hollows(&h);
    const double square = axis->cell * axis->cell;
    const lqi_overhang_node *longest = NULL;
    double volume = 0;
    for (size_t i = any; i < nodes->count; i++) {
        const lqi_overhang_node *node = &nodes->node[i];
        if (!stands_on_part(node)) continue;
        uint32_t gap = axis->first[node->column] + lqi_view_first_reaching(view, node->column, node->height) - 1;
        if (lqi_find(h.parent, gap) == lqi_find(h.parent, h.outside)) continue;
        volume += (double)node->gap * square;
        if (!longest || node->gap > longest->gap) longest = node;
    }
    lqi_free(context, h.parent);
    if (volume < CUBES_LEAST * square * axis->cell) return LQ_OK;
    overhang->trapped_mm3 = volume;
    overhang->trapped_point[0] = lqi_dexel_centre(axis, 0, longest->column % axis->across[0]);
    overhang->trapped_point[1] = lqi_dexel_centre(axis, 1, longest->column / axis->across[0]);
    overhang->trapped_point[2] = longest->height - (double)longest->gap / 2;
    return LQ_OK;
}
