#include "measure/printability.h"

#include <math.h>
#include <string.h>

void lqi_printability_begin(lqi_printability *p)
{
    memset(p, 0, sizeof *p);
    double *const unknown[] = {&p->cell_mm,
                               &p->resolvable_mm,
                               &p->wall_min_mm,
                               &p->wall_p01_mm,
                               &p->wall_tolerance_mm,
                               &p->sharp_edges_mm,
                               &p->gap_min_mm,
                               &p->overhang_deg,
                               &p->overhang_area_mm2,
                               &p->support_volume_mm3,
                               &p->support_contact_mm2,
                               &p->bed_contact_mm2,
                               &p->bed_area_mm2,
                               &p->tipping_deg,
                               &p->void_volume_mm3,
                               &p->escape_min_mm,
                               &p->aspect_ratio,
                               &p->flat_panel_ratio,
                               &p->smallest_box_mm[0],
                               &p->smallest_box_mm[1],
                               &p->smallest_box_mm[2],
                               &p->box_sum_mm};
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) *unknown[i] = NAN;
}

/* Lengths are worse when they are small; volumes, spans and thick walls when they are large. */
static bool is_worse(const lqi_spot *a, const lqi_spot *b)
{
    bool large = a->kind == LQI_SPOT_VOID || a->kind == LQI_SPOT_OVERHANG || a->kind == LQI_SPOT_CUP ||
                 a->kind == LQI_SPOT_BRIDGE || a->kind == LQI_SPOT_THICK || a->kind == LQI_SPOT_TRAPPED;
    return large ? a->value > b->value : a->value < b->value;
}

size_t lqi_thin_level(double limit_mm)
{
    size_t level = 0;
    while (level + 1 < LQI_WALL_LEVELS && lqi_wall_level_mm[level] < limit_mm) level++;
    return level;
}

/* Material that is missing to the level. */
static double lack(size_t level, const lqi_spot *patch)
{
    return (lqi_wall_level_mm[level] - patch->mean) * patch->area_mm2;
}

void lqi_printability_add_thin(lqi_printability *p, size_t level, const lqi_spot *patch)
{
    lqi_thin *thin = &p->thin[level];
    size_t at = 0;
    while (at < thin->kept && lack(level, &thin->patch[at]) >= lack(level, patch)) at++;
    if (at == LQI_THIN_KEPT) return;
    if (thin->kept < LQI_THIN_KEPT) thin->kept++;
    memmove(&thin->patch[at + 1], &thin->patch[at], (thin->kept - 1 - at) * sizeof *patch);
    thin->patch[at] = *patch;
}

void lqi_printability_add_spot(lqi_printability *p, const lqi_spot *spot)
{
    size_t first = 0, end, at;
    while (first < p->spot_count && p->spot[first].kind < spot->kind) first++;
    for (end = first; end < p->spot_count && p->spot[end].kind == spot->kind; end++) {
    }
    for (at = first; at < end && !is_worse(spot, &p->spot[at]); at++) {
    }
    if (at - first == LQI_SPOTS_PER_KIND) return;
    bool full = end - first == LQI_SPOTS_PER_KIND; /* the least bad of its kind goes */
    size_t moved_to = full ? end - 1 : p->spot_count;
    memmove(&p->spot[at + 1], &p->spot[at], (moved_to - at) * sizeof *p->spot);
    p->spot[at] = *spot;
    if (!full) p->spot_count++;
}

/* ---- several items ---- */

/* fmin and fmax leave out what is not a number. */
static void least(double *sum, double value) { *sum = fmin(*sum, value); }
static void most(double *sum, double value) { *sum = fmax(*sum, value); }

static void add(double *sum, double value, uint64_t copies, bool first)
{
    *sum = (first ? 0 : *sum) + value * (double)copies;
}

