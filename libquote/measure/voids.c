#include "measure/voids.h"

#include <string.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "measure/voids_space.h"
#include "mesh/union_find.h"

/* Gaps of the columns along one axis are nodes; node 0 is the outside. */
typedef struct search {
    const lqi_dexels *dexels;
    const lqi_dexel_axis *axis;
    uint32_t *parent; /* per node, one for each run and the outside */
    uint32_t *number; /* per node: of its void, from 1; 0: outside */
    uint32_t void_count;
    struct found *found;
} search;

/* The volume is summed along all three axes and by points of the lattice. */
typedef struct found {
    double along[3], points, longest;
    double point[3];
    lqi_box box;
} found;

static uint32_t inner_gaps(const lqi_dexel_axis *axis)
{
    uint32_t sum = 0;
    for (size_t c = 0; c < (size_t)axis->across[0] * axis->across[1]; c++) {
        uint32_t runs = axis->first[c + 1] - axis->first[c];
        sum += runs ? runs - 1 : 0;
    }
    return sum;
}

/* ---- ways ---- */

/* Unites the gaps of a column with those of the next one, beside which it lies in direction `way`. */
static void join_columns(search *s, size_t column, size_t next, int way, const uint32_t at[3])
{
    uint32_t here_count = lqi_gap_count(s->axis, column), next_count = lqi_gap_count(s->axis, next);
    if (here_count <= 2 && next_count <= 2) return;
    for (uint32_t i = 0, k = 0; i < here_count && k < next_count;) {
        lqi_gap a = lqi_gap_at(s->axis, column, i), b = lqi_gap_at(s->axis, next, k);
        if (lqi_find(s->parent, a.node) != lqi_find(s->parent, b.node) &&
            lqi_way_across(s->dexels, s->axis->axis, way, at, false, &a, &b) < INFINITY)
            lqi_unite(s->parent, a.node, b.node);
        a.high <= b.high ? i++ : k++;
    }
}

/* Unites the gaps of a column at the border with the outside. */
static void join_border(search *s, size_t column, int way, const uint32_t at[3], bool before)
{
    for (uint32_t i = 1; i + 1 < lqi_gap_count(s->axis, column); i++) {
        lqi_gap gap = lqi_gap_at(s->axis, column, i);
        if (lqi_find(s->parent, gap.node) == 0) continue;
        if (lqi_way_across(s->dexels, s->axis->axis, way, at, before, &gap, &lqi_gap_everywhere) < INFINITY)
            lqi_unite(s->parent, gap.node, 0);
    }
}

static lq_status join_all(search *s)
{
    const lqi_dexel_axis *axis = s->axis;
    int u = (axis->axis + 1) % 3, v = (axis->axis + 2) % 3;
    uint32_t at[3] = {0};
    for (at[v] = 0; at[v] < axis->across[1]; at[v]++) {
        if (at[v] % 16 == 0) LQI_TRY(lqi_progress(s->dexels->context, "voids", at[v], axis->across[1]));
        for (at[u] = 0; at[u] < axis->across[0]; at[u]++) {
            size_t column = (size_t)at[v] * axis->across[0] + at[u];
            if (at[u] + 1 < axis->across[0]) join_columns(s, column, column + 1, u, at);
            if (at[v] + 1 < axis->across[1]) join_columns(s, column, column + axis->across[0], v, at);
            if (at[u] == 0) join_border(s, column, u, at, true);
            if (at[v] == 0) join_border(s, column, v, at, true);
            if (at[u] + 1 == axis->across[0]) join_border(s, column, u, at, false);
            if (at[v] + 1 == axis->across[1]) join_border(s, column, v, at, false);
        }
    }
    return LQ_OK;
}

/* ---- what was found ---- */

