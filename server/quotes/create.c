/* New quotes: priced before the transaction that stores them. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "parts/report.h"
#include "quotes/asked.h"
#include "quotes/quote.h"
#include "quotes/quotes.h"

#define WAIT_MAX_S 10
#define LOOK_US 20000

static void free_quote(void *prepared)
{
    sv_object_free(prepared);
    free(prepared);
}

static void refuse_price(sv_call *call, const sv_no_price *why)
{
    if (why->error == SV_E_not_found)
        sv_refuse_reference(call, why->path);
    else if (*why->path)
        sv_refuse_field(call, why->error, why->path, sv_error_code(why->error), why->message);
    else
        sv_refuse(call, why->error, NULL, "%s", why->message);
    if (why->error == SV_E_unavailable) sv_set_header(call, "Retry-After", "60");
}

/* "Prefer: wait=5", maybe among others. */
static int64_t patience_ms(const sv_call *call)
{
    const char *given = sv_header(&call->request, "prefer"), *wait = given ? strstr(given, "wait=") : NULL;
    if (!wait) return 0;
    const long seconds = strtol(wait + 5, NULL, 10);
    return (seconds < 0 ? 0 : seconds > WAIT_MAX_S ? WAIT_MAX_S : seconds) * 1000;
}

/* Reads what is quoted, again while it is being measured and the client has patience. */
static bool read_target(sv_call *call, const json_t *request, sv_target *target)
{
    const int64_t until = sv_monotonic_us() + patience_ms(call) * 1000;
    for (;;) {
        sv_no_price why = {.error = SV_ERROR_COUNT};
        sv_result result = sv_target_read(call->app->store, call->scope, request, target, &why);
        if (result == SV_DONE) refuse_price(call, &why);
        if (result != SV_ROW && result != SV_DONE) sv_refuse_store(call, result);
        if (result != SV_ROW) return false;
        if (strcmp(sv_target_status(target), "processing") != 0 || sv_monotonic_us() >= until || *call->app->stopping)
            return true;
        sv_target_close(target);
        usleep(LOOK_US);
    }
}

static bool check_terms(sv_call *call, const json_t *request, const sv_target *target)
{
    sv_no_price why;
    const sv_pricing pricing = {.scope = call->scope,
                                .now_ms = call->now_ms,
                                .book = sv_book_get(call->app, NULL),
                                .request = request,
                                .pieces = target ? target->pieces : NULL,
                                .piece_count = target ? target->count : 0};
    if (!pricing.book) {
        sv_refuse(call, SV_E_unavailable, NULL, "No price book is active.");
        sv_set_header(call, "Retry-After", "60");
        return false;
    }
    if (sv_pricing_check(call->app, &pricing, &why)) return true;
    refuse_price(call, &why);
    return false;
}

/* May it be quoted? Only what is being measured may wait, and not where nothing is stored. */
static bool check_status(sv_call *call, const sv_target *target, bool may_wait)
{
    const char *status = sv_target_status(target);
    const bool waits = strcmp(status, "processing") == 0;
    if (strcmp(status, "ready") == 0 || (waits && may_wait)) return true;
    const sv_error error = strcmp(status, "failed") == 0            ? SV_E_part_failed
                           : strcmp(status, "needs_selection") == 0 ? SV_E_part_needs_selection
                                                                    : SV_E_part_not_ready;
    sv_refuse(call, error, json_pack("{s:s}", "status", status), "The part has no price: its status is %s.", status);
    return false;
}

/* request: taken over. Keeps the quote in call->prepared. */
static void prepare(sv_call *call, json_t *request, bool may_wait)
{
    sv_target target;
    sv_no_price why;
    sv_reports_trim(call->app);
    if (!check_terms(call, request, NULL) || !read_target(call, request, &target)) {
        json_decref(request);
        return;
    }
    if ((target.members && !check_terms(call, request, &target)) || !check_status(call, &target, may_wait)) {
        json_decref(request);
    } else {
        sv_object *quote = sv_alloc(1, sizeof *quote);
        call->prepared = quote;
        target.may_wait = may_wait;
        call->free_prepared = free_quote;
        if (!sv_quote_make(call->app, call->scope, sv_json_true(call->account, "tax_exempt"), request, &target, quote,
                           &why))
            refuse_price(call, &why);
    }
    sv_target_close(&target);
}

