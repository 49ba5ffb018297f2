#include "api/routes.h"

#include "api/handlers.h"
#include "events/routes.h"
#include "orders/orders.h"
#include "parts/files.h"
#include "parts/routes.h"
#include "products/routes.h"
#include "quotes/routes.h"

static const sv_route routes[] = {
    SV_ROUTE("GET", "/materials", NULL, SV_BODY_NONE, SV_CATALOGUE, sv_list_materials),
    SV_SEARCH("/materials", NULL, sv_list_materials),
    SV_ROUTE("GET", "/materials/{id}", NULL, SV_BODY_NONE, SV_CATALOGUE, sv_read_material),
    SV_ROUTE("GET", "/materials/{id}/colors", NULL, SV_BODY_NONE, SV_CATALOGUE, sv_read_material_colors),
    SV_ROUTE("GET", "/countries", NULL, SV_BODY_NONE, SV_CATALOGUE, sv_list_countries),
    SV_ROUTE("GET", "/formats", NULL, SV_BODY_NONE, SV_CATALOGUE, sv_list_formats),
    SV_ROUTE("GET", "/error-codes", NULL, SV_BODY_NONE, SV_CATALOGUE, sv_list_error_codes),
    SV_ROUTE("GET", "/scopes", NULL, SV_BODY_NONE, SV_CATALOGUE, sv_list_scopes),
    SV_ROUTE("GET", "/plans", NULL, SV_BODY_NONE, SV_CATALOGUE, sv_list_plans),
    SV_ROUTE("GET", "/schemas", NULL, SV_BODY_NONE, SV_CATALOGUE, sv_list_schemas),
    SV_ROUTE("GET", "/schemas/{type}", NULL, SV_BODY_NONE, SV_CATALOGUE, sv_read_schema),
    SV_ROUTE("GET", "/openapi.json", NULL, SV_BODY_NONE, SV_CATALOGUE, sv_read_openapi),

    SV_READ("/account", "account:read", sv_read_account),
    SV_ROUTE("PATCH", "/account", "account:write", SV_BODY_MERGE, SV_IDEM | SV_WRITES, sv_change_account),
    SV_READ("/account/subscription", "account:read", sv_read_subscription),
    SV_ROUTE("PATCH", "/account/subscription", "account:write", SV_BODY_MERGE, SV_IDEM | SV_WRITES,
             sv_change_subscription),
    SV_ROUTE("POST", "/account/subscription/cancel", "account:write", SV_BODY_JSON,
             SV_IDEM | SV_WRITES | SV_BODY_MAY_BE_EMPTY, sv_cancel_subscription),
    SV_ROUTE("POST", "/account/subscription/resume", "account:write", SV_BODY_JSON,
             SV_IDEM | SV_WRITES | SV_BODY_MAY_BE_EMPTY, sv_resume_subscription),
    SV_READ("/test/accounts", "account:write", sv_list_test_accounts),
    SV_ROUTE("POST", "/test/accounts", "account:write", SV_BODY_JSON,
             SV_IDEM | SV_WRITES | SV_TEST_ONLY | SV_BODY_MAY_BE_EMPTY, sv_make_test_account),
    SV_ROUTE("DELETE", "/test/accounts/{id}", "account:write", SV_BODY_NONE, SV_IDEM | SV_WRITES | SV_TEST_ONLY,
             sv_delete_test_account),

    SV_LIST("/api-keys", "keys:read", sv_list_keys),
    SV_ROUTE("POST", "/api-keys", "keys:write", SV_BODY_JSON, SV_IDEM | SV_WRITES, sv_make_key),
    SV_READ("/api-keys/{id}", "keys:read", sv_read_key),
    SV_ROUTE("PATCH", "/api-keys/{id}", "keys:write", SV_BODY_MERGE, SV_IDEM | SV_WRITES, sv_change_key),
    SV_ROUTE("POST", "/api-keys/{id}/rotate", "keys:write", SV_BODY_JSON, SV_IDEM | SV_WRITES | SV_BODY_MAY_BE_EMPTY,
             sv_rotate_key),
    SV_ROUTE("DELETE", "/api-keys/{id}", "keys:write", SV_BODY_NONE, SV_IDEM | SV_WRITES, sv_delete_key),

    SV_LIST("/audit-logs", "logs:read", sv_list_audit_logs),
    SV_READ("/audit-logs/{id}", "logs:read", sv_read_audit_log),
    SV_LIST("/request-logs", "logs:read", sv_list_request_logs),
    SV_READ("/request-logs/{id}", "logs:read", sv_read_request_log),

    SV_ROUTE("PUT", "/operator/price-books/{version}", "operator:write", SV_BODY_JSON, SV_WRITES | SV_OPERATOR,
             sv_put_price_book),
    SV_ROUTE("POST", "/operator/price-books/{version}/validate", "operator:write", SV_BODY_JSON, SV_OPERATOR,
             sv_validate_price_book),
    SV_ROUTE("POST", "/operator/price-books/{version}/activate", "operator:write", SV_BODY_JSON,
             SV_IDEM | SV_WRITES | SV_OPERATOR | SV_BODY_MAY_BE_EMPTY, sv_activate_price_book),
};

static const sv_routes own = {routes, sizeof routes / sizeof routes[0]};

const sv_routes *const sv_all_routes[] = {&own,
                                          &sv_event_routes,
                                          &sv_part_routes,
                                          &sv_part_file_routes,
                                          &sv_product_routes,
                                          &sv_quote_routes,
                                          &sv_order_routes,
                                          NULL};
