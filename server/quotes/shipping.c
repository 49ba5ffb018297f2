/* Ways of shipping: of the price book, and for options of quotes that go to one address together. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access/amounts.h"
#include "base/countries.h"
#include "quotes/asked.h"
#include "quotes/quote.h"
#include "quotes/quotes.h"
#include "quotes/totals.h"

#define ITEMS_MAX 50

/* Options of quotes on their way into one parcel. */
typedef struct parcel {
    sv_object quotes[ITEMS_MAX];
    size_t count;
    json_t *option_ids;
    const char *ship_date, *expires_at; /* the latest, the earliest */
    sv_basket basket;
} parcel;

/* ---- items ---- */

static bool check_status(sv_call *call, const sv_object *quote)
{
    static const struct {
        const char *status;
        sv_error error;
    } refused[] = {{"expired", SV_E_quote_expired},
                   {"pending", SV_E_quote_pending},
                   {"superseded", SV_E_quote_superseded},
                   {"failed", SV_E_option_not_printable}};
    const char *status = sv_quote_status(call->app->store, call->scope, quote, call->now_ms);
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        if (strcmp(status, refused[i].status) != 0) continue;
        sv_refuse(call, refused[i].error, json_pack("{s:s}", "quote_id", quote->id), "The quote %s is %s.", quote->id,
                  status);
        return false;
    }
    return true;
}

static bool check_fit(sv_call *call, const parcel *p, const sv_object *quote, const char *country)
{
    if (strcmp(sv_json_text(quote->body, "currency"), sv_json_text(p->quotes[0].body, "currency")) != 0 ||
        strcmp(sv_json_text(quote->body, "ship_to.country"), sv_json_text(p->quotes[0].body, "ship_to.country")) != 0) {
        sv_refuse(call, SV_E_items_incompatible, NULL, "All items must be quoted in one currency, for one country.");
        return false;
    }
    if (strcmp(sv_json_text(quote->body, "ship_to.country"), country) == 0) return true;
    sv_refuse(call, SV_E_destination_mismatch, NULL, "The quotes are for another country.");
    return false;
}

static bool add_option(sv_call *call, parcel *p, const sv_object *quote, const char *option_id)
{
    json_t *option = sv_quote_option(quote, option_id);
    if (!option) {
        sv_refuse_reference(call, "option_id");
        return false;
    }
    if (!sv_basket_add(&p->basket, quote, option_id)) {
        sv_refuse(call, SV_E_option_not_printable, json_pack("{s:s}", "option_id", option_id),
                  "This option cannot be made.");
        return false;
    }
    const char *ship_date = sv_json_text(option, "lead_time.ship_date");
    const char *expires_at = sv_json_text(quote->body, "expires_at");
    if (!p->ship_date || strcmp(ship_date, p->ship_date) > 0) p->ship_date = ship_date;
    if (!p->expires_at || strcmp(expires_at, p->expires_at) < 0) p->expires_at = expires_at;
    json_array_append_new(p->option_ids, json_string(option_id));
    return true;
}

static bool add_item(sv_call *call, parcel *p, json_t *item, const char *country)
{
    static const char *const names[] = {"quote_id", "option_id", NULL};
    const char *quote_id = NULL, *option_id = NULL;
    if (!json_is_object(item)) {
        sv_refuse_field(call, SV_E_invalid_request, "", "wrong_type", "An object is expected.");
        return false;
    }
    if (!sv_known_fields(call, item, call->within, names) ||
        !sv_take_text(call, item, "quote_id", 0, SIZE_MAX, false, &quote_id) ||
        !sv_take_text(call, item, "option_id", 0, SIZE_MAX, false, &option_id))
        return false;
    if (!quote_id || !option_id) {
        sv_refuse_field(call, SV_E_validation_failed, quote_id ? "option_id" : "quote_id", "required", "It is needed.");
        return false;
    }
    sv_object *quote = &p->quotes[p->count];
    sv_result result =
        sv_id_is(quote_id, "quote") ? sv_object_get(call->app->store, call->scope, "quote", quote_id, quote) : SV_DONE;
    if (result == SV_DONE) sv_refuse_reference(call, "quote_id");
    if (result != SV_ROW && result != SV_DONE) sv_refuse_store(call, result);
    if (result != SV_ROW) return false;
    p->count++;
    return check_status(call, quote) && check_fit(call, p, quote, country) && add_option(call, p, quote, option_id);
}

static bool add_items(sv_call *call, parcel *p, const char *country)
{
    json_t *items = json_object_get(call->body, "items");
    bool good = true;
    if (items && !json_is_array(items)) {
        sv_refuse_field(call, SV_E_invalid_request, "items", "wrong_type", "An array is expected.");
        return false;
    }
    if (!json_array_size(items) || json_array_size(items) > ITEMS_MAX) {
        sv_refuse_field(call, SV_E_validation_failed, "items", "count", "1 to 50 items are expected.");
        return false;
    }
    for (size_t i = 0; good && i < json_array_size(items); i++) {
        char path[48];
        snprintf(path, sizeof path, "items[%zu]", i);
        call->within = path;
        good = add_item(call, p, json_array_get(items, i), country);
        call->within = NULL;
    }
    return good;
}

