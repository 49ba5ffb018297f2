#include "measure/orientation_samples.h"

#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "measure/angle.h"
#include "measure/cube_cell.h"
#include "measure/hull_plane.h"

/* Where many layers share one cell, not all are looked at. */
#define LOOKED_AT_MAX 256

/* Cells are so many columns wide: hardly any that a surface covers stays without a sample, which lie up to the root of
 * three columns apart. */
#define CELL_COLUMNS 2

#define HANGING_COSINE 0.70723014 /* 44.99 degrees from level */
#define FLOOR_COSINE 0.1          /* what looks up less has no shadow to speak of */

static void keep_end(const lqi_dexels *dexels, const lqi_dexel_axis *axis, const double at[3], uint32_t facet,
                     double square, lqi_samples *samples)
{
    const float *n = dexels->normal + (size_t)3 * facet;
    double x = fabs(n[0]), y = fabs(n[1]), z = fabs(n[2]);
    int steepest = x >= y ? (x >= z ? 0 : 2) : (y >= z ? 1 : 2);
    if (steepest != axis->axis || n[steepest] == 0) return;
    const double normal[3] = {n[0], n[1], n[2]};
    samples->sample[samples->count++] = (lqi_sample){.bin = lqi_cube_cell(normal, LQI_NORMAL_SIDE),
                                                     .at = {(float)at[0], (float)at[1], (float)at[2]},
                                                     .normal = {n[0], n[1], n[2]},
                                                     .area = (float)(square / fabs((double)n[steepest]))};
}

static void keep_axis(const lqi_dexels *dexels, const lqi_dexel_axis *axis, lqi_samples *samples)
{
    const int up = axis->axis, u = (up + 1) % 3, v = (up + 2) % 3;
    double square = axis->cell * axis->cell, at[3];
    uint32_t column = 0;
    for (uint32_t row = 0; row < axis->across[1]; row++)
        for (uint32_t i = 0; i < axis->across[0]; i++, column++) {
            at[u] = lqi_dexel_centre(axis, 0, i) - samples->origin[u];
            at[v] = lqi_dexel_centre(axis, 1, row) - samples->origin[v];
            for (uint32_t r = axis->first[column]; r < axis->first[column + 1]; r++) {
                at[up] = axis->run[r].low - samples->origin[up];
                keep_end(dexels, axis, at, axis->run[r].low_facet, square, samples);
                at[up] = axis->run[r].high - samples->origin[up];
                keep_end(dexels, axis, at, axis->run[r].high_facet, square, samples);
            }
        }
}

/* Where columns see much less than the facets have, facets lie inside or are too small to be met: no matter. */
#define AREA_RATIO_MOST 1.25

/* A narrow face is met by one column more or less: its area is better known from the facets. */
static lq_status weigh(lqi_samples *samples, const lqi_normals *normals)
{
    double *seen = lqi_alloc_zeroed(samples->context, LQI_NORMAL_BINS, sizeof *seen);
    if (!seen) return lqi_memory_status(samples->context);
    for (uint32_t i = 0; i < samples->count; i++) seen[samples->sample[i].bin] += samples->sample[i].area;
    for (uint32_t bin = 0; bin < LQI_NORMAL_BINS; bin++) {
        double ratio = seen[bin] > 0 ? normals->bin[bin].area / seen[bin] : 1;
        seen[bin] = ratio < AREA_RATIO_MOST && ratio > 1 / AREA_RATIO_MOST ? ratio : 1;
    }
    for (uint32_t i = 0; i < samples->count; i++) {
        lqi_sample *sample = &samples->sample[i];
        sample->area = (float)(sample->area * seen[sample->bin]);
    }
    lqi_free(samples->context, seen);
    return LQ_OK;
}

lq_status lqi_samples_gather(lq_context *context, const lqi_dexels *dexels, const lqi_normals *normals,
                             lqi_samples *samples)
{
    *samples = (lqi_samples){.context = context};
    size_t most = 0;
    for (int i = 0; i < 3; i++) most += 2 * (size_t)lqi_dexel_run_count(&dexels->axis[i]);
    samples->spacing = dexels->cell;
    memcpy(samples->origin, dexels->box.min, sizeof samples->origin);
    samples->sample = lqi_alloc_array(context, most, sizeof *samples->sample);
    if (!samples->sample) return lqi_memory_status(context);
    for (int i = 0; i < 3; i++) keep_axis(dexels, &dexels->axis[i], samples);
    lq_status status = normals ? weigh(samples, normals) : LQ_OK;
    if (status != LQ_OK) lqi_samples_free(samples);
    return status;
}

