/* Price books by their version: quotes pin one, orders are priced with it after others were activated. */
#ifndef SV_BOOKS_H
#define SV_BOOKS_H

#include "access/call.h"

typedef struct sv_book {
    char *version;
    lq_book *book;
    json_t *json;     /* as it was put */
    bool has_machine; /* material and time of some process are estimated */
    int64_t used;
} sv_book;

/* Borrowed until the next call. NULL: there is no such book. version NULL: the active one. */
const sv_book *sv_book_get(sv_app *app, const char *version);

/* The book that a basket of several quotes is priced with: that of the newest of them. As above. */
const sv_book *sv_book_of_quotes(sv_app *app, const sv_object *quotes, size_t count);
void sv_books_free(sv_app *app);

#endif
