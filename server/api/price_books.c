#include "api/price_books.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/handlers.h"
#include "parts/report.h"
#include "products/product.h"

char *sv_book_check(lq_context *context, const void *bytes, size_t size, char path[256])
{
    lq_book *book = NULL;
    lq_context_reset(context);
    lq_status status = lq_book_read(context, bytes, size, &book);
    lq_book_destroy(book);
    *path = 0;
    if (status == LQ_OK) return NULL;
    const lq_error *error = lq_context_error(context);
    snprintf(path, 256, "%s", error->part);
    return sv_copy(error->message);
}

sv_stored sv_book_store(sv_store *store, const char *version, const void *bytes, size_t size)
{
    uint8_t digest[SV_SHA256_SIZE];
    size_t known_size;
    sv_sha256(bytes, size, digest);
    const sv_value name = sv_words(version);
    sv_rows *rows = sv_open(store, SV_SQL_BOOK_GET, &name, 1);
    sv_result result = sv_step(rows);
    const void *known = result == SV_ROW ? sv_column_blob(rows, 1, &known_size) : NULL;
    bool same = known && known_size == sizeof digest && memcmp(known, digest, sizeof digest) == 0;
    sv_close(rows);
    if (result == SV_ROW) return same ? SV_STORED_SAME : SV_STORED_OTHER;
    const sv_value values[] = {name, sv_bytes(bytes, size), sv_bytes(digest, sizeof digest), sv_int(sv_now_ms())};
    return sv_run(store, SV_SQL_BOOK_INSERT, values, 4, NULL) == SV_DONE ? SV_STORED_NEW : SV_STORED_FAILED;
}

/* The version that is active; NULL: none. The caller frees. */
static char *active_version(sv_store *store)
{
    sv_rows *rows = sv_open(store, SV_SQL_BOOK_ACTIVE, NULL, 0);
    char *version = sv_step(rows) == SV_ROW ? sv_copy(sv_column_text(rows, 0)) : NULL;
    sv_close(rows);
    return version;
}

sv_result sv_book_activate(sv_store *store, const char *version, const char *request_id)
{
    const sv_value name = sv_words(version);
    sv_rows *rows = sv_open(store, SV_SQL_BOOK_GET, &name, 1);
    sv_result result = sv_step(rows);
    sv_close(rows);
    if (result != SV_ROW) return result == SV_DONE ? SV_CONFLICT : result;
    char *before = active_version(store);
    const bool same = before && strcmp(before, version) == 0;
    const sv_value values[] = {sv_words("price_book"), name};
    result = same ? SV_DONE : sv_run(store, SV_SQL_META_SET, values, 2, NULL);
    if (result == SV_DONE && !same) result = sv_book_tell(store, before, version, request_id);
    free(before);
    return result;
}

void sv_book_unload(sv_app *app)
{
    sv_reports_forget_book(app, app->book);
    lq_book_destroy(app->book);
    json_decref(app->materials);
    json_decref(app->book_json);
    free(app->book_version);
    app->book = NULL;
    app->materials = app->book_json = NULL;
    app->book_version = NULL;
}

static bool load(sv_app *app, const char *version, const void *bytes, size_t size)
{
    char *text = NULL;
    size_t text_size = 0;
    sv_book_unload(app);
    if (lq_book_read(app->context, bytes, size, &app->book) != LQ_OK) return false;
    if (lq_materials_json(app->context, app->book, &text, &text_size) == LQ_OK)
        app->materials = json_loadb(text, text_size, 0, NULL);
    lq_text_free(app->context, text);
    app->book_json = json_loadb(bytes, size, 0, NULL);
    if (app->materials && app->book_json) app->book_version = sv_copy(version);
    json_t *material;
    size_t index;
    json_array_foreach(json_object_get(app->materials, "materials"), index, material)
        json_object_set_new(material, "object", json_string("material"));
    return app->book_version != NULL;
}

bool sv_book_load(sv_app *app)
{
    sv_rows *rows = sv_open(app->store, SV_SQL_BOOK_ACTIVE, NULL, 0);
    bool good = sv_step(rows) == SV_ROW;
    if (good && (!app->book_version || strcmp(app->book_version, sv_column_text(rows, 0)) != 0)) {
        size_t size;
        const void *bytes = sv_column_blob(rows, 1, &size);
        good = load(app, sv_column_text(rows, 0), bytes, size);
        if (!good) sv_book_unload(app);
    }
    sv_close(rows);
    return good;
}

/* ---- the operator's routes ---- */

static bool is_valid(sv_call *call)
{
    char path[256];
    char *why = sv_book_check(call->app->context, call->body_bytes, call->body_size, path);
    if (!why) return true;
    sv_refuse_field(call, SV_E_price_book_invalid, path, "invalid", why);
    free(why);
    return false;
}

static bool is_named_alike(sv_call *call)
{
    if (strcmp(sv_json_text(call->body, "version"), call->argument[0]) == 0) return true;
    sv_refuse_field(call, SV_E_price_book_invalid, "version", "mismatch", "The version must be that of the path.");
    return false;
}

static json_t *book_view(const sv_call *call, bool active)
{
    return json_pack("{s:s, s:s, s:b, s:s}", "object", "price_book", "version", call->argument[0], "active", active,
                     "currency", sv_json_text(call->body, "currency"));
}

void sv_put_price_book(sv_call *call)
{
    if (!is_named_alike(call) || !is_valid(call)) return;
    sv_stored stored = sv_book_store(call->app->store, call->argument[0], call->body_bytes, call->body_size);
    if (stored == SV_STORED_OTHER)
        sv_refuse(call, SV_E_conflict, NULL, "A price book of this version exists and is another one.");
    else if (stored == SV_STORED_FAILED)
        sv_refuse_store(call, SV_FULL);
    else
        sv_audit(call, "price_book.put", "price_book", call->argument[0], NULL);
    bool active = call->app->book_version && strcmp(call->app->book_version, call->argument[0]) == 0;
    sv_answer(call, stored == SV_STORED_NEW ? 201 : 200, book_view(call, active));
}

void sv_validate_price_book(sv_call *call)
{
    if (is_named_alike(call) && is_valid(call)) sv_answer(call, 200, json_pack("{s:b}", "valid", 1));
}

void sv_activate_price_book(sv_call *call)
{
    sv_result result = sv_book_activate(call->app->store, call->argument[0], call->request_id);
    if (result == SV_CONFLICT) {
        sv_refuse_not_found(call);
        return;
    }
    if (result == SV_DONE && sv_book_load(call->app)) result = sv_products_follow_book(call->app);
    if (result != SV_DONE) sv_refuse_store(call, result);
    sv_audit(call, "price_book.activate", "price_book", call->argument[0], NULL);
    sv_answer(call, 200,
              json_pack("{s:s, s:s, s:b}", "object", "price_book", "version", call->argument[0], "active", 1));
}
