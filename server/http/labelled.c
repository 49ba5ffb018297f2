#include "http/labelled.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Longer than naming takes; a process that died in it must not stop the others. */
#define SPINS 100000

static const struct {
    const char *name, *label;
    bool times;
} families[SV_FAMILY_COUNT] = {{"quote_analysis_failures_total", "code", false},
                               {"quote_blob_seconds", "op", true},
                               {"quote_job_seconds", "kind", true},
                               {"quote_quotes_total", "status", false},
                               {"quote_orders_total", "status", false}};

static bool is_named(sv_label *label, sv_family family, const char *value)
{
    return atomic_load(&label->state) == 2 && label->family == (int)family && strcmp(label->value, value) == 0;
}

/* Places are taken in order and never given back: whoever comes behind a place that is being named waits for its name,
 * so that no value gets two. */
static sv_label *find(sv_labels *labels, sv_family family, const char *value)
{
    for (size_t i = 0; i < SV_LABELS_MAX; i++) {
        sv_label *label = &labels->label[i];
        int free_state = 0;
        if (is_named(label, family, value)) return label;
        if (atomic_compare_exchange_strong(&label->state, &free_state, 1)) {
            label->family = (int)family;
            snprintf(label->value, sizeof label->value, "%s", value);
            atomic_store(&label->state, 2);
            return label;
        }
        for (int spin = 0; spin < SPINS && atomic_load(&label->state) == 1; spin++) continue;
        if (is_named(label, family, value)) return label;
    }
    return NULL;
}

void sv_labels_count(sv_labels *labels, sv_family family, const char *value, int64_t microseconds)
{
    sv_label *label = find(labels, family, value);
    if (!label) return;
    atomic_fetch_add(&label->count, 1);
    atomic_fetch_add(&label->micros, (uint64_t)microseconds);
}

void sv_labels_print(sv_labels *labels, sv_text *text)
{
    for (int family = 0; family < SV_FAMILY_COUNT; family++) {
        const char *name = families[family].name, *key = families[family].label;
        sv_text_format(text, "# TYPE %s %s\n", name, families[family].times ? "summary" : "counter");
        for (size_t i = 0; i < SV_LABELS_MAX; i++) {
            sv_label *label = &labels->label[i];
            const unsigned long long count = atomic_load(&label->count);
            if (atomic_load(&label->state) != 2 || label->family != family) continue;
            if (families[family].times)
                sv_text_format(text, "%s_sum{%s=\"%s\"} %.6f\n%s_count{%s=\"%s\"} %llu\n", name, key, label->value,
                               (double)atomic_load(&label->micros) / 1e6, name, key, label->value, count);
            else
                sv_text_format(text, "%s{%s=\"%s\"} %llu\n", name, key, label->value, count);
        }
    }
}
