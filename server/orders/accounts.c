#include <stdio.h>
#include <string.h>

#include "access/list.h"
#include "events/emit.h"
#include "orders/orders.h"
#include "store/accounts.h"

/* What the operator sees of an account is what its owner sees. */
static json_t *view_of(sv_call *call, const sv_account *account)
{
    json_t *view = sv_account_view(account, call->scope.livemode);
    json_object_set_new(view, "ref", json_null());
    json_object_set_new(view, "balance",
                        sv_balance_get(call->app->store, (sv_scope){account->id, call->scope.livemode}));
    return view;
}

/* ---- reading ---- */

static const sv_field fields[] = {
    {"name", SV_F_TEXT, true},   {"email", SV_F_TEXT, false},        {"role", SV_F_TEXT, false},
    {"status", SV_F_TEXT, true}, {"payment_mode", SV_F_TEXT, false}, {"tax_exempt", SV_F_BOOL, false},
    {NULL, SV_F_TEXT, false}};

void sv_operator_list_accounts(sv_call *call)
{
    json_t *documents = json_array();
    sv_rows *rows = sv_open(call->app->store, SV_SQL_ACCOUNTS_ALL, NULL, 0);
    sv_result result;
    while ((result = sv_step(rows)) == SV_ROW) {
        sv_account account;
        sv_account_read(rows, &account);
        json_array_append_new(documents, sv_account_view(&account, call->scope.livemode));
        sv_account_free(&account);
    }
    sv_close(rows);
    if (result != SV_DONE) sv_refuse_store(call, result);
    /* Ids are in the order of time. */
    const sv_listing listing = {.type = "account", .fields = fields, .documents = documents, .sort = "created_at:desc"};
    if (!sv_refused(call)) sv_list(call, &listing);
    json_decref(documents);
}

static bool take(sv_call *call, sv_account *account)
{
    sv_result result = sv_account_get(call->app->store, call->argument[0], account);
    const bool there = result == SV_ROW && strcmp(account->status, "deleted") != 0;
    if (result == SV_ROW && !there) sv_account_free(account);
    if (!there && (result == SV_ROW || result == SV_DONE))
        sv_refuse_not_found(call);
    else if (!there)
        sv_refuse_store(call, result);
    return there;
}

static void answer(sv_call *call, int status, const sv_account *account)
{
    if (call->status) return;
    sv_add_etag(call, account->version);
    sv_answer(call, status, view_of(call, account));
}

void sv_operator_read_account(sv_call *call)
{
    sv_account account;
    if (!take(call, &account)) return;
    answer(call, 200, &account);
    sv_account_free(&account);
}

/* ---- what may be written ---- */

typedef struct account_change {
    const char *name, *email, *status, *payment_mode, *role, *subscription_status, *plan;
    bool email_verified, tax_exempt;
    json_t *entitlements, *subscription;
} account_change;

static bool is_one_of(sv_call *call, const char *path, const char *value, const char *const words[])
{
    if (!value) return true;
    for (size_t i = 0; words[i]; i++)
        if (strcmp(words[i], value) == 0) return true;
    sv_refuse_field(call, SV_E_validation_failed, path, "unknown", "There is no such value.");
    return false;
}

static bool take_entitlements(sv_call *call, json_t *given)
{
    static const char *const names[] = {
        "ordering",          "max_parts", "storage_bytes", "requests_per_minute", "requests_per_hour",
        "webhook_endpoints", NULL};
    bool ordering;
    int64_t count;
    if (!given) return true;
    if (!json_is_object(given)) {
        sv_refuse_field(call, SV_E_invalid_request, "entitlements", "wrong_type", "An object is expected.");
        return false;
    }
    bool good = sv_known_fields(call, given, "entitlements", names);
    call->within = "entitlements";
    good = good && sv_take_bool(call, given, "ordering", &ordering);
    for (size_t i = 1; names[i] && good; i++)
        if (!json_is_null(json_object_get(given, names[i]))) /* null: without a limit */
            good = sv_take_integer(call, given, names[i], 0, INT64_MAX, &count);
    call->within = NULL;
    return good;
}

static bool take_subscription(sv_call *call, account_change *change)
{
    static const char *const names[] = {"status", "plan", NULL};
    static const char *const states[] = {"trialing", "active", "past_due", "cancelling", "cancelled", NULL};
    json_t *given = change->subscription, *plan;
    size_t index;
    if (!given) return true;
    if (!json_is_object(given)) {
        sv_refuse_field(call, SV_E_invalid_request, "subscription", "wrong_type", "An object is expected.");
        return false;
    }
    bool good = sv_known_fields(call, given, "subscription", names);
    call->within = "subscription";
    good = good && sv_take_text(call, given, "status", 1, 20, false, &change->subscription_status) &&
           sv_take_text(call, given, "plan", 1, 60, false, &change->plan) &&
           is_one_of(call, "status", change->subscription_status, states);
    bool known = !change->plan;
    json_array_foreach(call->app->config->plans, index, plan) known =
        known || strcmp(sv_json_text(plan, "id"), change->plan) == 0;
    if (good && !known) sv_refuse_field(call, SV_E_validation_failed, "plan", "unknown", "There is no such plan.");
    call->within = NULL;
    return !sv_refused(call);
}

