#include "api/quote.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "api/estimate.h"
#include "base/context.h"
#include "base/memory.h"
#include "price/fit.h"
#include "price/formula.h"
#include "price/money.h"

enum { OPTION_COUNT_MAX = 10000, OWN_ISSUES_MAX = 12 };

/* What is the same for every option. */
typedef struct work {
    lq_context *context;
    lq_quote *quote;
    const lq_facts *facts;
    lq_request request;
    lq_measure measure; /* as the part stands; support 0 where it was not measured */
    int64_t box_um[3];
    bool support_unknown;
    bool review; /* by the report */
    lqi_choice choice;
    const lq_estimates *estimates; /* NULL: none were given */
} work;

/* Issues of one option while they are gathered. */
typedef struct gathered {
    lq_diagnostic items[OWN_ISSUES_MAX];
    size_t count;
    lq_status status;
} gathered;

static lq_diagnostic *add_issue(work *w, gathered *list, const char *code, lq_severity severity, const char *format,
                                ...) __attribute__((format(printf, 5, 6)));

static lq_diagnostic *add_issue(work *w, gathered *list, const char *code, lq_severity severity, const char *format,
                                ...)
{
    static const lq_diagnostic nothing = {0};
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    lq_diagnostic *issue = &list->items[list->count < OWN_ISSUES_MAX - 1 ? list->count++ : list->count];
    *issue = nothing;
    issue->code = code;
    issue->severity = severity;
    issue->count = 1;
    issue->message = lqi_arena_text(&w->quote->arena, text, strlen(text));
    if (!issue->message) list->status = lqi_memory_status(w->context);
    issue->measure_value = issue->volume_delta_mm3 = issue->area_delta_mm2 = issue->confidence = NAN;
    for (int i = 0; i < 3; i++) issue->point_mm[i] = NAN;
    issue->triangle = issue->shell = -1;
    return issue;
}

static void set_measure(lq_diagnostic *issue, const char *name, double value, const char *unit)
{
    issue->measure_name = name;
    issue->measure_value = value;
    issue->measure_unit = unit;
}

/* "250 x 210 x 80.5 mm", from integers so that no locale can touch it. */
static const char *box_text(const int64_t box_um[3], char text[96])
{
    size_t size = 0;
    for (int i = 0; i < 3; i++) {
        int64_t tenths = (box_um[i] + 50) / 100;
        size += (size_t)snprintf(text + size, 96 - size, "%s%lld", i ? " x " : "", (long long)(tenths / 10));
        if (tenths % 10) size += (size_t)snprintf(text + size, 96 - size, ".%d", (int)(tenths % 10));
    }
    snprintf(text + size, 96 - size, " mm");
    return text;
}

/* ---- what the report says ---- */

static bool stops(const work *w, const lq_diagnostic *diagnostic)
{
    return diagnostic->severity == LQ_SEVERITY_BLOCKER &&
           (!diagnostic->repaired || w->facts->verdict == LQ_VERDICT_REJECT);
}

static bool asks_for_review(const work *w, const lq_diagnostic *diagnostic)
{
    const lqi_words *listed = &w->quote->book->review_on;
    if (diagnostic->severity != LQ_SEVERITY_WARN) return false;
    if (w->facts->verdict == LQ_VERDICT_REVIEW && !diagnostic->repaired) return true;
    for (size_t i = 0; i < listed->count; i++)
        if (strcmp(listed->items[i], diagnostic->code) == 0) return true;
    return false;
}

static lq_status copy_report_issues(work *w, bool (*wanted)(const work *, const lq_diagnostic *), lqi_issues *list)
{
    size_t all = lq_report_diagnostic_count(w->quote->report), count = 0;
    lq_diagnostic diagnostic;
    for (size_t i = 0; i < all; i++) {
        LQI_TRY(lq_report_diagnostic(w->quote->report, i, &diagnostic));
        count += wanted(w, &diagnostic);
    }
    if (!count) return LQ_OK;
    list->items = lqi_arena_alloc(&w->quote->arena, count * sizeof *list->items);
    if (!list->items) return lqi_memory_status(w->context);
    for (size_t i = 0; i < all; i++) {
        LQI_TRY(lq_report_diagnostic(w->quote->report, i, &diagnostic));
        if (wanted(w, &diagnostic)) list->items[list->count++] = diagnostic;
    }
    return LQ_OK;
}

