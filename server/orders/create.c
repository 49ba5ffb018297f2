#include "orders/create.h"

#include <stdlib.h>
#include <string.h>

#include "access/amounts.h"
#include "orders/customers.h"
#include "orders/orders.h"
#include "orders/payment.h"
#include "orders/show.h"
#include "quotes/calendar.h"
#include "quotes/quote.h"
#include "quotes/totals.h"

bool sv_may_order(sv_call *call)
{
    const json_t *account = call->account;
    if (!sv_json_true(account, "entitlements.ordering") || !sv_json_true(account, "email_verified"))
        sv_refuse(call, SV_E_ordering_not_enabled, NULL, "This account may not order, or its e-mail is not confirmed.");
    else if (!*sv_json_text(account, "terms_accepted_at"))
        sv_refuse(call, SV_E_terms_not_accepted, NULL, "The terms have not been accepted: PATCH /account.");
    return !sv_refused(call);
}

/* ---- what it costs ---- */

typedef struct bill {
    const sv_book *book;
    lq_order_result total;
    const json_t *method;           /* of the book */
    const char *shipping_option_id; /* NULL: it was not named */
} bill;

/* The book of the quotes; where they have several, the one of today. */
static const sv_book *book_of(sv_call *call, const sv_purchase *p)
{
    const char *version = sv_json_text(p->quotes[0].body, "price_book_version");
    for (size_t i = 1; i < p->quote_count; i++)
        if (version && strcmp(sv_json_text(p->quotes[i].body, "price_book_version"), version) != 0) version = NULL;
    const sv_book *book = sv_book_get(call->app, version);
    if (!book) sv_refuse(call, SV_E_unavailable, NULL, "The price book of the quote is not there.");
    return book;
}

static const json_t *method_of(const sv_book *book, const char *id)
{
    json_t *method;
    size_t index;
    json_array_foreach(sv_json_at(book->json, "shipping.methods"), index,
                       method) if (strcmp(sv_json_text(method, "id"), id) == 0) return method;
    return NULL;
}

/* A quote that named a postcode was for its zone. */
static bool check_zone(sv_call *call, const sv_purchase *p, const sv_form *form, const json_t *method)
{
    const char *country = sv_json_text(form->ship_to, "country");
    int zone = sv_zone_of(method, country, sv_json_text(form->ship_to, "postcode"));
    for (size_t i = 0; i < p->quote_count && !sv_refused(call); i++) {
        const char *quoted = sv_json_text(p->quotes[i].body, "ship_to.postcode");
        if (*quoted && sv_zone_of(method, country, quoted) != zone)
            sv_refuse(call, SV_E_destination_mismatch, json_pack("{s:s}", "quoted", quoted),
                      "This was quoted for another zone of shipping.");
    }
    return !sv_refused(call);
}

static const char *asked_method(sv_call *call, const sv_form *form, const sv_book *book, const json_t *option_ids)
{
    const char *method = sv_shipping_method(call->app, call->scope, book, form->shipping_option_id,
                                            sv_json_text(form->ship_to, "country"), option_ids);
    if (!method)
        sv_refuse(call, SV_E_shipping_option_invalid, NULL, "This way of shipping was not offered for these items.");
    return method;
}

/* The id under which the quote of the only item offers this method. */
static const char *offered(const sv_purchase *p, const char *method_id)
{
    json_t *option;
    size_t index;
    if (p->count != 1) return NULL;
    json_array_foreach(json_object_get(p->bought[0].option, "shipping_options"), index,
                       option) if (strcmp(sv_json_text(option, "method"), method_id) == 0) return sv_json_text(option,
                                                                                                               "id");
    return NULL;
}

