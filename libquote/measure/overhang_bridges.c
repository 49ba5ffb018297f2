#include <math.h>

#include "base/fail.h"
#include "base/memory.h"
#include "measure/overhang_nodes.h"

/* Neighbours whose heights differ by less than this share of their distance lie on one level. */
#define LEVEL_SHARE 0.2

/* Below a deck, something that itself hangs over within this many distances does not hold it. */
#define HANGING_NEAR 1.5

#define OPEN UINT32_MAX
#define HELD (UINT32_MAX - 1)

/* Steps to the next column on a line, such that the one before comes earlier. */
static const int8_t directions[8][2] = {{1, 0}, {0, 1}, {1, 1}, {-1, 1}, {2, 1}, {1, 2}, {-1, 2}, {-2, 1}};

typedef struct walk {
    const lqi_column_view *view;
    const lqi_overhang_nodes *nodes;
    double level, near;     /* mm */
    float *before, *behind; /* columns to what holds the deck, from each node */
    uint32_t *link;         /* the node before */
} walk;

static bool is_level(const lqi_overhang_node *node) { return node->degree < LQI_BRIDGE_DEGREES; }

/* Does a column hold what lies beside it at this height? Not if it hangs there itself. */
static bool holds(const walk *w, uint32_t column, double height)
{
    uint32_t k = lqi_view_first_reaching(w->view, column, height);
    if (k == lqi_view_count(w->view, column)) return false;
    lqi_run run = lqi_view_run(w->view, column, k);
    if (run.low >= height - w->level) return false;
    if (run.low < height - w->near || run.low - w->view->floor <= LQI_LAYER_MM) return true;
    double down = lqi_view_down(w->view, run.low_facet);
    return !(down > 0 && lqi_down_degree(down) < LQI_OVERHANG_DEGREES);
}

/* What lies beside a node on its level: another node, HELD or OPEN. */
static uint32_t beside(const walk *w, const lqi_overhang_node *node, int x, int y)
{
    const lqi_dexel_axis *axis = w->view->axis;
    int64_t u = (int64_t)(node->column % axis->across[0]) + x, v = (int64_t)(node->column / axis->across[0]) + y;
    if (u < 0 || v < 0 || u >= axis->across[0] || v >= axis->across[1]) return OPEN;
    uint32_t column = (uint32_t)v * axis->across[0] + (uint32_t)u;
    const uint32_t end = w->nodes->first[column + 1];
    for (uint32_t i = lqi_first_node_above(w->nodes, column, node->height - w->level); i < end; i++) {
        const lqi_overhang_node *other = &w->nodes->node[i];
        if (other->height > node->height + w->level) break;
        if (is_level(other)) return i;
    }
    return holds(w, column, node->height) ? HELD : OPEN;
}

static float count_on(const float *columns, uint32_t found)
{
    if (found == OPEN) return INFINITY;
    return found == HELD ? 1 : columns[found] + 1;
}

static void walk_direction(walk *w, const int8_t step[2])
{
    lqi_overhang_node *node = w->nodes->node;
    size_t count = w->nodes->count;
    double length = w->view->axis->cell * sqrt(step[0] * step[0] + step[1] * step[1]);
    w->level = LEVEL_SHARE * length;
    w->near = HANGING_NEAR * length;
    for (size_t i = 0; i < count; i++) {
        if (!is_level(&node[i])) continue;
        w->link[i] = beside(w, &node[i], -step[0], -step[1]);
        w->before[i] = count_on(w->before, w->link[i]);
        w->behind[i] = -1;
    }
    for (size_t i = count; i-- > 0;) {
        if (!is_level(&node[i])) continue;
        if (isinf(w->before[i])) continue; /* no bridge, whatever is behind; nor are those it is linked to */
        if (w->behind[i] < 0) w->behind[i] = count_on(w->behind, beside(w, &node[i], step[0], step[1]));
        if (w->link[i] < HELD) w->behind[w->link[i]] = w->behind[i] + 1;
        float span = (w->before[i] + w->behind[i] - 1) * (float)length;
        if (span < node[i].span) node[i].span = span;
    }
}

lq_status lqi_bridges_find(lq_context *context, const lqi_column_view *view, lqi_overhang_nodes *nodes)
{
    walk w = {.view = view, .nodes = nodes};
    size_t any = 0;
    while (any < nodes->count && !is_level(&nodes->node[any])) any++;
    if (any == nodes->count) return LQ_OK;
    w.before = lqi_alloc_array(context, nodes->count, 2 * sizeof *w.before);
    w.link = w.before ? lqi_alloc_array(context, nodes->count, sizeof *w.link) : NULL;
    w.behind = w.before + nodes->count;
    lq_status status = w.link ? LQ_OK : lqi_memory_status(context);
    for (size_t i = 0; status == LQ_OK && i < sizeof directions / sizeof directions[0]; i++)
        walk_direction(&w, directions[i]);
    lqi_free(context, w.before);
    lqi_free(context, w.link);
    return status;
}