/* A part of which not even the volume is known has no price, whatever the verdict says. */
static lq_status require_measures(work *w)
{
    lqi_issues *blockers = &w->quote->blockers;
    bool known = isfinite(w->measure.volume_mm3) && isfinite(w->measure.area_mm2);
    for (int i = 0; i < 3; i++) known = known && isfinite(w->measure.box_mm[i]);
    if (blockers->count || (known && w->facts->verdict != LQ_VERDICT_REJECT)) return LQ_OK;
    gathered list = {.status = LQ_OK};
    add_issue(w, &list, known ? "unfixable_mesh_errors" : "volume_uncertain", LQ_SEVERITY_BLOCKER,
              "The volume of this part cannot be measured, so it has no price.");
    blockers->items = lqi_arena_alloc(&w->quote->arena, sizeof *blockers->items);
    if (list.status != LQ_OK || !blockers->items) return lqi_memory_status(w->context);
    blockers->items[0] = list.items[0];
    blockers->count = 1;
    return LQ_OK;
}

bool lqi_box_in_um(const lq_facts *facts, int64_t box_um[3])
{
    const int64_t far_too_long = 1000000000000;
    bool known = true;
    for (int i = 0; i < 3; i++) {
        double side_mm = facts->box_max_mm[i] - facts->box_min_mm[i];
        if (lqi_round_measure(side_mm * 1000, far_too_long, &box_um[i])) continue;
        box_um[i] = far_too_long;
        known = false;
    }
    return known;
}

static lq_status look_at_report(work *w)
{
    const lq_facts *facts = w->facts = lq_report_facts(w->quote->report);
    w->measure = (lq_measure){.volume_mm3 = facts->volume_mm3,
                              .area_mm2 = facts->area_mm2,
                              .support_volume_mm3 = facts->support_volume_mm3,
                              .support_contact_mm2 = facts->support_contact_mm2};
    w->support_unknown = isnan(facts->support_volume_mm3) || isnan(facts->support_contact_mm2);
    if (w->support_unknown) w->measure.support_volume_mm3 = w->measure.support_contact_mm2 = 0;
    for (int i = 0; i < 3; i++) w->measure.box_mm[i] = facts->box_max_mm[i] - facts->box_min_mm[i];
    lqi_box_in_um(facts, w->box_um);
    LQI_TRY(copy_report_issues(w, stops, &w->quote->blockers));
    LQI_TRY(copy_report_issues(w, asks_for_review, &w->quote->warnings));
    w->review = facts->verdict == LQ_VERDICT_REVIEW || w->quote->warnings.count > 0;
    return require_measures(w);
}

/* ---- one material ---- */

