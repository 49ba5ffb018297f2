#include "price/order.h"

#include <string.h>

#include "base/fail.h"
#include "price/country.h"
#include "price/formula.h"
#include "price/money.h"

#define LENGTH_UM_MAX ((int64_t)1000000000)
#define LINES_MAX 10000

/* What is shipped, in grams; mass also in milligrams for the limits of carriers. */
typedef struct parcel {
    int64_t weight_g, volumetric_g;
    lqi_wide weight_mg;
} parcel;

/* A way of shipping with its price. */
typedef struct offer {
    const lqi_method *method;
    const lqi_zone *zone;
    int64_t minor;
} offer;

static lq_status add_up(lq_context *context, const lq_book *book, const lq_order_request *request, int64_t *lines_minor,
                        parcel *packed, bool *overflow)
{
    lqi_wide minor = 0, mass_mg = 0, volume_mm3 = 0;
    for (size_t i = 0; i < request->line_count; i++) {
        const lq_order_line *line = &request->lines[i];
        lqi_wide box_um3 = 1;
        if (line->line_minor < 0 || line->mass_mg < 0 || line->quantity == 0)
            return lqi_fail(context, LQI_ARGUMENT, -1, "A line of an order has no price, mass or quantity.");
        for (int k = 0; k < 3; k++) {
            int64_t side_um;
            if (!lqi_round_measure(line->box_mm[k] * 1000, LENGTH_UM_MAX, &side_um))
                return lqi_fail(context, LQI_ARGUMENT, -1, "A line of an order has no box.");
            box_um3 *= side_um;
        }
        minor += line->line_minor;
        mass_mg += (lqi_wide)line->mass_mg * line->quantity;
        volume_mm3 += (lqi_wide)lqi_round_quotient(box_um3, 1000000000, overflow) * line->quantity;
    }
    *lines_minor = lqi_narrow(minor, overflow);
    packed->weight_mg = mass_mg + (lqi_wide)book->tare_g * 1000;
    packed->weight_g = lqi_narrow((lqi_wide)lqi_round_quotient(mass_mg, 1000, overflow) + book->tare_g, overflow);
    packed->volumetric_g = lqi_round_quotient(volume_mm3, book->volumetric_divisor, overflow);
    return LQ_OK;
}

/* ---- where to ---- */

static char plain(char c) { return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c; }

/* How many characters of the postcode the beginning takes, blanks and hyphens left out; 0: it is another. */
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

/* The zone that names the longest beginning of the postcode, else one for the whole country, else NULL. */
static const lqi_zone *find_zone(const lqi_method *method, const char *country, const char *postcode)
{
    const lqi_zone *found = NULL;
    size_t longest = 0;
    for (size_t i = 0; i < method->zone_count; i++) {
        const lqi_zone *zone = &method->zones[i];
        bool there = false;
        for (size_t k = 0; k < zone->countries.count && !there; k++)
            there = strcmp(zone->countries.items[k], country) == 0;
        if (!there) continue;
        if (zone->everywhere && !found) found = zone;
        for (size_t k = 0; postcode && k < zone->postcodes.count; k++) {
            size_t count = matched(postcode, zone->postcodes.items[k]);
            if (count > longest) longest = count, found = zone;
        }
    }
    return found;
}

static int64_t ship(const parcel *packed, const lqi_zone *zone, const lqi_currency *currency, bool *overflow)
{
    int64_t chargeable = packed->weight_g > packed->volumetric_g ? packed->weight_g : packed->volumetric_g;
    lqi_wide over = (lqi_wide)chargeable - zone->included_g;
    int64_t steps = over > 0 ? lqi_ceil_quotient(over, zone->step_g, overflow) : 0;
    lqi_wide micro = (lqi_wide)zone->base_micro + (lqi_wide)steps * zone->per_step_micro;
    return lqi_minor_of_micro(lqi_narrow(micro, overflow), currency, overflow);
}

/* Cheapest, then fastest; or the other way round. Between equals the book's order holds. */
static bool is_better(const offer *a, const offer *b, bool fastest)
{
    if (!b->method) return true;
    int price = (a->minor > b->minor) - (a->minor < b->minor);
    int days = (a->zone->days_max > b->zone->days_max) - (a->zone->days_max < b->zone->days_max);
    if (days == 0) days = (a->zone->days_min > b->zone->days_min) - (a->zone->days_min < b->zone->days_min);
    int first = fastest ? days : price, second = fastest ? price : days;
    return first < 0 || (first == 0 && second < 0);
}

