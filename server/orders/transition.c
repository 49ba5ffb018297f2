#include <stdio.h>
#include <string.h>

#include "orders/operator.h"
#include "orders/orders.h"
#include "orders/progress.h"
#include "orders/shipping.h"
#include "orders/show.h"
#include "parts/review.h"

/* ---- what the operator says of a move ---- */

static bool take_qa(sv_call *call, json_t *qa)
{
    static const char *const names[] = {"result", "comment", "picture_url", NULL};
    const char *result = NULL, *text = NULL;
    if (!json_is_object(qa)) {
        sv_refuse_field(call, SV_E_invalid_request, "qa", "wrong_type", "An object is expected.");
        return false;
    }
    bool good = sv_known_fields(call, qa, "qa", names);
    call->within = "qa";
    good = good && sv_take_text(call, qa, "result", 1, 20, false, &result) &&
           sv_take_text(call, qa, "comment", 0, 2000, true, &text) &&
           sv_take_text(call, qa, "picture_url", 0, 2048, true, &text);
    if (good && (!result || (strcmp(result, "passed") != 0 && strcmp(result, "failed") != 0)))
        sv_refuse_field(call, SV_E_validation_failed, "result", "unknown", "passed or failed is expected.");
    call->within = NULL;
    return !sv_refused(call);
}

/* [id] or [{item_id, quantity?}] */
static bool take_items(sv_call *call, const json_t *items, const char *path)
{
    static const char *const names[] = {"item_id", "quantity", NULL};
    json_t *entry;
    size_t index;
    const char *id;
    int64_t quantity;
    if (!json_is_array(items)) {
        sv_refuse_field(call, SV_E_invalid_request, path, "wrong_type", "An array of items is expected.");
        return false;
    }
    if (!json_array_size(items) || json_array_size(items) > 50) {
        sv_refuse_field(call, SV_E_validation_failed, path, "count", "1 to 50 items are expected.");
        return false;
    }
    json_array_foreach(items, index, entry)
    {
        char at[80];
        id = NULL;
        snprintf(at, sizeof at, "%s[%zu]", path, index);
        if (json_is_string(entry)) continue;
        if (!json_is_object(entry)) {
            sv_refuse_field(call, SV_E_invalid_request, at, "wrong_type", "An item's id is expected.");
            return false;
        }
        if (!sv_known_fields(call, entry, at, names)) return false;
        call->within = at;
        if (sv_take_text(call, entry, "item_id", 1, 60, false, &id) &&
            sv_take_integer(call, entry, "quantity", 1, 100000, &quantity) && !id)
            sv_refuse_field(call, SV_E_validation_failed, "item_id", "required", "This field is needed.");
        call->within = NULL;
        if (sv_refused(call)) return false;
    }
    return true;
}

static bool take_shipment(sv_call *call, json_t *shipment)
{
    static const char *const names[] = {"carrier", "tracking_number", "tracking_url", "items", NULL};
    const char *text = NULL;
    if (!json_is_object(shipment)) {
        sv_refuse_field(call, SV_E_invalid_request, "shipment", "wrong_type", "An object is expected.");
        return false;
    }
    bool good = sv_known_fields(call, shipment, "shipment", names);
    call->within = "shipment";
    good = good && sv_take_text(call, shipment, "carrier", 1, 100, false, &text) &&
           sv_take_text(call, shipment, "tracking_number", 1, 100, true, &text) &&
           sv_take_text(call, shipment, "tracking_url", 1, 2048, true, &text);
    call->within = NULL;
    const json_t *items = json_object_get(shipment, "items");
    return good && (!items || take_items(call, items, "shipment.items"));
}

static bool take_progress(sv_call *call, sv_progress *p)
{
    static const char *const names[] = {"to", "note", "items", "qa", "shipment", "rejections", NULL};
    json_t *body = call->body, *qa = json_object_get(body, "qa"), *shipment = json_object_get(body, "shipment");
    p->items = json_object_get(body, "items");
    p->qa = qa;
    p->shipment = shipment;
    if (!sv_known_fields(call, body, "", names) || !sv_take_text(call, body, "to", 1, 40, false, &p->to) ||
        !sv_take_text(call, body, "note", 1, 1000, true, &p->note) ||
        (p->items && !take_items(call, p->items, "items")) || (qa && !take_qa(call, qa)) ||
        (shipment && !take_shipment(call, shipment)))
        return false;
    if (!p->to || !sv_status_is_known(p->to))
        sv_refuse_field(call, SV_E_validation_failed, "to", p->to ? "unknown" : "required",
                        "A state of an order is expected.");
    return !sv_refused(call);
}

