/* Columns as they are made, from below, and the places in them that hang over air. */
#ifndef LQI_OVERHANG_NODES_H
#define LQI_OVERHANG_NODES_H

#include "measure/overhang.h"

#define LQI_NO_NODE UINT32_MAX

/* Columns seen with any end of their axis up. Heights rise; against the axis they are its places with the sign turned.
 */
typedef struct lqi_column_view {
    const lqi_dexels *body;
    const lqi_dexel_axis *axis;
    bool against;
    double floor; /* height of the bed */
} lqi_column_view;

/* A place, less than LQI_OVERHANG_DEGREES from level, that hangs over a gap of a layer or more. */
typedef struct lqi_overhang_node {
    double height; /* mm */
    uint32_t column, facet;
    float gap;  /* mm */
    float area; /* mm2 of surface */
    float span; /* mm; of a bridge, else infinite */
    bool on_part;
    uint8_t degree;
} lqi_overhang_node;

typedef struct lqi_overhang_nodes {
    lqi_overhang_node *node; /* in order of columns, rising */
    size_t count, capacity;
    uint32_t *first; /* per column, and one more */
} lqi_overhang_nodes;

static inline uint32_t lqi_view_count(const lqi_column_view *view, uint32_t column)
{
    return view->axis->first[column + 1] - view->axis->first[column];
}

/* The k-th run from below. */
static inline lqi_run lqi_view_run(const lqi_column_view *view, uint32_t column, uint32_t k)
{
    if (!view->against) return view->axis->run[view->axis->first[column] + k];
    const lqi_run *run = &view->axis->run[view->axis->first[column + 1] - 1 - k];
    return (lqi_run){-run->high, -run->low, run->high_facet, run->low_facet};
}

/* The first run, or that number, whose top is not below a height. */
static inline uint32_t lqi_view_first_reaching(const lqi_column_view *view, uint32_t column, double height)
{
    uint32_t low = 0, count = lqi_view_count(view, column);
    while (low < count) {
        uint32_t middle = low + (count - low) / 2;
        if (lqi_view_run(view, column, middle).high < height)
            low = middle + 1;
        else
            count = middle;
    }
    return low;
}

/* The first node of a column, or that behind its last, that is not below a height. */
static inline uint32_t lqi_first_node_above(const lqi_overhang_nodes *nodes, uint32_t column, double height)
{
    uint32_t low = nodes->first[column], end = nodes->first[column + 1];
    while (low < end) {
        uint32_t middle = low + (end - low) / 2;
        if (nodes->node[middle].height < height)
            low = middle + 1;
        else
            end = middle;
    }
    return low;
}

/* Cosine of a facet's normal to straight down. */
static inline double lqi_view_down(const lqi_column_view *view, uint32_t facet)
{
    double up = view->body->normal[(size_t)3 * facet + (size_t)view->axis->axis];
    return view->against ? up : -up;
}

/* overhang_bridges.c: fills in the spans. A bridge is almost level and held on both sides in some direction; its span
 * is the shortest of eight, right to two hundredths and a column. */
lq_status lqi_bridges_find(lq_context *context, const lqi_column_view *view, lqi_overhang_nodes *nodes);

/* overhang_patches.c: of a view along z. */
lq_status lqi_overhang_find_patches(lq_context *context, const lqi_column_view *view, const lqi_overhang_nodes *nodes,
                                    lqi_overhang *overhang);

/* overhang_trapped.c: likewise. */
lq_status lqi_overhang_find_trapped(lq_context *context, const lqi_column_view *view, const lqi_overhang_nodes *nodes,
                                    lqi_overhang *overhang);

#endif