static void answer_options(sv_call *call, parcel *p, const json_t *place)
{
    p->basket.book = sv_book_of_quotes(call->app, p->quotes, p->count);
    p->basket.currency = sv_json_text(p->quotes[0].body, "currency");
    p->basket.country = sv_json_text(place, "country");
    p->basket.postcode = json_string_value(json_object_get(place, "postcode"));
    p->basket.tax_exempt = sv_json_true(call->account, "tax_exempt");
    if (!p->basket.book) {
        sv_refuse(call, SV_E_unavailable, NULL, "The price book of these quotes cannot be read.");
        return;
    }
    json_t *options = sv_shipping_options(call->app, call->scope, &p->basket, p->ship_date, p->option_ids);
    if (json_array_size(options)) {
        sv_answer(call, 200, json_pack("{s:O, s:s}", "options", options, "expires_at", p->expires_at));
    } else {
        sv_refuse(call, SV_E_destination_not_served, NULL, "Nothing ships these items to this place.");
    }
    json_decref(options);
}

void sv_find_shipping_options(sv_call *call)
{
    static const char *const names[] = {"items", "ship_to", NULL};
    if (!sv_known_fields(call, call->body, "", names)) return;
    json_t *place = sv_asked_place(call);
    if (!place) return;
    parcel *p = sv_alloc(1, sizeof *p);
    p->option_ids = json_array();
    if (add_items(call, p, sv_json_text(place, "country"))) answer_options(call, p, place);
    for (size_t i = 0; i < p->count; i++) sv_object_free(&p->quotes[i]);
    json_decref(p->option_ids);
    free(p->basket.lines);
    free(p);
    json_decref(place);
}

/* ---- methods of the book ---- */

static json_t *amount_of(const json_t *zone, const char *name, const char *currency)
{
    int64_t millionths = 0, scale = 1;
    for (int i = sv_currency_exponent(currency); i > 0; i--) scale *= 10;
    sv_decimal_read(sv_json_text(zone, name), &millionths);
    return sv_money(sv_scaled(millionths, scale, 1000000), currency);
}

static json_t *zone_view(const json_t *zone, const char *currency)
{
    const json_t *days = json_object_get(zone, "transit_days");
    return json_pack("{s:O, s:O, s:o, s:O, s:O, s:o, s:O, s:O}", "countries", json_object_get(zone, "countries"),
                     "postcodes", json_object_get(zone, "postcodes"), "price", amount_of(zone, "base", currency),
                     "included_g", json_object_get(zone, "included_g"), "step_g", json_object_get(zone, "step_g"),
                     "price_per_step", amount_of(zone, "per_step", currency), "transit_days_min",
                     json_array_get(days, 0), "transit_days_max", json_array_get(days, 1));
}

static bool serves(const json_t *zone, const char *country)
{
    json_t *word;
    size_t index;
    json_array_foreach(json_object_get(zone, "countries"), index,
                       word) if (strcmp(json_string_value(word), country) == 0) return true;
    return false;
}

/* country NULL: all zones. NULL: it serves none of them. */
static json_t *method_view(const json_t *method, const char *country, const char *currency)
{
    json_t *zones = json_array(), *zone;
    size_t index;
    json_array_foreach(json_object_get(method, "zones"), index, zone) if (!country || serves(zone, country))
        json_array_append_new(zones, zone_view(zone, currency));
    if (!json_array_size(zones)) {
        json_decref(zones);
        return NULL;
    }
    return json_pack("{s:s, s:O, s:O, s:O, s:O, s:O, s:o}", "object", "shipping_method", "id",
                     json_object_get(method, "id"), "name", json_object_get(method, "name"), "carrier",
                     json_object_get(method, "carrier"), "tracked", json_object_get(method, "tracked"), "max_kg",
                     json_object_get(method, "max_kg"), "zones", zones);
}

void sv_list_shipping_methods(sv_call *call)
{
    const sv_book *book = sv_book_get(call->app, NULL);
    const char *given = sv_parameter_get(&call->request, "country"), *country = given ? sv_country_code(given) : NULL;
    json_t *data = json_array(), *method;
    size_t index;
    if (given && !country)
        sv_refuse_field(call, SV_E_invalid_country, "country", "unknown", "A code of ISO 3166-1 is expected.");
    if (!book) sv_refuse(call, SV_E_unavailable, NULL, "No price book is active.");
    if (book) json_array_foreach(sv_json_at(book->json, "shipping.methods"), index, method)
        {
            json_t *view = method_view(method, country, lq_book_currency(book->book));
            if (view) json_array_append_new(data, view);
        }
    sv_answer(call, 200,
              json_pack("{s:s, s:o, s:b, s:n}", "object", "list", "data", data, "has_more", 0, "next_cursor"));
}
