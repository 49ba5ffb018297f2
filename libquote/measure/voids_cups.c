#include "measure/voids_cups.h"

#include <string.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "measure/voids_space.h"
#include "mesh/union_find.h"

#define ACROSS 128
#define LEVELS 1024
#define NO_NODE UINT32_MAX

/* A gap of a column that is looked at. The level is the lowest that lets water out of it: -INFINITY below the body,
 * INFINITY until a way is known. Upside down all heights change their sign. */
typedef struct node {
    double low, high, level;
    uint32_t before, next; /* waiting for the same level */
    uint32_t column;
    bool done; /* its level is known */
} node;

typedef struct pouring {
    const lqi_dexels *dexels;
    bool upside_down;
    uint32_t step, from[2], count[2]; /* columns looked at along x and y: every so many, from this one, so many */
    uint32_t *first;                  /* per column and one more: its first node, upwards as the body is turned */
    node *node;
    uint32_t node_count;
    double bottom, per_height; /* levels by height */
    uint32_t waiting[LEVELS];
    uint32_t *parent;
} pouring;

/* ---- columns ---- */

static uint32_t lattice_of(const pouring *p, int way, uint32_t index) { return p->from[way] + index * p->step; }

static size_t column_at(const pouring *p, uint32_t x, uint32_t y)
{
    return lqi_lattice_column(p->dexels, 2, (uint32_t[]){lattice_of(p, 0, x), lattice_of(p, 1, y), 0});
}

static void make_nodes(pouring *p)
{
    const lqi_dexel_axis *axis = &p->dexels->axis[2];
    uint32_t count = 0;
    for (uint32_t c = 0; c < p->count[0] * p->count[1]; c++) {
        size_t column = column_at(p, c % p->count[0], c / p->count[0]);
        uint32_t gaps = lqi_gap_count(axis, column);
        p->first[c] = count;
        for (uint32_t i = 0; i < gaps; i++) {
            lqi_gap gap = lqi_gap_at(axis, column, p->upside_down ? gaps - 1 - i : i);
            node *n = &p->node[count++];
            *n = (node){gap.low, gap.high, INFINITY, NO_NODE, NO_NODE, c, false};
            if (p->upside_down) n->low = -gap.high, n->high = -gap.low;
        }
    }
    p->first[p->count[0] * p->count[1]] = count;
    p->node_count = count;
}

/* From a column to the next along x or y, or to the outside from the first (before) or the last: the lowest height
 * between two that a line of columns finds open; INFINITY: none. Below the lowest line it is open as that line is. */
static double crossing(const pouring *p, uint32_t column, int way, bool before, double low, double high)
{
    const lqi_dexels *dexels = p->dexels;
    uint32_t index[2] = {column % p->count[0], column / p->count[0]};
    uint32_t at[3] = {lattice_of(p, 0, index[0]), lattice_of(p, 1, index[1]), 0}, count = lqi_lattice_count(dexels, 2);
    double from = lqi_lattice_place(dexels, way, at[way]), to = INFINITY;
    if (before)
        to = from, from = -INFINITY;
    else if (index[way] + 1 < p->count[way])
        to = lqi_lattice_place(dexels, way, at[way] + p->step);
    const uint32_t first = lqi_lattice_from(dexels, 2, p->upside_down ? -high : low);
    const uint32_t end = lqi_lattice_from(dexels, 2, p->upside_down ? -low : high);
    for (uint32_t i = first; i < end && i < count; i++) {
        at[2] = p->upside_down ? first + (end - 1 - i) : i;
        if (!lqi_is_open(&dexels->axis[way], lqi_lattice_column(dexels, way, at), from, to)) continue;
        double height = lqi_lattice_place(dexels, 2, at[2]);
        return i == first ? low : p->upside_down ? -height : height;
    }
    return INFINITY;
}

/* ---- levels ---- */

static uint32_t level_of(const pouring *p, double level)
{
    double index = (level - p->bottom) * p->per_height;
    return index > 0 ? (index < LEVELS - 1 ? (uint32_t)index : LEVELS - 1) : 0;
}

