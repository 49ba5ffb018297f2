#include "access/call.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- answers ---- */

void sv_answer(sv_call *call, int status, json_t *body)
{
    if (call->status) {
        json_decref(body);
        return;
    }
    call->status = status;
    call->answer = body;
}

void sv_set_header(sv_call *call, const char *name, const char *value)
{
    sv_text_format(&call->headers, "%s: %s\r\n", name, value);
}

void sv_add_etag(sv_call *call, int64_t version)
{
    sv_text_format(&call->headers, "ETag: \"v%lld\"\r\n", (long long)version);
}

void sv_answer_object(sv_call *call, int status, const sv_object *object)
{
    if (call->status) return;
    sv_add_etag(call, object->version);
    sv_answer(call, status, sv_object_view(object, call->scope.livemode));
}

void sv_refuse(sv_call *call, sv_error error, json_t *details, const char *format, ...)
{
    if (call->status) {
        json_decref(details);
        return;
    }
    sv_text message = {0};
    va_list arguments;
    va_start(arguments, format);
    sv_text_format_list(&message, format, arguments);
    va_end(arguments);
    if (message.data) sv_make_utf8(message.data);
    json_t *inside = json_pack("{s:s, s:s, s:s}", "code", sv_error_code(error), "message", sv_text_get(&message),
                               "request_id", call->request_id);
    if (details) json_object_set_new(inside, "details", details);
    call->error_code = sv_error_code(error);
    sv_text_free(&call->headers); /* those of an answer that will not be given */
    sv_answer(call, sv_error_status(error), json_pack("{s:o}", "error", inside));
    sv_text_free(&message);
}

void sv_refuse_field(sv_call *call, sv_error error, const char *path, const char *code, const char *message)
{
    sv_text whole = {0};
    if (call->within) sv_text_format(&whole, "%s%s", call->within, *path ? "." : "");
    sv_text_put(&whole, path);
    if (whole.data) sv_make_utf8(whole.data);
    json_t *field = json_pack("{s:s, s:s, s:s}", "path", sv_text_get(&whole), "code", code, "message", message);
    sv_refuse(call, error, json_pack("{s:[o]}", "fields", field), "%s: %s", sv_text_get(&whole), message);
    sv_text_free(&whole);
}

void sv_refuse_not_found(sv_call *call) { sv_refuse(call, SV_E_not_found, NULL, "There is no such object."); }

void sv_refuse_reference(sv_call *call, const char *path)
{
    sv_text whole = {0};
    sv_text_format(&whole, "%s%s%s", call->within ? call->within : "", call->within ? "." : "", path);
    sv_refuse(call, SV_E_not_found, json_pack("{s:s}", "path", sv_text_get(&whole)), "There is no such object.");
    sv_text_free(&whole);
}

void sv_refuse_store(sv_call *call, sv_result result)
{
    if (result == SV_BUSY) {
        sv_metric_count(call->app->shared, SV_COUNT_DB_BUSY);
        sv_refuse(call, SV_E_unavailable, NULL, "The service is busy. Try again.");
        sv_set_header(call, "Retry-After", "1");
    } else if (result == SV_FULL) {
        sv_refuse(call, SV_E_storage_unavailable, NULL, "The service cannot write at the moment. Nothing was changed.");
        sv_set_header(call, "Retry-After", "30");
    } else if (result == SV_CONFLICT) {
        sv_refuse(call, SV_E_conflict, NULL, "The object was changed meanwhile. Read it again.");
    } else {
        sv_refuse(call, SV_E_internal_error, NULL, "This is our mistake. It was logged under this request's id.");
    }
}

bool sv_refused(const sv_call *call) { return call->status >= 400; }

/* ---- reading bodies ---- */

static void path_of(char text[256], const char *path, const char *name)
{
    snprintf(text, 256, "%s%s%s", path, *path ? "." : "", name);
    sv_make_utf8(text); /* it may have been cut */
}

bool sv_known_fields(sv_call *call, json_t *object, const char *path, const char *const names[])
{
    const char *key;
    json_t *value, *unknown = json_array();
    char at[256] = "";
    json_object_foreach(object, key, value)
    {
        size_t i = 0;
        while (names[i] && strcmp(names[i], key) != 0) i++;
        if (names[i]) continue;
        path_of(at, path, key);
        json_array_append_new(unknown, json_pack("{s:s, s:s, s:s}", "path", at, "code", "unknown_field", "message",
                                                 "There is no such field."));
    }
    bool good = json_array_size(unknown) == 0;
    if (good)
        json_decref(unknown);
    else
        sv_refuse(call, SV_E_unknown_field, json_pack("{s:o}", "fields", unknown), "There is no field %s.", at);
    return good;
}

