#include "products/product.h"

#include <stdlib.h>
#include <string.h>

#include "access/amounts.h"
#include "access/include.h"
#include "events/emit.h"
#include "products/choice.h"
#include "products/cost.h"

sv_product sv_product_new(sv_call *call)
{
    json_t *none = sv_money(0, sv_json_text(call->account, "currency"));
    json_t *body =
        json_pack("{s:n, s:n, s:n, s:[], s:s, s:n, s:s, s:[], s:[], s:{s:b, s:o, s:{}}, s:[], s:[], s:b, s:i, s:{}}",
                  "name", "description", "notes", "tags", "folder", "/", "sku", "status", "draft", "members", "options",
                  "revenue_share", "enabled", 0, "per_unit", none, "by_material", "costs", "attachments",
                  "materials_available", 1, "open_order_count", 0, "metadata");
    return (sv_product){.object = sv_object_new("product", body, NULL)};
}

bool sv_product_open(sv_call *call, bool match_required, sv_product *product)
{
    *product = (sv_product){.before = NULL};
    if (!sv_get(call, "product", call->argument[0], &product->object)) return false;
    product->before = json_deep_copy(product->object.body);
    if (sv_if_match(call, product->object.version, match_required)) return true;
    sv_product_close(product);
    return false;
}

void sv_product_close(sv_product *product)
{
    sv_object_free(&product->object);
    json_decref(product->before);
    product->before = NULL;
}

bool sv_product_is_active(const sv_product *product)
{
    return strcmp(sv_json_text(product->object.body, "status"), "active") == 0;
}

/* ---- what it is made of ---- */

bool sv_product_part(sv_call *call, const char *id, sv_object *part)
{
    sv_result result =
        sv_id_is(id, sv_type_prefix("part")) ? sv_object_get(call->app->store, call->scope, "part", id, part) : SV_DONE;
    if (result == SV_DONE)
        sv_refuse_reference(call, "part_id");
    else if (result != SV_ROW)
        sv_refuse_store(call, result);
    return result == SV_ROW;
}

static void add_reason(json_t *reasons, const json_t *member, const char *code, const char *message)
{
    json_array_append_new(reasons, json_pack("{s:s, s:s, s:s, s:s}", "code", code, "message", message, "member_id",
                                             sv_json_text(member, "id"), "part_id", sv_json_text(member, "part_id")));
}

void sv_member_reasons(sv_call *call, const json_t *member, json_t *reasons)
{
    sv_object part;
    sv_result result = sv_object_get(call->app->store, call->scope, "part", sv_json_text(member, "part_id"), &part);
    if (result != SV_ROW)
        add_reason(reasons, member, "part_deleted", "The part is gone.");
    else if (strcmp(sv_json_text(part.body, "status"), "ready") != 0)
        add_reason(reasons, member, "part_not_ready", "The part is not ready.");
    if (result == SV_ROW) sv_object_free(&part);
    if (!json_is_string(json_object_get(member, "material_id")))
        add_reason(reasons, member, "no_material", "The member has no material.");
}

bool sv_product_may_be_active(sv_call *call, json_t *reasons)
{
    bool good = json_array_size(reasons) == 0;
    if (good)
        json_decref(reasons);
    else
        sv_refuse(call, SV_E_cannot_activate, json_pack("{s:o}", "reasons", reasons),
                  "An active product has members, all parts ready, each with a material.");
    return good;
}

/* ---- saving ---- */

static bool sku_is_free(sv_call *call, const sv_object *object)
{
    if (!*object->unique_key) return true;
    const sv_value values[] = {sv_words(call->account_id), sv_int(call->scope.livemode), sv_words(object->unique_key)};
    sv_rows *rows = sv_open(call->app->store, SV_SQL_PRODUCT_BY_SKU, values, 3);
    bool taken = sv_step(rows) == SV_ROW && strcmp(sv_column_text(rows, 0), object->id) != 0;
    sv_close(rows);
    if (taken) sv_refuse(call, SV_E_sku_taken, NULL, "Another product has this SKU.");
    return !taken;
}

static void number_members(json_t *body)
{
    json_t *member;
    size_t index;
    json_array_foreach(json_object_get(body, "members"), index, member)
        json_object_set_new(member, "position", json_integer((json_int_t)index));
}

bool sv_product_save(sv_call *call, sv_product *product, const char *action, const char *event)
{
    sv_object *object = &product->object;
    const char *sku = json_string_value(json_object_get(object->body, "sku"));
    free(object->unique_key);
    object->unique_key = sv_copy(sku ? sku : "");
    number_members(object->body);
    json_object_set_new(object->body, "materials_available",
                        json_boolean(sv_product_has_materials(call->app, object->body)));
    if (!sku_is_free(call, object)) return false;
    if (!(product->before ? sv_update(call, object) : sv_insert(call, object))) return false;
    json_t *view = sv_product_view(call, object);
    json_t *previous = product->before ? sv_previous(product->before, object->body) : NULL;
    sv_result result = sv_emit(call->app->store, call->scope, call->request_id, event, view, previous);
    if (result != SV_DONE) sv_refuse_store(call, result);
    sv_audit(call, action, "product", object->id, previous ? sv_changes(product->before, object->body) : NULL);
    json_decref(previous);
    json_decref(view);
    return !sv_refused(call);
}

sv_result sv_product_open_orders(sv_store *store, sv_scope scope, const char *product_id, int change)
{
    const sv_value values[] = {sv_words(scope.account_id), sv_int(scope.livemode), sv_words(product_id), sv_int(change),
                               sv_int(sv_now_ms())};
    return sv_run(store, SV_SQL_PRODUCT_OPEN_ORDERS, values, 5, NULL);
}

/* ---- showing ---- */

static void include_parts(sv_call *call, json_t *members)
{
    json_t *member;
    size_t index;
    json_array_foreach(members, index, member)
    {
        sv_object part;
        const char *id = sv_json_text(member, "part_id");
        bool found = sv_object_get(call->app->store, call->scope, "part", id, &part) == SV_ROW;
        json_object_set_new(member, "part", found ? sv_object_view(&part, call->scope.livemode) : json_null());
        if (found) sv_object_free(&part);
    }
}

json_t *sv_product_view(sv_call *call, const sv_object *object)
{
    json_t *view = sv_object_view(object, call->scope.livemode);
    json_object_set_new(view, "materials_available", json_boolean(sv_product_has_materials(call->app, object->body)));
    json_object_set_new(view, "unit_cost", sv_product_unit_cost(call, object->body));
    if (sv_is_included(call, "members.part")) {
        json_t *members = json_deep_copy(json_object_get(object->body, "members"));
        include_parts(call, members);
        json_object_set_new(view, "members", members);
    }
    return view;
}

void sv_product_answer(sv_call *call, int status, const sv_product *product)
{
    sv_add_etag(call, product->object.version);
    sv_answer(call, status, sv_product_view(call, &product->object));
}
