#include "measure/raster.h"

#include <math.h>
#include <string.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "kernel/kernel_list.h"
#include "mesh/edges.h"

typedef struct corner {
    int64_t x, y;
    double z;
} corner;

static int64_t centre(int64_t cell) { return cell * LQI_SUBCELLS + LQI_SUBCELLS / 2; }

/* A centre on an edge belongs to it when it is a left or a top edge, so that two triangles never share or lose one. */
static bool owns(int64_t dx, int64_t dy) { return dy < 0 || (dy == 0 && dx < 0); }

/* The cells of a row whose centres lie left of an edge a -> b: dx (y - ay) - dy (x - ax) > 0, or = 0 where the edge
 * owns its points. All numbers are whole; half of one more keeps the limit so far from any centre, 2^-26 cells, that a
 * rounded quotient is good enough. */
typedef struct limit {
    double distance; /* limit times width, in this row */
    double per_row;
    double per_width; /* 1 / width, sub-cells of x in a cell; an infinite limit where the edge is level */
} limit;

/* Limits of a triangle's rows; two of a kind at most. */
typedef struct limits {
    limit high[2], low[2];
} limits;

static void add_edge(limits *all, int used[2], const corner *a, const corner *b, int64_t y)
{
    int64_t dx = b->x - a->x, dy = b->y - a->y;
    int64_t inside = dx * (y - a->y) + dy * (a->x - LQI_SUBCELLS / 2) - !owns(dx, dy);
    double distance = (double)inside + 0.5, per_row = (double)(dx * LQI_SUBCELLS);
    if (dy >= 0) {
        double per_width = dy ? 1 / (double)(dy * LQI_SUBCELLS) : INFINITY;
        all->high[used[0]++] = (limit){distance, per_row, per_width};
    } else {
        all->low[used[1]++] = (limit){-distance, -per_row, 1 / (double)(-dy * LQI_SUBCELLS)};
    }
}

static limits limits_of(const corner p[3], int64_t y)
{
    const limit none_high = {1, 0, INFINITY}, none_low = {-1, 0, INFINITY};
    limits all = {{none_high, none_high}, {none_low, none_low}};
    int used[2] = {0, 0};
    for (int k = 0; k < 3; k++) add_edge(&all, used, &p[k], &p[k == 2 ? 0 : k + 1], y);
    return all;
}

static double next_limit(limit *l)
{
    double x = l->distance * l->per_width;
    l->distance += l->per_row;
    return x;
}

static double lesser(double a, double b) { return a < b ? a : b; }
static double greater(double a, double b) { return a > b ? a : b; }

static int64_t smallest(int64_t a, int64_t b, int64_t c) { return a < b ? (a < c ? a : c) : (b < c ? b : c); }
static int64_t largest(int64_t a, int64_t b, int64_t c) { return a > b ? (a > c ? a : c) : (b > c ? b : c); }

/* A triangle's plane over the raster: height at a sample is linear in x and y. */
typedef struct plane {
    corner from;
    double per_x, per_y; /* per sub-cell */
} plane;

static plane plane_of(const corner p[3], int64_t area)
{
    double ux = (double)(p[1].x - p[0].x), uy = (double)(p[1].y - p[0].y), uz = p[1].z - p[0].z;
    double vx = (double)(p[2].x - p[0].x), vy = (double)(p[2].y - p[0].y), vz = p[2].z - p[0].z;
    double whole = (double)area;
    return (plane){p[0], (uz * vy - vz * uy) / whole, (vz * ux - uz * vx) / whole};
}

/* A triangle that is being put down: counter-clockwise over its cells. */
typedef struct placed {
    corner p[3];
    int64_t area, left, right, row, row_last;
    uint32_t shell_up;
} placed;

