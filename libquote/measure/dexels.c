#include "measure/dexels.h"

#include <math.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/threads.h"
#include "kernel/kernel_list.h"
#include "measure/hits.h"
#include "measure/moments.h"
#include "measure/sweep.h"

/* Triangles that one task puts down, a whole number of blocks. */
#define PART (64 * (size_t)LQI_BLOCK)

/* Crossings along one axis: so many, twice where more columns are asked for than usual, and so many more for each
 * triangle, but not too many at all. */
#define HITS_BASE ((uint64_t)1 << 20)
#define HITS_PER_TRIANGLE 4
#define HITS_MAX ((uint64_t)4 << 20)

/* Four steps of a float at the farthest coordinate: surfaces so near to each other are one. */
#define SAME_PLACE_SHARE 0x1p-22

/* A facet's number and a bit share 32 bits in the raster. */
#define FACETS_MAX ((uint64_t)1 << 31)

/* ---- crossings ---- */

/* One solid that is being put down. */
typedef struct putting {
    lqi_dexels *dexels;
    lqi_raster *raster; /* of each axis */
    const lqi_placed_solid *solid;
    uint32_t first_facet;
    bool turned;
    lqi_spans (*found)[3]; /* per part */
} putting;

static void find_normals(const lqi_rows *rows, size_t count, const uint8_t *flag, float *normal)
{
    for (size_t i = 0; i < count; i++, normal += 3) {
        const double(*row)[LQI_BLOCK] = rows->row;
        double ux = row[3][i] - row[0][i], uy = row[4][i] - row[1][i], uz = row[5][i] - row[2][i];
        double vx = row[6][i] - row[0][i], vy = row[7][i] - row[1][i], vz = row[8][i] - row[2][i];
        double x = uy * vz - uz * vy, y = uz * vx - ux * vz, z = ux * vy - uy * vx;
        double length = sqrt(x * x + y * y + z * z), share = 0;
        if (length > 0 && !(flag[i] & LQI_TRIANGLE_LEFT_OUT))
            share = flag[i] & LQI_TRIANGLE_FLIPPED ? -1 / length : 1 / length;
        normal[0] = (float)(x * share), normal[1] = (float)(y * share), normal[2] = (float)(z * share);
    }
}

static void load_block(const putting *put, size_t first, size_t count, lqi_rows *rows, uint8_t flag[LQI_BLOCK],
                       uint32_t facet[LQI_BLOCK])
{
    const lqi_mesh *mesh = put->solid->mesh;
    put->dexels->context->kernels->corner_rows(mesh->position, mesh->corner + 3 * first, count,
                                               mesh->triangle_count - first - count, rows);
    if (put->solid->transform) lqi_rows_transform(rows, count, put->solid->transform);
    for (size_t i = count; i % LQI_LANES; i++)
        for (size_t row = 0; row < LQI_ROW_COUNT; row++) rows->row[row][i] = put->dexels->box.min[row % 3];
    for (size_t i = 0; i < count; i++) {
        uint8_t stored = put->solid->flag ? put->solid->flag[first + i] : 0;
        flag[i] = put->turned ? stored ^ LQI_TRIANGLE_FLIPPED : stored;
        facet[i] = put->first_facet + (uint32_t)(first + i);
    }
}

/* As if each column of the grid met two facets, which are spread evenly; never more than one for each facet. */
static lq_status make_room(const putting *put, size_t facets, lqi_spans found[3])
{
    for (int axis = 0; axis < 3; axis++) {
        const lqi_raster *r = &put->raster[axis];
        double spans = 2.0 * r->across[0] * r->across[1] * ((double)facets / put->dexels->facet_count);
        size_t wanted = spans < (double)facets ? (size_t)spans : facets;
        LQI_TRY(
            lqi_grow(r->context, (void **)&found[axis].span, &found[axis].capacity, wanted, sizeof *found[axis].span));
    }
    return LQ_OK;
}

static lq_status put_part(void *user, size_t part)
{
    const putting *put = user;
    lq_context *context = put->dexels->context;
    size_t first = part * PART, end = first + PART;
    if (end > put->solid->mesh->triangle_count) end = put->solid->mesh->triangle_count;
    if (lqi_stopped(context)) return LQ_ERR_CANCELLED;
    LQI_TRY(make_room(put, end - first, put->found[part]));
    for (; first < end; first += LQI_BLOCK) {
        lqi_rows rows;
        uint8_t flag[LQI_BLOCK];
        uint32_t facet[LQI_BLOCK];
        size_t count = end - first < LQI_BLOCK ? end - first : LQI_BLOCK;
        load_block(put, first, count, &rows, flag, facet);
        find_normals(&rows, count, flag, put->dexels->normal + 3 * (size_t)facet[0]);
        for (int axis = 0; axis < 3; axis++)
            LQI_TRY(lqi_raster_find(&put->raster[axis], &rows, count, flag, facet, &put->found[part][axis]));
    }
    return LQ_OK;
}