static void lower(pouring *p, uint32_t index, double level)
{
    node *n = &p->node[index];
    if (n->done || !(level < n->level)) return;
    uint32_t slot = level_of(p, level);
    if (n->level < INFINITY) { /* waits elsewhere */
        if (n->next != NO_NODE) p->node[n->next].before = n->before;
        if (n->before != NO_NODE)
            p->node[n->before].next = n->next;
        else
            p->waiting[level_of(p, n->level)] = n->next;
    }
    n->level = level;
    n->before = NO_NODE;
    n->next = p->waiting[slot];
    if (n->next != NO_NODE) p->node[n->next].before = index;
    p->waiting[slot] = index;
}

static bool is_wet(const node *n) { return n->level < INFINITY && n->level > n->low; }

/* What a way to a neighbour, at its lowest height, means for it. */
static void pour(pouring *p, uint32_t from, uint32_t to, double height)
{
    lower(p, to, fmax(p->node[from].level, height));
}

static void join(pouring *p, uint32_t a, uint32_t b, double height)
{
    if (height < fmin(p->node[a].level, p->node[b].level)) lqi_unite(p->parent, a, b);
}

static void each_neighbour(pouring *p, uint32_t index, bool joins)
{
    const node *n = &p->node[index];
    for (int way = 0; way < 2; way++)
        for (int before = 0; before < 2; before++) {
            uint32_t at = way ? n->column / p->count[0] : n->column % p->count[0];
            uint32_t stride = way ? p->count[0] : 1;
            if (before ? at == 0 : at + 1 == p->count[way]) continue;
            uint32_t other = before ? n->column - stride : n->column + stride;
            for (uint32_t k = p->first[other]; k < p->first[other + 1]; k++) {
                const node *o = &p->node[k];
                if (o->low >= n->high) break;
                if (o->high <= n->low || (joins ? k < index || !is_wet(o) : o->done)) continue;
                double height =
                    crossing(p, before ? other : n->column, way, false, fmax(n->low, o->low), fmin(n->high, o->high));
                if (height == INFINITY) continue;
                if (joins)
                    join(p, index, k, height);
                else
                    pour(p, index, k, height);
            }
        }
}

static void start(pouring *p)
{
    for (uint32_t i = 0; i < p->node_count; i++) {
        const node *n = &p->node[i];
        uint32_t at[2] = {n->column % p->count[0], n->column / p->count[0]};
        if (n->low == -INFINITY) {
            lower(p, i, -INFINITY);
            continue;
        }
        for (int way = 0; way < 2; way++) {
            if (at[way] == 0) lower(p, i, crossing(p, n->column, way, true, n->low, n->high));
            if (at[way] + 1 == p->count[way]) lower(p, i, crossing(p, n->column, way, false, n->low, n->high));
        }
    }
}

/* The lowest first (Dijkstra): levels are right to a step of height. */
static void find_levels(pouring *p)
{
    start(p);
    for (uint32_t slot = 0; slot < LEVELS; slot++)
        while (p->waiting[slot] != NO_NODE) {
            uint32_t index = p->waiting[slot];
            p->waiting[slot] = p->node[index].next;
            if (p->waiting[slot] != NO_NODE) p->node[p->waiting[slot]].before = NO_NODE;
            p->node[index].done = true;
            each_neighbour(p, index, false);
        }
}

/* ---- cups ---- */

static void list_cup(lqi_cups *cups, lqi_cup cup)
{
    cups->count++;
    cups->volume += cup.volume;
    for (uint32_t i = 0; i < cups->listed; i++) {
        if (cup.volume <= cups->largest[i].volume) continue;
        lqi_cup swap = cups->largest[i];
        cups->largest[i] = cup;
        cup = swap;
    }
    if (cups->listed < LQI_CUPS_LISTED) cups->largest[cups->listed++] = cup;
}