void lqi_samples_free(lqi_samples *samples)
{
    if (samples->context) lqi_free(samples->context, samples->sample);
    *samples = (lqi_samples){0};
}

/* ---- rating ---- */

/* A sample as it lies when the body is turned. */
typedef struct turned {
    float at[3], normal[3]; /* z is up */
    float area;
    uint32_t cell;
} turned;

typedef struct rating {
    const lqi_samples *samples;
    double low[3], high[3]; /* of the turned body */
    double cell;
    uint32_t across[2];
    turned *turned;
    uint32_t *first;    /* per cell, and one more */
    float (*ground)[3]; /* by cell: what looks up and may hold support */
    lqi_outline bed;
    double centre[3];
} rating;

static inline void turn_point(const double rotation[9], const double p[3], double out[3])
{
    for (int i = 0; i < 3; i++)
        out[i] = rotation[3 * i] * p[0] + rotation[3 * i + 1] * p[1] + rotation[3 * i + 2] * p[2];
}

/* A place of the body, in mm, as it lies when it is turned about the origin of the samples. */
static void turn_place(const rating *r, const double rotation[9], const double p[3], double out[3])
{
    const double *origin = r->samples->origin, from[3] = {p[0] - origin[0], p[1] - origin[1], p[2] - origin[2]};
    turn_point(rotation, from, out);
}

static inline void widen(rating *r, const double place[3])
{
    for (int k = 0; k < 3; k++) {
        r->low[k] = place[k] < r->low[k] ? place[k] : r->low[k];
        r->high[k] = place[k] > r->high[k] ? place[k] : r->high[k];
    }
}

static void turn_samples(rating *r, const double rotation[9])
{
    for (uint32_t i = 0; i < r->samples->count; i++) {
        const lqi_sample *in = &r->samples->sample[i];
        const double at[3] = {in->at[0], in->at[1], in->at[2]}, n[3] = {in->normal[0], in->normal[1], in->normal[2]};
        double place[3], normal[3];
        turn_point(rotation, at, place);
        turn_point(rotation, n, normal);
        r->turned[i] = (turned){.at = {(float)place[0], (float)place[1], (float)place[2]},
                                .normal = {(float)normal[0], (float)normal[1], (float)normal[2]},
                                .area = in->area};
        widen(r, place);
    }
}

static void find_bounds(rating *r, const lqi_hull *hull, const double rotation[9])
{
    for (int k = 0; k < 3; k++) r->low[k] = INFINITY, r->high[k] = -INFINITY;
    for (uint32_t i = 0; i < hull->point_count; i++) {
        double place[3];
        turn_place(r, rotation, hull->point[i], place);
        widen(r, place);
    }
}

static uint32_t cell_of(const rating *r, const turned *t)
{
    uint32_t cell[2];
    for (int way = 0; way < 2; way++) {
        double at = ((double)t->at[way] - r->low[way]) / r->cell;
        cell[way] = at >= r->across[way] ? r->across[way] - 1 : at > 0 ? (uint32_t)at : 0;
    }
    return cell[1] * r->across[0] + cell[0];
}

static bool is_ground(const turned *t) { return t->normal[2] >= (float)FLOOR_COSINE; }

/* first: cleared. */
static void fill_cells(rating *r)
{
    size_t cells = (size_t)r->across[0] * r->across[1];
    uint32_t *place = r->first + 1; /* counts, then first places, then, each counted up, the next cell's */
    for (uint32_t i = 0; i < r->samples->count; i++) {
        turned *t = &r->turned[i];
        t->cell = cell_of(r, t);
        if (is_ground(t)) place[t->cell]++;
    }
    uint32_t sum = 0;
    for (size_t i = 0; i < cells; i++) {
        uint32_t count = place[i];
        place[i] = sum;
        sum += count;
    }
    for (uint32_t i = 0; i < r->samples->count; i++) {
        const turned *t = &r->turned[i];
        if (is_ground(t)) memcpy(r->ground[place[t->cell]++], t->at, sizeof t->at);
    }
}

