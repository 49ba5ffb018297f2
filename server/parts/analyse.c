#include "parts/analyse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/json.h"
#include "base/moment.h"
#include "parts/findings.h"
#include "parts/measured.h"

/* Below what the child may have: the engine tells of a limit before the system ends it. */
#define ENGINE_MEMORY ((uint64_t)SV_CHILD_MEMORY - ((uint64_t)512 << 20))

/* A list is kept with the part: names of an archive that is made to be large do not make it so. */
#define NAMES_MAX ((size_t)256 << 10)
#define PLATES_MAX 1000

lq_context *sv_engine_context(const sv_config *config)
{
    const lq_limits limits = {.struct_size = sizeof limits,
                              .input_bytes = (uint64_t)config->file_bytes,
                              .memory_bytes = ENGINE_MEMORY,
                              .triangles = (uint64_t)config->triangles,
                              .inflated_bytes = (uint64_t)config->unpacked_bytes};
    const lq_context_options options = {.struct_size = sizeof options, .limits = &limits};
    lq_context *context = NULL;
    lq_context_create(&options, &context);
    return context;
}

lq_unit sv_engine_unit(const char *name)
{
    static const char *const names[] = {"", "mm", "cm", "m", "inch", "micron"};
    for (int i = LQ_UNIT_MM; name && i <= LQ_UNIT_MICRON; i++)
        if (strcmp(names[i], name) == 0) return (lq_unit)i;
    return LQ_UNIT_DEFAULT;
}

sv_analysis sv_analysis_of(const sv_config *config, const sv_object *part)
{
    const json_t *body = part->body;
    return (sv_analysis){.config = config,
                         .name = json_string_value(sv_json_at(body, "file.name")),
                         .units = json_string_value(json_object_get(body, "units")),
                         .scale = json_number_value(json_object_get(body, "scale")),
                         .entry_id = json_string_value(sv_json_at(body, "pinned.entry_id")),
                         .plate_id = json_string_value(sv_json_at(body, "pinned.plate_id")),
                         .entries = json_object_get(part->private, "entries")};
}

bool sv_analysis_start(sv_analysis *analysis, int file, int64_t size, sv_child *child)
{
    analysis->file = file;
    analysis->size = size;
    return sv_child_start(child, sv_analyse, analysis, &file, 1);
}

/* ---- within the child ---- */

typedef struct run {
    const sv_analysis *asked;
    lq_context *context;
    lq_model *model;
    json_t *result;
    const char *entry; /* what is measured: a path in the archive, or NULL */
    lq_format format;  /* of that */
    uint32_t plate;
    bool chosen_here;
    char entry_id[24], plate_id[24];
} run;

static json_t *failure_of(const run *r)
{
    const lq_error *error = lq_context_error(r->context);
    /* The limits of memory are the service's. */
    const char *code = error->status == LQ_ERR_MEMORY ? "resource_limit" : error->code;
    return json_pack("{s:s, s:s}", "code", *code ? code : "internal", "message", error->message);
}

/* Content that is no model at all is refused at once, and so is an archive that is made to burst. */
static const char *refusal_of(const run *r)
{
    const lq_error *error = lq_context_error(r->context);
    if (strcmp(error->code, "unsupported_format") == 0 || strcmp(error->code, "empty_file") == 0)
        return "unsupported_format";
    return error->status == LQ_ERR_LIMIT ? "archive_limits" : NULL;
}

static json_t *list_entries(const run *r)
{
    json_t *entries = json_array();
    lq_entry entry;
    size_t left = NAMES_MAX;
    for (size_t i = 0; i < SV_ENTRIES_MAX && lq_model_entry(r->model, i, &entry) == LQ_OK; i++) {
        char id[24];
        const size_t size = strlen(entry.name);
        if (size > left) break;
        left -= size;
        snprintf(id, sizeof id, "ent_%zu", i + 1);
        json_array_append_new(entries, json_pack("{s:s, s:s, s:I, s:s, s:b, s:s?}", "id", id, "path", entry.name,
                                                 "size", (json_int_t)entry.size, "format", lq_format_name(entry.format),
                                                 "printable", entry.quotable != 0, "reason", entry.reason));
    }
    return entries;
}

