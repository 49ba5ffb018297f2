#include "measure/printability_body.h"

#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "measure/escape.h"
#include "measure/orientation.h"
#include "measure/voids.h"
#include "measure/voids_cups.h"

static const lqi_spot no_spot = {.mean = NAN,
                                 .extent_mm = NAN,
                                 .width_mm = NAN,
                                 .area_mm2 = NAN,
                                 .volume_mm3 = NAN,
                                 .point_mm = {NAN, NAN, NAN},
                                 .facet = -1,
                                 .exits = 1,
                                 .copies = 1};

static lqi_spot spot_at(lqi_spot_kind kind, double value, const double point[3], uint32_t facet)
{
    lqi_spot spot = no_spot;
    spot.kind = kind;
    spot.value = value;
    memcpy(spot.point_mm, point, sizeof spot.point_mm);
    if (facet != LQI_NO_FACET) spot.facet = facet;
    return spot;
}

/* ---- walls ---- */

/* What looks up or down like this lies flat. */
#define LEVEL_COSINE 0.9

static void take_patches(const lqi_walls *walls, lqi_printability *to)
{
    for (size_t level = 0; level < LQI_WALL_LEVELS; level++) {
        const lqi_wall_level *from = &walls->level[level];
        for (uint32_t i = 0; i < from->kept; i++) {
            const lqi_wall_patch *patch = &walls->patch[from->first + i];
            if (patch->raised) continue;
            lqi_spot spot = spot_at(LQI_SPOT_THICK, patch->min_mm, patch->place, patch->facet);
            spot.mean = patch->mean_mm;
            spot.extent_mm = patch->length_mm;
            spot.area_mm2 = patch->area_mm2;
            spot.held = patch->supported;
            spot.level = patch->level > LEVEL_COSINE;
            spot.width_mm = patch->width_mm;
            lqi_printability_add_thin(to, level, &spot);
        }
    }
}

/* Wider details show in every process. */
#define DETAIL_MM 1.0

static void take_details(const lqi_walls *walls, lqi_printability *to)
{
    const lqi_wall_level *level = lqi_walls_level(walls, DETAIL_MM);
    for (uint32_t i = 0; i < level->kept; i++) {
        const lqi_wall_patch *patch = &walls->patch[level->first + i];
        if (!patch->raised) continue;
        lqi_spot spot = spot_at(LQI_SPOT_DETAIL, patch->min_mm, patch->place, patch->facet);
        spot.mean = patch->mean_mm;
        spot.extent_mm = patch->length_mm;
        spot.area_mm2 = patch->area_mm2;
        lqi_printability_add_spot(to, &spot);
    }
}

static lq_status measure_walls(lq_context *context, const lqi_dexels *dexels, const lqi_standing_body *body,
                               lqi_printability *to)
{
    lqi_walls walls;
    LQI_TRY(lqi_walls_measure(context, dexels, body->solids, body->count, &walls));
    if (walls.examined) {
        to->walls_known = true;
        to->wall_min_mm = walls.min_mm;
        to->wall_p01_mm = walls.p01_mm;
        to->wall_tolerance_mm = walls.tolerance_mm;
        to->resolvable_mm = walls.resolvable_mm;
        to->sharp_edges_mm = walls.sharp_mm;
        memcpy(to->wall_area_mm2, walls.histogram_mm2, sizeof to->wall_area_mm2);
        take_patches(&walls, to);
        take_details(&walls, to);
        if (walls.thickest_mm > 0) {
            lqi_spot spot = spot_at(LQI_SPOT_THICK, walls.thickest_mm, walls.thickest_place, LQI_NO_FACET);
            lqi_printability_add_spot(to, &spot);
        }
        for (uint32_t i = 0; i < walls.pin_kept; i++) {
            lqi_spot pin = spot_at(LQI_SPOT_PIN, walls.pin[i].diameter_mm, walls.pin[i].place, walls.pin[i].facet);
            pin.extent_mm = walls.pin[i].length_mm;
            lqi_printability_add_spot(to, &pin);
        }
    }
    lqi_walls_free(&walls);
    return LQ_OK;
}

/* ---- gaps ---- */

/* Wider gaps are no gap for any process. */
#define GAP_MM 0.6

static void take_gaps(const lqi_walls *gaps, lqi_spot_kind kind, lqi_printability *to)
{
    if (!gaps->examined) return;
    const lqi_wall_level *level = lqi_walls_level(gaps, GAP_MM);
    to->gap_min_mm = fmin(to->gap_min_mm, gaps->min_mm);
    for (uint32_t i = 0; i < level->kept; i++) {
        const lqi_wall_patch *patch = &gaps->patch[level->first + i];
        lqi_spot spot = spot_at(kind, patch->min_mm, patch->place, patch->facet);
        spot.mean = patch->mean_mm;
        spot.extent_mm = patch->length_mm;
        spot.width_mm = patch->width_mm;
        spot.area_mm2 = patch->area_mm2;
        lqi_printability_add_spot(to, &spot);
    }
}

