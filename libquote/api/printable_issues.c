#include "api/printable_issues.h"

#include <math.h>
#include <string.h>

#include "api/objects.h"
#include "base/memory.h"

const lqi_printability *lqi_report_printability(const lq_report *report) { return report->printability; }

static double limit_mm(int64_t um) { return um == LQI_LENGTH_UNKNOWN ? NAN : (double)um / 1000; }

void lqi_objections_of_material(const lqi_printability *measured, const lqi_material *material, lqi_objections *found)
{
    const lqi_limits *limits = &material->limits;
    const lqi_demands demands = {material->profile, limit_mm(limits->wall_um), limit_mm(limits->wire_um),
                                 limit_mm(limits->clearance_um), limit_mm(limits->escape_hole_um)};
    lqi_printable_check(measured, &demands, found);
}

bool lqi_demands_alike(const lqi_material *a, const lqi_material *b)
{
    const lqi_limits *x = &a->limits, *y = &b->limits;
    return a->profile == b->profile && x->wall_um == y->wall_um && x->wire_um == y->wire_um &&
           x->clearance_um == y->clearance_um && x->escape_hole_um == y->escape_hole_um;
}

lq_status lqi_issue_of_objection(lqi_arena *arena, const lqi_objection *objection, const lqi_material *material,
                                 lq_diagnostic *issue)
{
    char words[LQI_OBJECTION_WORDS];
    lqi_objection_words(objection, words);
    size_t size = strlen(words) + 1;
    char *message = lqi_arena_alloc(arena, size);
    if (!message) return lqi_memory_status(arena->context);
    memcpy(message, words, size);
    *issue = (lq_diagnostic){.code = objection->code,
                             .severity = objection->severity,
                             .count = objection->count,
                             .message = message,
                             .measure_name = objection->measure_name,
                             .measure_value = objection->value,
                             .measure_unit = objection->measure_unit,
                             .volume_delta_mm3 = NAN,
                             .area_delta_mm2 = NAN,
                             .confidence = NAN,
                             .point_mm = {NAN, NAN, NAN},
                             .triangle = -1,
                             .shell = -1,
                             .process = material->profile->id,
                             .threshold = objection->threshold,
                             .source = objection->source};
    if (objection->spot) {
        memcpy(issue->point_mm, objection->spot->point_mm, sizeof issue->point_mm);
        issue->triangle = objection->spot->facet;
    }
    return LQ_OK;
}

lq_status lq_report_printability(const lq_report *report, lq_printability *out)
{
    if (!report || !out || !report->printability) return LQ_ERR_ARGUMENT;
    const lqi_printability *p = report->printability;
    *out = (lq_printability){.wall_min_mm = p->wall_min_mm,
                             .wall_p01_mm = p->wall_p01_mm,
                             .gap_min_mm = p->gap_min_mm,
                             .resolvable_mm = p->resolvable_mm,
                             .overhang_deg = p->overhang_deg,
                             .overhang_area_mm2 = p->overhang_area_mm2,
                             .bed_contact_mm2 = p->bed_contact_mm2,
                             .tipping_deg = p->tipping_deg,
                             .void_count = p->voids_known ? (int64_t)p->void_count : -1,
                             .void_volume_mm3 = p->void_volume_mm3,
                             .escape_min_mm = p->escape_min_mm};
    memcpy(out->smallest_box_mm, p->smallest_box_mm, sizeof out->smallest_box_mm);
    return LQ_OK;
}
