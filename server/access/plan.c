#include "access/plan.h"

#include <stdio.h>
#include <string.h>

#define PERIOD_MS (INT64_C(30) * 86400000)

const json_t *sv_plan_find(const sv_config *config, const char *id)
{
    json_t *plan;
    size_t index;
    json_array_foreach(config->plans, index, plan) if (strcmp(sv_json_text(plan, "id"), id) == 0) return plan;
    return NULL;
}

void sv_plan_give(json_t *account, const json_t *plan)
{
    json_t *entitlements = json_object_get(account, "entitlements"), *given = json_object_get(plan, "entitlements");
    const char *name;
    json_t *value;
    void *next;
    json_object_foreach_safe(entitlements, next, name, value)
    {
        bool limit = strcmp(name, "ordering") != 0;
        if (limit) json_object_set_new(entitlements, name, json_null());
    }
    json_object_update_existing(entitlements, given);
    json_object_set(json_object_get(account, "subscription"), "plan", json_object_get(plan, "id"));
}

static void set_period(json_t *subscription, int64_t start_ms)
{
    char start[SV_MOMENT_SIZE], end[SV_MOMENT_SIZE];
    sv_moment_print(start_ms, start);
    sv_moment_print(start_ms + PERIOD_MS, end);
    json_object_set_new(subscription, "current_period_start", json_string(start));
    json_object_set_new(subscription, "current_period_end", json_string(end));
}

void sv_plan_settle(const sv_config *config, json_t *account, int64_t now_ms)
{
    json_t *subscription = json_object_get(account, "subscription");
    const char *status = sv_json_text(subscription, "status"), *pending = sv_json_text(subscription, "pending_plan");
    int64_t end;
    if (!sv_moment_read(sv_json_text(subscription, "current_period_end"), &end) || end > now_ms) return;
    if (strcmp(status, "cancelled") == 0) return;
    if (strcmp(status, "cancelling") == 0) {
        json_object_set_new(subscription, "status", json_string("cancelled"));
        json_object_set_new(subscription, "pending_plan", json_null());
        return;
    }
    const json_t *plan = sv_plan_find(config, pending);
    if (plan) sv_plan_give(account, plan);
    json_object_set_new(subscription, "pending_plan", json_null());
    set_period(subscription, end + (now_ms - end) / PERIOD_MS * PERIOD_MS);
}

/* Who has cancelled may read, take away, and come back; not make anything new. */
bool sv_plan_allows(sv_call *call)
{
    static const char *const open[] = {"account", "api-keys", "operator", "test"};
    const sv_request *r = &call->request;
    const bool makes = (call->route->flags & SV_WRITES) && strcmp(call->route->method, "DELETE") != 0;
    if (!makes || strcmp(sv_json_text(call->account, "subscription.status"), "cancelled") != 0) return true;
    for (size_t i = 0; i < sizeof open / sizeof open[0]; i++)
        if (r->segment_count && strcmp(r->segment[0], open[i]) == 0) return true;
    if (r->segment_count && strcmp(r->segment[r->segment_count - 1], "cancel") == 0) return true;
    sv_refuse(call, SV_E_subscription_inactive, NULL, "The subscription of this account has ended.");
    return false;
}

/* ---- limits ---- */

static void month_begin(int64_t now_ms, int64_t *begin_ms)
{
    char date[SV_DATE_SIZE], moment[SV_MOMENT_SIZE];
    sv_date_print(now_ms, date);
    snprintf(moment, sizeof moment, "%.7s-01T00:00:00.000Z", date);
    if (!sv_moment_read(moment, begin_ms)) *begin_ms = 0;
}

json_t *sv_plan_usage(sv_call *call)
{
    static const char *const names[] = {"parts", "storage_bytes", "quotes_month", "orders_month"};
    int64_t begin;
    month_begin(call->now_ms, &begin);
    const sv_value values[] = {sv_words(call->account_id), sv_int(call->scope.livemode), sv_int(begin)};
    json_t *usage = json_object();
    sv_rows *rows = sv_open(call->app->store, SV_SQL_USAGE, values, 3);
    bool found = sv_step(rows) == SV_ROW;
    for (int i = 0; i < 4; i++)
        json_object_set_new(usage, names[i], json_integer(found ? (json_int_t)sv_column_int(rows, i) : 0));
    sv_close(rows);
    return usage;
}

static bool fits(sv_call *call, const char *entitlement, int64_t used, int64_t more)
{
    const json_t *limit = json_object_get(json_object_get(call->account, "entitlements"), entitlement);
    if (!json_is_integer(limit) || used + more <= json_integer_value(limit)) return true;
    sv_refuse(call, SV_E_plan_limit,
              json_pack("{s:s, s:I, s:I}", "entitlement", entitlement, "limit", json_integer_value(limit), "used",
                        (json_int_t)used),
              "The plan of this account allows no more.");
    return false;
}

static bool is_limited(const sv_call *call, const char *entitlement)
{
    return json_is_integer(json_object_get(json_object_get(call->account, "entitlements"), entitlement));
}

bool sv_plan_has_room(sv_call *call, const char *entitlement, const char *type, int64_t more)
{
    if (!is_limited(call, entitlement)) return true;
    const sv_value values[] = {sv_words(call->account_id), sv_int(call->scope.livemode), sv_words(type)};
    sv_rows *rows = sv_open(call->app->store, SV_SQL_OBJECT_COUNT, values, 3);
    int64_t used = sv_step(rows) == SV_ROW ? sv_column_int(rows, 0) : 0;
    sv_close(rows);
    return fits(call, entitlement, used, more);
}

bool sv_plan_has_storage(sv_call *call, int64_t bytes)
{
    if (!is_limited(call, "storage_bytes")) return true;
    json_t *usage = sv_plan_usage(call);
    int64_t used = sv_json_integer(usage, "storage_bytes");
    json_decref(usage);
    return fits(call, "storage_bytes", used, bytes);
}
