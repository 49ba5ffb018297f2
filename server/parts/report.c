#include "parts/report.h"

#include <stdlib.h>
#include <string.h>

#include "parts/analyse.h"
#include "parts/measured.h"

/* In one worker. */
#define REPORTS_MAX 64
#define HELD_BYTES_MAX ((uint64_t)128 << 20)

typedef struct estimated {
    const lq_book *book;
    char *name; /* what was asked for */
    lq_estimates *estimates;
} estimated;

typedef struct kept {
    char *name; /* which bytes, and how they are read */
    lq_report *report;
    estimated *estimated;
    size_t estimated_count;
    uint64_t used; /* the clock of the last use */
} kept;

struct sv_reports {
    kept *entries;
    size_t count;
    uint64_t clock;
};

/* ---- which part of which file ---- */

static char *name_of(const sv_object *part)
{
    const lq_selection selection = sv_engine_selection(part);
    sv_text name = {0};
    sv_text_format(&name, "%s %u %d %.17g %s", sv_json_text(part->body, "file.sha256"), selection.plate,
                   (int)selection.unit, selection.scale, selection.entry ? selection.entry : "");
    return name.data;
}

/* ---- what is kept ---- */

static struct sv_reports *reports_of(sv_app *app)
{
    if (!app->reports) app->reports = sv_alloc(1, sizeof *app->reports);
    return app->reports;
}

static void free_entry(kept *e)
{
    for (size_t i = 0; i < e->estimated_count; i++) {
        lq_estimates_destroy(e->estimated[i].estimates);
        free(e->estimated[i].name);
    }
    free(e->estimated);
    free(e->name);
    lq_report_destroy(e->report);
}

static kept *find(struct sv_reports *reports, const char *name)
{
    for (size_t i = 0; i < reports->count; i++) {
        if (strcmp(reports->entries[i].name, name) != 0) continue;
        reports->entries[i].used = ++reports->clock;
        return &reports->entries[i];
    }
    return NULL;
}

static kept *find_or_measure(sv_app *app, const sv_object *part)
{
    struct sv_reports *reports = reports_of(app);
    char *name = name_of(part);
    kept *known = find(reports, name);
    if (known) {
        free(name);
        return known;
    }
    lq_report *report = NULL;
    const sv_measuring asked = {.part = part};
    sv_measured made = sv_measured_get(app, &asked);
    lq_report_load(app->context, made.bytes, made.size, &report);
    free(made.bytes);
    if (!report) {
        free(name);
        return NULL;
    }
    reports->entries = sv_grow(reports->entries, reports->count + 1, sizeof *reports->entries);
    reports->entries[reports->count] = (kept){.name = name, .report = report, .used = ++reports->clock};
    return &reports->entries[reports->count++];
}

const lq_report *sv_part_report(sv_app *app, const sv_object *part)
{
    kept *known = find_or_measure(app, part);
    return known ? known->report : NULL;
}

/* ---- estimates ---- */

static bool same_name(const estimated *e, const lq_book *book, const char *name)
{
    return e->book == book && strcmp(e->name, name) == 0;
}

static char *name_of_request(const lq_quote_request *request)
{
    sv_text name = {0};
    sv_text_format(&name, "%u %d", request->common.layer_um, request->common.infill_percent);
    for (size_t i = 0; i < request->material_count; i++) sv_text_format(&name, " %s", request->material_ids[i]);
    return name.data;
}

/* What is wrong with the request is said by the engine here: a child only tells that there is nothing. */
static lq_estimates *make_estimates(sv_app *app, const sv_object *part, const lq_report *report, const lq_book *book,
                                    const lq_quote_request *request, const char *name)
{
    lq_estimates *estimates = NULL;
    lq_quote *by_formula = NULL;
    lq_quote_request wrong = *request;
    wrong.estimates = NULL;
    if (lq_quote_make(app->context, report, book, &wrong, &by_formula) != LQ_OK) return NULL;
    lq_quote_destroy(by_formula);
    const sv_measuring asked = {part, report, book, request, name};
    sv_measured made = sv_measured_get(app, &asked);
    lq_estimates_load(app->context, made.bytes, made.size, book, &estimates);
    free(made.bytes);
    return estimates;
}

const lq_estimates *sv_part_estimates(sv_app *app, const sv_object *part, const lq_book *book,
                                      const lq_quote_request *request)
{
    kept *e = find_or_measure(app, part);
    if (!e) return NULL;
    char *name = name_of_request(request);
    for (size_t i = 0; i < e->estimated_count; i++) {
        if (!same_name(&e->estimated[i], book, name)) continue;
        free(name);
        return e->estimated[i].estimates;
    }
    lq_estimates *estimates = make_estimates(app, part, e->report, book, request, name);
    if (!estimates) {
        free(name);
        return NULL;
    }
    e->estimated = sv_grow(e->estimated, e->estimated_count + 1, sizeof *e->estimated);
    e->estimated[e->estimated_count++] = (estimated){book, name, estimates};
    return estimates;
}

/* ---- room ---- */

static void drop_least_used(struct sv_reports *reports)
{
    size_t oldest = 0;
    for (size_t i = 1; i < reports->count; i++)
        if (reports->entries[i].used < reports->entries[oldest].used) oldest = i;
    free_entry(&reports->entries[oldest]);
    reports->entries[oldest] = reports->entries[--reports->count];
}

void sv_reports_trim(sv_app *app)
{
    struct sv_reports *reports = app->reports;
    while (reports && reports->count &&
           (reports->count > REPORTS_MAX || lq_context_memory_held(app->context) > HELD_BYTES_MAX))
        drop_least_used(reports);
}

void sv_reports_forget_book(sv_app *app, const lq_book *book)
{
    for (size_t i = 0; app->reports && i < app->reports->count; i++) {
        kept *e = &app->reports->entries[i];
        size_t left = 0;
        for (size_t k = 0; k < e->estimated_count; k++) {
            if (e->estimated[k].book != book) {
                e->estimated[left++] = e->estimated[k];
                continue;
            }
            lq_estimates_destroy(e->estimated[k].estimates);
            free(e->estimated[k].name);
        }
        e->estimated_count = left;
    }
}

void sv_reports_free(sv_app *app)
{
    while (app->reports && app->reports->count) drop_least_used(app->reports);
    if (app->reports) free(app->reports->entries);
    free(app->reports);
    app->reports = NULL;
}
