#include "orders/orders.h"

#define WRITE (SV_IDEM | SV_WRITES)
#define MONEY (SV_IDEM | SV_IDEM_REQUIRED | SV_WRITES)
#define OPERATOR (SV_IDEM | SV_WRITES | SV_OPERATOR)

static const sv_route routes[] = {
    SV_LIST("/orders", "orders:read", sv_list_orders),
    SV_ROUTE("POST", "/orders", "orders:write", SV_BODY_JSON, MONEY, sv_make_order),
    {"POST", "/parts/{id}/sample-order", "orders:write", SV_BODY_JSON, MONEY, sv_make_sample, sv_prepare_sample},
    SV_READ("/orders/summary", "orders:read", sv_read_order_summary),
    SV_READ("/orders/{id}", "orders:read", sv_read_order),
    SV_READ("/orders/{id}/status", "orders:read", sv_read_order_status),
    SV_READ("/orders/{id}/tracking", "orders:read", sv_read_order_tracking),
    SV_READ("/orders/{id}/events", "orders:read", sv_read_order_events),
    SV_READ("/orders/{id}/items", "orders:read", sv_read_order_items),
    SV_LIST("/order-items", "orders:read", sv_list_order_items),
    SV_ROUTE("PATCH", "/orders/{id}", "orders:write", SV_BODY_MERGE, WRITE, sv_change_order),
    SV_ROUTE("POST", "/orders/{id}/cancel", "orders:write", SV_BODY_JSON, MONEY | SV_BODY_MAY_BE_EMPTY,
             sv_cancel_order),
    SV_ROUTE("POST", "/orders/batch-cancel", "orders:write", SV_BODY_JSON, MONEY, sv_cancel_orders),
    SV_ROUTE("POST", "/orders/batch-archive", "orders:write", SV_BODY_JSON, MONEY, sv_archive_orders),
    SV_ROUTE("POST", "/orders/{id}/advance", "orders:write", SV_BODY_JSON, WRITE | SV_TEST_ONLY | SV_BODY_MAY_BE_EMPTY,
             sv_advance_order),
    SV_LIST("/customers", "orders:read", sv_list_customers),
    SV_READ("/customers/{id}", "orders:read", sv_read_customer),

    SV_ROUTE("GET", "/operator/orders", "operator:read", SV_BODY_NONE, SV_OPERATOR, sv_operator_list_orders),
    SV_ROUTE("POST", "/operator/orders/search", "operator:read", SV_BODY_JSON, SV_OPERATOR, sv_operator_list_orders),
    SV_ROUTE("GET", "/operator/orders/{id}", "operator:read", SV_BODY_NONE, SV_OPERATOR, sv_operator_read_order),
    SV_ROUTE("POST", "/operator/orders/{id}/transition", "operator:write", SV_BODY_JSON, OPERATOR,
             sv_operator_transition),
    SV_ROUTE("POST", "/operator/orders/{id}/hold", "operator:write", SV_BODY_JSON, OPERATOR, sv_operator_hold),
    SV_ROUTE("DELETE", "/operator/orders/{id}/hold", "operator:write", SV_BODY_NONE, OPERATOR, sv_operator_release),
    SV_ROUTE("POST", "/operator/orders/{id}/payment", "operator:write", SV_BODY_JSON, OPERATOR, sv_operator_payment),
    SV_ROUTE("PATCH", "/operator/shipments/{id}", "operator:write", SV_BODY_MERGE, OPERATOR,
             sv_operator_change_shipment),
    SV_ROUTE("GET", "/operator/parts", "operator:read", SV_BODY_NONE, SV_OPERATOR, sv_operator_list_parts),
    SV_ROUTE("POST", "/operator/parts/search", "operator:read", SV_BODY_JSON, SV_OPERATOR, sv_operator_list_parts),
    SV_ROUTE("GET", "/operator/parts/{id}", "operator:read", SV_BODY_NONE, SV_OPERATOR, sv_operator_read_part),
    SV_ROUTE("POST", "/operator/parts/{id}/review", "operator:write", SV_BODY_JSON, OPERATOR, sv_operator_review_part),
    SV_ROUTE("GET", "/operator/accounts", "operator:read", SV_BODY_NONE, SV_OPERATOR, sv_operator_list_accounts),
    SV_ROUTE("POST", "/operator/accounts/search", "operator:read", SV_BODY_JSON, SV_OPERATOR,
             sv_operator_list_accounts),
    SV_ROUTE("POST", "/operator/accounts", "operator:write", SV_BODY_JSON, OPERATOR, sv_operator_make_account),
    SV_ROUTE("GET", "/operator/accounts/{id}", "operator:read", SV_BODY_NONE, SV_OPERATOR, sv_operator_read_account),
    SV_ROUTE("PATCH", "/operator/accounts/{id}", "operator:write", SV_BODY_MERGE, OPERATOR, sv_operator_change_account),
};

const sv_routes sv_order_routes = {routes, sizeof routes / sizeof routes[0]};
