#include "orders/operator.h"

#include <stdio.h>
#include <string.h>

#include "events/emit.h"
#include "orders/machine.h"
#include "orders/orders.h"
#include "orders/payment.h"
#include "orders/progress.h"
#include "orders/shipping.h"
#include "orders/show.h"

bool sv_operator_find(sv_call *call, const char *type, const char *id, char account_id[SV_ID_SIZE])
{
    const sv_value values[] = {sv_int(call->scope.livemode), sv_words(type), sv_words(id)};
    sv_rows *rows = sv_open(call->app->store, SV_SQL_OPERATOR_OWNER, values, 3);
    sv_result result = sv_step(rows);
    if (result == SV_ROW) snprintf(account_id, SV_ID_SIZE, "%s", sv_column_text(rows, 0));
    sv_close(rows);
    if (result == SV_DONE)
        sv_refuse_not_found(call);
    else if (result != SV_ROW)
        sv_refuse_store(call, result);
    return result == SV_ROW;
}

/* Writes, notes who did it in the operator's own log, and answers. */
static void finish(sv_call *call, sv_order *order, const char *action, json_t *before)
{
    if (sv_order_keep(call, order)) {
        sv_audit(call, action, "order", order->object.id, sv_changes(before, order->object.body));
        sv_answer_order(call, 200, order);
    }
}

/* ---- hold ---- */

void sv_operator_hold(sv_call *call)
{
    static const char *const names[] = {"reason", NULL};
    const char *reason = NULL;
    char now[SV_MOMENT_SIZE];
    sv_order order;
    if (!sv_known_fields(call, call->body, "", names) ||
        !sv_take_text(call, call->body, "reason", 1, 500, false, &reason))
        return;
    if (!reason) {
        sv_refuse_field(call, SV_E_validation_failed, "reason", "required", "This field is needed.");
        return;
    }
    if (!sv_order_take_any(call, call->argument[0], &order)) return;
    json_t *before = json_copy(order.object.body);
    if (sv_status_is_final(sv_order_status(&order))) {
        sv_refuse_move(call, sv_order_status(&order), "on_hold", "The order is over.");
    } else if (json_is_object(json_object_get(order.object.body, "hold"))) {
        sv_refuse(call, SV_E_order_on_hold, NULL, "The order is on hold already.");
    } else {
        sv_moment_print(call->now_ms, now);
        json_object_set_new(order.object.body, "hold", json_pack("{s:s, s:s}", "reason", reason, "since", now));
        sv_order_tell(&order, "order.hold_placed", "operator", reason, call->now_ms);
        finish(call, &order, "order.hold", before);
    }
    json_decref(before);
    sv_order_free(&order);
}

void sv_operator_release(sv_call *call)
{
    sv_order order;
    if (!sv_order_take_any(call, call->argument[0], &order)) return;
    json_t *before = json_copy(order.object.body);
    if (json_is_object(json_object_get(order.object.body, "hold"))) {
        json_object_set_new(order.object.body, "hold", json_null());
        sv_order_tell(&order, "order.hold_released", "operator", NULL, call->now_ms);
        finish(call, &order, "order.release", before);
    } else {
        sv_answer_order(call, 200, &order);
    }
    json_decref(before);
    sv_order_free(&order);
}

/* ---- payment ---- */

void sv_operator_payment(sv_call *call)
{
    static const char *const names[] = {"status", "external_ref", NULL};
    const char *status = NULL, *external_ref = NULL;
    bool changed = false;
    sv_order order;
    if (!sv_known_fields(call, call->body, "", names) ||
        !sv_take_text(call, call->body, "status", 1, 20, false, &status) ||
        !sv_take_text(call, call->body, "external_ref", 1, 255, false, &external_ref))
        return;
    if (!status || !external_ref) {
        sv_refuse_field(call, SV_E_validation_failed, status ? "external_ref" : "status", "required",
                        "This field is needed.");
        return;
    }
    if (strcmp(status, "paid") != 0 && strcmp(status, "failed") != 0 && strcmp(status, "refunded") != 0) {
        sv_refuse_field(call, SV_E_validation_failed, "status", "unknown", "paid, failed or refunded is expected.");
        return;
    }
    if (!sv_order_take_any(call, call->argument[0], &order)) return;
    json_t *before = json_deep_copy(order.object.body);
    if (sv_payment_notice(call, &order, status, external_ref, &changed)) {
        if (changed)
            finish(call, &order, "order.payment", before);
        else
            sv_answer_order(call, 200, &order);
    }
    json_decref(before);
    sv_order_free(&order);
}

