#include "quotes/totals.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access/amounts.h"
#include "quotes/calendar.h"

/* ---- baskets ---- */

void sv_basket_put(sv_basket *basket, const lq_order_line *line)
{
    basket->lines = sv_grow(basket->lines, basket->line_count + 1, sizeof *basket->lines);
    basket->lines[basket->line_count++] = *line;
}

const json_t *sv_quote_line(const sv_object *quote, const char *option_id)
{
    return json_object_get(json_object_get(quote->private, "lines"), option_id);
}

bool sv_basket_add(sv_basket *basket, const sv_object *quote, const char *option_id)
{
    const json_t *kept = sv_quote_line(quote, option_id);
    json_t *parcel;
    size_t index;
    if (!kept) return false;
    json_array_foreach(json_object_get(kept, "parcels"), index, parcel)
    {
        /* The money of an option stands with its first parcel. */
        lq_order_line line = {.line_minor = index ? 0 : sv_json_integer(kept, "line_minor"),
                              .mass_mg = sv_json_integer(parcel, "mass_mg"),
                              .quantity = (uint32_t)sv_json_integer(parcel, "quantity")};
        for (size_t i = 0; i < 3; i++)
            line.box_mm[i] = json_number_value(json_array_get(json_object_get(parcel, "box_mm"), i));
        sv_basket_put(basket, &line);
    }
    return true;
}

sv_error sv_basket_total(sv_app *app, const sv_basket *basket, const char *method, bool fastest, lq_order_result *out)
{
    const lq_order_request request = {.struct_size = sizeof request,
                                      .lines = basket->lines,
                                      .line_count = basket->line_count,
                                      .currency = basket->currency,
                                      .country = basket->country,
                                      .postcode = basket->postcode,
                                      .method_id = method,
                                      .fastest = fastest,
                                      .sample = basket->sample,
                                      .tax_exempt = basket->tax_exempt};
    lq_context_reset(app->context);
    if (lq_order_price(app->context, basket->book->book, &request, out) == LQ_OK) return SV_ERROR_COUNT;
    const char *code = lq_context_error(app->context)->code;
    if (strcmp(code, "destination_not_served") == 0)
        return method ? SV_E_shipping_option_invalid : SV_E_destination_not_served;
    if (strcmp(code, "currency_unsupported") == 0) return SV_E_currency_unsupported;
    if (strcmp(code, "argument") == 0 && method) return SV_E_shipping_option_invalid;
    return strcmp(code, "invalid_country") == 0 ? SV_E_invalid_country : SV_E_validation_failed;
}

/* ---- places ---- */

static char plain(char c) { return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c; }

/* How many characters of the postcode the beginning takes, blanks and hyphens left out; 0: it is another. As the engine
 * does it. */
static size_t matched(const char *postcode, const char *beginning)
{
    size_t count = 0;
    for (;; beginning++, postcode++) {
        while (*beginning == ' ' || *beginning == '-') beginning++;
        while (*postcode == ' ' || *postcode == '-') postcode++;
        if (!*beginning) return count;
        if (plain(*postcode) != plain(*beginning)) return 0;
        count++;
    }
}

int sv_zone_of(const json_t *method, const char *country, const char *postcode)
{
    json_t *zone, *word;
    size_t index, at, longest = 0;
    int found = -1;
    json_array_foreach(json_object_get(method, "zones"), index, zone)
    {
        bool there = false;
        json_t *postcodes = json_object_get(zone, "postcodes");
        json_array_foreach(json_object_get(zone, "countries"), at, word) there |=
            strcmp(json_string_value(word), country) == 0;
        if (!there) continue;
        if (!json_array_size(postcodes) && found < 0) found = (int)index;
        json_array_foreach(postcodes, at, word)
        {
            size_t count = postcode ? matched(postcode, json_string_value(word)) : 0;
            if (count > longest) longest = count, found = (int)index;
        }
    }
    return found;
}

/* ---- ids of shipping ---- */

static int by_text(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }

