/* libquote.report/1, libquote.error/1 and the records they share with the others. */
#include <math.h>
#include <string.h>

#include "api/objects.h"
#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/text.h"
#include "check/findings.h"

void lq_text_free(lq_context *context, char *text) { lqi_free(context, text); }

static void add_triple(lqi_text *text, const char *key, const double xyz[3])
{
    if (!isfinite(xyz[0])) {
        lqi_json_null(text, key);
        return;
    }
    lqi_json_open(text, key, '[');
    for (int i = 0; i < 3; i++) lqi_json_number(text, NULL, xyz[i]);
    lqi_json_close(text, ']');
}

static void add_box(lqi_text *text, const double min[3], const double max[3])
{
    const double size[3] = {max[0] - min[0], max[1] - min[1], max[2] - min[2]};
    lqi_json_open(text, "bbox_mm", '{');
    add_triple(text, "min", min);
    add_triple(text, "max", max);
    add_triple(text, "size", size);
    lqi_json_close(text, '}');
}

void lqi_json_file(lqi_text *text, const lqi_file_facts *file)
{
    lqi_json_open(text, "file", '{');
    lqi_json_string(text, "name", file->name);
    lqi_json_integer(text, "bytes", (int64_t)file->bytes);
    lqi_json_string(text, "xxh3_128", file->hash);
    lqi_json_string(text, "format", lq_format_name(file->format));
    lqi_json_string(text, "container", file->container);
    lqi_json_string(text, "family", file->family);
    lqi_json_string(text, "producer", file->producer);
    lqi_json_close(text, '}');
}

/* Names of the objects, each once, in order; a plate of a thousand copies has one. */
static void add_object_names(lqi_text *text, const lq_report *report)
{
    lqi_json_open(text, "objects", '[');
    for (size_t i = 0, told = 0; i < report->item_count && told < 1000; i++) {
        bool known = false;
        for (size_t k = i < 64 ? 0 : i - 64; k < i && !known; k++)
            known = strcmp(report->items[k].name, report->items[i].name) == 0;
        if (known) continue;
        lqi_json_string(text, NULL, report->items[i].name);
        told++;
    }
    lqi_json_close(text, ']');
}

static void add_selection(lqi_text *text, const lq_report *report)
{
    const lqi_file_facts *file = &report->file;
    lqi_json_open(text, "selection", '{');
    lqi_json_string(text, "entry", file->entry);
    if (file->plate) {
        lqi_json_open(text, "plate", '{');
        lqi_json_integer(text, "index", file->plate);
        lqi_json_string(text, "name", file->plate_name);
        lqi_json_close(text, '}');
    } else {
        lqi_json_null(text, "plate");
    }
    lqi_json_string(text, "object", file->object);
    lqi_json_integer(text, "items", (int64_t)report->item_count);
    add_object_names(text, report);
    lqi_json_close(text, '}');
}

static void add_counts(lqi_text *text, const lq_facts *facts)
{
    lqi_json_integer(text, "triangles", (int64_t)facts->triangle_count);
    lqi_json_count(text, "vertices", facts->vertex_count);
    lqi_json_bool(text, "closed", facts->closed);
    lqi_json_bool(text, "oriented", facts->oriented);
    lqi_json_bool(text, "manifold", facts->manifold);
    lqi_json_open(text, "certificate", '{');
    lqi_json_bool(text, "closed", facts->certificate_closed);
    lqi_json_bool(text, "oriented", facts->certificate_oriented);
    lqi_json_close(text, '}');
    lqi_json_count(text, "open_edges", facts->open_edges);
    lqi_json_count(text, "boundary_loops", facts->boundary_loops);
    lqi_json_count(text, "non_manifold_edges", facts->non_manifold_edges);
    lqi_json_count(text, "misoriented_triangles", facts->misoriented_triangles);
    lqi_json_count(text, "degenerate_triangles", facts->degenerate_triangles);
    lqi_json_count(text, "duplicate_triangles", facts->duplicate_triangles);
    lqi_json_count(text, "shells", facts->shells);
    lqi_json_count(text, "cavities", facts->cavities);
}

