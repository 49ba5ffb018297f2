/* A price book that is activated is told to every account, in both modes, with the materials that it changes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/price_books.h"
#include "events/emit.h"

typedef struct change {
    const char *type;
    json_t *object, *previous;
} change;

typedef struct changes {
    change *list;
    size_t count;
} changes;

/* As clients see them; NULL: the book is not there or cannot be read. */
static json_t *materials_of(sv_store *store, const char *version)
{
    lq_context *context = NULL;
    lq_book *book = NULL;
    char *text = NULL;
    size_t size = 0;
    json_t *document = NULL, *materials;
    const sv_value name = sv_words(version);
    sv_rows *rows = sv_open(store, SV_SQL_BOOK_GET, &name, 1);
    const void *bytes = sv_step(rows) == SV_ROW ? sv_column_blob(rows, 0, &size) : NULL;
    if (bytes && lq_context_create(NULL, &context) == LQ_OK && lq_book_read(context, bytes, size, &book) == LQ_OK &&
        lq_materials_json(context, book, &text, &size) == LQ_OK)
        document = json_loadb(text, size, 0, NULL);
    sv_close(rows);
    if (text) lq_text_free(context, text);
    lq_book_destroy(book);
    lq_context_destroy(context);
    materials = json_incref(json_object_get(document, "materials"));
    json_decref(document);
    return materials;
}

static json_t *find(json_t *materials, const char *id)
{
    json_t *material;
    size_t index;
    json_array_foreach(materials, index, material) if (strcmp(sv_json_text(material, "id"), id) == 0) return material;
    return NULL;
}

static bool is_made(const json_t *material) { return strcmp(sv_json_text(material, "status"), "discontinued") != 0; }

static void add(changes *all, const char *type, const json_t *object, const json_t *before)
{
    change made = {type, json_deep_copy(object), sv_previous(before, object)};
    json_object_set_new(made.object, "object", json_string("material"));
    all->list = sv_grow(all->list, all->count + 1, sizeof *all->list);
    all->list[all->count++] = made;
}

/* One that is no longer in the book is discontinued, as one that says so. */
static void compare(json_t *before, json_t *after, changes *all)
{
    json_t *old;
    size_t index;
    json_array_foreach(before, index, old)
    {
        json_t *now = find(after, sv_json_text(old, "id")), *gone = json_copy(old);
        json_object_set_new(gone, "status", json_string("discontinued"));
        if (is_made(old) && (!now || !is_made(now)))
            add(all, "material.discontinued", now ? now : gone, old);
        else if (now && !json_equal(old, now))
            add(all, "material.updated", now, old);
        json_decref(gone);
    }
}

static sv_result tell(sv_store *store, sv_scope scope, const char *request_id, const json_t *book, const changes *all)
{
    sv_result result = sv_emit(store, scope, request_id, "price_book.activated", book, NULL);
    for (size_t i = 0; i < all->count && result == SV_DONE; i++)
        result = sv_emit(store, scope, request_id, all->list[i].type, all->list[i].object, all->list[i].previous);
    return result;
}

sv_result sv_book_tell(sv_store *store, const char *before, const char *version, const char *request_id)
{
    json_t *book = json_pack("{s:s, s:s, s:b}", "object", "price_book", "version", version, "active", 1);
    json_t *old = before ? materials_of(store, before) : NULL, *now = old ? materials_of(store, version) : NULL;
    changes all = {NULL, 0};
    if (now) compare(old, now, &all);
    sv_rows *rows = sv_open(store, SV_SQL_ACCOUNT_IDS, NULL, 0);
    sv_result result = SV_DONE, step;
    while (result == SV_DONE && (step = sv_step(rows)) == SV_ROW) {
        char account_id[SV_ID_SIZE];
        snprintf(account_id, sizeof account_id, "%s", sv_column_text(rows, 0));
        result = tell(store, (sv_scope){account_id, false}, request_id, book, &all);
        if (result == SV_DONE) result = tell(store, (sv_scope){account_id, true}, request_id, book, &all);
    }
    sv_close(rows);
    for (size_t i = 0; i < all.count; i++) json_decref(all.list[i].object), json_decref(all.list[i].previous);
    free(all.list);
    json_decref(book);
    json_decref(old);
    json_decref(now);
    return result;
}
