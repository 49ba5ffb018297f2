#include "access/keys.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "access/plan.h"

const char *const sv_scopes[] = {
    "parts:read",  "parts:write",  "products:read", "products:write", "quotes:read",    "quotes:write",
    "orders:read", "orders:write", "webhooks:read", "webhooks:write", "account:read",   "account:write",
    "keys:read",   "keys:write",   "logs:read",     "operator:read",  "operator:write", NULL};

#define FAILURES_PER_MINUTE 20

void sv_key_mac(const sv_config *config, const char *key, uint8_t mac[SV_SHA256_SIZE])
{
    sv_hmac_sha256(config->pepper, sizeof config->pepper, key, strlen(key), mac);
}

/* X-Forwarded-For counts only where the peer is a trusted proxy: from the right, the first hop that is none. */
void sv_find_client(sv_call *call)
{
    json_t *trusted = call->app->config->trusted_proxies, *network;
    const char *forwarded = sv_header(&call->request, "x-forwarded-for");
    size_t index, end = forwarded ? strlen(forwarded) : 0;
    while (end) {
        bool is_trusted = false;
        json_array_foreach(trusted, index, network) is_trusted |=
            sv_address_in(call->request.ip, json_string_value(network) ? json_string_value(network) : "");
        if (!is_trusted) return;
        size_t begin = end;
        while (begin && forwarded[begin - 1] != ',') begin--;
        const char *hop = forwarded + begin + strspn(forwarded + begin, " \t");
        size_t size = strcspn(hop, ", \t");
        if (!size || size >= sizeof call->request.ip) return;
        memcpy(call->request.ip, hop, size);
        call->request.ip[size] = 0;
        end = begin ? begin - 1 : 0;
    }
}

/* ---- keys ---- */

static bool fail_key(sv_call *call, sv_error error, const char *message)
{
    int64_t left, reset, retry;
    char name[96];
    snprintf(name, sizeof name, "failures:%s", call->request.ip);
    sv_metric_count(call->app->shared, SV_COUNT_AUTH_FAILURES);
    bool presented = error != SV_E_unauthenticated;
    if (presented &&
        !sv_rate_take(call->app->shared, name, FAILURES_PER_MINUTE, 60, call->now_ms, true, &left, &reset, &retry)) {
        sv_refuse(call, SV_E_rate_limited, NULL, "Too many keys that are not valid came from here.");
        json_object_set_new(json_object_get(call->answer, "error"), "retry_after_seconds", json_integer(retry));
        sv_text_format(&call->headers, "Retry-After: %lld\r\n", (long long)retry);
        return false;
    }
    sv_refuse(call, error, NULL, "%s", message);
    sv_set_header(call, "WWW-Authenticate", "Bearer");
    return false;
}

static bool read_key(sv_call *call, sv_rows *rows)
{
    sv_object_read(rows, "api_key", &call->key);
    snprintf(call->account_id, sizeof call->account_id, "%s", sv_column_text(rows, 7));
    snprintf(call->role, sizeof call->role, "%s", sv_column_text(rows, 9));
    snprintf(call->account_status, sizeof call->account_status, "%s", sv_column_text(rows, 10));
    call->account = json_loads(sv_column_text(rows, 11), 0, NULL);
    if (call->account) sv_plan_settle(call->app->config, call->account, call->now_ms);
    call->scope = (sv_scope){call->account_id, sv_column_int(rows, 8) != 0};
    return call->key.body && call->account;
}

static bool find_key(sv_call *call, const char *key)
{
    uint8_t mac[SV_SHA256_SIZE];
    bool livemode;
    static const char unknown[] = "This API key is not valid.";
    if (!sv_key_is(key, &livemode)) return fail_key(call, SV_E_invalid_api_key, unknown);
    sv_key_mac(call->app->config, key, mac);
    const sv_value value = sv_bytes(mac, sizeof mac);
    sv_rows *rows = sv_open(call->app->store, SV_SQL_KEY_BY_MAC, &value, 1);
    sv_result result = sv_step(rows);
    bool found = result == SV_ROW && read_key(call, rows);
    sv_close(rows);
    if (result != SV_ROW && result != SV_DONE) {
        sv_refuse_store(call, result);
        return false;
    }
    bool alive = found && strcmp(sv_json_text(call->key.body, "status"), "active") == 0 &&
                 strcmp(call->account_status, "deleted") != 0;
    if (!alive) return fail_key(call, SV_E_invalid_api_key, unknown);
    return true;
}

