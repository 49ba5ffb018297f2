#include "events/emit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/moment.h"
#include "base/text.h"
#include "events/outbox.h"

#define PAYLOAD_MAX 65536

static sv_result next_number(sv_store *store, sv_scope scope, int64_t *number)
{
    const sv_value values[] = {sv_words(scope.account_id), sv_int(scope.livemode), sv_words("event")};
    sv_rows *rows = sv_open(store, SV_SQL_COUNTER_NEXT, values, 3);
    sv_result result = sv_step(rows);
    if (result == SV_ROW) *number = sv_column_int(rows, 0);
    sv_close(rows);
    if (result == SV_DONE) return SV_BROKEN;
    return result == SV_ROW ? SV_DONE : result;
}

/* What is too large to be sent is named, and can be read. */
static json_t *shortened(const json_t *object)
{
    sv_text url = {0};
    const char *type = sv_json_text(object, "object"), *id = sv_json_text(object, "id");
    sv_text_format(&url, "/api/v1/%ss/", type);
    for (char *c = url.data; *c; c++)
        if (*c == '_') *c = '-';
    sv_text_put(&url, id);
    json_t *brief = json_pack("{s:s, s:s, s:I, s:s}", "object", type, "id", id, "version",
                              sv_json_integer(object, "version"), "url", sv_text_get(&url));
    sv_text_free(&url);
    return brief;
}

/* The payload: these bytes are what every receiver gets, now and on each repetition. */
static json_t *make_payload(const sv_object *event, sv_scope scope, int64_t number, const char *request_id,
                            const char *type)
{
    char at[SV_MOMENT_SIZE];
    sv_moment_print(event->created_ms, at);
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:b, s:s, s:s, s:s?}", "id", event->id, "object", "event", "type",
                     type, "timestamp", at, "created_at", at, "sequence", (json_int_t)number, "livemode",
                     (int)scope.livemode, "api_version", "v1", "account_id", scope.account_id, "request_id",
                     request_id);
}

/* What happened to what: the object whole if it can be sent, else by its name; then what it was before goes, too. The
 * payload as text: it is printed once where it fits, which is nearly always. */
static char *print_with_data(json_t *payload, const json_t *object, const json_t *previous)
{
    json_t *data = json_object();
    json_object_set(data, "object", (json_t *)(uintptr_t)object);
    if (previous)
        json_object_set(data, "previous", (json_t *)(uintptr_t)previous);
    else
        json_object_set_new(data, "previous", json_object());
    json_object_set_new(payload, "data", data);
    char *text = sv_json_print(payload);
    if (strlen(text) <= PAYLOAD_MAX) return text;
    free(text);
    json_object_set_new(data, "object", shortened(object));
    json_object_set_new(data, "truncated", json_true());
    text = sv_json_print(payload);
    if (strlen(text) <= PAYLOAD_MAX) return text;
    free(text);
    json_object_set_new(data, "previous", json_object());
    return sv_json_print(payload);
}

/* Its own id is made before its body, which holds it. */
static sv_result insert(sv_store *store, sv_scope scope, const sv_object *event, int64_t number, const char *body)
{
    const sv_value values[] = {sv_words(event->id), sv_words(scope.account_id), sv_int(scope.livemode),
                               sv_int(number),      sv_int(event->created_ms),  sv_words(body)};
    return sv_run(store, SV_SQL_EVENT_INSERT, values, 6, NULL);
}

sv_result sv_emit_unsent(sv_store *store, sv_scope scope, const char *request_id, const char *type,
                         const json_t *object, const json_t *previous, sv_event *told)
{
    int64_t number = 0;
    sv_result result = next_number(store, scope, &number);
    if (result != SV_DONE) return result;
    sv_object event = sv_object_new("event", NULL, NULL);
    event.body = make_payload(&event, scope, number, request_id, type);
    char *body = print_with_data(event.body, object, previous);
    result = insert(store, scope, &event, number, body);
    free(body);
    *told = (sv_event){.sequence = number, .created_ms = event.created_ms};
    snprintf(told->id, sizeof told->id, "%s", event.id);
    snprintf(told->type, sizeof told->type, "%s", type);
    snprintf(told->object_id, sizeof told->object_id, "%s", sv_json_text(object, "id"));
    sv_object_free(&event);
    return result;
}

sv_result sv_emit(sv_store *store, sv_scope scope, const char *request_id, const char *type, const json_t *object,
                  const json_t *previous)
{
    sv_event event;
    sv_result result = sv_emit_unsent(store, scope, request_id, type, object, previous, &event);
    return result == SV_DONE ? sv_outbox_add(store, scope, &event) : result;
}

json_t *sv_previous(const json_t *before, const json_t *after)
{
    json_t *changed = json_object(), *value;
    const char *name;
    json_object_foreach((json_t *)before, name, value)
    {
        const json_t *now = json_object_get(after, name);
        bool passing = strcmp(name, "version") == 0 || strcmp(name, "updated_at") == 0;
        if (!passing && (!now || !json_equal(value, (json_t *)now))) json_object_set(changed, name, value);
    }
    return changed;
}
