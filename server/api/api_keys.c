#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access/keys.h"
#include "access/list.h"
#include "api/handlers.h"
#include "events/emit.h"

#define OVERLAP_MAX 604800
#define OVERLAP_DEFAULT 86400
#define NETWORKS_MAX 50

static bool is_subset(json_t *scopes, json_t *of)
{
    json_t *scope, *other;
    size_t i, k;
    json_array_foreach(scopes, i, scope)
    {
        bool found = false;
        json_array_foreach(of, k, other) found |= json_equal(scope, other);
        if (!found) return false;
    }
    return true;
}

static bool check_scopes(sv_call *call, json_t *scopes)
{
    json_t *scope;
    size_t index;
    char path[40];
    json_array_foreach(scopes, index, scope)
    {
        size_t i = 0;
        while (sv_scopes[i] && strcmp(sv_scopes[i], json_string_value(scope)) != 0) i++;
        snprintf(path, sizeof path, "scopes[%zu]", index);
        if (!sv_scopes[i]) {
            sv_refuse_field(call, SV_E_validation_failed, path, "unknown", "There is no such scope.");
            return false;
        }
    }
    if (is_subset(scopes, json_object_get(call->key.body, "scopes"))) return true;
    sv_refuse(call, SV_E_scope_escalation, NULL, "A key can give no scope that it does not have.");
    return false;
}

/* Inside the caller's own list: equal to one of its networks, or an address in one. */
static bool lies_within(const char *network, json_t *own)
{
    json_t *item;
    size_t index;
    char address[64];
    snprintf(address, sizeof address, "%.*s", (int)strcspn(network, "/"), network);
    json_array_foreach(own, index, item)
    {
        const char *slash = strchr(json_string_value(item), '/'), *given = strchr(network, '/');
        int bits = slash ? atoi(slash + 1) : 128, given_bits = given ? atoi(given + 1) : 128;
        if (sv_address_in(address, json_string_value(item)) && given_bits >= bits) return true;
    }
    return json_array_size(own) == 0;
}

static bool check_networks(sv_call *call, json_t *networks)
{
    json_t *network, *own = json_object_get(call->key.body, "ip_allowlist");
    size_t index;
    char path[40];
    json_array_foreach(networks, index, network)
    {
        snprintf(path, sizeof path, "ip_allowlist[%zu]", index);
        if (!sv_network_is(json_string_value(network))) {
            sv_refuse_field(call, SV_E_validation_failed, path, "format", "An address or a network is expected.");
            return false;
        }
        if (!lies_within(json_string_value(network), own)) {
            sv_refuse(call, SV_E_scope_escalation, NULL, "The list must lie within the list of the key that is used.");
            return false;
        }
    }
    if (json_array_size(own) == 0 || json_array_size(networks)) return true;
    sv_refuse(call, SV_E_scope_escalation, NULL, "The list must lie within the list of the key that is used.");
    return false;
}

/* Not later than the caller's own; in the future. */
static bool check_expiry(sv_call *call, const char *given, char moment[SV_MOMENT_SIZE])
{
    int64_t ms, own_ms;
    const char *own = sv_json_text(call->key.body, "expires_at");
    if (!sv_moment_read(given, &ms) || ms <= call->now_ms) {
        sv_refuse_field(call, SV_E_validation_failed, "expires_at", "format", "A moment in the future is expected.");
        return false;
    }
    if (*own && sv_moment_read(own, &own_ms) && ms > own_ms) {
        sv_refuse(call, SV_E_scope_escalation, NULL, "A key can make none that lives longer than itself.");
        return false;
    }
    sv_moment_print(ms, moment);
    return true;
}

static json_t *view(sv_call *call, const sv_object *object)
{
    json_t *shown = sv_object_view(object, call->scope.livemode);
    const char *expires = sv_json_text(shown, "expires_at");
    int64_t ms;
    if (*expires && sv_moment_read(expires, &ms) && ms <= call->now_ms &&
        strcmp(sv_json_text(shown, "status"), "active") == 0)
        json_object_set_new(shown, "status", json_string("expired"));
    return shown;
}

/* Makes the object and its secret; *key is shown once. */
static bool store_key(sv_call *call, json_t *body, const char *ref, char key[SV_KEY_SIZE], sv_object *object)
{
    uint8_t mac[SV_SHA256_SIZE];
    char prefix[13];
    sv_key_make(call->scope.livemode, key);
    snprintf(prefix, sizeof prefix, "%s", key);
    json_object_set_new(body, "prefix", json_string(prefix));
    json_object_set_new(body, "last4", json_string(key + 42));
    json_object_set_new(body, "mode", json_string(call->scope.livemode ? "live" : "test"));
    json_object_set_new(body, "status", json_string("active"));
    json_object_set_new(body, "last_used_at", json_null());
    json_object_set_new(body, "last_used_ip", json_null());
    json_object_set_new(body, "created_by", json_string(call->key.id));
    *object = sv_object_new("api_key", body, NULL);
    object->ref = ref ? sv_copy(ref) : NULL;
    if (!sv_insert(call, object)) return false;
    sv_key_mac(call->app->config, key, mac);
    const sv_value values[] = {sv_bytes(mac, sizeof mac), sv_words(object->id), sv_words(call->account_id),
                               sv_int(call->scope.livemode)};
    sv_result result = sv_run(call->app->store, SV_SQL_KEY_INSERT, values, 4, NULL);
    if (result != SV_DONE) sv_refuse_store(call, result);
    return result == SV_DONE;
}

