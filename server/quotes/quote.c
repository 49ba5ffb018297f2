#include "quotes/quote.h"

#include <string.h>

#include "events/emit.h"
#include "parts/report.h"
#include "store/accounts.h"

#define DAY_MS INT64_C(86400000)
#define RETRY_MS 1000
#define AGAIN_MS 60000 /* a quote whose part is still being measured; the part wakes it before */

/* ---- the document ---- */

static json_t *new_body(const json_t *request, const sv_target *target, const char *status, const char *expires)
{
    const sv_object *part = target->product.id[0] ? NULL : &target->parts[0];
    const json_t *analysis = part ? json_object_get(part->body, "analysis") : NULL;
    const char *analysis_id = json_string_value(json_object_get(analysis, "id"));
    return json_pack("{s:s, s:s?, s:s?, s:o, s:s?, s:n, s:s, s:O, s:O, s:s, s:s, s:n, s:[], s:[], s:[], s:n, s:{}}",
                     "status", status, "part_id", part ? part->id : NULL, "product_id",
                     part ? NULL : target->product.id, "file_version",
                     part ? json_incref(json_object_get(part->body, "file_version")) : json_null(), "analysis_id",
                     analysis_id, "price_book_version", "engine_version", lq_version(), "currency",
                     json_object_get(request, "currency"), "ship_to", json_object_get(request, "ship_to"), "priority",
                     sv_json_true(request, "priority") ? "priority" : "standard", "expires_at", expires,
                     "superseded_by", "order_ids", "options", "comparison", "failure", "metadata");
}

static bool price(sv_app *app, sv_scope scope, bool tax_exempt, const sv_target *target, sv_object *quote,
                  sv_no_price *why)
{
    const sv_pricing pricing = {.scope = scope,
                                .now_ms = sv_now_ms(),
                                .tax_exempt = tax_exempt,
                                .book = sv_book_get(app, NULL),
                                .request = json_object_get(quote->private, "request"),
                                .product = target->members ? target->product.body : NULL,
                                .pieces = target->pieces,
                                .piece_count = target->count};
    if (!pricing.book) return sv_no_price_say(why, SV_E_unavailable, "", "No price book is active.");
    return sv_pricing_make(app, &pricing, quote->body, quote->private, why);
}

bool sv_quote_make(sv_app *app, sv_scope scope, bool tax_exempt, json_t *request, const sv_target *target,
                   sv_object *quote, sv_no_price *why)
{
    char expires[SV_MOMENT_SIZE];
    const bool ready = strcmp(sv_target_status(target), "ready") == 0;
    *quote = sv_object_new("quote", NULL, NULL);
    sv_moment_print(quote->created_ms + sv_json_integer(request, "days") * DAY_MS, expires);
    quote->body = new_body(request, target, ready ? "complete" : "pending", expires);
    quote->private = json_pack("{s:o, s:o, s:{}}", "request", request, "parts", sv_target_versions(target), "lines");
    return !ready || price(app, scope, tax_exempt, target, quote, why);
}

json_t *sv_quote_option(const sv_object *quote, const char *option_id)
{
    json_t *option;
    size_t index;
    json_array_foreach(json_object_get(quote->body, "options"), index,
                       option) if (strcmp(sv_json_text(option, "id"), option_id) == 0) return option;
    return NULL;
}

/* ---- where it stands ---- */

static bool is(const sv_object *quote, const char *status)
{
    return strcmp(sv_json_text(quote->body, "status"), status) == 0;
}

static int64_t expires_ms(const sv_object *quote)
{
    int64_t ms = 0;
    return sv_moment_read(sv_json_text(quote->body, "expires_at"), &ms) ? ms : 0;
}

/* Is a part gone, or its file another? */
static bool is_outdated(sv_store *store, sv_scope scope, const sv_object *quote)
{
    json_t *known;
    size_t index;
    json_array_foreach(json_object_get(quote->private, "parts"), index, known)
    {
        sv_object part;
        sv_result result = sv_object_get(store, scope, "part", sv_json_text(known, "id"), &part);
        const bool same = result == SV_ROW && json_equal(json_object_get(part.body, "file_version"),
                                                         json_object_get(known, "file_version"));
        if (result == SV_ROW) sv_object_free(&part);
        if (!same && (result == SV_ROW || result == SV_DONE)) return true;
    }
    return false;
}

