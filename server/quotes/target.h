/* What is quoted: a part, or the members of a product with the options that were chosen. */
#ifndef SV_TARGET_H
#define SV_TARGET_H

#include "quotes/pricing.h"

typedef struct sv_target {
    sv_object product; /* id "": a part alone */
    json_t *members;   /* of the product, with its options applied */
    sv_object *parts;
    sv_piece *pieces;
    size_t count;
    bool may_wait; /* the quote may be answered before it is priced; false as it is read */
} sv_target;

/* SV_ROW: read; close it. SV_DONE: something it names is not there (of this account and mode), or an option is unknown:
 * why->path says which, why->error what to refuse with. */
sv_result sv_target_read(sv_store *store, sv_scope scope, const json_t *request, sv_target *target, sv_no_price *why);
void sv_target_close(sv_target *target);

/* The state that keeps it from being priced: "failed", "needs_selection", "awaiting_file" or "processing", in this
 * order, of any part; else "ready". */
const char *sv_target_status(const sv_target *target);

/* Would measuring its parts again take longer than a request may run? */
bool sv_target_is_slow(const sv_target *target);

/* [{"id", "file_version"}] of its parts: what the price is for. The caller owns it. */
json_t *sv_target_versions(const sv_target *target);

#endif
