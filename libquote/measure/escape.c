#include "measure/escape.h"

#include <string.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "measure/escape_basins.h"
#include "measure/voids.h"

/* Points of the first look, and of the second where there are pockets whose exits the first one missed. */
#define POINTS_FIRST ((size_t)1 << 17)
#define POINTS_SECOND ((size_t)1 << 20)

/* Doors of one basin that lie beside each other are one exit. */
#define CLUSTERS_MAX 1024

typedef struct cluster {
    uint16_t basin;
    uint32_t point; /* the widest */
    uint32_t parent;
} cluster;

typedef struct summing {
    const lqi_field *field;
    lqi_basins *basins;
    lqi_pocket *pocket; /* per basin */
    uint32_t *near;     /* per point: its cluster + 1 */
    cluster *cluster;
    uint32_t cluster_count;
} summing;

/* ---- volume ---- */

/* What a point stands for along one axis: half way to its neighbours, or to the surface where that is between. */
static double share_of(const lqi_field *field, int axis, const uint32_t at[3], size_t point)
{
    const lqi_dexel_axis *columns = &field->dexels->axis[axis];
    double place = lqi_field_place(field, axis, at[axis]), half = field->cell / 2, length = 0;
    size_t column = lqi_field_column(field, axis, at), stride = lqi_field_stride(field, axis);
    bool wall_before = field->mark[point - stride] & LQI_FIELD_WALL(axis);
    bool wall_behind = field->mark[point] & LQI_FIELD_WALL(axis);
    if (!wall_before && !wall_behind) return field->cell;
    uint32_t run = lqi_run_at(columns, column, place);
    length += wall_before && run > columns->first[column] ? place - columns->run[run - 1].high : half;
    length += wall_behind && run < columns->first[column + 1] ? columns->run[run].low - place : half;
    return length;
}

/* As for voids: sums along each axis know where one pair of sides lies, points know none. */
static void sum_volumes(summing *s)
{
    const lqi_field *field = s->field;
    double square = field->cell * field->cell;
    for (size_t point = 0; point < field->point_count; point++) {
        uint16_t label = s->basins->label[point];
        if (label <= LQI_BASIN_OUTSIDE) continue;
        uint32_t at[3];
        double length = -2 * field->cell;
        lqi_field_at(field, point, at);
        for (int axis = 0; axis < 3; axis++) length += share_of(field, axis, at, point);
        s->pocket[label - LQI_BASIN_OUTSIDE - 1].volume += length * square;
    }
}

/* ---- exits ---- */

static uint32_t root_of(const summing *s, uint32_t index)
{
    while (s->cluster[index].parent != index) index = s->cluster[index].parent;
    return index;
}

/* The cluster of a basin beside a point, all such made one; UINT32_MAX: there is none. */
static uint32_t cluster_beside(const summing *s, uint32_t point, uint16_t basin)
{
    const lqi_field *field = s->field;
    size_t row = lqi_field_stride(field, 1), layer = lqi_field_stride(field, 2);
    uint32_t found = UINT32_MAX;
    for (size_t i = 0; i < 27; i++) {
        uint32_t near = s->near[point + i % 3 + i / 3 % 3 * row + i / 9 * layer - 1 - row - layer];
        if (!near || s->cluster[near - 1].basin != basin) continue;
        near = root_of(s, near - 1);
        if (found == UINT32_MAX) found = near;
        if (near == found) continue;
        uint32_t older = near < found ? near : found; /* the one with the wider point */
        s->cluster[near].parent = s->cluster[found].parent = older;
        found = older;
    }
    return found;
}

static void gather_doors(summing *s)
{
    for (size_t i = 0; i < s->basins->door_count; i++) {
        const lqi_door *door = &s->basins->door[i];
        uint32_t index = cluster_beside(s, door->point, door->basin);
        if (index == UINT32_MAX) {
            if (s->cluster_count == CLUSTERS_MAX) continue;
            index = s->cluster_count++;
            s->cluster[index] = (cluster){door->basin, door->point, index};
        }
        s->near[door->point] = index + 1;
    }
}

static bool is_same_place(const lqi_exit *a, const lqi_exit *b)
{
    double square = 0;
    for (int i = 0; i < 3; i++) square += (a->point[i] - b->point[i]) * (a->point[i] - b->point[i]);
    return square < a->diameter * a->diameter / 4;
}

