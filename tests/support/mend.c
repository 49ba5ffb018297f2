#include "tests/support/mend.h"

#include <stdio.h>
#include <string.h>

static lq_status make_context(const mend_options *options, lq_context **context)
{
    lq_allocator allocator;
    lq_context_options given = {
        .struct_size = sizeof given, .limits = options->limits, .thread_count = options->threads};
    if (options->allocator) {
        allocator = lend_allocator_of(options->allocator);
        given.allocator = &allocator;
    }
    if (options->stopper) {
        given.progress = lend_stop;
        given.progress_user = options->stopper;
    }
    return lq_context_create(&given, context);
}

static int take(void *user, const void *bytes, size_t size)
{
    stl_bytes_add(user, bytes, size);
    return 0;
}

static lq_status report_facts(lq_context *context, const lq_part *part, lq_fill fill, lq_facts *facts)
{
    lq_analyse_options how = {.struct_size = sizeof how, .fill = fill, .no_printability = 1};
    lq_report *report = NULL;
    lq_status status = lq_part_analyse(context, part, &how, &report);
    if (status == LQ_OK) *facts = *lq_report_facts(report);
    lq_report_destroy(report);
    return status;
}

static lq_status read_part(lq_context *context, const void *data, size_t size, lq_unit unit, lq_part **part)
{
    lq_source source;
    lq_model *model = NULL;
    lq_selection selection = {.struct_size = sizeof selection, .unit = unit};
    lq_source_memory(data, size, "part", &source);
    lq_status status = lq_model_open(context, &source, NULL, &model);
    if (status == LQ_OK) status = lq_part_read(model, &selection, part);
    lq_model_close(model);
    return status;
}

static void keep_actions(const lq_part *part, mend_result *result)
{
    lq_repair_action action;
    for (size_t i = 0; i < MEND_ACTIONS_MAX && lq_part_action(part, i, &action) == LQ_OK; i++) {
        mend_action *kept = &result->actions[result->action_count++];
        snprintf(kept->code, sizeof kept->code, "%s", action.code);
        kept->count = action.count;
        kept->done = action.done;
    }
}

static lq_status read_again(lq_context *context, const stl_bytes *file, lq_fill fill, lq_facts *facts)
{
    lq_part *part = NULL;
    lq_status status = read_part(context, file->data, file->size, LQ_UNIT_DEFAULT, &part);
    if (status == LQ_OK) status = report_facts(context, part, fill, facts);
    lq_part_destroy(part);
    return status;
}

mend_result mend_bytes(const void *data, size_t size, const mend_options *options)
{
    static const mend_options none;
    if (!options) options = &none;
    mend_result result = {0};
    lq_context *context = NULL;
    lq_part *part = NULL, *repaired = NULL;
    const lq_write_format format = options->format ? options->format : LQ_WRITE_3MF;
    result.status = make_context(options, &context);
    if (result.status != LQ_OK) return result;
    uint64_t held = lq_context_memory_held(context);
    lq_repair_options how = {.struct_size = sizeof how, .format = options->format, .fill = options->fill};
    const lq_sink sink = {.struct_size = sizeof sink, .user = &result.file, .write = take};
    lq_status status = read_part(context, data, size, options->unit, &part);
    const int reports = !options->repair_only;
    if (status == LQ_OK && reports) status = report_facts(context, part, options->fill, &result.before);
    if (status == LQ_OK) status = lq_part_repair(context, part, &how, &repaired);
    lq_part_destroy(part);
    if (status == LQ_OK) keep_actions(repaired, &result);
    if (status == LQ_OK && reports) status = report_facts(context, repaired, options->fill, &result.made);
    if (status == LQ_OK) status = lq_part_write(context, repaired, format, &sink);
    if (status == LQ_OK && reports) status = read_again(context, &result.file, options->fill, &result.after);
    lq_part_destroy(repaired);
    result.status = status;
    if (status != LQ_OK) snprintf(result.code, sizeof result.code, "%s", lq_context_error(context)->code);
    lq_context_reset(context);
    result.held_end = lq_context_memory_held(context) - held;
    lq_context_destroy(context);
    return result;
}

mend_result mend_soup(const solid_soup *soup, const mend_options *options)
{
    stl_bytes bytes = stl_write_binary(soup, NULL);
    mend_result result = mend_bytes(bytes.data, bytes.size, options);
    stl_bytes_free(&bytes);
    return result;
}

void mend_free(mend_result *result)
{
    stl_bytes_free(&result->file);
    *result = (mend_result){0};
}

uint64_t mend_count(const mend_result *result, const char *code, int done)
{
    for (size_t i = 0; i < result->action_count; i++)
        if (result->actions[i].done == done && strcmp(result->actions[i].code, code) == 0)
            return result->actions[i].count;
    return 0;
}

solid_soup mend_facets(const mend_result *result)
{
    solid_soup soup = {0};
    for (size_t at = 84; at + 50 <= result->file.size; at += 50) {
        double corner[3][3];
        for (size_t c = 0; c < 3; c++)
            for (size_t k = 0; k < 3; k++) {
                float x;
                memcpy(&x, result->file.data + at + 12 + 12 * c + 4 * k, sizeof x);
                corner[c][k] = (double)x;
            }
        solid_add(&soup, corner[0], corner[1], corner[2]);
    }
    return soup;
}
