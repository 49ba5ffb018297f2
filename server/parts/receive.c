#include "parts/receive.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "access/form.h"
#include "parts/analyse.h"
#include "parts/fields.h"
#include "store/blobs.h"

/* A file that is measured within this time is `ready` in the first answer. */
#define AT_ONCE_US 250000
#define AT_ONCE_BYTES ((int64_t)32 << 20)
/* Opening reads no geometry; but the machine may be busy. */
#define OPEN_US 60000000

static void free_received(void *prepared) { sv_received_free(prepared); }

void sv_received_free(sv_received *r)
{
    json_decref(r->body);
    json_decref(r->units);
    json_decref(r->scale);
    json_decref(r->result);
    free(r->ref);
    free(r->upload_id);
    free(r);
}

static sv_received *begin(sv_call *call)
{
    sv_received *received = sv_alloc(1, sizeof *received);
    call->prepared = received;
    call->free_prepared = free_received;
    return received;
}

/* ---- looking at the bytes ---- */

static const char *guessed_format(int file)
{
    char bytes[5] = "";
    const ssize_t got = pread(file, bytes, sizeof bytes, 0);
    if (got >= 2 && memcmp(bytes, "PK", 2) == 0) return "zip";
    return got == 5 && memcmp(bytes, "solid", 5) == 0 ? "stl_ascii" : "stl_binary";
}

/* What was opened has a format; what was not is refused, or kept and told as a failure. */
static bool take_opened(sv_call *call, sv_received *r, json_t *line, int file)
{
    const char *refuse = json_string_value(json_object_get(line, "refuse")), *format = sv_json_text(line, "format");
    json_t *failure = json_object_get(line, "failure");
    const char *message = sv_json_text(failure, "message");
    if (refuse) {
        const bool limits = strcmp(refuse, "archive_limits") == 0;
        sv_refuse(call, limits ? SV_E_archive_limits : SV_E_unsupported_format,
                  json_pack("{s:[{s:s, s:O, s:s}]}", "files", "name", r->file.name, "code",
                            json_object_get(failure, "code"), "message", message),
                  "%s", message);
        return false;
    }
    snprintf(r->file.format, sizeof r->file.format, "%s", *format ? format : guessed_format(file));
    if (failure) r->result = json_pack("{s:s, s:O}", "status", "failed", "failure", failure);
    return true;
}

static void take_measured(sv_call *call, sv_received *r, json_t *line)
{
    const char *code = sv_json_text(line, "failure.code");
    /* A limit that is met at upload is told at once; where a job meets it, the part has failed. */
    if (strcmp(code, "zip_bomb") == 0)
        sv_refuse(call, SV_E_archive_limits, NULL, "%s", sv_json_text(line, "failure.message"));
    else
        r->result = json_incref(line);
}

/* Opens the bytes in a child, keeps them meanwhile (path; NULL: they are kept), and waits a little for its measures. */
static void look_at(sv_call *call, sv_received *r, int file, const char *path, const uint8_t *sha256)
{
    sv_child child;
    const int64_t began = sv_monotonic_us();
    sv_analysis asked = {.config = call->app->config,
                         .name = r->file.name,
                         .units = json_string_value(r->units),
                         .scale = json_number_value(r->scale)};
    json_t *line = NULL;
    bool good = sv_analysis_start(&asked, file, r->file.size, &child);
    sv_child_end end = good ? sv_child_read(&child, began + OPEN_US, &line) : SV_CHILD_BROKEN;
    if (end == SV_CHILD_LINE) {
        good = take_opened(call, r, line, file);
        json_decref(line);
    } else if (end == SV_CHILD_LATER || !good) {
        sv_refuse_store(call, SV_BUSY);
        good = false;
    } else { /* it could not even be opened within the limits of a child: told as a job would */
        snprintf(r->file.format, sizeof r->file.format, "%s", guessed_format(file));
    }
    if (good && path) {
        const int64_t from = sv_monotonic_us();
        sv_result kept = sv_blob_put(call->app->config, path, sha256);
        sv_metric_label(call->app->shared, SV_BLOB_SECONDS, "put", sv_monotonic_us() - from);
        if (kept != SV_DONE) sv_refuse_store(call, kept), good = false;
    }
    if (good && end == SV_CHILD_LINE && !r->result && r->file.size <= AT_ONCE_BYTES &&
        sv_child_read(&child, began + AT_ONCE_US, &line) == SV_CHILD_LINE) {
        take_measured(call, r, line);
        json_decref(line);
    }
    sv_child_stop(&child);
}

