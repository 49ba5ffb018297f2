#include "store/accounts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/moment.h"
#include "base/text.h"

static const char *const seller_scopes[] = {"parts:read",    "parts:write",    "products:read", "products:write",
                                            "quotes:read",   "quotes:write",   "orders:read",   "orders:write",
                                            "webhooks:read", "webhooks:write", "account:read",  "account:write",
                                            "keys:read",     "keys:write",     "logs:read"};

static json_t *scopes_of(const char *role)
{
    json_t *scopes = json_array();
    for (size_t i = 0; i < sizeof seller_scopes / sizeof seller_scopes[0]; i++)
        json_array_append_new(scopes, json_string(seller_scopes[i]));
    if (strcmp(role, "operator") == 0) {
        json_array_append_new(scopes, json_string("operator:read"));
        json_array_append_new(scopes, json_string("operator:write"));
    }
    return scopes;
}

sv_account sv_account_new(const sv_config *config, const char *name, const char *email, const char *role, bool test)
{
    sv_account account = {.created_ms = sv_now_ms(), .version = 1};
    char now[SV_MOMENT_SIZE], end[SV_MOMENT_SIZE];
    sv_id_make("acct", account.id);
    snprintf(account.role, sizeof account.role, "%s", role);
    snprintf(account.status, sizeof account.status, "active");
    account.updated_ms = account.created_ms;
    sv_moment_print(account.created_ms, now);
    sv_moment_print(account.created_ms + INT64_C(30) * 86400000, end);
    json_t *plan = json_array_get(config->plans, 0);
    json_t *given = plan ? json_object_get(plan, "entitlements") : NULL;
    json_t *entitlements = json_pack("{s:b, s:n, s:n, s:n, s:n, s:n}", "ordering", test, "max_parts", "storage_bytes",
                                     "requests_per_minute", "requests_per_hour", "webhook_endpoints");
    if (given) json_object_update(entitlements, given);
    if (test) json_object_set_new(entitlements, "ordering", json_true());
    account.body =
        json_pack("{s:s, s:o, s:b, s:s, s:n, s:s, s:b, s:o, s:o, s:[], s:[], s:{s:o, s:s, s:s, s:s, s:n}}", "name",
                  name, "email", sv_json_text_or_null(email), "email_verified", test, "currency", "EUR",
                  "default_country", "payment_mode", "invoice", "tax_exempt", 0, "terms_accepted_at",
                  test ? json_string(now) : json_null(), "entitlements", entitlements, "balance", "notices",
                  "subscription", "plan", sv_json_text_or_null(plan ? sv_json_text(plan, "id") : "none"), "status",
                  "active", "current_period_start", now, "current_period_end", end, "pending_plan");
    return account;
}

void sv_account_free(sv_account *account)
{
    json_decref(account->body);
    *account = (sv_account){.version = 0};
}

void sv_account_read(sv_rows *rows, sv_account *account)
{
    const char *parent = sv_column_text(rows, 1);
    *account = (sv_account){.created_ms = sv_column_int(rows, 4)};
    snprintf(account->id, sizeof account->id, "%s", sv_column_text(rows, 0));
    snprintf(account->parent_id, sizeof account->parent_id, "%s", parent ? parent : "");
    snprintf(account->role, sizeof account->role, "%s", sv_column_text(rows, 2));
    snprintf(account->status, sizeof account->status, "%s", sv_column_text(rows, 3));
    account->updated_ms = sv_column_int(rows, 5);
    account->version = sv_column_int(rows, 6);
    account->body = json_loads(sv_column_text(rows, 7), 0, NULL);
}

sv_result sv_account_insert(sv_store *store, const sv_account *account)
{
    char *body = sv_json_print(account->body);
    const sv_value values[] = {sv_words(account->id),       sv_words(*account->parent_id ? account->parent_id : NULL),
                               sv_words(account->role),     sv_words(account->status),
                               sv_int(account->created_ms), sv_words(body)};
    sv_result result = sv_run(store, SV_SQL_ACCOUNT_INSERT, values, 6, NULL);
    free(body);
    return result;
}

