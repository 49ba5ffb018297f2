#include "measure/escape_basins.h"

#include <string.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "mesh/union_find.h"

#define DOORS_MAX ((size_t)1 << 18)

/* Points of the lattice miss the middle of a neck by so many cells, at most about. */
#define UNSEEN_CELLS 1.5

/* Node 0 is the outside, point i is node i + 1. A root stands for a body of space. */
typedef struct flood {
    const lqi_field *field;
    lqi_basins *basins;
    uint32_t *parent;
    uint32_t *widest; /* per root: its widest point */
    uint16_t *kind;   /* per root: LQI_BASIN_NONE while it grows alone */
    uint32_t *order;  /* points, the widest first */
    size_t order_count;
    uint8_t *done; /* per point */
} flood;

/* Bodies of space around a point that have been flooded: their roots, each once. */
typedef struct meeting {
    uint32_t root[7];
    uint32_t count;
    uint32_t from; /* the root of the widest neighbour */
} meeting;

static void meet(uint32_t root, float width, float *widest, meeting *m)
{
    if (width > *widest) *widest = width, m->from = root;
    for (uint32_t i = 0; i < m->count; i++)
        if (m->root[i] == root) return;
    m->root[m->count++] = root;
}

static meeting around(const flood *f, size_t point)
{
    const lqi_field *field = f->field;
    float widest = 0;
    meeting m = {.count = 0};
    for (int axis = 0; axis < 3; axis++) {
        size_t before = point - lqi_field_stride(field, axis), behind = point + lqi_field_stride(field, axis);
        unsigned wall = LQI_FIELD_WALL(axis);
        if (f->done[before] && !(field->mark[before] & wall))
            meet(lqi_find(f->parent, (uint32_t)before + 1), field->width[before], &widest, &m);
        if (f->done[behind] && !(field->mark[point] & wall))
            meet(lqi_find(f->parent, (uint32_t)behind + 1), field->width[behind], &widest, &m);
    }
    if (field->mark[point] & LQI_FIELD_OUT) meet(lqi_find(f->parent, 0), INFINITY, &widest, &m);
    return m;
}

static void unite(flood *f, uint32_t a, uint32_t b)
{
    a = lqi_find(f->parent, a), b = lqi_find(f->parent, b);
    if (a == b) return;
    uint16_t kind = f->kind[a] ? f->kind[a] : f->kind[b];
    float wa = f->field->width[f->widest[a]], wb = f->field->width[f->widest[b]];
    uint32_t widest = wa > wb || (wa == wb && f->widest[a] < f->widest[b]) ? f->widest[a] : f->widest[b];
    lqi_unite(f->parent, a, b);
    uint32_t root = lqi_find(f->parent, a);
    f->kind[root] = kind;
    f->widest[root] = widest;
}

lq_status lqi_basins_neck(const lqi_field *field, lqi_basins *basins, size_t point, lqi_side_fn *side, void *user,
                          double place[3], double *diameter)
{
    uint32_t at[3];
    if (basins->refined < LQI_NECKS_MAX) {
        basins->refined++;
        return lqi_neck_find(field, point, side, user, place, diameter);
    }
    basins->limited = true;
    lqi_field_at(field, point, at);
    for (int axis = 0; axis < 3; axis++) place[axis] = lqi_field_place(field, axis, at[axis]);
    *diameter = (double)field->width[point];
    return LQ_OK;
}

typedef struct meeting_sides {
    const flood *flood;
    uint32_t in; /* root; all other roots that are open or a basin are out */
} meeting_sides;

static int side_of_root(void *user, size_t point)
{
    const meeting_sides *sides = user;
    if (!sides->flood->done[point]) return LQI_SIDE_NONE;
    uint32_t root = lqi_find(sides->flood->parent, (uint32_t)point + 1);
    if (root == sides->in) return LQI_SIDE_IN;
    return sides->flood->kind[root] ? LQI_SIDE_OUT : LQI_SIDE_NONE;
}

/* A body of space reaches open space, or a basin, at a point. Is there a neck? Then it is a basin from now on. */
static lq_status close_basin(flood *f, uint32_t root, size_t point, uint16_t to, bool *is_basin)
{
    const lqi_field *field = f->field;
    lqi_basins *basins = f->basins;
    lqi_basin b = {.widest = f->widest[root], .door = point, .to = to};
    b.inside = (double)field->width[b.widest];
    *is_basin = false;
    if (!((double)field->width[point] < LQI_NECK_SHARE * b.inside) || b.inside < 2 * field->cell) return LQ_OK;
    if (basins->count == LQI_BASINS_MAX) {
        basins->limited = true;
        return LQ_OK;
    }
    bool unseen = basins->refined == LQI_NECKS_MAX;
    meeting_sides sides = {f, root};
    LQI_TRY(lqi_basins_neck(field, basins, point, side_of_root, &sides, b.neck, &b.diameter));
    if (!(b.diameter + (unseen ? UNSEEN_CELLS * field->cell : 0) < LQI_NECK_SHARE * b.inside)) return LQ_OK;
    basins->basin[basins->count++] = b;
    f->kind[root] = (uint16_t)(LQI_BASIN_OUTSIDE + basins->count);
    *is_basin = true;
    return LQ_OK;
}