/* How deep the air under a sample is: what holds support lies below and on the outer side of its own plane. */
static double gap_under(const rating *r, const turned *t)
{
    float floor = (float)r->low[2];
    uint32_t first = r->first[t->cell], end = r->first[t->cell + 1];
    if (end - first > LOOKED_AT_MAX) end = first + LOOKED_AT_MAX;
    for (uint32_t i = first; i < end; i++) {
        const float *at = r->ground[i];
        if (at[2] >= t->at[2] || at[2] <= floor) continue;
        float x = at[0] - t->at[0], y = at[1] - t->at[1], z = at[2] - t->at[2];
        if (x * t->normal[0] + y * t->normal[1] + z * t->normal[2] > 0) floor = at[2];
    }
    return (double)(t->at[2] - floor);
}

static void add_samples(rating *r, lqi_orientation *out)
{
    for (uint32_t i = 0; i < r->samples->count; i++) {
        const turned *t = &r->turned[i];
        double down = -(double)t->normal[2], area = t->area;
        if (down < HANGING_COSINE) continue;
        if (down > LQI_BED_COSINE && t->at[2] - r->low[2] <= LQI_LAYER_MM) {
            out->contact_mm2 += area;
            lqi_outline_add(&r->bed, t->at[0], t->at[1]);
            continue;
        }
        double gap = gap_under(r, t);
        out->overhang_mm2 += area;
        if (gap <= LQI_LAYER_MM) continue;
        out->support_mm3 += gap * area * down;
        out->touched_mm2 += area;
    }
}

static void find_tipping(rating *r, const double corner[][2], uint32_t corners, const double centre[3],
                         lqi_orientation *out)
{
    double place[3];
    turn_place(r, out->rotation, centre, place);
    if (!corners) return;
    double depth = lqi_hull_plane_depth(corner, corners, place);
    out->tipping_degrees = lqi_degrees_of_tangent(depth / (place[2] - r->low[2]));
}

/* Not above the diagonal of the columns. */
static uint32_t cells_across(double length, double cell)
{
    double cells = length / cell;
    return cells < LQI_DEXELS_ACROSS_MAX ? (uint32_t)cells + 1 : LQI_DEXELS_ACROSS_MAX;
}

lq_status lqi_samples_rate(const lqi_samples *samples, const lqi_hull *hull, const double centre[3],
                           lqi_orientation *out)
{
    lq_context *context = samples->context;
    rating r = {.samples = samples, .cell = CELL_COLUMNS * samples->spacing};
    lq_status status = LQ_OK;
    uint64_t *spare = NULL;
    r.turned = lqi_alloc_array(context, samples->count, sizeof *r.turned);
    if (!r.turned) return lqi_memory_status(context);
    find_bounds(&r, hull, out->rotation);
    turn_samples(&r, out->rotation);
    r.across[0] = cells_across(r.high[0] - r.low[0], r.cell);
    r.across[1] = cells_across(r.high[1] - r.low[1], r.cell);
    r.first = lqi_alloc_zeroed(context, (size_t)r.across[0] * r.across[1] + 1, sizeof *r.first);
    r.ground = r.first ? lqi_alloc_array(context, samples->count, sizeof *r.ground) : NULL;
    spare = r.ground ? lqi_alloc_array(context, LQI_OUTLINE_POINTS, 3 * sizeof *spare) : NULL;
    if (!spare) {
        status = lqi_memory_status(context);
        goto done;
    }
    fill_cells(&r);
    lqi_outline_begin(r.low, r.high, &r.bed);
    out->height_mm = r.high[2] - r.low[2];
    out->overhang_mm2 = out->support_mm3 = out->touched_mm2 = out->contact_mm2 = 0;
    out->tipping_degrees = NAN;
    add_samples(&r, out);
    double corner[2 * LQI_OUTLINE_POINTS][2];
    uint32_t corners = lqi_outline_hull(&r.bed, spare, corner);
    find_tipping(&r, (const double(*)[2])corner, corners, centre, out);
done:
    lqi_free(context, spare);
    lqi_free(context, r.ground);
    lqi_free(context, r.first);
    lqi_free(context, r.turned);
    return status;
}