/* The answer with the key; what a replay shows has null in its place. */
static void answer_key(sv_call *call, const sv_object *object, const char *key)
{
    json_t *shown = view(call, object);
    json_object_set_new(shown, "key", json_string(key));
    call->shown_once = shown;
    sv_add_etag(call, object->version);
    sv_answer(call, 201, shown);
}

static void tell(sv_call *call, const char *type, const sv_object *object)
{
    json_t *shown = view(call, object);
    sv_result result = sv_emit(call->app->store, call->scope, call->request_id, type, shown, NULL);
    if (result != SV_DONE) sv_refuse_store(call, result);
    json_decref(shown);
}

void sv_make_key(sv_call *call)
{
    static const char *const names[] = {"name", "scopes", "ip_allowlist", "expires_at", "ref", "metadata", NULL};
    const char *name = NULL, *expires = NULL, *ref = NULL;
    json_t *scopes = NULL, *networks = NULL;
    char moment[SV_MOMENT_SIZE] = "", key[SV_KEY_SIZE];
    if (!sv_known_fields(call, call->body, "", names) ||
        !sv_take_text(call, call->body, "name", 1, 200, false, &name) ||
        !sv_take_texts(call, call->body, "scopes", 40, 40, &scopes) ||
        !sv_take_texts(call, call->body, "ip_allowlist", NETWORKS_MAX, 64, &networks) ||
        !sv_take_text(call, call->body, "expires_at", 1, 40, true, &expires) ||
        !sv_take_text(call, call->body, "ref", 1, 255, true, &ref))
        return;
    if (!name || !scopes || !json_array_size(scopes)) {
        sv_refuse_field(call, SV_E_validation_failed, name ? "scopes" : "name", "required",
                        "This field is needed, and not empty.");
        return;
    }
    const char *own = sv_json_text(call->key.body, "expires_at");
    if (!expires && *own) expires = own;
    json_t *none = json_array();
    bool good = check_scopes(call, scopes) &&
                check_networks(call, networks ? networks
                                     : json_array_size(json_object_get(call->key.body, "ip_allowlist"))
                                         ? (networks = json_object_get(call->key.body, "ip_allowlist"))
                                         : none) &&
                (!expires || check_expiry(call, expires, moment));
    json_t *body = json_pack("{s:s, s:O, s:O, s:o}", "name", name, "scopes", scopes, "ip_allowlist",
                             networks ? networks : none, "expires_at", sv_json_text_or_null(*moment ? moment : NULL));
    json_decref(none);
    good = good && sv_take_metadata(call, call->body, body);
    sv_object object = {.body = NULL};
    if (good && store_key(call, json_incref(body), ref, key, &object)) {
        sv_audit(call, "api_key.create", "api_key", object.id, NULL);
        tell(call, "api_key.created", &object);
        answer_key(call, &object, key);
    }
    json_decref(body);
    sv_object_free(&object);
}

static const sv_field key_fields[] = {{"name", SV_F_TEXT, true},
                                      {"status", SV_F_TEXT, false},
                                      {"expires_at", SV_F_MOMENT, false},
                                      {"last_used_at", SV_F_MOMENT, true},
                                      {NULL, SV_F_TEXT, false}};

void sv_list_keys(sv_call *call)
{
    const sv_listing listing = {.type = "api_key", .fields = key_fields, .view = view};
    sv_list(call, &listing);
}

void sv_read_key(sv_call *call)
{
    sv_object object;
    if (!sv_get(call, "api_key", call->argument[0], &object)) return;
    sv_add_etag(call, object.version);
    sv_answer(call, 200, view(call, &object));
    sv_object_free(&object);
}

