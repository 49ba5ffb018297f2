#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access/include.h"
#include "access/list.h"
#include "access/plan.h"
#include "access/sealed.h"
#include "events/emit.h"
#include "events/events.h"
#include "events/outbox.h"
#include "events/sign.h"
#include "events/target.h"
#include "events/types.h"

#define ENDPOINTS_MAX 10
#define PATTERNS_MAX 100
#define OVERLAP_MAX 172800
#define OVERLAP_DEFAULT 86400
#define INCLUDED_DELIVERIES 20

/* ---- what clients write ---- */

typedef struct form {
    const char *url, *description, *ordering, *status, *ref; /* of the body; NULL: not given */
    json_t *events;
} form;

static bool check_url(sv_call *call, const char *url)
{
    const sv_config *config = call->app->config;
    const char *wrong = url ? sv_target_check(config, url) : NULL;
    if (!wrong && url && !sv_target_is_public(config, url)) wrong = "The host has an address that is not public.";
    if (wrong) sv_refuse_field(call, SV_E_webhook_url_forbidden, "url", "forbidden", wrong);
    return !wrong;
}

static bool check_events(sv_call *call, json_t *events)
{
    json_t *pattern;
    size_t index;
    char path[40];
    if (events && !json_array_size(events)) {
        sv_refuse_field(call, SV_E_validation_failed, "events", "required", "At least one type is needed, or \"*\".");
        return false;
    }
    json_array_foreach(events, index, pattern)
    {
        snprintf(path, sizeof path, "events[%zu]", index);
        if (sv_event_pattern_is(json_string_value(pattern))) continue;
        sv_refuse_field(call, SV_E_unknown_event_type, path, "unknown", "No event has this type.");
        return false;
    }
    return true;
}

/* One of the words, or not given. */
static bool check_word(sv_call *call, const char *name, const char *given, const char *const words[2])
{
    char message[64];
    if (!given || strcmp(given, words[0]) == 0 || strcmp(given, words[1]) == 0) return true;
    snprintf(message, sizeof message, "%s or %s is expected.", words[0], words[1]);
    sv_refuse_field(call, SV_E_validation_failed, name, "unknown", message);
    return false;
}

/* Names are looked up here, before the transaction: that may take seconds. */
static void prepare(sv_call *call, bool is_new)
{
    static const char *const new_names[] = {"url", "events", "description", "ordering", "ref", "metadata", NULL};
    static const char *const names[] = {"url", "events", "description", "ordering", "status", "metadata", NULL};
    static const char *const orderings[] = {"none", "per_object"}, *const statuses[] = {"enabled", "disabled"};
    form *f = sv_alloc(1, sizeof *f);
    *f = (form){.url = NULL};
    call->prepared = f;
    call->free_prepared = free;
    json_t *body = call->body;
    if (!sv_known_fields(call, body, "", is_new ? new_names : names) ||
        !sv_take_text(call, body, "url", 1, 65536, false, &f->url) ||
        !sv_take_texts(call, body, "events", PATTERNS_MAX, 64, &f->events) ||
        !sv_take_text(call, body, "description", 0, 1000, true, &f->description) ||
        !sv_take_text(call, body, "ordering", 0, 64, false, &f->ordering) ||
        !sv_take_text(call, body, "status", 0, 64, false, &f->status) ||
        !sv_take_text(call, body, "ref", 1, 255, true, &f->ref))
        return;
    if (is_new && (!f->url || !f->events)) {
        sv_refuse_field(call, SV_E_validation_failed, f->url ? "events" : "url", "required", "This field is needed.");
        return;
    }
    if (check_word(call, "ordering", f->ordering, orderings) && check_word(call, "status", f->status, statuses) &&
        check_events(call, f->events))
        check_url(call, f->url);
}

void sv_prepare_new_endpoint(sv_call *call) { prepare(call, true); }
void sv_prepare_endpoint_change(sv_call *call) { prepare(call, false); }

/* ---- endpoints ---- */

/* The newest of them. */
static json_t *deliveries_of(sv_call *call, const char *endpoint_id)
{
    json_t *list = json_array();
    const sv_value values[] = {sv_words(call->account_id), sv_int(call->scope.livemode), sv_words(endpoint_id),
                               sv_int(INCLUDED_DELIVERIES)};
    sv_rows *rows = sv_open(call->app->store, SV_SQL_DELIVERIES_OF, values, 4);
    while (sv_step(rows) == SV_ROW) {
        sv_object delivery;
        sv_object_read(rows, "webhook_delivery", &delivery);
        json_array_append_new(list, sv_object_view(&delivery, call->scope.livemode));
        sv_object_free(&delivery);
    }
    sv_close(rows);
    return list;
}