/* Puts the part into the machine; *measure gets the turned box, *up the axis of the part that stands upright. */
static void check_limits(work *w, gathered *list, lq_measure *measure, int *up)
{
    const lqi_material *material = w->choice.material;
    const lqi_limits *limits = &material->limits;
    char part[96], machine[96];
    int turn[3];
    lqi_fit fit = lqi_fit_box(limits, w->box_um, turn);
    int64_t turned_um[3];
    *up = turn[2];
    for (int i = 0; i < 3; i++) {
        measure->box_mm[i] = w->measure.box_mm[turn[i]];
        turned_um[i] = w->box_um[turn[i]];
    }
    int64_t longest = turned_um[0], shortest = turned_um[0];
    for (int i = 1; i < 3; i++) {
        if (turned_um[i] > longest) longest = turned_um[i];
        if (turned_um[i] < shortest) shortest = turned_um[i];
    }
    lq_diagnostic *issue;
    switch (fit) {
    case LQI_FITS: break;
    case LQI_FITS_TURNED:
        add_issue(w, list, "fits_rotated", LQ_SEVERITY_INFO,
                  "The part fits after it is turned by right angles; the price is for it standing as %s.",
                  box_text(turned_um, part));
        break;
    case LQI_TOO_LARGE:
        issue = add_issue(w, list, "part_too_large_for_material", LQ_SEVERITY_BLOCKER,
                          "The part measures %s; parts of %s can be %s at most.", box_text(w->box_um, part),
                          material->name, box_text(limits->max_um, machine));
        set_measure(issue, "length_mm", (double)longest / 1000, "mm");
        break;
    case LQI_TOO_SMALL:
        issue = add_issue(w, list, "part_too_small", LQ_SEVERITY_BLOCKER,
                          "The part measures %s; parts of %s must be %s at least.", box_text(w->box_um, part),
                          material->name, box_text(limits->min_um, machine));
        set_measure(issue, "length_mm", (double)shortest / 1000, "mm");
        break;
    }
    if (limits->triangles_max && w->facts->triangle_count > (uint64_t)limits->triangles_max) {
        issue =
            add_issue(w, list, "triangle_limit_exceeded", LQ_SEVERITY_BLOCKER,
                      "The file has %llu triangles; %s is made from files of at most %lld.",
                      (unsigned long long)w->facts->triangle_count, material->name, (long long)limits->triangles_max);
        set_measure(issue, "triangles", (double)w->facts->triangle_count, NULL);
    }
    bool by_machine = material->process->has_machine && w->estimates;
    if (w->support_unknown && material->process->kind != LQI_PROCESS_POWDER && !by_machine)
        add_issue(w, list, "support_not_measured", LQ_SEVERITY_INFO,
                  "The support this part needs was not measured; the price holds none.");
}

/* What the estimate is less sure of. A slicer that refuses the part as it stands may take it turned: a person looks. */
static void check_estimate(work *w, gathered *list, const lqi_book_estimate *estimated)
{
    if (!estimated) {
        add_issue(w, list, "not_estimated", LQ_SEVERITY_INFO,
                  "Material and time are by the formula of the price book, not by an estimate of its machine.");
        return;
    }
    const lqi_notes *flags = &estimated->estimate->flags;
    for (size_t i = 0; i < flags->count; i++)
        add_issue(w, list, flags->items[i].code,
                  flags->items[i].severity == LQ_SEVERITY_INFO ? LQ_SEVERITY_INFO : LQ_SEVERITY_WARN, "%s",
                  flags->items[i].message);
}

static void check_rules(work *w, gathered *list)
{
    lqi_refusal refusal;
    if (!lqi_allow_country(&w->choice, &refusal))
        add_issue(w, list, "country_not_served", LQ_SEVERITY_BLOCKER, "%s is not sent to %s.", w->choice.material->name,
                  w->choice.country);
    const char *rule = lqi_review_rule(&w->choice);
    if (rule) add_issue(w, list, "review_required", LQ_SEVERITY_WARN, "A person looks at this order first: %s.", rule);
}

static bool has(const gathered *list, lq_severity severity)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].severity == severity) return true;
    return false;
}

/* Falling severity, then code: the order of reports. The list is short. */
static void sort(gathered *list)
{
    for (size_t i = 1; i < list->count; i++) {
        lq_diagnostic moved = list->items[i];
        size_t at = i;
        for (; at > 0; at--) {
            const lq_diagnostic *before = &list->items[at - 1];
            if (before->severity > moved.severity) break;
            if (before->severity == moved.severity && strcmp(before->code, moved.code) <= 0) break;
            list->items[at] = *before;
        }
        list->items[at] = moved;
    }
}

