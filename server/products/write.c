#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access/list.h"
#include "events/emit.h"
#include "products/attachments.h"
#include "products/fields.h"
#include "products/member.h"
#include "products/products.h"

#define BATCH_MAX 100

static bool has_name(sv_call *call, const sv_product *product)
{
    if (json_is_string(json_object_get(product->object.body, "name"))) return true;
    sv_refuse_field(call, SV_E_validation_failed, "name", "required", "This field is needed.");
    return false;
}

/* "revenue_share" of a new product. */
static bool take_share(sv_call *call, json_t *given, sv_product *product)
{
    json_t *share = json_object_get(given, "revenue_share");
    if (!share) return true;
    call->within = "revenue_share";
    bool good = sv_share_take(call, share, product);
    call->within = NULL;
    return good;
}

void sv_make_product(sv_call *call)
{
    static const char *const names[] = {"name",    "description", "notes",         "tags", "folder",   "sku", "status",
                                        "members", "options",     "revenue_share", "ref",  "metadata", NULL};
    sv_product product = sv_product_new(call);
    if (sv_known_fields(call, call->body, "", names) && sv_fields_take(call, call->body, &product.object) &&
        has_name(call, &product) && take_share(call, call->body, &product) &&
        sv_members_take(call, call->body, &product) && sv_options_take(call, call->body, &product) &&
        sv_status_take(call, call->body, &product) &&
        sv_product_save(call, &product, "product.create", "product.created")) {
        sv_text_format(&call->headers, "Location: /api/v1/products/%s\r\n", product.object.id);
        sv_product_answer(call, 201, &product);
    }
    sv_product_close(&product);
}

/* ---- one product of each part ---- */

/* Its name is the part's where none is given. */
static bool make_from_part(sv_call *call, json_t *item, json_t *made)
{
    static const char *const names[] = {"part_id", "name", "sku", NULL};
    sv_product product = sv_product_new(call);
    json_t *member = sv_member_new(), *of_part = json_object();
    sv_object part = {.body = NULL};
    json_t *id = json_object_get(item, "part_id");
    if (!json_is_object(item)) sv_refuse_field(call, SV_E_invalid_request, "", "wrong_type", "An object is expected.");
    if (id) json_object_set(of_part, "part_id", id);
    bool good = !sv_refused(call) && sv_known_fields(call, item, call->within, names) &&
                sv_fields_take(call, item, &product.object) && sv_member_read(call, of_part, member, SV_MEMBER_NEW) &&
                sv_product_part(call, json_string_value(id), &part);
    if (good) {
        json_array_append(json_object_get(product.object.body, "members"), member);
        if (!json_object_get(item, "name"))
            json_object_set_new(product.object.body, "name", json_string(sv_json_text(part.body, "name")));
        good = sv_product_save(call, &product, "product.create", "product.created");
        json_array_append_new(made, sv_product_view(call, &product.object));
    }
    sv_object_free(&part);
    json_decref(member);
    json_decref(of_part);
    sv_product_close(&product);
    return good;
}

/* The array of 1 to 100 that a batch names; NULL: refused. */
static json_t *take_batch(sv_call *call, const char *name)
{
    json_t *items = json_object_get(call->body, name);
    if (items && !json_is_array(items)) {
        sv_refuse_field(call, SV_E_invalid_request, name, "wrong_type", "An array is expected.");
        return NULL;
    }
    if (json_array_size(items) >= 1 && json_array_size(items) <= BATCH_MAX) return items;
    sv_refuse_field(call, SV_E_validation_failed, name, "count", "1 to 100 items are expected.");
    return NULL;
}

