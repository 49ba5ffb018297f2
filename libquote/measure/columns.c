#include "measure/columns.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "mesh/edges.h"

/* Corners snap to 1/256 of a cell, so that edge functions are exact in 64 bits and a shared edge is the same for both
 * of its triangles: every column of a closed mesh balances. */
#define SUBCELLS 256
#define HITS_MAX ((uint64_t)8 << 20)

/* Crossings closer than this share of the height are one place: order among them is rounding. */
#define SAME_PLACE_SHARE 1e-9

#define CROWDED 256

typedef struct hit {
    double z;
    uint32_t shell;
    int32_t step; /* change of the winding on the way up */
} hit;

typedef struct raster {
    lq_context *context;
    const lqi_columns_request *request;
    int axis[3];             /* which axis of the mesh is across, deep, up: a cyclic choice keeps the orientation */
    double origin[2], scale; /* sub-cells per unit of length */
    int64_t across[2];       /* cells */
    uint32_t *first;         /* per column, and one more */
    hit *hits;               /* NULL: count only */
    uint64_t hit_count, work;
} raster;

typedef struct corner {
    int64_t x, y;
    double z;
} corner;

static int64_t floor_divide(int64_t a, int64_t b)
{
    int64_t quotient = a / b;
    return quotient - ((a % b != 0) && ((a < 0) != (b < 0)));
}

static corner snap(const raster *r, const double *p)
{
    return (corner){llround((p[r->axis[0]] - r->origin[0]) * r->scale),
                    llround((p[r->axis[1]] - r->origin[1]) * r->scale), p[r->axis[2]]};
}

/* Samples are cell centres. First cell whose centre is not below v; last whose centre is not above. */
static int64_t first_cell(int64_t v) { return floor_divide(v - SUBCELLS / 2 + SUBCELLS - 1, SUBCELLS); }
static int64_t last_cell(int64_t v) { return floor_divide(v - SUBCELLS / 2, SUBCELLS); }
static int64_t centre(int64_t cell) { return cell * SUBCELLS + SUBCELLS / 2; }

/* Narrows [*low, *high] to the cells whose centre lies left of the edge a -> b in row y; centres on the edge belong to
 * it when it is a left or a top edge, so that two triangles never share or lose one. */
static void clip_row(const corner *a, const corner *b, int64_t y, int64_t *low, int64_t *high)
{
    int64_t dx = b->x - a->x, dy = b->y - a->y;
    /* dx (y - ay) - dy (x - ax) > 0, or = 0 where the edge owns its points. */
    int64_t constant = dx * (y - a->y) + dy * a->x;
    bool owns = dy < 0 || (dy == 0 && dx < 0);
    if (dy == 0) {
        if (constant < 0 || (constant == 0 && !owns)) *high = *low - 1;
    } else if (dy > 0) {
        /* x < constant / dy, never equal: a rising edge on the right does not own its points */
        int64_t limit = last_cell(floor_divide(constant - 1, dy));
        if (limit < *high) *high = limit;
    } else {
        /* x >= constant / dy (dy < 0) */
        int64_t limit = first_cell(-floor_divide(constant, -dy));
        if (limit > *low) *low = limit;
    }
}

static int64_t smallest(int64_t a, int64_t b, int64_t c) { return a < b ? (a < c ? a : c) : (b < c ? b : c); }
static int64_t largest(int64_t a, int64_t b, int64_t c) { return a > b ? (a > c ? a : c) : (b > c ? b : c); }

/* A triangle's plane over the raster: height at a sample is linear in x and y. */
typedef struct plane {
    double at, per_x, per_y; /* at the first corner; per sub-cell */
} plane;

static plane plane_of(const corner p[3], int64_t area)
{
    double ux = (double)(p[1].x - p[0].x), uy = (double)(p[1].y - p[0].y), uz = p[1].z - p[0].z;
    double vx = (double)(p[2].x - p[0].x), vy = (double)(p[2].y - p[0].y), vz = p[2].z - p[0].z;
    double whole = (double)area;
    return (plane){p[0].z, (uz * vy - vz * uy) / whole, (vz * ux - uz * vx) / whole};
}