static lq_status put_solid(putting *put)
{
    lq_context *context = put->dexels->context;
    size_t parts = ((size_t)put->solid->mesh->triangle_count + PART - 1) / PART;
    put->found = lqi_alloc_zeroed(context, parts, sizeof *put->found);
    if (!put->found) return lqi_memory_status(context);
    lq_status status = lqi_parallel(context, parts, put_part, put);
    if (status == LQ_ERR_CANCELLED) status = lqi_fail(context, LQI_CANCELLED, -1, "The work was cancelled.");
    for (size_t i = 0; i < 3 * parts; i++) {
        lqi_spans *found = &put->found[i / 3][i % 3];
        if (status == LQ_OK) status = lqi_raster_take(&put->raster[i % 3], found);
        lqi_free(context, found->span);
    }
    for (int axis = 0; axis < 3; axis++) atomic_store_explicit(&put->raster[axis].under_way, 0, memory_order_relaxed);
    lqi_free(context, put->found);
    return status;
}

static lq_status put_solids(lqi_dexels *dexels, const lqi_placed_solid *solids, size_t count, lqi_raster raster[3])
{
    uint32_t facet = 0;
    for (size_t i = 0; i < count; i++) {
        if (i % 64 == 0) LQI_TRY(lqi_progress(dexels->context, "dexels", facet, dexels->facet_count));
        bool mirrored = solids[i].transform && lqi_transform_determinant(solids[i].transform) < 0;
        putting put = {.dexels = dexels,
                       .raster = raster,
                       .solid = &solids[i],
                       .first_facet = facet,
                       .turned = solids[i].turned != mirrored};
        LQI_TRY(put_solid(&put));
        facet += solids[i].mesh->triangle_count;
    }
    return LQ_OK;
}

/* ---- runs ---- */

/* Writes the runs of one column; false: it is not closed. */
static bool find_runs(lqi_hit *hits, size_t count, double same_place, lqi_hit *spare, lqi_run *run, uint32_t *run_count)
{
    uint32_t found = 0;
    int32_t winding = 0;
    lqi_hits_sort(hits, count, spare);
    for (size_t i = 0; i < count; i++) {
        int32_t before = winding;
        winding += hits[i].step;
        if (before <= 0 && winding > 0) {
            bool goes_on = found && hits[i].z - run[found - 1].high <= same_place;
            if (!goes_on) run[found++] = (lqi_run){.low = hits[i].z, .low_facet = hits[i].shell};
        } else if (before > 0 && winding <= 0) {
            run[found - 1].high = hits[i].z;
            run[found - 1].high_facet = hits[i].shell;
            if (run[found - 1].high - run[found - 1].low <= same_place) found--;
        }
    }
    *run_count = winding == 0 ? found : 0;
    return winding == 0;
}

typedef struct finishing {
    lqi_dexels *dexels;
    lqi_raster *raster; /* of each axis */
} finishing;

/* The raster is empty afterwards. */
static lq_status finish_axis(void *user, size_t index)
{
    const finishing *finish = user;
    lqi_raster *raster = &finish->raster[index];
    lqi_dexel_axis *axis = &finish->dexels->axis[index];
    lq_context *context = raster->context;
    lq_status status;
    lqi_hit *spare = NULL;
    LQI_TRY_GOTO(lqi_raster_sort(raster));
    spare = lqi_alloc_array(context, lqi_hits_most(raster), sizeof *spare);
    /* Each run has two hits, so that those of a column end before its hits would. */
    axis->run = spare ? lqi_alloc_array(context, (size_t)raster->hit_count / 2 + 1, sizeof *axis->run) : NULL;
    if (!axis->run) {
        status = lqi_memory_status(context);
        goto done;
    }
    uint32_t runs = 0, start = 0;
    for (size_t c = 0, columns = (size_t)raster->across[0] * raster->across[1]; c < columns; c++) {
        uint32_t end = raster->first[c + 1], found = 0;
        if (end > start &&
            !find_runs(raster->hits + start, end - start, finish->dexels->same_place, spare, axis->run + runs, &found))
            axis->dropped++;
        axis->inner += found && end - start > 2 * found;
        raster->first[c] = runs;
        runs += found;
        start = end;
    }
    raster->first[(size_t)raster->across[0] * raster->across[1]] = runs;
    axis->first = raster->first;
    raster->first = NULL;
done:
    lqi_free(context, spare);
    lqi_raster_free(raster);
    return status;
}

