#include "measure/walls.h"

#include <math.h>

#include "base/fail.h"
#include "base/memory.h"
#include "measure/ball.h"
#include "measure/wall_nodes.h"
#include "measure/wall_patches.h"
#include "measure/wall_pins.h"

/* Columns that a pin must be wide to be seen for sure and measured. */
#define CELLS_PER_PIN 3

/* Thickness below which this share of the area is, bins taken as evenly filled. */
static double area_quantile(const lqi_walls *walls, double share)
{
    double wanted = share * walls->area_mm2;
    if (!(walls->area_mm2 > 0)) return NAN;
    for (int bin = 0; bin < LQI_WALL_BINS; bin++) {
        double here = walls->histogram_mm2[bin];
        if (here > 0 && wanted <= here)
            return walls->least_mm[bin] + (walls->most_mm[bin] - walls->least_mm[bin]) * (wanted / here);
        wanted -= here;
    }
    return NAN;
}

/* The thinnest of what is not thinner than this, if there is enough of it for a patch. */
static double least_above(const lqi_dexels *dexels, const lqi_walls *walls, double least)
{
    double area = 0;
    for (int bin = 0; bin < LQI_WALL_BINS; bin++) {
        if (!(walls->most_mm[bin] >= least)) continue;
        area += walls->histogram_mm2[bin];
        if (area > 4 * dexels->cell * dexels->cell) return fmax(walls->least_mm[bin], least);
    }
    return NAN;
}

/* How thick the body is where this run has its middle: the least along the axes, 0 where that is between sides that are
 * not opposite. */
static double thickness_at(const lqi_dexels *dexels, const lqi_wall_nodes *nodes, const double place[3])
{
    double least = INFINITY;
    bool opposite = false;
    for (int k = 0; k < 3; k++) {
        uint32_t run = lqi_dexel_run_at(&dexels->axis[k], place, 0);
        if (run == LQI_BESIDE_NOTHING) return 0;
        double t = (double)nodes->thickness[k][run],
               along = dexels->axis[k].run[run].high - dexels->axis[k].run[run].low;
        if (fmin(t, along) >= least) continue;
        least = fmin(t, along);
        opposite = isfinite(t);
    }
    return opposite ? least : 0;
}

static void look_for_thickest(const lqi_dexels *dexels, const lqi_wall_nodes *nodes, const lqi_dexel_axis *axis,
                              const uint32_t column[2], lqi_walls *walls)
{
    const uint32_t *first = axis->first + (size_t)column[1] * axis->across[0] + column[0];
    for (uint32_t r = first[0]; r < first[1]; r++) {
        const lqi_run *run = &axis->run[r];
        if (run->high - run->low <= walls->thickest_mm) continue;
        double place[3];
        place[axis->axis] = run->low + (run->high - run->low) / 2;
        for (int way = 0; way < 2; way++) place[(axis->axis + 1 + way) % 3] = lqi_dexel_centre(axis, way, column[way]);
        double thick = thickness_at(dexels, nodes, place);
        if (thick <= walls->thickest_mm) continue;
        walls->thickest_mm = thick;
        for (int i = 0; i < 3; i++) walls->thickest_place[i] = place[i];
    }
}

/* One column in sixteen is enough to find where a body is thick. */
static void find_thickest(const lqi_dexels *dexels, const lqi_wall_nodes *nodes, lqi_walls *walls)
{
    for (int k = 0; k < 3; k++) {
        const lqi_dexel_axis *axis = &dexels->axis[k];
        for (uint32_t v = 0; v < axis->across[1]; v += 4)
            for (uint32_t u = 0; u < axis->across[0]; u += 4)
                look_for_thickest(dexels, nodes, axis, (uint32_t[2]){u, v}, walls);
    }
}

lq_status lqi_walls_measure(lq_context *context, const lqi_dexels *dexels, const lqi_placed_solid *solids, size_t count,
                            lqi_walls *walls)
{
    lqi_wall_nodes nodes = {0};
    lqi_balls balls;
    lq_status status;
    *walls = (lqi_walls){.context = context, .min_mm = INFINITY, .p01_mm = NAN, .examined = dexels->examined};
    walls->resolvable_mm = CELLS_PER_PIN * dexels->cell;
    if (!dexels->examined) return LQ_OK;
    LQI_TRY(lqi_balls_begin(&balls, dexels, solids, count));
    LQI_TRY_GOTO(lqi_wall_nodes_find(context, dexels, walls, &nodes));
    LQI_TRY_GOTO(lqi_wall_patches_find(context, dexels, &nodes, &balls, walls));
    LQI_TRY_GOTO(lqi_wall_pins_find(context, dexels, &nodes, &balls, walls));
    find_thickest(dexels, &nodes, walls);
    /* No patch is below the last level; what is, are edges and crumbs. */
    if (!isfinite(walls->min_mm))
        walls->min_mm = least_above(dexels, walls, lqi_wall_level_mm[LQI_WALL_LEVELS - 1] - walls->tolerance_mm);
    if (isnan(walls->min_mm)) walls->min_mm = least_above(dexels, walls, 0);
    walls->p01_mm = area_quantile(walls, 0.01);
done:
    lqi_balls_end(&balls);
    lqi_wall_nodes_free(context, &nodes);
    if (status != LQ_OK) lqi_walls_free(walls);
    return status;
}

void lqi_walls_free(lqi_walls *walls)
{
    if (walls->context) {
        lqi_free(walls->context, walls->patch);
        lqi_free(walls->context, walls->pin);
    }
    *walls = (lqi_walls){0};
}

double lqi_walls_area_below(const lqi_walls *walls, double mm)
{
    double area = 0, limit = mm - walls->tolerance_mm;
    for (int bin = 0; bin < LQI_WALL_BINS; bin++) {
        double least = walls->least_mm[bin], most = walls->most_mm[bin];
        if (!(walls->histogram_mm2[bin] > 0) || least >= limit) continue;
        area += most < limit ? walls->histogram_mm2[bin] : walls->histogram_mm2[bin] * (limit - least) / (most - least);
    }
    return area;
}

const lqi_wall_level *lqi_walls_level(const lqi_walls *walls, double mm)
{
    int level = 0;
    while (level + 1 < LQI_WALL_LEVELS && lqi_wall_level_mm[level] < mm) level++;
    return &walls->level[level];
}
