#include "parts/measured.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "parts/analyse.h"
#include "store/blobs.h"

/* Which bytes, how they are read, and what is asked of them. */
static void name_of(const sv_measuring *asked, char name[SV_SHA256_HEX_SIZE])
{
    const lq_selection s = sv_engine_selection(asked->part);
    uint8_t digest[SV_SHA256_SIZE];
    sv_text text = {0};
    sv_text_format(&text, "%s\n%s\n%u\n%d\n%.17g\n%s\n%s\n%s", lq_version(),
                   sv_json_text(asked->part->body, "file.sha256"), s.plate, (int)s.unit, s.scale,
                   s.entry ? s.entry : "", asked->book ? lq_book_version(asked->book) : "",
                   asked->asks ? asked->asks : "");
    sv_sha256(sv_text_get(&text), text.size, digest);
    sv_hex(digest, sizeof digest, name);
    sv_text_free(&text);
}

static sv_measured find(sv_store *store, const char *name)
{
    const sv_value value = sv_words(name);
    sv_measured found = {NULL, 0};
    sv_rows *rows = sv_open(store, SV_SQL_MEASURED_GET, &value, 1);
    if (sv_step(rows) == SV_ROW) {
        const void *bytes = sv_column_blob(rows, 0, &found.size);
        found.bytes = sv_alloc(found.size + 1, 1);
        if (found.size) memcpy(found.bytes, bytes, found.size);
    }
    sv_close(rows);
    return found;
}

static sv_result put(sv_store *store, const char *name, const sv_measured *made)
{
    const sv_value values[] = {sv_words(name), sv_bytes(made->bytes, made->size), sv_int(sv_now_ms())};
    return sv_run(store, SV_SQL_MEASURED_PUT, values, 3, NULL);
}

/* Whoever cannot write it down measures again the next time. */
static void remember(sv_store *store, const char *name, const sv_measured *made)
{
    if (sv_in_transaction(store) || sv_begin(store, true) != SV_DONE) return;
    if (put(store, name, made) != SV_DONE || sv_commit(store) != SV_DONE) sv_rollback(store);
}

/* ---- in the child ---- */

typedef struct work {
    const sv_measuring *asked;
    const sv_config *config;
    int file;
    int64_t size;
} work;

static json_t *text_of(void *bytes, size_t size)
{
    char *text = sv_base64(bytes, size, false);
    json_t *json = json_string(text);
    free(text);
    return json;
}

json_t *sv_measured_text(lq_context *context, const lq_report *report)
{
    void *bytes;
    size_t size;
    if (lq_report_save(context, report, &bytes, &size) != LQ_OK) return NULL;
    json_t *text = text_of(bytes, size);
    lq_bytes_free(context, bytes);
    return text;
}

static json_t *measure(lq_context *context, const sv_measuring *asked, const lq_part *part)
{
    lq_report *report = NULL;
    lq_estimates *estimates = NULL;
    void *bytes;
    size_t size;
    if (!asked->report)
        return lq_part_analyse(context, part, NULL, &report) == LQ_OK ? sv_measured_text(context, report) : NULL;
    if (lq_estimates_make(context, part, asked->report, asked->book, asked->request, &estimates) != LQ_OK ||
        lq_estimates_save(context, estimates, &bytes, &size) != LQ_OK)
        return NULL;
    return text_of(bytes, size);
}

/* The process ends: nothing is given back one by one. */
static void measure_in_child(void *what, int answers)
{
    const work *w = what;
    lq_context *context = sv_engine_context(w->config);
    const size_t size = (size_t)w->size;
    void *bytes = size ? mmap(NULL, size, PROT_READ, MAP_PRIVATE, w->file, 0) : MAP_FAILED;
    const lq_selection selection = sv_engine_selection(w->asked->part);
    lq_source source;
    lq_model *model = NULL;
    lq_part *part = NULL;
    json_t *text = NULL;
    if (!context || bytes == MAP_FAILED) _exit(1);
    lq_source_memory(bytes, size, NULL, &source);
    if (lq_model_open(context, &source, NULL, &model) == LQ_OK && lq_part_read(model, &selection, &part) == LQ_OK)
        text = measure(context, w->asked, part);
    sv_child_say(answers, json_pack("{s:o?, s:s}", "saved", text, "code", lq_context_error(context)->code));
}

/* ---- in the worker ---- */

static sv_measured read_text(const json_t *text)
{
    sv_measured made = {NULL, 0};
    if (json_is_string(text)) made.bytes = sv_base64_read(json_string_value(text), false, &made.size);
    return made;
}

static sv_measured run(sv_app *app, const sv_measuring *asked)
{
    work w = {.asked = asked, .config = app->config};
    sv_measured made = {NULL, 0};
    sv_child child;
    json_t *said = NULL;
    w.file = sv_blob_open(app->config, sv_json_text(asked->part->body, "file.sha256"), &w.size);
    if (w.file < 0) return made;
    bool started = sv_child_start(&child, measure_in_child, &w, &w.file, 1);
    const int64_t until = sv_monotonic_us() + (int64_t)SV_CHILD_WALL_SECONDS * 1000000;
    sv_child_end end = started ? sv_child_read(&child, until, &said) : SV_CHILD_BROKEN;
    if (started) sv_child_stop(&child);
    close(w.file);
    if (end == SV_CHILD_LINE) made = read_text(json_object_get(said, "saved"));
    if (!made.bytes)
        sv_log(
            SV_LOG_ERROR, "a ready part was not measured again",
            json_pack("{s:s, s:i, s:s}", "part", asked->part->id, "end", (int)end, "err", sv_json_text(said, "code")));
    json_decref(said);
    return made;
}

sv_measured sv_measured_get(sv_app *app, const sv_measuring *asked)
{
    char name[SV_SHA256_HEX_SIZE];
    name_of(asked, name);
    sv_measured made = find(app->store, name);
    if (made.bytes) return made;
    made = run(app, asked);
    if (made.bytes) remember(app->store, name, &made);
    return made;
}

sv_result sv_measured_keep(sv_store *store, const sv_object *part, const json_t *result)
{
    const sv_measuring asked = {.part = part};
    char name[SV_SHA256_HEX_SIZE];
    sv_measured made = read_text(json_object_get(result, "report"));
    if (!made.bytes) return SV_DONE;
    name_of(&asked, name);
    sv_result done = put(store, name, &made);
    free(made.bytes);
    return done;
}
