#include "orders/order.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/moment.h"
#include "base/text.h"
#include "events/emit.h"
#include "orders/machine.h"
#include "products/product.h"

sv_scope sv_order_scope(const sv_order *order) { return (sv_scope){order->account_id, order->livemode}; }

const char *sv_order_status(const sv_order *order) { return sv_json_text(order->object.body, "status"); }

sv_order sv_order_new(sv_scope scope, json_t *body)
{
    sv_order order = {.livemode = scope.livemode, .fresh = true};
    snprintf(order.account_id, sizeof order.account_id, "%s", scope.account_id);
    order.object = sv_object_new("order", body, json_pack("{s:[], s:[]}", "items", "shipments"));
    return order;
}

static void free_parts(sv_order_part *parts, size_t count)
{
    for (size_t i = 0; i < count; i++) sv_object_free(&parts[i].object);
    free(parts);
}

void sv_order_free(sv_order *order)
{
    free_parts(order->items, order->item_count);
    free_parts(order->shipments, order->shipment_count);
    sv_object_free(&order->object);
    json_decref(order->before);
    *order = (sv_order){.fresh = false};
}

/* ---- reading ---- */

static sv_result load_parts(sv_store *store, sv_scope scope, const char *type, const json_t *ids, sv_order_part **parts,
                            size_t *count)
{
    json_t *id;
    size_t index;
    *parts = sv_alloc(json_array_size(ids) + 1, sizeof **parts);
    json_array_foreach(ids, index, id)
    {
        sv_order_part *part = &(*parts)[*count];
        *part = (sv_order_part){.fresh = false};
        sv_result result = sv_object_get(store, scope, type, json_string_value(id), &part->object);
        if (result != SV_ROW) return result == SV_DONE ? SV_BROKEN : result;
        ++*count;
    }
    return SV_ROW;
}

sv_result sv_order_complete(sv_store *store, sv_scope scope, sv_object *object, sv_order *order)
{
    *order = (sv_order){.object = *object, .livemode = scope.livemode};
    snprintf(order->account_id, sizeof order->account_id, "%s", scope.account_id);
    *object = (sv_object){.ref = NULL};
    const json_t *private = order->object.private;
    sv_result result = load_parts(store, sv_order_scope(order), "order_item", json_object_get(private, "items"),
                                  &order->items, &order->item_count);
    if (result == SV_ROW)
        result = load_parts(store, sv_order_scope(order), "shipment", json_object_get(private, "shipments"),
                            &order->shipments, &order->shipment_count);
    if (result == SV_ROW)
        order->before = sv_order_view(order);
    else
        sv_order_free(order);
    return result;
}

sv_result sv_order_load(sv_store *store, sv_scope scope, const char *id, sv_order *order)
{
    sv_object object;
    *order = (sv_order){.fresh = false};
    sv_result result = sv_object_get(store, scope, "order", id, &object);
    return result == SV_ROW ? sv_order_complete(store, scope, &object, order) : result;
}

/* ---- changing ---- */

static sv_order_part *add_part(sv_order *order, sv_order_part **parts, size_t *count, const char *list,
                               sv_object object)
{
    *parts = sv_grow(*parts, *count + 1, sizeof **parts);
    sv_order_part *part = &(*parts)[(*count)++];
    *part = (sv_order_part){.object = object, .fresh = true};
    json_object_set_new(part->object.body, "order_id", json_string(order->object.id));
    json_array_append_new(json_object_get(order->object.private, list), json_string(part->object.id));
    return part;
}

sv_order_part *sv_order_add_item(sv_order *order, json_t *body, json_t *private)
{
    return add_part(order, &order->items, &order->item_count, "items", sv_object_new("order_item", body, private));
}

sv_order_part *sv_order_add_shipment(sv_order *order, json_t *body)
{
    return add_part(order, &order->shipments, &order->shipment_count, "shipments",
                    sv_object_new("shipment", body, NULL));
}

void sv_order_note(sv_order *order, const char *name, const char *actor, const char *note, int64_t now_ms)
{
    char at[SV_MOMENT_SIZE];
    sv_moment_print(now_ms, at);
    json_array_append_new(json_object_get(order->object.body, "events"),
                          json_pack("{s:s, s:s, s:s, s:s?}", "name", name, "at", at, "actor", actor, "note", note));
}

void sv_order_announce(sv_order *order, const char *name)
{
    if (order->tell_count < SV_ORDER_TELLS_MAX) order->tells[order->tell_count++] = name;
}

void sv_order_tell(sv_order *order, const char *name, const char *actor, const char *note, int64_t now_ms)
{
    sv_order_note(order, name, actor, note, now_ms);
    sv_order_announce(order, name);
}