static lq_status choose(lq_context *context, const lq_book *book, const lq_order_request *request, const char *country,
                        const parcel *packed, const lqi_currency *currency, offer *chosen, bool *overflow)
{
    bool known = !request->method_id;
    *chosen = (offer){0};
    for (size_t i = 0; i < book->method_count; i++) {
        const lqi_method *method = &book->methods[i];
        if (request->method_id && strcmp(method->id, request->method_id) != 0) continue;
        known = true;
        const lqi_zone *zone = find_zone(method, country, request->postcode);
        if (!zone || packed->weight_mg > method->weight_max_mg) continue;
        const offer made = {method, zone, ship(packed, zone, currency, overflow)};
        if (is_better(&made, chosen, request->fastest)) *chosen = made;
    }
    if (!known)
        return lqi_fail(context, LQI_ARGUMENT, -1, "The price book has no way of shipping \"%s\".", request->method_id);
    if (!chosen->method)
        return lqi_fail(context, LQI_DESTINATION_NOT_SERVED, -1, "Nothing ships %lld g to %s%s%s.",
                        (long long)packed->weight_g, country, request->postcode ? " " : "",
                        request->postcode ? request->postcode : "");
    return LQ_OK;
}

/* ---- the order ---- */

static const lqi_currency *find_currency(const lq_book *book, const char *code)
{
    int64_t index = code ? lqi_names_find(&book->currency_names, code) : -1;
    return code ? index < 0 ? NULL : &book->currencies[index] : book->base;
}

static void add_tax(const lq_book *book, const lq_order_request *request, const char *country, lq_order_result *out,
                    bool *overflow)
{
    for (size_t i = 0; i < book->tax_count && !request->tax_exempt; i++) {
        if (strcmp(book->taxes[i].country, country) != 0) continue;
        out->tax_name = book->taxes[i].name;
        out->tax_ppm = book->taxes[i].rate_ppm;
    }
    out->tax_minor = lqi_round_quotient((lqi_wide)out->net_minor * out->tax_ppm, LQI_MILLION, overflow);
}

lq_status lqi_order_price(lq_context *context, const lq_book *book, const lq_order_request *request,
                          lq_order_result *result)
{
    lq_order_result out = {0};
    parcel packed = {0};
    offer chosen;
    char country[3];
    bool overflow = false;
    const lqi_currency *currency = find_currency(book, request->currency);
    if (!currency)
        return lqi_fail(context, LQI_CURRENCY_UNSUPPORTED, -1, "The price book has no rate for the currency \"%s\".",
                        request->currency);
    if (!request->country || !lqi_country(request->country, country))
        return lqi_fail(context, LQI_INVALID_COUNTRY, -1, "\"%s\" is no country code (ISO 3166-1, like DE or DEU).",
                        request->country ? request->country : "");
    if (!request->lines || request->line_count == 0 || request->line_count > LINES_MAX)
        return lqi_fail(context, LQI_ARGUMENT, -1, "An order has 1 to %d lines.", LINES_MAX);
    LQI_TRY(add_up(context, book, request, &out.lines_minor, &packed, &overflow));
    LQI_TRY(choose(context, book, request, country, &packed, currency, &chosen, &overflow));
    int64_t least = lqi_minor_of_micro(book->order_min_micro, currency, &overflow);
    if (!request->sample && out.lines_minor < least) out.small_order_fee_minor = least - out.lines_minor;
    out.shipping_minor = chosen.minor;
    out.net_minor = lqi_narrow((lqi_wide)out.lines_minor + out.small_order_fee_minor + out.shipping_minor, &overflow);
    add_tax(book, request, country, &out, &overflow);
    out.total_minor = lqi_narrow((lqi_wide)out.net_minor + out.tax_minor, &overflow);
    if (overflow)
        return lqi_fail(context, LQI_PRICE_OVERFLOW, -1, "The total of this order is too large for a number.");
    memcpy(out.currency, currency->code, 3);
    out.exponent = currency->exponent;
    out.weight_g = packed.weight_g;
    out.volumetric_g = packed.volumetric_g;
    out.method_id = chosen.method->id;
    out.method_name = chosen.method->name;
    out.transit_days_min = chosen.zone->days_min;
    out.transit_days_max = chosen.zone->days_max;
    *result = out;
    return LQ_OK;
}
