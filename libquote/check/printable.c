#include "check/printable.h"

#include <math.h>
#include <string.h>

typedef struct work {
    const lqi_printability *measured;
    const lqi_demands *demands;
    lqi_objections *found;
} work;

static const char own_source[] = "limits of the material in the price book";

static const bool above[LQI_DEMAND_COUNT] = {
#define LQI_DEMAND_ABOVE(name, key, is_above) is_above,
    LQI_DEMAND_LIST(LQI_DEMAND_ABOVE)
#undef LQI_DEMAND_ABOVE
};

static bool is_below(double value, double threshold) { return value < threshold * (1 - LQI_MEASURE_SHARE); }
static bool is_above(double value, double threshold) { return value > threshold * (1 + LQI_MEASURE_SHARE); }

static bool is_wrong(lqi_demand_kind kind, double value, double threshold)
{
    return above[kind] ? is_above(value, threshold) : is_below(value, threshold);
}

static lqi_objection *object(work *w, const char *code, lq_severity severity, const char *name, const char *unit)
{
    lqi_objections *found = w->found;
    lqi_objection *one = &found->items[found->count < LQI_OBJECTIONS_MAX ? found->count++ : LQI_OBJECTIONS_MAX - 1];
    *one = (lqi_objection){.code = code,
                           .severity = severity,
                           .count = 1,
                           .measure_name = name,
                           .measure_unit = unit,
                           .value = NAN,
                           .threshold = NAN};
    return one;
}

/* ---- walls ---- */

/* Walls of one kind, of panels between two extents, against one limit. */
typedef struct wall_rule {
    lqi_demand_kind kind;
    double extent_least_mm, extent_most_mm;
    double limit_mm;
    bool blocks;
    const char *source;
} wall_rule;

/* A process that builds layers makes a level sheet of a few of them, however wide its lines are. */
static lqi_demand_kind kind_of_wall(const lqi_demands *demands, const lqi_spot *wall)
{
    if (wall->level && demands->profile->demand[LQI_DEMAND_WALL_LEVEL].panel_count) return LQI_DEMAND_WALL_LEVEL;
    return wall->held ? LQI_DEMAND_WALL_SUPPORTED : LQI_DEMAND_WALL_UNSUPPORTED;
}

static bool breaks_rule(const work *w, const wall_rule *rule, const lqi_spot *wall)
{
    if (kind_of_wall(w->demands, wall) != rule->kind || !(wall->extent_mm > rule->extent_least_mm)) return false;
    if (!(wall->extent_mm <= rule->extent_most_mm)) return false;
    double tolerance = w->measured->wall_tolerance_mm > 0 ? w->measured->wall_tolerance_mm : 0;
    if (!rule->blocks) return is_below(wall->value + tolerance, rule->limit_mm);
    return is_below(wall->mean + tolerance, rule->limit_mm * LQI_BLOCKING_SHARE) &&
           wall->area_mm2 >= LQI_BLOCKING_AREA && wall->extent_mm >= LQI_BLOCKING_EXTENT &&
           wall->width_mm >= LQI_BLOCKING_WIDTH;
}

/* The place with the least share of its limit stands for all. */
static void apply_rule(work *w, const wall_rule *rule, lqi_objection *told)
{
    if (!(rule->limit_mm > 0)) return;
    const lqi_thin *thin =
        &w->measured->thin[lqi_thin_level(rule->blocks ? rule->limit_mm * LQI_BLOCKING_SHARE : rule->limit_mm)];
    for (size_t i = 0; i < thin->kept; i++) {
        const lqi_spot *wall = &thin->patch[i];
        if (!breaks_rule(w, rule, wall)) continue;
        bool worse = told->count == 0 || wall->value / rule->limit_mm < told->value / told->threshold;
        told->count += wall->copies;
        if (!worse) continue;
        told->value = wall->value;
        told->threshold = rule->limit_mm;
        told->source = rule->source;
        told->spot = wall;
    }
}