static lq_status list_cups(pouring *p, lqi_cups *cups)
{
    const double spacing = p->dexels->cell * p->step;
    lqi_cup *cup = lqi_alloc_zeroed(p->dexels->context, p->node_count, sizeof *cup); /* per root */
    if (!cup) return lqi_memory_status(p->dexels->context);
    for (uint32_t i = 0; i < p->node_count; i++)
        if (is_wet(&p->node[i])) each_neighbour(p, i, true);
    for (uint32_t i = 0; i < p->node_count; i++) {
        const node *n = &p->node[i];
        if (!is_wet(n)) continue;
        lqi_cup *c = &cup[lqi_find(p->parent, i)];
        c->volume += (fmin(n->level, n->high) - n->low) * spacing * spacing;
        if (!(n->level - n->low > c->depth)) continue;
        c->depth = n->level - n->low;
        c->point[0] = lqi_lattice_place(p->dexels, 0, lattice_of(p, 0, n->column % p->count[0]));
        c->point[1] = lqi_lattice_place(p->dexels, 1, lattice_of(p, 1, n->column / p->count[0]));
        c->point[2] = p->upside_down ? -n->low : n->low;
    }
    for (uint32_t i = 0; i < p->node_count; i++)
        if (cup[i].depth > 2 * spacing) list_cup(cups, cup[i]);
    lqi_free(p->dexels->context, cup);
    return LQ_OK;
}

static lq_status measure(pouring *p, bool upside_down, lqi_cups *cups)
{
    const lqi_box *box = &p->dexels->box;
    p->upside_down = upside_down;
    p->bottom = upside_down ? -box->max[2] : box->min[2];
    make_nodes(p);
    for (uint32_t i = 0; i < LEVELS; i++) p->waiting[i] = NO_NODE;
    for (uint32_t i = 0; i < p->node_count; i++) p->parent[i] = i;
    find_levels(p);
    return list_cups(p, cups);
}

lq_status lqi_cups_measure(const lqi_dexels *dexels, lqi_cups_both *cups)
{
    *cups = (lqi_cups_both){.examined = lqi_space_is_known(dexels)};
    if (!cups->examined) return LQ_OK;
    const lqi_dexel_axis *axis = &dexels->axis[2];
    const double height = dexels->box.max[2] - dexels->box.min[2];
    pouring p = {.dexels = dexels, .per_height = height > 0 ? (LEVELS - 1) / height : 0};
    uint32_t most = axis->across[0] > axis->across[1] ? axis->across[0] : axis->across[1];
    p.step = (most + ACROSS - 1) / ACROSS;
    for (int i = 0; i < 2; i++) {
        p.from[i] = p.step / 2 < axis->across[i] ? p.step / 2 : axis->across[i] - 1;
        p.count[i] = (axis->across[i] - p.from[i] - 1) / p.step + 1;
    }
    cups->spacing = dexels->cell * p.step;
    size_t columns = (size_t)p.count[0] * p.count[1], nodes = 0;
    for (uint32_t c = 0; c < columns; c++) nodes += lqi_gap_count(axis, column_at(&p, c % p.count[0], c / p.count[0]));
    lq_status status;
    p.first = lqi_alloc_array(dexels->context, columns + 1, sizeof *p.first);
    p.node = lqi_alloc_array(dexels->context, nodes, sizeof *p.node);
    p.parent = lqi_alloc_array(dexels->context, nodes, sizeof *p.parent);
    if (!p.first || !p.node || !p.parent) {
        status = lqi_memory_status(dexels->context);
        goto done;
    }
    LQI_TRY_GOTO(lqi_progress(dexels->context, "cups", 0, 2));
    LQI_TRY_GOTO(measure(&p, false, &cups->up));
    LQI_TRY_GOTO(lqi_progress(dexels->context, "cups", 1, 2));
    LQI_TRY_GOTO(measure(&p, true, &cups->down));
done:
    lqi_free(dexels->context, p.first);
    lqi_free(dexels->context, p.node);
    lqi_free(dexels->context, p.parent);
    return status;
}
