#include "orders/progress.h"

#include <stdlib.h>
#include <string.h>

#include "orders/payment.h"
#include "orders/shipping.h"

sv_order_part *sv_order_find(sv_order_part *parts, size_t count, const char *id)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(parts[i].object.id, id) == 0) return &parts[i];
    return NULL;
}

void sv_refuse_move(sv_call *call, const char *from, const char *to, const char *why)
{
    sv_refuse(call, SV_E_illegal_transition, json_pack("{s:s, s:s}", "from", from, "to", to), "%s", why);
}

static void set_status(sv_order *order, const char *status)
{
    json_object_set_new(order->object.body, "status", json_string(status));
}

static void set_item_status(sv_order_part *item, const char *status)
{
    json_object_set_new(item->object.body, "status", json_string(status));
    item->changed = true;
}

static void set_item_statuses(sv_order *order, const char *status)
{
    for (size_t i = 0; i < order->item_count; i++) set_item_status(&order->items[i], status);
}

/* ---- which items a word is about ---- */

static const char *id_of(const json_t *entry)
{
    return json_is_string(entry) ? json_string_value(entry) : sv_json_text(entry, "item_id");
}

static bool check_items(sv_call *call, sv_order *order, const json_t *items)
{
    json_t *entry;
    size_t index;
    json_array_foreach(items, index, entry)
    {
        if (sv_order_find(order->items, order->item_count, id_of(entry))) continue;
        sv_refuse(call, SV_E_not_found, json_pack("{s:s}", "path", "items"), "There is no such item.");
        return false;
    }
    return true;
}

static bool is_meant(const sv_order_part *item, const json_t *items)
{
    json_t *entry;
    size_t index;
    bool meant = items == NULL;
    json_array_foreach(items, index, entry) meant |= strcmp(id_of(entry), item->object.id) == 0;
    return meant;
}

/* ---- quality ---- */

static const char *qa_of(const sv_order_part *item) { return sv_json_text(item->object.body, "qa.result"); }

static void set_qa(sv_order *order, const json_t *items, const json_t *qa, const char *result)
{
    for (size_t i = 0; i < order->item_count; i++) {
        if (!is_meant(&order->items[i], items)) continue;
        json_t *comment = json_object_get(qa, "comment"), *picture = json_object_get(qa, "picture_url");
        json_object_set_new(order->items[i].object.body, "qa",
                            json_pack("{s:s, s:O, s:O}", "result", result, "comment", comment ? comment : json_null(),
                                      "picture_url", picture ? picture : json_null()));
        order->items[i].changed = true;
    }
}

/* Nothing is shipped that was not found good. */
static bool is_good(const sv_order *order, const json_t *lines)
{
    bool good = true;
    json_t *line;
    size_t index;
    json_array_foreach(lines, index, line)
    {
        const sv_order_part *item = sv_order_find(order->items, order->item_count, sv_json_text(line, "item_id"));
        good = good && item && strcmp(qa_of(item), "passed") == 0;
    }
    return good;
}

/* ---- the moves ---- */

static bool reject(sv_call *call, sv_order *order, const sv_progress *p)
{
    if (!json_array_size(p->rejections)) {
        sv_refuse_field(call, SV_E_validation_failed, "rejections", "required", "A rejection says why.");
        return false;
    }
    for (size_t i = 0; i < order->item_count; i++) {
        if (!is_meant(&order->items[i], p->items)) continue;
        json_object_set(order->items[i].object.body, "rejections", (json_t *)(uintptr_t)p->rejections);
    }
    set_item_statuses(order, p->to);
    sv_payment_void(order);
    return true;
}

static bool produce(sv_call *call, sv_order *order, const sv_progress *p)
{
    if (strcmp(sv_order_status(order), "quality_check") == 0) {
        if (strcmp(sv_json_text(p->qa, "result"), "passed") == 0) {
            sv_refuse_move(call, "quality_check", p->to, "What passed is not made again.");
            return false;
        }
        set_qa(order, p->items, p->qa, "failed");
    }
    set_item_statuses(order, p->to);
    return true;
}