void sv_change_key(sv_call *call)
{
    static const char *const names[] = {"name", "scopes", "ip_allowlist", "expires_at", "metadata", NULL};
    sv_object object;
    const char *name = NULL, *expires = NULL;
    json_t *scopes = NULL, *networks = NULL;
    char moment[SV_MOMENT_SIZE];
    if (!sv_known_fields(call, call->body, "", names) ||
        !sv_take_text(call, call->body, "name", 1, 200, false, &name) ||
        !sv_take_texts(call, call->body, "scopes", 40, 40, &scopes) ||
        !sv_take_texts(call, call->body, "ip_allowlist", NETWORKS_MAX, 64, &networks) ||
        !sv_take_text(call, call->body, "expires_at", 1, 40, false, &expires))
        return;
    if ((scopes && !check_scopes(call, scopes)) || (networks && !check_networks(call, networks)) ||
        (expires && !check_expiry(call, expires, moment)))
        return;
    if (!sv_get(call, "api_key", call->argument[0], &object)) return;
    json_t *before = json_copy(object.body);
    if (sv_if_match(call, object.version, false) && sv_take_metadata(call, call->body, object.body)) {
        if (name) json_object_set_new(object.body, "name", json_string(name));
        if (scopes) json_object_set(object.body, "scopes", scopes);
        if (networks) json_object_set(object.body, "ip_allowlist", networks);
        if (expires) json_object_set_new(object.body, "expires_at", json_string(moment));
        if (sv_update(call, &object)) {
            sv_audit(call, "api_key.update", "api_key", object.id, sv_changes(before, object.body));
            sv_add_etag(call, object.version);
            sv_answer(call, 200, view(call, &object));
        }
    }
    json_decref(before);
    sv_object_free(&object);
}

/* The caller will hold what it makes: no more scopes, networks or time than its own. */
static bool may_make(sv_call *call, json_t *body)
{
    const char *expires = sv_json_text(body, "expires_at"), *own = sv_json_text(call->key.body, "expires_at");
    int64_t ms = INT64_MAX, own_ms = INT64_MAX;
    bool in_time =
        (!*own || sv_moment_read(own, &own_ms)) && (!*expires || sv_moment_read(expires, &ms)) && ms <= own_ms;
    if (!in_time) sv_refuse(call, SV_E_scope_escalation, NULL, "A key can make none that lives longer than itself.");
    return in_time && check_scopes(call, json_object_get(body, "scopes")) &&
           check_networks(call, json_object_get(body, "ip_allowlist"));
}

void sv_rotate_key(sv_call *call)
{
    static const char *const names[] = {"overlap_seconds", NULL};
    int64_t overlap = OVERLAP_DEFAULT, ends;
    sv_object old, object = {.body = NULL};
    char key[SV_KEY_SIZE], moment[SV_MOMENT_SIZE];
    if (!sv_known_fields(call, call->body, "", names) ||
        !sv_take_integer(call, call->body, "overlap_seconds", 0, OVERLAP_MAX, &overlap) ||
        !sv_get(call, "api_key", call->argument[0], &old))
        return;
    json_t *body = json_object();
    static const char *const kept[] = {"name", "scopes", "ip_allowlist", "expires_at", "metadata"};
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        json_t *value = json_object_get(old.body, kept[i]);
        if (value) json_object_set(body, kept[i], value);
    }
    if (may_make(call, body) && store_key(call, json_incref(body), NULL, key, &object)) {
        ends = call->now_ms + overlap * 1000;
        int64_t own;
        const char *expires = sv_json_text(old.body, "expires_at");
        if (*expires && sv_moment_read(expires, &own) && own < ends) ends = own;
        sv_moment_print(ends, moment);
        json_object_set_new(old.body, "expires_at", json_string(moment));
        if (sv_update(call, &old)) {
            sv_audit(call, "api_key.rotate", "api_key", old.id, NULL);
            tell(call, "api_key.created", &object);
            answer_key(call, &object, key);
        }
    }
    json_decref(body);
    sv_object_free(&old);
    sv_object_free(&object);
}

/* Somebody must be left who can make keys. */
static bool is_last_admin(sv_call *call, const sv_object *object)
{
    json_t *scope;
    size_t index;
    bool admin = false;
    char now[SV_MOMENT_SIZE];
    json_array_foreach(json_object_get(object->body, "scopes"), index, scope) admin |=
        strcmp(json_string_value(scope), "keys:write") == 0;
    sv_moment_print(call->now_ms, now);
    const sv_value values[] = {sv_words(call->account_id), sv_int(call->scope.livemode), sv_words(object->id),
                               sv_words(now)};
    sv_rows *rows = sv_open(call->app->store, SV_SQL_KEY_ADMINS, values, 4);
    bool others = sv_step(rows) == SV_ROW && sv_column_int(rows, 0) > 0;
    sv_close(rows);
    return admin && !others;
}

void sv_delete_key(sv_call *call)
{
    sv_object object;
    if (!sv_get(call, "api_key", call->argument[0], &object)) return;
    if (!sv_if_match(call, object.version, false)) {
    } else if (is_last_admin(call, &object)) {
        sv_refuse(call, SV_E_last_admin_key, NULL, "This is the last key that can make keys.");
    } else if (sv_delete(call, &object)) {
        sv_audit(call, "api_key.delete", "api_key", object.id, NULL);
        json_object_set_new(object.body, "status", json_string("revoked"));
        tell(call, "api_key.revoked", &object);
        sv_answer(call, 204, NULL);
    }
    sv_object_free(&object);
}