/* What a triangle covers of a row has no gap. */
static lq_status put_rows(lqi_raster *r, const placed *t, lqi_spans *found)
{
    const plane heights = plane_of(t->p, t->area);
    const double before = (double)t->left - 0.5, behind = (double)t->right + 0.5;
    limits at = limits_of(t->p, centre(t->row));
    size_t rows = t->row_last < t->row ? 0 : (size_t)(t->row_last - t->row + 1);
    LQI_TRY(lqi_grow(r->context, (void **)&found->span, &found->capacity, found->count + rows, sizeof *found->span));
    for (int64_t row = t->row; row <= t->row_last && found->hit_count <= LQI_HITS_MAX; row++) {
        double high = lesser(lesser(next_limit(&at.high[0]), next_limit(&at.high[1])), behind);
        double low = greater(greater(next_limit(&at.low[0]), next_limit(&at.low[1])), before);
        if (!(low < high)) continue;
        /* Neither is whole, both are above -1: cut off towards 0, they are the cells on the inner side. */
        int32_t first = (int32_t)(low + 1), last = (int32_t)(high + 1) - 1;
        if (first > last) continue;
        uint32_t count = (uint32_t)(last - first + 1);
        found->hit_count += count;
        found->span[found->count++] =
            (lqi_span){.z = heights.from.z + heights.per_y * (double)(centre(row) - heights.from.y),
                       .per_x = heights.per_x,
                       .from = (int32_t)(centre(first) - heights.from.x),
                       .cell = (uint32_t)row * r->across[0] + (uint32_t)first,
                       .count = count,
                       .shell_up = t->shell_up};
    }
    return LQ_OK;
}

static lq_status put_triangle(lqi_raster *r, const lqi_rows *rows, const lqi_snapped *snapped, size_t i, uint8_t flag,
                              uint32_t shell, lqi_spans *found)
{
    placed t;
    for (int k = 0; k < 3; k++)
        t.p[k] = (corner){snapped->at[2 * k][i], snapped->at[2 * k + 1][i], rows->row[3 * k + r->up][i]};
    const corner *p = t.p;
    t.area = (p[1].x - p[0].x) * (p[2].y - p[0].y) - (p[1].y - p[0].y) * (p[2].x - p[0].x);
    if (t.area == 0) return LQ_OK;
    t.left = lqi_first_cell(smallest(p[0].x, p[1].x, p[2].x));
    t.right = lqi_last_cell(largest(p[0].x, p[1].x, p[2].x));
    t.row = lqi_first_cell(smallest(p[0].y, p[1].y, p[2].y));
    t.row_last = lqi_last_cell(largest(p[0].y, p[1].y, p[2].y));
    /* Going up, the winding falls by one through a facet that looks up. */
    t.shell_up = shell << 1 | ((t.area < 0) != ((flag & LQI_TRIANGLE_FLIPPED) != 0));
    if (t.area < 0) {
        corner swapped = t.p[1];
        t.p[1] = t.p[2];
        t.p[2] = swapped;
        t.area = -t.area;
    }
    found->work += (uint64_t)(t.row_last - t.row + 1);
    return put_rows(r, &t, found);
}

static bool is_full(const lqi_raster *raster, const lqi_spans *found)
{
    uint64_t others = atomic_load_explicit(&raster->under_way, memory_order_relaxed);
    return found->hit_count > LQI_HITS_MAX || others > LQI_HITS_MAX;
}

lq_status lqi_raster_find(lqi_raster *raster, const lqi_rows *rows, size_t count, const uint8_t *flag,
                          const uint32_t *shell, lqi_spans *found)
{
    if (raster->exceeded || is_full(raster, found)) return LQ_OK;
    lqi_snapped snapped;
    uint64_t mask[LQI_BLOCK_WORDS];
    uint64_t before = found->hit_count;
    raster->context->kernels->column_cover(rows, count, &raster->grid, &snapped, mask);
    for (size_t word = 0; word < LQI_BLOCK_WORDS; word++)
        for (uint64_t bits = mask[word]; bits; bits &= bits - 1) {
            size_t i = word * 64 + (size_t)__builtin_ctzll(bits);
            if (flag[i] & (LQI_TRIANGLE_DEGENERATE | LQI_TRIANGLE_DUPLICATE)) continue;
            LQI_TRY(put_triangle(raster, rows, &snapped, i, flag[i], shell[i], found));
            if (found->hit_count > LQI_HITS_MAX) return LQ_OK;
        }
    atomic_fetch_add_explicit(&raster->under_way, found->hit_count - before, memory_order_relaxed);
    return LQ_OK;
}

