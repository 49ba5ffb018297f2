/* The members of libquote.report/1 about printability: null where nothing was examined. */
#include <math.h>

#include "api/json_printability.h"

#define LQI_REPORTED_BELOW_MM 1.0

static void add_place(lqi_text *text, const lqi_spot *spot)
{
    if (isfinite(spot->point_mm[0])) {
        lqi_json_open(text, "point", '[');
        for (int i = 0; i < 3; i++) lqi_json_number(text, NULL, spot->point_mm[i]);
        lqi_json_close(text, ']');
    }
    if (spot->facet >= 0) lqi_json_integer(text, "triangle", spot->facet);
    if (spot->copies > 1) lqi_json_integer(text, "count", (int64_t)spot->copies);
}

static void add_known(lqi_text *text, const char *key, double value)
{
    if (isfinite(value)) lqi_json_number(text, key, value);
}

/* All places of a kind. value: what its number is called. */
static void add_spots(lqi_text *text, const char *key, const lqi_printability *p, lqi_spot_kind kind, const char *value)
{
    lqi_json_open(text, key, '[');
    for (size_t i = 0; i < p->spot_count; i++) {
        const lqi_spot *spot = &p->spot[i];
        if (spot->kind != kind) continue;
        lqi_json_open(text, NULL, '{');
        lqi_json_number(text, value, spot->value);
        add_known(text, "mean_mm", spot->mean);
        add_known(text, kind == LQI_SPOT_HOLE ? "depth_mm" : "extent_mm", spot->extent_mm);
        add_known(text, "area_mm2", spot->area_mm2);
        if (kind == LQI_SPOT_POCKET) {
            lqi_json_number(text, "volume_mm3", spot->volume_mm3);
            lqi_json_integer(text, "exits", spot->exits);
        }
        add_place(text, spot);
        lqi_json_close(text, '}');
    }
    lqi_json_close(text, ']');
}

/* From the first thickness that there is to the last. */
static void add_histogram(lqi_text *text, const lqi_printability *p)
{
    size_t first = 0, end = LQI_WALL_BINS;
    while (first < end && !(p->wall_area_mm2[first] > 0)) first++;
    while (end > first && !(p->wall_area_mm2[end - 1] > 0)) end--;
    lqi_json_open(text, "histogram", '[');
    for (size_t i = first; i < end; i++) {
        lqi_json_open(text, NULL, '{');
        lqi_json_number(text, "upto_mm", lqi_wall_upto_mm[i]);
        lqi_json_number(text, "area_mm2", p->wall_area_mm2[i]);
        lqi_json_close(text, '}');
    }
    lqi_json_close(text, ']');
}

/* Connected places thinner than a usual limit. */
static void add_patches(lqi_text *text, const lqi_printability *p)
{
    const lqi_thin *thin = &p->thin[lqi_thin_level(LQI_REPORTED_BELOW_MM)];
    lqi_json_number(text, "patches_below_mm", lqi_wall_level_mm[lqi_thin_level(LQI_REPORTED_BELOW_MM)]);
    lqi_json_open(text, "patches", '[');
    for (size_t i = 0; i < thin->kept; i++) {
        const lqi_spot *patch = &thin->patch[i];
        lqi_json_open(text, NULL, '{');
        lqi_json_number(text, "thickness_mm", patch->value);
        lqi_json_number(text, "mean_mm", patch->mean);
        lqi_json_number(text, "area_mm2", patch->area_mm2);
        lqi_json_number(text, "extent_mm", patch->extent_mm);
        lqi_json_bool(text, "supported", patch->held);
        add_place(text, patch);
        lqi_json_close(text, '}');
    }
    lqi_json_close(text, ']');
}

static void add_walls(lqi_text *text, const lqi_printability *p)
{
    if (!p || !p->walls_known) {
        lqi_json_null(text, "walls");
        return;
    }
    lqi_json_open(text, "walls", '{');
    lqi_json_number(text, "min_mm", p->wall_min_mm);
    lqi_json_number(text, "p01_mm", p->wall_p01_mm);
    add_histogram(text, p);
    lqi_json_number(text, "sharp_edges_mm", p->sharp_edges_mm);
    lqi_json_number(text, "resolvable_mm", p->resolvable_mm);
    add_patches(text, p);
    add_spots(text, "pins", p, LQI_SPOT_PIN, "diameter_mm");
    add_spots(text, "details", p, LQI_SPOT_DETAIL, "width_mm");
    lqi_json_close(text, '}');
}