static bool price(sv_call *call, const sv_purchase *p, const sv_form *form, bill *out)
{
    const char *method = NULL, *id = form->shipping_option_id;
    json_t *option_ids = json_array();
    sv_basket basket = {.book = out->book,
                        .currency = sv_json_text(p->quotes[0].body, "currency"),
                        .country = sv_json_text(form->ship_to, "country"),
                        .postcode = sv_json_text(form->ship_to, "postcode"),
                        .sample = strcmp(form->kind, "sample") == 0,
                        .tax_exempt = sv_json_true(call->account, "tax_exempt")};
    bool good = true;
    for (size_t i = 0; i < p->count && good; i++) {
        const char *option_id = sv_json_text(p->bought[i].option, "id");
        good = sv_basket_add(&basket, &p->quotes[p->bought[i].quote], option_id);
        json_array_append_new(option_ids, json_string(option_id));
    }
    if (!good) sv_refuse(call, SV_E_option_not_printable, NULL, "An option has no price.");
    if (good && id) good = (method = asked_method(call, form, out->book, option_ids)) != NULL;
    const char *preference = form->shipping_preference;
    const bool fastest = preference && strcmp(preference, "fastest") == 0;
    sv_error error = good ? sv_basket_total(call->app, &basket, method, fastest, &out->total) : SV_ERROR_COUNT;
    if (good && error != SV_ERROR_COUNT) {
        sv_refuse(call, error, NULL, "These items cannot be shipped to this address.");
    } else if (good) {
        out->method = method_of(out->book, out->total.method_id);
        out->shipping_option_id = id ? id : offered(p, out->total.method_id);
    }
    json_decref(option_ids);
    free(basket.lines);
    return !sv_refused(call) && check_zone(call, p, form, out->method);
}

static bool check_amounts(sv_call *call, const sv_form *form, const json_t *most, const bill *x)
{
    const lq_order_result *total = &x->total;
    const json_t *expected = form->expected_total;
    json_t *money = sv_money(total->total_minor, total->currency);
    if (expected && !json_equal(expected, money))
        sv_refuse(call, SV_E_total_mismatch, json_pack("{s:O}", "total", money), "The order costs another amount.");
    else if (most && strcmp(sv_json_text(most, "currency"), total->currency) != 0)
        sv_refuse_field(call, SV_E_currency_mismatch, "max_total.currency", "mismatch",
                        "The sample is priced in another currency.");
    else if (most && sv_json_integer(most, "amount") < total->total_minor)
        sv_refuse(call, SV_E_total_exceeds_max, json_pack("{s:O}", "total", money), "The sample costs more than that.");
    json_decref(money);
    return !sv_refused(call);
}

/* ---- the documents ---- */

static int64_t sum_of(const sv_purchase *p, const char *name)
{
    int64_t sum = 0;
    for (size_t i = 0; i < p->count; i++)
        sum += sv_json_integer(sv_quote_line(&p->quotes[p->bought[i].quote], sv_json_text(p->bought[i].option, "id")),
                               name);
    return sum;
}

static json_t *totals_view(const sv_purchase *p, const lq_order_result *t)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "items", sv_money(t->lines_minor, t->currency),
                     "small_order_fee", sv_money(t->small_order_fee_minor, t->currency), "shipping",
                     sv_money(t->shipping_minor, t->currency), "discount",
                     sv_money(sum_of(p, "discount_minor"), t->currency), "tax", sv_money(t->tax_minor, t->currency),
                     "total", sv_money(t->total_minor, t->currency));
}

static json_t *tax_lines(const lq_order_result *t, const char *country)
{
    json_t *lines = json_array();
    if (!t->tax_name) return lines;
    json_t *line = sv_tax_view(t, country);
    json_object_set_new(line, "name", json_string(t->tax_name));
    json_object_set_new(line, "net", sv_money(t->net_minor, t->currency));
    json_object_set_new(line, "amount", sv_money(t->tax_minor, t->currency));
    json_array_append_new(lines, line);
    return lines;
}

static json_t *shipping_view(const bill *x)
{
    return json_pack("{s:s?, s:s, s:s, s:s, s:b, s:i, s:i}", "option", x->shipping_option_id, "method",
                     x->total.method_id, "name", x->total.method_name, "carrier", sv_json_text(x->method, "carrier"),
                     "tracked", sv_json_true(x->method, "tracked"), "transit_days_min", x->total.transit_days_min,
                     "transit_days_max", x->total.transit_days_max);
}

