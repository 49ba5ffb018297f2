#include "quotes/option.h"

#include <stdlib.h>
#include <string.h>

#include "access/amounts.h"
#include "parts/findings.h"
#include "parts/report.h"
#include "quotes/calendar.h"

const char *sv_option_status(lq_option_status status)
{
    static const char *const names[] = {"printable", "needs_review", "not_printable"};
    return names[status];
}

static json_t *millimetres(uint32_t um) { return um ? sv_json_measure((double)um / 1000) : json_null(); }

static json_t *given(const json_t *choice, const char *name)
{
    json_t *value = json_object_get(choice, name);
    return value ? json_incref(value) : json_null();
}

/* What a piece is made of: as it was priced, or as it was asked for where there is no price. */
static json_t *choice_of(const sv_option_facts *f, size_t piece)
{
    const lq_option *priced = &f->priced[piece];
    const json_t *asked = json_is_object(f->choice) ? f->choice : f->p->pieces[piece].member;
    if (priced->status == LQ_OPTION_NOT_PRINTABLE)
        return json_pack("{s:s, s:o, s:o, s:o, s:o}", "material_id", priced->material_id, "color_id",
                         given(asked, "color_id"), "finish_id", given(asked, "finish_id"), "layer_height_mm",
                         given(asked, "layer_height_mm"), "infill_percent", given(asked, "infill_percent"));
    const lq_price_result *price = &priced->price;
    return json_pack("{s:s, s:o, s:o, s:o, s:o}", "material_id", priced->material_id, "color_id",
                     sv_json_text_or_null(price->color_id), "finish_id", sv_json_text_or_null(price->finish_id),
                     "layer_height_mm", millimetres(price->layer_um), "infill_percent",
                     price->infill_percent < 0 ? json_null() : json_integer(price->infill_percent));
}

/* What all pieces share; null where they differ. */
static json_t *common_choice(const sv_option_facts *f)
{
    json_t *common = choice_of(f, 0), *value;
    const char *name;
    for (size_t i = 1; i < f->p->piece_count; i++) {
        json_t *other = choice_of(f, i);
        json_object_foreach(other, name, value) if (!json_equal(value, json_object_get(common, name)))
            json_object_set_new(common, name, json_null());
        json_decref(other);
    }
    return common;
}

static json_t *members_of(const sv_option_facts *f)
{
    json_t *members = json_array();
    for (size_t i = 0; i < f->p->piece_count; i++) {
        const sv_piece *piece = &f->p->pieces[i];
        const lq_option *priced = &f->priced[i];
        const bool has_price = priced->status != LQ_OPTION_NOT_PRINTABLE;
        json_t *choice = choice_of(f, i);
        json_array_append_new(
            members,
            json_pack("{s:s, s:s, s:O, s:O, s:I, s:o}", "member_id", sv_json_text(piece->member, "id"), "part_id",
                      piece->part->id, "material_id", json_object_get(choice, "material_id"), "color_id",
                      json_object_get(choice, "color_id"), "quantity", (json_int_t)piece->quantity, "unit_price",
                      has_price ? sv_money(priced->price.unit_minor, f->currency) : json_null()));
        json_decref(choice);
    }
    return members;
}

static json_t *issues_of(const sv_option_facts *f)
{
    json_t *issues = json_array();
    for (size_t i = 0; i < f->p->piece_count; i++) {
        lq_diagnostic issue;
        for (size_t k = 0; lq_quote_option_issue(f->quotes[i], f->index, k, &issue) == LQ_OK; k++)
            json_array_append_new(issues, sv_issue(&issue, f->priced[i].material_id));
    }
    return issues;
}

/* ---- where it goes ---- */

static sv_basket basket_of(sv_app *app, const sv_option_facts *f)
{
    sv_basket basket = {.book = f->p->book,
                        .currency = f->currency,
                        .country = f->country,
                        .postcode = f->postcode,
                        .tax_exempt = f->p->tax_exempt};
    for (size_t i = 0; i < f->p->piece_count; i++) {
        const lq_facts *facts = lq_report_facts(sv_part_report(app, f->p->pieces[i].part));
        lq_order_line line = {.line_minor = i ? 0 : f->sum->line,
                              .mass_mg = f->priced[i].price.mass_mg,
                              .quantity = (uint32_t)f->sum->quantity * f->p->pieces[i].quantity};
        for (int k = 0; k < 3; k++) line.box_mm[k] = facts->box_max_mm[k] - facts->box_min_mm[k];
        sv_basket_put(&basket, &line);
    }
    return basket;
}

static void keep_line(const sv_option_facts *f, const sv_basket *basket, const char *id, json_t *lines)
{
    json_t *parcels = json_array();
    for (size_t i = 0; i < basket->line_count; i++) {
        const lq_order_line *line = &basket->lines[i];
        json_array_append_new(parcels, json_pack("{s:I, s:[f,f,f], s:I}", "mass_mg", (json_int_t)line->mass_mg,
                                                 "box_mm", line->box_mm[0], line->box_mm[1], line->box_mm[2],
                                                 "quantity", (json_int_t)line->quantity));
    }
    json_object_set_new(lines, id,
                        json_pack("{s:o, s:I, s:I, s:I}", "parcels", parcels, "line_minor", (json_int_t)f->sum->line,
                                  "discount_minor", (json_int_t)f->sum->component[SV_COMPONENTS - 1],
                                  "revenue_share_minor", (json_int_t)(f->sum->share * f->sum->quantity)));
}