/* ---- showing ---- */

static json_t *view_parts(const sv_order_part *parts, size_t count, bool livemode)
{
    json_t *views = json_array();
    for (size_t i = 0; i < count; i++) json_array_append_new(views, sv_object_view(&parts[i].object, livemode));
    return views;
}

json_t *sv_order_view(const sv_order *order)
{
    json_t *view = json_deep_copy(order->object.body), *common = sv_object_view(&order->object, order->livemode);
    json_object_update_missing(view, common);
    json_decref(common);
    json_object_set_new(view, "items", view_parts(order->items, order->item_count, order->livemode));
    json_object_set_new(view, "shipments", view_parts(order->shipments, order->shipment_count, order->livemode));
    return view;
}

/* ---- writing ---- */

static sv_result save_parts(sv_store *store, const sv_order *order, sv_order_part *parts, size_t count)
{
    sv_result result = SV_DONE;
    for (size_t i = 0; i < count && result == SV_DONE; i++) {
        if (parts[i].fresh)
            result = sv_object_insert(store, sv_order_scope(order), &parts[i].object);
        else if (parts[i].changed)
            result = sv_object_update(store, sv_order_scope(order), &parts[i].object);
    }
    return result;
}

static sv_result emit_shipments(sv_store *store, sv_order *order, const char *request_id)
{
    sv_result result = SV_DONE;
    for (size_t i = 0; i < order->shipment_count && result == SV_DONE; i++) {
        sv_order_part *part = &order->shipments[i];
        if (!part->fresh && !part->changed) continue;
        json_t *view = sv_object_view(&part->object, order->livemode);
        json_t *was = json_array_get(json_object_get(order->before, "shipments"), i);
        json_t *previous = was && !part->fresh ? sv_previous(was, view) : NULL;
        result = sv_emit(store, sv_order_scope(order), request_id,
                         part->fresh ? "shipment.created" : "shipment.updated", view, previous);
        json_decref(previous);
        json_decref(view);
    }
    return result;
}

/* Products know how many orders of them are not over. */
static sv_result count_products(sv_store *store, const sv_order *order)
{
    const bool was_open = order->before && !sv_status_is_final(sv_json_text(order->before, "status"));
    const int change = (int)!sv_status_is_final(sv_order_status(order)) - (int)was_open;
    sv_result result = SV_DONE;
    for (size_t i = 0; change && i < order->item_count && result == SV_DONE; i++) {
        const char *id = sv_json_text(order->items[i].object.body, "product_id");
        bool seen = !*id;
        for (size_t k = 0; k < i; k++)
            seen = seen || strcmp(sv_json_text(order->items[k].object.body, "product_id"), id) == 0;
        if (!seen) result = sv_product_open_orders(store, sv_order_scope(order), id, change);
    }
    return result;
}

/* What summaries count and sweeps look for. */
static sv_result note_state(sv_store *store, const sv_order *order)
{
    if (order->before && strcmp(sv_json_text(order->before, "status"), sv_order_status(order)) == 0) return SV_DONE;
    const sv_value values[] = {sv_words(order->object.id), sv_words(order->account_id), sv_int(order->livemode),
                               sv_words(sv_order_status(order)), sv_int(order->object.created_ms)};
    return sv_run(store, SV_SQL_ORDER_STATE, values, 5, NULL);
}

static void settle(sv_order_part *parts, size_t count)
{
    for (size_t i = 0; i < count; i++) parts[i].fresh = parts[i].changed = false;
}

sv_result sv_order_save(sv_store *store, sv_order *order, const char *request_id)
{
    sv_scope scope = sv_order_scope(order);
    sv_result result =
        order->fresh ? sv_object_insert(store, scope, &order->object) : sv_object_update(store, scope, &order->object);
    if (result == SV_DONE) result = save_parts(store, order, order->items, order->item_count);
    if (result == SV_DONE) result = save_parts(store, order, order->shipments, order->shipment_count);
    if (result == SV_DONE) result = note_state(store, order);
    if (result == SV_DONE) result = count_products(store, order);
    if (result != SV_DONE) return result;
    json_t *view = sv_order_view(order), *previous = order->before ? sv_previous(order->before, view) : NULL;
    for (size_t i = 0; i < order->tell_count && result == SV_DONE; i++)
        result = sv_emit(store, scope, request_id, order->tells[i], view, previous);
    if (result == SV_DONE) result = emit_shipments(store, order, request_id);
    json_decref(previous);
    json_decref(order->before);
    order->before = view;
    order->fresh = false;
    order->tell_count = 0;
    settle(order->items, order->item_count);
    settle(order->shipments, order->shipment_count);
    return result;
}
