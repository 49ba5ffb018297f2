#include "access/pipeline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "access/body.h"
#include "access/idempotency.h"
#include "access/keys.h"
#include "access/plan.h"
#include "access/request_log.h"
#include "access/send_file.h"
#include "access/signed.h"
#include "base/fault.h"
#include "base/log.h"

/* ---- routes ---- */

/* Does the path fit "/parts/{id}/pin"? -1: no; else how many {} it takes, which are left in the call. */
static int fits(const sv_route *route, sv_call *call)
{
    const sv_request *r = &call->request;
    size_t segment = 0;
    int arguments = 0;
    for (const char *at = route->path; *at;) {
        at++; /* the slash */
        size_t size = strcspn(at, "/");
        if (segment >= r->segment_count) return -1;
        const char *given = r->segment[segment++];
        if (*at == '{')
            call->argument[arguments++] = given;
        else if (strlen(given) != size || strncmp(given, at, size) != 0)
            return -1;
        at += size;
    }
    return segment == r->segment_count ? arguments : -1;
}

/* Words win over {}: "/parts/search" is no part's id. -1: no route has this path. */
static int fewest_arguments(sv_call *call, const sv_routes *const *tables)
{
    int fewest = -1;
    if (call->request.malformed_path) return fewest;
    SV_EACH_ROUTE(route, tables)
    {
        int arguments = fits(route, call);
        if (arguments >= 0 && (fewest < 0 || arguments < fewest)) fewest = arguments;
    }
    return fewest;
}

static void add_allow(sv_call *call, const sv_routes *const *tables, int arguments)
{
    sv_text allow = {0};
    SV_EACH_ROUTE(route, tables)
    {
        if (fits(route, call) == arguments) sv_text_format(&allow, "%s%s", allow.size ? ", " : "", route->method);
    }
    sv_set_header(call, "Allow", sv_text_get(&allow));
    sv_text_free(&allow);
}

static bool find_route(sv_call *call, const sv_routes *const *tables)
{
    int arguments = fewest_arguments(call, tables);
    SV_EACH_ROUTE(route, tables)
    {
        if (arguments < 0 || strcmp(route->method, call->request.method) != 0 || fits(route, call) != arguments)
            continue;
        call->route = route;
        return true;
    }
    if (arguments < 0) {
        sv_refuse(call, SV_E_route_not_found, NULL, "There is no such route.");
    } else if (strcmp(call->request.method, "OPTIONS") == 0) {
        sv_answer(call, 204, NULL);
        add_allow(call, tables, arguments);
    } else {
        sv_refuse(call, SV_E_method_not_allowed, NULL, "This route has no such method.");
        add_allow(call, tables, arguments);
    }
    return false;
}

/* ---- the order of checks ---- */

static bool check_account(sv_call *call)
{
    bool writes = strcmp(call->request.method, "GET") != 0 && strcmp(call->request.method, "HEAD") != 0 &&
                  strcmp(call->request.method, "OPTIONS") != 0;
    size_t last = call->request.segment_count;
    if (last && strcmp(call->request.segment[last - 1], "search") == 0) writes = false;
    if (!writes || strcmp(call->account_status, "suspended") != 0) return true;
    sv_refuse(call, SV_E_account_suspended, NULL, "This account is suspended: it can be read, not changed.");
    return false;
}

static bool check_mode(sv_call *call)
{
    if (!(call->route->flags & SV_TEST_ONLY) || !call->scope.livemode) return true;
    sv_refuse(call, SV_E_test_mode_only, NULL, "This is for test keys alone.");
    return false;
}

static bool check_scope(sv_call *call)
{
    const char *scope = call->route->scope;
    const bool by_role = !(call->route->flags & SV_OPERATOR) || strcmp(call->role, "operator") == 0;
    if (!scope || (by_role && sv_has_scope(call, scope))) return true;
    sv_refuse(call, SV_E_insufficient_scope, json_pack("{s:s}", "required", scope), "This key lacks the scope %s.",
              scope);
    return false;
}

static bool has_extra_rate(const sv_call *call, const char **policy)
{
    const char *path = call->route->path;
    bool post = strcmp(call->route->method, "POST") == 0;
    if (post && (strcmp(path, "/quotes") == 0 || strcmp(path, "/quotes/preview") == 0)) *policy = "quotes";
    if (post && strcmp(path, "/uploads") == 0) *policy = "uploads";
    return *policy != NULL;
}

