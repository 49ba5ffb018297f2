#include "quotes/pricing.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access/amounts.h"
#include "parts/report.h"
#include "quotes/calendar.h"
#include "quotes/option.h"
#include "quotes/sum.h"

/* ---- refusals ---- */

bool sv_no_price_say(sv_no_price *why, sv_error error, const char *path, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    why->error = error;
    snprintf(why->path, sizeof why->path, "%s", path);
    vsnprintf(why->message, sizeof why->message, format, arguments);
    va_end(arguments);
    return false;
}

bool sv_no_price_of_engine(sv_app *app, sv_no_price *why, const char *path)
{
    static const sv_error same[] = {
        SV_E_material_unknown,         SV_E_color_not_in_material, SV_E_finish_not_in_material,
        SV_E_layer_height_unsupported, SV_E_infill_unsupported,    SV_E_currency_unsupported,
        SV_E_discount_invalid,         SV_E_invalid_country,       SV_E_destination_not_served};
    static const char *const too_much[] = {"quantity_unsupported", "price_overflow", "argument"};
    const lq_error *said = lq_context_error(app->context);
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
        if (strcmp(said->code, sv_error_code(same[i])) == 0)
            return sv_no_price_say(why, same[i], path, "%s", said->message);
    for (size_t i = 0; i < sizeof too_much / sizeof too_much[0]; i++)
        if (strcmp(said->code, too_much[i]) == 0)
            return sv_no_price_say(why, SV_E_validation_failed, "quantities", "%s", said->message);
    return sv_no_price_say(why, SV_E_internal_error, "", "This is our mistake. It was logged.");
}

/* ---- what is asked for ---- */

typedef struct work {
    sv_app *app;
    const sv_pricing *p;
    sv_no_price *why;
    json_t *choices; /* one for each entry of materials; null: what the product's members name */
    const char *currency, *country, *discount, *postcode;
    char date[SV_DATE_SIZE]; /* where the house is */
    uint32_t *quantities;
    size_t quantity_count;
    int64_t hardware, share; /* of one product */
    json_t *options, *comparison, *lines;
} work;

/* Of the book, in its order: those that can be ordered. */
static json_t *all_materials(const sv_book *book)
{
    json_t *choices = json_array();
    lq_material material;
    for (size_t i = 0; lq_book_material(book->book, i, &material) == LQ_OK; i++)
        if (strcmp(material.status, "active") == 0)
            json_array_append_new(choices, json_pack("{s:s}", "material_id", material.id));
    return choices;
}

static json_t *choices_of(const sv_pricing *p)
{
    json_t *materials = json_object_get(p->request, "materials");
    if (json_is_string(materials)) return all_materials(p->book);
    return json_is_array(materials) ? json_incref(materials) : json_pack("[n]");
}

static const json_t *choice_for(const work *w, const json_t *choice, size_t piece)
{
    return json_is_object(choice) ? choice : w->p->pieces[piece].member;
}

static lq_request request_of(const work *w, const json_t *choice)
{
    json_t *infill = json_object_get(choice, "infill_percent");
    const int32_t percent = (int32_t)json_integer_value(infill);
    return (lq_request){.struct_size = sizeof(lq_request),
                        .material_id = json_string_value(json_object_get(choice, "material_id")),
                        .color_id = json_string_value(json_object_get(choice, "color_id")),
                        .finish_id = json_string_value(json_object_get(choice, "finish_id")),
                        .layer_um =
                            (uint32_t)lround(json_number_value(json_object_get(choice, "layer_height_mm")) * 1000),
                        .infill_percent = json_is_integer(infill) && percent == 0 ? -1 : percent,
                        .currency = w->currency,
                        .country = w->country,
                        .account_id = w->p->scope.account_id,
                        .discount_code = w->discount,
                        .date = w->date,
                        .quantity = 1,
                        .priority = sv_json_true(w->p->request, "priority")};
}