static void put_row(raster *r, const corner *corner0, const plane *heights, hit kind, int64_t row, int64_t low,
                    int64_t high)
{
    uint32_t *place = &r->first[row * r->across[0] + low + 1];
    r->hit_count += (uint64_t)(high - low + 1);
    if (!r->hits) {
        for (int64_t cell = low; cell <= high; cell++) (*place++)++;
        return;
    }
    double z_row = heights->at + heights->per_y * (double)(centre(row) - corner0->y);
    for (int64_t cell = low; cell <= high; cell++) {
        double z = z_row + heights->per_x * (double)(centre(cell) - corner0->x);
        kind.z = z;
        r->hits[(*place++)++] = kind;
    }
}

static void put_triangle(raster *r, uint32_t t)
{
    const lqi_columns_request *request = r->request;
    uint8_t flag = request->flag[t];
    if (flag & (LQI_TRIANGLE_DEGENERATE | LQI_TRIANGLE_DUPLICATE)) return;
    corner p[3];
    for (int k = 0; k < 3; k++) p[k] = snap(r, lqi_mesh_corner(request->mesh, t, k));
    int64_t row = first_cell(smallest(p[0].y, p[1].y, p[2].y)), row_last = last_cell(largest(p[0].y, p[1].y, p[2].y));
    int64_t left = first_cell(smallest(p[0].x, p[1].x, p[2].x)), right = last_cell(largest(p[0].x, p[1].x, p[2].x));
    if (row > row_last || left > right) return;
    int64_t area = (p[1].x - p[0].x) * (p[2].y - p[0].y) - (p[1].y - p[0].y) * (p[2].x - p[0].x);
    if (area == 0) return;
    /* Going up, the winding falls by one through a facet that looks up. */
    int32_t step = area > 0 ? -1 : 1;
    if (flag & LQI_TRIANGLE_FLIPPED) step = -step;
    if (area < 0) {
        corner swapped = p[1];
        p[1] = p[2];
        p[2] = swapped;
        area = -area;
    }
    r->work += (uint64_t)(row_last - row + 1);
    plane plane_here = r->hits ? plane_of(p, area) : (plane){0, 0, 0};
    for (; row <= row_last; row++) {
        int64_t low = left, high = right, y = centre(row);
        for (int k = 0; k < 3 && low <= high; k++) clip_row(&p[k], &p[k == 2 ? 0 : k + 1], y, &low, &high);
        if (low <= high) put_row(r, &p[0], &plane_here, (hit){0, request->shell[t], step}, row, low, high);
    }
}

static lq_status put_mesh(raster *r)
{
    for (uint32_t t = 0; t < r->request->mesh->triangle_count; t++) {
        if (t % 65536 == 0) LQI_TRY(lqi_progress(r->context, "columns", t, r->request->mesh->triangle_count));
        put_triangle(r, t);
        if (r->hit_count > HITS_MAX || r->work > r->context->limits.work_units) return LQ_OK;
    }
    return LQ_OK;
}

/* ---- windings ---- */

static int compare_hits(const hit *a, const hit *b)
{
    if (a->z != b->z) return a->z < b->z ? -1 : 1;
    return (a->step < b->step) - (a->step > b->step);
}

static void sift_down(hit *hits, size_t root, size_t count)
{
    hit moving = hits[root];
    for (size_t child; (child = 2 * root + 1) < count; root = child) {
        if (child + 1 < count && compare_hits(&hits[child], &hits[child + 1]) < 0) child++;
        if (compare_hits(&hits[child], &moving) <= 0) break;
        hits[root] = hits[child];
    }
    hits[root] = moving;
}

static void sort_hits(hit *hits, size_t count)
{
    if (count > 32) {
        for (size_t i = count / 2; i-- > 0;) sift_down(hits, i, count);
        for (size_t last = count - 1; last > 0; last--) {
            hit top = hits[0];
            hits[0] = hits[last];
            hits[last] = top;
            sift_down(hits, 0, last);
        }
        return;
    }
    for (size_t i = 1; i < count; i++) {
        hit moving = hits[i];
        size_t k = i;
        for (; k && compare_hits(&hits[k - 1], &moving) > 0; k--) hits[k] = hits[k - 1];
        hits[k] = moving;
    }
}