static void apply_rules_of(work *w, lqi_demand_kind kind, bool blocks, lqi_objection *told)
{
    const lqi_demands *demands = w->demands;
    const lqi_demand *demand = &demands->profile->demand[kind];
    if (demands->wall_mm >= 0 && kind != LQI_DEMAND_WALL_LEVEL) {
        wall_rule rule = {kind, 0, INFINITY, demands->wall_mm, blocks, own_source};
        apply_rule(w, &rule, told);
        return;
    }
    for (size_t i = 0; i < demand->panel_count; i++) {
        const lqi_panel *panel = &demand->panel[i];
        double least_mm = i ? demand->panel[i - 1].extent_mm : 0;
        double limit_mm = blocks ? panel->block : fmax(panel->warn, panel->block);
        wall_rule rule = {kind, least_mm, panel->extent_mm, limit_mm, blocks, demand->source};
        apply_rule(w, &rule, told);
    }
}

/* The least that any wall of this process must have, where it blocks; 0: nothing is asked. */
static double least_wall(const work *w, const char **source)
{
    const lqi_demands *demands = w->demands;
    const lqi_demand *demand = &demands->profile->demand[LQI_DEMAND_WALL_SUPPORTED];
    *source = demands->wall_mm >= 0 ? own_source : demand->source;
    return demands->wall_mm >= 0 ? demands->wall_mm : demand->panel_count ? demand->panel[0].block : 0;
}

static bool is_thin_throughout(const work *w, double limit_mm)
{
    double thin = 0, all = 0;
    for (int bin = 0; bin < LQI_WALL_BINS; bin++) {
        all += w->measured->wall_area_mm2[bin];
        if (lqi_wall_upto_mm[bin] <= limit_mm * LQI_HOPELESS_THICKNESS) thin += w->measured->wall_area_mm2[bin];
    }
    return thin > 0 && thin > LQI_HOPELESS_SHARE * all;
}

/* Thin nearly everywhere: no single place need be large. */
static bool check_all_walls(work *w)
{
    const char *source;
    double limit = least_wall(w, &source);
    if (!(limit > 0) || !is_thin_throughout(w, limit)) return false;
    const lqi_thin *places = &w->measured->thin[lqi_thin_level(limit)];
    w->found->items[w->found->count++] = (lqi_objection){.code = "wall_too_thin",
                                                         .severity = LQ_SEVERITY_BLOCKER,
                                                         .count = places->kept ? places->kept : 1,
                                                         .measure_name = "thickness_mm",
                                                         .measure_unit = "mm",
                                                         .value = w->measured->wall_p01_mm,
                                                         .threshold = limit,
                                                         .source = source,
                                                         .spot = places->kept ? &places->patch[0] : NULL};
    return true;
}

/* Those that block, or else those that only warn. */
static void check_walls(work *w)
{
    for (int blocks = 1; blocks >= 0; blocks--) {
        lqi_objection told = {.code = blocks ? "wall_too_thin" : "wall_thin",
                              .severity = blocks ? LQ_SEVERITY_BLOCKER : LQ_SEVERITY_WARN,
                              .measure_name = "thickness_mm",
                              .measure_unit = "mm",
                              .value = NAN,
                              .threshold = NAN};
        for (int kind = LQI_DEMAND_WALL_SUPPORTED; kind <= LQI_DEMAND_WALL_LEVEL; kind++)
            apply_rules_of(w, (lqi_demand_kind)kind, blocks != 0, &told);
        if (told.count) w->found->items[w->found->count++] = told;
        if (told.count || (blocks && check_all_walls(w))) return;
    }
}

/* ---- everything that is a list of places with one number each ---- */

typedef struct place_rule {
    lqi_spot_kind spot;
    lqi_demand_kind demand;
    const char *code;
    lq_severity severity;
    const char *name, *unit;
} place_rule;

