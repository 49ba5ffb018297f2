/* What several lines cost together at one address: fee for small orders, shipping, tax. Orders are priced by this, and
 * each option of a quote as if it were ordered alone. */
#ifndef SV_TOTALS_H
#define SV_TOTALS_H

#include "quotes/books.h"

typedef struct sv_basket {
    const sv_book *book;
    lq_order_line *lines;
    size_t line_count;
    const char *currency;
    const char *country;  /* alpha-2 */
    const char *postcode; /* NULL: not known */
    bool sample, tax_exempt;
} sv_basket;

/* Adds an option of a quote; false: the quote has no such option, or it has no price. Free basket.lines in the end. */
bool sv_basket_add(sv_basket *basket, const sv_object *quote, const char *option_id);
void sv_basket_put(sv_basket *basket, const lq_order_line *line);

/* method: of the book's shipping, or NULL for the cheapest or the fastest. SV_ERROR_COUNT: good; else what to refuse
 * with: destination_not_served, shipping_option_invalid (nothing goes there by this method), validation_failed (too
 * large for numbers). */
sv_error sv_basket_total(sv_app *app, const sv_basket *basket, const char *method, bool fastest, lq_order_result *out);

/* Every way to ship the basket, cheapest first: [{id, method, name, price, transit_days_min, transit_days_max,
 * delivery_date, carrier, tracked}]. ship_date: when it leaves. option_ids: what the ids stand for. */
json_t *sv_shipping_options(sv_app *app, sv_scope scope, const sv_basket *basket, const char *ship_date,
                            const json_t *option_ids);

/* The method that an id of shipping stands for, if it was made for just these options and this country; else NULL.
 * Borrowed from the book. */
const char *sv_shipping_method(const sv_app *app, sv_scope scope, const sv_book *book, const char *id,
                               const char *country, const json_t *option_ids);

/* Which zone of a method a place lies in: that of the longest beginning of its postcode, else of the country; -1: it
 * is not served. */
int sv_zone_of(const json_t *method, const char *country, const char *postcode);

/* {"rate": "0.19", "jurisdiction": "DE", "inclusive": false} */
json_t *sv_tax_view(const lq_order_result *total, const char *country);

/* What a quote keeps of an option for orders: {"parcels", "line_minor", "discount_minor", "revenue_share_minor"}. */
const json_t *sv_quote_line(const sv_object *quote, const char *option_id);

#endif
