/* libquote.estimate/1 */
#include <math.h>

#include "api/estimate.h"
#include "base/context.h"
#include "base/fail.h"
#include "base/text.h"

static void add_features(lqi_text *text, const lq_estimate_facts *facts)
{
    lqi_json_open(text, "by_feature", '{');
    for (int i = 0; i < LQ_FEATURE_COUNT; i++) {
        lqi_json_open(text, lq_feature_name((lq_feature)i), '{');
        if (i < LQ_FEATURE_TRAVEL) lqi_json_number(text, "volume_mm3", facts->feature_mm3[i]);
        lqi_json_number(text, "time_s", facts->feature_s[i]);
        lqi_json_close(text, '}');
    }
    lqi_json_close(text, '}');
}

static void add_range(lqi_text *text, const char *key, double low, double high)
{
    lqi_json_open(text, key, '[');
    lqi_json_number(text, NULL, low);
    lqi_json_number(text, NULL, high);
    lqi_json_close(text, ']');
}

void lqi_json_estimate_ranges(lqi_text *text, const lq_estimate_facts *facts)
{
    lqi_json_open(text, "range90", '{');
    add_range(text, "filament_mm3", facts->filament_low_mm3, facts->filament_high_mm3);
    add_range(text, "time_s", facts->time_low_s, facts->time_high_s);
    lqi_json_close(text, '}');
}

static void add_words(lqi_text *text, const char *key, const char *const *words, size_t count)
{
    lqi_json_open(text, key, '[');
    for (size_t i = 0; i < count; i++) lqi_json_string(text, NULL, words[i]);
    lqi_json_close(text, ']');
}

static void add_flags(lqi_text *text, const lqi_notes *flags)
{
    static const char *const severities[] = {"info", "warn", "blocker"};
    lqi_json_open(text, "flags", '[');
    for (size_t i = 0; i < flags->count; i++) {
        lqi_json_open(text, NULL, '{');
        lqi_json_string(text, "code", flags->items[i].code);
        lqi_json_string(text, "severity", severities[flags->items[i].severity]);
        lqi_json_string(text, "message", flags->items[i].message);
        lqi_json_close(text, '}');
    }
    lqi_json_close(text, ']');
}

lq_status lq_estimate_json(lq_context *context, const lq_estimate *estimate, char **out, size_t *size)
{
    lqi_text text;
    if (!context || !estimate || !out) return LQ_ERR_ARGUMENT;
    *out = NULL;
    lqi_begin(context);
    lqi_text_init(&text, context);
    lqi_json_open(&text, NULL, '{');
    lqi_json_string(&text, "schema", "libquote.estimate/1");
    lqi_json_file(&text, &estimate->file);
    add_words(&text, "profile", estimate->profiles, estimate->profile_count);
    const lq_estimate_facts *facts = &estimate->facts;
    lqi_json_integer(&text, "layers", (int64_t)facts->layer_count);
    lqi_json_number(&text, "filament_mm3", facts->filament_mm3);
    lqi_json_number(&text, "filament_mm", facts->filament_mm);
    lqi_json_number(&text, "filament_g", facts->filament_g);
    lqi_json_number(&text, "time_s", facts->time_s);
    lqi_json_estimate_ranges(&text, facts);
    add_features(&text, facts);
    add_flags(&text, &estimate->flags);
    add_words(&text, "ignored_keys", estimate->ignored, estimate->ignored_count);
    lqi_json_close(&text, '}');
    return lqi_text_take(&text, out, size);
}