void sv_make_products_from_parts(sv_call *call)
{
    static const char *const names[] = {"items", NULL};
    json_t *item, *items, *made = json_array();
    size_t index;
    char path[40];
    bool good = sv_known_fields(call, call->body, "", names) && (items = take_batch(call, "items"));
    if (good) {
        json_array_foreach(items, index, item)
        {
            snprintf(path, sizeof path, "items[%zu]", index);
            call->within = path;
            good = make_from_part(call, item, made);
            call->within = NULL;
            if (!good) break;
        }
    }
    if (good)
        sv_answer(call, 201,
                  json_pack("{s:s, s:o, s:b, s:n}", "object", "list", "data", made, "has_more", 0, "next_cursor"));
    else
        json_decref(made);
}

/* ---- changes ---- */

void sv_change_product(sv_call *call)
{
    static const char *const names[] = {"name",   "description", "notes", "tags",     "folder", "sku",
                                        "status", "options",     "ref",   "metadata", NULL};
    sv_product product;
    sv_object checked = {.body = json_object()};
    bool good = sv_known_fields(call, call->body, "", names) && sv_fields_take(call, call->body, &checked);
    sv_object_free(&checked);
    if (!good || !sv_product_open(call, false, &product)) return;
    if (sv_fields_take(call, call->body, &product.object) && sv_options_take(call, call->body, &product) &&
        sv_status_take(call, call->body, &product) &&
        sv_product_save(call, &product, "product.update", "product.updated"))
        sv_product_answer(call, 200, &product);
    sv_product_close(&product);
}

static bool is_ordered(const sv_object *object) { return sv_json_integer(object->body, "open_order_count") > 0; }

static bool delete_one(sv_call *call, const sv_object *object)
{
    json_t *view = sv_product_view(call, object);
    bool good = sv_delete(call, object);
    if (good) {
        sv_attachments_drop(call, object);
        sv_result result = sv_emit(call->app->store, call->scope, call->request_id, "product.deleted", view, NULL);
        if (result != SV_DONE) sv_refuse_store(call, result);
        sv_audit(call, "product.delete", "product", object->id, NULL);
    }
    json_decref(view);
    return good;
}

void sv_delete_product(sv_call *call)
{
    sv_product product;
    if (!sv_product_open(call, false, &product)) return;
    if (is_ordered(&product.object))
        sv_refuse(call, SV_E_resource_in_use,
                  json_pack("{s:I}", "open_order_count",
                            (json_int_t)sv_json_integer(product.object.body, "open_order_count")),
                  "The product is in an open order.");
    else if (delete_one(call, &product.object))
        sv_answer(call, 204, NULL);
    sv_product_close(&product);
}

static json_t *failure(const char *id, sv_error error, const char *message)
{
    return json_pack("{s:s, s:{s:s, s:s}}", "id", id, "error", "code", sv_error_code(error), "message", message);
}

void sv_delete_products(sv_call *call)
{
    static const char *const names[] = {"ids", NULL};
    json_t *ids = NULL, *item, *succeeded = json_array(), *failed = json_array();
    size_t index;
    if (sv_known_fields(call, call->body, "", names) && take_batch(call, "ids") &&
        sv_take_texts(call, call->body, "ids", BATCH_MAX, 300, &ids)) {
        json_array_foreach(ids, index, item)
        {
            sv_object object;
            const char *id = json_string_value(item);
            sv_result found = sv_id_is(id, sv_type_prefix("product"))
                                  ? sv_object_get(call->app->store, call->scope, "product", id, &object)
                                  : SV_DONE;
            if (found != SV_ROW)
                json_array_append_new(failed, failure(id, SV_E_not_found, "There is no such object."));
            else if (is_ordered(&object))
                json_array_append_new(failed, failure(id, SV_E_resource_in_use, "The product is in an open order."));
            else if (delete_one(call, &object))
                json_array_append(succeeded, item);
            if (found == SV_ROW) sv_object_free(&object);
        }
        sv_answer(call, 200, json_pack("{s:O, s:O}", "succeeded", succeeded, "failed", failed));
    }
    json_decref(succeeded);
    json_decref(failed);
}