static const place_rule place_rules[] = {
    {LQI_SPOT_PIN, LQI_DEMAND_PIN, "pin_too_thin", LQ_SEVERITY_WARN, "diameter_mm", "mm"},
    {LQI_SPOT_DETAIL, LQI_DEMAND_DETAIL, "detail_too_small", LQ_SEVERITY_WARN, "width_mm", "mm"},
    {LQI_SPOT_CLEARANCE, LQI_DEMAND_CLEARANCE, "clearance_too_small", LQ_SEVERITY_WARN, "gap_mm", "mm"},
    {LQI_SPOT_SLIT, LQI_DEMAND_SLIT, "slit_may_fuse", LQ_SEVERITY_WARN, "gap_mm", "mm"},
    {LQI_SPOT_HOLE, LQI_DEMAND_HOLE, "hole_too_small", LQ_SEVERITY_WARN, "diameter_mm", "mm"},
    {LQI_SPOT_HOLE, LQI_DEMAND_HOLE_DEPTH, "hole_too_deep", LQ_SEVERITY_WARN, "depth_ratio", "1"},
    {LQI_SPOT_POCKET, LQI_DEMAND_ESCAPE_HOLE, "escape_hole_too_small", LQ_SEVERITY_WARN, "diameter_mm", "mm"},
    {LQI_SPOT_THICK, LQI_DEMAND_WALL_THICK, "wall_too_thick", LQ_SEVERITY_INFO, "thickness_mm", "mm"},
    {LQI_SPOT_CUP, LQI_DEMAND_RESIN_CUP, "resin_cup", LQ_SEVERITY_WARN, "volume_mm3", "mm3"},
    {LQI_SPOT_TRAPPED, LQI_DEMAND_TRAPPED_SUPPORT, "trapped_support", LQ_SEVERITY_WARN, "volume_mm3", "mm3"},
    {LQI_SPOT_BRIDGE, LQI_DEMAND_BRIDGE, "bridge_too_long", LQ_SEVERITY_WARN, "span_mm", "mm"},
};

/* Of the material, or NaN. */
static double own_limit(const lqi_demands *demands, lqi_demand_kind kind)
{
    switch (kind) {
    case LQI_DEMAND_PIN: return demands->wire_mm;
    case LQI_DEMAND_CLEARANCE: return demands->clearance_mm;
    case LQI_DEMAND_ESCAPE_HOLE: return demands->escape_hole_mm;
    default: return NAN;
    }
}

static double place_value(const place_rule *rule, const lqi_spot *spot)
{
    return rule->demand == LQI_DEMAND_HOLE_DEPTH ? spot->extent_mm / spot->value : spot->value;
}

static double place_threshold(const work *w, const place_rule *rule, const lqi_spot *spot, const char **source)
{
    const lqi_demand *demand = &w->demands->profile->demand[rule->demand];
    double own = own_limit(w->demands, rule->demand);
    double threshold = own >= 0 ? own : lqi_demand_at(demand, spot->extent_mm).warn;
    *source = own >= 0 ? own_source : demand->source;
    if (rule->demand == LQI_DEMAND_ESCAPE_HOLE && spot->exits > 1) threshold = fmin(threshold, demand->pair);
    return threshold;
}

/* A hollow too small to matter when it stays full. */
static bool is_trifle(const work *w, const place_rule *rule, const lqi_spot *spot)
{
    if (rule->spot != LQI_SPOT_POCKET) return false;
    return spot->volume_mm3 <= lqi_demand_at(&w->demands->profile->demand[LQI_DEMAND_ENCLOSED_VOID], 0).warn;
}

static void check_places(work *w, const place_rule *rule)
{
    const lqi_printability *p = w->measured;
    lqi_objection *one = NULL;
    for (size_t i = 0; i < p->spot_count; i++) {
        const lqi_spot *spot = &p->spot[i];
        const char *source;
        if (spot->kind != rule->spot || is_trifle(w, rule, spot)) continue;
        double value = place_value(rule, spot), threshold = place_threshold(w, rule, spot, &source);
        if (!is_wrong(rule->demand, value, threshold)) continue;
        if (!one) {
            one = object(w, rule->code, rule->severity, rule->name, rule->unit);
            one->count = 0;
        }
        one->count += spot->copies;
        bool worse = above[rule->demand] ? value > one->value : value < one->value;
        if (one->spot && !worse) continue;
        one->value = value;
        one->threshold = threshold;
        one->source = source;
        one->spot = spot;
    }
}