static void add_overhang(lqi_text *text, const lqi_printability *p)
{
    if (!p || !p->overhang_known) {
        lqi_json_null(text, "overhang");
        return;
    }
    lqi_json_open(text, "overhang", '{');
    lqi_json_number(text, "angle_deg", p->overhang_deg);
    lqi_json_number(text, "area_mm2", p->overhang_area_mm2);
    lqi_json_number(text, "support_volume_mm3", p->support_volume_mm3);
    lqi_json_number(text, "contact_mm2", p->bed_contact_mm2);
    lqi_json_number(text, "support_contact_mm2", p->support_contact_mm2);
    lqi_json_number(text, "tipping_deg", p->tipping_deg);
    add_spots(text, "largest", p, LQI_SPOT_OVERHANG, "support_volume_mm3");
    add_spots(text, "bridges", p, LQI_SPOT_BRIDGE, "span_mm");
    add_spots(text, "trapped_support", p, LQI_SPOT_TRAPPED, "volume_mm3");
    lqi_json_close(text, '}');
}

static void add_stances(lqi_text *text, const lqi_printability *p)
{
    if (!p || !p->stances_known) {
        lqi_json_null(text, "orientations");
        return;
    }
    lqi_json_open(text, "orientations", '[');
    for (size_t i = 0; i < p->stance_count; i++) {
        const lqi_stance *stance = &p->stance[i];
        lqi_json_open(text, NULL, '{');
        lqi_json_open(text, "rotation", '[');
        for (int k = 0; k < 9; k++) lqi_json_number(text, NULL, stance->rotation[k]);
        lqi_json_close(text, ']');
        lqi_json_number(text, "height_mm", stance->height_mm);
        lqi_json_number(text, "support_volume_mm3", stance->support_volume_mm3);
        lqi_json_number(text, "contact_mm2", stance->contact_mm2);
        lqi_json_number(text, "tipping_deg", stance->tipping_deg);
        lqi_json_close(text, '}');
    }
    lqi_json_close(text, ']');
}

static void add_voids(lqi_text *text, const lqi_printability *p)
{
    if (!p || !p->voids_known) {
        lqi_json_null(text, "voids");
        return;
    }
    lqi_json_open(text, "voids", '{');
    lqi_json_integer(text, "count", (int64_t)p->void_count);
    lqi_json_number(text, "volume_mm3", p->void_volume_mm3);
    lqi_json_number(text, "min_escape_mm", p->escape_min_mm);
    add_spots(text, "largest", p, LQI_SPOT_VOID, "volume_mm3");
    add_spots(text, "pockets", p, LQI_SPOT_POCKET, "escape_mm");
    add_spots(text, "cups", p, LQI_SPOT_CUP, "volume_mm3");
    lqi_json_close(text, '}');
}

static void add_gaps(lqi_text *text, const lqi_printability *p)
{
    if (!p || !p->gaps_known) {
        lqi_json_null(text, "gaps");
        return;
    }
    lqi_json_open(text, "gaps", '{');
    lqi_json_number(text, "min_mm", p->gap_min_mm);
    add_spots(text, "clearances", p, LQI_SPOT_CLEARANCE, "width_mm");
    add_spots(text, "slits", p, LQI_SPOT_SLIT, "width_mm");
    add_spots(text, "holes", p, LQI_SPOT_HOLE, "diameter_mm");
    lqi_json_close(text, '}');
}

static void add_smallest_box(lqi_text *text, const lqi_printability *p)
{
    if (!p || !isfinite(p->smallest_box_mm[0])) {
        lqi_json_null(text, "smallest_box_mm");
        return;
    }
    lqi_json_open(text, "smallest_box_mm", '[');
    for (int i = 0; i < 3; i++) lqi_json_number(text, NULL, p->smallest_box_mm[i]);
    lqi_json_close(text, ']');
}

void lqi_json_printability(lqi_text *text, const lqi_printability *printability)
{
    add_walls(text, printability);
    add_overhang(text, printability);
    add_stances(text, printability);
    add_voids(text, printability);
    add_gaps(text, printability);
    add_smallest_box(text, printability);
}