static void prepare_asked(sv_call *call, bool may_wait)
{
    const char *ref = NULL;
    json_t *request = sv_asked_read(call, &ref), *told = json_object();
    if (!request || !sv_take_metadata(call, call->body, told)) {
        json_decref(request);
        json_decref(told);
        return;
    }
    prepare(call, request, may_wait);
    sv_object *quote = call->prepared;
    if (quote && !sv_refused(call)) {
        quote->ref = ref ? sv_copy(ref) : NULL;
        json_object_update(quote->body, told);
    }
    json_decref(told);
}

void sv_prepare_quote(sv_call *call) { prepare_asked(call, true); }
void sv_prepare_preview(sv_call *call) { prepare_asked(call, false); }

/* ---- storing ---- */

static void count(sv_call *call, const char *status) { sv_metric_label(call->app->shared, SV_QUOTES, status, 0); }

static bool store(sv_call *call, sv_object *quote)
{
    sv_result result = sv_quote_insert(call->app->store, call->scope, call->request_id, quote);
    if (result == SV_CONFLICT && quote->ref)
        sv_refuse(call, SV_E_ref_taken, NULL, "Another quote has this ref.");
    else if (result != SV_DONE)
        sv_refuse_store(call, result);
    return result == SV_DONE;
}

static void answer_new(sv_call *call, const sv_object *quote)
{
    sv_text location = {0};
    count(call, sv_json_text(quote->body, "status"));
    const bool pending = strcmp(sv_json_text(quote->body, "status"), "pending") == 0;
    sv_text_format(&location, "/api/v1/quotes/%s", quote->id);
    sv_set_header(call, "Location", sv_text_get(&location));
    sv_text_free(&location);
    sv_answer_object(call, pending ? 202 : 201, quote);
}

void sv_create_quote(sv_call *call)
{
    sv_object *quote = call->prepared;
    if (!store(call, quote)) return;
    sv_audit(call, "quote.create", "quote", quote->id, NULL);
    answer_new(call, quote);
}

void sv_preview_quote(sv_call *call)
{
    json_t *view = sv_object_view(call->prepared, call->scope.livemode);
    json_object_set_new(view, "id", json_null());
    sv_answer(call, 200, view);
}

/* ---- the same again, with what is valid today ---- */

void sv_prepare_requote(sv_call *call)
{
    static const char *const names[] = {NULL};
    sv_object old;
    if (!sv_known_fields(call, call->body, "", names) || !sv_get(call, "quote", call->argument[0], &old)) return;
    prepare(call, json_deep_copy(json_object_get(old.private, "request")), true);
    sv_object *quote = call->prepared;
    if (quote && !sv_refused(call)) json_object_set(quote->body, "metadata", json_object_get(old.body, "metadata"));
    sv_object_free(&old);
}

/* What was ordered stays so; what cannot be ordered any more keeps its status and tells what came after it. */
static bool supersede(sv_call *call, const char *new_id)
{
    sv_object old;
    if (!sv_get(call, "quote", call->argument[0], &old)) return false;
    const char *status = sv_quote_status(call->app->store, call->scope, &old, call->now_ms);
    const bool open = strcmp(status, "complete") == 0 || strcmp(status, "pending") == 0;
    const bool told = strcmp(sv_json_text(old.body, "status"), "superseded") == 0;
    sv_result result = SV_DONE;
    if (strcmp(status, "ordered") != 0) {
        const bool moves = open || (strcmp(status, "superseded") == 0 && !told);
        if (json_is_null(json_object_get(old.body, "superseded_by")))
            json_object_set_new(old.body, "superseded_by", json_string(new_id));
        result =
            sv_quote_move(call->app->store, call->scope, call->request_id, &old,
                          moves ? "superseded" : sv_json_text(old.body, "status"), moves ? "quote.superseded" : NULL);
    }
    if (result != SV_DONE) sv_refuse_store(call, result);
    if (result == SV_DONE && open) count(call, "superseded");
    sv_object_free(&old);
    return result == SV_DONE;
}

void sv_requote(sv_call *call)
{
    sv_object *quote = call->prepared;
    if (!store(call, quote) || !supersede(call, quote->id)) return;
    sv_audit(call, "quote.requote", "quote", quote->id, NULL);
    answer_new(call, quote);
}
