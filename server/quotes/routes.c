#include "quotes/routes.h"

#include "quotes/quotes.h"

#define PRICED (SV_IDEM | SV_IDEM_REQUIRED | SV_WRITES)

static const sv_route routes[] = {
    {"POST", "/quotes", "quotes:write", SV_BODY_JSON, PRICED, sv_create_quote, sv_prepare_quote},
    {"POST", "/quotes/preview", "quotes:write", SV_BODY_JSON, SV_IDEM | SV_WRITES, sv_preview_quote,
     sv_prepare_preview},
    SV_LIST("/quotes", "quotes:read", sv_list_quotes),
    SV_READ("/quotes/{id}", "quotes:read", sv_read_quote),
    {"POST", "/quotes/{id}/requote", "quotes:write", SV_BODY_JSON, PRICED | SV_BODY_MAY_BE_EMPTY, sv_requote,
     sv_prepare_requote},
    SV_ROUTE("POST", "/quotes/{id}/expire", "quotes:write", SV_BODY_JSON,
             SV_IDEM | SV_WRITES | SV_TEST_ONLY | SV_BODY_MAY_BE_EMPTY, sv_expire_quote),
    SV_ROUTE("POST", "/shipping-options", "quotes:read", SV_BODY_JSON, SV_IDEM | SV_WRITES, sv_find_shipping_options),
    SV_READ("/shipping-methods", NULL, sv_list_shipping_methods),
    {"GET", "/parts/{id}/material-prices", "parts:read", SV_BODY_NONE, 0, sv_list_material_prices,
     sv_prepare_material_prices},
};

const sv_routes sv_quote_routes = {routes, sizeof routes / sizeof routes[0]};