/* 48 bits of time, and 80 bits that only this service can make of what the id stands for: nothing has to be kept. */
static void make_id(const sv_app *app, sv_scope scope, const char *method, const char *country,
                    const json_t *option_ids, const char *time, char id[SV_ID_SIZE])
{
    static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";
    uint8_t mac[SV_SHA256_SIZE];
    sv_text text = {0};
    const size_t count = json_array_size(option_ids);
    const char **sorted = sv_alloc(count + 1, sizeof *sorted);
    for (size_t i = 0; i < count; i++) sorted[i] = json_string_value(json_array_get(option_ids, i));
    qsort(sorted, count, sizeof *sorted, by_text); /* items may be named in any order */
    sv_text_format(&text, "shipping %s %d %s %s %.10s", scope.account_id, scope.livemode, method, country, time);
    for (size_t i = 0; i < count; i++) sv_text_format(&text, " %s", sorted[i]);
    free(sorted);
    sv_hmac_sha256(app->config->pepper, 32, sv_text_get(&text), text.size, mac);
    sv_text_free(&text);
    snprintf(id, SV_ID_SIZE, "sho_%.10s", time);
    for (int i = 0; i < 16; i++) id[14 + i] = digits[mac[i] & 31];
    id[30] = 0;
}

const char *sv_shipping_method(const sv_app *app, sv_scope scope, const sv_book *book, const char *id,
                               const char *country, const json_t *option_ids)
{
    json_t *method;
    size_t index;
    char expected[SV_ID_SIZE];
    if (!sv_id_is(id, "sho")) return NULL;
    json_array_foreach(sv_json_at(book->json, "shipping.methods"), index, method)
    {
        const char *name = sv_json_text(method, "id");
        make_id(app, scope, name, country, option_ids, id + 4, expected);
        if (sv_same_secret(expected, id, 30)) return name;
    }
    return NULL;
}

/* ---- views ---- */

json_t *sv_tax_view(const lq_order_result *total, const char *country)
{
    char rate[16];
    int size = snprintf(rate, sizeof rate, "%lld.%06lld", (long long)(total->tax_ppm / 1000000),
                        (long long)(total->tax_ppm % 1000000));
    while (size > 1 && rate[size - 1] == '0') rate[--size] = 0;
    if (size > 1 && rate[size - 1] == '.') rate[--size] = 0;
    return json_pack("{s:s, s:o, s:b}", "rate", rate, "jurisdiction",
                     sv_json_text_or_null(total->tax_name ? country : NULL), "inclusive", 0);
}

static bool is_before(const lq_order_result *a, const lq_order_result *b)
{
    if (a->shipping_minor != b->shipping_minor) return a->shipping_minor < b->shipping_minor;
    return a->transit_days_max < b->transit_days_max;
}

json_t *sv_shipping_options(sv_app *app, sv_scope scope, const sv_basket *basket, const char *ship_date,
                            const json_t *option_ids)
{
    json_t *options = json_array(), *methods = sv_json_at(basket->book->json, "shipping.methods"), *method;
    lq_order_result *totals = sv_alloc(json_array_size(methods) + 1, sizeof *totals);
    size_t index;
    json_array_foreach(methods, index, method)
    {
        lq_order_result total;
        const char *name = sv_json_text(method, "id");
        char made[SV_ID_SIZE], id[SV_ID_SIZE], date[SV_DATE_SIZE];
        if (sv_basket_total(app, basket, name, false, &total) != SV_ERROR_COUNT) continue;
        sv_id_make("sho", made);
        make_id(app, scope, name, basket->country, option_ids, made + 4, id);
        sv_later_date(basket->book->json, ship_date, total.transit_days_max, date);
        json_t *view =
            json_pack("{s:s, s:s, s:s, s:o, s:i, s:i, s:s, s:s, s:b}", "id", id, "method", name, "name",
                      total.method_name, "price", sv_money(total.shipping_minor, total.currency), "transit_days_min",
                      total.transit_days_min, "transit_days_max", total.transit_days_max, "delivery_date", date,
                      "carrier", sv_json_text(method, "carrier"), "tracked", sv_json_true(method, "tracked"));
        size_t at = json_array_size(options);
        while (at > 0 && is_before(&total, &totals[at - 1])) totals[at] = totals[at - 1], at--;
        totals[at] = total;
        json_array_insert_new(options, at, view);
    }
    free(totals);
    return options;
}
