#include "events/outbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/moment.h"
#include "base/text.h"
#include "events/emit.h"
#include "events/types.h"

static bool listens(const sv_object *endpoint, const sv_event *event)
{
    json_t *pattern;
    size_t index;
    if (strcmp(endpoint->id, event->object_id) == 0) return false; /* what happens to it is for the others */
    json_array_foreach(json_object_get(endpoint->body, "events"), index,
                       pattern) if (sv_event_matches(json_string_value(pattern), event->type)) return true;
    return false;
}

static sv_result add(sv_store *store, sv_scope scope, const sv_event *event, const char *endpoint_id, bool held,
                     int64_t now, char delivery_id[SV_ID_SIZE])
{
    sv_id_make(sv_type_prefix("webhook_delivery"), delivery_id);
    const sv_value nothing = sv_words(NULL);
    const sv_value values[] = {sv_words(delivery_id),
                               sv_words(scope.account_id),
                               sv_int(scope.livemode),
                               sv_words(endpoint_id),
                               sv_words(event->id),
                               sv_words(event->type),
                               sv_int(event->sequence),
                               sv_words(event->object_id),
                               sv_words(held ? "held" : "pending"),
                               held ? nothing : sv_int(now),
                               sv_int(now),
                               held ? sv_int(now) : nothing};
    return sv_run(store, SV_SQL_DELIVERY_INSERT, values, 12, NULL);
}

sv_result sv_outbox_add(sv_store *store, sv_scope scope, const sv_event *event)
{
    char(*ids)[SV_ID_SIZE] = NULL, delivery_id[SV_ID_SIZE];
    bool *held = NULL;
    size_t count = 0;
    const sv_value values[] = {sv_words(scope.account_id), sv_int(scope.livemode)};
    sv_rows *rows = sv_open(store, SV_SQL_ENDPOINTS, values, 2);
    sv_result result;
    while ((result = sv_step(rows)) == SV_ROW) {
        sv_object endpoint;
        sv_object_read(rows, "webhook_endpoint", &endpoint);
        if (listens(&endpoint, event)) {
            ids = sv_grow(ids, count + 1, sizeof *ids);
            held = sv_grow(held, count + 1, sizeof *held);
            held[count] = strcmp(sv_json_text(endpoint.body, "status"), "enabled") != 0;
            memcpy(ids[count++], endpoint.id, SV_ID_SIZE);
        }
        sv_object_free(&endpoint);
    }
    sv_close(rows);
    for (size_t i = 0; i < count && result == SV_DONE; i++)
        result = add(store, scope, event, ids[i], held[i], event->created_ms, delivery_id);
    free(ids);
    free(held);
    return result;
}

sv_result sv_outbox_add_to(sv_store *store, sv_scope scope, const sv_event *event, const char *endpoint_id,
                           char delivery_id[SV_ID_SIZE])
{
    return add(store, scope, event, endpoint_id, false, sv_now_ms(), delivery_id);
}

static sv_result move(sv_store *store, sv_statement statement, const char *endpoint_id)
{
    const sv_value values[] = {sv_words(endpoint_id), sv_int(sv_now_ms())};
    return sv_run(store, statement, values, 2, NULL);
}

sv_result sv_outbox_hold(sv_store *store, const char *endpoint_id)
{
    return move(store, SV_SQL_DELIVERY_HOLD, endpoint_id);
}

sv_result sv_outbox_release(sv_store *store, const char *endpoint_id)
{
    return move(store, SV_SQL_DELIVERY_RELEASE, endpoint_id);
}

sv_result sv_outbox_cancel(sv_store *store, const char *endpoint_id)
{
    return move(store, SV_SQL_DELIVERY_CANCEL, endpoint_id);
}

sv_result sv_delivery_get(sv_store *store, sv_scope scope, const char *id, sv_object *delivery)
{
    const sv_value values[] = {sv_words(scope.account_id), sv_int(scope.livemode), sv_words(id)};
    sv_rows *rows = sv_open(store, SV_SQL_DELIVERY_GET, values, 3);
    sv_result result = sv_step(rows);
    *delivery = (sv_object){.version = 0};
    if (result == SV_ROW) sv_object_read(rows, "webhook_delivery", delivery);
    sv_close(rows);
    return result;
}

sv_result sv_endpoint_tell(sv_store *store, sv_scope scope, const char *request_id, const sv_object *endpoint,
                           const json_t *before)
{
    const bool enabled = strcmp(sv_json_text(endpoint->body, "status"), "enabled") == 0;
    const bool was_enabled = strcmp(sv_json_text(before, "status"), "enabled") == 0;
    if (enabled == was_enabled) return SV_DONE;
    sv_result result = enabled ? sv_outbox_release(store, endpoint->id) : sv_outbox_hold(store, endpoint->id);
    if (result != SV_DONE) return result;
    json_t *shown = sv_object_view(endpoint, scope.livemode), *previous = sv_previous(before, endpoint->body);
    result = sv_emit(store, scope, request_id, enabled ? "webhook_endpoint.enabled" : "webhook_endpoint.disabled",
                     shown, previous);
    json_decref(shown);
    json_decref(previous);
    return result;
}
