#include "api/routes.h"

#include "api/handlers.h"

#define READ(path, scope, handler)                   \
    {                                                \
        "GET", path, scope, SV_BODY_NONE, 0, handler \
    }
#define SEARCH(path, scope, handler)                            \
    {                                                           \
        "POST", path "/search", scope, SV_BODY_JSON, 0, handler \
    }
#define LIST(path, scope, handler) READ(path, scope, handler), SEARCH(path, scope, handler)

static const sv_route routes[] = {
    {"GET", "/materials", NULL, SV_BODY_NONE, SV_CATALOGUE, sv_list_materials},
    SEARCH("/materials", NULL, sv_list_materials),
    {"GET", "/materials/{id}", NULL, SV_BODY_NONE, SV_CATALOGUE, sv_read_material},
    {"GET", "/materials/{id}/colors", NULL, SV_BODY_NONE, SV_CATALOGUE, sv_read_material_colors},
    {"GET", "/countries", NULL, SV_BODY_NONE, SV_CATALOGUE, sv_list_countries},
    {"GET", "/formats", NULL, SV_BODY_NONE, SV_CATALOGUE, sv_list_formats},
    {"GET", "/error-codes", NULL, SV_BODY_NONE, SV_CATALOGUE, sv_list_error_codes},
    {"GET", "/scopes", NULL, SV_BODY_NONE, SV_CATALOGUE, sv_list_scopes},
    {"GET", "/plans", NULL, SV_BODY_NONE, SV_CATALOGUE, sv_list_plans},
    {"GET", "/openapi.json", NULL, SV_BODY_NONE, SV_CATALOGUE, sv_read_openapi},

    READ("/account", "account:read", sv_read_account),
    {"PATCH", "/account", "account:write", SV_BODY_MERGE, SV_IDEM | SV_WRITES, sv_change_account},
    READ("/test/accounts", "account:write", sv_list_test_accounts),
    {"POST", "/test/accounts", "account:write", SV_BODY_JSON, SV_IDEM | SV_WRITES | SV_TEST_ONLY | SV_BODY_MAY_BE_EMPTY,
     sv_make_test_account},
    {"DELETE", "/test/accounts/{id}", "account:write", SV_BODY_NONE, SV_IDEM | SV_WRITES | SV_TEST_ONLY,
     sv_delete_test_account},

    LIST("/api-keys", "keys:read", sv_list_keys),
    {"POST", "/api-keys", "keys:write", SV_BODY_JSON, SV_IDEM | SV_WRITES, sv_make_key},
    READ("/api-keys/{id}", "keys:read", sv_read_key),
    {"PATCH", "/api-keys/{id}", "keys:write", SV_BODY_MERGE, SV_IDEM | SV_WRITES, sv_change_key},
    {"POST", "/api-keys/{id}/rotate", "keys:write", SV_BODY_JSON, SV_IDEM | SV_WRITES | SV_BODY_MAY_BE_EMPTY,
     sv_rotate_key},
    {"DELETE", "/api-keys/{id}", "keys:write", SV_BODY_NONE, SV_IDEM | SV_WRITES, sv_delete_key},

    LIST("/audit-logs", "logs:read", sv_list_audit_logs),
    READ("/audit-logs/{id}", "logs:read", sv_read_audit_log),
    LIST("/request-logs", "logs:read", sv_list_request_logs),
    READ("/request-logs/{id}", "logs:read", sv_read_request_log),

    {"PUT", "/operator/price-books/{version}", "operator:write", SV_BODY_JSON, SV_WRITES | SV_OPERATOR,
     sv_put_price_book},
    {"POST", "/operator/price-books/{version}/validate", "operator:write", SV_BODY_JSON, SV_OPERATOR,
     sv_validate_price_book},
    {"POST", "/operator/price-books/{version}/activate", "operator:write", SV_BODY_JSON,
     SV_IDEM | SV_WRITES | SV_OPERATOR | SV_BODY_MAY_BE_EMPTY, sv_activate_price_book},
};

const sv_routes sv_all_routes = {routes, sizeof routes / sizeof routes[0]};