static void number_voids(search *s, uint32_t node_count)
{
    const lqi_dexel_axis *axis = s->axis;
    for (size_t c = 0; c < (size_t)axis->across[0] * axis->across[1]; c++)
        for (uint32_t i = 1; i + 1 < lqi_gap_count(axis, c); i++) {
            uint32_t node = axis->first[c] + i, root = lqi_find(s->parent, node);
            if (root && !s->number[root]) s->number[root] = ++s->void_count;
        }
    for (uint32_t node = 1; node < node_count; node++) s->number[node] = s->number[lqi_find(s->parent, node)];
}

/* The columns that were searched: place, box, volume. */
static void sum_columns(search *s)
{
    const lqi_dexel_axis *axis = s->axis;
    const int up = axis->axis, u = (up + 1) % 3, v = (up + 2) % 3;
    for (size_t c = 0; c < (size_t)axis->across[0] * axis->across[1]; c++)
        for (uint32_t i = 1; i + 1 < lqi_gap_count(axis, c); i++) {
            lqi_gap gap = lqi_gap_at(axis, c, i);
            if (!s->number[gap.node]) continue;
            found *f = &s->found[s->number[gap.node] - 1];
            double length = gap.high - gap.low, half = axis->cell / 2, point[3];
            point[up] = gap.low + length / 2;
            point[u] = lqi_dexel_centre(axis, 0, (uint32_t)(c % axis->across[0]));
            point[v] = lqi_dexel_centre(axis, 1, (uint32_t)(c / axis->across[0]));
            if (length > f->longest) {
                f->longest = length;
                memcpy(f->point, point, sizeof point);
            }
            lqi_box box;
            box.min[up] = gap.low, box.max[up] = gap.high;
            box.min[u] = point[u] - half, box.max[u] = point[u] + half;
            box.min[v] = point[v] - half, box.max[v] = point[v] + half;
            lqi_box_add(&f->box, &box);
            f->along[up] += length;
            f->points +=
                (lqi_lattice_from(s->dexels, up, gap.high) - lqi_lattice_from(s->dexels, up, gap.low)) * axis->cell;
        }
}

/* A gap of another axis lies in the void that its points lie in. */
static void sum_across(search *s, int other)
{
    const lqi_dexel_axis *axis = &s->dexels->axis[other];
    uint32_t at[3];
    for (size_t c = 0; c < (size_t)axis->across[0] * axis->across[1]; c++)
        for (uint32_t i = 1; i + 1 < lqi_gap_count(axis, c); i++) {
            lqi_gap gap = lqi_gap_at(axis, c, i);
            at[other] = lqi_lattice_from(s->dexels, other, gap.low + (gap.high - gap.low) / 2 - axis->cell / 2);
            if (at[other] >= lqi_lattice_count(s->dexels, other)) continue;
            double place = lqi_lattice_place(s->dexels, other, at[other]);
            if (place <= gap.low || place >= gap.high) continue;
            at[(other + 1) % 3] = (uint32_t)(c % axis->across[0]);
            at[(other + 2) % 3] = (uint32_t)(c / axis->across[0]);
            int up = s->axis->axis;
            size_t column = lqi_lattice_column(s->dexels, up, at);
            uint32_t run = lqi_run_at(s->axis, column, lqi_lattice_place(s->dexels, up, at[up]));
            bool inner = run > s->axis->first[column] && run < s->axis->first[column + 1];
            if (inner && s->number[run]) s->found[s->number[run] - 1].along[other] += gap.high - gap.low;
        }
}

/* Sides of a void that look along the columns lie where they lie; the others lie on a column or not. Sums along each
 * axis know one pair of sides, points of the lattice none: together they leave an error of the second order. */
static double volume_of(const found *f, int axis)
{
    double volume = f->along[0] + f->along[1] + f->along[2] - 2 * f->points;
    return volume > 0 ? volume : f->along[axis];
}

