#include "measure/raster.h"

#include <math.h>
#include <string.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "kernel/kernel_list.h"
#include "mesh/edges.h"

/* x, y: in sub-cells, whole. */
typedef struct corner {
    double x, y, z;
} corner;

static int64_t centre(int64_t cell) { return cell * LQI_SUBCELLS + LQI_SUBCELLS / 2; }

typedef double pair __attribute__((vector_size(16)));
typedef int64_t pair_bits __attribute__((vector_size(16)));

/* Two edges at once. The cells of a row whose centres lie left of an edge: dx (y - ay) - dy (x - ax) > 0, or = 0 where
 * the edge owns its points. All numbers are whole and exact; half of one more or less decides where a centre lies on an
 * edge, and keeps the limit so far from any other, 2^-26 cells, that a rounded quotient is good enough. */
typedef struct edges {
    pair distance; /* limit times width, in this row */
    pair per_row;
    pair per_width; /* 1 / width, cells per sub-cell; of a level edge so large that the row is in or out */
    pair high, low; /* added to the limit: 0, or what makes it none */
} edges;

static inline pair choose(pair_bits where, pair a, pair b)
{
    return (pair)(((pair_bits)a & where) | ((pair_bits)b & ~where));
}

/* A centre on an edge belongs to it when it is a left or a top edge, so that two triangles never share or lose one. */
static inline edges edges_between(const corner *a, const corner *b, const corner *c, const corner *d, double y)
{
    const pair zero = {0}, infinite = zero + INFINITY, half = zero + 0.5;
    const pair ax = {a->x, c->x}, ay = {a->y, c->y}, dx = (pair){b->x, d->x} - ax, dy = (pair){b->y, d->y} - ay;
    const pair_bits falls = dy < zero, level = dy == zero, owns = falls | (level & (dx < zero));
    const pair inside = dx * (y - ay) + dy * (ax - LQI_SUBCELLS / 2) + choose(owns, half, -half);
    return (edges){inside, dx * LQI_SUBCELLS, choose(level, zero + 1e30, 1 / (dy * LQI_SUBCELLS)),
                   choose(falls, infinite, zero), choose(falls, zero, -infinite)};
}

static inline pair next_limits(edges *e)
{
    const pair limits = e->distance * e->per_width;
    e->distance += e->per_row;
    return limits;
}

static double lesser(double a, double b) { return a < b ? a : b; }
static double greater(double a, double b) { return a > b ? a : b; }

/* Without branches, here and below: which corner is where cannot be foreseen. */
static int32_t smallest(int32_t a, int32_t b, int32_t c)
{
    const int32_t ab = a < b ? a : b;
    return ab < c ? ab : c;
}

static int32_t largest(int32_t a, int32_t b, int32_t c)
{
    const int32_t ab = a > b ? a : b;
    return ab > c ? ab : c;
}

/* A triangle that is being put down: counter-clockwise over its cells. */
typedef struct placed {
    corner p[3];
    int64_t left, right, row, row_last;
    double per_x, per_y; /* its height rises per sub-cell */
    uint32_t shell_up;
} placed;

/* What a triangle covers of a row has no gap. */
static lq_status put_rows(lqi_raster *r, const placed *t, lqi_spans *found)
{
    const corner *p = t->p;
    const double before = (double)t->left - 0.5, behind = (double)t->right + 0.5, y = (double)centre(t->row);
    edges two = edges_between(&p[0], &p[1], &p[1], &p[2], y), third = edges_between(&p[2], &p[0], &p[2], &p[0], y);
    size_t rows = t->row_last < t->row ? 0 : (size_t)(t->row_last - t->row + 1);
    if (rows > found->capacity - found->count)
        LQI_TRY(lqi_grow(r->context, (void **)&found->span, &found->capacity, 2 * found->count + rows,
                         sizeof *found->span));
    for (int64_t row = t->row; row <= t->row_last && found->hit_count <= r->hits_max; row++) {
        const pair a = next_limits(&two), b = next_limits(&third);
        const pair a_high = a + two.high, a_low = a + two.low, b_high = b + third.high, b_low = b + third.low;
        double high = lesser(lesser(lesser(a_high[0], a_high[1]), b_high[0]), behind);
        double low = greater(greater(greater(a_low[0], a_low[1]), b_low[0]), before);
        /* Neither is whole, both are above -1: cut off towards 0, they are the cells on the inner side. */
        int32_t first = (int32_t)(lesser(low, behind) + 1), last = (int32_t)(greater(high, before) + 1) - 1;
        const int32_t cells = last - first + 1;
        const uint32_t count = (uint32_t)(cells & ~(cells >> 31)); /* 0 where that is below it */
        found->hit_count += count;
        found->span[found->count] = (lqi_span){.z = p[0].z + t->per_y * ((double)centre(row) - p[0].y),
                                               .per_x = t->per_x,
                                               .from = (int32_t)(centre(first) - (int64_t)p[0].x),
                                               .cell = (uint32_t)row * r->across[0] + (uint32_t)first,
                                               .count = count,
                                               .shell_up = t->shell_up};
        found->count += count > 0; /* one without cells is written over */
    }
    return LQ_OK;
}

/* Triangles of a block, as one axis sees them. */
typedef struct seen {
    const int32_t (*at)[LQI_BLOCK]; /* ax ay bx by cx cy, snapped */
    const double (*up)[LQI_BLOCK];  /* height of a, two other rows, height of b, ... */
} seen;

