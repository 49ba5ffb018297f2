/* Options of a quote. The report is put together here, to say what no file could be found for. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "api/objects.h"
#include "base/memory.h"
#include "libquote.h"
#include "price/default_book.h"
#include "tests/support/lend.h"
#include "tests/support/price_books.h"

typedef struct fixture {
    lq_context *context;
    lq_book *book;
    lq_report report;
} fixture;

static void set_box(lq_report *report, double x, double y, double z)
{
    memcpy(report->facts.box_min_mm, (double[3]){-5, 0, 2}, sizeof report->facts.box_min_mm);
    memcpy(report->facts.box_max_mm, (double[3]){x - 5, y, z + 2}, sizeof report->facts.box_max_mm);
}

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    char *text = price_book_text();
    if (!f || lq_context_create(NULL, &f->context) != LQ_OK) return -1;
    if (lq_book_read(f->context, text, strlen(text), &f->book) != LQ_OK) return -1;
    free(text);
    f->report.context = f->context;
    lqi_notes_init(&f->report.notes, f->context);
    f->report.file = (lqi_file_facts){.name = "cube.stl", .family = "generic"};
    f->report.facts = (lq_facts){.triangle_count = 12, .volume_mm3 = 8000, .area_mm2 = 2400, .verdict = LQ_VERDICT_OK};
    set_box(&f->report, 20, 20, 20);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    lqi_notes_free(&f->report.notes);
    lq_book_destroy(f->book);
    uint64_t held = lq_context_memory_held(f->context);
    lq_context_destroy(f->context);
    free(f);
    return held == 0 ? 0 : -1;
}

static lq_quote *make(fixture *f, const lq_quote_request *request)
{
    lq_quote *quote;
    lq_status status = lq_quote_make(f->context, &f->report, f->book, request, &quote);
    if (status != LQ_OK) print_error("%s\n", lq_context_error(f->context)->message);
    assert_int_equal(status, LQ_OK);
    return quote;
}

static lq_option option_of(const lq_quote *quote, const char *material_id)
{
    lq_option option = {0};
    for (size_t i = 0; i < lq_quote_option_count(quote); i++) {
        assert_int_equal(lq_quote_option(quote, i, &option), LQ_OK);
        if (strcmp(option.material_id, material_id) == 0) return option;
    }
    fail_msg("no option in %s", material_id);
    return option;
}

static bool has_issue(const lq_quote *quote, const char *material_id, const char *code, lq_severity severity)
{
    for (size_t i = 0; i < lq_quote_option_count(quote); i++) {
        lq_option option;
        lq_diagnostic issue;
        assert_int_equal(lq_quote_option(quote, i, &option), LQ_OK);
        if (strcmp(option.material_id, material_id) != 0) continue;
        for (size_t k = 0; k < option.issue_count; k++) {
            assert_int_equal(lq_quote_option_issue(quote, i, k, &issue), LQ_OK);
            assert_true(issue.message && issue.message[0]);
            if (strcmp(issue.code, code) == 0 && issue.severity == severity) return true;
        }
        assert_int_equal(lq_quote_option_issue(quote, i, option.issue_count, &issue), LQ_ERR_ARGUMENT);
    }
    return false;
}

static void every_active_material(void **state)
{
    fixture *f = *state;
    lq_quote *quote = make(f, NULL);
    assert_int_equal(lq_quote_option_count(quote), 4);
    lq_option option = option_of(quote, "mat_pla");
    assert_int_equal(option.status, LQ_OPTION_PRINTABLE);
    assert_string_equal(option.material_name, "PLA");
    assert_int_equal(option.quantity, 1);
    assert_int_equal(option.issue_count, 0);
    assert_int_equal(option.price.line_minor, 600);
    assert_int_equal(lq_quote_option(quote, 4, &option), LQ_ERR_ARGUMENT);
    lq_quote_destroy(quote);
    lq_quote_destroy(NULL);
}

static void materials_times_quantities(void **state)
{
    fixture *f = *state;
    const char *const materials[] = {"mat_pa12", "mat_pla"};
    const uint32_t quantities[] = {1, 10, 100};
    lq_quote *quote = make(f, &(lq_quote_request){.struct_size = sizeof(lq_quote_request),
                                                  .material_ids = materials,
                                                  .material_count = 2,
                                                  .quantities = quantities,
                                                  .quantity_count = 3});
    assert_int_equal(lq_quote_option_count(quote), 6);
    lq_option option;
    static const int64_t lines[] = {600, 2590, 20450};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(lq_quote_option(quote, 3 + i, &option), LQ_OK);
        assert_string_equal(option.material_id, "mat_pla");
        assert_int_equal(option.quantity, quantities[i]);
        assert_int_equal(option.price.line_minor, lines[i]);
    }
    lq_quote_destroy(quote);
}

/* With all materials, what one lacks leaves it out; asked for by name it is a mistake. */
static void lacking_materials(void **state)
{
    fixture *f = *state;
    lq_quote_request request = {.struct_size = sizeof request, .common = {.color_id = "col_glow"}};
    lq_quote *quote = make(f, &request);
    assert_int_equal(lq_quote_option_count(quote), 1);
    lq_quote_destroy(quote);
    request.common = (lq_request){.infill_percent = 50};
    quote = make(f, &request);
    assert_int_equal(lq_quote_option_count(quote), 1);
    lq_quote_destroy(quote);

    static const struct {
        const char *material;
        lq_request common;
        uint32_t quantity;
        const char *code;
    } cases[] = {
        {"mat_resin", {.color_id = "col_glow"}, 1, "color_not_in_material"},
        {"mat_pla", {.finish_id = "fin_dye"}, 1, "finish_not_in_material"},
        {"mat_pa12", {.layer_um = 200}, 1, "layer_height_unsupported"},
        {"mat_resin", {.infill_percent = 50}, 1, "infill_unsupported"},
        {"mat_gone", {0}, 1, "material_unknown"},
        {"mat_pla", {.currency = "USD"}, 1, "currency_unsupported"},
        {"mat_pla", {.country = "XX"}, 1, "invalid_country"},
        {"mat_pla", {.discount_code = "NONE"}, 1, "discount_invalid"},
        {"mat_pla", {0}, 100001, "quantity_unsupported"},
        {"mat_pla", {0}, 0, "quantity_unsupported"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        request = (lq_quote_request){.struct_size = sizeof request,
                                     .material_ids = &cases[i].material,
                                     .material_count = 1,
                                     .quantities = &cases[i].quantity,
                                     .quantity_count = 1,
                                     .common = cases[i].common};
        assert_int_equal(lq_quote_make(f->context, &f->report, f->book, &request, &quote), LQ_ERR_ARGUMENT);
        assert_null(quote);
        assert_string_equal(lq_context_error(f->context)->code, cases[i].code);
        assert_int_equal(lq_context_error(f->context)->offset, -1);
    }
    request =
        (lq_quote_request){.struct_size = sizeof request, .quantities = &cases[0].quantity, .quantity_count = 10001};
    assert_int_equal(lq_quote_make(f->context, &f->report, f->book, &request, &quote), LQ_ERR_ARGUMENT);
    assert_string_equal(lq_context_error(f->context)->code, "argument");
}

static void size_decides(void **state)
{
    fixture *f = *state;
    set_box(&f->report, 200, 220, 100); /* PLA: 250 x 210 x 210; resin: 192 x 120 x 240 */
    lq_quote *quote = make(f, NULL);
    assert_int_equal(option_of(quote, "mat_pla").status, LQ_OPTION_PRINTABLE);
    assert_true(has_issue(quote, "mat_pla", "fits_rotated", LQ_SEVERITY_INFO));
    assert_int_equal(option_of(quote, "mat_resin").status, LQ_OPTION_NOT_PRINTABLE);
    assert_true(has_issue(quote, "mat_resin", "part_too_large_for_material", LQ_SEVERITY_BLOCKER));
    assert_int_equal(option_of(quote, "mat_resin").price.line_minor, 0);
    assert_int_equal(option_of(quote, "mat_pa12").status, LQ_OPTION_PRINTABLE);
    assert_int_equal(option_of(quote, "mat_pa12").issue_count, 0);
    lq_quote_destroy(quote);

    set_box(&f->report, 0.8, 20, 20); /* lying it is thick enough */
    quote = make(f, NULL);
    assert_true(has_issue(quote, "mat_pa12", "fits_rotated", LQ_SEVERITY_INFO));
    lq_quote_destroy(quote);

    set_box(&f->report, 0.4, 20, 20);
    quote = make(f, NULL);
    assert_true(has_issue(quote, "mat_pa12", "part_too_small", LQ_SEVERITY_BLOCKER));
    assert_int_equal(option_of(quote, "mat_pa12").status, LQ_OPTION_NOT_PRINTABLE);
    assert_int_equal(option_of(quote, "mat_pla").status, LQ_OPTION_PRINTABLE);
    lq_quote_destroy(quote);

    set_box(&f->report, 20, 20, 20);
    f->report.facts.triangle_count = 1000001;
    quote = make(f, NULL);
    assert_true(has_issue(quote, "mat_pa12", "triangle_limit_exceeded", LQ_SEVERITY_BLOCKER));
    assert_int_equal(option_of(quote, "mat_pla").status, LQ_OPTION_PRINTABLE);
    lq_quote_destroy(quote);
}

/* 50 mm lying instead of 230 mm standing: fewer layers, so the machine works for less. */
static void turned_box_is_priced(void **state)
{
    fixture *f = *state;
    const char *const pla = "mat_pla";
    lq_quote_request request = {.struct_size = sizeof request, .material_ids = &pla, .material_count = 1};
    set_box(&f->report, 50, 60, 230);
    lq_quote *quote = make(f, &request);
    lq_request alone = {.struct_size = sizeof alone, .material_id = pla};
    lq_measure measure = {8000, 2400, {230, 60, 50}, 0, 0};
    lq_price_result price;
    assert_int_equal(lq_price(f->context, &measure, f->book, &alone, &price), LQ_OK);
    assert_int_equal(option_of(quote, pla).price.time_ms, price.time_ms);
    assert_int_equal(option_of(quote, pla).price.line_minor, price.line_minor);
    lq_quote_destroy(quote);
}

static void forget(fixture *f)
{
    lqi_notes_free(&f->report.notes);
    lqi_notes_init(&f->report.notes, f->context);
}

static void find(fixture *f, const char *code, lq_severity severity, int repaired)
{
    lqi_note *note;
    assert_int_equal(lqi_notes_add(&f->report.notes, code, severity, 1, -1, &note, "Something."), LQ_OK);
    note->repaired = repaired;
    lqi_notes_sort(&f->report.notes);
}

static void blockers_of_the_report(void **state)
{
    fixture *f = *state;
    find(f, "surface_not_solid", LQ_SEVERITY_BLOCKER, 0);
    find(f, "open_edges", LQ_SEVERITY_WARN, 1);
    f->report.facts.verdict = LQ_VERDICT_REJECT;
    lq_quote *quote = make(f, NULL);
    assert_int_equal(lq_quote_option_count(quote), 4);
    for (size_t i = 0; i < 4; i++) {
        lq_option option;
        lq_quote_option(quote, i, &option);
        assert_int_equal(option.status, LQ_OPTION_NOT_PRINTABLE);
        assert_int_equal(option.issue_count, 1);
        assert_true(has_issue(quote, option.material_id, "surface_not_solid", LQ_SEVERITY_BLOCKER));
    }
    lq_quote_destroy(quote);

    /* nothing to price, although nobody said so */
    forget(f);
    f->report.facts.verdict = LQ_VERDICT_OK;
    f->report.facts.volume_mm3 = NAN;
    quote = make(f, NULL);
    assert_int_equal(option_of(quote, "mat_pla").status, LQ_OPTION_NOT_PRINTABLE);
    assert_true(has_issue(quote, "mat_pla", "volume_uncertain", LQ_SEVERITY_BLOCKER));
    lq_quote_destroy(quote);
}

static void warnings_of_the_report(void **state)
{
    fixture *f = *state;
    find(f, "open_edges", LQ_SEVERITY_WARN, 1); /* repaired damage does not bother the seller */
    f->report.facts.verdict = LQ_VERDICT_OK_REPAIRED;
    lq_quote *quote = make(f, NULL);
    assert_int_equal(option_of(quote, "mat_pla").status, LQ_OPTION_PRINTABLE);
    assert_int_equal(option_of(quote, "mat_pla").issue_count, 0);
    lq_quote_destroy(quote);

    find(f, "wall_thin", LQ_SEVERITY_WARN, 0);
    f->report.facts.verdict = LQ_VERDICT_REVIEW;
    quote = make(f, NULL);
    assert_int_equal(option_of(quote, "mat_pla").status, LQ_OPTION_NEEDS_REVIEW);
    assert_int_equal(option_of(quote, "mat_pla").price.line_minor, 600);
    assert_int_equal(option_of(quote, "mat_pla").issue_count, 1);
    assert_true(has_issue(quote, "mat_pla", "wall_thin", LQ_SEVERITY_WARN));
    lq_quote_destroy(quote);

    forget(f);
    find(f, "volume_uncertain", LQ_SEVERITY_WARN, 1); /* review_on of the book */
    f->report.facts.verdict = LQ_VERDICT_OK_REPAIRED;
    quote = make(f, NULL);
    assert_int_equal(option_of(quote, "mat_pla").status, LQ_OPTION_NEEDS_REVIEW);
    assert_true(has_issue(quote, "mat_pla", "volume_uncertain", LQ_SEVERITY_WARN));
    lq_quote_destroy(quote);
}

static void unknown_support(void **state)
{
    fixture *f = *state;
    f->report.facts.support_volume_mm3 = f->report.facts.support_contact_mm2 = NAN;
    lq_quote *quote = make(f, NULL);
    assert_true(has_issue(quote, "mat_pla", "support_not_measured", LQ_SEVERITY_INFO));
    assert_true(has_issue(quote, "mat_resin", "support_not_measured", LQ_SEVERITY_INFO));
    assert_false(has_issue(quote, "mat_pa12", "support_not_measured", LQ_SEVERITY_INFO));
    assert_int_equal(option_of(quote, "mat_pla").price.line_minor, 600);
    assert_int_equal(option_of(quote, "mat_pla").status, LQ_OPTION_PRINTABLE);
    lq_quote_destroy(quote);
}

static void book_rules(void **state)
{
    fixture *f = *state;
    const char *const pa12 = "mat_pa12";
    uint32_t quantities[] = {1, 501};
    lq_quote_request request = {.struct_size = sizeof request,
                                .material_ids = &pa12,
                                .material_count = 1,
                                .quantities = quantities,
                                .quantity_count = 2};
    lq_option option;
    lq_quote *quote = make(f, &request);
    lq_quote_option(quote, 0, &option);
    assert_int_equal(option.status, LQ_OPTION_PRINTABLE);
    lq_quote_option(quote, 1, &option);
    assert_int_equal(option.status, LQ_OPTION_NOT_PRINTABLE);
    assert_true(has_issue(quote, pa12, "quantity_cap", LQ_SEVERITY_BLOCKER));
    lq_quote_destroy(quote);

    request.quantity_count = 1;
    request.common.country = "US";
    quote = make(f, &request);
    assert_int_equal(option_of(quote, pa12).status, LQ_OPTION_NOT_PRINTABLE);
    assert_true(has_issue(quote, pa12, "country_not_served", LQ_SEVERITY_BLOCKER));
    lq_quote_destroy(quote);

    request.common.country = "JP";
    quote = make(f, &request);
    assert_int_equal(option_of(quote, pa12).status, LQ_OPTION_NEEDS_REVIEW);
    assert_true(has_issue(quote, pa12, "review_required", LQ_SEVERITY_WARN));
    lq_quote_destroy(quote);

    request.common = (lq_request){.finish_id = "fin_wax"};
    quote = make(f, &request);
    assert_int_equal(option_of(quote, pa12).status, LQ_OPTION_NEEDS_REVIEW);
    lq_quote_destroy(quote);

    request.common = (lq_request){.hardware_minor = 98000, .currency = "EUR"}; /* above 1000.00 with the part */
    quote = make(f, &request);
    assert_int_equal(option_of(quote, pa12).status, LQ_OPTION_PRINTABLE);
    lq_quote_destroy(quote);
    request.common.hardware_minor = 100000;
    quote = make(f, &request);
    assert_int_equal(option_of(quote, pa12).status, LQ_OPTION_NEEDS_REVIEW);
    assert_true(has_issue(quote, pa12, "price_over_review_limit", LQ_SEVERITY_WARN));
    lq_quote_destroy(quote);
    request.common.currency = "JPY"; /* 100000 yen are far from 1000 euros */
    quote = make(f, &request);
    assert_int_equal(option_of(quote, pa12).status, LQ_OPTION_PRINTABLE);
    lq_quote_destroy(quote);
}

static void overflow_is_a_failure(void **state)
{
    fixture *f = *state;
    lq_quote_request request = {.struct_size = sizeof request, .common = {.hardware_minor = INT64_MAX}};
    lq_quote *quote;
    assert_int_equal(lq_quote_make(f->context, &f->report, f->book, &request, &quote), LQ_ERR_ARGUMENT);
    assert_string_equal(lq_context_error(f->context)->code, "price_overflow");
    assert_null(quote);
}

static json_t *quote_json(fixture *f, const lq_quote *quote)
{
    char *text;
    size_t size;
    assert_int_equal(lq_quote_json(f->context, quote, &text, &size), LQ_OK);
    assert_int_equal(strlen(text), size);
    json_error_t error;
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    if (!json) fail_msg("%s in %s", error.text, text);
    lqi_free(f->context, text);
    return json;
}

static void assert_members(const json_t *object, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!json_object_get(object, names[i])) fail_msg("%s is missing", names[i]);
    assert_int_equal(json_object_size(object), count);
}