static void name_axis(const lqi_raster *raster, lqi_dexel_axis *axis)
{
    *axis = (lqi_dexel_axis){.axis = raster->up,
                             .across = {raster->across[0], raster->across[1]},
                             .origin = {raster->grid.origin[0], raster->grid.origin[1]},
                             .cell = raster->cell};
}

/* ---- the whole ---- */

static double longest_side(const lqi_box *box)
{
    double longest = 0;
    for (int i = 0; i < 3; i++) longest = fmax(longest, box->max[i] - box->min[i]);
    return longest;
}

static double farthest(const lqi_box *box)
{
    double most = 0;
    for (int i = 0; i < 3; i++) most = fmax(most, fmax(fabs(box->min[i]), fabs(box->max[i])));
    return most;
}

static bool any_flag(const lqi_placed_solid *solid)
{
    for (uint32_t t = 0; solid->flag && t < solid->mesh->triangle_count; t++)
        if (solid->flag[t] & LQI_TRIANGLE_LEFT_OUT) return true;
    return false;
}

static void find_box(const lqi_placed_solid *solids, size_t count, lqi_box *box)
{
    static const double as_it_is[12] = {1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0};
    *box = lqi_box_empty();
    for (size_t i = 0; i < count; i++) {
        lqi_box own = lqi_box_of_mesh(solids[i].mesh, solids[i].flag, any_flag(&solids[i]));
        lqi_box placed = lqi_box_placed(solids[i].mesh, &own, solids[i].transform ? solids[i].transform : as_it_is);
        lqi_box_add(box, &placed);
    }
}

/* *examined says whether the budget was enough for columns of this width. */
static lq_status try_columns(lqi_dexels *dexels, const lqi_placed_solid *solids, size_t count, uint64_t hits_base)
{
    lq_context *context = dexels->context;
    lqi_raster raster[3];
    for (int axis = 0; axis < 3; axis++) {
        lqi_raster *r = &raster[axis];
        lqi_raster_init_cell(r, context, &dexels->box, axis, dexels->cell, dexels->facet_count);
        r->hits_max = hits_base + HITS_PER_TRIANGLE * (uint64_t)dexels->facet_count;
        if (r->hits_max > HITS_MAX) r->hits_max = HITS_MAX;
        name_axis(r, &dexels->axis[axis]);
    }
    lq_status status;
    finishing finish = {dexels, raster};
    LQI_TRY_GOTO(put_solids(dexels, solids, count, raster));
    if (raster[0].exceeded || raster[1].exceeded || raster[2].exceeded) goto done;
    LQI_TRY_GOTO(lqi_parallel(context, 3, finish_axis, &finish));
    dexels->examined = true;
done:
    for (int axis = 0; axis < 3; axis++) lqi_raster_free(&raster[axis]);
    return status;
}

lq_status lqi_dexels_make(lq_context *context, const lqi_placed_solid *solids, size_t count, int across,
                          lqi_dexels *dexels)
{
    *dexels = (lqi_dexels){.context = context};
    uint64_t facets = 0;
    for (size_t i = 0; i < count; i++) facets += solids[i].mesh->triangle_count;
    if (facets >= FACETS_MAX) return lqi_fail_over_limit(context, "triangles", FACETS_MAX - 1, facets);
    dexels->facet_count = (uint32_t)facets;
    find_box(solids, count, &dexels->box);
    if (across <= 0) across = LQI_DEXELS_ACROSS;
    if (across > LQI_DEXELS_ACROSS_MAX) across = LQI_DEXELS_ACROSS_MAX;
    double longest = longest_side(&dexels->box);
    if (!(longest > 0) || !isfinite(LQI_SUBCELLS * across / longest)) return LQ_OK;
    dexels->same_place = farthest(&dexels->box) * SAME_PLACE_SHARE;
    dexels->normal = lqi_alloc_array(context, (size_t)facets, 3 * sizeof *dexels->normal);
    if (!dexels->normal) return lqi_memory_status(context);
    lq_status status = LQ_OK;
    const uint64_t hits_base = across > LQI_DEXELS_ACROSS ? 2 * HITS_BASE : HITS_BASE;
    for (; status == LQ_OK && !dexels->examined && across >= LQI_DEXELS_ACROSS_LEAST; across /= 2) {
        dexels->cell = longest / across;
        status = try_columns(dexels, solids, count, hits_base);
        dexels->coarser |= !dexels->examined;
    }
    if (status != LQ_OK) lqi_dexels_free(dexels);
    return status;
}

void lqi_dexels_free(lqi_dexels *dexels)
{
    for (int axis = 0; axis < 3 && dexels->context; axis++) {
        lqi_free(dexels->context, dexels->axis[axis].first);
        lqi_free(dexels->context, dexels->axis[axis].run);
    }
    if (dexels->context) lqi_free(dexels->context, dexels->normal);
    *dexels = (lqi_dexels){0};
}