static lq_status measure_gaps(lq_context *context, const lqi_dexels *dexels, const lqi_standing_body *body,
                              lqi_printability *to)
{
    lqi_clearances gaps;
    LQI_TRY(lqi_clearances_measure(context, dexels, body->solids, body->shells, body->count, &gaps));
    if (gaps.examined) {
        to->gaps_known = true;
        take_gaps(&gaps.between, LQI_SPOT_CLEARANCE, to);
        take_gaps(&gaps.within, LQI_SPOT_SLIT, to);
        for (uint32_t i = 0; gaps.within.examined && i < gaps.within.pin_kept; i++) {
            const lqi_pin *hole = &gaps.within.pin[i];
            lqi_spot spot = spot_at(LQI_SPOT_HOLE, hole->diameter_mm, hole->place, hole->facet);
            spot.extent_mm = hole->length_mm;
            lqi_printability_add_spot(to, &spot);
        }
    }
    lqi_clearances_free(&gaps);
    return LQ_OK;
}

/* ---- as it stands ---- */

/* A bed contact smaller than this does not make a panel. */
#define PANEL_MM2 10000.0

static void take_overhang(const lqi_overhang *overhang, const lqi_box *box, lqi_printability *to)
{
    to->overhang_known = true;
    to->overhang_deg = LQI_OVERHANG_DEGREES;
    to->overhang_area_mm2 = lqi_overhang_area(overhang, LQI_OVERHANG_DEGREES);
    to->support_volume_mm3 = lqi_overhang_support(overhang, LQI_OVERHANG_DEGREES, LQI_BRIDGE_MM);
    to->support_contact_mm2 = lqi_overhang_touched(overhang, LQI_OVERHANG_DEGREES, LQI_BRIDGE_MM);
    to->bed_contact_mm2 = overhang->contact_mm2;
    to->bed_area_mm2 = (box->max[0] - box->min[0]) * (box->max[1] - box->min[1]);
    to->tipping_deg = overhang->tipping_degrees;
    if (overhang->contact_mm2 >= PANEL_MM2 && overhang->contact_thickness_mm > 0)
        to->flat_panel_ratio = sqrt(overhang->contact_mm2) / overhang->contact_thickness_mm;
    if (overhang->bridge_longest_mm > 0) {
        lqi_spot span = spot_at(LQI_SPOT_BRIDGE, overhang->bridge_longest_mm, overhang->bridge_point, LQI_NO_FACET);
        lqi_printability_add_spot(to, &span);
    }
    if (overhang->trapped_mm3 > 0) {
        lqi_spot trapped = spot_at(LQI_SPOT_TRAPPED, overhang->trapped_mm3, overhang->trapped_point, LQI_NO_FACET);
        lqi_printability_add_spot(to, &trapped);
    }
    for (uint32_t i = 0; i < overhang->patch_count; i++) {
        const lqi_overhang_patch *patch = &overhang->patch[i];
        lqi_spot spot = spot_at(LQI_SPOT_OVERHANG, patch->support_mm3, patch->point, patch->facet);
        spot.area_mm2 = patch->area_mm2;
        lqi_printability_add_spot(to, &spot);
    }
}

static lqi_stance stance_of(const lqi_orientation *from)
{
    lqi_stance stance = {.height_mm = from->height_mm,
                         .support_volume_mm3 = from->support_mm3,
                         .contact_mm2 = from->contact_mm2,
                         .tipping_deg = from->tipping_degrees};
    memcpy(stance.rotation, from->rotation, sizeof stance.rotation);
    return stance;
}

static void take_orientations(const lqi_orientations *orientations, lqi_printability *to)
{
    const double *side = orientations->smallest_box_mm;
    to->stances_known = true;
    for (uint32_t i = 0; i < orientations->count; i++)
        to->stance[to->stance_count++] = stance_of(&orientations->best[i]);
    memcpy(to->smallest_box_mm, side, sizeof to->smallest_box_mm);
    if (side[1] > 0) to->aspect_ratio = side[0] / side[1];
}