static void merge_walls(lqi_printability *sum, const lqi_printability *item, uint64_t copies, bool first)
{
    least(&sum->wall_min_mm, item->wall_min_mm);
    add(&sum->sharp_edges_mm, item->sharp_edges_mm, copies, first);
    most(&sum->wall_tolerance_mm, item->wall_tolerance_mm);
    for (size_t i = 0; i < LQI_WALL_BINS; i++) add(&sum->wall_area_mm2[i], item->wall_area_mm2[i], copies, first);
    for (size_t level = 0; level < LQI_WALL_LEVELS; level++)
        for (size_t i = 0; i < item->thin[level].kept; i++) {
            lqi_spot patch = item->thin[level].patch[i];
            patch.copies *= copies;
            lqi_printability_add_thin(sum, level, &patch);
        }
}

/* Of one item it is exact; of several as exact as the bins are narrow. */
static void find_p01(lqi_printability *sum, const lqi_printability *item, bool first)
{
    double total = 0, below = 0;
    if (first) {
        sum->wall_p01_mm = item->wall_p01_mm;
        return;
    }
    for (size_t i = 0; i < LQI_WALL_BINS; i++) total += sum->wall_area_mm2[i];
    for (size_t i = 0; i < LQI_WALL_BINS; i++) {
        double next = below + sum->wall_area_mm2[i], wanted = total / 100;
        if (next >= wanted && sum->wall_area_mm2[i] > 0) {
            double low = i ? lqi_wall_upto_mm[i - 1] : 0, share = (wanted - below) / sum->wall_area_mm2[i];
            sum->wall_p01_mm = fmax(sum->wall_min_mm, low + share * (lqi_wall_upto_mm[i] - low));
            return;
        }
        below = next;
    }
}

static void merge_standing(lqi_printability *sum, const lqi_printability *item, uint64_t copies, bool first)
{
    sum->overhang_deg = item->overhang_deg;
    add(&sum->overhang_area_mm2, item->overhang_area_mm2, copies, first);
    add(&sum->support_volume_mm3, item->support_volume_mm3, copies, first);
    add(&sum->support_contact_mm2, item->support_contact_mm2, copies, first);
    add(&sum->bed_contact_mm2, item->bed_contact_mm2, copies, first);
    add(&sum->bed_area_mm2, item->bed_area_mm2, copies, first);
    least(&sum->tipping_deg, item->tipping_deg);
    most(&sum->aspect_ratio, item->aspect_ratio);
    most(&sum->flat_panel_ratio, item->flat_panel_ratio);
}

void lqi_printability_merge(lqi_printability *sum, const lqi_printability *item, uint64_t copies, bool first)
{
    if (first) lqi_printability_begin(sum);
    sum->walls_known = item->walls_known && (first || sum->walls_known);
    sum->overhang_known = item->overhang_known && (first || sum->overhang_known);
    sum->voids_known = item->voids_known && (first || sum->voids_known);
    sum->gaps_known = item->gaps_known && (first || sum->gaps_known);
    sum->stances_known = item->stances_known && first && copies == 1;
    sum->coarser |= item->coarser;
    most(&sum->cell_mm, item->cell_mm);
    most(&sum->resolvable_mm, item->resolvable_mm);
    merge_walls(sum, item, copies, first);
    find_p01(sum, item, first);
    least(&sum->gap_min_mm, item->gap_min_mm);
    merge_standing(sum, item, copies, first);
    sum->void_count += item->void_count * copies;
    add(&sum->void_volume_mm3, item->void_volume_mm3, copies, first);
    least(&sum->escape_min_mm, item->escape_min_mm);
    least(&sum->box_sum_mm, item->box_sum_mm);
    sum->stance_count = sum->stances_known ? item->stance_count : 0;
    if (sum->stances_known) memcpy(sum->stance, item->stance, sizeof sum->stance);
    for (int i = 0; i < 3; i++) sum->smallest_box_mm[i] = sum->stances_known ? item->smallest_box_mm[i] : NAN;
    for (size_t i = 0; i < item->spot_count; i++) {
        lqi_spot spot = item->spot[i];
        spot.copies *= copies;
        lqi_printability_add_spot(sum, &spot);
    }
}