/* What one column adds, [rule][turned] and the overlap. */
typedef struct column_sums {
    double correction[LQI_RULE_COUNT][2];
    double overlap;
} column_sums;

/* Just below each hit of a shell, the other shells must wind as they do around the shell's lowest vertex; anything else
 * proves that shells cross. A column too crowded to be looked at counts as such a proof. */
static bool column_crosses(const hit *hits, size_t count, double same_place, const lqi_shells *shells)
{
    if (count > CROWDED) return true;
    int32_t total = 0;
    for (size_t i = 0; i < count; i++) {
        int32_t own = 0;
        bool clear = i == 0 || hits[i].z - hits[i - 1].z > same_place;
        bool clear_above = i + 1 == count || hits[i + 1].z - hits[i].z > same_place;
        for (size_t k = 0; k < i; k++) own += hits[k].shell == hits[i].shell ? hits[k].step : 0;
        if (clear && clear_above && total - own != shells->shell[hits[i].shell].winding) return true;
        total += hits[i].step;
    }
    return false;
}

/* False when nothing is added: the winding is 0 or 1 all the way and nobody asked about the mesh turned inside out. */
static bool sum_column(hit *hits, size_t count, double same_place, bool turned_too, column_sums *sums,
                       uint64_t *unbalanced)
{
    if (count == 0) return false;
    if (count == 2 && !turned_too && hits[0].step + hits[1].step == 0 && (hits[0].z < hits[1].z) == (hits[0].step > 0))
        return false;
    sort_hits(hits, count);
    int32_t winding = 0;
    bool any = false;
    for (size_t i = 0; i + 1 < count; i++) {
        winding += hits[i].step;
        double length = hits[i + 1].z - hits[i].z;
        if (winding == 0 || length <= same_place || (winding == 1 && !turned_too)) continue;
        any = true;
        for (int turned = 0; turned <= turned_too; turned++) {
            int32_t w = turned ? -winding : winding;
            sums->correction[LQI_RULE_POSITIVE][turned] += length * ((w >= 1) - w);
            sums->correction[LQI_RULE_NONZERO][turned] += length * (1 - w);
            sums->correction[LQI_RULE_EVEN_ODD][turned] += length * ((w & 1) - w);
        }
        sums->overlap += length * (abs(winding) > 1 ? abs(winding) - 1 : 0);
    }
    winding += hits[count - 1].step;
    *unbalanced += winding != 0;
    return any;
}

static void add_to_bound(lqi_columns *columns, const column_sums *here, const column_sums *beside, double area)
{
    for (int rule = 0; rule < LQI_RULE_COUNT; rule++)
        for (int turned = 0; turned < 2; turned++)
            columns->bound[rule][turned] +=
                fabs(here->correction[rule][turned] - beside->correction[rule][turned]) * area;
}

static void add_to_sums(lqi_columns *columns, const column_sums *here, double area)
{
    columns->overlap += here->overlap * area;
    for (int rule = 0; rule < LQI_RULE_COUNT; rule++)
        for (int turned = 0; turned < 2; turned++)
            columns->correction[rule][turned] += here->correction[rule][turned] * area;
}

static lq_status sum_columns(raster *r, double height, lqi_columns *columns)
{
    bool turned_too = r->request->turned_too, several = r->request->shells->count > 1;
    size_t across = (size_t)r->across[0], rows = (size_t)r->across[1];
    /* Two rows with one more column, which stays empty, at either end. */
    column_sums *two_rows = lqi_alloc_zeroed(r->context, 2 * (across + 2), sizeof *two_rows);
    if (!two_rows) return lqi_memory_status(r->context);
    column_sums *above = two_rows + 1, *here = two_rows + across + 3;
    bool above_any = false;
    double area = columns->cell * columns->cell, same_place = height * SAME_PLACE_SHARE;
    for (size_t row = 0; row <= rows; row++) { /* one more: the far border */
        bool here_any = false;
        for (size_t i = 0; row < rows && i < across; i++) {
            uint32_t first = r->first[row * across + i], last = r->first[row * across + i + 1];
            if (several && !columns->crossed && last - first > 2) {
                sort_hits(r->hits + first, last - first);
                columns->crossed = column_crosses(r->hits + first, last - first, same_place, r->request->shells);
            }
            here_any |=
                sum_column(r->hits + first, last - first, same_place, turned_too, &here[i], &columns->unbalanced);
        }
        for (size_t i = 0; (here_any || above_any) && i < across + 1; i++) {
            add_to_sums(columns, &here[i], area);
            add_to_bound(columns, &here[i], &here[(int64_t)i - 1], area);
            add_to_bound(columns, &here[i], &above[i], area);
        }
        if (above_any) memset(above, 0, across * sizeof *above); /* it becomes the row after this one */
        column_sums *swapped = above;
        above = here;
        here = swapped;
        above_any = here_any;
    }
    lqi_free(r->context, two_rows);
    return LQ_OK;
}