static bool examine(sv_order *order, const sv_progress *p)
{
    set_qa(order, NULL, NULL, "pending");
    if (p->qa) set_qa(order, p->items, p->qa, sv_json_text(p->qa, "result"));
    set_item_statuses(order, p->to);
    return true;
}

static void add_shipped(sv_order *order, const json_t *lines)
{
    json_t *line;
    size_t index;
    json_array_foreach(lines, index, line)
    {
        sv_order_part *item = sv_order_find(order->items, order->item_count, sv_json_text(line, "item_id"));
        set_item_status(item, sv_item_left(order, item) ? "partially_shipped" : "shipped");
    }
}

static bool ship(sv_call *call, sv_order *order, const sv_progress *p)
{
    const char *from = sv_order_status(order);
    const bool whole = strcmp(p->to, "shipped") == 0, first = strcmp(from, "quality_check") == 0;
    json_t *lines = sv_shipment_lines(call, order, p->shipment, whole ? NULL : p->items, whole);
    if (!lines) return false;
    const bool failed = strcmp(sv_json_text(p->qa, "result"), "failed") == 0;
    const bool passes = strcmp(sv_json_text(p->qa, "result"), "passed") == 0;
    if (passes) set_qa(order, p->items, p->qa, "passed");
    const bool good = !failed && is_good(order, lines);
    if (!good) sv_refuse_move(call, from, p->to, "Only what has passed quality control is shipped.");
    if (good && (first || passes)) sv_order_tell(order, "order.qa_passed", p->actor, NULL, call->now_ms);
    const bool shipped = good && sv_shipment_make(call, order, p->shipment, lines);
    if (shipped) add_shipped(order, lines);
    json_decref(lines);
    return shipped;
}

void sv_order_arrive(sv_order *order, int64_t now_ms)
{
    for (size_t i = 0; i < order->shipment_count; i++) sv_shipment_arrive(&order->shipments[i], now_ms);
    set_item_statuses(order, "delivered");
    set_status(order, "delivered");
}

static bool apply(sv_call *call, sv_order *order, const sv_progress *p)
{
    if (strcmp(p->to, "rejected") == 0) return reject(call, order, p);
    if (strcmp(p->to, "in_production") == 0) return produce(call, order, p);
    if (strcmp(p->to, "quality_check") == 0) return examine(order, p);
    if (strcmp(p->to, "shipped") == 0 || strcmp(p->to, "partially_shipped") == 0) return ship(call, order, p);
    if (strcmp(p->to, "delivered") == 0) return sv_order_arrive(order, call->now_ms), true;
    if (strcmp(p->to, "placed") == 0) sv_payment_set(order, "paid");
    set_item_statuses(order, p->to);
    return true;
}

bool sv_order_progress(sv_call *call, sv_order *order, const sv_progress *p)
{
    const sv_move *move = sv_move_find(sv_order_status(order), p->to, p->by);
    if (!move) {
        sv_refuse_move(call, sv_order_status(order), p->to, "The order cannot go there from where it is.");
        return false;
    }
    if (json_is_object(json_object_get(order->object.body, "hold")) && strcmp(p->to, "rejected") != 0) {
        sv_refuse(call, SV_E_order_on_hold, NULL, "The order is on hold.");
        return false;
    }
    if (!check_items(call, order, p->items) || !apply(call, order, p)) return false;
    set_status(order, move->to);
    sv_order_tell(order, move->event, p->actor, p->note, call->now_ms);
    return true;
}

void sv_order_cancel(sv_order *order, const char *actor, const char *reason, int64_t now_ms)
{
    char at[SV_MOMENT_SIZE];
    sv_moment_print(now_ms, at);
    set_status(order, "cancelled");
    set_item_statuses(order, "cancelled");
    sv_payment_void(order);
    json_object_set_new(order->object.body, "cancellation",
                        json_pack("{s:s, s:s?, s:s}", "by", actor, "reason", reason, "at", at));
    sv_order_tell(order, "order.cancelled", actor, reason, now_ms);
}
