#include "access/idempotency.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access/sealed.h"

bool sv_idem_header(sv_call *call)
{
    const char *given = sv_header(&call->request, "idempotency-key");
    if (!(call->route->flags & (SV_IDEM | SV_IDEM_REQUIRED))) return true;
    if (!given && sv_header_count(&call->request, "idempotency-key")) given = ""; /* sent, and empty */
    if (!given) {
        if (!(call->route->flags & SV_IDEM_REQUIRED)) return true;
        sv_refuse(call, SV_E_idempotency_key_required, NULL, "Send an Idempotency-Key with this request.");
        return false;
    }
    size_t size = strlen(given);
    bool quoted = size >= 2 && given[0] == '"' && given[size - 1] == '"';
    if (quoted) given++, size -= 2;
    bool good = sv_header_count(&call->request, "idempotency-key") == 1 && size >= 1 && size <= 255;
    for (size_t i = 0; i < size && good; i++) good = given[i] >= 0x21 && given[i] <= 0x7E;
    if (good)
        memcpy(call->idem_key, given, size), call->idem_key[size] = 0;
    else
        sv_refuse(call, SV_E_idempotency_key_invalid, NULL,
                  "Idempotency-Key must be sent once, with 1 to 255 printable characters without blanks.");
    return good;
}

/* ---- what makes two requests the same ---- */

static int compare(const void *a, const void *b)
{
    const sv_parameter *x = a, *y = b;
    int by_name = strcmp(x->name, y->name);
    return by_name ? by_name : strcmp(x->value, y->value);
}

static void find_fingerprint(sv_call *call)
{
    sv_text text = {0};
    sv_parameter sorted[SV_PARAMETERS_MAX];
    uint8_t digest[SV_SHA256_SIZE];
    char hex[SV_SHA256_HEX_SIZE];
    memcpy(sorted, call->request.parameter, sizeof sorted);
    qsort(sorted, call->request.parameter_count, sizeof sorted[0], compare);
    sv_text_format(&text, "%s\n", call->request.method);
    for (size_t i = 0; i < call->request.segment_count; i++) sv_text_format(&text, "/%s", call->request.segment[i]);
    for (size_t i = 0; i < call->request.parameter_count; i++)
        sv_text_format(&text, "%c%s=%s", i ? '&' : '\n', sorted[i].name, sorted[i].value);
    memcpy(digest, call->body_sha256, sizeof digest);
    if (call->body) {
        char *canonical = sv_json_print(call->body);
        sv_sha256(canonical, strlen(canonical), digest);
        free(canonical);
    }
    sv_hex(digest, sizeof digest, hex);
    sv_text_format(&text, "\n%s", hex);
    sv_sha256(sv_text_get(&text), text.size, call->fingerprint);
    sv_text_free(&text);
}

/* ---- the record ---- */

typedef struct record {
    uint8_t fingerprint[SV_SHA256_SIZE];
    bool done;
    char owner[64];
    int64_t lease_ms, status, done_ms;
    char *body, *secret;
} record;

static sv_result find_record(sv_call *call, record *r)
{
    const sv_value values[] = {sv_words(call->account_id), sv_int(call->scope.livemode), sv_words(call->idem_key)};
    sv_rows *rows = sv_open(call->app->store, SV_SQL_IDEM_GET, values, 3);
    sv_result result = sv_step(rows);
    *r = (record){0};
    if (result == SV_ROW) {
        size_t size;
        const void *fingerprint = sv_column_blob(rows, 0, &size);
        if (size == sizeof r->fingerprint) memcpy(r->fingerprint, fingerprint, size);
        r->done = strcmp(sv_column_text(rows, 1), "done") == 0;
        snprintf(r->owner, sizeof r->owner, "%s", sv_column_text(rows, 2));
        r->lease_ms = sv_column_int(rows, 3);
        r->status = sv_column_int(rows, 4);
        const char *body = sv_column_text(rows, 5), *secret = sv_column_text(rows, 7);
        r->body = body ? sv_copy(body) : NULL;
        r->secret = secret ? sv_copy(secret) : NULL;
        r->done_ms = sv_column_int(rows, 6);
    }
    sv_close(rows);
    return result;
}

static void replay(sv_call *call, const record *r)
{
    json_t *body = r->body ? json_loads(r->body, JSON_DECODE_ANY, NULL) : NULL;
    char *secret = r->secret ? sv_unseal(call->app->config, r->secret) : NULL;
    if (secret && body) json_object_set_new(body, "secret", json_string(secret));
    free(secret);
    call->replayed = true;
    sv_set_header(call, "Idempotent-Replayed", "true");
    sv_metric_count(call->app->shared, SV_COUNT_IDEM_REPLAYED);
    sv_answer(call, (int)r->status, body);
}

