#include "app/outcome.h"

#include <stdlib.h>
#include <string.h>

#include "access/call.h"
#include "base/json.h"
#include "base/moment.h"
#include "base/text.h"
#include "events/outbox.h"
#include "events/schedule.h"
#include "store/accounts.h"

#define ATTEMPTS_KEPT 50
#define NOTICES_KEPT 50
#define GONE 410

static bool may_ask_to_wait(const sv_sending *s) { return s->status == 429 || s->status == 503; }

static double chance(void)
{
    uint16_t bits;
    sv_random(&bits, sizeof bits);
    return bits / 65535.0;
}

/* ---- the endpoint ---- */

static sv_scope scope_of(const sv_sending *s) { return (sv_scope){s->account_id, s->livemode}; }

/* These change with every attempt: they do not count as a new version. */
static sv_result note(sv_store *store, const sv_sending *s, const sv_object *endpoint)
{
    char *body = sv_json_print(endpoint->body);
    const sv_value values[] = {sv_words(s->account_id), sv_int(s->livemode), sv_words(endpoint->id), sv_words(body)};
    sv_result result = sv_run(store, SV_SQL_ENDPOINT_NOTE, values, 4, NULL);
    free(body);
    return result;
}

static void note_success(const sv_sending *s, json_t *body)
{
    char at[SV_MOMENT_SIZE];
    sv_moment_print(s->began_ms + s->took_ms, at);
    json_object_set_new(body, "last_success_at", json_string(at));
    json_object_set_new(body, "failure_streak", json_pack("{s:n, s:i}", "since", "attempts", 0));
}

/* true: it is enough. */
static bool note_failure(const sv_sending *s, double scale, json_t *body)
{
    char at[SV_MOMENT_SIZE], since[SV_MOMENT_SIZE];
    int64_t since_ms;
    sv_moment_print(s->began_ms + s->took_ms, at);
    if (!sv_moment_read(sv_json_text(body, "failure_streak.since"), &since_ms)) since_ms = s->began_ms;
    const int64_t attempts = sv_json_integer(body, "failure_streak.attempts") + 1;
    sv_moment_print(since_ms, since);
    json_object_set_new(body, "last_failure_at", json_string(at));
    json_object_set_new(body, "failure_streak",
                        json_pack("{s:s, s:I}", "since", since, "attempts", (json_int_t)attempts));
    return s->status == GONE || sv_schedule_gives_up(attempts, since_ms, s->began_ms, scale);
}

/* An order says when its seller last heard of it. */
static sv_result note_order(sv_store *store, const sv_sending *s)
{
    char at[SV_MOMENT_SIZE];
    if (strncmp(s->type, "order.", 6) != 0) return SV_DONE;
    sv_moment_print(s->began_ms + s->took_ms, at);
    const sv_value values[] = {sv_words(s->account_id), sv_int(s->livemode), sv_words(s->object_id), sv_words(at)};
    return sv_run(store, SV_SQL_ORDER_TOLD, values, 4, NULL);
}

static sv_result add_notice(sv_store *store, const sv_sending *s)
{
    sv_account account;
    char at[SV_MOMENT_SIZE];
    sv_result result = sv_account_get(store, s->account_id, &account);
    if (result != SV_ROW) return result;
    json_t *notices = json_object_get(account.body, "notices");
    sv_moment_print(sv_now_ms(), at);
    json_array_append_new(notices, json_pack("{s:s, s:s, s:s}", "code", "webhook_endpoint_disabled", "at", at,
                                             "object_id", s->endpoint_id));
    while (json_array_size(notices) > NOTICES_KEPT) json_array_remove(notices, 0);
    result = sv_account_update(store, &account);
    sv_account_free(&account);
    return result;
}