static void list_void(lqi_voids *voids, const lqi_void *item)
{
    uint32_t place = voids->listed;
    while (place && voids->largest[place - 1].volume < item->volume) place--;
    if (place == LQI_VOIDS_LISTED) return;
    if (voids->listed < LQI_VOIDS_LISTED) voids->listed++;
    for (uint32_t i = voids->listed - 1; i > place; i--) voids->largest[i] = voids->largest[i - 1];
    voids->largest[place] = *item;
}

static lq_status describe(search *s, lqi_voids *voids)
{
    s->found = lqi_alloc_zeroed(s->dexels->context, s->void_count, sizeof *s->found);
    if (!s->found) return lqi_memory_status(s->dexels->context);
    for (uint32_t i = 0; i < s->void_count; i++) s->found[i].box = lqi_box_empty();
    const int axis = s->axis->axis;
    sum_columns(s);
    sum_across(s, (axis + 1) % 3);
    sum_across(s, (axis + 2) % 3);
    for (uint32_t i = 0; i < s->void_count; i++) {
        const found *f = &s->found[i];
        if (!(f->points > 0)) continue; /* a dent that no line could look into, or too narrow to be seen for sure */
        lqi_void item = {.volume = volume_of(f, axis) * s->axis->cell * s->axis->cell, .box = f->box};
        memcpy(item.point, f->point, sizeof item.point);
        voids->volume += item.volume;
        voids->count++;
        list_void(voids, &item);
    }
    return LQ_OK;
}

/* Along the axis with the fewest inner gaps. No voids are looked for where it has none. */
static lq_status find_voids(search *s)
{
    lq_context *context = s->dexels->context;
    s->axis = &s->dexels->axis[0];
    uint32_t least = inner_gaps(s->axis);
    for (int axis = 1; axis < 3; axis++) {
        uint32_t gaps = inner_gaps(&s->dexels->axis[axis]);
        if (gaps < least) least = gaps, s->axis = &s->dexels->axis[axis];
    }
    if (!least) return LQ_OK;
    uint32_t nodes = s->axis->first[(size_t)s->axis->across[0] * s->axis->across[1]];
    s->parent = lqi_alloc_array(context, nodes, sizeof *s->parent);
    s->number = s->parent ? lqi_alloc_zeroed(context, nodes, sizeof *s->number) : NULL;
    if (!s->number) return lqi_memory_status(context);
    for (uint32_t i = 0; i < nodes; i++) s->parent[i] = i;
    LQI_TRY(join_all(s));
    number_voids(s, nodes);
    return LQ_OK;
}

static void free_search(search *s)
{
    lqi_free(s->dexels->context, s->parent);
    lqi_free(s->dexels->context, s->number);
    lqi_free(s->dexels->context, s->found);
}

lq_status lqi_voids_measure(const lqi_dexels *dexels, lqi_voids *voids)
{
    *voids = (lqi_voids){.examined = lqi_space_is_known(dexels)};
    if (!voids->examined) return LQ_OK;
    search s = {.dexels = dexels};
    lq_status status = find_voids(&s);
    if (status == LQ_OK && s.void_count) status = describe(&s, voids);
    free_search(&s);
    return status;
}

lq_status lqi_voids_hold(const lqi_dexels *dexels, const lqi_lattice_point *points, size_t count, bool *held)
{
    memset(held, 0, count * sizeof *held);
    if (!count || !lqi_space_is_known(dexels)) return LQ_OK;
    search s = {.dexels = dexels};
    lq_status status = find_voids(&s);
    for (size_t i = 0; status == LQ_OK && s.void_count && i < count; i++) {
        const uint32_t *at = points[i].at;
        size_t column = lqi_lattice_column(dexels, s.axis->axis, at);
        uint32_t run = lqi_run_at(s.axis, column, lqi_lattice_place(dexels, s.axis->axis, at[s.axis->axis]));
        held[i] = run > s.axis->first[column] && run < s.axis->first[column + 1] && s.number[run];
    }
    free_search(&s);
    return status;
}