static lq_status make_option(work *w, const gathered *of_material, const lq_measure *measure,
                             const lqi_book_estimate *estimated, uint32_t quantity, lqi_option *option)
{
    gathered list = *of_material;
    lqi_choice *choice = &w->choice;
    lqi_refusal refusal;
    lq_price_result price = {0};
    choice->quantity = quantity;
    if (!lqi_allow_quantity(choice, &refusal)) {
        if (quantity > w->quote->book->terms.quantity_max) return lqi_refuse(w->context, &refusal);
        add_issue(w, &list, "quantity_cap", LQ_SEVERITY_BLOCKER, "At most %lld parts of %s can be ordered at once.",
                  (long long)choice->quantity_max, choice->material->name);
    }
    bool blocked = w->quote->blockers.count > 0 || has(&list, LQ_SEVERITY_BLOCKER);
    if (!blocked) {
        LQI_TRY(lqi_price(w->context, measure, choice, estimated ? &estimated->extruded : NULL, &price));
        if (lqi_price_needs_review(choice, &price))
            add_issue(w, &list, "price_over_review_limit", LQ_SEVERITY_WARN,
                      "Orders of this amount are looked at by a person first.");
    }
    bool review = w->review || has(&list, LQ_SEVERITY_WARN);
    sort(&list);
    LQI_TRY(list.status);
    lqi_issues own = {.count = list.count};
    if (list.count) {
        own.items = lqi_arena_alloc(&w->quote->arena, list.count * sizeof *own.items);
        if (!own.items) return lqi_memory_status(w->context);
        memcpy(own.items, list.items, list.count * sizeof *own.items);
    }
    const lqi_issues *shared = w->quote->blockers.count ? &w->quote->blockers : blocked ? NULL : &w->quote->warnings;
    *option = (lqi_option){
        .seen = {.material_id = choice->material->id,
                 .material_name = choice->material->name,
                 .status = blocked  ? LQ_OPTION_NOT_PRINTABLE
                           : review ? LQ_OPTION_NEEDS_REVIEW
                                    : LQ_OPTION_PRINTABLE,
                 .quantity = quantity,
                 .issue_count = own.count + (shared ? shared->count : 0),
                 .price = price,
                 .estimated = estimated && !blocked ? &estimated->estimate->facts : NULL},
        .color_id = choice->color ? choice->color->id : NULL,
        .finish_id = choice->finish ? choice->finish->id : NULL,
        .layer_um = choice->layer_um,
        .infill_percent = choice->infill_percent,
        .own = own,
        .shared = shared,
    };
    return LQ_OK;
}

bool lqi_lacks(const lqi_refusal *refusal)
{
    return refusal->reason == LQI_COLOR_NOT_IN_MATERIAL || refusal->reason == LQI_FINISH_NOT_IN_MATERIAL ||
           refusal->reason == LQI_LAYER_HEIGHT_UNSUPPORTED || refusal->reason == LQI_INFILL_UNSUPPORTED;
}

static lq_status make_options(work *w, const lqi_material *material, const lq_quote_request *request, bool named)
{
    static const uint32_t one[] = {1};
    const uint32_t *quantities = request->quantities ? request->quantities : one;
    size_t count = request->quantities ? request->quantity_count : 1;
    lqi_refusal refusal;
    if (!lqi_choose_material(material, &w->request, &w->choice, &refusal))
        return !named && lqi_lacks(&refusal) ? LQ_OK : lqi_refuse(w->context, &refusal);
    gathered of_material = {.status = LQ_OK};
    lq_measure measure = w->measure;
    const lqi_book_estimate *estimated = NULL;
    int up;
    check_limits(w, &of_material, &measure, &up);
    if (w->estimates) estimated = lqi_estimates_find(w->estimates, &w->choice, up);
    bool unfit = w->quote->blockers.count > 0 || has(&of_material, LQ_SEVERITY_BLOCKER);
    if (material->process->has_machine && !unfit) check_estimate(w, &of_material, estimated);
    check_rules(w, &of_material);
    LQI_TRY(of_material.status);
    for (size_t i = 0; i < count; i++) {
        if (quantities[i] == 0) return lqi_fail(w->context, LQI_QUANTITY_UNSUPPORTED, -1, "A quantity is at least 1.");
        lqi_option *option = &w->quote->options[w->quote->option_count];
        LQI_TRY(make_option(w, &of_material, &measure, estimated, quantities[i], option));
        w->quote->option_count++;
    }
    return LQ_OK;
}