static work begin(sv_app *app, const sv_pricing *p, sv_no_price *why)
{
    work w = {.app = app, .p = p, .why = why, .choices = choices_of(p)};
    json_t *quantities = json_object_get(p->request, "quantities");
    why->error = SV_ERROR_COUNT;
    w.currency = sv_json_text(p->request, "currency");
    w.country = json_string_value(sv_json_at(p->request, "ship_to.country"));
    w.postcode = json_string_value(sv_json_at(p->request, "ship_to.postcode"));
    w.discount = json_string_value(json_object_get(p->request, "discount_code"));
    sv_house_date(p->book->json, p->now_ms, w.date);
    w.quantity_count = json_array_size(quantities);
    w.quantities = sv_alloc(w.quantity_count + 1, sizeof *w.quantities);
    for (size_t i = 0; i < w.quantity_count; i++)
        w.quantities[i] = (uint32_t)json_integer_value(json_array_get(quantities, i));
    return w;
}

static void end(work *w)
{
    json_decref(w->choices);
    free(w->quantities);
}

/* ---- what can be told without a part ---- */

static bool check_place(work *w)
{
    json_t *method;
    size_t index;
    json_array_foreach(sv_json_at(w->p->book->json, "shipping.methods"), index,
                       method) if (sv_zone_of(method, w->country, w->postcode) >= 0) return true;
    return sv_no_price_say(w->why, SV_E_destination_not_served, "ship_to", "Nothing is shipped to this place.");
}

static bool check_choice(work *w, const json_t *choice, const char *path)
{
    const lq_measure cube = {1000, 600, {10, 10, 10}, 0, 0};
    const lq_request request = request_of(w, choice);
    lq_price_result price;
    if (!request.material_id)
        return sv_no_price_say(w->why, SV_E_validation_failed, path, "A material is needed for every member.");
    lq_context_reset(w->app->context);
    if (lq_price(w->app->context, &cube, w->p->book->book, &request, &price) == LQ_OK) return true;
    const char *code = lq_context_error(w->app->context)->code;
    if (strcmp(code, "country_not_served") == 0) return true; /* an option's issue */
    if (strcmp(code, "currency_unsupported") == 0) path = "currency";
    if (strcmp(code, "discount_invalid") == 0) path = "discount_code";
    return sv_no_price_of_engine(w->app, w->why, path);
}

static bool check_quantities(work *w)
{
    json_t *most = json_object_get(w->p->book->json, "max_quantity");
    char path[48];
    for (size_t i = 0; json_is_integer(most) && i < w->quantity_count; i++) {
        if (w->quantities[i] <= json_integer_value(most)) continue;
        snprintf(path, sizeof path, "quantities[%zu]", i);
        return sv_no_price_say(w->why, SV_E_validation_failed, path, "At most %lld can be ordered at once.",
                               (long long)json_integer_value(most));
    }
    return true;
}

static bool check_all(work *w)
{
    json_t *choice;
    size_t index;
    char path[48];
    bool good = true;
    if (!json_array_size(w->choices))
        return sv_no_price_say(w->why, SV_E_validation_failed, "materials", "The price book has no active material.");
    json_array_foreach(w->choices, index, choice)
    {
        snprintf(path, sizeof path, "materials[%zu]", index);
        for (size_t i = 0; good && json_is_null(choice) && i < w->p->piece_count; i++)
            good = check_choice(w, w->p->pieces[i].member, "materials");
        if (good && json_is_object(choice)) good = check_choice(w, choice, path);
    }
    return good && check_quantities(w) && check_place(w);
}

bool sv_pricing_check(sv_app *app, const sv_pricing *p, sv_no_price *why)
{
    work w = begin(app, p, why);
    bool good = check_all(&w);
    end(&w);
    return good;
}

/* ---- costs and share of a product ---- */

static bool in_currency(work *w, const json_t *money, const char *what)
{
    if (strcmp(sv_json_text(money, "currency"), w->currency) == 0) return true;
    return sv_no_price_say(w->why, SV_E_currency_mismatch, "currency", "The product's %s is in another currency.",
                           what);
}

static bool add_costs(work *w)
{
    json_t *line;
    size_t index;
    json_array_foreach(json_object_get(w->p->product, "costs"), index, line)
    {
        const json_t *price = json_object_get(line, "unit_price");
        const double quantity = json_number_value(json_object_get(line, "quantity"));
        if (!in_currency(w, price, "cost")) return false;
        w->hardware += sv_scaled(sv_json_integer(price, "amount"), llround(quantity * 1000), 1000);
    }
    return true;
}

