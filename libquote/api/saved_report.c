/* Reports as bytes. */
#include <math.h>

#include "api/objects.h"
#include "api/saved.h"
#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"

#define KIND "report"

static void save_facts(lqi_saved *s, lq_facts *f)
{
    LQI_SAVED(s, f->triangle_count);
    LQI_SAVED(s, f->vertex_count);
    int *const answers[] = {&f->closed, &f->oriented, &f->manifold, &f->certificate_closed, &f->certificate_oriented};
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) *answers[i] = lqi_saved_answer(s, *answers[i]);
    int64_t *const counts[] = {&f->open_edges,
                               &f->boundary_loops,
                               &f->non_manifold_edges,
                               &f->misoriented_triangles,
                               &f->degenerate_triangles,
                               &f->duplicate_triangles,
                               &f->shells,
                               &f->cavities};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) LQI_SAVED(s, *counts[i]);
    double *const measures[] = {&f->volume_mm3,         &f->volume_error_mm3,    &f->volume_low_mm3,
                                &f->volume_high_mm3,    &f->volume_signed_mm3,   &f->volume_positive_mm3,
                                &f->volume_nonzero_mm3, &f->volume_even_odd_mm3, &f->area_mm2,
                                &f->support_volume_mm3, &f->support_contact_mm2};
    for (size_t i = 0; i < sizeof measures / sizeof *measures; i++) LQI_SAVED(s, *measures[i]);
    LQI_SAVED(s, f->box_min_mm);
    LQI_SAVED(s, f->box_max_mm);
    LQI_SAVED(s, f->centroid_mm);
    LQI_SAVED(s, f->inertia_mm5);
    f->verdict = (lq_verdict)lqi_saved_word(s, (uint32_t)f->verdict, LQ_VERDICT_REJECT);
    f->unit = (lq_unit)lqi_saved_word(s, (uint32_t)f->unit, LQ_UNIT_FOOT);
    LQI_SAVED(s, f->item_count);
}

static void save_claim(lqi_saved *s, lqi_claim *c)
{
    LQI_SAVED(s, c->time_s);
    LQI_SAVED(s, c->mass_g);
    LQI_SAVED(s, c->density_low);
    LQI_SAVED(s, c->density_high);
    c->less = lqi_saved_bool(s, c->less);
    c->more = lqi_saved_bool(s, c->more);
}

/* Without the times that reading took: the same file, the same bytes. */
static void save_file(lqi_saved *s, lqi_file_facts *f)
{
    const char **const texts[] = {&f->name,  &f->container,  &f->family, &f->producer,
                                  &f->entry, &f->plate_name, &f->object, &f->unit_source};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) lqi_saved_text(s, texts[i]);
    LQI_SAVED(s, f->bytes);
    LQI_SAVED(s, f->hash);
    f->hash[sizeof f->hash - 1] = 0;
    f->format = (lq_format)lqi_saved_word(s, (uint32_t)f->format, LQ_FORMAT_OTHER);
    LQI_SAVED(s, f->plate);
    f->unit = (lq_unit)lqi_saved_word(s, (uint32_t)f->unit, LQ_UNIT_FOOT);
    save_claim(s, &f->claim);
}

static void save_item(lqi_saved *s, lqi_item_facts *i)
{
    lqi_saved_text(s, &i->name);
    LQI_SAVED(s, i->triangle_count);
    LQI_SAVED(s, i->volume_mm3);
    LQI_SAVED(s, i->area_mm2);
    LQI_SAVED(s, i->box);
}

static void save_shell(lqi_saved *s, lq_shell *shell)
{
    shell->kind = (lq_shell_kind)lqi_saved_word(s, (uint32_t)shell->kind, LQ_SHELL_SHEET);
    LQI_SAVED(s, shell->triangle_count);
    LQI_SAVED(s, shell->volume_mm3);
    LQI_SAVED(s, shell->point_mm);
}

/* ---- printability ---- */

static void save_spot(lqi_saved *s, lqi_spot *p)
{
    p->kind = (lqi_spot_kind)lqi_saved_word(s, (uint32_t)p->kind, LQI_SPOT_COUNT - 1);
    double *const measures[] = {&p->value, &p->mean, &p->extent_mm, &p->width_mm, &p->area_mm2, &p->volume_mm3};
    for (size_t i = 0; i < sizeof measures / sizeof *measures; i++) LQI_SAVED(s, *measures[i]);
    LQI_SAVED(s, p->point_mm);
    LQI_SAVED(s, p->facet);
    p->held = lqi_saved_bool(s, p->held);
    p->level = lqi_saved_bool(s, p->level);
    LQI_SAVED(s, p->exits);
    LQI_SAVED(s, p->copies);
}