static const char *const option_names[] = {
    "material_id", "color_id",   "finish_id", "layer_height_mm", "infill_percent", "quantity", "status",
    "issues",      "unit_price", "setup",     "line_total",      "breakdown",      "mass_g",   "material_volume_mm3",
    "time_s",      "lead_time",  "estimate"};
enum { OPTION_NAME_COUNT = sizeof option_names / sizeof *option_names };

static void quote_as_json(void **state)
{
    fixture *f = *state;
    set_box(&f->report, 20, 20, 20);
    lq_quote *quote = make(f, NULL);
    json_t *json = quote_json(f, quote);
    static const char *const top[] = {"schema", "engine_version", "report", "book", "options"};
    assert_members(json, top, 5);
    assert_string_equal(json_string_value(json_object_get(json, "schema")), "libquote.quote/1");
    assert_string_equal(json_string_value(json_object_get(json, "engine_version")), LQ_VERSION_STRING);
    assert_string_equal(json_string_value(json_object_get(json_object_get(json, "report"), "schema")),
                        "libquote.report/1");
    json_t *option = json_array_get(json_object_get(json, "options"), 0);
    assert_members(option, option_names, OPTION_NAME_COUNT);
    char *text = json_dumps(option, JSON_COMPACT | JSON_REAL_PRECISION(12));
    assert_string_equal(
        text,
        "{\"material_id\":\"mat_pla\",\"color_id\":\"col_black\",\"finish_id\":null,\"layer_height_mm\":0.2,"
        "\"infill_percent\":20,\"quantity\":1,\"status\":\"printable\",\"issues\":[],"
        "\"unit_price\":{\"amount\":236,\"currency\":\"EUR\"},\"setup\":{\"amount\":350,\"currency\":\"EUR\"},"
        "\"line_total\":{\"amount\":600,\"currency\":\"EUR\"},\"breakdown\":{\"materials\":11,\"machine\":40,"
        "\"labour\":110,\"finishing\":0,\"overhead\":12,\"markup\":61,\"priority\":0,\"discount\":0,\"setup\":350,"
        "\"hardware\":0,\"revenue_share\":0,\"adjustment\":16},\"mass_g\":5.083,\"material_volume_mm3\":3904,"
        "\"time_s\":609.3,\"lead_time\":{\"business_days_min\":3,\"business_days_max\":5},\"estimate\":null}");
    free(text);
    json_t *powder = json_array_get(json_object_get(json, "options"), 1);
    assert_true(json_is_null(json_object_get(powder, "layer_height_mm")));
    assert_true(json_is_null(json_object_get(powder, "infill_percent")));
    json_t *vat = json_array_get(json_object_get(json, "options"), 2);
    assert_true(json_is_null(json_object_get(vat, "infill_percent")));
    assert_true(json_is_null(json_object_get(vat, "color_id")));
    json_decref(json);
    lq_quote_destroy(quote);
}

