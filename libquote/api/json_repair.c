#include "api/objects.h"
#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/text.h"

/* ---- libquote.repair/1 ---- */

static void add_actions(lqi_text *text, const char *key, const lq_part *part, int done)
{
    lq_repair_action action;
    lqi_json_open(text, key, '[');
    for (size_t i = 0; lq_part_action(part, i, &action) == LQ_OK; i++) {
        if (action.done != done) continue;
        lqi_json_open(text, NULL, '{');
        lqi_json_string(text, "code", action.code);
        lqi_json_count(text, "count", action.count > INT64_MAX ? INT64_MAX : (int64_t)action.count);
        if (!done) lqi_json_string(text, "message", action.message);
        lqi_json_close(text, '}');
    }
    lqi_json_close(text, ']');
}

static lq_status add_report(lqi_text *text, const char *key, const lq_report *report)
{
    char *json = NULL;
    size_t size = 0;
    LQI_TRY(lq_report_json(text->context, report, &json, &size));
    lqi_json_raw(text, key, json, size);
    lqi_free(text->context, json);
    return LQ_OK;
}

lq_status lq_repair_json(lq_context *context, const lq_report *input, const lq_part *repaired, const char *path,
                         const lq_report *output, char **out, size_t *size)
{
    if (!context || !input || !repaired || !output || !out) return LQ_ERR_ARGUMENT;
    *out = NULL;
    lqi_begin(context);
    lqi_text text;
    lqi_text_init(&text, context);
    lqi_json_open(&text, NULL, '{');
    lqi_json_string(&text, "schema", "libquote.repair/1");
    lq_status status = add_report(&text, "input", input);
    add_actions(&text, "actions", repaired, 1);
    add_actions(&text, "left", repaired, 0);
    lqi_json_open(&text, "output", '{');
    lqi_json_string(&text, "path", path);
    if (status == LQ_OK) status = add_report(&text, "report", output);
    lqi_json_close(&text, '}');
    lqi_json_close(&text, '}');
    if (status == LQ_OK) return lqi_text_take(&text, out, size);
    lqi_text_free(&text);
    return status;
}