static lq_status measure_overhang(lq_context *context, const lqi_dexels *dexels, const lqi_standing_body *body,
                                  lqi_printability *to)
{
    lq_status status;
    lqi_overhang *overhang = NULL;
    lqi_normals *normals = lqi_alloc_array(context, 1, sizeof *normals);
    if (normals) overhang = lqi_alloc_array(context, 1, sizeof *overhang);
    if (!overhang) {
        status = lqi_memory_status(context);
        goto done;
    }
    LQI_TRY_GOTO(lqi_normals_gather(context, body->solids, body->count, &dexels->box, normals));
    LQI_TRY_GOTO(lqi_overhang_measure(context, dexels, normals, overhang));
    if (!overhang->examined) goto done;
    take_overhang(overhang, &dexels->box, to);
    lqi_orientations orientations;
    LQI_TRY_GOTO(lqi_orientations_find(context, body->solids, body->count, dexels, normals, overhang, &orientations));
    if (orientations.examined) take_orientations(&orientations, to);
done:
    lqi_free(context, overhang);
    lqi_free(context, normals);
    return status;
}

/* ---- hollows ---- */

static lq_status measure_voids(const lqi_dexels *dexels, lqi_printability *to)
{
    lqi_voids voids;
    LQI_TRY(lqi_voids_measure(dexels, &voids));
    if (!voids.examined) return LQ_OK;
    to->voids_known = true;
    to->void_count = voids.count;
    to->void_volume_mm3 = voids.volume;
    for (uint32_t i = 0; i < voids.listed; i++) {
        lqi_spot spot = spot_at(LQI_SPOT_VOID, voids.largest[i].volume, voids.largest[i].point, LQI_NO_FACET);
        lqi_printability_add_spot(to, &spot);
    }
    return LQ_OK;
}

static lq_status measure_pockets(const lqi_dexels *dexels, lqi_printability *to)
{
    lqi_escape escape;
    LQI_TRY(lqi_escape_measure(dexels, &escape));
    if (!escape.examined) return LQ_OK;
    to->coarser |= escape.limited;
    to->escape_min_mm = escape.min_diameter;
    for (uint32_t i = 0; i < escape.listed; i++) {
        const lqi_pocket *pocket = &escape.pocket[i];
        lqi_spot spot = spot_at(LQI_SPOT_POCKET, pocket->exit[0].diameter, pocket->exit[0].point, LQI_NO_FACET);
        spot.volume_mm3 = pocket->volume;
        spot.exits = pocket->exit_count;
        lqi_printability_add_spot(to, &spot);
    }
    if (escape.narrow_count) { /* their exits are narrower still */
        lqi_spot spot = spot_at(LQI_SPOT_POCKET, escape.resolvable, escape.narrow_point, LQI_NO_FACET);
        spot.volume_mm3 = escape.narrow_volume;
        lqi_printability_add_spot(to, &spot);
    }
    return LQ_OK;
}

/* Resin stays in what opens upwards, and pulls at what opens towards the plate. */
static lq_status measure_cups(const lqi_dexels *dexels, lqi_printability *to)
{
    lqi_cups_both cups;
    LQI_TRY(lqi_cups_measure(dexels, &cups));
    if (!cups.examined) return LQ_OK;
    const lqi_cups *const ways[] = {&cups.up, &cups.down};
    for (int way = 0; way < 2; way++)
        for (uint32_t i = 0; i < ways[way]->listed; i++) {
            const lqi_cup *cup = &ways[way]->largest[i];
            lqi_spot spot = spot_at(LQI_SPOT_CUP, cup->volume, cup->point, LQI_NO_FACET);
            spot.extent_mm = cup->depth;
            lqi_printability_add_spot(to, &spot);
        }
    return LQ_OK;
}

static lq_status measure_all(lq_context *context, const lqi_dexels *dexels, const lqi_standing_body *body,
                             lqi_printability *to)
{
    to->coarser = dexels->coarser;
    to->cell_mm = dexels->cell;
    to->box_sum_mm = 0;
    for (int i = 0; i < 3; i++) to->box_sum_mm += dexels->box.max[i] - dexels->box.min[i];
    LQI_TRY(measure_walls(context, dexels, body, to));
    LQI_TRY(measure_gaps(context, dexels, body, to));
    LQI_TRY(measure_overhang(context, dexels, body, to));
    LQI_TRY(measure_voids(dexels, to));
    LQI_TRY(measure_pockets(dexels, to));
    return measure_cups(dexels, to);
}

lq_status lqi_printability_of_body(lq_context *context, const lqi_standing_body *body, int across,
                                   lqi_printability *measured)
{
    lqi_dexels dexels;
    lqi_printability_begin(measured);
    LQI_TRY(lqi_dexels_make(context, body->solids, body->count, across, &dexels));
    lq_status status = dexels.examined ? measure_all(context, &dexels, body, measured) : LQ_OK;
    lqi_dexels_free(&dexels);
    return status;
}