static void list_exit(lqi_pocket *pocket, const lqi_exit *item)
{
    for (uint32_t i = 0; i < pocket->listed; i++)
        if (is_same_place(item, &pocket->exit[i])) {
            pocket->exit[i].diameter = fmax(pocket->exit[i].diameter, item->diameter);
            return;
        }
    pocket->exit_count++;
    uint32_t place = pocket->listed;
    while (place && pocket->exit[place - 1].diameter < item->diameter) place--;
    if (place == LQI_EXITS_LISTED) return;
    if (pocket->listed < LQI_EXITS_LISTED) pocket->listed++;
    for (uint32_t i = pocket->listed - 1; i > place; i--) pocket->exit[i] = pocket->exit[i - 1];
    pocket->exit[place] = *item;
}

typedef struct door_sides {
    const lqi_basins *basins;
    uint16_t in;
} door_sides;

static int side_of_label(void *user, size_t point)
{
    const door_sides *sides = user;
    uint16_t label = sides->basins->label[point];
    if (label == LQI_BASIN_NONE) return LQI_SIDE_NONE;
    return label == sides->in ? LQI_SIDE_IN : label < sides->in ? LQI_SIDE_OUT : LQI_SIDE_NONE;
}

/* A basin's first exit is its neck; others count when they are nearly as wide. */
static lq_status find_exits(summing *s)
{
    const lqi_field *field = s->field;
    for (uint32_t i = 0; i < s->basins->count; i++) {
        const lqi_basin *basin = &s->basins->basin[i];
        if (basin->diameter == 0) continue;
        lqi_exit neck = {.diameter = basin->diameter};
        memcpy(neck.point, basin->neck, sizeof neck.point);
        list_exit(&s->pocket[i], &neck);
    }
    gather_doors(s);
    for (uint32_t i = 0; i < s->cluster_count; i++) {
        const cluster *c = &s->cluster[i];
        lqi_pocket *pocket = &s->pocket[c->basin - LQI_BASIN_OUTSIDE - 1];
        const double least = LQI_NECK_SHARE * pocket->exit[0].diameter;
        uint32_t near = s->near[s->basins->basin[c->basin - LQI_BASIN_OUTSIDE - 1].door];
        bool is_neck = near && root_of(s, near - 1) == i;
        if (c->parent != i || is_neck || (double)field->width[c->point] + 1.5 * field->cell < least) continue;
        lqi_exit item;
        door_sides sides = {s->basins, c->basin};
        LQI_TRY(lqi_basins_neck(field, s->basins, c->point, side_of_label, &sides, item.point, &item.diameter));
        if (item.diameter >= least && item.diameter < INFINITY) list_exit(pocket, &item);
    }
    return LQ_OK;
}

/* ---- the whole ---- */

/* A basin that opens into another one gets no wider than that one's exit. */
static void bound_by_outer(summing *s)
{
    for (uint32_t i = 0; i < s->basins->count; i++) {
        uint16_t to = s->basins->basin[i].to;
        if (to <= LQI_BASIN_OUTSIDE) continue;
        double outer = s->pocket[to - LQI_BASIN_OUTSIDE - 1].exit[0].diameter;
        for (uint32_t k = 0; k < s->pocket[i].listed; k++)
            s->pocket[i].exit[k].diameter = fmin(s->pocket[i].exit[k].diameter, outer);
    }
}

static void list_pocket(lqi_escape *escape, const lqi_pocket *item)
{
    escape->count++;
    escape->volume += item->volume;
    escape->min_diameter = fmin(escape->min_diameter, item->exit[0].diameter); /* NaN gives way */
    lqi_pocket last = *item;
    for (uint32_t i = 0; i < escape->listed; i++) {
        if (last.volume <= escape->pocket[i].volume) continue;
        lqi_pocket swap = escape->pocket[i];
        escape->pocket[i] = last;
        last = swap;
    }
    if (escape->listed < LQI_POCKETS_LISTED) {
        escape->pocket[escape->listed++] = last;
        return;
    }
    escape->other_volume += last.volume;
    escape->other_diameter = fmin(escape->other_diameter, last.exit[0].diameter);
}

static void list_narrow(lqi_escape *escape, const lqi_pocket *item, double *largest)
{
    escape->narrow_count++;
    escape->narrow_volume += item->volume;
    if (item->volume <= *largest) return;
    *largest = item->volume;
    memcpy(escape->narrow_point, item->point, sizeof escape->narrow_point);
}

