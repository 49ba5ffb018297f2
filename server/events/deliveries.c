#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access/include.h"
#include "access/list.h"
#include "events/events.h"
#include "events/outbox.h"

static const sv_field fields[] = {
    {"endpoint_id", SV_F_COLUMN_TEXT, false}, {"event_id", SV_F_COLUMN_TEXT, false},  {"type", SV_F_TEXT, false},
    {"status", SV_F_COLUMN_TEXT, false},      {"next_attempt_at", SV_F_MOMENT, true}, {NULL, SV_F_TEXT, false}};

static const char *const relations[] = {"event", "endpoint", NULL};

/* null: it is gone. */
static json_t *event_of(sv_call *call, const char *id)
{
    const sv_value values[] = {sv_words(call->account_id), sv_int(call->scope.livemode), sv_words(id), sv_int(0)};
    sv_rows *rows = sv_open(call->app->store, SV_SQL_EVENT_GET, values, 4);
    sv_object event = {.body = NULL};
    if (sv_step(rows) == SV_ROW) sv_object_read(rows, "event", &event);
    sv_close(rows);
    json_t *shown = event.body ? sv_object_view(&event, call->scope.livemode) : json_null();
    sv_object_free(&event);
    return shown;
}

static json_t *endpoint_of(sv_call *call, const char *id)
{
    sv_object endpoint;
    const bool there = sv_object_get(call->app->store, call->scope, "webhook_endpoint", id, &endpoint) == SV_ROW;
    json_t *shown = there ? sv_object_view(&endpoint, call->scope.livemode) : json_null();
    sv_object_free(&endpoint);
    return shown;
}

static json_t *view(sv_call *call, const sv_object *delivery)
{
    json_t *shown = sv_object_view(delivery, call->scope.livemode);
    if (sv_is_included(call, "event"))
        json_object_set_new(shown, "event", event_of(call, sv_json_text(shown, "event_id")));
    if (sv_is_included(call, "endpoint"))
        json_object_set_new(shown, "endpoint", endpoint_of(call, sv_json_text(shown, "endpoint_id")));
    return shown;
}

void sv_list_deliveries(sv_call *call)
{
    const sv_listing listing = {.type = "webhook_delivery",
                                .fields = fields,
                                .table = "delivery_documents",
                                .view = view,
                                .include = relations};
    sv_list(call, &listing);
}

static bool get_delivery(sv_call *call, const char *id, sv_object *delivery)
{
    sv_result result = sv_delivery_get(call->app->store, call->scope, id, delivery);
    if (result == SV_DONE)
        sv_refuse_not_found(call);
    else if (result != SV_ROW)
        sv_refuse_store(call, result);
    return result == SV_ROW;
}

void sv_read_delivery(sv_call *call)
{
    sv_object delivery;
    if (!sv_check_include(call, relations) || !get_delivery(call, call->argument[0], &delivery)) return;
    sv_add_etag(call, delivery.version);
    sv_answer(call, 200, view(call, &delivery));
    sv_object_free(&delivery);
}

/* An id in a body that names no endpoint of this account is as one that is not there. */
static bool get_endpoint(sv_call *call, const char *id, bool *enabled)
{
    sv_object endpoint;
    sv_result result = sv_object_get(call->app->store, call->scope, "webhook_endpoint", id, &endpoint);
    if (result == SV_DONE)
        sv_refuse(call, SV_E_not_found, json_pack("{s:s}", "path", "endpoint_id"), "There is no such object.");
    else if (result != SV_ROW)
        sv_refuse_store(call, result);
    *enabled = result == SV_ROW && strcmp(sv_json_text(endpoint.body, "status"), "enabled") == 0;
    sv_object_free(&endpoint);
    return result == SV_ROW;
}

static void refuse_disabled(sv_call *call)
{
    sv_refuse(call, SV_E_endpoint_disabled, NULL, "The endpoint is disabled.");
}

static bool is_any(const char *word, const char *const words[])
{
    while (*words && strcmp(*words, word) != 0) words++;
    return *words != NULL;
}

/* ---- once more ---- */

static bool may_retry(sv_call *call, const sv_object *delivery)
{
    static const char *const running[] = {"pending", "delivering", NULL};
    sv_object endpoint;
    sv_result result = sv_object_get(call->app->store, call->scope, "webhook_endpoint",
                                     sv_json_text(delivery->body, "endpoint_id"), &endpoint);
    const bool enabled = result == SV_ROW && strcmp(sv_json_text(endpoint.body, "status"), "enabled") == 0;
    const char *status = sv_json_text(delivery->body, "status");
    sv_object_free(&endpoint);
    if (result != SV_ROW && result != SV_DONE)
        sv_refuse_store(call, result);
    else if (!enabled)
        refuse_disabled(call);
    else if (is_any(status, running))
        sv_refuse(call, SV_E_delivery_in_progress, NULL, "The delivery is waiting for an attempt already.");
    else if (strcmp(status, "cancelled") == 0)
        sv_refuse(call, SV_E_conflict, NULL, "The delivery was cancelled.");
    return !sv_refused(call);
}

