#include "quotes/books.h"

#include <stdlib.h>
#include <string.h>

#include "parts/report.h"

/* The active one, and some that quotes are still pinned to. */
#define BOOKS_MAX 4

struct sv_books {
    sv_book books[BOOKS_MAX];
    int64_t clock;
};

static void forget(sv_app *app, sv_book *b)
{
    sv_reports_forget_book(app, b->book);
    lq_book_destroy(b->book);
    json_decref(b->json);
    free(b->version);
    *b = (sv_book){.version = NULL};
}

static bool has_machine(const json_t *json)
{
    const char *name;
    json_t *process;
    json_object_foreach(json_object_get(json, "processes"), name,
                        process) if (json_object_get(process, "machine")) return true;
    return false;
}

static bool read_book(sv_app *app, const char *version, sv_book *into)
{
    const sv_value name = sv_words(version);
    sv_rows *rows = sv_open(app->store, SV_SQL_BOOK_GET, &name, 1);
    bool good = sv_step(rows) == SV_ROW;
    if (good) {
        size_t size = 0;
        const void *bytes = sv_column_blob(rows, 0, &size);
        good = lq_book_read(app->context, bytes, size, &into->book) == LQ_OK;
        if (good) into->json = json_loadb(bytes, size, 0, NULL);
    }
    sv_close(rows);
    if (!good || !into->json) {
        lq_book_destroy(into->book);
        into->book = NULL;
        return false;
    }
    into->version = sv_copy(version);
    into->has_machine = has_machine(into->json);
    return true;
}

const sv_book *sv_book_get(sv_app *app, const char *version)
{
    if (!version) version = app->book_version;
    if (!version) return NULL;
    if (!app->books) app->books = sv_alloc(1, sizeof *app->books);
    sv_book *oldest = &app->books->books[0];
    for (size_t i = 0; i < BOOKS_MAX; i++) {
        sv_book *b = &app->books->books[i];
        if (b->version && strcmp(b->version, version) == 0) return b->used = ++app->books->clock, b;
        if (b->used < oldest->used) oldest = b;
    }
    if (oldest->version) forget(app, oldest);
    if (!read_book(app, version, oldest)) return NULL;
    oldest->used = ++app->books->clock;
    return oldest;
}

const sv_book *sv_book_of_quotes(sv_app *app, const sv_object *quotes, size_t count)
{
    const sv_object *newest = NULL;
    for (size_t i = 0; i < count; i++)
        if (!newest || quotes[i].created_ms > newest->created_ms ||
            (quotes[i].created_ms == newest->created_ms && strcmp(quotes[i].id, newest->id) > 0))
            newest = &quotes[i];
    return newest ? sv_book_get(app, sv_json_text(newest->body, "price_book_version")) : NULL;
}

void sv_books_free(sv_app *app)
{
    for (size_t i = 0; app->books && i < BOOKS_MAX; i++)
        if (app->books->books[i].version) forget(app, &app->books->books[i]);
    free(app->books);
    app->books = NULL;
}
