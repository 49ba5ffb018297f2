/* Price books: stored as they came, read by the library, one of them active. */
#ifndef SV_PRICE_BOOKS_H
#define SV_PRICE_BOOKS_H

#include "access/call.h"

/* Checks the bytes; NULL: good, else a sentence (the caller frees it), *path where it is ("" for none, at most 255). */
char *sv_book_check(lq_context *context, const void *bytes, size_t size, char path[256]);

typedef enum sv_stored { SV_STORED_NEW, SV_STORED_SAME, SV_STORED_OTHER, SV_STORED_FAILED } sv_stored;
sv_stored sv_book_store(sv_store *store, const char *version, const void *bytes, size_t size);
/* Prices are from this one from now on, and every account is told. request_id: NULL where no request asked for it.
 * SV_CONFLICT: there is none of this version. Only within a writing transaction. */
sv_result sv_book_activate(sv_store *store, const char *version, const char *request_id);

/* price_book.activated to every account, and material.updated, material.discontinued of what differs from the book of
 * `before`, which may be NULL. */
sv_result sv_book_tell(sv_store *store, const char *before, const char *version, const char *request_id);

/* Reads the active book into the worker where it has changed; false: none is active, or it cannot be read. */
bool sv_book_load(sv_app *app);
void sv_book_unload(sv_app *app);

#endif