static void not_printable_as_json(void **state)
{
    fixture *f = *state;
    set_box(&f->report, 1000, 20, 20);
    lq_quote *quote = make(f, NULL);
    json_t *json = quote_json(f, quote);
    json_t *option = json_array_get(json_object_get(json, "options"), 0);
    assert_members(option, option_names, OPTION_NAME_COUNT);
    assert_string_equal(json_string_value(json_object_get(option, "status")), "not_printable");
    for (size_t i = 8; i < OPTION_NAME_COUNT; i++) assert_true(json_is_null(json_object_get(option, option_names[i])));
    assert_string_equal(json_string_value(json_object_get(option, "color_id")), "col_black");
    json_t *issue = json_array_get(json_object_get(option, "issues"), 0);
    assert_string_equal(json_string_value(json_object_get(issue, "code")), "part_too_large_for_material");
    assert_string_equal(json_string_value(json_object_get(issue, "severity")), "blocker");
    assert_string_equal(json_string_value(json_object_get(issue, "message")),
                        "The part measures 1000 x 20 x 20 mm; parts of PLA can be 250 x 210 x 210 mm at most.");
    assert_true(json_number_value(json_object_get(json_object_get(issue, "measure"), "value")) == 1000);
    json_decref(json);
    lq_quote_destroy(quote);
}