static void save_stance(lqi_saved *s, lqi_stance *p)
{
    LQI_SAVED(s, p->rotation);
    LQI_SAVED(s, p->height_mm);
    LQI_SAVED(s, p->support_volume_mm3);
    LQI_SAVED(s, p->contact_mm2);
    LQI_SAVED(s, p->tipping_deg);
}

static void save_printability(lqi_saved *s, lqi_printability *p)
{
    bool *const known[] = {&p->walls_known, &p->overhang_known, &p->voids_known,
                           &p->gaps_known,  &p->stances_known,  &p->coarser};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) *known[i] = lqi_saved_bool(s, *known[i]);
    double *const measures[] = {
        &p->cell_mm,           &p->resolvable_mm,      &p->wall_min_mm,         &p->wall_p01_mm,
        &p->wall_tolerance_mm, &p->sharp_edges_mm,     &p->gap_min_mm,          &p->overhang_deg,
        &p->overhang_area_mm2, &p->support_volume_mm3, &p->support_contact_mm2, &p->bed_contact_mm2,
        &p->bed_area_mm2,      &p->tipping_deg,        &p->void_volume_mm3,     &p->escape_min_mm,
        &p->aspect_ratio,      &p->flat_panel_ratio,   &p->box_sum_mm};
    for (size_t i = 0; i < sizeof measures / sizeof *measures; i++) LQI_SAVED(s, *measures[i]);
    LQI_SAVED(s, p->wall_area_mm2);
    LQI_SAVED(s, p->smallest_box_mm);
    LQI_SAVED(s, p->void_count);
    for (size_t l = 0; l < LQI_WALL_LEVELS; l++) {
        p->thin[l].kept = lqi_saved_word(s, (uint32_t)p->thin[l].kept, LQI_THIN_KEPT);
        for (size_t i = 0; i < p->thin[l].kept; i++) save_spot(s, &p->thin[l].patch[i]);
    }
    p->stance_count = lqi_saved_word(s, (uint32_t)p->stance_count, LQI_STANCES_MAX);
    for (size_t i = 0; i < p->stance_count; i++) save_stance(s, &p->stance[i]);
    p->spot_count = lqi_saved_word(s, (uint32_t)p->spot_count, LQI_SPOTS_MAX);
    for (size_t i = 0; i < p->spot_count; i++) save_spot(s, &p->spot[i]);
}

/* ---- the whole ---- */

static void save_report(lqi_saved *s, lq_report *r)
{
    save_facts(s, &r->facts);
    save_file(s, &r->file);
    lqi_saved_text(s, &r->unit_suspect);
    lqi_saved_notes(s, &r->notes);
    r->item_count = lqi_saved_count(s, r->item_count, sizeof(lqi_box));
    if (s->in) r->items = lqi_saved_room(s, r->item_count, sizeof *r->items);
    for (size_t i = 0; i < r->item_count && r->items; i++) save_item(s, &r->items[i]);
    r->shell_count = lqi_saved_count(s, r->shell_count, sizeof(double));
    if (s->in) r->shells = lqi_saved_room(s, r->shell_count, sizeof *r->shells);
    for (size_t i = 0; i < r->shell_count && r->shells; i++) save_shell(s, &r->shells[i]);
    const bool examined = lqi_saved_bool(s, r->printability != NULL);
    lqi_printability printability;
    lqi_printability_begin(&printability);
    if (r->printability) printability = *r->printability;
    if (examined) save_printability(s, &printability);
    lqi_printability *kept = s->in && examined ? lqi_saved_room(s, 1, sizeof *kept) : NULL;
    if (kept) *kept = printability, r->printability = kept;
}

lq_status lq_report_save(lq_context *context, const lq_report *report, void **bytes, size_t *size)
{
    lqi_saved saved;
    if (!context || !bytes || !size) return LQ_ERR_ARGUMENT;
    *bytes = NULL;
    lqi_begin(context);
    if (!report) return lqi_fail(context, LQI_ARGUMENT, -1, "There is no report to save.");
    lqi_saved_write(&saved, context);
    lq_report copy = *report; /* what is written is read, not changed */
    save_report(&saved, &copy);
    return lqi_saved_take(&saved, KIND, bytes, size);
}

lq_status lq_report_load(lq_context *context, const void *bytes, size_t size, lq_report **out)
{
    lqi_saved saved;
    if (!context || !out) return LQ_ERR_ARGUMENT;
    *out = NULL;
    lqi_begin(context);
    LQI_TRY(lqi_saved_read(&saved, context, KIND, bytes, size));
    lq_report *report = lqi_alloc_zeroed(context, 1, sizeof *report);
    if (!report) return lqi_memory_status(context);
    report->context = context;
    lqi_arena_init(&report->arena, context);
    lqi_notes_init(&report->notes, context);
    saved.arena = &report->arena;
    save_report(&saved, report);
    lq_status status = lqi_saved_end(&saved);
    if (status == LQ_OK)
        *out = report;
    else
        lq_report_destroy(report);
    return status;
}
