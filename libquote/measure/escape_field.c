#include "measure/escape_field.h"

#include <string.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"

/* Where a line meets the surface. */
typedef struct site {
    float place[3]; /* from the box's lowest corner */
    uint32_t facet;
} site;

typedef struct spreading {
    lqi_field *field;
    site *site;
    uint32_t site_count;
    uint32_t *nearest; /* per point; NO_SITE: none */
    float *square;     /* per point: of its distance to that; INFINITY */
    float *place[3];   /* of the points along each axis, like sites */
} spreading;

#define NO_SITE UINT32_MAX

/* Hidden points in the corner of a dent have fewer. */
#define OPEN_WAYS_LEAST 4

/* Calls `line` for every line of the field along an axis; at[axis] is 1. */
static void each_line(void (*line)(void *, int, const uint32_t *), void *user, const lqi_field *field, int axis)
{
    uint32_t at[3];
    int u = (axis + 1) % 3, v = (axis + 2) % 3;
    at[axis] = 1;
    for (at[v] = 1; at[v] + 1 < field->count[v]; at[v]++)
        for (at[u] = 1; at[u] + 1 < field->count[u]; at[u]++) line(user, axis, at);
}

/* ---- marks ---- */

static void mark_line(void *user, int axis, const uint32_t *at)
{
    lqi_field *field = user;
    const lqi_dexel_axis *columns = &field->dexels->axis[axis];
    size_t column = lqi_field_column(field, axis, at), stride = lqi_field_stride(field, axis);
    uint8_t *mark = field->mark + lqi_field_point(field, at);
    uint32_t first = columns->first[column], end = columns->first[column + 1], run = first;
    uint32_t last = field->count[axis] - 2;
    if (first == end) {
        mark[0] |= LQI_FIELD_OUT;
        mark[(last - 1) * stride] |= LQI_FIELD_OUT;
        return;
    }
    double place = lqi_field_place(field, axis, 1);
    for (uint32_t i = 1; i <= last; i++, mark += stride) {
        double next = i < last ? lqi_field_place(field, axis, i + 1) : INFINITY;
        while (run < end && columns->run[run].high < place) run++;
        if (run < end && columns->run[run].low <= place)
            *mark |= LQI_FIELD_SOLID;
        else if (run > first && run < end)
            *mark |= (uint8_t)LQI_FIELD_INNER(axis);
        else if ((i == 1 && run == first) || (i == last && run == end))
            *mark |= LQI_FIELD_OUT;
        if (run < end && columns->run[run].low <= next) *mark |= (uint8_t)LQI_FIELD_WALL(axis);
        place = next;
    }
}

/* Neighbours of a point to which nothing is in the way. */
static int open_ways(const lqi_field *field, size_t point)
{
    int open = 0;
    for (int axis = 0; axis < 3; axis++) {
        uint8_t before = field->mark[point - lqi_field_stride(field, axis)];
        open += !(field->mark[point] & LQI_FIELD_WALL(axis));
        open += !(before & (LQI_FIELD_SOLID | LQI_FIELD_WALL(axis)));
    }
    return open;
}

static lq_status make_marks(lqi_field *field)
{
    field->point_count = 1;
    for (int axis = 0; axis < 3; axis++) field->point_count *= field->count[axis] += 2;
    field->cell = field->dexels->cell * field->step;
    field->mark = lqi_alloc_array(field->dexels->context, field->point_count, 1);
    if (!field->mark) return lqi_memory_status(field->dexels->context);
    memset(field->mark, LQI_FIELD_SOLID, field->point_count);
    for (uint32_t z = 1; z + 1 < field->count[2]; z++)
        for (uint32_t y = 1; y + 1 < field->count[1]; y++)
            memset(field->mark + lqi_field_point(field, (uint32_t[]){1, y, z}), 0, field->count[0] - 2);
    for (int axis = 0; axis < 3; axis++) each_line(mark_line, field, field, axis);
    for (size_t i = 0; i < field->point_count && !field->hidden; i++)
        field->hidden = (field->mark[i] & (LQI_FIELD_HIDDEN | LQI_FIELD_SOLID)) == LQI_FIELD_HIDDEN &&
                        open_ways(field, i) >= OPEN_WAYS_LEAST;
    return LQ_OK;
}

lq_status lqi_field_make(const lqi_dexels *dexels, size_t points_most, lqi_field *field)
{
    *field = (lqi_field){.dexels = dexels};
    size_t points;
    do {
        field->step++;
        points = 1;
        for (int axis = 0; axis < 3; axis++) {
            uint32_t count = lqi_lattice_count(dexels, axis);
            field->first[axis] = field->step / 2 < count ? field->step / 2 : count - 1;
            field->count[axis] = (count - field->first[axis] - 1) / field->step + 1;
            points *= field->count[axis];
        }
    } while (points > points_most);
    return make_marks(field);
}