static void materials_as_json(void **state)
{
    fixture *f = *state;
    char *text;
    size_t size;
    assert_int_equal(lq_materials_json(f->context, f->book, &text, &size), LQ_OK);
    json_t *json = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(json);
    assert_null(strstr(text, "per_kg"));
    assert_null(strstr(text, "per_hour"));
    lqi_free(f->context, text);
    assert_string_equal(json_string_value(json_object_get(json, "schema")), "libquote.materials/1");
    json_t *list = json_object_get(json, "materials");
    assert_int_equal(json_array_size(list), 5); /* the discontinued one too */
    static const char *const names[] = {"id",
                                        "name",
                                        "family",
                                        "process",
                                        "kind",
                                        "tags",
                                        "status",
                                        "density_g_cm3",
                                        "supports_color_files",
                                        "limits",
                                        "layer_heights_mm",
                                        "colors",
                                        "finishes",
                                        "pricing",
                                        "lead_time",
                                        "restrictions",
                                        "sites",
                                        "infill_percent"};
    assert_members(json_array_get(list, 0), names, 18);
    assert_members(json_array_get(list, 1), names, 17); /* no infill in powder */
    json_t *powder = json_array_get(list, 1);
    json_t *finish = json_array_get(json_object_get(powder, "finishes"), 0);
    assert_string_equal(json_string_value(json_object_get(finish, "per_cm2")), "0.006");
    assert_int_equal(json_integer_value(json_object_get(json_object_get(finish, "per_part"), "amount")), 120);
    json_t *max = json_object_get(json_object_get(powder, "limits"), "max_mm");
    assert_true(json_number_value(json_object_get(max, "z")) == 560);
    json_t *setup = json_object_get(json_object_get(powder, "pricing"), "setup");
    assert_int_equal(json_integer_value(json_object_get(setup, "amount")), 900);
    json_decref(json);
}

