/* Files by URLs that carry their own permission. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access/send_file.h"
#include "access/signed.h"
#include "parts/files.h"
#include "store/blobs.h"

#define FILES_MAX 20
#define EXPIRES_MAX 3600

/* A file is there as long as its part. */
static bool find_file(sv_call *call, const char *id, sv_object *file)
{
    sv_object part = {.body = NULL};
    sv_result result = sv_object_get(call->app->store, call->scope, "file", id, file);
    if (result == SV_ROW) {
        result = sv_object_get(call->app->store, call->scope, "part", sv_json_text(file->body, "part_id"), &part);
        if (result != SV_ROW) sv_object_free(file);
        sv_object_free(&part);
    }
    if (result != SV_ROW && result != SV_DONE) sv_refuse_store(call, result);
    return result == SV_ROW;
}

static bool add_url(sv_call *call, const char *id, int64_t expires_ms, json_t *urls)
{
    sv_object file;
    char moment[SV_MOMENT_SIZE], path[40];
    if (!find_file(call, id, &file)) {
        snprintf(path, sizeof path, "file_ids[%zu]", json_array_size(urls));
        sv_refuse(call, SV_E_not_found, json_pack("{s:s}", "path", path), "There is no such object.");
        return false;
    }
    char *url = sv_signed_url(call->app->config, "GET", &file, expires_ms);
    sv_moment_print(expires_ms, moment);
    json_array_append_new(
        urls, json_pack("{s:s, s:s, s:s, s:s}", "file_id", file.id, "url", url, "method", "GET", "expires_at", moment));
    free(url);
    sv_object_free(&file);
    return true;
}

void sv_sign_files(sv_call *call)
{
    static const char *const names[] = {"file_ids", "expires_in", NULL};
    json_t *ids = NULL, *id, *urls = json_array();
    int64_t seconds = EXPIRES_MAX;
    size_t index;
    if (sv_known_fields(call, call->body, "", names) &&
        sv_take_texts(call, call->body, "file_ids", FILES_MAX, 64, &ids) &&
        sv_take_integer(call, call->body, "expires_in", 1, EXPIRES_MAX, &seconds) && !json_array_size(ids))
        sv_refuse_field(call, SV_E_validation_failed, "file_ids", "required", "This field is needed, and not empty.");
    const int64_t expires = (call->now_ms / 1000 + seconds) * 1000;
    if (!sv_refused(call))
        json_array_foreach(ids, index, id) if (!add_url(call, json_string_value(id), expires, urls)) break;
    sv_answer(call, 200, json_pack("{s:O}", "urls", urls));
    json_decref(urls);
}

void sv_read_signed_file(sv_call *call)
{
    sv_object object;
    sv_sent_file file = {.file = -1};
    if (!find_file(call, call->argument[0], &object)) {
        sv_refuse_not_found(call);
        return;
    }
    file.sha256 = sv_json_text(object.body, "sha256");
    file.name = sv_json_text(object.body, "name");
    file.type = sv_type_of_format(sv_json_text(object.body, "format"));
    file.file = sv_blob_open(call->app->config, file.sha256, &file.size);
    if (file.file >= 0) sv_answer_file(call, &file);
    sv_object_free(&object);
}