sv_result sv_account_get(sv_store *store, const char *id, sv_account *account)
{
    const sv_value value = sv_words(id);
    sv_rows *rows = sv_open(store, SV_SQL_ACCOUNT_GET, &value, 1);
    sv_result result = sv_step(rows);
    *account = (sv_account){.version = 0};
    if (result == SV_ROW) sv_account_read(rows, account);
    sv_close(rows);
    return result;
}

sv_result sv_account_update(sv_store *store, sv_account *account)
{
    char *body = sv_json_print(account->body);
    int64_t now = sv_now_ms(), changed;
    if (now <= account->updated_ms) now = account->updated_ms + 1;
    const sv_value values[] = {sv_words(account->id), sv_int(account->version), sv_words(account->status),
                               sv_words(body), sv_int(now)};
    sv_result result = sv_run(store, SV_SQL_ACCOUNT_UPDATE, values, 5, &changed);
    if (result == SV_DONE && changed != 1) result = SV_CONFLICT;
    if (result == SV_DONE) account->version++, account->updated_ms = now;
    free(body);
    return result;
}

json_t *sv_account_view(const sv_account *account, bool livemode)
{
    char created[SV_MOMENT_SIZE], updated[SV_MOMENT_SIZE];
    sv_moment_print(account->created_ms, created);
    sv_moment_print(account->updated_ms, updated);
    json_t *view = json_copy(account->body);
    json_object_update_new(view,
                           json_pack("{s:s, s:s, s:b, s:s, s:s, s:I, s:s, s:s}", "object", "account", "id", account->id,
                                     "livemode", livemode, "created_at", created, "updated_at", updated, "version",
                                     (json_int_t)account->version, "role", account->role, "status", account->status));
    return view;
}

json_t *sv_balance_get(sv_store *store, sv_scope scope)
{
    json_t *balance = json_array();
    const sv_value values[] = {sv_words(scope.account_id), sv_int(scope.livemode)};
    sv_rows *rows = sv_open(store, SV_SQL_BALANCE_GET, values, 2);
    while (sv_step(rows) == SV_ROW) {
        json_array_append_new(balance, json_pack("{s:s, s:I}", "currency", sv_column_text(rows, 0),
                                                 "revenue_share_accrued", (json_int_t)sv_column_int(rows, 1)));
    }
    sv_close(rows);
    return balance;
}

sv_result sv_balance_add(sv_store *store, sv_scope scope, const char *currency, int64_t minor)
{
    const sv_value values[] = {sv_words(scope.account_id), sv_int(scope.livemode), sv_words(currency), sv_int(minor)};
    return sv_run(store, SV_SQL_BALANCE_ADD, values, 4, NULL);
}

sv_result sv_account_make_key(sv_store *store, const sv_config *config, const sv_account *account, bool livemode,
                              const char *name, char key[SV_KEY_SIZE], char key_id[SV_ID_SIZE])
{
    char prefix[13];
    uint8_t mac[SV_SHA256_SIZE];
    sv_key_make(livemode, key);
    snprintf(prefix, sizeof prefix, "%s", key);
    sv_object object = sv_object_new("api_key",
                                     json_pack("{s:s, s:s, s:s, s:s, s:o, s:[], s:n, s:s, s:n, s:n, s:n}", "name", name,
                                               "prefix", prefix, "last4", key + 42, "mode", livemode ? "live" : "test",
                                               "scopes", scopes_of(account->role), "ip_allowlist", "expires_at",
                                               "status", "active", "last_used_at", "last_used_ip", "created_by"),
                                     NULL);
    snprintf(key_id, SV_ID_SIZE, "%s", object.id);
    sv_result result = sv_object_insert(store, (sv_scope){account->id, livemode}, &object);
    sv_hmac_sha256(config->pepper, sizeof config->pepper, key, strlen(key), mac);
    const sv_value values[] = {sv_bytes(mac, sizeof mac), sv_words(object.id), sv_words(account->id), sv_int(livemode)};
    if (result == SV_DONE) result = sv_run(store, SV_SQL_KEY_INSERT, values, 4, NULL);
    sv_object_free(&object);
    return result;
}