lq_status lqi_raster_take(lqi_raster *raster, lqi_spans *found)
{
    raster->hit_count += found->hit_count;
    raster->work += found->work;
    found->hit_count = found->work = 0;
    raster->exceeded |= raster->hit_count > LQI_HITS_MAX || raster->work > raster->context->limits.work_units;
    if (raster->exceeded) found->count = 0;
    if (!found->count) return LQ_OK;
    LQI_TRY(lqi_grow(raster->context, (void **)&raster->parcel, &raster->parcel_capacity, raster->parcel_count + 1,
                     sizeof *raster->parcel));
    raster->parcel[raster->parcel_count++] = *found;
    *found = (lqi_spans){0};
    return LQ_OK;
}

/* place: per column, counted up. */
static void count_hits(const lqi_spans *spans, uint32_t *place)
{
    for (size_t i = 0; i < spans->count; i++) {
        uint32_t *cell = place + spans->span[i].cell;
        for (uint32_t k = 0; k < spans->span[i].count; k++) cell[k]++;
    }
}

static void place_hits(const lqi_spans *spans, uint32_t *place, lqi_hit *hits)
{
    for (size_t i = 0; i < spans->count; i++) {
        const lqi_span *span = &spans->span[i];
        lqi_hit hit = {.shell = span->shell_up >> 1, .step = span->shell_up & 1 ? 1 : -1};
        int64_t from = span->from;
        for (uint32_t k = 0; k < span->count; k++, from += LQI_SUBCELLS) {
            hit.z = span->z + span->per_x * (double)from;
            hits[place[span->cell + k]++] = hit;
        }
    }
}

static void free_parcels(lqi_raster *raster)
{
    for (size_t i = 0; i < raster->parcel_count; i++) lqi_free(raster->context, raster->parcel[i].span);
    lqi_free(raster->context, raster->parcel);
    raster->parcel = NULL;
    raster->parcel_count = raster->parcel_capacity = 0;
}

lq_status lqi_raster_sort(lqi_raster *raster)
{
    if (raster->exceeded) return LQ_OK;
    lq_context *context = raster->context;
    size_t column_count = (size_t)raster->across[0] * raster->across[1];
    raster->first = lqi_alloc_zeroed(context, column_count + 1, sizeof *raster->first);
    raster->hits = raster->first ? lqi_alloc_array(context, (size_t)raster->hit_count, sizeof *raster->hits) : NULL;
    if (!raster->hits) return lqi_memory_status(context);
    uint32_t *place = raster->first + 1; /* counts, then first places, then, each counted up, the next column's */
    for (size_t i = 0; i < raster->parcel_count; i++) count_hits(&raster->parcel[i], place);
    uint32_t sum = 0;
    for (size_t c = 0; c < column_count; c++) {
        uint32_t count = place[c];
        place[c] = sum;
        sum += count;
    }
    for (size_t i = 0; i < raster->parcel_count; i++) place_hits(&raster->parcel[i], place, raster->hits);
    free_parcels(raster);
    return LQ_OK;
}

void lqi_raster_init(lqi_raster *raster, lq_context *context, const lqi_box *box, int axis, int cells)
{
    const int across = (axis + 1) % 3, deep = (axis + 2) % 3;
    double width = box->max[across] - box->min[across], depth = box->max[deep] - box->min[deep];
    *raster = (lqi_raster){.context = context, .up = axis, .cell = fmax(width, depth) / cells};
    raster->grid = (lqi_column_grid){{across, deep}, {box->min[across], box->min[deep]}, LQI_SUBCELLS / raster->cell};
    raster->across[0] = (uint32_t)ceil(width / raster->cell) + 1;
    raster->across[1] = (uint32_t)ceil(depth / raster->cell) + 1;
}

void lqi_raster_free(lqi_raster *raster)
{
    if (!raster->context) return;
    free_parcels(raster);
    lqi_free(raster->context, raster->first);
    lqi_free(raster->context, raster->hits);
    *raster = (lqi_raster){0};
}
