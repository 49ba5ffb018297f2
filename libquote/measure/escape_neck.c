#include "measure/escape_neck.h"

#include "base/fail.h"
#include "base/memory.h"
#include "measure/escape_polish.h"
#include "mesh/union_find.h"

/* Looked at each way around the point, in cells of the field; and what lies farther but bounds the balls there: a point
 * sees a neck too narrow by two cells at most. */
#define AROUND_CELLS 3.0
#define FAR_CELLS 2.0
#define UNSEEN_CELLS 2.0

typedef struct search {
    const lqi_field *coarse;
    size_t point; /* of the coarse field */
    lqi_side_fn *side;
    void *user;
    lqi_field fine;
    uint32_t low[3], high[3]; /* of the fine field: what is looked at */
    uint32_t *parent;         /* per fine point, and for both sides */
    uint8_t *done;
    uint32_t *order;
} search;

static uint32_t node_of_side(const search *s, int side)
{
    return (uint32_t)s->fine.point_count + (side == LQI_SIDE_IN ? 0 : 1);
}

/* The side of a place far from the middle: of the nearest of the coarse points around it whose side is known. */
static int side_at(const search *s, const double place[3])
{
    uint32_t at[3], corner[3];
    double nearest = INFINITY;
    int side = LQI_SIDE_NONE;
    for (int axis = 0; axis < 3; axis++) {
        double index = (place[axis] - lqi_field_place(s->coarse, axis, 1)) / s->coarse->cell + 1;
        corner[axis] = index > 0 ? (uint32_t)index : 0;
    }
    for (uint32_t i = 0; i < 8; i++) {
        bool inside = true;
        double square = 0;
        for (int axis = 0; axis < 3; axis++) {
            at[axis] = corner[axis] + (i >> axis & 1);
            inside = inside && at[axis] > 0 && at[axis] + 1 < s->coarse->count[axis];
            double away = place[axis] - lqi_field_place(s->coarse, axis, at[axis]);
            square += away * away;
        }
        if (!inside || square >= nearest) continue;
        int known = s->side(s->user, lqi_field_point(s->coarse, at));
        if (known) nearest = square, side = known;
    }
    return side;
}

/* What lies far from the middle belongs to one side or the other; between them the way is looked for. */
static void join_sides(search *s, const double middle[3])
{
    uint32_t at[3];
    for (at[2] = s->low[2]; at[2] <= s->high[2]; at[2]++)
        for (at[1] = s->low[1]; at[1] <= s->high[1]; at[1]++)
            for (at[0] = s->low[0]; at[0] <= s->high[0]; at[0]++) {
                double place[3], away = 0;
                size_t point = lqi_field_point(&s->fine, at);
                for (int axis = 0; axis < 3; axis++) {
                    place[axis] = lqi_field_place(&s->fine, axis, at[axis]);
                    away = fmax(away, fabs(place[axis] - middle[axis]));
                }
                if (away < FAR_CELLS * s->coarse->cell || s->fine.mark[point] & LQI_FIELD_SOLID) continue;
                int side = side_at(s, place);
                if (side) lqi_unite(s->parent, (uint32_t)point, node_of_side(s, side));
            }
}

/* At the border of the columns, from where nothing but the outside follows? */
static bool is_border(const lqi_field *field, size_t point, const uint32_t at[3])
{
    if (!(field->mark[point] & LQI_FIELD_OUT)) return false;
    for (int axis = 0; axis < 3; axis++) {
        uint32_t lattice = lqi_field_lattice(field, axis, at[axis]);
        if (lattice < field->step || lattice + field->step >= lqi_lattice_count(field->dexels, axis)) return true;
    }
    return false;
}

/* The roots of what was flooded around a point. */
static uint32_t roots_around(const search *s, size_t point, const uint32_t at[3], uint32_t root[7])
{
    uint32_t count = 0;
    for (int axis = 0; axis < 3; axis++) {
        size_t before = point - lqi_field_stride(&s->fine, axis), behind = point + lqi_field_stride(&s->fine, axis);
        if (s->done[before] && !(s->fine.mark[before] & LQI_FIELD_WALL(axis)))
            root[count++] = lqi_find(s->parent, (uint32_t)before);
        if (s->done[behind] && !(s->fine.mark[point] & LQI_FIELD_WALL(axis)))
            root[count++] = lqi_find(s->parent, (uint32_t)behind);
    }
    if (is_border(&s->fine, point, at)) root[count++] = lqi_find(s->parent, node_of_side(s, LQI_SIDE_OUT));
    return count;
}

static bool is_looked_at(const search *s, const uint32_t at[3])
{
    for (int axis = 0; axis < 3; axis++)
        if (at[axis] < s->low[axis] || at[axis] > s->high[axis]) return false;
    return true;
}

/* The widest first, until the sides meet: there they are not made one. */
static bool flood(search *s, size_t order_count, size_t *where)
{
    for (size_t i = 0; i < order_count; i++) {
        uint32_t at[3], root[8];
        size_t point = s->order[i];
        lqi_field_at(&s->fine, point, at);
        if (!is_looked_at(s, at)) continue;
        uint32_t count = roots_around(s, point, at, root);
        root[count++] = lqi_find(s->parent, (uint32_t)point);
        uint32_t in = lqi_find(s->parent, node_of_side(s, LQI_SIDE_IN));
        uint32_t out = lqi_find(s->parent, node_of_side(s, LQI_SIDE_OUT));
        bool meets_in = false, meets_out = false;
        for (uint32_t k = 0; k < count; k++) meets_in |= root[k] == in, meets_out |= root[k] == out;
        s->done[point] = 1;
        if (meets_in && meets_out) {
            *where = point;
            return true;
        }
        for (uint32_t k = 0; k < count; k++) lqi_unite(s->parent, (uint32_t)point, root[k]);
    }
    return false;
}

