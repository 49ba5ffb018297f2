/* Uploads: a place for bytes that come without a key, once, before a URL expires. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access/signed.h"
#include "parts/files.h"
#include "store/blobs.h"

static bool is_digest(const char *text) { return strlen(text) == 64 && strspn(text, "0123456789abcdef") == 64; }

static bool check_announcement(sv_call *call, const char *filename, int64_t size, const char *sha256)
{
    const int64_t most = call->app->config->file_bytes;
    if (!filename || size < 0)
        sv_refuse_field(call, SV_E_validation_failed, filename ? "size" : "filename", "required",
                        "This field is needed.");
    else if (sha256 && !is_digest(sha256))
        sv_refuse_field(call, SV_E_validation_failed, "sha256", "format", "64 lower-case hex digits are expected.");
    else if (size > most)
        sv_refuse(call, SV_E_file_too_large, json_pack("{s:I}", "limit", (json_int_t)most),
                  "A file may have %lld bytes.", (long long)most);
    return !sv_refused(call);
}

void sv_make_upload(sv_call *call)
{
    static const char *const names[] = {"filename", "size", "sha256", NULL};
    const char *filename = NULL, *sha256 = NULL;
    int64_t size = -1;
    if (!sv_known_fields(call, call->body, "", names) ||
        !sv_take_text(call, call->body, "filename", 1, 200, false, &filename) ||
        !sv_take_integer(call, call->body, "size", 1, INT64_MAX, &size) ||
        !sv_take_text(call, call->body, "sha256", 64, 64, true, &sha256) ||
        !check_announcement(call, filename, size, sha256))
        return;
    char moment[SV_MOMENT_SIZE];
    const int64_t expires = (call->now_ms / 1000 + call->app->config->upload_ttl_seconds) * 1000;
    sv_moment_print(expires, moment);
    json_t *body = json_pack("{s:s, s:I, s:s?, s:s, s:s}", "filename", filename, "size", (json_int_t)size, "sha256",
                             sha256, "status", "pending", "expires_at", moment);
    json_t *announced =
        json_pack("{s:I, s:s?, s:s}", "size", (json_int_t)size, "sha256", sha256, "key_id", call->key.id);
    sv_object upload = sv_object_new("upload", body, announced);
    if (sv_insert(call, &upload)) {
        char *url = sv_signed_url(call->app->config, "PUT", &upload, expires);
        json_t *view = sv_object_view(&upload, call->scope.livemode);
        json_object_set_new(view, "url", json_string(url));
        json_object_set_new(view, "method", json_string("PUT"));
        json_object_set_new(view, "headers", json_pack("{s:s}", "Content-Type", "application/octet-stream"));
        sv_audit(call, "upload.create", "upload", upload.id, NULL);
        sv_answer(call, 201, view);
        free(url);
    }
    sv_object_free(&upload);
}

/* Of the account that the URL has told; "pending" or refused. */
static bool find_pending(sv_call *call, sv_object *upload)
{
    if (!sv_get(call, "upload", call->argument[0], upload)) return false;
    if (strcmp(sv_json_text(upload->body, "status"), "pending") == 0) return true;
    sv_refuse(call, SV_E_upload_used, NULL, "This upload URL was used before.");
    sv_object_free(upload);
    return false;
}

/* The bytes are kept before any row says so. */
void sv_keep_upload(sv_call *call)
{
    sv_object upload;
    char hex[SV_SHA256_HEX_SIZE];
    if (!call->upload_path) {
        sv_refuse(call, SV_E_unsupported_media_type, NULL, "The body must be a file.");
        return;
    }
    if (!find_pending(call, &upload)) return;
    const char *sha256 = sv_json_text(upload.private, "sha256");
    sv_hex(call->upload_sha256, SV_SHA256_SIZE, hex);
    sv_result result = SV_DONE;
    if (*sha256 && strcmp(sha256, hex) != 0)
        sv_refuse(call, SV_E_digest_mismatch, NULL, "The file does not have the digest that was announced.");
    else
        result = sv_blob_put(call->app->config, call->upload_path, call->upload_sha256);
    if (result != SV_DONE) sv_refuse_store(call, result);
    sv_object_free(&upload);
}

void sv_take_upload(sv_call *call)
{
    sv_object upload;
    char hex[SV_SHA256_HEX_SIZE];
    if (!find_pending(call, &upload)) return;
    sv_hex(call->upload_sha256, SV_SHA256_SIZE, hex);
    json_object_set_new(upload.body, "size", json_integer(call->upload_size));
    json_object_set_new(upload.body, "sha256", json_string(hex));
    json_object_set_new(upload.body, "status", json_string("ready"));
    if (sv_update(call, &upload)) {
        sv_audit(call, "upload.receive", "upload", upload.id, NULL);
        sv_answer(
            call, 201,
            json_pack("{s:s, s:I, s:s}", "upload_id", upload.id, "size", (json_int_t)call->upload_size, "sha256", hex));
    }
    sv_object_free(&upload);
}