static lq_status make_quote(work *w, const lq_quote_request *request)
{
    lq_quote *quote = w->quote;
    const lq_book *book = quote->book;
    lqi_refusal refusal;
    bool named = request->material_ids != NULL;
    size_t materials = named ? request->material_count : book->material_count;
    size_t quantities = request->quantities ? request->quantity_count : 1;
    if (!materials || !quantities || materials > OPTION_COUNT_MAX || quantities > OPTION_COUNT_MAX / materials)
        return lqi_fail(w->context, LQI_ARGUMENT, -1, "A quote has 1 to %d materials times quantities.",
                        OPTION_COUNT_MAX);
    if (!lqi_choose_terms(book, &w->request, &w->choice, &refusal)) return lqi_refuse(w->context, &refusal);
    LQI_TRY(look_at_report(w));
    quote->options = lqi_arena_alloc(&quote->arena, materials * quantities * sizeof *quote->options);
    if (!quote->options) return lqi_memory_status(w->context);
    for (size_t i = 0; i < materials; i++) {
        const lqi_material *material = &book->materials[i];
        if (named) {
            material = lqi_find_material(book, request->material_ids[i], &refusal);
            if (!material) return lqi_refuse(w->context, &refusal);
        }
        if (material->offer != LQI_OFFER_ACTIVE) continue;
        LQI_TRY(make_options(w, material, request, named));
    }
    return LQ_OK;
}

lq_status lq_quote_make(lq_context *context, const lq_report *report, const lq_book *book,
                        const lq_quote_request *request, lq_quote **out)
{
    lq_quote_request given = {0};
    if (!context || !out) return LQ_ERR_ARGUMENT;
    *out = NULL;
    lqi_begin(context);
    if (!report || !book) return lqi_fail(context, LQI_ARGUMENT, -1, "A quote needs a report and a price book.");
    if (request)
        memcpy(&given, request,
               request->struct_size && request->struct_size < sizeof given ? request->struct_size : sizeof given);
    if (given.estimates && given.estimates->book != book)
        return lqi_fail(context, LQI_ARGUMENT, -1, "The estimates are of another price book.");
    lq_quote *quote = lqi_alloc_zeroed(context, 1, sizeof *quote);
    if (!quote) return lqi_memory_status(context);
    lqi_arena_init(&quote->arena, context);
    quote->report = report;
    quote->book = book;
    work w = {.context = context, .quote = quote, .request = given.common, .estimates = given.estimates};
    w.request.quantity = 1;
    lq_status status = make_quote(&w, &given);
    if (status == LQ_OK)
        *out = quote;
    else
        lq_quote_destroy(quote);
    return status;
}

void lq_quote_destroy(lq_quote *quote)
{
    if (!quote) return;
    lq_context *context = quote->arena.context;
    lqi_arena_free(&quote->arena);
    lqi_free(context, quote);
}

size_t lq_quote_option_count(const lq_quote *quote) { return quote->option_count; }

lq_status lq_quote_option(const lq_quote *quote, size_t index, lq_option *option)
{
    if (!quote || !option || index >= quote->option_count) return LQ_ERR_ARGUMENT;
    *option = quote->options[index].seen;
    return LQ_OK;
}

const lq_diagnostic *lqi_option_issue(const lqi_option *option, size_t index)
{
    if (index < option->own.count) return &option->own.items[index];
    index -= option->own.count;
    return option->shared && index < option->shared->count ? &option->shared->items[index] : NULL;
}

lq_status lq_quote_option_issue(const lq_quote *quote, size_t index, size_t issue_index, lq_diagnostic *issue)
{
    if (!quote || !issue || index >= quote->option_count) return LQ_ERR_ARGUMENT;
    const lq_diagnostic *found = lqi_option_issue(&quote->options[index], issue_index);
    if (!found) return LQ_ERR_ARGUMENT;
    *issue = *found;
    return LQ_OK;
}