/* first[c + 1] holds the count of column c; afterwards the first hit of column c, to be counted up to the next. */
static void turn_counts_into_places(raster *r, size_t column_count)
{
    uint32_t sum = 0;
    for (size_t c = 0; c < column_count; c++) {
        uint32_t count = r->first[c + 1];
        r->first[c + 1] = sum;
        sum += count;
    }
}

static lq_status measure_at(raster *r, int cells, lqi_columns *columns)
{
    const lqi_box *box = r->request->box;
    const int *axis = r->axis;
    double width = box->max[axis[0]] - box->min[axis[0]], depth = box->max[axis[1]] - box->min[axis[1]];
    columns->cell = fmax(width, depth) / cells;
    r->scale = SUBCELLS / columns->cell;
    r->across[0] = (int64_t)ceil(width / columns->cell) + 1;
    r->across[1] = (int64_t)ceil(depth / columns->cell) + 1;
    size_t column_count = (size_t)(r->across[0] * r->across[1]);
    lq_status status;
    r->first = lqi_alloc_zeroed(r->context, column_count + 1, sizeof *r->first);
    if (!r->first) return lqi_memory_status(r->context);
    LQI_TRY_GOTO(put_mesh(r));
    if (r->hit_count > HITS_MAX || r->work > r->context->limits.work_units) goto done;
    turn_counts_into_places(r, column_count);
    r->hits = lqi_alloc_array(r->context, (size_t)r->hit_count + 1, sizeof *r->hits);
    if (!r->hits) {
        status = lqi_memory_status(r->context);
        goto done;
    }
    r->hit_count = 0; /* the second time round they are put in place */
    r->work = 0;
    LQI_TRY_GOTO(put_mesh(r));
    columns->examined = true;
    status = sum_columns(r, box->max[axis[2]] - box->min[axis[2]], columns);
done:
    lqi_free(r->context, r->first);
    lqi_free(r->context, r->hits);
    r->first = NULL;
    r->hits = NULL;
    return status;
}

lq_status lqi_columns_measure(lq_context *context, const lqi_columns_request *request, lqi_columns *columns)
{
    *columns = (lqi_columns){0};
    const lqi_box *box = request->box;
    const int up = request->axis, across = (up + 1) % 3, deep = (up + 2) % 3;
    double longest = fmax(box->max[across] - box->min[across], box->max[deep] - box->min[deep]);
    if (!(longest > 0) || !isfinite(SUBCELLS * LQI_COLUMNS_ACROSS / longest)) {
        columns->examined = true; /* no width: nothing can overlap */
        return LQ_OK;
    }
    bool small = request->shells->count == 1 && request->mesh->triangle_count < LQI_COLUMNS_SMALL_TRIANGLES;
    /* Too many crossings: coarser columns, and a larger bound that says so. */
    for (int cells = small ? LQI_COLUMNS_ACROSS_SMALL : LQI_COLUMNS_ACROSS; cells >= 16 && !columns->examined;
         cells /= 2) {
        raster r = {.context = context,
                    .request = request,
                    .axis = {across, deep, up},
                    .origin = {box->min[across], box->min[deep]}};
        LQI_TRY(measure_at(&r, cells, columns));
        if (r.work > context->limits.work_units) break;
    }
    return LQ_OK;
}
