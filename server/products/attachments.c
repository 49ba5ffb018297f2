/* Pictures of a product and instructions to put it together: blobs that the product's document names. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "access/form.h"
#include "access/send_file.h"
#include "parts/fields.h"
#include "products/attachments.h"
#include "products/products.h"
#include "store/blobs.h"

#define ATTACHMENTS_MAX 20

/* Told by content, never by name. */
static const struct {
    const char *begin;
    size_t size;
    const char *type, *kind;
    size_t most;
} types[] = {{"\x89PNG\r\n\x1a\n", 8, "image/png", "image", (size_t)10 << 20},
             {"\xff\xd8\xff", 3, "image/jpeg", "image", (size_t)10 << 20},
             {"%PDF-", 5, "application/pdf", "instructions", (size_t)20 << 20}};
#define TYPE_COUNT (sizeof types / sizeof types[0])

/* From prepare to the handler. */
typedef struct received {
    size_t type; /* of types */
    bool is_default, has_default;
    char name[SV_MULTIPART_NAME_MAX + 1], sha256[SV_SHA256_HEX_SIZE];
    size_t size;
} received;

/* ---- before the transaction ---- */

static bool take_metadata(sv_call *call, const sv_multipart_part *part, received *r)
{
    static const char *const names[] = {"kind", "default", NULL};
    const char *kind = types[r->type].kind;
    json_t *metadata = part ? sv_form_object(call, part) : json_object();
    bool good = metadata && sv_known_fields(call, metadata, "", names) &&
                sv_take_text(call, metadata, "kind", 1, 40, false, &kind) &&
                sv_take_bool(call, metadata, "default", &r->is_default);
    if (good && strcmp(kind, "image") != 0 && strcmp(kind, "instructions") != 0) {
        sv_refuse_field(call, SV_E_validation_failed, "kind", "unknown", "image or instructions is expected.");
    } else if (good && strcmp(kind, types[r->type].kind) != 0) {
        sv_refuse(call, SV_E_unsupported_media_type, NULL, "An image is PNG or JPEG, instructions are PDF.");
    }
    r->has_default = json_object_get(metadata, "default") != NULL;
    json_decref(metadata);
    return !sv_refused(call);
}

static bool take_type(sv_call *call, const sv_multipart_part *file, received *r)
{
    for (r->type = 0; r->type < TYPE_COUNT; r->type++) {
        const size_t size = types[r->type].size;
        if (file->size >= size && memcmp(file->bytes, types[r->type].begin, size) == 0) break;
    }
    if (r->type == TYPE_COUNT)
        sv_refuse(call, SV_E_unsupported_media_type, NULL, "PNG, JPEG and PDF can be attached.");
    else if (file->size > types[r->type].most)
        sv_refuse(call, SV_E_file_too_large, json_pack("{s:I}", "limit", (json_int_t)types[r->type].most),
                  "The file is larger than %zu bytes.", types[r->type].most);
    return !sv_refused(call);
}

static void keep(sv_call *call, const sv_multipart_part *part, received *r)
{
    uint8_t sha256[SV_SHA256_SIZE];
    sv_text path = {0};
    sv_text_format(&path, "%s.file", call->upload_path);
    sv_sha256(part->bytes, part->size, sha256);
    sv_hex(sha256, sizeof sha256, r->sha256);
    char *name = sv_part_file_name(part->filename);
    snprintf(r->name, sizeof r->name, "%s", name);
    free(name);
    r->size = part->size;
    FILE *file = fopen(path.data, "wbx");
    bool good = file && fwrite(part->bytes, 1, part->size, file) == part->size;
    if (file && fclose(file) != 0) good = false;
    sv_result result = good ? sv_blob_put(call->app->config, path.data, sha256) : SV_FULL;
    if (result != SV_DONE) sv_refuse_store(call, result);
    unlink(path.data);
    sv_text_free(&path);
}

void sv_receive_attachment(sv_call *call)
{
    sv_form form = {.count = 0};
    const sv_multipart_part *file = NULL, *metadata = NULL;
    received *r = sv_alloc(1, sizeof *r);
    call->prepared = r;
    call->free_prepared = free;
    if (!call->upload_path) {
        sv_refuse(call, SV_E_unsupported_media_type, NULL, "A form with a file is expected.");
    } else if (sv_form_open(call, &form) && sv_form_part(call, &form, "file", &file) &&
               sv_form_part(call, &form, "metadata", &metadata)) {
        if (!file || form.count != 1 + (metadata != NULL))
            sv_refuse(call, SV_E_bad_multipart, NULL, "The form has a file, and may have metadata.");
        else if (take_type(call, file, r) && take_metadata(call, metadata, r) &&
                 sv_plan_has_storage(call, (int64_t)file->size))
            keep(call, file, r);
    }
    sv_form_close(&form);
}

/* ---- the document ---- */

static json_t *list_of(const sv_object *product) { return json_object_get(product->body, "attachments"); }