/* The engine bounds each entry; the service bounds their sum, too. */
static bool unpacks_to_too_much(const run *r)
{
    uint64_t left = (uint64_t)r->asked->config->unpacked_bytes;
    lq_entry entry;
    for (size_t i = 0; lq_model_entry(r->model, i, &entry) == LQ_OK; i++) {
        if (entry.size > left) return true;
        left -= entry.size;
    }
    return false;
}

static bool open_model(run *r, const lq_source *source, int answers)
{
    if (lq_model_open(r->context, source, NULL, &r->model) != LQ_OK) {
        sv_child_say(answers,
                     json_pack("{s:b, s:s?, s:o}", "opened", 0, "refuse", refusal_of(r), "failure", failure_of(r)));
        return false;
    }
    if (unpacks_to_too_much(r)) {
        sv_child_say(answers,
                     json_pack("{s:b, s:s, s:{s:s, s:s}}", "opened", 0, "refuse", "archive_limits", "failure", "code",
                               "zip_bomb", "message", "The archive would unpack to far too much data."));
        return false;
    }
    r->format = lq_model_format(r->model);
    json_t *entries = r->format == LQ_FORMAT_ZIP ? list_entries(r) : NULL;
    if (entries) json_object_set(r->result, "entries", entries);
    sv_child_say(answers,
                 json_pack("{s:b, s:s, s:o*}", "opened", 1, "format", lq_format_name(r->format), "entries", entries));
    return true;
}

static void end_as(run *r, const char *status, json_t *failure)
{
    json_object_set_new(r->result, "status", json_string(status));
    if (failure) json_object_set_new(r->result, "failure", failure);
}

/* The entry that was pinned, or the only one that can be printed. false: the run has ended. */
static bool choose_entry(run *r)
{
    size_t count = 0, only = 0;
    lq_entry entry;
    if (r->format != LQ_FORMAT_ZIP) return true;
    if (r->asked->entry_id) {
        only = (size_t)strtoul(r->asked->entry_id + strlen("ent_"), NULL, 10) - 1;
        count = lq_model_entry(r->model, only, &entry) == LQ_OK && entry.quotable;
    } else {
        for (size_t i = 0; i < lq_model_entry_count(r->model); i++)
            if (lq_model_entry(r->model, i, &entry) == LQ_OK && entry.quotable) only = i, count++;
        r->chosen_here = true;
    }
    if (count != 1) {
        if (count)
            end_as(r, "needs_selection", NULL);
        else
            end_as(r, "failed",
                   json_pack("{s:s, s:s}", "code", "archive_no_model", "message",
                             "The archive holds no model that can be printed."));
        return false;
    }
    lq_model_entry(r->model, only, &entry);
    r->entry = entry.name;
    r->format = entry.format;
    snprintf(r->entry_id, sizeof r->entry_id, "ent_%zu", only + 1);
    return true;
}

static json_t *list_plates(const lq_contents *contents)
{
    json_t *plates = json_array();
    lq_plate plate;
    size_t left = NAMES_MAX;
    for (size_t i = 0; i < PLATES_MAX && lq_contents_plate(contents, i, &plate) == LQ_OK; i++) {
        char id[24];
        const size_t size = plate.name ? strlen(plate.name) : 0;
        if (size > left) break;
        left -= size;
        snprintf(id, sizeof id, "plate_%u", plate.number);
        json_array_append_new(plates, json_pack("{s:s, s:s?, s:I}", "id", id, "name", plate.name, "objects",
                                                (json_int_t)plate.printable_item_count));
    }
    return plates;
}