static const char *status_by_clock(const sv_object *quote, int64_t now_ms)
{
    return is(quote, "complete") && expires_ms(quote) <= now_ms ? "expired" : sv_json_text(quote->body, "status");
}

const char *sv_quote_status(sv_store *store, sv_scope scope, const sv_object *quote, int64_t now_ms)
{
    const char *status = status_by_clock(quote, now_ms);
    const bool open = strcmp(status, "complete") == 0 || strcmp(status, "pending") == 0;
    return open && is_outdated(store, scope, quote) ? "superseded" : status;
}

json_t *sv_quote_view(const sv_object *quote, bool livemode, const char *status)
{
    json_t *view = sv_object_view(quote, livemode);
    json_object_set_new(view, "status", json_string(status ? status : status_by_clock(quote, sv_now_ms())));
    return view;
}

/* ---- changes ---- */

static sv_result tell(sv_store *store, sv_scope scope, const char *request_id, const sv_object *quote,
                      const char *event, const json_t *before)
{
    json_t *view = sv_object_view(quote, scope.livemode), *previous = before ? sv_previous(before, view) : NULL;
    sv_result result = sv_emit(store, scope, request_id, event, view, previous);
    json_decref(previous);
    json_decref(view);
    return result;
}

static bool wants_review(const sv_object *quote)
{
    json_t *option;
    size_t index;
    json_array_foreach(json_object_get(quote->body, "options"), index,
                       option) if (strcmp(sv_json_text(option, "status"), "needs_review") == 0) return true;
    return false;
}

static sv_result tell_complete(sv_store *store, sv_scope scope, const char *request_id, const sv_object *quote,
                               const json_t *before)
{
    sv_result result = tell(store, scope, request_id, quote, "quote.completed", before);
    if (result == SV_DONE && wants_review(quote))
        result = tell(store, scope, request_id, quote, "quote.needs_review", before);
    return result;
}

static sv_result add_jobs(sv_store *store, sv_scope scope, const sv_object *quote)
{
    json_t *part;
    size_t index;
    sv_result result = SV_DONE;
    /* The part may have become ready since it was read: a pending quote is looked at soon, too. */
    const int64_t due = is(quote, "pending") ? sv_now_ms() + 1000 : expires_ms(quote);
    json_array_foreach(json_object_get(quote->private, "parts"), index, part)
    {
        if (result != SV_DONE) break;
        result = sv_job_add(store, scope, SV_JOB_QUOTE, quote->id, NULL, sv_json_text(part, "id"), due);
    }
    return result;
}

sv_result sv_quote_insert(sv_store *store, sv_scope scope, const char *request_id, sv_object *quote)
{
    sv_result result = sv_object_insert(store, scope, quote);
    if (result == SV_DONE) result = add_jobs(store, scope, quote);
    if (result == SV_DONE) result = tell(store, scope, request_id, quote, "quote.created", NULL);
    if (result == SV_DONE && is(quote, "complete")) result = tell_complete(store, scope, request_id, quote, NULL);
    return result;
}

sv_result sv_quote_move(sv_store *store, sv_scope scope, const char *request_id, sv_object *quote, const char *status,
                        const char *event)
{
    json_t *before = json_copy(quote->body);
    json_object_set_new(quote->body, "status", json_string(status));
    sv_result result = sv_object_update(store, scope, quote);
    if (result == SV_DONE && event) result = tell(store, scope, request_id, quote, event, before);
    json_decref(before);
    return result;
}

sv_result sv_quote_ordered(sv_store *store, sv_scope scope, sv_object *quote, const char *order_id)
{
    json_array_append_new(json_object_get(quote->body, "order_ids"), json_string(order_id));
    return sv_quote_move(store, scope, NULL, quote, "ordered", NULL);
}

/* ---- jobs ---- */

static bool is_tax_exempt(sv_store *store, const char *account_id)
{
    sv_account account;
    if (sv_account_get(store, account_id, &account) != SV_ROW) return false;
    const bool exempt = sv_json_true(account.body, "tax_exempt");
    sv_account_free(&account);
    return exempt;
}

static void set_failure(sv_object *quote, const char *code, const char *message)
{
    json_object_set_new(quote->body, "failure", json_pack("{s:s, s:s}", "code", code, "message", message));
}