bool sv_take_text(sv_call *call, json_t *object, const char *name, size_t least, size_t most, bool nullable,
                  const char **value)
{
    json_t *given = json_object_get(object, name);
    if (!given) return true;
    if (nullable && json_is_null(given)) {
        *value = NULL;
        return true;
    }
    if (!json_is_string(given)) {
        sv_refuse_field(call, SV_E_invalid_request, name, "wrong_type", "A text is expected.");
        return false;
    }
    size_t size = json_string_length(given);
    if (size < least || size > most) {
        char message[96];
        snprintf(message, sizeof message, "The text must have %zu to %zu bytes.", least, most);
        sv_refuse_field(call, SV_E_validation_failed, name, "length", message);
        return false;
    }
    *value = json_string_value(given);
    return true;
}

bool sv_take_integer(sv_call *call, json_t *object, const char *name, int64_t least, int64_t most, int64_t *value)
{
    json_t *given = json_object_get(object, name);
    if (!given) return true;
    if (!json_is_integer(given)) {
        sv_refuse_field(call, SV_E_invalid_request, name, "wrong_type", "An integer is expected.");
        return false;
    }
    if (json_integer_value(given) < least || json_integer_value(given) > most) {
        char message[96];
        snprintf(message, sizeof message, "The number must be from %lld to %lld.", (long long)least, (long long)most);
        sv_refuse_field(call, SV_E_validation_failed, name, "range", message);
        return false;
    }
    *value = json_integer_value(given);
    return true;
}

bool sv_take_bool(sv_call *call, json_t *object, const char *name, bool *value)
{
    json_t *given = json_object_get(object, name);
    if (!given) return true;
    if (!json_is_boolean(given)) {
        sv_refuse_field(call, SV_E_invalid_request, name, "wrong_type", "true or false is expected.");
        return false;
    }
    *value = json_is_true(given);
    return true;
}

bool sv_take_texts(sv_call *call, json_t *object, const char *name, size_t count_most, size_t size, json_t **value)
{
    json_t *given = json_object_get(object, name), *item;
    size_t index;
    char path[128];
    if (!given) return true;
    if (!json_is_array(given)) {
        sv_refuse_field(call, SV_E_invalid_request, name, "wrong_type", "An array of texts is expected.");
        return false;
    }
    if (json_array_size(given) > count_most) {
        sv_refuse_field(call, SV_E_validation_failed, name, "count", "There are too many items.");
        return false;
    }
    json_array_foreach(given, index, item)
    {
        snprintf(path, sizeof path, "%s[%zu]", name, index);
        if (!json_is_string(item)) {
            sv_refuse_field(call, SV_E_invalid_request, path, "wrong_type", "A text is expected.");
            return false;
        }
        if (json_string_length(item) > size || !json_string_length(item)) {
            sv_refuse_field(call, SV_E_validation_failed, path, "length", "The text is empty or too long.");
            return false;
        }
    }
    *value = given;
    return true;
}

#define METADATA_MAX 50
#define METADATA_KEY_MAX 40
#define METADATA_VALUE_MAX 500

bool sv_take_metadata(sv_call *call, json_t *object, json_t *into)
{
    json_t *given = json_object_get(object, "metadata"), *value;
    const char *key;
    char path[128];
    if (!given) return true;
    if (!json_is_object(given)) {
        sv_refuse_field(call, SV_E_invalid_request, "metadata", "wrong_type", "An object is expected.");
        return false;
    }
    /* RFC 7396: null takes a key away. */
    json_t *merged = json_copy(json_object_get(into, "metadata"));
    if (!merged) merged = json_object();
    json_object_foreach(given, key, value)
    {
        snprintf(path, sizeof path, "metadata.%.60s", key);
        if (json_is_null(value)) {
            json_object_del(merged, key);
            continue;
        }
        if (!json_is_string(value))
            sv_refuse_field(call, SV_E_invalid_request, path, "wrong_type", "A text is expected.");
        else if (!*key || strlen(key) > METADATA_KEY_MAX || json_string_length(value) > METADATA_VALUE_MAX)
            sv_refuse_field(call, SV_E_validation_failed, path, "length", "The key or the text is too long.");
        json_object_set(merged, key, value);
    }
    if (json_object_size(merged) > METADATA_MAX)
        sv_refuse_field(call, SV_E_validation_failed, "metadata", "count", "There are more than 50 keys.");
    json_object_set_new(into, "metadata", merged);
    return !sv_refused(call);
}

/* ---- objects ---- */

bool sv_get(sv_call *call, const char *type, const char *id, sv_object *object)
{
    sv_result result = sv_object_get(call->app->store, call->scope, type, id, object);
    if (result == SV_ROW) return true;
    if (result == SV_DONE)
        sv_refuse_not_found(call);
    else
        sv_refuse_store(call, result);
    return false;
}