/* The same for plates. A model without plates counts as one with all its items. */
static bool choose_plate(run *r)
{
    const lq_contents *contents;
    if (r->format != LQ_FORMAT_3MF) return true;
    if (lq_model_contents(r->model, r->entry, &contents) != LQ_OK) {
        end_as(r, "failed", failure_of(r));
        return false;
    }
    json_t *plates = list_plates(contents), *only = json_array_get(plates, 0);
    const size_t count = json_array_size(plates);
    json_object_set_new(r->result, "plates", plates);
    if (r->asked->plate_id) {
        r->plate = (uint32_t)strtoul(r->asked->plate_id + strlen("plate_"), NULL, 10);
        snprintf(r->plate_id, sizeof r->plate_id, "plate_%u", r->plate);
        return true;
    }
    if (count > 1) {
        end_as(r, "needs_selection", NULL);
        return false;
    }
    if (only) {
        snprintf(r->plate_id, sizeof r->plate_id, "%s", sv_json_text(only, "id"));
        r->chosen_here = true;
    }
    return true;
}

static void tell_choice(run *r)
{
    const char *entry = *r->entry_id ? r->entry_id : NULL, *plate = *r->plate_id ? r->plate_id : NULL;
    json_object_set_new(r->result, "selection", json_pack("{s:s?, s:i}", "entry", r->entry, "plate", (int)r->plate));
    if (r->chosen_here && (entry || plate))
        json_object_set_new(r->result, "pinned", json_pack("{s:s?, s:s?}", "entry_id", entry, "plate_id", plate));
}

static void measure(run *r, int64_t began_us)
{
    const bool stl = r->format == LQ_FORMAT_STL_BINARY || r->format == LQ_FORMAT_STL_ASCII;
    const lq_selection selection = {.struct_size = sizeof selection,
                                    .entry = r->entry,
                                    .plate = r->plate,
                                    .unit = stl ? sv_engine_unit(r->asked->units) : LQ_UNIT_DEFAULT,
                                    .scale = r->asked->scale};
    lq_part *part = NULL;
    lq_report *report = NULL;
    json_t *analysis = NULL;
    bool good =
        lq_part_read(r->model, &selection, &part) == LQ_OK && lq_part_analyse(r->context, part, NULL, &report) == LQ_OK;
    if (good) analysis = sv_findings(r->context, report);
    if (analysis) {
        json_object_set_new(analysis, "duration_ms", json_integer((sv_monotonic_us() - began_us) / 1000));
        json_object_set_new(r->result, "analysis", analysis);
        json_t *saved = sv_measured_text(r->context, report);
        if (saved) json_object_set_new(r->result, "report", saved);
        end_as(r, "ready", NULL);
    } else {
        end_as(r, "failed", failure_of(r));
    }
}

void sv_analyse(void *what, int answers)
{
    const sv_analysis *asked = what;
    const int64_t began = sv_monotonic_us();
    run r = {.asked = asked, .context = sv_engine_context(asked->config), .result = json_object()};
    const size_t size = (size_t)asked->size;
    void *bytes = size ? mmap(NULL, size, PROT_READ, MAP_PRIVATE, asked->file, 0) : NULL;
    lq_source source;
    if (!r.context || bytes == MAP_FAILED) _exit(1);
    lq_source_memory(bytes ? bytes : "", size, asked->name, &source);
    if (!open_model(&r, &source, answers)) return;
    if (choose_entry(&r) && choose_plate(&r)) {
        tell_choice(&r);
        measure(&r, began);
    }
    sv_child_say(answers, json_incref(r.result)); /* the process ends: nothing is given back one by one */
}

lq_selection sv_engine_selection(const sv_object *part)
{
    const json_t *chosen = json_object_get(part->private, "selection");
    const bool own_units = strcmp(sv_json_text(part->body, "analysis.units.source"), "option") == 0;
    return (lq_selection){.struct_size = sizeof(lq_selection),
                          .entry = json_string_value(json_object_get(chosen, "entry")),
                          .plate = (uint32_t)sv_json_integer(chosen, "plate"),
                          .unit = own_units ? sv_engine_unit(json_string_value(json_object_get(part->body, "units")))
                                            : LQ_UNIT_DEFAULT,
                          .scale = json_number_value(json_object_get(part->body, "scale"))};
}