/* The slowest item decides; its time begins now. */
static void add_dates(sv_call *call, const sv_purchase *p, const bill *x, json_t *body)
{
    int64_t days = 0;
    char ships[SV_DATE_SIZE], arrives[SV_DATE_SIZE];
    for (size_t i = 0; i < p->count; i++) {
        int64_t own = sv_json_integer(p->bought[i].option, "lead_time.business_days_max");
        if (own > days) days = own;
    }
    sv_ship_date(x->book->json, call->now_ms, days, ships);
    sv_later_date(x->book->json, ships, x->total.transit_days_max, arrives);
    json_object_set_new(body, "target_ship_date", json_string(ships));
    json_object_set_new(body, "target_delivery_date", json_string(arrives));
}

static json_t *order_body(sv_call *call, const sv_purchase *p, const sv_form *form, const bill *x, const char *mode)
{
    const char *country = sv_json_text(form->ship_to, "country");
    const bool checkout = strcmp(mode, "checkout") == 0;
    json_t *metadata = json_object_get(form->metadata, "metadata");
    json_t *body = json_pack("{s:s, s:s, s:n, s:o, s:o, s:o, s:O, s:O, s:O}", "kind", form->kind, "status",
                             checkout ? "awaiting_payment" : "placed", "hold", "totals", totals_view(p, &x->total),
                             "tax_lines", tax_lines(&x->total, country), "shipping", shipping_view(x), "ship_to",
                             form->ship_to, "billing_address", form->billing_address, "customer", form->customer);
    json_object_update_new(body, json_pack("{s:s?, s:s?, s:[], s:n, s:b, s:n, s:o}", "packing_note", form->packing_note,
                                           "po_number", form->po_number, "events", "cancellation", "archived", 0,
                                           "last_delivered_event_at", "metadata",
                                           metadata ? json_incref(metadata) : json_object()));
    add_dates(call, p, x, body);
    return body;
}

/* "bracket, PA12, Black, Dyed": what a person reads on a packing slip. */
static void add_words(sv_text *words, const sv_call *call, const json_t *option)
{
    json_t *material, *entry;
    size_t index, at;
    json_array_foreach(json_object_get(call->app->materials, "materials"), index, material)
    {
        if (strcmp(sv_json_text(material, "id"), sv_json_text(option, "material_id")) != 0) continue;
        sv_text_format(words, ", %s", sv_json_text(material, "name"));
        json_array_foreach(json_object_get(material, "colors"), at, entry)
        {
            if (strcmp(sv_json_text(entry, "id"), sv_json_text(option, "color_id")) == 0)
                sv_text_format(words, ", %s", sv_json_text(entry, "name"));
        }
        json_array_foreach(json_object_get(material, "finishes"), at, entry)
        {
            if (strcmp(sv_json_text(entry, "id"), sv_json_text(option, "finish_id")) == 0)
                sv_text_format(words, ", %s", sv_json_text(entry, "name"));
        }
    }
}

static json_t *or_null(json_t *value) { return value ? json_incref(value) : json_null(); }

/* What is printed of a product, with the file of each part as it is now. */
static json_t *members_view(const sv_bought *bought)
{
    json_t *members = json_deep_copy(json_object_get(bought->option, "members")), *member;
    size_t index;
    json_array_foreach(members, index, member)
    {
        const json_t *part = json_object_get(bought->parts, sv_json_text(member, "part_id"));
        json_object_set_new(member, "file_sha256", or_null(json_object_get(part, "sha256")));
    }
    return members ? members : json_null();
}