/* ---- shipments ---- */

static bool all_arrived(const sv_order *order)
{
    bool all = true;
    for (size_t i = 0; i < order->shipment_count; i++)
        all = all && strcmp(sv_json_text(order->shipments[i].object.body, "status"), "delivered") == 0;
    return all;
}

typedef struct shipment_change {
    const char *carrier, *number, *url, *delivered;
} shipment_change;

static bool take_shipment_change(sv_call *call, shipment_change *given, int64_t *delivered_ms)
{
    static const char *const names[] = {"carrier", "tracking_number", "tracking_url", "delivered_at", NULL};
    if (!sv_known_fields(call, call->body, "", names) ||
        !sv_take_text(call, call->body, "carrier", 1, 100, false, &given->carrier) ||
        !sv_take_text(call, call->body, "tracking_number", 1, 100, true, &given->number) ||
        !sv_take_text(call, call->body, "tracking_url", 1, 2048, true, &given->url) ||
        !sv_take_text(call, call->body, "delivered_at", 1, 40, false, &given->delivered))
        return false;
    if (given->delivered && !sv_moment_read(given->delivered, delivered_ms))
        sv_refuse_field(call, SV_E_validation_failed, "delivered_at", "format", "A moment is expected.");
    return !sv_refused(call);
}

static void change_shipment(sv_call *call, sv_order *order, sv_order_part *shipment, const shipment_change *given,
                            int64_t delivered_ms)
{
    json_t *body = shipment->object.body;
    if (given->carrier) json_object_set_new(body, "carrier", json_string(given->carrier));
    if (json_object_get(call->body, "tracking_number"))
        json_object_set_new(body, "tracking_number", sv_json_text_or_null(given->number));
    if (json_object_get(call->body, "tracking_url"))
        json_object_set_new(body, "tracking_url", sv_json_text_or_null(given->url));
    if (given->delivered) sv_shipment_arrive(shipment, delivered_ms);
    shipment->changed = true;
    if (all_arrived(order) && strcmp(sv_order_status(order), "shipped") == 0) {
        sv_order_arrive(order, delivered_ms);
        sv_order_tell(order, "order.delivered", "operator", NULL, call->now_ms);
    }
}

void sv_operator_change_shipment(sv_call *call)
{
    shipment_change given = {NULL, NULL, NULL, NULL};
    int64_t delivered_ms = 0;
    char account_id[SV_ID_SIZE];
    const char *id = call->argument[0];
    sv_object object;
    sv_order order;
    if (!take_shipment_change(call, &given, &delivered_ms) || !sv_operator_find(call, "shipment", id, account_id))
        return;
    const sv_scope scope = {account_id, call->scope.livemode};
    sv_result result = sv_object_get(call->app->store, scope, "shipment", id, &object);
    const bool matches = result == SV_ROW && sv_if_match(call, object.version, false);
    if (result == SV_ROW)
        result = sv_order_load(call->app->store, scope, sv_json_text(object.body, "order_id"), &order);
    sv_order_part *shipment = result == SV_ROW ? sv_order_find(order.shipments, order.shipment_count, id) : NULL;
    if (!shipment) {
        sv_refuse_store(call, result == SV_ROW || result == SV_DONE ? SV_BROKEN : result);
    } else if (matches) {
        json_t *before = json_copy(shipment->object.body);
        change_shipment(call, &order, shipment, &given, delivered_ms);
        if (sv_order_keep(call, &order)) {
            sv_audit(call, "shipment.update", "shipment", id, sv_changes(before, shipment->object.body));
            sv_answer_object(call, 200, &shipment->object);
        }
        json_decref(before);
    }
    sv_object_free(&object);
    if (result == SV_ROW) sv_order_free(&order);
}