static void add_measures(lqi_text *text, const lq_facts *facts)
{
    static const char *const inertia[6] = {"xx", "yy", "zz", "xy", "yz", "zx"};
    lqi_json_number(text, "volume_mm3", facts->volume_mm3);
    lqi_json_number(text, "volume_error_mm3", facts->volume_error_mm3);
    if (isfinite(facts->volume_low_mm3)) {
        lqi_json_open(text, "volume_range_mm3", '{');
        lqi_json_number(text, "low", facts->volume_low_mm3);
        lqi_json_number(text, "high", facts->volume_high_mm3);
        lqi_json_close(text, '}');
    } else {
        lqi_json_null(text, "volume_range_mm3");
    }
    lqi_json_open(text, "volume_by_rule_mm3", '{');
    lqi_json_number(text, "signed", facts->volume_signed_mm3);
    lqi_json_number(text, "positive", facts->volume_positive_mm3);
    lqi_json_number(text, "nonzero", facts->volume_nonzero_mm3);
    lqi_json_number(text, "even_odd", facts->volume_even_odd_mm3);
    lqi_json_close(text, '}');
    lqi_json_number(text, "area_mm2", facts->area_mm2);
    add_box(text, facts->box_min_mm, facts->box_max_mm);
    add_triple(text, "centroid_mm", facts->centroid_mm);
    if (isfinite(facts->inertia_mm5[0])) {
        lqi_json_open(text, "inertia_mm5", '{');
        for (int i = 0; i < 6; i++) lqi_json_number(text, inertia[i], facts->inertia_mm5[i]);
        lqi_json_close(text, '}');
    } else {
        lqi_json_null(text, "inertia_mm5");
    }
    /* Not examined in this version. */
    lqi_json_null(text, "walls");
    lqi_json_null(text, "overhang");
    lqi_json_null(text, "orientations");
    lqi_json_null(text, "voids");
}

static void add_items(lqi_text *text, const lq_report *report)
{
    if (report->item_count < 2) return;
    lqi_json_open(text, "items", '[');
    for (size_t i = 0; i < report->item_count; i++) {
        const lqi_item_facts *item = &report->items[i];
        lqi_json_open(text, NULL, '{');
        lqi_json_string(text, "name", item->name);
        lqi_json_integer(text, "triangles", (int64_t)item->triangle_count);
        lqi_json_number(text, "volume_mm3", item->volume_mm3);
        lqi_json_number(text, "area_mm2", item->area_mm2);
        add_box(text, item->box.min, item->box.max);
        lqi_json_close(text, '}');
    }
    lqi_json_close(text, ']');
}

static void add_shells(lqi_text *text, const lq_report *report)
{
    if (!report->shell_count) return;
    lqi_json_open(text, "shell_list", '[');
    for (size_t i = 0; i < report->shell_count; i++) {
        const lq_shell *shell = &report->shells[i];
        lqi_json_open(text, NULL, '{');
        lqi_json_string(text, "kind", lq_shell_kind_name(shell->kind));
        lqi_json_integer(text, "triangles", (int64_t)shell->triangle_count);
        lqi_json_number(text, "volume_mm3", shell->volume_mm3);
        add_triple(text, "point_mm", shell->point_mm);
        lqi_json_close(text, '}');
    }
    lqi_json_close(text, ']');
}

static const char *severity_name(lq_severity severity)
{
    return severity == LQ_SEVERITY_BLOCKER ? "blocker" : severity == LQ_SEVERITY_WARN ? "warn" : "info";
}

void lqi_json_diagnostic(lqi_text *text, const char *key, const lq_diagnostic *d)
{
    lqi_json_open(text, key, '{');
    lqi_json_string(text, "code", d->code);
    lqi_json_string(text, "severity", severity_name(d->severity));
    lqi_json_integer(text, "count", (int64_t)d->count);
    lqi_json_string(text, "message", d->message);
    if (d->measure_name) {
        lqi_json_open(text, "measure", '{');
        lqi_json_string(text, "name", d->measure_name);
        lqi_json_number(text, "value", d->measure_value);
        lqi_json_string(text, "unit", d->measure_unit);
        lqi_json_close(text, '}');
    } else {
        lqi_json_null(text, "measure");
    }
    lqi_json_null(text, "threshold");
    lqi_json_null(text, "source");
    if (isfinite(d->confidence)) {
        lqi_json_open(text, "effect", '{');
        lqi_json_number(text, "volume_delta_mm3", d->volume_delta_mm3);
        lqi_json_number(text, "area_delta_mm2", d->area_delta_mm2);
        lqi_json_number(text, "confidence", d->confidence);
        lqi_json_close(text, '}');
    } else {
        lqi_json_null(text, "effect");
    }
    lqi_json_bool(text, "repairable", d->repairable != 0);
    lqi_json_bool(text, "repaired", d->repaired != 0);
    if (d->triangle >= 0) {
        lqi_json_open(text, "location", '{');
        add_triple(text, "point", d->point_mm);
        lqi_json_integer(text, "triangle", d->triangle);
        lqi_json_count(text, "shell", d->shell);
        lqi_json_close(text, '}');
    } else {
        lqi_json_null(text, "location");
    }
    lqi_json_close(text, '}');
}

