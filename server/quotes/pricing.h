/* What a request for a quote costs: the engine's prices as the options of the interface. Knows no HTTP: quotes that
 * waited for their part are priced by the same function as those that are answered at once. */
#ifndef SV_PRICING_H
#define SV_PRICING_H

#include "quotes/books.h"

/* Why there is no price. error SV_ERROR_COUNT: none. */
typedef struct sv_no_price {
    sv_error error;
    char path[64], message[320];
} sv_no_price;

/* One part of what is priced, and how many of it are in one unit. */
typedef struct sv_piece {
    const sv_object *part; /* ready */
    const json_t *member;  /* of a product: its material where the request names none; NULL for a part alone */
    uint32_t quantity;
} sv_piece;

/* request: as quotes/asked.h makes it. product: NULL for a part. */
typedef struct sv_pricing {
    sv_scope scope;
    int64_t now_ms;
    bool tax_exempt;
    const sv_book *book;
    const json_t *request, *product;
    const sv_piece *pieces;
    size_t piece_count;
} sv_pricing;

/* Is there a price for this request at all, whatever the part? Materials, colours, heights, currency, discount, place.
 */
bool sv_pricing_check(sv_app *app, const sv_pricing *p, sv_no_price *why);

/* Sets options, comparison, price_book_version and engine_version of the quote's document, and `lines` of what is
 * private (quotes/totals.h). */
bool sv_pricing_make(sv_app *app, const sv_pricing *p, json_t *body, json_t *private, sv_no_price *why);

bool sv_no_price_say(sv_no_price *why, sv_error error, const char *path, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* What the engine said last, as one of the interface's errors; always false. */
bool sv_no_price_of_engine(sv_app *app, sv_no_price *why, const char *path);

#endif