/* The share of the material that all members have, where the product names one for it. */
static bool set_share(work *w, const json_t *choice)
{
    const json_t *share = json_object_get(w->p->product, "revenue_share"), *first = choice_for(w, choice, 0);
    w->share = 0;
    if (!sv_json_true(share, "enabled")) return true;
    if (!in_currency(w, json_object_get(share, "per_unit"), "revenue share")) return false;
    const char *material = sv_json_text(first, "material_id");
    for (size_t i = 1; i < w->p->piece_count; i++)
        if (strcmp(sv_json_text(choice_for(w, choice, i), "material_id"), material) != 0) material = "";
    json_t *of_material = json_object_get(json_object_get(share, "by_material"), material);
    w->share =
        json_is_integer(of_material) ? json_integer_value(of_material) : sv_json_integer(share, "per_unit.amount");
    return true;
}

/* ---- prices ---- */

/* All materials that are printed alike are estimated together: of one layer height and infill. */
static const lq_estimates *estimates_of(work *w, const sv_object *part, const lq_quote_request *request)
{
    const size_t count = json_array_size(w->choices);
    const char **ids = sv_alloc(count + 1, sizeof *ids);
    lq_quote_request all = *request;
    all.material_ids = ids;
    all.material_count = 0;
    for (size_t i = 0; i < count; i++) {
        const json_t *choice = json_array_get(w->choices, i);
        if (!json_is_object(choice)) continue;
        const lq_request other = request_of(w, choice);
        if (other.layer_um == request->common.layer_um && other.infill_percent == request->common.infill_percent)
            ids[all.material_count++] = other.material_id;
    }
    if (!all.material_count) ids[all.material_count++] = request->material_ids[0];
    all.common.color_id = all.common.finish_id = NULL;
    const lq_estimates *estimates = sv_part_estimates(w->app, part, w->p->book->book, &all);
    free(ids);
    return estimates;
}

static bool quote_piece(work *w, size_t piece, const json_t *choice, const uint32_t *quantities, size_t count,
                        lq_quote **quote)
{
    const sv_piece *of = &w->p->pieces[piece];
    const lq_report *report = sv_part_report(w->app, of->part);
    lq_quote_request request = {.struct_size = sizeof request, .material_count = 1, .quantity_count = count};
    if (!report) return sv_no_price_of_engine(w->app, w->why, "part_id");
    request.common = request_of(w, choice_for(w, choice, piece));
    request.material_ids = &request.common.material_id;
    if (w->p->book->has_machine) {
        request.estimates = estimates_of(w, of->part, &request);
        if (!request.estimates) return sv_no_price_of_engine(w->app, w->why, "materials");
    }
    uint32_t *scaled = sv_alloc(count + 1, sizeof *scaled);
    for (size_t i = 0; i < count; i++) {
        const uint64_t all = (uint64_t)quantities[i] * of->quantity;
        scaled[i] = all < UINT32_MAX ? (uint32_t)all : UINT32_MAX;
    }
    request.quantities = scaled;
    bool good = lq_quote_make(w->app->context, report, w->p->book->book, &request, quote) == LQ_OK;
    free(scaled);
    return good || sv_no_price_of_engine(w->app, w->why, "materials");
}

/* The pieces of every quantity: quotes[piece] has one option for each. */
static bool quote_pieces(work *w, const json_t *choice, const uint32_t *quantities, size_t count, lq_quote **quotes)
{
    bool good = true;
    for (size_t i = 0; good && i < w->p->piece_count; i++)
        good = quote_piece(w, i, choice, quantities, count, &quotes[i]);
    return good;
}

static void free_quotes(work *w, lq_quote **quotes)
{
    for (size_t i = 0; i < w->p->piece_count; i++) lq_quote_destroy(quotes[i]);
    free(quotes);
}

static lq_quote **new_quotes(const work *w) { return sv_alloc(w->p->piece_count + 1, sizeof(lq_quote *)); }

/* The options of all pieces for one quantity; priced: room for them. */
static bool sum_of(work *w, lq_quote **quotes, size_t index, int64_t quantity, lq_option *priced, sv_sum *sum)
{
    for (size_t i = 0; i < w->p->piece_count; i++)
        if (lq_quote_option(quotes[i], index, &priced[i]) != LQ_OK)
            return sv_no_price_say(w->why, SV_E_material_unknown, "materials", "The material cannot be ordered.");
    return sv_sum_make(w->p->pieces, priced, w->p->piece_count, quantity, w->hardware, w->share, sum) ||
           sv_no_price_say(w->why, SV_E_validation_failed, "quantities", "The price is too large for a number.");
}