lq_status lqi_field_make_window(const lqi_dexels *dexels, const double point[3], double half, lqi_field *field)
{
    *field = (lqi_field){.dexels = dexels};
    field->step = (uint32_t)fmin(2 * half / dexels->cell / LQI_FIELD_WINDOW, 1e6) + 1;
    for (int axis = 0; axis < 3; axis++) {
        uint32_t end = lqi_lattice_from(dexels, axis, point[axis] + half);
        field->first[axis] = lqi_lattice_from(dexels, axis, point[axis] - half);
        field->count[axis] = end > field->first[axis] ? (end - field->first[axis] - 1) / field->step + 1 : 1;
        if (field->first[axis] == lqi_lattice_count(dexels, axis)) field->first[axis]--;
    }
    return make_marks(field);
}

void lqi_field_free(lqi_field *field)
{
    lqi_free(field->dexels->context, field->mark);
    lqi_free(field->dexels->context, field->width);
    *field = (lqi_field){0};
}

#define LEVELS 4096

lq_status lqi_field_order(const lqi_field *field, uint32_t *order, size_t *count)
{
    float most = 0;
    for (size_t i = 0; i < field->point_count; i++) most = field->width[i] > most ? field->width[i] : most;
    uint32_t *place = lqi_alloc_zeroed(field->dexels->context, LEVELS + 1, sizeof *place);
    if (!place) return lqi_memory_status(field->dexels->context);
    float scale = most > 0 ? (LEVELS - 1) / most : 0;
    for (size_t i = 0; i < field->point_count; i++)
        if (field->width[i] > 0) place[LEVELS - (uint32_t)(field->width[i] * scale)]++;
    for (uint32_t i = 1; i <= LEVELS; i++) place[i] += place[i - 1];
    *count = place[LEVELS];
    for (size_t i = field->point_count; i-- > 0;)
        if (field->width[i] > 0) order[--place[LEVELS - (uint32_t)(field->width[i] * scale)]] = (uint32_t)i;
    lqi_free(field->dexels->context, place);
    return LQ_OK;
}

/* ---- widths ---- */

static inline float distance2(const spreading *s, const uint32_t at[3], uint32_t index)
{
    const float *place = s->site[index].place;
    float x = s->place[0][at[0]] - place[0], y = s->place[1][at[1]] - place[1], z = s->place[2][at[2]] - place[2];
    return x * x + y * y + z * z;
}

static inline void offer(const spreading *s, const uint32_t at[3], size_t point, uint32_t index)
{
    float square = distance2(s, at, index);
    if (square >= s->square[point]) return;
    s->square[point] = square;
    s->nearest[point] = index;
}

static void add_site(spreading *s, int axis, const uint32_t *at, double height, uint32_t facet)
{
    const lqi_field *field = s->field;
    site *new = &s->site[s->site_count];
    for (int i = 0; i < 3; i++) new->place[i] = s->place[i][at[i]];
    new->place[axis] = (float)(height - field->dexels->box.min[axis]);
    new->facet = facet;
    double index = (height - lqi_field_place(field, axis, 1)) / field->cell + 1;
    uint32_t below = index > 0 ? (uint32_t)index : 0, beside[3] = {at[0], at[1], at[2]};
    for (uint32_t i = below; i < below + 2 && i < field->count[axis]; i++) {
        beside[axis] = i;
        offer(s, beside, lqi_field_point(field, beside), s->site_count);
    }
    s->site_count++;
}

static void add_line(void *user, int axis, const uint32_t *at)
{
    spreading *s = user;
    const lqi_dexel_axis *columns = &s->field->dexels->axis[axis];
    size_t column = lqi_field_column(s->field, axis, at);
    for (uint32_t run = columns->first[column]; run < columns->first[column + 1]; run++) {
        add_site(s, axis, at, columns->run[run].low, columns->run[run].low_facet);
        add_site(s, axis, at, columns->run[run].high, columns->run[run].high_facet);
    }
}

static size_t count_line_sites(const lqi_field *field)
{
    size_t sum = 0;
    for (int axis = 0; axis < 3; axis++) {
        uint32_t at[3];
        int u = (axis + 1) % 3, v = (axis + 2) % 3;
        at[axis] = 1;
        for (at[v] = 1; at[v] + 1 < field->count[v]; at[v]++)
            for (at[u] = 1; at[u] + 1 < field->count[u]; at[u]++)
                sum += 2 * (size_t)(lqi_gap_count(&field->dexels->axis[axis], lqi_field_column(field, axis, at)) - 1);
    }
    return sum;
}

