#include <string.h>

#include "access/include.h"
#include "access/list.h"
#include "orders/orders.h"
#include "orders/show.h"

/* clang-format off */
#define ORDER_FIELDS                                                                                                   \
    {"status", SV_F_TEXT, true}, {"kind", SV_F_TEXT, false}, {"archived", SV_F_BOOL, false},                           \
    {"customer.email", SV_F_TEXT, false}, {"customer.ref", SV_F_TEXT, false}, {"ship_to.country", SV_F_TEXT, false},   \
    {"totals.total.amount", SV_F_NUMBER, true}, {"target_ship_date", SV_F_TEXT, true},                                 \
    {"payment.status", SV_F_TEXT, false}
/* clang-format on */

static const sv_field order_fields[] = {ORDER_FIELDS, {NULL, SV_F_TEXT, false}};
static const sv_field operator_fields[] = {
    ORDER_FIELDS, {"account_id", SV_F_COLUMN_TEXT, false}, {NULL, SV_F_TEXT, false}};

static const sv_field item_fields[] = {{"order_id", SV_F_TEXT, false},   {"part_id", SV_F_TEXT, false},
                                       {"product_id", SV_F_TEXT, false}, {"material_id", SV_F_TEXT, false},
                                       {"status", SV_F_TEXT, true},      {"qa.result", SV_F_TEXT, false},
                                       {NULL, SV_F_TEXT, false}};

void sv_list_orders(sv_call *call)
{
    const sv_listing listing = {
        .type = "order", .fields = order_fields, .view = sv_show_object, .include = sv_order_relations};
    sv_list(call, &listing);
}

void sv_operator_list_orders(sv_call *call)
{
    const sv_listing listing = {
        .type = "order", .fields = operator_fields, .view = sv_show_object, .every_account = true};
    sv_list(call, &listing);
}

void sv_list_order_items(sv_call *call)
{
    const sv_listing listing = {
        .type = "order_item", .fields = item_fields, .view = sv_show_item, .include = sv_item_relations};
    sv_list(call, &listing);
}

void sv_read_order(sv_call *call)
{
    sv_order order;
    if (!sv_check_include(call, sv_order_relations) || !sv_order_take(call, call->argument[0], &order)) return;
    sv_add_etag(call, order.object.version);
    sv_answer(call, 200, sv_show_order(call, &order));
    sv_order_free(&order);
}

void sv_operator_read_order(sv_call *call)
{
    sv_order order;
    if (!sv_order_take_any(call, call->argument[0], &order)) return;
    sv_answer_order(call, 200, &order);
    sv_order_free(&order);
}

void sv_read_order_status(sv_call *call)
{
    sv_order order;
    if (!sv_order_take(call, call->argument[0], &order)) return;
    json_t *shown = sv_show_order(call, &order), *status = json_object(), *tracking = json_array();
    static const char *const kept[] = {"id", "ref", "status", "hold", "events", "last_delivered_event_at"};
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        json_object_set(status, kept[i], json_object_get(shown, kept[i]));
    for (size_t i = 0; i < order.shipment_count; i++) {
        const sv_object *shipment = &order.shipments[i].object;
        json_array_append_new(tracking, json_pack("{s:s, s:O, s:O, s:O, s:O}", "shipment_id", shipment->id, "status",
                                                  json_object_get(shipment->body, "status"), "carrier",
                                                  json_object_get(shipment->body, "carrier"), "tracking_number",
                                                  json_object_get(shipment->body, "tracking_number"), "tracking_url",
                                                  json_object_get(shipment->body, "tracking_url")));
    }
    json_object_set_new(status, "tracking", tracking);
    json_decref(shown);
    sv_answer(call, 200, status);
    sv_order_free(&order);
}

/* A member of the order alone: {name: [...]}, or as a list. */
static void answer_member(sv_call *call, const char *name, bool list)
{
    sv_order order;
    if (!sv_order_take(call, call->argument[0], &order)) return;
    json_t *shown = sv_order_view(&order), *member = json_object_get(shown, name);
    sv_answer(call, 200,
              list ? json_pack("{s:s, s:O, s:b, s:n}", "object", "list", "data", member, "has_more", 0, "next_cursor")
                   : json_pack("{s:O}", name, member));
    json_decref(shown);
    sv_order_free(&order);
}

void sv_read_order_tracking(sv_call *call) { answer_member(call, "shipments", false); }
void sv_read_order_events(sv_call *call) { answer_member(call, "events", true); }
void sv_read_order_items(sv_call *call) { answer_member(call, "items", true); }

void sv_read_order_summary(sv_call *call)
{
    json_t *by_status = json_object();
    json_int_t total = 0;
    const sv_value values[] = {sv_words(call->account_id), sv_int(call->scope.livemode)};
    sv_rows *rows = sv_open(call->app->store, SV_SQL_ORDER_COUNTS, values, 2);
    sv_result result;
    while ((result = sv_step(rows)) == SV_ROW) {
        json_object_set_new(by_status, sv_column_text(rows, 0), json_integer(sv_column_int(rows, 1)));
        total += sv_column_int(rows, 1);
    }
    sv_close(rows);
    if (result != SV_DONE) sv_refuse_store(call, result);
    sv_answer(call, 200, json_pack("{s:I, s:o}", "total", total, "by_status", by_status));
}