static json_t *view(sv_call *call, const sv_object *object)
{
    json_t *shown = sv_object_view(object, call->scope.livemode);
    const char *expires = sv_json_text(shown, "previous_secret_expires_at");
    int64_t ms;
    if (*expires && sv_moment_read(expires, &ms) && ms <= call->now_ms)
        json_object_set_new(shown, "previous_secret_expires_at", json_null());
    return shown;
}

static const char *const relations[] = {"deliveries", NULL};

static json_t *view_with_relations(sv_call *call, const sv_object *object)
{
    json_t *shown = view(call, object);
    if (sv_is_included(call, "deliveries")) json_object_set_new(shown, "deliveries", deliveries_of(call, object->id));
    return shown;
}

static void answer(sv_call *call, int status, const sv_object *object)
{
    sv_add_etag(call, object->version);
    sv_answer(call, status, view(call, object));
}

/* The secret is sealed in the object and in what an idempotent repetition answers; only the answer shows it. */
static void set_secret(sv_call *call, sv_object *object)
{
    char secret[SV_HOOK_SECRET_SIZE];
    sv_hook_secret_make(secret);
    char *sealed = sv_seal(call->app->config, secret);
    json_object_set_new(object->private, "secret", json_string(sealed));
    json_object_set_new(object->body, "secret_hint", json_string(secret + strlen(secret) - 4));
    free(sealed);
    call->idem_secret = sv_copy(secret);
}

static bool has_room(sv_call *call)
{
    const sv_value values[] = {sv_words(call->account_id), sv_int(call->scope.livemode), sv_words("webhook_endpoint")};
    sv_rows *rows = sv_open(call->app->store, SV_SQL_OBJECT_COUNT, values, 3);
    int64_t count = sv_step(rows) == SV_ROW ? sv_column_int(rows, 0) : 0;
    sv_close(rows);
    if (count < ENDPOINTS_MAX) return sv_plan_has_room(call, "webhook_endpoints", "webhook_endpoint", 1);
    sv_refuse(call, SV_E_endpoint_limit, NULL, "There are %lld endpoints already.", (long long)count);
    return false;
}

void sv_make_endpoint(sv_call *call)
{
    const form *f = call->prepared;
    json_t *body =
        json_pack("{s:s, s:o, s:O, s:s, s:s, s:n, s:n, s:{s:n, s:i}, s:n, s:n, s:{}}", "url", f->url, "description",
                  sv_json_text_or_null(f->description), "events", f->events, "status", "enabled", "ordering",
                  f->ordering ? f->ordering : "none", "disabled_reason", "previous_secret_expires_at", "failure_streak",
                  "since", "attempts", 0, "last_success_at", "last_failure_at", "metadata");
    sv_object object = sv_object_new("webhook_endpoint", body, json_object());
    object.ref = f->ref ? sv_copy(f->ref) : NULL;
    set_secret(call, &object);
    if (sv_take_metadata(call, call->body, object.body) && has_room(call) && sv_insert(call, &object)) {
        sv_audit(call, "webhook_endpoint.create", "webhook_endpoint", object.id, NULL);
        answer(call, 201, &object);
    }
    sv_object_free(&object);
}

static const sv_field fields[] = {{"status", SV_F_TEXT, true}, {"url", SV_F_TEXT, false}, {NULL, SV_F_TEXT, false}};

void sv_list_endpoints(sv_call *call)
{
    const sv_listing listing = {
        .type = "webhook_endpoint", .fields = fields, .view = view_with_relations, .include = relations};
    sv_list(call, &listing);
}

void sv_read_endpoint(sv_call *call)
{
    sv_object object;
    if (!sv_check_include(call, relations) || !sv_get(call, "webhook_endpoint", call->argument[0], &object)) return;
    sv_add_etag(call, object.version);
    sv_answer(call, 200, view_with_relations(call, &object));
    sv_object_free(&object);
}

/* Enabled again, it starts without a past. */
static void set_status(sv_object *object, const char *status)
{
    if (strcmp(sv_json_text(object->body, "status"), status) == 0) return;
    const bool enabled = strcmp(status, "enabled") == 0;
    json_object_set_new(object->body, "status", json_string(status));
    json_object_set_new(object->body, "disabled_reason", enabled ? json_null() : json_string("by_request"));
    if (enabled) json_object_set_new(object->body, "failure_streak", json_pack("{s:n, s:i}", "since", "attempts", 0));
}

