#include "access/request_log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#define BODY_MAX 16384
#define MASK "***"

/* Members of bodies and parameters of queries whose values nobody may read in a log. */
static bool is_private(const char *name)
{
    static const char *const names[] = {
        "ship_to", "billing_address", "address",   "email",        "phone", "customer", "key",
        "api_key", "secret",          "signature", "access_token", "token", "sig",      "password"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcasecmp(names[i], name) == 0) return true;
    return false;
}

static bool holds_key(const char *text)
{
    return strstr(text, "lq_live_") || strstr(text, "lq_test_") || strstr(text, "whsec_");
}

/* Bodies are not deeper than sv_json_read allows. */
static json_t *masked(const json_t *json)
{
    const char *name;
    json_t *value, *copy;
    size_t index;
    if (json_is_object(json)) {
        copy = json_object();
        json_object_foreach((json_t *)(uintptr_t)json, name, value)
            json_object_set_new(copy, name, is_private(name) ? json_string(MASK) : masked(value));
        return copy;
    }
    if (json_is_array(json)) {
        copy = json_array();
        json_array_foreach(json, index, value) json_array_append_new(copy, masked(value));
        return copy;
    }
    const char *text = json_string_value(json);
    return text && holds_key(text) ? json_string(MASK) : json_copy((json_t *)(uintptr_t)json);
}

static json_t *masked_query(const sv_request *r)
{
    sv_text text = {0};
    for (size_t i = 0; i < r->parameter_count; i++) {
        const sv_parameter *p = &r->parameter[i];
        sv_text_format(&text, "%s%s=", i ? "&" : "", holds_key(p->name) ? MASK : p->name);
        if (is_private(p->name) || holds_key(p->value))
            sv_text_put(&text, MASK);
        else
            sv_text_add(&text, p->raw, p->raw_size);
    }
    json_t *query = json_string(sv_text_get(&text));
    sv_text_free(&text);
    return query ? query : json_string("");
}

static json_t *text_of(const char *text)
{
    json_t *json = text && holds_key(text) ? json_string(MASK) : sv_json_text_or_null(text);
    return json ? json : json_null(); /* it was not UTF-8 */
}

/* Tells two keys apart, and tells nothing else of them. */
static json_t *hash_of_key(const sv_call *call)
{
    uint8_t mac[SV_SHA256_SIZE];
    char hex[SV_SHA256_HEX_SIZE];
    if (!*call->idem_key) return json_null();
    sv_hmac_sha256(call->app->config->pepper, 32, call->idem_key, strlen(call->idem_key), mac);
    sv_hex(mac, sizeof mac, hex);
    return json_string(hex);
}

json_t *sv_request_log_make(const sv_call *call, size_t answer_size)
{
    char at[SV_MOMENT_SIZE];
    if (!*call->account_id) return NULL;
    sv_moment_print(call->now_ms, at);
    json_t *line = json_object();
    json_object_set_new(line, "at", json_string(at));
    json_object_set_new(line, "method", text_of(call->request.method));
    json_object_set_new(line, "path", text_of(call->request.path));
    json_object_set_new(line, "query", masked_query(&call->request));
    json_object_set_new(line, "status", json_integer(call->status));
    json_object_set_new(line, "error_code", text_of(call->error_code));
    json_object_set_new(line, "api_key_id", json_string(call->key.id));
    json_object_set_new(line, "ip", json_string(call->request.ip));
    json_object_set_new(line, "user_agent", text_of(sv_header(&call->request, "user-agent")));
    json_object_set_new(line, "idempotency_key_hash", hash_of_key(call));
    json_object_set_new(line, "replayed", json_boolean(call->replayed));
    json_object_set_new(line, "request_bytes", json_integer((json_int_t)call->body_size));
    json_object_set_new(line, "response_bytes", json_integer((json_int_t)answer_size));
    const bool kept = call->body && call->body_size <= BODY_MAX;
    json_object_set_new(line, "body", kept ? masked(call->body) : json_null());
    return line;
}

static bool send_message(int socket, const json_t *message)
{
    char *text = json_dumps(message, JSON_COMPACT);
    ssize_t sent;
    do sent = text ? send(socket, text, strlen(text), MSG_NOSIGNAL) : -1;
    while (sent < 0 && errno == EINTR);
    free(text);
    return sent >= 0;
}

void sv_request_log_send(const sv_call *call, json_t *line, int64_t took_us)
{
    if (!line) return;
    json_object_set_new(line, "duration_ms", json_real((double)took_us / 1000));
    json_t *message = json_pack("{s:s, s:s, s:b, s:I, s:s, s:s, s:O}", "id", call->request_id, "account",
                                call->account_id, "livemode", call->scope.livemode, "ms", (json_int_t)call->now_ms,
                                "key", call->key.id, "ip", call->request.ip, "line", line);
    if (!send_message(call->app->log_socket, message)) {
        json_object_set_new(line, "body", json_null()); /* it may have been too long */
        if (!send_message(call->app->log_socket, message))
            sv_log(SV_LOG_ERROR, "a line of the request log is lost",
                   json_pack("{s:s}", "request_id", call->request_id));
    }
    json_decref(message);
    json_decref(line);
}

sv_result sv_request_log_write(sv_store *store, const char *message, size_t size)
{
    json_t *json = json_loadb(message, size, 0, NULL);
    const json_t *line = json_object_get(json, "line");
    char *text = sv_json_print(line);
    const char *key = sv_json_text(json, "key");
    const sv_value values[] = {sv_words(sv_json_text(json, "id")), sv_words(sv_json_text(json, "account")),
                               sv_int(sv_json_true(json, "livemode")), sv_int(sv_json_integer(json, "ms")),
                               sv_words(text)};
    const sv_value used[] = {sv_words(key), sv_words(sv_json_text(line, "at")), sv_words(sv_json_text(json, "ip"))};
    sv_result result = sv_run(store, SV_SQL_REQUEST_LOG_INSERT, values, 5, NULL);
    if (result == SV_DONE) result = sv_run(store, SV_SQL_KEY_USED, used, 3, NULL);
    free(text);
    json_decref(json);
    return result;
}