static bool check_key(sv_call *call)
{
    int64_t expires;
    const char *at = sv_json_text(call->key.body, "expires_at");
    json_t *networks = json_object_get(call->key.body, "ip_allowlist"), *network;
    size_t index;
    if (*at && sv_moment_read(at, &expires) && expires <= call->now_ms)
        return fail_key(call, SV_E_api_key_expired, "This API key has expired.");
    bool allowed = json_array_size(networks) == 0;
    json_array_foreach(networks, index, network) allowed |= sv_address_in(call->request.ip, json_string_value(network));
    if (allowed) return true;
    sv_refuse(call, SV_E_ip_not_allowed, NULL, "This key may not be used from this address.");
    return false;
}

bool sv_authenticate(sv_call *call)
{
    const char *given = sv_header(&call->request, "authorization");
    if (!given || strncasecmp(given, "Bearer ", 7) != 0)
        return fail_key(call, SV_E_unauthenticated, "Send Authorization: Bearer and an API key.");
    return find_key(call, given + 7 + strspn(given + 7, " ")) && check_key(call);
}

/* ---- rates ---- */

typedef struct policy {
    const char *name;
    int64_t limit, seconds;
} policy;

/* Plans may say otherwise. */
static int64_t limit_of(const sv_call *call, const char *entitlement, int64_t configured)
{
    json_t *own = json_object_get(json_object_get(call->account, "entitlements"), entitlement);
    return json_is_integer(own) ? json_integer_value(own) : configured;
}

/* Of one key or account. fields: what the headers say of it, or NULL; *wait: the longest that was found. */
static bool take(sv_call *call, const policy *p, const char *who, int64_t limit, bool count, sv_text *fields,
                 int64_t *wait)
{
    char name[160];
    int64_t left, reset, retry;
    snprintf(name, sizeof name, "%s:%s", p->name, who);
    bool good = sv_rate_take(call->app->shared, name, limit, p->seconds, call->now_ms, count, &left, &reset, &retry);
    if (!good && retry > *wait) *wait = retry;
    if (fields)
        sv_text_format(fields, "%s\"%s\";r=%lld;t=%lld", fields->size ? ", " : "", p->name, (long long)left,
                       (long long)reset);
    return good;
}

static bool take_all(sv_call *call, const policy *policies, size_t count, bool counts, sv_text *state, int64_t *wait)
{
    bool good = true;
    sv_text_free(state);
    for (size_t i = 0; i < count; i++) {
        const policy *p = &policies[i];
        good = take(call, p, call->key.id, p->limit, counts, state, wait) && good;
        good = take(call, p, call->account_id, 2 * p->limit, counts, NULL, wait) && good;
    }
    return good;
}

bool sv_limit_rate(sv_call *call, const char *extra)
{
    const sv_config *c = call->app->config;
    const policy usual[] = {{"minute", limit_of(call, "requests_per_minute", c->rate_minute), 60},
                            {"hour", limit_of(call, "requests_per_hour", c->rate_hour), 3600}};
    const policy quotes = {"quotes", c->rate_quotes, 60}, uploads = {"uploads", c->rate_uploads, 3600};
    const policy *policies = !extra ? usual : strcmp(extra, "quotes") == 0 ? &quotes : &uploads;
    size_t count = extra ? 1 : 2;
    sv_text state = {0}, rules = {0};
    int64_t wait = 0;
    /* Refused requests do not count: all are asked before any is counted. */
    bool good =
        take_all(call, policies, count, false, &state, &wait) && take_all(call, policies, count, true, &state, &wait);
    for (size_t i = 0; i < count; i++)
        sv_text_format(&rules, "%s\"%s\";q=%lld;w=%lld", i ? ", " : "", policies[i].name, (long long)policies[i].limit,
                       (long long)policies[i].seconds);
    if (!good) {
        sv_metric_count(call->app->shared, SV_COUNT_RATE_REJECTED);
        sv_refuse(call, SV_E_rate_limited, NULL, "Too many requests. Wait %lld s.", (long long)wait);
        json_object_set_new(json_object_get(call->answer, "error"), "retry_after_seconds", json_integer(wait));
        sv_text_format(&call->headers, "Retry-After: %lld\r\n", (long long)wait);
    }
    if (!extra || !good) {
        sv_set_header(call, "RateLimit-Policy", sv_text_get(&rules));
        sv_set_header(call, "RateLimit", sv_text_get(&state));
    }
    sv_text_free(&state);
    sv_text_free(&rules);
    return good;
}