/* The URL is its own key. */
static bool check_signed(sv_call *call, const sv_routes *const *tables)
{
    sv_signed_origin(call);
    return find_route(call, tables) && sv_signed_check(call) && check_account(call) && sv_body_type(call) &&
           sv_body_take(call);
}

bool sv_serve_check(sv_call *call, const sv_routes *const *tables)
{
    const char *policy = NULL;
    sv_find_client(call);
    if (sv_is_signed(call)) return check_signed(call, tables);
    if (!sv_authenticate(call) || !check_account(call) || !sv_limit_rate(call, NULL)) return false;
    if (!find_route(call, tables) || !check_mode(call) || !check_scope(call) || !sv_plan_allows(call)) return false;
    if (has_extra_rate(call, &policy) && !sv_limit_rate(call, policy)) return false;
    if (call->request.malformed_query) {
        sv_refuse(call, SV_E_invalid_parameter, NULL, "The query cannot be decoded, or has too many parts.");
        return false;
    }
    return sv_body_type(call) && sv_idem_header(call) && sv_body_take(call) && sv_idem_begin(call);
}

/* What an effect changes is committed with the answer that tells it, or not at all. */
void sv_serve_run(sv_call *call)
{
    sv_store *store = call->app->store;
    bool writes = (call->route->flags & SV_WRITES) != 0;
    if (call->route->prepare) call->route->prepare(call);
    if (sv_refused(call)) {
        sv_idem_release(call);
        return;
    }
    sv_result result = sv_begin(store, writes);
    if (result != SV_DONE) {
        sv_refuse_store(call, result);
        sv_idem_release(call);
        return;
    }
    call->route->handler(call);
    if (!call->status) sv_refuse(call, SV_E_internal_error, NULL, "This is our mistake. It was logged.");
    if (!writes || sv_refused(call)) {
        sv_rollback(store);
        sv_idem_release(call);
        return;
    }
    bool kept = sv_idem_finish(call);
    sv_fault("order.before_commit");
    result = kept ? sv_commit(store) : SV_BUSY;
    if (!kept) sv_rollback(store);
    if (result != SV_DONE) {
        json_decref(call->answer);
        call->answer = NULL;
        call->status = 0;
        sv_refuse_store(call, result);
        sv_idem_release(call);
        return;
    }
    sv_fault("order.after_commit");
    if (call->idem_secret && call->answer) json_object_set_new(call->answer, "secret", json_string(call->idem_secret));
}

/* ---- the answer on the wire ---- */

static void put_header(FCGX_Request *fcgi, const char *name, const char *value)
{
    FCGX_FPrintF(fcgi->out, "%s: %s\r\n", name, value);
}

/* Who may read the answer from a page of another origin: only what was signed, and only for origins of the
 * configuration. */
static void put_origin(sv_call *call)
{
    const bool by_origin = sv_is_signed(call) && json_array_size(call->app->config->cors_origins);
    put_header(call->request.fcgi, "Vary", by_origin ? "Authorization, Origin" : "Authorization");
    if (!call->origin) return;
    put_header(call->request.fcgi, "Access-Control-Allow-Origin", call->origin);
    if (strcmp(call->request.method, "OPTIONS") != 0) return;
    put_header(call->request.fcgi, "Access-Control-Allow-Methods", "PUT, GET");
    put_header(call->request.fcgi, "Access-Control-Allow-Headers", "Content-Type, Content-Digest");
}