static void add_findings(lqi_text *text, const lq_report *report)
{
    lqi_json_string(text, "verdict", lq_verdict_name(report->facts.verdict));
    lqi_json_open(text, "repairs", '[');
    for (size_t i = 0; i < report->notes.count; i++) {
        const lqi_note *note = &report->notes.items[i];
        if (!lqi_note_is_repair(note)) continue;
        lqi_json_open(text, NULL, '{');
        lqi_json_string(text, "code", note->code);
        lqi_json_integer(text, "count", (int64_t)note->count);
        lqi_json_close(text, '}');
    }
    lqi_json_close(text, ']');
    lqi_json_open(text, "diagnostics", '[');
    for (size_t i = 0; i < report->notes.count; i++) {
        lq_diagnostic diagnostic;
        lqi_note_to_diagnostic(&report->notes.items[i], &diagnostic);
        lqi_json_diagnostic(text, NULL, &diagnostic);
    }
    lqi_json_close(text, ']');
}

lq_status lq_report_json(lq_context *context, const lq_report *report, char **out, size_t *size)
{
    if (!context || !report || !out) return LQ_ERR_ARGUMENT;
    *out = NULL;
    lqi_begin(context);
    lqi_text text;
    lqi_text_init(&text, context);
    lqi_json_open(&text, NULL, '{');
    lqi_json_string(&text, "schema", "libquote.report/1");
    lqi_json_string(&text, "engine_version", LQ_VERSION_STRING);
    lqi_json_file(&text, &report->file);
    add_selection(&text, report);
    lqi_json_open(&text, "units", '{');
    lqi_json_string(&text, "value", lqi_unit_name(report->facts.unit));
    lqi_json_string(&text, "source", report->file.unit_source);
    lqi_json_string(&text, "suspect", report->unit_suspect);
    lqi_json_close(&text, '}');
    add_counts(&text, &report->facts);
    add_measures(&text, &report->facts);
    add_items(&text, report);
    add_shells(&text, report);
    add_findings(&text, report);
    lqi_json_open(&text, "timing_ms", '{');
    lqi_json_number(&text, "open", report->file.open_ms);
    lqi_json_number(&text, "read", report->file.read_ms);
    lqi_json_number(&text, "measure", report->measure_ms);
    lqi_json_number(&text, "total", report->file.open_ms + report->file.read_ms + report->measure_ms);
    lqi_json_close(&text, '}');
    lqi_json_close(&text, '}');
    return lqi_text_take(&text, out, size);
}

static void add_error_fields(lqi_text *text, lq_context *context, const char *file)
{
    const lq_error *error = &context->error;
    lqi_json_string(text, "code", error->code[0] ? error->code : "internal");
    lqi_json_string(text, "message", error->message);
    lqi_json_string(text, "file", file);
    lqi_json_string(text, "part", error->part[0] ? error->part : NULL);
    if (error->detected[0]) lqi_json_string(text, "detected", error->detected);
    if (error->offset >= 0) lqi_json_integer(text, "offset", error->offset);
    if (error->line >= 0) lqi_json_integer(text, "line", error->line);
    if (error->limit >= 0) lqi_json_integer(text, "limit", error->limit);
    if (error->actual >= 0) lqi_json_integer(text, "actual", error->actual);
    if (!error->candidate_count) return;
    lqi_json_open(text, "candidates", '[');
    for (size_t i = 0; i < error->candidate_count; i++) lqi_json_string(text, NULL, context->candidates[i]);
    lqi_json_close(text, ']');
}

/* The one call that must not forget the failure before it. */
lq_status lq_error_json(lq_context *context, const char *file, char **out, size_t *size)
{
    if (!context || !out) return LQ_ERR_ARGUMENT;
    *out = NULL;
    lqi_text text;
    lqi_text_init(&text, context);
    lqi_json_open(&text, NULL, '{');
    lqi_json_string(&text, "schema", "libquote.error/1");
    lqi_json_open(&text, "error", '{');
    add_error_fields(&text, context, file);
    lqi_json_close(&text, '}');
    lqi_json_close(&text, '}');
    return lqi_text_take(&text, out, size);
}
