#include "orders/shipping.h"

#include <string.h>

#include "orders/progress.h"
#include "store/accounts.h"

int64_t sv_item_left(const sv_order *order, const sv_order_part *item)
{
    int64_t left = sv_json_integer(item->object.body, "quantity");
    json_t *line;
    size_t index;
    for (size_t i = 0; i < order->shipment_count; i++) {
        json_array_foreach(json_object_get(order->shipments[i].object.body, "items"), index, line)
        {
            if (strcmp(sv_json_text(line, "item_id"), item->object.id) == 0) left -= sv_json_integer(line, "quantity");
        }
    }
    return left;
}

static json_t *all_that_is_left(const sv_order *order)
{
    json_t *lines = json_array();
    for (size_t i = 0; i < order->item_count; i++) {
        int64_t left = sv_item_left(order, &order->items[i]);
        if (left > 0)
            json_array_append_new(
                lines, json_pack("{s:s, s:I}", "item_id", order->items[i].object.id, "quantity", (json_int_t)left));
    }
    return lines;
}

/* Quantities that were named, each item once and not more than is left. */
static json_t *named(sv_call *call, sv_order *order, const json_t *given)
{
    json_t *lines = json_array(), *entry;
    size_t index;
    json_array_foreach(given, index, entry)
    {
        const char *id = json_is_string(entry) ? json_string_value(entry) : sv_json_text(entry, "item_id");
        sv_order_part *item = sv_order_find(order->items, order->item_count, id);
        json_t *amount = json_object_get(entry, "quantity");
        int64_t left = item ? sv_item_left(order, item) : 0, quantity = amount ? json_integer_value(amount) : left;
        for (size_t i = 0; i < json_array_size(lines); i++)
            if (strcmp(sv_json_text(json_array_get(lines, i), "item_id"), id) == 0) quantity = 0;
        if (!item)
            sv_refuse(call, SV_E_not_found, json_pack("{s:s}", "path", "shipment.items"), "There is no such item.");
        else if (quantity < 1 || quantity > left)
            sv_refuse_field(call, SV_E_validation_failed, "shipment.items", "quantity",
                            "An item stands once, with at least one and at most what is left of it.");
        json_array_append_new(lines, json_pack("{s:s, s:I}", "item_id", id, "quantity", (json_int_t)quantity));
    }
    if (!sv_refused(call)) return lines;
    json_decref(lines);
    return NULL;
}

static int64_t sum_of(const json_t *lines)
{
    int64_t sum = 0;
    json_t *line;
    size_t index;
    json_array_foreach(lines, index, line) sum += sv_json_integer(line, "quantity");
    return sum;
}

json_t *sv_shipment_lines(sv_call *call, sv_order *order, const json_t *shipment, const json_t *items, bool whole)
{
    const json_t *given = json_object_get(shipment, "items");
    if (!given) given = items;
    if (!given && !whole) {
        sv_refuse_field(call, SV_E_validation_failed, "shipment.items", "required",
                        "A shipment of a part says what is in it.");
        return NULL;
    }
    json_t *left = all_that_is_left(order), *lines = given ? named(call, order, given) : json_incref(left);
    if (lines && whole != (sum_of(lines) == sum_of(left))) {
        sv_refuse_field(call, SV_E_validation_failed, "shipment.items", "quantity",
                        whole ? "The last shipment holds all that is left." : "This is all that is left: shipped.");
        json_decref(lines);
        lines = NULL;
    }
    json_decref(left);
    return lines;
}

/* What the seller earns with each piece that goes out. */
static bool accrue(sv_call *call, const sv_order *order, const json_t *lines)
{
    int64_t share = 0;
    json_t *line;
    size_t index;
    json_array_foreach(lines, index, line)
    {
        const sv_order_part *item = sv_order_find(order->items, order->item_count, sv_json_text(line, "item_id"));
        share += sv_json_integer(line, "quantity") * sv_json_integer(item->object.private, "share_minor");
    }
    if (!share) return true;
    sv_result result = sv_balance_add(call->app->store, sv_order_scope(order),
                                      sv_json_text(order->object.body, "totals.total.currency"), share);
    if (result != SV_DONE) sv_refuse_store(call, result);
    return result == SV_DONE;
}

bool sv_shipment_make(sv_call *call, sv_order *order, const json_t *shipment, const json_t *lines)
{
    char at[SV_MOMENT_SIZE];
    const char *carrier = sv_json_text(shipment, "carrier");
    if (!*carrier) carrier = sv_json_text(order->object.body, "shipping.carrier");
    sv_moment_print(call->now_ms, at);
    json_t *number = json_object_get(shipment, "tracking_number"), *url = json_object_get(shipment, "tracking_url");
    sv_order_add_shipment(order, json_pack("{s:s, s:s, s:O, s:O, s:s, s:n, s:O}", "status", "shipped", "carrier",
                                           carrier, "tracking_number", number ? number : json_null(), "tracking_url",
                                           url ? url : json_null(), "shipped_at", at, "delivered_at", "items", lines));
    return accrue(call, order, lines);
}

void sv_shipment_arrive(sv_order_part *shipment, int64_t now_ms)
{
    char at[SV_MOMENT_SIZE];
    if (strcmp(sv_json_text(shipment->object.body, "status"), "delivered") == 0) return;
    sv_moment_print(now_ms, at);
    json_object_set_new(shipment->object.body, "status", json_string("delivered"));
    json_object_set_new(shipment->object.body, "delivered_at", json_string(at));
    shipment->changed = true;
}