static sv_result disable(sv_store *store, const sv_sending *s, sv_object *endpoint)
{
    json_t *before = json_deep_copy(endpoint->body);
    json_object_set_new(endpoint->body, "status", json_string("auto_disabled"));
    json_object_set_new(endpoint->body, "disabled_reason", json_string(s->status == GONE ? "gone" : "failures"));
    sv_result result = sv_object_update(store, scope_of(s), endpoint);
    if (result == SV_DONE) result = sv_endpoint_tell(store, scope_of(s), NULL, endpoint, before);
    if (result == SV_DONE) result = add_notice(store, s);
    if (result == SV_DONE)
        result = sv_audit_system(store, scope_of(s), "hooks", "webhook_endpoint.auto_disable", "webhook_endpoint",
                                 endpoint->id, sv_changes(before, endpoint->body));
    json_decref(before);
    return result;
}

/* ---- the delivery ---- */

static sv_result finish(sv_store *store, const char *owner, const sv_sending *s, const char *status, int64_t due_ms,
                        bool *mine)
{
    json_t *attempts = json_copy(s->attempts);
    json_array_append_new(attempts, sv_sending_attempt(s));
    while (json_array_size(attempts) > ATTEMPTS_KEPT) json_array_remove(attempts, 0);
    char *text = sv_json_print(attempts);
    const int64_t now = sv_now_ms();
    const sv_value nothing = sv_words(NULL);
    const sv_value values[] = {sv_words(s->id),
                               sv_words(owner),
                               sv_words(status),
                               due_ms ? sv_int(due_ms) : nothing,
                               sv_int(s->tries + 1),
                               sv_words(text),
                               strcmp(status, "held") == 0 ? sv_int(now) : nothing,
                               sv_int(now)};
    int64_t changed;
    sv_result result = sv_run(store, SV_SQL_DELIVERY_FINISH, values, 8, &changed);
    *mine = changed == 1;
    free(text);
    json_decref(attempts);
    return result;
}

/* Those after it that wait for it may go on. */
static sv_result unpark(sv_store *store, const sv_sending *s)
{
    const sv_value values[] = {sv_words(s->endpoint_id), sv_words(s->object_id), sv_int(sv_now_ms())};
    return sv_run(store, SV_SQL_DELIVERY_UNPARK, values, 3, NULL);
}

static const char *next_state(const sv_config *config, const sv_sending *s, bool there, bool enabled, int64_t *due_ms)
{
    const int64_t asked = may_ask_to_wait(s) ? s->asked_ms : 0;
    if (sv_sending_succeeded(s)) return "succeeded";
    if (!there) return "cancelled";
    if (!enabled) return "held";
    return sv_schedule_next(s->tries + 1, s->base_ms, s->began_ms + s->took_ms, config->schedule_scale, chance(), asked,
                            due_ms)
               ? "pending"
               : "exhausted";
}

sv_result sv_outcome_write(sv_store *store, const sv_config *config, const char *owner, const sv_sending *s)
{
    sv_object endpoint;
    int64_t due_ms = 0;
    bool mine = false, enough = false;
    sv_result result = sv_object_get(store, scope_of(s), "webhook_endpoint", s->endpoint_id, &endpoint);
    if (result != SV_ROW && result != SV_DONE) return result;
    const bool there = result == SV_ROW;
    const bool enabled = there && strcmp(sv_json_text(endpoint.body, "status"), "enabled") == 0;
    if (there && sv_sending_succeeded(s))
        note_success(s, endpoint.body);
    else if (there)
        enough = note_failure(s, config->schedule_scale, endpoint.body) && enabled;
    const char *status = next_state(config, s, there, enabled, &due_ms);
    /* The last attempt of its schedule is over, whatever becomes of the endpoint. */
    if (enough && strcmp(status, "pending") == 0) status = "held", due_ms = 0;
    result = finish(store, owner, s, status, due_ms, &mine);
    if (result == SV_DONE && mine && there) result = enough ? disable(store, s, &endpoint) : note(store, s, &endpoint);
    if (result == SV_DONE && mine && sv_sending_succeeded(s)) result = note_order(store, s);
    if (result == SV_DONE && s->per_object && strcmp(status, "pending") != 0) result = unpark(store, s);
    sv_object_free(&endpoint);
    return result;
}
