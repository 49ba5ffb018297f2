#include "store/objects.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/moment.h"
#include "base/text.h"

static const struct {
    const char *type, *prefix;
} types[] = {{"part", "part"},     {"product", "prod"},        {"quote", "quote"},
             {"order", "order"},   {"api_key", "key"},         {"webhook_endpoint", "whe"},
             {"audit_log", "aud"}, {"request_log", "req"},     {"upload", "upl"},
             {"file", "file"},     {"event", "evt"},           {"webhook_delivery", "whd"},
             {"customer", "cust"}, {"cost_component", "cost"}, {"order_item", "oitem"},
             {"shipment", "shm"}};

const char *sv_type_prefix(const char *type)
{
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (strcmp(types[i].type, type) == 0) return types[i].prefix;
    return "x";
}

sv_object sv_object_new(const char *type, json_t *body, json_t *private)
{
    sv_object object = {.created_ms = sv_now_ms(), .version = 1, .body = body, .private = private};
    object.updated_ms = object.created_ms;
    snprintf(object.type, sizeof object.type, "%s", type);
    sv_id_make(sv_type_prefix(type), object.id);
    return object;
}

void sv_object_free(sv_object *object)
{
    free(object->ref);
    free(object->unique_key);
    json_decref(object->body);
    json_decref(object->private);
    *object = (sv_object){0};
}

void sv_object_read(sv_rows *rows, const char *type, sv_object *object)
{
    const char *ref = sv_column_text(rows, 1), *private = sv_column_text(rows, 6);
    *object = (sv_object){.ref = ref ? sv_copy(ref) : NULL};
    snprintf(object->id, sizeof object->id, "%s", sv_column_text(rows, 0));
    snprintf(object->type, sizeof object->type, "%s", type);
    object->created_ms = sv_column_int(rows, 2);
    object->updated_ms = sv_column_int(rows, 3);
    object->version = sv_column_int(rows, 4);
    object->body = json_loads(sv_column_text(rows, 5), 0, NULL);
    object->private = private ? json_loads(private, 0, NULL) : NULL;
}

sv_result sv_object_get(sv_store *store, sv_scope scope, const char *type, const char *id, sv_object *object)
{
    *object = (sv_object){0};
    bool by_ref = strncmp(id, "ref:", 4) == 0;
    if (!by_ref && !sv_id_is(id, sv_type_prefix(type))) return SV_DONE;
    const sv_value values[] = {sv_words(scope.account_id), sv_int(scope.livemode), sv_words(type),
                               sv_words(by_ref ? id + 4 : id)};
    sv_rows *rows = sv_open(store, by_ref ? SV_SQL_OBJECT_BY_REF : SV_SQL_OBJECT_GET, values, 4);
    sv_result result = sv_step(rows);
    if (result == SV_ROW) sv_object_read(rows, type, object);
    sv_close(rows);
    return result;
}

sv_result sv_object_by_key(sv_store *store, sv_scope scope, const char *type, const char *unique_key, sv_object *object)
{
    *object = (sv_object){0};
    const sv_value values[] = {sv_words(scope.account_id), sv_int(scope.livemode), sv_words(type),
                               sv_words(unique_key)};
    sv_rows *rows = sv_open(store, SV_SQL_OBJECT_BY_KEY, values, 4);
    sv_result result = sv_step(rows);
    if (result == SV_ROW) sv_object_read(rows, type, object);
    sv_close(rows);
    return result;
}

sv_result sv_object_insert(sv_store *store, sv_scope scope, sv_object *object)
{
    char *body = sv_json_print(object->body), *private = object->private ? sv_json_print(object->private) : NULL;
    const sv_value values[] = {
        sv_words(object->id),  sv_words(scope.account_id),   sv_int(scope.livemode),     sv_words(object->type),
        sv_words(object->ref), sv_words(object->unique_key), sv_int(object->created_ms), sv_words(body),
        sv_words(private)};
    sv_result result = sv_run(store, SV_SQL_OBJECT_INSERT, values, 9, NULL);
    free(body);
    free(private);
    return result;
}

sv_result sv_object_update(sv_store *store, sv_scope scope, sv_object *object)
{
    char *body = sv_json_print(object->body), *private = object->private ? sv_json_print(object->private) : NULL;
    int64_t now = sv_now_ms(), changed;
    if (now <= object->updated_ms) now = object->updated_ms + 1; /* the clock may step back */
    const sv_value values[] = {sv_words(scope.account_id),
                               sv_int(scope.livemode),
                               sv_words(object->type),
                               sv_words(object->id),
                               sv_int(object->version),
                               sv_words(object->ref),
                               sv_words(object->unique_key),
                               sv_words(body),
                               sv_words(private),
                               sv_int(now)};
    sv_result result = sv_run(store, SV_SQL_OBJECT_UPDATE, values, 10, &changed);
    if (result == SV_DONE && changed != 1) result = SV_CONFLICT;
    if (result == SV_DONE) object->version++, object->updated_ms = now;
    free(body);
    free(private);
    return result;
}

sv_result sv_object_delete(sv_store *store, sv_scope scope, const sv_object *object)
{
    int64_t changed;
    const sv_value values[] = {sv_words(scope.account_id), sv_int(scope.livemode),  sv_words(object->type),
                               sv_words(object->id),       sv_int(object->version), sv_int(sv_now_ms())};
    sv_result result = sv_run(store, SV_SQL_OBJECT_DELETE, values, 6, &changed);
    return result == SV_DONE && changed != 1 ? SV_CONFLICT : result;
}

json_t *sv_object_view(const sv_object *object, bool livemode)
{
    char created[SV_MOMENT_SIZE], updated[SV_MOMENT_SIZE];
    sv_moment_print(object->created_ms, created);
    sv_moment_print(object->updated_ms, updated);
    json_t *view = json_copy(object->body);
    json_object_set_new(view, "object", json_string(object->type));
    json_object_set_new(view, "id", json_string(object->id));
    json_object_set_new(view, "livemode", json_boolean(livemode));
    json_object_set_new(view, "ref", sv_json_text_or_null(object->ref));
    json_object_set_new(view, "created_at", json_string(created));
    json_object_set_new(view, "updated_at", json_string(updated));
    json_object_set_new(view, "version", json_integer(object->version));
    return view;
}