void sv_change_endpoint(sv_call *call)
{
    const form *f = call->prepared;
    sv_object object;
    if (!sv_get(call, "webhook_endpoint", call->argument[0], &object)) return;
    json_t *before = json_deep_copy(object.body);
    if (sv_if_match(call, object.version, false) && sv_take_metadata(call, call->body, object.body)) {
        if (f->url) json_object_set_new(object.body, "url", json_string(f->url));
        if (f->events) json_object_set(object.body, "events", f->events);
        if (f->ordering) json_object_set_new(object.body, "ordering", json_string(f->ordering));
        if (json_object_get(call->body, "description"))
            json_object_set_new(object.body, "description", sv_json_text_or_null(f->description));
        if (f->status) set_status(&object, f->status);
        if (sv_update(call, &object)) {
            sv_result told = sv_endpoint_tell(call->app->store, call->scope, call->request_id, &object, before);
            if (told != SV_DONE) sv_refuse_store(call, told);
            sv_audit(call, "webhook_endpoint.update", "webhook_endpoint", object.id, sv_changes(before, object.body));
            answer(call, 200, &object);
        }
    }
    json_decref(before);
    sv_object_free(&object);
}

void sv_delete_endpoint(sv_call *call)
{
    sv_object object;
    if (!sv_get(call, "webhook_endpoint", call->argument[0], &object)) return;
    if (sv_if_match(call, object.version, false) && sv_delete(call, &object)) {
        sv_result result = sv_outbox_cancel(call->app->store, object.id);
        if (result != SV_DONE) sv_refuse_store(call, result);
        sv_audit(call, "webhook_endpoint.delete", "webhook_endpoint", object.id, NULL);
        sv_answer(call, 204, NULL);
    }
    sv_object_free(&object);
}

void sv_rotate_endpoint_secret(sv_call *call)
{
    static const char *const names[] = {"overlap_seconds", NULL};
    int64_t overlap = OVERLAP_DEFAULT;
    char ends[SV_MOMENT_SIZE];
    sv_object object;
    if (!sv_known_fields(call, call->body, "", names) ||
        !sv_take_integer(call, call->body, "overlap_seconds", 0, OVERLAP_MAX, &overlap) ||
        !sv_get(call, "webhook_endpoint", call->argument[0], &object))
        return;
    sv_moment_print(call->now_ms + overlap * 1000, ends);
    json_object_set(object.private, "previous", json_object_get(object.private, "secret"));
    json_object_set_new(object.body, "previous_secret_expires_at", json_string(ends));
    set_secret(call, &object);
    if (sv_update(call, &object)) {
        sv_audit(call, "webhook_endpoint.rotate_secret", "webhook_endpoint", object.id, NULL);
        answer(call, 200, &object);
    }
    sv_object_free(&object);
}

void sv_test_endpoint(sv_call *call)
{
    static const char *const names[] = {NULL};
    sv_object object, delivery = {.version = 0};
    sv_event event;
    char delivery_id[SV_ID_SIZE];
    if (!sv_known_fields(call, call->body, "", names) || !sv_get(call, "webhook_endpoint", call->argument[0], &object))
        return;
    if (strcmp(sv_json_text(object.body, "status"), "enabled") == 0) {
        sv_store *store = call->app->store;
        json_t *shown = view(call, &object);
        sv_result result = sv_emit_unsent(store, call->scope, call->request_id, "webhook.ping", shown, NULL, &event);
        if (result == SV_DONE) result = sv_outbox_add_to(store, call->scope, &event, object.id, delivery_id);
        if (result == SV_DONE) result = sv_delivery_get(store, call->scope, delivery_id, &delivery);
        if (result == SV_ROW)
            sv_answer_object(call, 202, &delivery);
        else
            sv_refuse_store(call, result);
        sv_audit(call, "webhook_endpoint.test", "webhook_endpoint", object.id, NULL);
        json_decref(shown);
    } else {
        sv_refuse(call, SV_E_endpoint_disabled, NULL, "The endpoint is disabled.");
    }
    sv_object_free(&delivery);
    sv_object_free(&object);
}

/* Of data.object; NULL: it has none of its own. */
static json_t *schema_of(const char *type)
{
    char url[80];
    if (strncmp(type, "price_book.", 11) == 0) return json_null();
    if (strcmp(type, "webhook.ping") == 0) type = "webhook_endpoint.";
    snprintf(url, sizeof url, "/api/v1/schemas/%.*s", (int)strcspn(type, "."), type);
    return json_string(url);
}

void sv_list_event_types(sv_call *call)
{
    json_t *data = json_array();
    for (size_t i = 0; i < sv_event_type_count; i++) {
        const sv_event_type *type = &sv_event_types[i];
        json_array_append_new(data,
                              json_pack("{s:s, s:s, s:s, s:o}", "object", "webhook_event_type", "name", type->name,
                                        "description", type->description, "schema", schema_of(type->name)));
    }
    sv_answer(call, 200,
              json_pack("{s:s, s:o, s:b, s:n}", "object", "list", "data", data, "has_more", 0, "next_cursor"));
}