void sv_retry_delivery(sv_call *call)
{
    static const char *const names[] = {NULL};
    sv_object delivery;
    if (!sv_known_fields(call, call->body, "", names) || !get_delivery(call, call->argument[0], &delivery)) return;
    if (may_retry(call, &delivery)) {
        const sv_value values[] = {sv_words(call->account_id), sv_int(call->scope.livemode), sv_words(delivery.id),
                                   sv_int(call->now_ms)};
        sv_result result = sv_run(call->app->store, SV_SQL_DELIVERY_RETRY, values, 4, NULL);
        sv_audit(call, "webhook_delivery.retry", "webhook_delivery", delivery.id, NULL);
        sv_object_free(&delivery);
        if (result != SV_DONE)
            sv_refuse_store(call, result);
        else if (get_delivery(call, call->argument[0], &delivery))
            sv_answer_object(call, 202, &delivery);
    }
    sv_object_free(&delivery);
}

/* What failed is exhausted in the end: both words mean the same. */
static const char *status_meant(const char *given)
{
    static const char *const retriable[] = {"exhausted", "held", "succeeded", NULL};
    if (strcmp(given, "failed") == 0) return "exhausted";
    return is_any(given, retriable) ? given : NULL;
}

void sv_retry_deliveries(sv_call *call)
{
    static const char *const names[] = {"endpoint_id", "since", "status", NULL};
    const char *endpoint_id = NULL, *since = NULL, *status = "exhausted";
    int64_t since_ms = 0, changed = 0;
    bool enabled;
    if (!sv_known_fields(call, call->body, "", names) ||
        !sv_take_text(call, call->body, "endpoint_id", 1, 255, false, &endpoint_id) ||
        !sv_take_text(call, call->body, "since", 1, 40, false, &since) ||
        !sv_take_text(call, call->body, "status", 1, 40, false, &status))
        return;
    status = status_meant(status);
    if (!endpoint_id)
        sv_refuse_field(call, SV_E_validation_failed, "endpoint_id", "required", "This field is needed.");
    else if (since && !sv_moment_read(since, &since_ms))
        sv_refuse_field(call, SV_E_validation_failed, "since", "format", "A moment is expected.");
    else if (!status)
        sv_refuse_field(call, SV_E_validation_failed, "status", "unknown",
                        "failed, exhausted, held or succeeded is expected.");
    else if (!get_endpoint(call, endpoint_id, &enabled))
        return;
    else if (!enabled)
        refuse_disabled(call);
    if (sv_refused(call)) return;
    const sv_value values[] = {sv_words(call->account_id), sv_int(call->scope.livemode),
                               sv_words(endpoint_id),      sv_int(since_ms),
                               sv_words(status),           sv_int(call->now_ms)};
    sv_result result = sv_run(call->app->store, SV_SQL_DELIVERY_RETRY_MANY, values, 6, &changed);
    if (result != SV_DONE) sv_refuse_store(call, result);
    sv_audit(call, "webhook_delivery.batch_retry", "webhook_endpoint", endpoint_id, NULL);
    sv_answer(call, 202, json_pack("{s:I}", "queued", (json_int_t)changed));
}

/* ---- resend ---- */

static sv_result get_event(sv_call *call, sv_event *event)
{
    const sv_value values[] = {sv_words(call->account_id), sv_int(call->scope.livemode), sv_words(call->argument[0]),
                               sv_int(0)};
    sv_rows *rows = sv_open(call->app->store, SV_SQL_EVENT_GET, values, 4);
    sv_result result = sv_step(rows);
    if (result == SV_ROW) {
        sv_object object;
        sv_object_read(rows, "event", &object);
        *event = (sv_event){.sequence = sv_column_int(rows, 7), .created_ms = object.created_ms};
        snprintf(event->id, sizeof event->id, "%s", object.id);
        snprintf(event->type, sizeof event->type, "%s", sv_json_text(object.body, "type"));
        snprintf(event->object_id, sizeof event->object_id, "%s", sv_json_text(object.body, "data.object.id"));
        sv_object_free(&object);
    }
    sv_close(rows);
    return result;
}

static void send_again(sv_call *call, const sv_event *event, const char *endpoint_id)
{
    char delivery_id[SV_ID_SIZE];
    sv_object delivery;
    sv_result result = sv_outbox_add_to(call->app->store, call->scope, event, endpoint_id, delivery_id);
    sv_audit(call, "event.resend", "event", event->id, NULL);
    if (result != SV_DONE) {
        sv_refuse_store(call, result);
    } else if (get_delivery(call, delivery_id, &delivery)) {
        sv_answer_object(call, 202, &delivery);
        sv_object_free(&delivery);
    }
}

void sv_resend_event(sv_call *call)
{
    static const char *const names[] = {"endpoint_id", NULL};
    const char *endpoint_id = NULL;
    sv_event event;
    bool enabled;
    if (!sv_known_fields(call, call->body, "", names) ||
        !sv_take_text(call, call->body, "endpoint_id", 1, 255, false, &endpoint_id))
        return;
    if (!endpoint_id) {
        sv_refuse_field(call, SV_E_validation_failed, "endpoint_id", "required", "This field is needed.");
        return;
    }
    sv_result result = get_event(call, &event);
    if (result == SV_DONE)
        sv_refuse_not_found(call);
    else if (result != SV_ROW)
        sv_refuse_store(call, result);
    else if (!get_endpoint(call, endpoint_id, &enabled))
        return;
    else if (event.created_ms < call->now_ms - call->app->config->events_seconds * 1000)
        sv_refuse(call, SV_E_event_expired, NULL, "The event is too old to be sent again.");
    else if (!enabled)
        refuse_disabled(call);
    else
        send_again(call, &event, endpoint_id);
}