static bool refuse(sv_call *call, sv_error error, const char *message)
{
    sv_metric_count(call->app->shared, SV_COUNT_IDEM_REFUSED);
    sv_refuse(call, error, NULL, "%s", message);
    if (error == SV_E_idempotency_in_progress) sv_set_header(call, "Retry-After", "1");
    return false;
}

static sv_result take_key(sv_call *call, const record *old)
{
    int64_t lease = call->now_ms + call->app->config->lease_seconds * 1000, changed;
    sv_value values[] = {sv_words(call->account_id),        sv_int(call->scope.livemode),
                         sv_words(call->idem_key),          sv_bytes(call->fingerprint, sizeof call->fingerprint),
                         sv_words(call->app->owner),        sv_int(lease),
                         sv_words(old ? old->owner : NULL), sv_int(old ? old->lease_ms : 0)};
    sv_result result =
        sv_run(call->app->store, old ? SV_SQL_IDEM_TAKE_OVER : SV_SQL_IDEM_TAKE, values, old ? 8 : 6, &changed);
    return result == SV_DONE && changed != 1 ? SV_CONFLICT : result;
}

static bool settle(sv_call *call, const record *old)
{
    sv_result result = take_key(call, old);
    call->idem_held = result == SV_DONE;
    if (call->idem_held) {
        sv_metric_count(call->app->shared, SV_COUNT_IDEM_NEW);
        return true;
    }
    if (result == SV_CONFLICT)
        return refuse(call, SV_E_idempotency_in_progress, "A request with this key is being worked on.");
    sv_refuse_store(call, result);
    return false;
}

static bool is_forgotten(const sv_call *call, const record *r)
{
    return r->done && r->done_ms < call->now_ms - call->app->config->retention_hours * 3600000;
}

bool sv_idem_begin(sv_call *call)
{
    if (!*call->idem_key) return true;
    record r;
    find_fingerprint(call);
    sv_result result = find_record(call, &r);
    bool good = false;
    if (result == SV_ROW && is_forgotten(call, &r)) {
        const sv_value values[] = {sv_words(call->account_id), sv_int(call->scope.livemode), sv_words(call->idem_key)};
        sv_run(call->app->store, SV_SQL_IDEM_FORGET, values, 3, NULL);
        result = SV_DONE;
    }
    if (result == SV_DONE)
        good = settle(call, NULL);
    else if (result != SV_ROW)
        sv_refuse_store(call, result);
    else if (memcmp(r.fingerprint, call->fingerprint, sizeof r.fingerprint) != 0)
        refuse(call, SV_E_idempotency_key_reused, "This key was used for another request.");
    else if (r.done)
        replay(call, &r);
    else if (r.lease_ms > call->now_ms)
        refuse(call, SV_E_idempotency_in_progress, "A request with this key is being worked on.");
    else
        good = settle(call, &r);
    free(r.body);
    free(r.secret);
    return good;
}

/* What is shown once is not kept: a replay has null in its place. */
static char *print_without_key(sv_call *call)
{
    if (!call->answer) return NULL;
    json_t *key = call->shown_once ? json_incref(json_object_get(call->shown_once, "key")) : NULL;
    if (key) json_object_set_new(call->shown_once, "key", json_null());
    char *text = sv_json_print(call->answer);
    if (key) json_object_set_new(call->shown_once, "key", key);
    return text;
}

bool sv_idem_finish(sv_call *call)
{
    if (!call->idem_held) return true;
    int64_t changed;
    char *body = print_without_key(call);
    char *sealed = call->idem_secret ? sv_seal(call->app->config, call->idem_secret) : NULL;
    const sv_value values[] = {sv_words(call->account_id), sv_int(call->scope.livemode),
                               sv_words(call->idem_key),   sv_words(call->app->owner),
                               sv_int(call->status),       sv_words(body),
                               sv_int(sv_now_ms()),        sv_words(sealed)};
    sv_result result = sv_run(call->app->store, SV_SQL_IDEM_DONE, values, 8, &changed);
    free(body);
    free(sealed);
    return result == SV_DONE && changed == 1;
}

void sv_idem_release(sv_call *call)
{
    if (!call->idem_held) return;
    const sv_value values[] = {sv_words(call->account_id), sv_int(call->scope.livemode), sv_words(call->idem_key),
                               sv_words(call->app->owner)};
    sv_run(call->app->store, SV_SQL_IDEM_RELEASE, values, 4, NULL);
    call->idem_held = false;
}