bool sv_if_match(sv_call *call, int64_t version, bool required)
{
    const char *given = sv_header(&call->request, "if-match");
    char expected[40], star[] = "*";
    if (!given && !required) return true;
    if (!given) {
        sv_refuse(call, SV_E_precondition_required, NULL, "Send If-Match with the version you have read.");
        return false;
    }
    snprintf(expected, sizeof expected, "\"v%lld\"", (long long)version);
    if (strcmp(given, expected) == 0 || strcmp(given, star) == 0) return true;
    char quote;
    long long number;
    int end = 0;
    if (sscanf(given, "\"v%lld%c%n", &number, &quote, &end) != 2 || quote != '"' || given[end])
        sv_refuse(call, SV_E_invalid_if_match, NULL, "If-Match must be an ETag that this service gave.");
    else
        sv_refuse(call, SV_E_version_mismatch, json_pack("{s:I}", "current_version", (json_int_t)version),
                  "The object was changed since it was read.");
    return false;
}

bool sv_insert(sv_call *call, sv_object *object)
{
    sv_result result = sv_object_insert(call->app->store, call->scope, object);
    if (result == SV_DONE) return true;
    if (result == SV_CONFLICT && object->unique_key && strncmp(object->unique_key, "sku:", 4) == 0)
        sv_refuse(call, SV_E_sku_taken, NULL, "Another object has this SKU.");
    else if (result == SV_CONFLICT && object->ref)
        sv_refuse(call, SV_E_ref_taken, NULL, "Another object has this ref.");
    else
        sv_refuse_store(call, result);
    return false;
}

bool sv_update(sv_call *call, sv_object *object)
{
    sv_result result = sv_object_update(call->app->store, call->scope, object);
    if (result == SV_DONE) return true;
    if (result == SV_CONFLICT && object->ref)
        sv_refuse(call, SV_E_ref_taken, NULL, "Another object has this ref.");
    else
        sv_refuse_store(call, result);
    return false;
}

bool sv_delete(sv_call *call, const sv_object *object)
{
    sv_result result = sv_object_delete(call->app->store, call->scope, object);
    if (result == SV_DONE) return true;
    sv_refuse_store(call, result);
    return false;
}

json_t *sv_changes(const json_t *before, const json_t *after)
{
    const char *name;
    json_t *value, *changes = json_object();
    json_object_foreach((json_t *)(uintptr_t)after, name, value)
    {
        json_t *old = json_object_get(before, name);
        if (old && json_equal(old, value)) continue;
        json_object_set_new(changes, name, json_pack("{s:O, s:O}", "old", old ? old : json_null(), "new", value));
    }
    json_object_foreach((json_t *)(uintptr_t)before, name, value) if (!json_object_get(after, name))
        json_object_set_new(changes, name, json_pack("{s:O, s:n}", "old", value, "new"));
    return changes;
}

typedef struct actor {
    const char *type, *id, *request_id, *ip;
} actor;

static sv_result audit(sv_store *store, sv_scope scope, const actor *who, const char *action, const char *type,
                       const char *id, json_t *changes)
{
    char at[SV_MOMENT_SIZE], made[SV_ID_SIZE];
    const int64_t now = sv_now_ms();
    sv_moment_print(now, at);
    sv_id_make("aud", made);
    json_t *body = json_pack("{s:s, s:{s:s, s:s}, s:s, s:{s:s, s:s}, s:s, s:s, s:o}", "at", at, "actor", "type",
                             who->type, "id", who->id, "action", action, "target", "type", type, "id", id, "request_id",
                             who->request_id, "ip", who->ip, "changes", changes ? changes : json_object());
    char *text = sv_json_print(body);
    const sv_value values[] = {sv_words(made), sv_words(scope.account_id), sv_int(scope.livemode), sv_int(now),
                               sv_words(text)};
    sv_result result = sv_run(store, SV_SQL_AUDIT_INSERT, values, 5, NULL);
    free(text);
    json_decref(body);
    return result;
}

void sv_audit(sv_call *call, const char *action, const char *type, const char *id, json_t *changes)
{
    const actor who = {strcmp(call->role, "operator") == 0 ? "operator" : "api_key", call->key.id, call->request_id,
                       call->request.ip};
    sv_result result = audit(call->app->store, call->scope, &who, action, type, id, changes);
    if (result != SV_DONE) sv_refuse_store(call, result);
}

sv_result sv_audit_system(sv_store *store, sv_scope scope, const char *part, const char *action, const char *type,
                          const char *id, json_t *changes)
{
    const actor who = {"system", part, "", ""};
    return audit(store, scope, &who, action, type, id, changes);
}

bool sv_has_scope(const sv_call *call, const char *scope)
{
    json_t *scopes = json_object_get(call->key.body, "scopes"), *item;
    size_t index;
    json_array_foreach(scopes, index, item) if (strcmp(json_string_value(item), scope) == 0) return true;
    return false;
}