static bool take_change(sv_call *call, account_change *change)
{
    static const char *const states[] = {"active", "suspended", NULL}, *const modes[] = {"invoice", "checkout", NULL};
    json_t *body = call->body;
    change->entitlements = json_object_get(body, "entitlements");
    change->subscription = json_object_get(body, "subscription");
    return sv_take_text(call, body, "name", 1, 200, false, &change->name) &&
           sv_take_text(call, body, "email", 3, 254, true, &change->email) &&
           sv_take_text(call, body, "status", 1, 20, false, &change->status) &&
           sv_take_text(call, body, "payment_mode", 1, 20, false, &change->payment_mode) &&
           sv_take_bool(call, body, "email_verified", &change->email_verified) &&
           sv_take_bool(call, body, "tax_exempt", &change->tax_exempt) &&
           is_one_of(call, "status", change->status, states) &&
           is_one_of(call, "payment_mode", change->payment_mode, modes) &&
           take_entitlements(call, change->entitlements) && take_subscription(call, change);
}

static void apply(sv_call *call, const account_change *change, sv_account *account)
{
    json_t *body = account->body;
    if (change->name) json_object_set_new(body, "name", json_string(change->name));
    if (json_object_get(call->body, "email")) json_object_set_new(body, "email", sv_json_text_or_null(change->email));
    if (change->payment_mode) json_object_set_new(body, "payment_mode", json_string(change->payment_mode));
    if (json_object_get(call->body, "email_verified"))
        json_object_set_new(body, "email_verified", json_boolean(change->email_verified));
    if (json_object_get(call->body, "tax_exempt"))
        json_object_set_new(body, "tax_exempt", json_boolean(change->tax_exempt));
    if (change->entitlements) json_object_update(json_object_get(body, "entitlements"), change->entitlements);
    if (change->subscription) json_object_update(json_object_get(body, "subscription"), change->subscription);
    if (change->status) snprintf(account->status, sizeof account->status, "%s", change->status);
}

/* ---- making and changing ---- */

void sv_operator_make_account(sv_call *call)
{
    static const char *const names[] = {"name",       "email",        "role",         "payment_mode", "email_verified",
                                        "tax_exempt", "entitlements", "subscription", "status",       NULL};
    static const char *const roles[] = {"seller", "operator", NULL};
    account_change change = {.role = "seller"};
    char key[SV_KEY_SIZE], key_id[SV_ID_SIZE];
    if (!sv_known_fields(call, call->body, "", names) || !take_change(call, &change) ||
        !sv_take_text(call, call->body, "role", 1, 20, false, &change.role) ||
        !is_one_of(call, "role", change.role, roles))
        return;
    if (!change.name) {
        sv_refuse_field(call, SV_E_validation_failed, "name", "required", "This field is needed.");
        return;
    }
    sv_store *store = call->app->store;
    sv_account account = sv_account_new(call->app->config, change.name, change.email, change.role, false);
    sv_object made = {.body = NULL};
    apply(call, &change, &account);
    sv_result result = sv_account_insert(store, &account);
    if (result == SV_DONE)
        result =
            sv_account_make_key(store, call->app->config, &account, call->scope.livemode, "First key", key, key_id);
    if (result == SV_DONE)
        result = sv_object_get(store, (sv_scope){account.id, call->scope.livemode}, "api_key", key_id, &made);
    if (result == SV_ROW) {
        json_t *shown = sv_object_view(&made, call->scope.livemode), *view = view_of(call, &account);
        json_object_set_new(shown, "key", json_string(key));
        call->shown_once = shown;
        json_object_set_new(view, "api_key", shown);
        sv_audit(call, "account.create", "account", account.id, NULL);
        sv_answer(call, 201, view);
    } else {
        sv_refuse_store(call, result);
    }
    sv_object_free(&made);
    sv_account_free(&account);
}

static void tell(sv_call *call, const char *type, const sv_account *account, const json_t *before)
{
    json_t *view = view_of(call, account), *previous = sv_previous(before, view);
    sv_result result =
        sv_emit(call->app->store, (sv_scope){account->id, call->scope.livemode}, NULL, type, view, previous);
    if (result != SV_DONE) sv_refuse_store(call, result);
    json_decref(previous);
    json_decref(view);
}

void sv_operator_change_account(sv_call *call)
{
    static const char *const names[] = {"name",         "email",          "status",
                                        "payment_mode", "email_verified", "tax_exempt",
                                        "entitlements", "subscription",   NULL};
    account_change change = {.role = NULL};
    sv_account account;
    if (!sv_known_fields(call, call->body, "", names) || !take_change(call, &change) || !take(call, &account)) return;
    json_t *before = view_of(call, &account), *old = json_deep_copy(account.body);
    json_object_set_new(old, "status", json_string(account.status));
    if (sv_if_match(call, account.version, false)) {
        apply(call, &change, &account);
        sv_result result = sv_account_update(call->app->store, &account);
        if (result != SV_DONE) sv_refuse_store(call, result);
        json_t *now = json_copy(account.body);
        json_object_set_new(now, "status", json_string(account.status));
        sv_audit(call, "account.update", "account", account.id, sv_changes(old, now));
        json_decref(now);
        tell(call, "account.updated", &account, before);
        if (change.subscription) tell(call, "subscription.updated", &account, before);
        answer(call, 200, &account);
    }
    json_decref(old);
    json_decref(before);
    sv_account_free(&account);
}