static void put_headers(sv_call *call, int64_t size, const char *type)
{
    FCGX_Request *fcgi = call->request.fcgi;
    const bool kept = call->route && (call->route->flags & SV_CATALOGUE) && call->status < 300;
    char digits[24];
    snprintf(digits, sizeof digits, "%lld", (long long)size);
    FCGX_FPrintF(fcgi->out, "Status: %d\r\n", call->status);
    put_header(fcgi, "Request-Id", call->request_id);
    put_header(fcgi, "Quote-Version", "1");
    put_header(fcgi, "X-Content-Type-Options", "nosniff");
    put_header(fcgi, "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    put_header(fcgi, "Referrer-Policy", "no-referrer");
    put_header(fcgi, "Cross-Origin-Resource-Policy", "same-site");
    put_origin(call);
    put_header(fcgi, "Cache-Control", kept || call->status == 304 ? "private, max-age=300" : "no-store");
    if (type) put_header(fcgi, "Content-Type", type);
    if (call->status != 204 && call->status != 304 && !call->streamed)
        FCGX_FPrintF(fcgi->out, "Content-Length: %s\r\n", digits);
    FCGX_PutStr(sv_text_get(&call->headers), (int)call->headers.size, fcgi->out);
    FCGX_PutStr("\r\n", 2, fcgi->out);
}

static size_t put_answer(sv_call *call)
{
    bool empty = call->status == 204 || call->status == 304;
    if (call->sends_file && !empty) {
        put_headers(call, call->sent_size, call->raw_type);
        return sv_send_file(call) ? (size_t)call->sent_size : 0;
    }
    if (call->raw && !empty) {
        put_headers(call, (int64_t)call->raw_size, call->raw_type);
        FCGX_PutStr(call->raw, (int)call->raw_size, call->request.fcgi->out);
        return call->raw_size;
    }
    size_t size = 0;
    char *text = call->answer && !empty ? sv_json_wire(call->answer, &size) : NULL;
    put_headers(call, (int64_t)size, text ? "application/json" : NULL);
    if (size) FCGX_PutStr(text, (int)size, call->request.fcgi->out);
    free(text);
    return size;
}

/* A client that has this version gets no body. */
static void answer_from_cache(sv_call *call)
{
    const char *known = sv_header(&call->request, "if-none-match"),
               *tag = strstr(sv_text_get(&call->headers), "ETag: ");
    if (!known || !tag || call->status != 200 || strcmp(call->request.method, "GET") != 0) return;
    size_t size = strcspn(tag + 6, "\r");
    for (const char *at = known; *at; at += *at != 0) {
        at += strspn(at, " ,\t");
        if (strncmp(at, "W/", 2) == 0) at += 2;
        size_t given = strcspn(at, ", \t");
        const bool any = given == 1 && *at == '*'; /* whatever version there is */
        if (any || (given == size && strncmp(at, tag + 6, size) == 0)) call->status = 304;
        at += given;
    }
}

void sv_serve_open(sv_call *call, const char *type)
{
    call->status = 200;
    call->streamed = true;
    put_headers(call, 0, type);
}

/* ---- the end ---- */

static void finish(sv_call *call)
{
    answer_from_cache(call);
    size_t size = call->streamed ? 0 : put_answer(call);
    json_t *line = sv_request_log_make(call, size);
    FCGX_Finish_r(call->request.fcgi); /* from here on nothing of what was asked is left but copies */
    int64_t took = sv_monotonic_us() - call->began_us;
    if (!call->streamed) sv_metric_request(call->app->shared, call->status, took);
    sv_request_log_send(call, line, took);
    sv_log(call->status >= 500 ? SV_LOG_ERROR : SV_LOG_INFO, "request",
           json_pack("{s:s, s:s, s:s, s:i, s:f}", "request_id", call->request_id, "account_id", call->account_id,
                     "route", call->route ? call->route->path : "", "status", call->status, "duration_ms",
                     (double)took / 1000));
}

static void free_call(sv_call *call)
{
    if (call->upload_path) unlink(call->upload_path);
    free(call->upload_path);
    free(call->body_bytes);
    free(call->raw);
    if (call->sends_file) close(call->sent_file);
    free(call->idem_secret);
    if (call->free_prepared) call->free_prepared(call->prepared);
    json_decref(call->body);
    json_decref(call->answer);
    json_decref(call->account);
    sv_object_free(&call->key);
    sv_text_free(&call->headers);
}

void sv_serve_begin(sv_call *call, sv_app *app, FCGX_Request *fcgi)
{
    *call = (sv_call){.app = app, .began_us = sv_monotonic_us(), .now_ms = sv_now_ms()};
    sv_id_make("req", call->request_id);
    sv_request_read(fcgi, SV_BASE_PATH, &call->request);
    sv_metric_in_flight(app->shared, 1);
}

void sv_serve_end(sv_call *call)
{
    finish(call);
    sv_request request = call->request;
    sv_metric_in_flight(call->app->shared, -1);
    free_call(call);
    sv_request_free(&request);
}

void sv_serve(sv_app *app, const sv_routes *const *tables, FCGX_Request *fcgi)
{
    sv_call call;
    sv_serve_begin(&call, app, fcgi);
    if (sv_serve_check(&call, tables)) sv_serve_run(&call);
    sv_serve_end(&call);
}
