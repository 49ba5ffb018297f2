/* quotectl doctor: is all that is kept whole, and does it agree with itself? It reads one moment of the database and
 * changes nothing; the service may run. Exit code 1: something is wrong. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "access/sealed.h"
#include "base/json.h"
#include "base/moment.h"
#include "base/text.h"
#include "ctl/ctl.h"
#include "ctl/doctor.h"
#include "ctl/files.h"
#include "store/blobs.h"

#define TOLD_MAX 1000 /* problems that are named; the rest is counted */

typedef struct doctor {
    sv_ctl *s;
    json_t *problems;
    int64_t wrong, blobs;
} doctor;

static void tell(doctor *d, const char *check, const char *id, const char *words)
{
    if (++d->wrong > TOLD_MAX) return;
    json_array_append_new(d->problems, json_pack("{s:s, s:s?, s:s}", "check", check, "id", id, "message", words));
}

/* ---- what SQL finds: each row is a problem ---- */

static void look(doctor *d, const sv_doctor_check *check)
{
    sv_result result;
    sv_rows *rows = sv_open_sql(d->s->store, check->sql, NULL, 0);
    while ((result = sv_step(rows)) == SV_ROW) tell(d, check->name, sv_column_text(rows, 0), check->words);
    sv_close(rows);
    if (result != SV_DONE) tell(d, check->name, NULL, "The database failed.");
}

static void look_at_pages(doctor *d)
{
    sv_rows *rows = sv_open_sql(d->s->store, "PRAGMA integrity_check", NULL, 0);
    while (sv_step(rows) == SV_ROW)
        if (strcmp(sv_column_text(rows, 0), "ok") != 0) tell(d, "pages", NULL, sv_column_text(rows, 0));
    sv_close(rows);
    rows = sv_open_sql(d->s->store, "PRAGMA foreign_key_check", NULL, 0);
    while (sv_step(rows) == SV_ROW)
        tell(d, "references", sv_column_text(rows, 0), "A row names one that is not there.");
    sv_close(rows);
}

/* ---- files ---- */

static void look_at_blob(doctor *d, const char *hex, bool quick)
{
    uint8_t digest[SV_SHA256_SIZE];
    char found[SV_SHA256_HEX_SIZE] = "";
    int64_t size;
    d->blobs++;
    if (!sv_blob_exists(&d->s->config, hex)) {
        tell(d, "files", hex, "A document names a file that is not there.");
        return;
    }
    if (quick) return;
    int file = sv_blob_open(&d->s->config, hex, NULL);
    if (file >= 0 && sv_file_sha256(file, digest, &size)) sv_hex(digest, sizeof digest, found);
    if (file >= 0) close(file);
    if (strcmp(found, hex) != 0) tell(d, "files", hex, "A file is not what its name says.");
}

static void look_at_blobs(doctor *d, bool quick)
{
    const sv_value value = sv_int(sv_now_ms() - d->s->config.deleted_seconds * 1000);
    sv_rows *rows = sv_open(d->s->store, SV_SQL_BLOBS_NEEDED, &value, 1);
    while (sv_step(rows) == SV_ROW)
        if (sv_column_text(rows, 0)) look_at_blob(d, sv_column_text(rows, 0), quick);
    sv_close(rows);
}

/* ---- price books and secrets ---- */

static void look_at_books(doctor *d)
{
    sv_rows *rows = sv_open_sql(d->s->store, "SELECT version, bytes, sha256 FROM price_books", NULL, 0);
    while (sv_step(rows) == SV_ROW) {
        uint8_t digest[SV_SHA256_SIZE];
        size_t size, known_size;
        const void *bytes = sv_column_blob(rows, 1, &size), *known = sv_column_blob(rows, 2, &known_size);
        sv_sha256(bytes, size, digest);
        if (known_size != sizeof digest || memcmp(known, digest, sizeof digest) != 0)
            tell(d, "price_books", sv_column_text(rows, 0), "A price book is not what it was when it was stored.");
    }
    sv_close(rows);
}

static void look_at_secrets(doctor *d)
{
    sv_rows *rows = sv_open_sql(d->s->store, SV_SEALED_SQL, NULL, 0);
    while (sv_step(rows) == SV_ROW) {
        char *text = sv_unseal(&d->s->config, sv_column_text(rows, 2));
        if (!text) tell(d, "secrets", sv_column_text(rows, 1), "A secret cannot be read with the master key.");
        free(text);
    }
    sv_close(rows);
}

/* ---- the whole ---- */

static void print(const doctor *d)
{
    json_t *problem;
    size_t index;
    json_array_foreach(d->problems, index, problem)
    {
        const char *id = sv_json_text(problem, "id");
        fprintf(stderr, "%s: %s%s%s\n", sv_json_text(problem, "check"), id, *id ? ": " : "",
                sv_json_text(problem, "message"));
    }
}

/* quotectl doctor [--quick]: quick looks whether files are there, and does not read them. */
int sv_ctl_doctor(sv_ctl *s)
{
    const bool quick = sv_ctl_flag(s, "--quick");
    doctor d = {.s = s, .problems = json_array()};
    size_t checks = 0;
    if (s->count != 1) return json_decref(d.problems), sv_ctl_fail("doctor [--quick]", NULL);
    if (sv_begin(s->store, false) != SV_DONE) return json_decref(d.problems), sv_ctl_fail("the database failed.", NULL);
    look_at_pages(&d);
    for (; sv_doctor_checks[checks].name; checks++) look(&d, &sv_doctor_checks[checks]);
    look_at_books(&d);
    look_at_secrets(&d);
    look_at_blobs(&d, quick);
    sv_rollback(s->store);
    if (!s->json) print(&d);
    sv_ctl_tell(s,
                json_pack("{s:b, s:I, s:I, s:O}", "well", d.wrong == 0, "wrong", (json_int_t)d.wrong, "files",
                          (json_int_t)d.blobs, "problems", d.problems),
                d.wrong ? "%lld things are wrong; %lld files were looked at." : "All is well (%lld); %lld files.",
                (long long)d.wrong, (long long)d.blobs);
    json_decref(d.problems);
    return d.wrong ? 1 : 0;
}
