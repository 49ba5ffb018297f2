#include "products/routes.h"

#include "products/products.h"

#define WRITE "products:write"
#define CHANGES (SV_IDEM | SV_WRITES)

static const sv_route routes[] = {
    SV_LIST("/products", "products:read", sv_list_products),
    SV_ROUTE("POST", "/products", WRITE, SV_BODY_JSON, CHANGES, sv_make_product),
    SV_ROUTE("POST", "/products/from-parts", WRITE, SV_BODY_JSON, CHANGES, sv_make_products_from_parts),
    SV_ROUTE("POST", "/products/batch-delete", WRITE, SV_BODY_JSON, CHANGES, sv_delete_products),
    SV_READ("/products/match", "products:read", sv_match_product),
    SV_READ("/products/{id}", "products:read", sv_read_product),
    SV_ROUTE("PATCH", "/products/{id}", WRITE, SV_BODY_MERGE, CHANGES, sv_change_product),
    SV_ROUTE("DELETE", "/products/{id}", WRITE, SV_BODY_NONE, CHANGES, sv_delete_product),

    SV_ROUTE("POST", "/products/{id}/members", WRITE, SV_BODY_JSON, CHANGES, sv_add_member),
    SV_ROUTE("PUT", "/products/{id}/members", WRITE, SV_BODY_JSON, SV_WRITES, sv_put_members),
    SV_ROUTE("PATCH", "/products/{id}/members/{member}", WRITE, SV_BODY_MERGE, CHANGES, sv_change_member),
    SV_ROUTE("DELETE", "/products/{id}/members/{member}", WRITE, SV_BODY_NONE, CHANGES, sv_remove_member),

    SV_ROUTE("PUT", "/products/{id}/revenue-share", WRITE, SV_BODY_JSON, SV_WRITES, sv_put_revenue_share),
    SV_ROUTE("PUT", "/products/{id}/options", WRITE, SV_BODY_JSON, SV_WRITES, sv_put_options),

    SV_ROUTE("POST", "/products/{id}/costs", WRITE, SV_BODY_JSON, CHANGES, sv_add_cost_line),
    SV_ROUTE("PATCH", "/products/{id}/costs/{line}", WRITE, SV_BODY_MERGE, CHANGES, sv_change_cost_line),
    SV_ROUTE("DELETE", "/products/{id}/costs/{line}", WRITE, SV_BODY_NONE, CHANGES, sv_remove_cost_line),

    SV_LIST("/cost-components", "products:read", sv_list_components),
    SV_ROUTE("POST", "/cost-components", WRITE, SV_BODY_JSON, CHANGES, sv_make_component),
    SV_READ("/cost-components/{id}", "products:read", sv_read_component),
    SV_ROUTE("PATCH", "/cost-components/{id}", WRITE, SV_BODY_MERGE, CHANGES, sv_change_component),
    SV_ROUTE("DELETE", "/cost-components/{id}", WRITE, SV_BODY_NONE, CHANGES, sv_delete_component),
};

const sv_routes sv_product_routes = {routes, sizeof routes / sizeof routes[0]};