/* From what was flooded of the one side near to a point to what was of the other; false: it is not clear. */
static bool find_way(const search *s, size_t where, double way[3])
{
    const uint32_t in = lqi_find(s->parent, node_of_side(s, LQI_SIDE_IN));
    const uint32_t out = lqi_find(s->parent, node_of_side(s, LQI_SIDE_OUT));
    double reach = fmax((double)s->fine.width[where] / 2 / s->fine.cell, 2.5), sum[2][3] = {{0}}, count[2] = {0};
    uint32_t at[3], middle[3], low[3], high[3];
    lqi_field_at(&s->fine, where, middle);
    for (int axis = 0; axis < 3; axis++) {
        low[axis] = middle[axis] > s->low[axis] + reach ? middle[axis] - (uint32_t)reach : s->low[axis];
        high[axis] = middle[axis] + reach < s->high[axis] ? middle[axis] + (uint32_t)reach : s->high[axis];
    }
    for (at[2] = low[2]; at[2] <= high[2]; at[2]++)
        for (at[1] = low[1]; at[1] <= high[1]; at[1]++)
            for (at[0] = low[0]; at[0] <= high[0]; at[0]++) {
                size_t point = lqi_field_point(&s->fine, at);
                if (!s->done[point] || point == where) continue;
                uint32_t root = lqi_find(s->parent, (uint32_t)point);
                if (root != in && root != out) continue;
                for (int axis = 0; axis < 3; axis++) sum[root == out][axis] += (double)at[axis] - (double)middle[axis];
                count[root == out]++;
            }
    double length = 0;
    for (int axis = 0; axis < 3; axis++) {
        way[axis] = (count[1] > 0 ? sum[1][axis] / count[1] : 0) - (count[0] > 0 ? sum[0][axis] / count[0] : 0);
        length += way[axis] * way[axis];
    }
    for (int axis = 0; axis < 3; axis++) way[axis] /= length > 0 ? sqrt(length) : 1;
    return length > 0;
}

static lq_status look(search *s, const double middle[3], double place[3], double *diameter)
{
    lq_context *context = s->coarse->dexels->context;
    lq_status status;
    size_t order_count = 0, where = 0;
    s->parent = lqi_alloc_array(context, s->fine.point_count + 2, sizeof *s->parent);
    s->done = lqi_alloc_zeroed(context, s->fine.point_count, 1);
    s->order = lqi_alloc_array(context, s->fine.point_count, sizeof *s->order);
    if (!s->parent || !s->done || !s->order) {
        status = lqi_memory_status(context);
        goto done;
    }
    for (uint32_t i = 0; i < s->fine.point_count + 2; i++) s->parent[i] = i;
    for (int axis = 0; axis < 3; axis++) {
        double half = AROUND_CELLS * s->coarse->cell, first = lqi_field_place(&s->fine, axis, 1);
        double low = (middle[axis] - half - first) / s->fine.cell + 1;
        double high = (middle[axis] + half - first) / s->fine.cell + 1;
        s->low[axis] = low > 1 ? (uint32_t)low : 1;
        s->high[axis] = high < s->fine.count[axis] - 2 ? (uint32_t)high : s->fine.count[axis] - 2;
    }
    join_sides(s, middle);
    LQI_TRY_GOTO(lqi_field_widths(&s->fine));
    LQI_TRY_GOTO(lqi_field_order(&s->fine, s->order, &order_count));
    if (flood(s, order_count, &where)) {
        uint32_t at[3];
        lqi_field_at(&s->fine, where, at);
        for (int axis = 0; axis < 3; axis++) place[axis] = lqi_field_place(&s->fine, axis, at[axis]);
        *diameter = (double)s->fine.width[where];
        double way[3];
        if (find_way(s, where, way)) status = lqi_neck_polish(s->coarse->dexels, way, s->fine.cell, place, diameter);
    }
done:
    lqi_free(context, s->parent);
    lqi_free(context, s->done);
    lqi_free(context, s->order);
    return status;
}

lq_status lqi_neck_find(const lqi_field *field, size_t point, lqi_side_fn *side, void *user, double place[3],
                        double *diameter)
{
    search s = {.coarse = field, .point = point, .side = side, .user = user};
    uint32_t at[3];
    double middle[3];
    lqi_field_at(field, point, at);
    for (int axis = 0; axis < 3; axis++) place[axis] = middle[axis] = lqi_field_place(field, axis, at[axis]);
    *diameter = INFINITY;
    double half = (AROUND_CELLS + UNSEEN_CELLS / 2) * field->cell + (double)field->width[point] / 2;
    LQI_TRY(lqi_field_make_window(field->dexels, middle, half, &s.fine));
    lq_status status = look(&s, middle, place, diameter);
    lqi_field_free(&s.fine);
    return status;
}