/* Basins that no exit was found of: voids, or their exits are narrower than the field sees. */
static lq_status list_all_narrow(summing *s, lqi_escape *escape)
{
    lq_context *context = s->field->dexels->context;
    lq_status status;
    size_t count = 0;
    double largest = 0;
    lqi_lattice_point *points = lqi_alloc_array(context, s->basins->count, sizeof *points);
    bool *held = points ? lqi_alloc_array(context, s->basins->count, sizeof *held) : NULL;
    if (!held) {
        status = lqi_memory_status(context);
        goto done;
    }
    for (uint32_t i = 0; i < s->basins->count; i++) {
        uint32_t at[3];
        if (s->basins->basin[i].diameter > 0) continue;
        lqi_field_at(s->field, s->basins->basin[i].widest, at);
        for (int axis = 0; axis < 3; axis++) points[count].at[axis] = lqi_field_lattice(s->field, axis, at[axis]);
        count++;
    }
    LQI_TRY_GOTO(lqi_voids_hold(s->field->dexels, points, count, held));
    for (uint32_t i = 0, narrow = 0; i < s->basins->count; i++)
        if (s->basins->basin[i].diameter == 0 && !held[narrow++]) list_narrow(escape, &s->pocket[i], &largest);
done:
    lqi_free(context, points);
    lqi_free(context, held);
    return status;
}

static lq_status describe(summing *s, lqi_escape *escape)
{
    lq_context *context = s->field->dexels->context;
    lq_status status;
    bool closed = false;
    s->pocket = lqi_alloc_zeroed(context, s->basins->count, sizeof *s->pocket);
    s->near = lqi_alloc_zeroed(context, s->field->point_count, sizeof *s->near);
    s->cluster = lqi_alloc_array(context, CLUSTERS_MAX, sizeof *s->cluster);
    if (!s->pocket || !s->near || !s->cluster) {
        status = lqi_memory_status(context);
        goto done;
    }
    sum_volumes(s);
    LQI_TRY_GOTO(find_exits(s));
    bound_by_outer(s);
    for (uint32_t i = 0; i < s->basins->count; i++) {
        const lqi_basin *basin = &s->basins->basin[i];
        lqi_pocket *pocket = &s->pocket[i];
        uint32_t at[3];
        lqi_field_at(s->field, basin->widest, at);
        for (int axis = 0; axis < 3; axis++) pocket->point[axis] = lqi_field_place(s->field, axis, at[axis]);
        pocket->inside = basin->inside;
        if (basin->diameter > 0)
            list_pocket(escape, pocket);
        else
            closed = true;
    }
    if (closed) LQI_TRY_GOTO(list_all_narrow(s, escape));
done:
    lqi_free(context, s->pocket);
    lqi_free(context, s->near);
    lqi_free(context, s->cluster);
    return status;
}

/* One look with so many points. *again: more might see more. */
static lq_status look(const lqi_dexels *dexels, size_t points, lqi_basins *basins, lqi_escape *escape, bool *again)
{
    lqi_field field;
    lq_status status = LQ_OK;
    *again = false;
    *escape = (lqi_escape){.examined = true, .min_diameter = NAN, .other_diameter = NAN};
    LQI_TRY(lqi_field_make(dexels, points, &field));
    escape->resolvable = 2 * field.cell;
    if (!field.hidden) goto done;
    LQI_TRY_GOTO(lqi_field_widths(&field));
    LQI_TRY_GOTO(lqi_basins_find(&field, basins));
    summing s = {.field = &field, .basins = basins};
    if (basins->count) status = describe(&s, escape);
    escape->limited = dexels->coarser || basins->limited;
    *again = escape->narrow_count > 0 && field.step > 1;
    lqi_basins_free(dexels->context, basins);
done:
    lqi_field_free(&field);
    return status;
}

lq_status lqi_escape_measure(const lqi_dexels *dexels, lqi_escape *escape)
{
    *escape = (lqi_escape){.min_diameter = NAN, .other_diameter = NAN};
    if (!lqi_space_is_known(dexels)) return LQ_OK;
    lqi_basins *basins = lqi_alloc_zeroed(dexels->context, 1, sizeof *basins);
    if (!basins) return lqi_memory_status(dexels->context);
    bool again;
    lq_status status = look(dexels, POINTS_FIRST, basins, escape, &again);
    if (status == LQ_OK && again) status = look(dexels, POINTS_SECOND, basins, escape, &again);
    lqi_free(dexels->context, basins);
    return status;
}

double lqi_escape_trapped(const lqi_escape *escape, double diameter)
{
    double volume = escape->other_diameter < diameter ? escape->other_volume : 0;
    if (escape->resolvable <= diameter) volume += escape->narrow_volume;
    for (uint32_t i = 0; i < escape->listed; i++)
        if (escape->pocket[i].exit[0].diameter < diameter) volume += escape->pocket[i].volume;
    return volume;
}