static inline void take_from(const spreading *s, const uint32_t at[3], size_t point, size_t neighbour)
{
    uint32_t other = s->nearest[neighbour];
    if (other != NO_SITE && other != s->nearest[point]) offer(s, at, point, other);
}

/* A row takes what its neighbour row knows, and then tells it along itself both ways. */
static void spread_row(const spreading *s, uint32_t at[3], size_t point, size_t neighbour)
{
    uint32_t count = s->field->count[0];
    for (at[0] = 0; at[0] < count; at[0]++) take_from(s, at, point + at[0], neighbour + at[0]);
    for (at[0] = 1; at[0] < count; at[0]++) take_from(s, at, point + at[0], point + at[0] - 1);
    for (at[0] = count - 1; at[0]-- > 0;) take_from(s, at, point + at[0], point + at[0] + 1);
}

/* A layer takes what its neighbour layer knows, row by row, and then tells it across itself both ways (Danielsson
 * 1980). */
static void spread_layer(const spreading *s, uint32_t z, size_t neighbour)
{
    const uint32_t *count = s->field->count;
    size_t row = count[0], layer = row * count[1] * z;
    uint32_t at[3] = {0, 0, z};
    for (at[1] = 0; at[1] < count[1]; at[1]++) {
        size_t point = layer + at[1] * row;
        if (at[1]) spread_row(s, at, point, point - row);
        for (at[0] = 0; at[0] < count[0]; at[0]++) take_from(s, at, point + at[0], neighbour + at[1] * row + at[0]);
    }
    for (at[1] = count[1] - 1; at[1]-- > 0;) {
        size_t point = layer + at[1] * row;
        spread_row(s, at, point, point + row);
    }
}

/* The surface between the lines comes nearer than the nearest site: as near as its plane, but for the part of the
 * plane that a line would have met. */
static float width_at(const spreading *s, const uint32_t at[3], uint32_t index)
{
    const site *near = &s->site[index];
    const float *normal = s->field->dexels->normal + 3 * (size_t)near->facet;
    float height = 0, cell = (float)s->field->cell, square = distance2(s, at, index) - cell * cell / 2;
    for (int i = 0; i < 3; i++) height += (s->place[i][at[i]] - near->place[i]) * normal[i];
    float least = square > 0 ? sqrtf(square) : 0;
    height = height < 0 ? -height : height;
    return 2 * (height > least ? height : least);
}

static void find_widths(const spreading *s)
{
    const lqi_field *field = s->field;
    uint32_t at[3];
    size_t point = 0;
    for (at[2] = 0; at[2] < field->count[2]; at[2]++)
        for (at[1] = 0; at[1] < field->count[1]; at[1]++)
            for (at[0] = 0; at[0] < field->count[0]; at[0]++, point++)
                if (!(field->mark[point] & LQI_FIELD_SOLID) && s->nearest[point] != NO_SITE)
                    field->width[point] = width_at(s, at, s->nearest[point]);
}

lq_status lqi_field_widths(lqi_field *field)
{
    lq_context *context = field->dexels->context;
    spreading s = {.field = field};
    lq_status status = LQ_OK;
    field->width = lqi_alloc_zeroed(context, field->point_count, sizeof *field->width);
    s.nearest = lqi_alloc_array(context, field->point_count, sizeof *s.nearest);
    s.site = lqi_alloc_array(context, count_line_sites(field), sizeof *s.site);
    s.square = lqi_alloc_array(context, field->point_count, sizeof *s.square);
    bool whole = field->width && s.nearest && s.site && s.square;
    for (int i = 0; i < 3 && whole; i++) {
        s.place[i] = lqi_alloc_array(context, field->count[i], sizeof *s.place[i]);
        whole = s.place[i] != NULL;
        for (uint32_t k = 0; whole && k < field->count[i]; k++)
            s.place[i][k] = (float)(lqi_field_place(field, i, k) - field->dexels->box.min[i]);
    }
    if (!whole) {
        status = lqi_memory_status(context);
        goto done;
    }
    for (size_t i = 0; i < field->point_count; i++) s.nearest[i] = NO_SITE, s.square[i] = INFINITY;
    for (int axis = 0; axis < 3; axis++) each_line(add_line, &s, field, axis);
    size_t layer = (size_t)field->count[0] * field->count[1];
    for (uint32_t z = 1; z < field->count[2]; z++) spread_layer(&s, z, (z - 1) * layer);
    LQI_TRY_GOTO(lqi_progress(context, "escape", 1, 3));
    for (uint32_t z = field->count[2] - 1; z-- > 0;) spread_layer(&s, z, (z + 1) * layer);
    find_widths(&s);
done:
    for (int i = 0; i < 3; i++) lqi_free(context, s.place[i]);
    lqi_free(context, s.site);
    lqi_free(context, s.nearest);
    lqi_free(context, s.square);
    return status;
}
