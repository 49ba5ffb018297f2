#include "orders/show.h"

#include <stdio.h>
#include <string.h>

#include "access/include.h"
#include "orders/operator.h"

const char *const sv_order_relations[] = {"items.part", "items.product", "shipments", "events", "quotes", NULL};
const char *const sv_item_relations[] = {"order", "part", "product", NULL};

/* ---- getting and keeping ---- */

static bool take(sv_call *call, sv_scope scope, const char *id, sv_order *order)
{
    sv_result result = sv_order_load(call->app->store, scope, id, order);
    if (result == SV_DONE)
        sv_refuse_not_found(call);
    else if (result != SV_ROW)
        sv_refuse_store(call, result);
    return result == SV_ROW;
}

bool sv_order_take(sv_call *call, const char *id, sv_order *order) { return take(call, call->scope, id, order); }

bool sv_order_take_any(sv_call *call, const char *id, sv_order *order)
{
    char account_id[SV_ID_SIZE];
    *order = (sv_order){.fresh = false};
    if (!sv_operator_find(call, "order", id, account_id)) return false;
    return take(call, (sv_scope){account_id, call->scope.livemode}, id, order);
}

bool sv_order_keep(sv_call *call, sv_order *order)
{
    const bool moved = strcmp(sv_json_text(order->before, "status"), sv_order_status(order)) != 0;
    sv_result result = sv_order_save(call->app->store, order, call->request_id);
    if (result == SV_DONE && moved) sv_metric_label(call->app->shared, SV_ORDERS, sv_order_status(order), 0);
    if (result == SV_DONE) return true;
    sv_refuse_store(call, result);
    return false;
}

/* ---- relations ---- */

/* What is gone, or may not be read, is null. */
static json_t *related(sv_call *call, sv_scope scope, const char *type, const char *id)
{
    sv_object object;
    if (!*id || sv_object_get(call->app->store, scope, type, id, &object) != SV_ROW) return json_null();
    json_t *view = sv_object_view(&object, scope.livemode);
    sv_object_free(&object);
    return view;
}

static bool wants(sv_call *call, const char *relation, const char *scope)
{
    if (!sv_is_included(call, relation)) return false;
    if (!sv_has_scope(call, scope))
        sv_refuse(call, SV_E_insufficient_scope, json_pack("{s:s}", "required", scope), "This key lacks the scope %s.",
                  scope);
    return !sv_refused(call);
}

static void add_to_items(sv_call *call, sv_scope scope, json_t *items, const char *type, const char *member)
{
    json_t *item;
    size_t index;
    json_array_foreach(items, index, item)
        json_object_set_new(item, type, related(call, scope, type, sv_json_text(item, member)));
}

static void add_quotes(sv_call *call, sv_scope scope, json_t *order)
{
    json_t *item, *quotes = json_array(), *seen = json_object();
    size_t index;
    json_array_foreach(json_object_get(order, "items"), index, item)
    {
        const char *id = sv_json_text(item, "quote_id");
        if (json_object_get(seen, id)) continue;
        json_object_set_new(seen, id, json_true());
        json_array_append_new(quotes, related(call, scope, "quote", id));
    }
    json_decref(seen);
    json_object_set_new(order, "quotes", quotes);
}

/* ---- views ---- */

json_t *sv_show_order(sv_call *call, const sv_order *order)
{
    /* What was shown when it was read or saved is still true of it. */
    json_t *view = sv_is_included(call, "items.part") || sv_is_included(call, "items.product")
                       ? sv_order_view(order)
                       : json_copy(order->before);
    json_t *items = json_object_get(view, "items");
    const sv_scope scope = sv_order_scope(order);
    if (wants(call, "items.part", "parts:read")) add_to_items(call, scope, items, "part", "part_id");
    if (wants(call, "items.product", "products:read")) add_to_items(call, scope, items, "product", "product_id");
    if (wants(call, "quotes", "quotes:read")) add_quotes(call, scope, view);
    if (call->route->flags & SV_OPERATOR) json_object_set_new(view, "account_id", json_string(order->account_id));
    return view;
}

json_t *sv_show_object(sv_call *call, const sv_object *object)
{
    const char *owner = sv_json_text(object->body, "account_id"); /* there where every account is listed */
    char account_id[SV_ID_SIZE];
    snprintf(account_id, sizeof account_id, "%s", *owner ? owner : call->account_id);
    sv_order order;
    if (sv_order_load(call->app->store, (sv_scope){account_id, call->scope.livemode}, object->id, &order) != SV_ROW)
        return sv_object_view(object, call->scope.livemode);
    json_t *view = sv_show_order(call, &order);
    sv_order_free(&order);
    return view;
}

json_t *sv_show_item(sv_call *call, const sv_object *object)
{
    json_t *view = sv_object_view(object, call->scope.livemode);
    const sv_scope scope = call->scope;
    if (wants(call, "part", "parts:read"))
        json_object_set_new(view, "part", related(call, scope, "part", sv_json_text(view, "part_id")));
    if (wants(call, "product", "products:read"))
        json_object_set_new(view, "product", related(call, scope, "product", sv_json_text(view, "product_id")));
    sv_order order;
    if (sv_is_included(call, "order") &&
        sv_order_load(call->app->store, scope, sv_json_text(view, "order_id"), &order) == SV_ROW) {
        json_object_set_new(view, "order", sv_order_view(&order));
        sv_order_free(&order);
    }
    return view;
}

void sv_answer_order(sv_call *call, int status, const sv_order *order)
{
    if (call->status) return;
    sv_add_etag(call, order->object.version);
    sv_answer(call, status, sv_show_order(call, order));
}
