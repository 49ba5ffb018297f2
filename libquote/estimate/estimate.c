#include "estimate/estimate.h"

#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "estimate/cost.h"
#include "estimate/shell_formula.h"

/* Half of the 90 % range as a share of the value. Weights of shares that are known: bench/estimate/ranges.py fits them
 * to errors on models that the coefficients had not seen. */
static double filament_share(const lqi_estimate *e)
{
    if (!(e->filament_mm3 > 0)) return 1;
    const double *v = e->volume_mm3;
    double support = v[LQI_ROLE_SUPPORT] + v[LQI_ROLE_SUPPORT_INTERFACE];
    return 0.0351 + 0.702 * support / e->filament_mm3;
}

/* slowed: share of the layers that are slowed down to last long enough. */
static double time_share(const lqi_estimate *e, double slowed)
{
    if (!(e->total_s > 0) || !e->layers) return 1;
    double support = e->time_s[LQI_ROLE_SUPPORT] + e->time_s[LQI_ROLE_SUPPORT_INTERFACE];
    double moves = e->travel_s + e->retract_s;
    return 0.0333 + (0.666 * support + 0.133 * moves) / e->total_s + 0.0333 * slowed + 0.133 / e->layers;
}

/* What each doubt adds, and the shell formula. */
#define FLAG_SHARE 0.15
#define COARSE_SHARE 0.3

static void take_cost(const lqi_cost *cost, lqi_estimate *estimate)
{
    memcpy(estimate->volume_mm3, cost->volume_mm3, sizeof estimate->volume_mm3);
    memcpy(estimate->time_s, cost->time_s, sizeof estimate->time_s);
    estimate->travel_s = cost->travel_s;
    estimate->retract_s = cost->retract_s + cost->lift_s;
}

/* The slicer drops what cannot hold a bead. */
static void look_at_layers(const lqi_layers *layers, const lqi_machine *machine, lqi_estimate *estimate)
{
    double bead_mm2 = machine->first_layer_width_mm * machine->first_layer_width_mm / 4;
    double signed_mm3 = 0;
    for (int32_t i = 0; i < layers->count; i++) signed_mm3 += layers->layer[i].signed_area_mm2;
    if (layers->overlaps) estimate->flags |= LQI_ESTIMATE_OVERLAPS;
    if (layers->open) estimate->flags |= LQI_ESTIMATE_OPEN;
    if (signed_mm3 < 0) estimate->flags |= LQI_ESTIMATE_INVERTED;
    if (!layers->count)
        estimate->flags |= LQI_ESTIMATE_EMPTY;
    else if (!(layers->layer[0].area_mm2 > bead_mm2))
        estimate->flags |= LQI_ESTIMATE_NOTHING_IN_FIRST_LAYER;
}

static lqi_range range_around(double value, double share)
{
    return (lqi_range){value * (share < 1 ? 1 - share : 0), value * (1 + share)};
}

static void finish(const lqi_machine *machine, double slowed, lqi_estimate *estimate)
{
    estimate->total_s = estimate->travel_s + estimate->retract_s;
    for (int r = 0; r < LQI_ROLE_COUNT; r++) {
        estimate->volume_mm3[r] *= machine->extrusion_multiplier;
        estimate->filament_mm3 += estimate->volume_mm3[r];
        estimate->total_s += estimate->time_s[r];
    }
    double d = machine->filament_diameter_mm;
    estimate->filament_mm = estimate->filament_mm3 / (0.78539816339744831 * d * d);
    estimate->filament_g = estimate->filament_mm3 * machine->filament_density_g_cm3 / 1000;
    double wider = 0;
    for (uint32_t flag = 1; flag <= LQI_ESTIMATE_INVERTED; flag *= 2)
        if (estimate->flags & flag) wider += FLAG_SHARE;
    if (estimate->flags & LQI_ESTIMATE_COARSE) wider += COARSE_SHARE;
    estimate->filament_range_mm3 = range_around(estimate->filament_mm3, filament_share(estimate) + wider);
    estimate->time_range_s = range_around(estimate->total_s, time_share(estimate, slowed) + wider * 2);
}

bool lqi_estimate_same_layers(const lqi_machine *a, const lqi_machine *b)
{
    bool none = (a->fill_density > 0) == (b->fill_density > 0);
    return none && (a->fill_density < LQI_DENSE) == (b->fill_density < LQI_DENSE);
}

void lqi_estimate_of_layers(const lqi_layers *layers, const lqi_estimate_solid *solids, size_t solid_count,
                            const lqi_machine *machine, lqi_estimate *estimate)
{
    double slowed = 0;
    *estimate = (lqi_estimate){0};
    if (layers->refused) {
        lqi_surface surface = lqi_surface_of(solids, solid_count);
        lqi_shell_formula(&surface, machine, estimate);
        estimate->flags |= LQI_ESTIMATE_COARSE;
    } else {
        lqi_coefficients fitted = lqi_coefficients_fitted();
        lqi_cost cost;
        lqi_cost_of_layers(layers, machine, &fitted, &cost);
        take_cost(&cost, estimate);
        slowed = cost.slowed_layers;
        estimate->layers = (uint32_t)layers->count;
        look_at_layers(layers, machine, estimate);
    }
    finish(machine, slowed, estimate);
}

lq_status lqi_estimate_make(lq_context *context, const lqi_estimate_solid *solids, size_t solid_count,
                            const lqi_machine *machine, lqi_estimate *estimate)
{
    lqi_layers layers;
    LQI_TRY(lqi_layers_make(context, solids, solid_count, machine, &layers));
    lqi_estimate_of_layers(&layers, solids, solid_count, machine, estimate);
    lqi_layers_free(context, &layers);
    return LQ_OK;
}
