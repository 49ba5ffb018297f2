#include "parts/findings.h"

#include <math.h>

#include "base/json.h"

static json_t *triple(const double values[3])
{
    return json_pack("{s:o, s:o, s:o}", "x", sv_json_measure(values[0]), "y", sv_json_measure(values[1]), "z",
                     sv_json_measure(values[2]));
}

/* NULL where the engine has not examined it. */
static json_t *triple_or_null(const double values[3]) { return isfinite(values[0]) ? triple(values) : json_null(); }

static json_t *truth(int value) { return value < 0 ? json_null() : json_boolean(value); }

static json_t *count(int64_t value) { return value < 0 ? json_null() : json_integer((json_int_t)value); }

static const char *severity(lq_severity value)
{
    return value == LQ_SEVERITY_BLOCKER ? "blocker" : value == LQ_SEVERITY_WARN ? "warn" : "info";
}

json_t *sv_issue(const lq_diagnostic *d, const char *material_id)
{
    json_t *issue = json_pack("{s:s, s:s, s:I, s:s, s:b, s:b, s:s?, s:s?, s:o}", "code", d->code, "severity",
                              severity(d->severity), "count", (json_int_t)d->count, "message", d->message, "repairable",
                              d->repairable, "repaired", d->repaired, "material_id", material_id, "source", d->source,
                              "threshold", sv_json_measure(d->threshold));
    json_t *measure = d->measure_name ? json_pack("{s:s, s:o, s:s?}", "name", d->measure_name, "value",
                                                  sv_json_measure(d->measure_value), "unit", d->measure_unit)
                                      : json_null();
    json_t *effect =
        isfinite(d->confidence)
            ? json_pack("{s:o, s:o, s:o}", "volume_delta_mm3", sv_json_measure(d->volume_delta_mm3), "area_delta_mm2",
                        sv_json_measure(d->area_delta_mm2), "confidence", sv_json_measure(d->confidence))
            : json_null();
    json_t *samples = json_array();
    if (isfinite(d->point_mm[0])) json_array_append_new(samples, triple(d->point_mm));
    json_object_set_new(issue, "measure", measure);
    json_object_set_new(issue, "effect", effect);
    json_object_set_new(issue, "samples", samples);
    return issue;
}

/* How sure the unit is: told by whom should know, or taken for millimetres because nobody did. */
static json_t *units_of(const json_t *report)
{
    const json_t *units = json_object_get(report, "units");
    const bool assumed =
        json_object_get(units, "source") && json_string_value(json_object_get(units, "source"))[0] == 'a';
    const bool suspect = json_is_string(json_object_get(units, "suspect"));
    const double confidence = suspect ? 0.5 : assumed ? 0.9 : 1;
    return json_pack("{s:O, s:o, s:O}", "value", json_object_get(units, "value"), "confidence",
                     sv_json_measure(confidence), "source", json_object_get(units, "source"));
}

static void add_measures(json_t *analysis, const lq_report *report)
{
    const lq_facts *f = lq_report_facts(report);
    lq_printability p;
    const bool examined = lq_report_printability(report, &p) == LQ_OK;
    double box[3];
    for (int axis = 0; axis < 3; axis++) box[axis] = f->box_max_mm[axis] - f->box_min_mm[axis];
    const bool range = isfinite(f->volume_low_mm3);
    json_t *volumes = range ? json_pack("{s:o, s:o}", "low", sv_json_measure(f->volume_low_mm3), "high",
                                        sv_json_measure(f->volume_high_mm3))
                            : json_null();
    json_t *measures = json_pack(
        "{s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:o, s:o, s:s}", "triangles",
        (json_int_t)f->triangle_count, "shells", count(f->shells), "watertight", truth(f->closed), "manifold",
        truth(f->manifold), "volume_mm3", sv_json_measure(f->volume_mm3), "area_mm2", sv_json_measure(f->area_mm2),
        "bbox_mm", triple(box), "min_box_mm", examined ? triple_or_null(p.smallest_box_mm) : json_null(), "centroid_mm",
        triple_or_null(f->centroid_mm), "min_wall_mm", examined ? sv_json_measure(p.wall_min_mm) : json_null(),
        "volume_range_mm3", volumes, "verdict", lq_verdict_name(f->verdict), "support_volume_mm3",
        sv_json_measure(f->support_volume_mm3), "support_area_mm2", sv_json_measure(f->support_contact_mm2),
        "orientation", "as_uploaded");
    json_object_update(analysis, measures);
    json_decref(measures);
}

json_t *sv_findings(lq_context *context, const lq_report *report)
{
    char *text = NULL;
    size_t size = 0;
    if (lq_report_json(context, report, &text, &size) != LQ_OK) return NULL;
    json_t *whole = json_loadb(text, size, 0, NULL), *issues = json_array();
    lq_text_free(context, text);
    lq_diagnostic diagnostic;
    for (size_t i = 0; lq_report_diagnostic(report, i, &diagnostic) == LQ_OK; i++)
        json_array_append_new(issues, sv_issue(&diagnostic, NULL));
    json_t *analysis = json_pack("{s:s, s:o, s:O, s:o}", "engine_version", lq_version(), "units", units_of(whole),
                                 "repairs", json_object_get(whole, "repairs"), "issues", issues);
    json_decref(whole);
    add_measures(analysis, report);
    return analysis;
}