void sv_operator_transition(sv_call *call)
{
    sv_progress p = {.by = SV_BY_OPERATOR, .actor = "operator"};
    sv_order order;
    if (!take_progress(call, &p)) return;
    json_t *rejections = sv_take_rejections(call);
    p.rejections = rejections;
    if (!sv_refused(call) && sv_order_take_any(call, call->argument[0], &order)) {
        json_t *before = json_copy(order.object.body);
        if (sv_if_match(call, order.object.version, false) && sv_order_progress(call, &order, &p) &&
            sv_order_keep(call, &order)) {
            sv_audit(call, "order.transition", "order", order.object.id, sv_changes(before, order.object.body));
            sv_answer_order(call, 200, &order);
        }
        json_decref(before);
        sv_order_free(&order);
    }
    json_decref(rejections);
}

/* ---- the same for tests, with what an operator would say made up ---- */

/* A piece less than all that is left; NULL: there is no such part. */
static json_t *lines_of_a_part(const sv_order *order)
{
    json_t *lines = json_array();
    for (size_t i = 0; i < order->item_count; i++) {
        int64_t left = sv_item_left(order, &order->items[i]), taken = i ? left : left - 1;
        if (taken > 0)
            json_array_append_new(
                lines, json_pack("{s:s, s:I}", "item_id", order->items[i].object.id, "quantity", (json_int_t)taken));
    }
    if (json_array_size(lines)) return lines;
    json_decref(lines);
    return NULL;
}

static json_t *make_shipment(const sv_order *order, const char *to)
{
    uint32_t number;
    char text[24];
    sv_random(&number, sizeof number);
    snprintf(text, sizeof text, "TEST%010u", (unsigned)number);
    json_t *shipment = json_pack("{s:s, s:s+}", "carrier", "test", "tracking_number", text, "");
    json_object_set_new(shipment, "tracking_url", json_null());
    json_t *lines = strcmp(to, "partially_shipped") == 0 ? lines_of_a_part(order) : NULL;
    if (lines) json_object_set_new(shipment, "items", lines);
    return shipment;
}

static void advance(sv_call *call, sv_order *order, const char *to)
{
    const sv_move *usual = sv_move_usual(sv_order_status(order));
    sv_progress p = {.by = SV_BY_OPERATOR | SV_BY_PAYMENT, .actor = "operator", .to = to};
    if (!to && usual) p.to = usual->to;
    if (!p.to) {
        sv_refuse_move(call, sv_order_status(order), sv_order_status(order), "The order is over.");
        return;
    }
    const bool again = strcmp(p.to, "in_production") == 0;
    json_t *qa = json_pack("{s:s, s:s}", "result", again ? "failed" : "passed", "comment", "a test");
    json_t *shipment = make_shipment(order, p.to);
    json_t *rejections =
        json_pack("[{s:s, s:s, s:n, s:n}]", "code", "test", "title", "A test", "comment", "picture_url");
    p.shipment = shipment;
    p.rejections = rejections;
    if (strcmp(p.to, "quality_check") != 0) p.qa = qa;
    if (sv_order_progress(call, order, &p) && sv_order_keep(call, order)) sv_answer_order(call, 200, order);
    json_decref(qa);
    json_decref(shipment);
    json_decref(rejections);
}

void sv_advance_order(sv_call *call)
{
    static const char *const names[] = {"to", NULL};
    const char *to = NULL;
    sv_order order;
    if (!sv_known_fields(call, call->body, "", names) || !sv_take_text(call, call->body, "to", 1, 40, true, &to))
        return;
    if (to && !sv_status_is_known(to)) {
        sv_refuse_field(call, SV_E_validation_failed, "to", "unknown", "A state of an order is expected.");
        return;
    }
    if (!sv_order_take(call, call->argument[0], &order)) return;
    json_t *before = json_copy(order.object.body);
    advance(call, &order, to);
    if (!sv_refused(call))
        sv_audit(call, "order.advance", "order", order.object.id, sv_changes(before, order.object.body));
    json_decref(before);
    sv_order_free(&order);
}