static lq_status add_door(flood *f, size_t point, uint16_t a, uint16_t b)
{
    lqi_basins *basins = f->basins;
    if (basins->door_count == DOORS_MAX) return LQ_OK;
    LQI_TRY(lqi_grow(f->field->dexels->context, (void **)&basins->door, &basins->door_capacity, basins->door_count + 1,
                     sizeof *basins->door));
    basins->door[basins->door_count++] = (lqi_door){(uint32_t)point, a > b ? a : b};
    return LQ_OK;
}

static lq_status flood_point(flood *f, size_t point)
{
    uint32_t node = (uint32_t)point + 1, open = UINT32_MAX;
    meeting m = around(f, point);
    for (uint32_t i = 0; i < m.count && open == UINT32_MAX; i++)
        if (f->kind[m.root[i]]) open = m.root[i];
    if (open != UINT32_MAX && f->kind[m.from]) open = m.from;
    f->done[point] = 1;
    for (uint32_t i = 0; i < m.count; i++) {
        if (m.root[i] == open) continue;
        if (open == UINT32_MAX) {
            unite(f, node, m.root[i]);
            continue;
        }
        uint16_t to = f->kind[lqi_find(f->parent, open)];
        bool is_basin = f->kind[m.root[i]] != LQI_BASIN_NONE;
        if (!is_basin) LQI_TRY(close_basin(f, m.root[i], point, to, &is_basin));
        if (is_basin)
            LQI_TRY(add_door(f, point, f->kind[m.root[i]], to));
        else
            unite(f, open, m.root[i]);
    }
    if (open != UINT32_MAX) unite(f, node, open);
    return LQ_OK;
}

/* What is wide enough to be seen and has no way out gets a label as well. */
static void close_sealed(const flood *f)
{
    lqi_basins *basins = f->basins;
    for (size_t i = 0; i < f->order_count; i++) { /* the widest first */
        uint32_t root = lqi_find(f->parent, f->order[i] + 1);
        lqi_basin b = {.widest = f->widest[root], .inside = (double)f->field->width[f->widest[root]]};
        if (b.inside < 2 * f->field->cell) return;
        if (f->kind[root]) continue;
        if (basins->count == LQI_BASINS_MAX) {
            basins->limited = true;
            return;
        }
        basins->basin[basins->count++] = b;
        f->kind[root] = (uint16_t)(LQI_BASIN_OUTSIDE + basins->count);
    }
}

static void label_points(const flood *f)
{
    for (size_t i = 0; i < f->field->point_count; i++)
        f->basins->label[i] = f->done[i] ? f->kind[lqi_find(f->parent, (uint32_t)i + 1)] : LQI_BASIN_NONE;
}

lq_status lqi_basins_find(const lqi_field *field, lqi_basins *basins)
{
    lq_context *context = field->dexels->context;
    size_t nodes = field->point_count + 1;
    flood f = {.field = field, .basins = basins};
    lq_status status;
    memset(basins, 0, sizeof *basins);
    basins->label = lqi_alloc_array(context, field->point_count, sizeof *basins->label);
    f.parent = lqi_alloc_array(context, nodes, sizeof *f.parent);
    f.widest = lqi_alloc_array(context, nodes, sizeof *f.widest);
    f.kind = lqi_alloc_zeroed(context, nodes, sizeof *f.kind);
    f.order = lqi_alloc_array(context, field->point_count, sizeof *f.order);
    f.done = lqi_alloc_zeroed(context, field->point_count, 1);
    if (!basins->label || !f.parent || !f.widest || !f.kind || !f.order || !f.done) {
        status = lqi_memory_status(context);
        goto done;
    }
    for (uint32_t i = 0; i < nodes; i++) f.parent[i] = i, f.widest[i] = i ? i - 1 : 0;
    f.kind[0] = LQI_BASIN_OUTSIDE;
    LQI_TRY_GOTO(lqi_field_order(field, f.order, &f.order_count));
    for (size_t i = 0; i < f.order_count; i++) {
        if (i % 65536 == 0) LQI_TRY_GOTO(lqi_progress(context, "escape", i, f.order_count));
        LQI_TRY_GOTO(flood_point(&f, f.order[i]));
    }
    close_sealed(&f);
    label_points(&f);
done:
    lqi_free(context, f.parent);
    lqi_free(context, f.widest);
    lqi_free(context, f.kind);
    lqi_free(context, f.order);
    lqi_free(context, f.done);
    if (status != LQ_OK) lqi_basins_free(context, basins);
    return status;
}

void lqi_basins_free(lq_context *context, lqi_basins *basins)
{
    lqi_free(context, basins->label);
    lqi_free(context, basins->door);
    memset(basins, 0, sizeof *basins);
}