/* What each option costs at its next break; null where it has none, or where so many cannot be had. */
static void add_breaks(work *w, const json_t *choice, const sv_sum *sums, json_t **made)
{
    uint32_t *at = sv_alloc(w->quantity_count + 1, sizeof *at);
    size_t *of = sv_alloc(w->quantity_count + 1, sizeof *of), count = 0;
    for (size_t i = 0; i < w->quantity_count; i++)
        if (sums[i].status != LQ_OPTION_NOT_PRINTABLE && sums[i].next_break)
            of[count] = i, at[count++] = (uint32_t)sums[i].next_break;
    lq_quote **quotes = new_quotes(w);
    lq_option *priced = sv_alloc(w->p->piece_count + 1, sizeof *priced);
    sv_no_price ignored, *why = w->why;
    w->why = &ignored;
    const bool good = count && quote_pieces(w, choice, at, count, quotes);
    for (size_t i = 0; good && i < count; i++) {
        sv_sum sum;
        if (sum_of(w, quotes, i, at[i], priced, &sum) && sum.status != LQ_OPTION_NOT_PRINTABLE)
            json_object_set_new(made[of[i]], "next_break",
                                json_pack("{s:I, s:o, s:o}", "quantity", (json_int_t)at[i], "unit_price",
                                          sv_money(sum.unit, sum.currency), "line_total",
                                          sv_money(sum.line, sum.currency)));
    }
    w->why = why;
    free_quotes(w, quotes);
    free(priced);
    free(of);
    free(at);
}

static bool price_quantities(work *w, const json_t *choice, lq_quote **quotes, lq_option *priced, sv_sum *sums,
                             json_t **made)
{
    for (size_t i = 0; i < w->quantity_count; i++) {
        if (!sum_of(w, quotes, i, w->quantities[i], priced, &sums[i])) return false;
        const sv_option_facts facts = {.p = w->p,
                                       .choice = choice,
                                       .quotes = quotes,
                                       .index = i,
                                       .priced = priced,
                                       .sum = &sums[i],
                                       .currency = w->currency,
                                       .country = w->country,
                                       .postcode = w->postcode};
        made[i] = sv_option_view(w->app, &facts, w->lines);
        json_array_append(w->options, made[i]);
    }
    return true;
}

static bool price_choice(work *w, const json_t *choice)
{
    lq_quote **quotes = new_quotes(w);
    lq_option *priced = sv_alloc(w->p->piece_count + 1, sizeof *priced);
    sv_sum *sums = sv_alloc(w->quantity_count + 1, sizeof *sums);
    json_t **made = sv_alloc(w->quantity_count + 1, sizeof *made);
    bool good = set_share(w, choice) && quote_pieces(w, choice, w->quantities, w->quantity_count, quotes) &&
                price_quantities(w, choice, quotes, priced, sums, made);
    if (good) add_breaks(w, choice, sums, made);
    if (good) sv_comparison_add(w->comparison, json_object_get(made[0], "material_id"), sums, w->quantity_count);
    for (size_t i = 0; i < w->quantity_count; i++) json_decref(made[i]);
    free(made);
    free(sums);
    free(priced);
    free_quotes(w, quotes);
    return good;
}

bool sv_pricing_make(sv_app *app, const sv_pricing *p, json_t *body, json_t *private, sv_no_price *why)
{
    work w = begin(app, p, why);
    json_t *choice;
    size_t index;
    w.options = json_array();
    w.comparison = json_array();
    w.lines = json_object();
    bool good = add_costs(&w);
    json_array_foreach(w.choices, index, choice) if (good) good = price_choice(&w, choice);
    json_object_set_new(body, "options", w.options);
    json_object_set_new(body, "comparison", w.comparison);
    json_object_set_new(body, "price_book_version", json_string(p->book->version));
    json_object_set_new(body, "engine_version", json_string(lq_version()));
    json_object_set_new(private, "lines", w.lines);
    end(&w);
    return good;
}