static void add_item(sv_call *call, sv_order *order, const sv_object *quote, const sv_bought *bought)
{
    static const char *const copied[] = {"material_id",    "color_id", "finish_id",  "layer_height_mm",
                                         "infill_percent", "quantity", "unit_price", "line_total"};
    const char *part_id = sv_json_text(quote->body, "part_id"), *option_id = sv_json_text(bought->option, "id");
    const json_t *part = json_object_get(bought->parts, part_id);
    json_t *metadata = json_object_get(bought->metadata, "metadata");
    sv_text words = {0};
    sv_text_put(&words, bought->product ? bought->product : sv_json_text(part, "name"));
    add_words(&words, call, bought->option);
    json_t *body = json_pack("{s:s, s:s, s:o, s:o, s:o, s:s, s:s, s:n, s:[], s:o, s:o}", "quote_id", quote->id,
                             "option_id", option_id, "part_id", or_null(json_object_get(quote->body, "part_id")),
                             "product_id", or_null(json_object_get(quote->body, "product_id")), "file_sha256",
                             or_null(json_object_get(part, "sha256")), "description", sv_text_get(&words), "status",
                             sv_order_status(order), "qa", "rejections", "members", members_view(bought), "metadata",
                             metadata ? json_incref(metadata) : json_object());
    sv_text_free(&words);
    for (size_t i = 0; i < sizeof copied / sizeof copied[0]; i++)
        json_object_set_new(body, copied[i], or_null(json_object_get(bought->option, copied[i])));
    int64_t quantity = sv_json_integer(bought->option, "quantity");
    int64_t share = sv_json_integer(sv_quote_line(quote, option_id), "revenue_share_minor");
    sv_order_part *item = sv_order_add_item(
        order, body, json_pack("{s:I}", "share_minor", (json_int_t)(quantity ? share / quantity : 0)));
    if (bought->again) return;
    sv_text key = {0};
    sv_text_format(&key, "option:%s", option_id);
    item->object.unique_key = key.data;
}

/* ---- writing ---- */

static bool bind_quotes(sv_call *call, sv_purchase *p, const char *order_id)
{
    sv_result result = SV_DONE;
    for (size_t i = 0; i < p->quote_count; i++)
        result = result == SV_DONE ? sv_quote_ordered(call->app->store, call->scope, &p->quotes[i], order_id) : result;
    if (result != SV_DONE) sv_refuse_store(call, result);
    return result == SV_DONE;
}

static bool keep(sv_call *call, sv_order *order)
{
    sv_result result = sv_order_save(call->app->store, order, call->request_id);
    if (result == SV_CONFLICT && order->object.ref)
        sv_refuse(call, SV_E_ref_taken, NULL, "Another order has this ref.");
    else if (result == SV_CONFLICT)
        sv_refuse(call, SV_E_quote_already_ordered, NULL, "An option was ordered meanwhile.");
    else if (result != SV_DONE)
        sv_refuse_store(call, result);
    return result == SV_DONE;
}

bool sv_order_create(sv_call *call, sv_purchase *p, const sv_form *form, const json_t *most, sv_order *order)
{
    const char *mode = sv_json_text(call->account, "payment_mode");
    bill x = {.book = NULL};
    *order = (sv_order){.fresh = false};
    if (!sv_purchase_check(call, p, form) || !(x.book = book_of(call, p)) || !price(call, p, form, &x) ||
        !check_amounts(call, form, most, &x))
        return false;
    *order = sv_order_new(call->scope, order_body(call, p, form, &x, mode));
    order->object.ref = form->ref ? sv_copy(form->ref) : NULL;
    json_object_set_new(order->object.body, "payment", sv_payment_new(call->app->config, mode, order->object.id));
    for (size_t i = 0; i < p->count; i++) add_item(call, order, &p->quotes[p->bought[i].quote], &p->bought[i]);
    sv_order_tell(order, "order.created", "seller", NULL, call->now_ms);
    if (!keep(call, order) || !bind_quotes(call, p, order->object.id) || !sv_customer_note(call, form->customer))
        return false;
    sv_audit(call, "order.create", "order", order->object.id, NULL);
    sv_metric_label(call->app->shared, SV_ORDERS, sv_order_status(order), 0);
    return !sv_refused(call);
}

void sv_answer_new_order(sv_call *call, const sv_order *order)
{
    sv_text place = {0};
    sv_text_format(&place, "/api/v1/orders/%s", order->object.id);
    sv_set_header(call, "Location", sv_text_get(&place));
    sv_text_free(&place);
    sv_answer_order(call, 201, order);
}

void sv_make_order(sv_call *call)
{
    sv_form form = {.kind = "standard"};
    sv_purchase purchase = {.count = 0};
    sv_order order = {.fresh = false};
    if (sv_form_take(call, &form) && sv_may_order(call) && sv_purchase_take(call, &purchase) &&
        sv_order_create(call, &purchase, &form, NULL, &order))
        sv_answer_new_order(call, &order);
    sv_order_free(&order);
    sv_purchase_free(&purchase);
    sv_form_free(&form);
}
