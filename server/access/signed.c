#include "access/signed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/accounts.h"

/* A key of its own: no other use of the pepper can be made to sign a URL. */
static char *sign(const sv_config *config, const char *method, const sv_object *object, int64_t exp)
{
    static const char purpose[] = "\nsigned urls";
    const json_t *facts = strcmp(object->type, "upload") == 0 ? object->private : object->body;
    uint8_t key[SV_SHA256_SIZE], mac[SV_SHA256_SIZE];
    sv_text text = {0};
    sv_text_format(&text, "%s\n%s\n%lld\n%lld\n%s", method, object->id, (long long)exp,
                   (long long)sv_json_integer(facts, "size"), sv_json_text(facts, "sha256"));
    sv_hmac_sha256(config->pepper, sizeof config->pepper, purpose, sizeof purpose - 1, key);
    sv_hmac_sha256(key, sizeof key, sv_text_get(&text), text.size, mac);
    sv_text_free(&text);
    return sv_base64(mac, sizeof mac, true);
}

char *sv_signed_url(const sv_config *config, const char *method, const sv_object *object, int64_t expires_ms)
{
    sv_text url = {0};
    char *sig = sign(config, method, object, expires_ms / 1000);
    sv_text_format(&url, "%s/api/v1/signed/%s?exp=%lld&sig=%s", config->public_url, object->id,
                   (long long)(expires_ms / 1000), sig);
    free(sig);
    return url.data;
}

bool sv_is_signed(const sv_call *call)
{
    const sv_request *r = &call->request;
    return r->segment_count == 2 && strcmp(r->segment[0], "signed") == 0 && !r->malformed_path;
}

static bool read_expiry(const char *text, int64_t *exp)
{
    size_t size = text ? strlen(text) : 0;
    if (!size || size > 12 || strspn(text, "0123456789") != size) return false;
    *exp = strtoll(text, NULL, 10);
    return true;
}

static sv_result find_object(sv_call *call, sv_object *object)
{
    const char *id = call->request.segment[1];
    const char *type = sv_id_is(id, "upl") ? "upload" : sv_id_is(id, "file") ? "file" : NULL;
    if (!type) return SV_DONE;
    const sv_value values[] = {sv_words(id), sv_words(type)};
    sv_rows *rows = sv_open(call->app->store, SV_SQL_SIGNED_GET, values, 2);
    sv_result result = sv_step(rows);
    if (result == SV_ROW) {
        sv_object_read(rows, type, object);
        snprintf(call->account_id, sizeof call->account_id, "%s", sv_column_text(rows, 7));
        call->scope = (sv_scope){call->account_id, sv_column_int(rows, 8) != 0};
    }
    sv_close(rows);
    return result;
}

static bool has_signature(sv_call *call, const sv_object *object, int64_t exp)
{
    const char *given = sv_parameter_get(&call->request, "sig");
    char *sig = sign(call->app->config, call->request.method, object, exp);
    bool good = given && strlen(given) == strlen(sig) && sv_same_secret(given, sig, strlen(sig));
    free(sig);
    return good;
}

/* SV_DONE: it is gone. */
static sv_result find_account(sv_call *call)
{
    sv_account account;
    sv_result result = sv_account_get(call->app->store, call->account_id, &account);
    if (result != SV_ROW) return result;
    snprintf(call->role, sizeof call->role, "%s", account.role);
    snprintf(call->account_status, sizeof call->account_status, "%s", account.status);
    call->account = json_incref(account.body);
    sv_account_free(&account);
    return strcmp(call->account_status, "deleted") == 0 ? SV_DONE : SV_ROW;
}

static void refuse_signature(sv_call *call)
{
    *call->account_id = 0; /* nobody is known to have asked */
    sv_refuse(call, SV_E_bad_signature, NULL, "This URL was not signed for this request, or not any more.");
}

bool sv_signed_check(sv_call *call)
{
    sv_object object = {.body = NULL};
    int64_t exp = 0;
    sv_result result =
        read_expiry(sv_parameter_get(&call->request, "exp"), &exp) ? find_object(call, &object) : SV_DONE;
    if (result == SV_ROW) result = has_signature(call, &object, exp) ? find_account(call) : SV_DONE;
    const bool upload = strcmp(object.type, "upload") == 0, late = exp * 1000 <= call->now_ms;
    if (result == SV_ROW && upload) {
        call->file_bytes_most = sv_json_integer(object.private, "size");
        snprintf(call->key.id, sizeof call->key.id, "%s", sv_json_text(object.private, "key_id"));
    }
    if (result != SV_ROW && result != SV_DONE)
        sv_refuse_store(call, result);
    else if (result == SV_ROW && upload && late)
        sv_refuse(call, SV_E_upload_expired, NULL, "This upload URL has expired.");
    else if (result == SV_DONE || late)
        refuse_signature(call);
    sv_object_free(&object);
    return !sv_refused(call);
}

void sv_signed_origin(sv_call *call)
{
    const char *given = sv_header(&call->request, "origin");
    json_t *origin;
    size_t index;
    json_array_foreach(call->app->config->cors_origins, index, origin)
    {
        const char *allowed = json_string_value(origin);
        if (given && allowed && strcmp(given, allowed) == 0) call->origin = allowed;
    }
}
