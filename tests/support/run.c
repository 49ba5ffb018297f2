#include "tests/support/run.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void keep_failure(run_result *result, const lq_context *context, lq_status status, run_stage stage)
{
    result->status = status;
    result->stage = stage;
    result->error = *lq_context_error(context);
    snprintf(result->code, sizeof result->code, "%s", result->error.code == NULL ? "" : result->error.code);
}

static void keep_report(run_result *result, const lq_report *report)
{
    result->facts = *lq_report_facts(report);
    size_t count = lq_report_diagnostic_count(report);
    for (size_t i = 0; i < count && i < RUN_NOTES_MAX; i++) {
        lq_diagnostic diagnostic;
        if (lq_report_diagnostic(report, i, &diagnostic) != LQ_OK) continue;
        run_note *note = &result->notes[result->note_count++];
        snprintf(note->code, sizeof note->code, "%s", diagnostic.code == NULL ? "" : diagnostic.code);
        note->severity = diagnostic.severity;
        note->count = diagnostic.count;
        note->repaired = diagnostic.repaired;
    }
}

/* Times differ from run to run, and are the only thing that may: they are left out of the copy. */
static char *copy_without_times(const char *json, size_t *size)
{
    static const char key[] = "\"timing_ms\":{";
    char *copy = malloc(*size + 1);
    if (copy == NULL) return NULL;
    memcpy(copy, json, *size + 1);
    char *times = strstr(copy, key), *end = times == NULL ? NULL : strchr(times, '}');
    if (end == NULL) return copy;
    times += sizeof key - 1;
    memmove(times, end, strlen(end) + 1);
    *size -= (size_t)(end - times);
    return copy;
}

static lq_status make_context(const run_options *options, lq_context **context)
{
    lq_allocator allocator;
    lq_context_options context_options;
    memset(&context_options, 0, sizeof context_options);
    context_options.struct_size = sizeof context_options;
    if (options->allocator != NULL) {
        allocator = lend_allocator_of(options->allocator);
        context_options.allocator = &allocator;
    }
    context_options.limits = options->limits;
    if (options->stopper != NULL) {
        context_options.progress = lend_stop;
        context_options.progress_user = options->stopper;
    }
    context_options.thread_count = options->threads;
    context_options.isa_mask = options->isa_mask;
    context_options.hash_key = options->hash_key;
    return lq_context_create(&context_options, context);
}

run_result run_bytes(const void *data, size_t size, const run_options *options)
{
    static const run_options none;
    if (options == NULL) options = &none;
    run_result result;
    memset(&result, 0, sizeof result);
    lq_context *context = NULL;
    lq_model *model = NULL;
    lq_part *part = NULL;
    lq_report *report = NULL;
    char *text = NULL;
    result.status = make_context(options, &context);
    result.stage = RUN_CONTEXT;
    if (result.status != LQ_OK) return result;
    uint64_t held_start = lq_context_memory_held(context);

    lend_pieces pieces = {data, size, options->piece, options->error_at};
    lq_source source;
    if (options->piece > 0)
        source = lend_pieces_of(&pieces, options->name);
    else
        lq_source_memory(data, size, options->name, &source);
    lq_open_options open_options = {sizeof open_options, options->lenient};
    lq_analyse_options analyse_options = {.struct_size = sizeof analyse_options,
                                          .fill = options->fill,
                                          .topology = options->topology,
                                          .no_printability = options->no_printability,
                                          .columns = options->columns ? options->columns : RUN_COLUMNS};

    lq_status status = lq_model_open(context, &source, &open_options, &model);
    if (status != LQ_OK) {
        keep_failure(&result, context, status, RUN_OPEN);
        goto done;
    }
    result.format = lq_model_format(model);
    status = lq_part_read(model, options->selection, &part);
    if (status != LQ_OK) {
        keep_failure(&result, context, status, RUN_READ);
        goto done;
    }
    status = lq_part_analyse(context, part, &analyse_options, &report);
    if (status != LQ_OK) {
        keep_failure(&result, context, status, RUN_ANALYSE);
        goto done;
    }
    keep_report(&result, report);
    status = lq_report_json(context, report, &text, &result.json_size);
    if (status != LQ_OK) {
        keep_failure(&result, context, status, RUN_JSON);
        goto done;
    }
    result.status = LQ_OK;
    result.stage = RUN_DONE;
    result.json = copy_without_times(text, &result.json_size);
done:
    lq_text_free(context, text);
    lq_report_destroy(report);
    lq_part_destroy(part);
    lq_model_close(model);
    lq_context_reset(context); /* a failure may hold candidates */
    result.held_end = lq_context_memory_held(context) - held_start;
    result.peak = lq_context_memory_peak(context);
    lq_context_destroy(context);
    return result;
}

run_result run_soup(const solid_soup *soup, const run_options *options)
{
    return run_stl(stl_write_binary(soup, NULL), options);
}

run_result run_stl(stl_bytes bytes, const run_options *options)
{
    run_result result = run_bytes(bytes.data, bytes.size, options);
    stl_bytes_free(&bytes);
    return result;
}

void run_free(run_result *result)
{
    free(result->json);
    result->json = NULL;
}

const run_note *run_find(const run_result *result, const char *code)
{
    for (size_t i = 0; i < result->note_count; i++)
        if (strcmp(result->notes[i].code, code) == 0) return &result->notes[i];
    return NULL;
}

const char *run_complaint(const run_result *result)
{
    if (result->held_end != 0) return "memory is not balanced";
    if (result->stage == RUN_CONTEXT) return result->status == LQ_OK ? "no context, yet no failure" : "";
    if (result->status != LQ_OK) {
        if (result->error.status != result->status) return "the context tells another status than the call";
        if (result->code[0] == '\0') return "a failure without code";
        if (result->error.message[0] == '\0') return "a failure without message";
        if (result->status == LQ_ERR_INTERNAL) return "an internal error";
        if (result->error.offset < -1 || result->error.line < -1) return "a negative place";
        return "";
    }
    const lq_facts *facts = &result->facts;
    if (facts->triangle_count == 0) return "a report without triangles";
    for (int k = 0; k < 3; k++) {
        if (!isfinite(facts->box_min_mm[k]) || !isfinite(facts->box_max_mm[k])) return "the box is not finite";
        if (facts->box_min_mm[k] > facts->box_max_mm[k]) return "the box is inside out";
    }
    if (!isfinite(facts->area_mm2) || facts->area_mm2 < 0) return "the area is no area";
    if (!isfinite(facts->volume_mm3) && !isfinite(facts->volume_low_mm3) && facts->verdict != LQ_VERDICT_REJECT)
        return "neither volume nor range";
    if (isfinite(facts->volume_mm3) && !isfinite(facts->volume_error_mm3) && !isfinite(facts->volume_low_mm3))
        return "a volume without bound or range";
    if (isfinite(facts->volume_low_mm3) && !(facts->volume_low_mm3 <= facts->volume_high_mm3))
        return "the volume range is inside out";
    if (result->json == NULL || result->json_size == 0) return "no JSON";
    if (strlen(result->json) != result->json_size) return "the JSON's size is wrong";
    return "";
}