static void look_at_path(sv_call *call, sv_received *r, const char *path, const uint8_t sha256[SV_SHA256_SIZE])
{
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    sv_hex(sha256, SV_SHA256_SIZE, r->file.sha256);
    r->has_file = true;
    if (file >= 0)
        look_at(call, r, file, path, sha256);
    else
        sv_refuse_store(call, SV_FULL);
    if (file >= 0) close(file);
}

/* ---- where the bytes come from ---- */

static void set_name(sv_received *r, const char *given)
{
    char *name = sv_part_file_name(given);
    snprintf(r->file.name, sizeof r->file.name, "%s", name);
    free(name);
}

static void refuse_upload(sv_call *call) { sv_refuse_reference(call, "upload_id"); }

/* An upload whose bytes are there and which nobody has used. */
static bool get_upload(sv_call *call, const char *id, sv_object *upload)
{
    sv_result result = sv_object_get(call->app->store, call->scope, "upload", id, upload);
    if (result == SV_DONE || strncmp(id, "ref:", 4) == 0)
        refuse_upload(call);
    else if (result != SV_ROW)
        sv_refuse_store(call, result);
    if (sv_refused(call)) return false;
    const char *status = sv_json_text(upload->body, "status");
    if (strcmp(status, "pending") == 0)
        sv_refuse(call, SV_E_upload_not_ready, NULL, "The file of this upload has not been sent.");
    else if (strcmp(status, "ready") != 0)
        sv_refuse(call, SV_E_upload_used, NULL, "This upload has been used.");
    return !sv_refused(call);
}

static void receive_upload(sv_call *call, sv_received *r, const char *id)
{
    sv_object upload = {.body = NULL};
    if (get_upload(call, id, &upload)) {
        const char *sha256 = sv_json_text(upload.body, "sha256");
        const int file = sv_blob_open(call->app->config, sha256, &r->file.size);
        r->upload_id = sv_copy(id);
        r->has_file = true;
        set_name(r, sv_json_text(upload.body, "filename"));
        snprintf(r->file.sha256, sizeof r->file.sha256, "%s", sha256);
        if (file >= 0)
            look_at(call, r, file, NULL, NULL);
        else
            sv_refuse_store(call, SV_FULL);
        if (file >= 0) close(file);
    }
    sv_object_free(&upload);
}

/* A file of the form gets a place of its own. false: the disk would not. */
static bool unpack_file(const sv_multipart_part *part, const char *path, uint8_t sha256[SV_SHA256_SIZE])
{
    FILE *file = fopen(path, "wbx");
    sv_sha256(part->bytes, part->size, sha256);
    bool good = file && fwrite(part->bytes, 1, part->size, file) == part->size;
    if (file && fclose(file) != 0) good = false;
    return good;
}

typedef struct sorted {
    const sv_multipart_part *file;
    json_t *metadata;
} sorted;

static bool refuse_form(sv_call *call, const char *why)
{
    sv_refuse(call, SV_E_bad_multipart, NULL, "%s", why);
    return false;
}

static bool sort_form(sv_call *call, const sv_multipart_part *parts, size_t count, sorted *f)
{
    for (size_t i = 0; i < count; i++) {
        const bool file = strcmp(parts[i].name, "file") == 0;
        if (!file && strcmp(parts[i].name, "metadata") != 0)
            return refuse_form(call, "The form has a field that is neither metadata nor file.");
        if (file ? f->file != NULL : f->metadata != NULL)
            return refuse_form(call, "A field of the form is there twice.");
        if (file)
            f->file = &parts[i];
        else if (!(f->metadata = sv_form_object(call, &parts[i])))
            return false;
    }
    if (!f->file) return refuse_form(call, "The form has no file.");
    if (!f->metadata) f->metadata = json_object();
    const int64_t most = call->app->config->file_bytes;
    if ((int64_t)f->file->size <= most) return true;
    sv_refuse(call, SV_E_file_too_large, json_pack("{s:I}", "limit", (json_int_t)most),
              "The file is larger than %lld bytes.", (long long)most);
    return false;
}

/* ---- what is said about a new part ---- */

static bool take_body(sv_call *call, sv_received *r, json_t *given)
{
    r->body = sv_part_body("Untitled");
    if (!sv_part_take_fields(call, given, r->body, &r->ref)) return false;
    r->units = json_incref(json_object_get(r->body, "units"));
    r->scale = json_incref(json_object_get(r->body, "scale"));
    return true;
}