static bool is_kind(const json_t *attachment, const char *kind)
{
    return strcmp(sv_json_text(attachment, "kind"), kind) == 0;
}

/* One of each kind is the default, if there is any; the first, where none was chosen. chosen: NULL for none. */
static void settle_default(json_t *list, const char *kind, const json_t *chosen)
{
    json_t *item, *first = NULL;
    size_t index;
    json_array_foreach(list, index, item)
    {
        if (!is_kind(item, kind)) continue;
        if (chosen) json_object_set_new(item, "default", json_boolean(item == chosen));
        if (sv_json_true(item, "default")) return;
        if (!first) first = item;
    }
    if (first && !chosen) json_object_set_new(first, "default", json_true());
}

/* The row that says that the blob is needed. */
static json_t *make_file(sv_call *call, const sv_object *product, const received *r)
{
    char now[SV_MOMENT_SIZE];
    sv_moment_print(call->now_ms, now);
    json_t *file = json_pack("{s:s, s:I, s:s, s:s, s:s}", "name", r->name, "size", (json_int_t)r->size, "sha256",
                             r->sha256, "content_type", types[r->type].type, "uploaded_at", now);
    sv_object row = sv_object_new("file", json_copy(file), NULL);
    json_object_set_new(row.body, "product_id", json_string(product->id));
    bool good = sv_insert(call, &row);
    json_object_set_new(file, "id", json_string(row.id));
    sv_object_free(&row);
    if (good) return file;
    json_decref(file);
    return NULL;
}

void sv_add_attachment(sv_call *call)
{
    const received *r = call->prepared;
    sv_product product;
    char id[SV_ID_SIZE];
    sv_id_make("att", id);
    if (!sv_product_open(call, false, &product)) return;
    json_t *list = list_of(&product.object), *file = NULL;
    if (json_array_size(list) >= ATTACHMENTS_MAX)
        sv_refuse(call, SV_E_conflict, NULL, "A product has at most %d attachments.", ATTACHMENTS_MAX);
    else
        file = make_file(call, &product.object, r);
    if (file) {
        json_t *made = json_pack("{s:s, s:s, s:o, s:b}", "id", id, "kind", types[r->type].kind, "file", file, "default",
                                 (int)r->is_default);
        json_array_append_new(list, made);
        if (r->is_default || !r->has_default) settle_default(list, types[r->type].kind, r->is_default ? made : NULL);
        if (sv_product_save(call, &product, "product.update", "product.updated")) {
            sv_add_etag(call, product.object.version);
            sv_answer(call, 201, json_deep_copy(made));
        }
    }
    sv_product_close(&product);
}

/* The attachment that the path names; false: refused. */
static bool find(sv_call *call, const sv_object *product, size_t *index)
{
    json_t *list = list_of(product);
    for (*index = 0; *index < json_array_size(list); (*index)++)
        if (strcmp(sv_json_text(json_array_get(list, *index), "id"), call->argument[1]) == 0) return true;
    sv_refuse_not_found(call);
    return false;
}

void sv_read_attachment(sv_call *call)
{
    sv_object product;
    size_t index;
    if (!sv_get(call, "product", call->argument[0], &product)) return;
    if (find(call, &product, &index)) {
        const json_t *file = json_object_get(json_array_get(list_of(&product), index), "file");
        sv_sent_file sent = {.sha256 = sv_json_text(file, "sha256"), .name = sv_json_text(file, "name")};
        for (size_t i = 0; i < TYPE_COUNT; i++)
            if (strcmp(types[i].type, sv_json_text(file, "content_type")) == 0) sent.type = types[i].type;
        sent.file = sv_blob_open(call->app->config, sent.sha256, &sent.size);
        if (sent.file >= 0)
            sv_answer_file(call, &sent);
        else
            sv_refuse_store(call, SV_BROKEN);
    }
    sv_object_free(&product);
}

static void drop_file(sv_call *call, const json_t *attachment)
{
    sv_object row;
    if (sv_object_get(call->app->store, call->scope, "file", sv_json_text(attachment, "file.id"), &row) != SV_ROW)
        return;
    sv_delete(call, &row);
    sv_object_free(&row);
}

void sv_attachments_drop(sv_call *call, const sv_object *product)
{
    json_t *item;
    size_t index;
    json_array_foreach(list_of(product), index, item) drop_file(call, item);
}

void sv_remove_attachment(sv_call *call)
{
    sv_product product;
    size_t index;
    if (!sv_product_open(call, false, &product)) return;
    if (find(call, &product.object, &index)) {
        json_t *list = list_of(&product.object), *gone = json_incref(json_array_get(list, index));
        json_array_remove(list, index);
        if (sv_json_true(gone, "default")) settle_default(list, sv_json_text(gone, "kind"), NULL);
        drop_file(call, gone);
        if (!sv_refused(call) && sv_product_save(call, &product, "product.update", "product.updated"))
            sv_answer(call, 204, NULL);
        json_decref(gone);
    }
    sv_product_close(&product);
}