/* ---- the part as a whole ---- */

typedef struct whole_rule {
    lqi_demand_kind demand;
    const char *code;
    const char *name, *unit;
} whole_rule;

static void check_whole(work *w, const whole_rule *rule, double value, uint64_t count, const lqi_spot *spot)
{
    const lqi_demand *demand = &w->demands->profile->demand[rule->demand];
    lqi_panel panel = lqi_demand_at(demand, 0);
    bool blocks = is_wrong(rule->demand, value, panel.block), warns = is_wrong(rule->demand, value, panel.warn);
    if (!blocks && !warns) return;
    lqi_objection *one = object(w, rule->code, blocks ? LQ_SEVERITY_BLOCKER : LQ_SEVERITY_WARN, rule->name, rule->unit);
    one->count = count;
    one->value = value;
    one->threshold = blocks ? panel.block : panel.warn;
    one->source = demand->source;
    one->spot = spot;
}

static const lqi_spot *first_spot(const lqi_printability *p, lqi_spot_kind kind)
{
    for (size_t i = 0; i < p->spot_count; i++)
        if (p->spot[i].kind == kind) return &p->spot[i];
    return NULL;
}

/* By the largest: many that are as small as what powder or resin leaves anyway do not add up to one that matters. */
static void check_hollows(work *w)
{
    static const whole_rule rule = {LQI_DEMAND_ENCLOSED_VOID, "enclosed_void", "volume_mm3", "mm3"};
    const lqi_printability *p = w->measured;
    const lqi_spot *largest = first_spot(p, LQI_SPOT_VOID);
    if (largest) check_whole(w, &rule, largest->value, p->void_count, largest);
}

static void check_standing(work *w)
{
    static const whole_rule contact = {LQI_DEMAND_BED_CONTACT, "bed_contact_small", "share", "1"};
    static const whole_rule tipping = {LQI_DEMAND_TIPPING, "unstable_on_bed", "tipping_deg", "deg"};
    const lqi_printability *p = w->measured;
    if (!p->overhang_known) return;
    if (p->bed_area_mm2 > 0) check_whole(w, &contact, p->bed_contact_mm2 / p->bed_area_mm2, 1, NULL);
    check_whole(w, &tipping, p->tipping_deg, 1, NULL);
    const lqi_process_profile *profile = w->demands->profile;
    if (!(profile->support_deg > 0) || !(p->support_volume_mm3 > 0)) return;
    lqi_objection *one = object(w, "overhang_needs_support", LQ_SEVERITY_INFO, "support_volume_mm3", "mm3");
    one->value = p->support_volume_mm3;
    one->spot = first_spot(p, LQI_SPOT_OVERHANG);
    one->source = profile->support_source;
}

static void check_proportions(work *w)
{
    static const whole_rule aspect = {LQI_DEMAND_ASPECT, "aspect_ratio_high", "ratio", "1"};
    static const whole_rule panel = {LQI_DEMAND_FLAT_PANEL, "flat_panel_warp_risk", "ratio", "1"};
    static const whole_rule sum = {LQI_DEMAND_BOX_SUM, "part_too_small", "x_plus_y_plus_z_mm", "mm"};
    check_whole(w, &aspect, w->measured->aspect_ratio, 1, NULL);
    check_whole(w, &panel, w->measured->flat_panel_ratio, 1, NULL);
    check_whole(w, &sum, w->measured->box_sum_mm, 1, NULL);
}

void lqi_printable_check(const lqi_printability *measured, const lqi_demands *demands, lqi_objections *found)
{
    work w = {measured, demands, found};
    found->count = 0;
    if (measured->walls_known) check_walls(&w);
    for (size_t i = 0; i < sizeof place_rules / sizeof *place_rules; i++) check_places(&w, &place_rules[i]);
    check_hollows(&w);
    check_standing(&w);
    check_proportions(&w);
}