/* Prices it, outside of any transaction; what it then is stands in *status, NULL: it waits on. */
static void complete(sv_app *app, sv_scope scope, sv_object *quote, const char **status)
{
    sv_target target;
    sv_no_price why = {.error = SV_ERROR_COUNT};
    *status = NULL;
    sv_result read = sv_target_read(app->store, scope, json_object_get(quote->private, "request"), &target, &why);
    if (read == SV_DONE) {
        set_failure(quote, sv_error_code(why.error), why.message);
        *status = "failed";
    }
    if (read != SV_ROW) return;
    const char *parts = sv_target_status(&target);
    if (strcmp(parts, "failed") == 0) {
        set_failure(quote, "part_failed", "The part cannot be read.");
        *status = "failed";
    } else if (strcmp(parts, "ready") == 0) {
        *status = "complete";
        if (!price(app, scope, is_tax_exempt(app->store, scope.account_id), &target, quote, &why)) {
            set_failure(quote, sv_error_code(why.error), why.message);
            *status = "failed";
        }
        if (quote->body && !target.members)
            json_object_set_new(
                quote->body, "analysis_id",
                sv_json_text_or_null(json_string_value(sv_json_at(target.parts[0].body, "analysis.id"))));
    }
    sv_target_close(&target);
}

/* The new status, or NULL where nothing is to be changed. */
static const char *find_status(sv_app *app, sv_scope scope, sv_object *quote)
{
    const char *status = sv_quote_status(app->store, scope, quote, sv_now_ms());
    if (strcmp(status, "pending") == 0) complete(app, scope, quote, &status);
    return status && !is(quote, status) ? status : NULL;
}

static sv_result write_status(sv_app *app, sv_scope scope, sv_object *quote, const json_t *before, const char *status)
{
    char event[40];
    if (strcmp(status, "complete") == 0) {
        json_object_set_new(quote->body, "status", json_string(status));
        sv_result result = sv_object_update(app->store, scope, quote);
        return result == SV_DONE ? tell_complete(app->store, scope, NULL, quote, before) : result;
    }
    strcat(strcpy(event, "quote."), status);
    return sv_quote_move(app->store, scope, NULL, quote, status, event);
}

static sv_result finish(sv_app *app, const sv_job *job, const sv_object *quote)
{
    if (is(quote, "pending")) return sv_job_postpone(app->store, job, app->owner, sv_now_ms() + AGAIN_MS);
    if (is(quote, "complete")) return sv_job_postpone(app->store, job, app->owner, expires_ms(quote));
    return sv_job_finish(app->store, job, app->owner);
}

/* Ends a transaction that was begun, and lets the job go for a moment where it has failed. */
static void end_job(sv_app *app, const sv_job *job, sv_result result)
{
    if (result == SV_DONE) result = sv_commit(app->store);
    if (sv_in_transaction(app->store)) sv_rollback(app->store);
    if (result == SV_DONE || sv_begin(app->store, true) != SV_DONE) return;
    if (sv_job_postpone(app->store, job, app->owner, sv_now_ms() + RETRY_MS) == SV_DONE) sv_commit(app->store);
    if (sv_in_transaction(app->store)) sv_rollback(app->store);
}

void sv_quote_job(sv_app *app, const sv_job *job)
{
    const sv_scope scope = {job->account_id, job->livemode};
    sv_object quote;
    sv_result result = sv_object_get(app->store, scope, "quote", job->object_id, &quote);
    const bool known = result == SV_ROW;
    json_t *before = known ? json_copy(quote.body) : NULL;
    const char *status = known ? find_status(app, scope, &quote) : NULL;
    if (known || result == SV_DONE) result = sv_begin(app->store, true);
    if (result == SV_DONE && status) result = write_status(app, scope, &quote, before, status);
    if (result == SV_DONE && status) sv_metric_label(app->shared, SV_QUOTES, status, 0);
    if (result == SV_DONE) result = known ? finish(app, job, &quote) : sv_job_finish(app->store, job, app->owner);
    end_job(app, job, result);
    json_decref(before);
    if (known) sv_object_free(&quote);
    sv_reports_trim(app);
}

/* Every quote of the part looks at itself. */
void sv_quote_part_changed(sv_app *app, const sv_job *job)
{
    const sv_scope scope = {job->account_id, job->livemode};
    sv_result result = sv_begin(app->store, true);
    if (result == SV_DONE) result = sv_job_wake(app->store, scope, job->object_id);
    if (result == SV_DONE) result = sv_job_finish(app->store, job, app->owner);
    end_job(app, job, result);
}
