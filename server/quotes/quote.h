/* A quote: its document, its states, and the jobs that move it on. All changes of state go through here.
 *
 * The document (section 2.4 of the interface) stands in `body`. `private` has what only the service needs:
 *   request  what was asked for, as quotes/asked.h makes it
 *   parts    [{id, file_version}]: what it is for
 *   lines    {option id: what orders need of it}, as quotes/totals.h says */
#ifndef SV_QUOTE_H
#define SV_QUOTE_H

#include "quotes/pricing.h"
#include "quotes/target.h"
#include "store/jobs.h"

/* The job that looks at a quote again: kind, object (the quote). It waits for a part, or for the end of its time. */
#define SV_JOB_QUOTE "quote"

/* A quote that is not stored yet: pending where the target is being measured, or may wait and is slow, else priced.
 * request: taken over. false: *why tells. The caller frees it either way. */
bool sv_quote_make(sv_app *app, sv_scope scope, bool tax_exempt, json_t *request, const sv_target *target,
                   sv_object *quote, sv_no_price *why);

/* Where it stands now: "complete" becomes "expired" by time, and "complete" and "pending" become "superseded" by a new
 * version of a part's file, before any job writes it down. */
const char *sv_quote_status(sv_store *store, sv_scope scope, const sv_object *quote, int64_t now_ms);

/* As clients see it at this moment. status: sv_quote_status, or NULL for what the document and the clock say. The
 * caller owns it. */
json_t *sv_quote_view(const sv_object *quote, bool livemode, const char *status);

/* The option of a quote, borrowed; NULL: it has none of this id. */
json_t *sv_quote_option(const sv_object *quote, const char *option_id);

/* ---- only within a writing transaction; request_id NULL: no request caused it ---- */

/* Stores a new one, tells of it, and has it looked at when its time comes. SV_CONFLICT: its ref is taken. */
sv_result sv_quote_insert(sv_store *store, sv_scope scope, const char *request_id, sv_object *quote);

/* Writes a new status and tells `event` of it (NULL: nobody). */
sv_result sv_quote_move(sv_store *store, sv_scope scope, const char *request_id, sv_object *quote, const char *status,
                        const char *event);

/* An order was made of it: `ordered`, with the order's id among order_ids. */
sv_result sv_quote_ordered(sv_store *store, sv_scope scope, sv_object *quote, const char *order_id);

/* Jobs of the kinds SV_JOB_QUOTE and SV_JOB_PART_CHANGED that app->owner holds, from beginning to end. */
void sv_quote_job(sv_app *app, const sv_job *job);
void sv_quote_part_changed(sv_app *app, const sv_job *job);

#endif