/* As if this option were ordered alone. What is too heavy for every way of shipping has no total. */
static void add_totals(sv_app *app, const sv_option_facts *f, const char *id, const char *ship_date, json_t *lines,
                       json_t *view)
{
    sv_basket basket = basket_of(app, f);
    json_t *ids = json_pack("[s]", id), *fee = json_null(), *tax = json_null(), *whole = json_null();
    lq_order_result total;
    keep_line(f, &basket, id, lines);
    json_object_set_new(view, "shipping_options", sv_shipping_options(app, f->p->scope, &basket, ship_date, ids));
    if (sv_basket_total(app, &basket, NULL, false, &total) == SV_ERROR_COUNT) {
        fee = sv_money(total.small_order_fee_minor, f->currency);
        tax = sv_tax_view(&total, f->country);
        whole = json_pack("{s:o, s:o, s:o}", "net", sv_money(total.net_minor, f->currency), "tax",
                          sv_money(total.tax_minor, f->currency), "total", sv_money(total.total_minor, f->currency));
    }
    json_object_set_new(view, "small_order_fee", fee);
    json_object_set_new(view, "tax", tax);
    json_object_set_new(view, "total_with_cheapest_shipping", whole);
    json_decref(ids);
    free(basket.lines);
}

static void add_price(sv_app *app, const sv_option_facts *f, const char *id, json_t *lines, json_t *view)
{
    const sv_sum *sum = f->sum;
    char date[SV_DATE_SIZE];
    sv_ship_date(f->p->book->json, f->p->now_ms, sum->days_max, date);
    json_object_set_new(view, "unit_price", sv_money(sum->unit, f->currency));
    json_object_set_new(view, "setup", sv_money(sum->setup, f->currency));
    json_object_set_new(view, "line_total", sv_money(sum->line, f->currency));
    json_object_set_new(view, "breakdown", sv_sum_breakdown(sum, app->config->expose_breakdown));
    json_object_set_new(view, "mass_g", sv_json_measure((double)(sum->mass_mg * sum->quantity) / 1000));
    json_object_set_new(view, "lead_time",
                        json_pack("{s:i, s:i, s:s}", "business_days_min", sum->days_min, "business_days_max",
                                  sum->days_max, "ship_date", date));
    add_totals(app, f, id, date, lines, view);
}

json_t *sv_option_view(sv_app *app, const sv_option_facts *f, json_t *lines)
{
    static const char *const priced[] = {
        "unit_price", "setup",     "line_total",      "breakdown", "next_break",
        "mass_g",     "lead_time", "small_order_fee", "tax",       "total_with_cheapest_shipping"};
    char id[SV_ID_SIZE];
    json_t *view = common_choice(f);
    sv_id_make("qopt", id);
    json_object_set_new(view, "id", json_string(id));
    json_object_set_new(view, "quantity", json_integer(f->sum->quantity));
    json_object_set_new(view, "status", json_string(sv_option_status(f->sum->status)));
    json_object_set_new(view, "issues", issues_of(f));
    json_object_set_new(view, "members", f->p->product ? members_of(f) : json_null());
    json_object_set_new(view, "shipping_options", json_array());
    for (size_t i = 0; i < sizeof priced / sizeof priced[0]; i++) json_object_set_new(view, priced[i], json_null());
    if (f->sum->status != LQ_OPTION_NOT_PRINTABLE) add_price(app, f, id, lines, view);
    return view;
}

/* ---- materials beside each other ---- */

static json_t *entry_of(json_t *comparison, json_t *material_id)
{
    json_t *entry;
    size_t index;
    json_array_foreach(comparison, index,
                       entry) if (json_equal(json_object_get(entry, "material_id"), material_id)) return entry;
    entry = json_pack("{s:O, s:n, s:b, s:n}", "material_id", material_id, "best_unit_price", "printable", 0,
                      "lead_time_days");
    json_array_append_new(comparison, entry);
    return entry;
}

void sv_comparison_add(json_t *comparison, json_t *material_id, const sv_sum *sums, size_t count)
{
    json_t *entry = entry_of(comparison, material_id);
    for (size_t i = 0; i < count; i++) {
        if (sums[i].status == LQ_OPTION_NOT_PRINTABLE) continue;
        const bool first = !sv_json_true(entry, "printable");
        if (first || sums[i].unit < sv_json_integer(entry, "best_unit_price.amount"))
            json_object_set_new(entry, "best_unit_price", sv_money(sums[i].unit, sums[i].currency));
        if (first || sums[i].days_max < sv_json_integer(entry, "lead_time_days"))
            json_object_set_new(entry, "lead_time_days", json_integer(sums[i].days_max));
        json_object_set_new(entry, "printable", json_true());
    }
}
