#include <string.h>

#include "access/plan.h"
#include "api/handlers.h"
#include "events/emit.h"
#include "store/accounts.h"

/* The subscription is a section of the account: it has the account's id, times and version. */
static json_t *view_of(const sv_call *call, const sv_account *account)
{
    json_t *view = json_copy(json_object_get(account->body, "subscription"));
    char created[SV_MOMENT_SIZE], updated[SV_MOMENT_SIZE];
    sv_moment_print(account->created_ms, created);
    sv_moment_print(account->updated_ms, updated);
    json_object_update_new(view, json_pack("{s:s, s:s, s:b, s:s, s:s, s:I}", "object", "subscription", "id",
                                           account->id, "livemode", (int)call->scope.livemode, "created_at", created,
                                           "updated_at", updated, "version", (json_int_t)account->version));
    return view;
}

static void answer(sv_call *call, const sv_account *account)
{
    sv_add_etag(call, account->version);
    sv_answer(call, 200, view_of(call, account));
}

static bool get(sv_call *call, sv_account *account)
{
    sv_result result = sv_account_get(call->app->store, call->account_id, account);
    if (result != SV_ROW) sv_refuse_store(call, result == SV_DONE ? SV_BROKEN : result);
    if (result == SV_ROW) sv_plan_settle(call->app->config, account->body, call->now_ms);
    return result == SV_ROW;
}

void sv_read_subscription(sv_call *call)
{
    sv_account account;
    if (!get(call, &account)) return;
    answer(call, &account);
    sv_account_free(&account);
}

/* Writes what `account` has become, tells and audits it where the subscription is another than `before`. */
static void save(sv_call *call, sv_account *account, const json_t *before, const char *action)
{
    const json_t *now = json_object_get(account->body, "subscription");
    if (!json_equal((json_t *)(uintptr_t)before, (json_t *)(uintptr_t)now)) {
        sv_result result = sv_account_update(call->app->store, account);
        json_t *view = view_of(call, account), *previous = sv_previous(before, now);
        if (result == SV_DONE)
            result = sv_emit(call->app->store, call->scope, call->request_id, "subscription.updated", view, previous);
        if (result != SV_DONE) sv_refuse_store(call, result);
        sv_audit(call, action, "account", account->id, sv_changes(before, now));
        json_decref(view);
        json_decref(previous);
    }
    answer(call, account);
}

static int64_t price_of(const json_t *plan) { return sv_json_integer(plan, "price.amount"); }

/* More is had at once, less when the period ends. */
static void change_plan(const sv_config *config, json_t *account, const json_t *plan)
{
    json_t *subscription = json_object_get(account, "subscription");
    const char *id = sv_json_text(plan, "id");
    const json_t *own = sv_plan_find(config, sv_json_text(subscription, "plan"));
    bool same = strcmp(id, sv_json_text(subscription, "plan")) == 0, less = own && price_of(plan) < price_of(own);
    json_object_set_new(subscription, "pending_plan", less && !same ? json_string(id) : json_null());
    if (!less && !same) sv_plan_give(account, plan);
}

void sv_change_subscription(sv_call *call)
{
    static const char *const names[] = {"plan", NULL};
    const char *id = NULL;
    sv_account account;
    if (!sv_known_fields(call, call->body, "", names) || !sv_take_text(call, call->body, "plan", 1, 100, false, &id))
        return;
    const json_t *plan = id ? sv_plan_find(call->app->config, id) : NULL;
    if (!plan) {
        sv_refuse_field(call, SV_E_validation_failed, "plan", id ? "unknown" : "required",
                        "One of GET /plans is expected.");
        return;
    }
    if (!get(call, &account)) return;
    json_t *before = json_deep_copy(json_object_get(account.body, "subscription"));
    if (!sv_if_match(call, account.version, false)) {
    } else if (strcmp(sv_json_text(before, "status"), "cancelled") == 0) {
        sv_refuse(call, SV_E_subscription_inactive, NULL, "The subscription of this account has ended.");
    } else {
        change_plan(call->app->config, account.body, plan);
        save(call, &account, before, "subscription.update");
    }
    json_decref(before);
    sv_account_free(&account);
}

/* active and cancelling are each other's way back until the period ends. */
static void move(sv_call *call, const char *to, const char *action)
{
    static const char *const names[] = {NULL};
    sv_account account;
    if (!sv_known_fields(call, call->body, "", names) || !get(call, &account)) return;
    json_t *subscription = json_object_get(account.body, "subscription"), *before = json_deep_copy(subscription);
    const char *from = sv_json_text(before, "status");
    if (!sv_if_match(call, account.version, false)) {
    } else if (strcmp(from, "cancelled") == 0) {
        sv_refuse(call, SV_E_illegal_transition, json_pack("{s:s, s:s}", "from", from, "to", to),
                  "The subscription of this account has ended.");
    } else {
        bool resumes = strcmp(to, "active") == 0;
        if (!resumes || strcmp(from, "cancelling") == 0) json_object_set_new(subscription, "status", json_string(to));
        save(call, &account, before, action);
    }
    json_decref(before);
    sv_account_free(&account);
}

void sv_cancel_subscription(sv_call *call) { move(call, "cancelling", "subscription.cancel"); }

void sv_resume_subscription(sv_call *call) { move(call, "active", "subscription.resume"); }
