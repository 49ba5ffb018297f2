#include <string.h>

#include "base/fail.h"
#include "estimate/profile_machine.h"
#include "estimate/profile_values.h"

/* The slicer's estimates that the coefficients were fitted to were all made for this nozzle. */
#define NOZZLE_LOW_MM 0.38
#define NOZZLE_HIGH_MM 0.42

static bool is_on(const lqi_values *v, const char *key) { return !lqi_value_is(v, key, "0"); }

static bool has_vase(lqi_values *v) { return is_on(v, "spiral_vase"); }
static bool has_raft(lqi_values *v) { return is_on(v, "raft_layers"); }
static bool has_ironing(lqi_values *v) { return is_on(v, "ironing"); }
static bool has_fuzzy_skin(lqi_values *v) { return !lqi_value_is(v, "fuzzy_skin", "none"); }

static bool has_other_nozzle(lqi_values *v)
{
    double nozzle_mm = lqi_value_number(v, "nozzle_diameter", 0, 1e6);
    return nozzle_mm < NOZZLE_LOW_MM || nozzle_mm > NOZZLE_HIGH_MM;
}

static bool has_other_pattern(lqi_values *v)
{
    static const char *const even[] = {"rectilinear",   "alignedrectilinear", "line",           "zigzag",
                                       "grid",          "triangles",          "stars",          "cubic",
                                       "gyroid",        "honeycomb",          "3dhoneycomb",    "concentric",
                                       "hilbertcurve",  "monotonic",          "monotoniclines", "archimedeanchords",
                                       "octagramspiral"};
    for (size_t i = 0; i < sizeof even / sizeof even[0]; i++)
        if (lqi_value_is(v, "fill_pattern", even[i])) return false;
    return lqi_value_percent(v, "fill_density", 1e6) > 0;
}

static bool has_other_support(lqi_values *v)
{
    return is_on(v, "support_material") &&
           !(lqi_value_is(v, "support_material_style", "grid") || lqi_value_is(v, "support_material_style", "snug"));
}

static bool has_several_materials(lqi_values *v)
{
    static const char *const extruders[] = {"perimeter_extruder", "infill_extruder", "solid_infill_extruder"};
    for (size_t i = 0; i < sizeof extruders / sizeof extruders[0]; i++)
        if (!lqi_value_is(v, extruders[i], "1") && is_on(v, extruders[i])) return true;
    return is_on(v, "wipe_tower") && is_on(v, "single_extruder_multi_material");
}

typedef struct way {
    bool (*holds)(lqi_values *values);
    const char *code, *sentence;
} way;

static const way ways[] = {
    {has_vase, "spiral_vase", "The profile prints a vase in one spiral; the estimate takes it as one wall in layers."},
    {has_raft, "raft", "The profile lays a raft under the part; the estimate does not count it."},
    {has_ironing, "ironing", "The profile irons top faces; the estimate does not count the time for it."},
    {has_fuzzy_skin, "fuzzy_skin", "The profile roughens the outer wall; the estimate takes it as smooth."},
    {has_other_nozzle, "nozzle_not_fitted",
     "The estimate was fitted to nozzles of 0.4 mm; for others it is less sure."},
    {has_other_pattern, "infill_pattern",
     "The density of this infill pattern changes inside the part; the estimate "
     "takes it as even."},
    {has_other_support, "support_style", "The estimate knows supports of straight columns; others take less."},
    {has_several_materials, "multi_material",
     "The profile prints with several materials; changes and the wipe tower "
     "are not counted."},
};

lq_status lqi_profile_flags(const lqi_profile *profile, lqi_notes *flags)
{
    lqi_values values = {.profile = profile};
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        if (!ways[i].holds(&values)) continue;
        LQI_TRY(lqi_notes_add(flags, ways[i].code, LQ_SEVERITY_WARN, 1, -1, NULL, "%s", ways[i].sentence));
    }
    return LQ_OK;
}
