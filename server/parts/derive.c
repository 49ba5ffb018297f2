#include "parts/derive.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "parts/child.h"
#include "parts/derive_work.h"
#include "store/blobs.h"

#define AGAIN_MS 3600000 /* what took too long is not tried before */
#define PIECE 65536
#define JSON_MAX ((int64_t)16 << 20)

/* ---- what was made before ---- */

static void name_of(const sv_derivation *asked, char name[SV_SHA256_HEX_SIZE])
{
    const lq_selection *s = &asked->selection;
    uint8_t digest[SV_SHA256_SIZE];
    sv_text text = {0};
    sv_text_format(&text, "%s\n%d\n%u\n%s\n%u\n%d\n%.17g\n%s", lq_version(), (int)asked->kind, asked->side,
                   asked->sha256, s->plate, (int)s->unit, s->scale, s->entry ? s->entry : "");
    sv_sha256(sv_text_get(&text), text.size, digest);
    sv_hex(digest, sizeof digest, name);
    sv_text_free(&text);
}

static void refuse_late(sv_call *call)
{
    sv_refuse(call, SV_E_unavailable, NULL, "Making this takes more than the service gives to one request.");
    sv_set_header(call, "Retry-After", "3600");
}

/* What took too long stands there without a digest, so that it does not hold one worker after the other. */
static bool find_made(sv_call *call, const char *name, sv_derived *made)
{
    const sv_value value = sv_words(name);
    sv_rows *rows = sv_open(call->app->store, SV_SQL_DERIVED_GET, &value, 1);
    const bool found = sv_step(rows) == SV_ROW;
    int64_t made_ms = 0;
    if (found) {
        snprintf(made->sha256, sizeof made->sha256, "%s", sv_column_text(rows, 0));
        made->size = sv_column_int(rows, 1);
        made_ms = sv_column_int(rows, 2);
    }
    sv_close(rows);
    if (found && !*made->sha256 && call->now_ms - made_ms < AGAIN_MS) refuse_late(call);
    return found && sv_blob_exists(call->app->config, made->sha256);
}

/* Whoever cannot write it down makes it again the next time. */
static void remember(sv_call *call, const char *name, const sv_derived *made)
{
    sv_store *store = call->app->store;
    const sv_value values[] = {sv_words(name), sv_words(made->sha256), sv_int(made->size), sv_int(call->now_ms)};
    if (sv_begin(store, true) != SV_DONE) return;
    if (sv_run(store, SV_SQL_DERIVED_PUT, values, 4, NULL) != SV_DONE || sv_commit(store) != SV_DONE)
        sv_rollback(store);
}

/* ---- making it ---- */

static char *temporary_path(const sv_call *call)
{
    sv_text path = {0};
    const sv_config *config = call->app->config;
    if (*config->temporary != '/') sv_text_format(&path, "%s/", config->folder);
    sv_text_format(&path, "%s/%s.made", config->temporary, call->request_id);
    return path.data;
}

static bool digest_file(int file, uint8_t digest[SV_SHA256_SIZE], int64_t *size)
{
    char *piece = sv_alloc(PIECE, 1);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_DigestInit_ex(context, EVP_sha256(), NULL);
    ssize_t got;
    *size = 0;
    while ((got = pread(file, piece, PIECE, (off_t)*size)) > 0 || (got < 0 && errno == EINTR)) {
        if (got < 0) continue;
        EVP_DigestUpdate(context, piece, (size_t)got);
        *size += got;
    }
    EVP_DigestFinal_ex(context, digest, NULL);
    EVP_MD_CTX_free(context);
    free(piece);
    return got == 0;
}

static void refuse(sv_call *call, const json_t *said)
{
    if (sv_json_true(said, "selection"))
        sv_refuse(call, SV_E_no_such_plate, NULL, "The file has no such plate.");
    else
        sv_refuse(call, SV_E_part_not_ready, json_pack("{s:s}", "failure", sv_json_text(said, "code")),
                  "This cannot be made of the file: %s", sv_json_text(said, "message"));
}

/* The child writes to a file that is nobody's yet. false: refused. */
static bool run_child(sv_call *call, sv_derive_work *work, bool *late)
{
    sv_child child;
    json_t *said = NULL;
    const int64_t until = sv_monotonic_us() + call->app->config->made_seconds * 1000000;
    const int files[] = {work->file, work->out};
    bool good = sv_child_start(&child, sv_derive_in_child, work, files, 2);
    sv_child_end end = good ? sv_child_read(&child, until, &said) : SV_CHILD_BROKEN;
    if (good) sv_child_stop(&child);
    good = end == SV_CHILD_LINE && sv_json_true(said, "made");
    if (end == SV_CHILD_LINE && !good) refuse(call, said);
    *late = end != SV_CHILD_LINE;
    if (*late) {
        sv_log(SV_LOG_WARN, "nothing was made of a file", json_pack("{s:i}", "end", (int)end));
        refuse_late(call);
    }
    json_decref(said);
    return good;
}

static bool make(sv_call *call, sv_derive_work *work, const char *path, sv_derived *made, bool *late)
{
    uint8_t digest[SV_SHA256_SIZE];
    if (!run_child(call, work, late)) return false;
    sv_result result =
        digest_file(work->out, digest, &made->size) ? sv_blob_put(call->app->config, path, digest) : SV_BROKEN;
    if (result != SV_DONE) sv_refuse_store(call, result);
    sv_hex(digest, sizeof digest, made->sha256);
    return result == SV_DONE;
}

bool sv_derive(sv_call *call, const sv_derivation *asked, sv_derived *made)
{
    char name[SV_SHA256_HEX_SIZE];
    name_of(asked, name);
    if (find_made(call, name, made)) return true;
    if (sv_refused(call)) return false;
    char *path = temporary_path(call);
    sv_derive_work work = {.asked = asked, .config = call->app->config};
    work.file = sv_blob_open(call->app->config, asked->sha256, &work.size);
    work.out = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool good = false, late = false;
    if (work.file < 0)
        sv_refuse_store(call, SV_BROKEN);
    else if (work.out < 0)
        sv_refuse_store(call, SV_FULL);
    else
        good = make(call, &work, path, made, &late);
    if (work.file >= 0) close(work.file);
    if (work.out >= 0) close(work.out), unlink(path);
    free(path);
    if (late) *made = (sv_derived){.size = 0};
    if (good || late) remember(call, name, made);
    return good;
}

json_t *sv_derived_json(sv_call *call, const sv_derived *made)
{
    int64_t size = 0;
    int file = made->size <= JSON_MAX ? sv_blob_open(call->app->config, made->sha256, &size) : -1;
    json_t *json = file >= 0 ? json_loadfd(file, 0, NULL) : NULL;
    if (file >= 0) close(file);
    if (!json) sv_refuse_store(call, SV_BROKEN);
    return json;
}