static void nth_allocation_fails(void **state)
{
    fixture *f = *state;
    lend_allocator memory = {.forever = 1};
    lq_allocator allocator = lend_allocator_of(&memory);
    lq_context_options options = {.struct_size = sizeof options, .allocator = &allocator};
    lq_context *context;
    lq_book *book;
    assert_int_equal(lq_context_create(&options, &context), LQ_OK);
    assert_int_equal(lq_book_read(context, lqi_default_book_json, lqi_default_book_json_size, &book), LQ_OK);
    uint64_t held = lq_context_memory_held(context);
    lq_status status = LQ_ERR_MEMORY;
    uint64_t n = 0;
    for (; status != LQ_OK; n++) {
        lq_quote *quote;
        char *text = NULL;
        memory.fail_at = memory.calls + 1 + n;
        status = lq_quote_make(context, &f->report, book, NULL, &quote);
        if (status == LQ_OK) status = lq_quote_json(context, quote, &text, NULL);
        if (status != LQ_OK) {
            assert_int_equal(status, LQ_ERR_MEMORY);
            assert_null(text);
        }
        lqi_free(context, text);
        lq_quote_destroy(quote);
        assert_int_equal(lq_context_memory_held(context), held);
    }
    assert_true(n > 4);
    lq_book_destroy(book);
    lq_context_destroy(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_active_material, set_up, tear_down),
        cmocka_unit_test_setup_teardown(materials_times_quantities, set_up, tear_down),
        cmocka_unit_test_setup_teardown(lacking_materials, set_up, tear_down),
        cmocka_unit_test_setup_teardown(size_decides, set_up, tear_down),
        cmocka_unit_test_setup_teardown(turned_box_is_priced, set_up, tear_down),
        cmocka_unit_test_setup_teardown(blockers_of_the_report, set_up, tear_down),
        cmocka_unit_test_setup_teardown(warnings_of_the_report, set_up, tear_down),
        cmocka_unit_test_setup_teardown(unknown_support, set_up, tear_down),
        cmocka_unit_test_setup_teardown(book_rules, set_up, tear_down),
        cmocka_unit_test_setup_teardown(overflow_is_a_failure, set_up, tear_down),
        cmocka_unit_test_setup_teardown(quote_as_json, set_up, tear_down),
        cmocka_unit_test_setup_teardown(not_printable_as_json, set_up, tear_down),
        cmocka_unit_test_setup_teardown(materials_as_json, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nth_allocation_fails, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