static void name_after_file(sv_received *r, const json_t *given)
{
    if (!json_object_get(given, "name") && r->has_file) json_object_set_new(r->body, "name", json_string(r->file.name));
}

static void receive_form(sv_call *call, sv_received *r, const sv_multipart_part *parts, size_t count)
{
    sorted f = {0};
    uint8_t sha256[SV_SHA256_SIZE];
    sv_text path = {0};
    if (sort_form(call, parts, count, &f) && sv_known_fields(call, f.metadata, "", sv_part_field_names) &&
        take_body(call, r, f.metadata)) {
        sv_text_format(&path, "%s.file", call->upload_path);
        set_name(r, f.file->filename);
        r->file.size = (int64_t)f.file->size;
        if (unpack_file(f.file, path.data, sha256))
            look_at_path(call, r, path.data, sha256);
        else
            sv_refuse_store(call, SV_FULL);
        unlink(path.data);
        name_after_file(r, f.metadata);
    }
    sv_text_free(&path);
    json_decref(f.metadata);
}

static void receive_multipart(sv_call *call, sv_received *r)
{
    sv_form form;
    if (sv_form_open(call, &form)) receive_form(call, r, form.parts, form.count);
    sv_form_close(&form);
}

static void receive_json(sv_call *call, sv_received *r, json_t *body)
{
    json_t *given = json_copy(body);
    const char *upload_id = NULL;
    json_object_del(given, "upload_id");
    if (sv_known_fields(call, given, call->within ? call->within : "", sv_part_field_names) &&
        sv_take_text(call, body, "upload_id", 1, 64, true, &upload_id) && take_body(call, r, given) && upload_id) {
        receive_upload(call, r, upload_id);
        name_after_file(r, given);
    }
    json_decref(given);
}

void sv_receive_part(sv_call *call)
{
    sv_received *r = begin(call);
    if (call->upload_path)
        receive_multipart(call, r);
    else
        receive_json(call, r, call->body);
}

sv_received *sv_receive_given(sv_call *call, json_t *given)
{
    sv_received *r = sv_alloc(1, sizeof *r);
    receive_json(call, r, given);
    return r;
}

/* The part must be there and at rest before its new file is looked at. */
static bool take_part(sv_call *call, sv_received *r)
{
    sv_object part;
    if (!sv_get(call, "part", call->argument[0], &part)) return false;
    const char *name = sv_parameter_get(&call->request, "filename");
    r->units = json_incref(json_object_get(part.body, "units"));
    r->scale = json_incref(json_object_get(part.body, "scale"));
    set_name(r, name ? name : sv_json_text(part.body, "name"));
    const bool good = sv_if_match(call, part.version, false) && sv_part_at_rest(call, &part);
    sv_object_free(&part);
    return good;
}

void sv_receive_file(sv_call *call)
{
    static const char *const names[] = {"upload_id", NULL};
    const char *upload_id = NULL;
    sv_received *r = begin(call);
    if (call->body && (!sv_known_fields(call, call->body, "", names) ||
                       !sv_take_text(call, call->body, "upload_id", 1, 64, false, &upload_id)))
        return;
    if (call->body && !upload_id) {
        sv_refuse_field(call, SV_E_validation_failed, "upload_id", "required", "This field is needed.");
        return;
    }
    if (!take_part(call, r)) return;
    r->file.size = call->upload_size;
    if (upload_id)
        receive_upload(call, r, upload_id);
    else
        look_at_path(call, r, call->upload_path, call->upload_sha256);
}

/* ---- within the transaction ---- */

bool sv_received_attach(sv_call *call, sv_object *part, const sv_received *r)
{
    sv_object upload = {.body = NULL};
    bool good = true;
    if (r->upload_id) {
        good = get_upload(call, r->upload_id, &upload);
        if (good) json_object_set_new(upload.body, "status", json_string("used"));
        good = good && sv_update(call, &upload);
        sv_object_free(&upload);
    }
    return good && sv_part_attach(call, part, &r->file);
}

bool sv_received_settle(sv_call *call, sv_object *part, const sv_received *r)
{
    if (!r->result || !json_equal(r->units, json_object_get(part->body, "units")) ||
        !json_equal(r->scale, json_object_get(part->body, "scale")))
        return true;
    sv_result result = sv_part_settle(call->app->store, call->scope, call->request_id, part, r->result);
    if (result != SV_DONE) sv_refuse_store(call, result);
    const char *code = sv_json_text(r->result, "failure.code");
    if (*code) sv_metric_label(call->app->shared, SV_ANALYSIS_FAILURES, code, 0);
    return result == SV_DONE;
}