static lq_status put_triangle(lqi_raster *r, const seen *s, size_t i, uint8_t flag, uint32_t shell, lqi_spans *found)
{
    const int32_t ax = s->at[0][i], ay = s->at[1][i], bx = s->at[2][i], by = s->at[3][i];
    const int32_t cx = s->at[4][i], cy = s->at[5][i];
    const int64_t area = ((int64_t)bx - ax) * ((int64_t)cy - ay) - ((int64_t)by - ay) * ((int64_t)cx - ax);
    if (area == 0) return LQ_OK;
    const size_t turned = area < 0, b = 1 + turned, c = 2 - turned;
    placed t = {.p = {{ax, ay, s->up[0][i]},
                      {s->at[2 * b][i], s->at[2 * b + 1][i], s->up[3 * b][i]},
                      {s->at[2 * c][i], s->at[2 * c + 1][i], s->up[3 * c][i]}},
                .left = lqi_first_cell(smallest(ax, bx, cx)),
                .right = lqi_last_cell(largest(ax, bx, cx)),
                .row = lqi_first_cell(smallest(ay, by, cy)),
                .row_last = lqi_last_cell(largest(ay, by, cy)),
                /* Going up, the winding falls by one through a facet that looks up. */
                .shell_up = shell << 1 | (turned != ((flag & LQI_TRIANGLE_FLIPPED) != 0))};
    const corner *p = t.p;
    double ux = p[1].x - p[0].x, uy = p[1].y - p[0].y, uz = p[1].z - p[0].z;
    double vx = p[2].x - p[0].x, vy = p[2].y - p[0].y, vz = p[2].z - p[0].z, whole = fabs((double)area);
    t.per_x = (uz * vy - vz * uy) / whole;
    t.per_y = (vz * ux - uz * vx) / whole;
    found->work += (uint64_t)(t.row_last - t.row + 1);
    return put_rows(r, &t, found);
}

static bool is_full(const lqi_raster *raster, const lqi_spans *found)
{
    uint64_t others = atomic_load_explicit(&raster->under_way, memory_order_relaxed);
    return found->hit_count > raster->hits_max || others > raster->hits_max;
}

lq_status lqi_raster_find(lqi_raster *raster, const lqi_rows *rows, size_t count, const uint8_t *flag,
                          const uint32_t *shell, lqi_spans *found)
{
    if (raster->exceeded || is_full(raster, found)) return LQ_OK;
    lqi_snapped snapped;
    uint64_t mask[LQI_BLOCK_WORDS];
    uint64_t before = found->hit_count;
    raster->context->kernels->column_cover(rows, count, &raster->grid, &snapped, mask);
    const seen s = {(const int32_t(*)[LQI_BLOCK])snapped.at, rows->row + raster->up};
    for (size_t word = 0; word < LQI_BLOCK_WORDS; word++)
        for (uint64_t bits = mask[word]; bits && found->hit_count <= raster->hits_max; bits &= bits - 1) {
            size_t i = word * 64 + (size_t)__builtin_ctzll(bits);
            if (flag[i] & LQI_TRIANGLE_LEFT_OUT) continue;
            LQI_TRY(put_triangle(raster, &s, i, flag[i], shell[i], found));
        }
    atomic_fetch_add_explicit(&raster->under_way, found->hit_count - before, memory_order_relaxed);
    return LQ_OK;
}

lq_status lqi_raster_take(lqi_raster *raster, lqi_spans *found)
{
    raster->hit_count += found->hit_count;
    raster->work += found->work;
    found->hit_count = found->work = 0;
    raster->exceeded |= raster->hit_count > raster->hits_max || raster->work > raster->context->limits.work_units;
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

void lqi_raster_init(lqi_raster *raster, lq_context *context, const lqi_box *box, int axis, int cells,
                     uint32_t triangle_count)
{
    const int across = (axis + 1) % 3, deep = (axis + 2) % 3;
    double longest = fmax(box->max[across] - box->min[across], box->max[deep] - box->min[deep]);
    lqi_raster_init_cell(raster, context, box, axis, longest / cells, triangle_count);
}

void lqi_raster_init_cell(lqi_raster *raster, lq_context *context, const lqi_box *box, int axis, double cell,
                          uint32_t triangle_count)
{
    const int across = (axis + 1) % 3, deep = (axis + 2) % 3;
    *raster = (lqi_raster){.context = context, .up = axis, .cell = cell};
    raster->grid = (lqi_column_grid){{across, deep}, {box->min[across], box->min[deep]}, LQI_SUBCELLS / cell};
    raster->hits_max = LQI_HITS_BASE + (uint64_t)triangle_count * LQI_HITS_PER_TRIANGLE;
    if (raster->hits_max > LQI_HITS_MAX) raster->hits_max = LQI_HITS_MAX;
    if (raster->hits_max > context->limits.work_units) raster->hits_max = context->limits.work_units;
    raster->across[0] = (uint32_t)ceil((box->max[across] - box->min[across]) / cell) + 1;
    raster->across[1] = (uint32_t)ceil((box->max[deep] - box->min[deep]) / cell) + 1;
}

void lqi_raster_free(lqi_raster *raster)
{
    if (!raster->context) return;
    free_parcels(raster);
    lqi_free(raster->context, raster->first);
    lqi_free(raster->context, raster->hits);
    *raster = (lqi_raster){0};
}
