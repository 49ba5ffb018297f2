#include "products/routes.h"

#include "products/attachments.h"
#include "products/cost.h"
#include "products/inline.h"
#include "products/products.h"

#define WRITE "products:write"
#define CHANGES (SV_IDEM | SV_WRITES)
/* clang-format off */
/* Answers with a product, and so with what it costs; and what may bring parts, too. */
#define SV_COSTED(method, path, body, flags, handler) {method, path, WRITE, body, flags, handler, sv_prepare_costs}
#define SV_WITH_PARTS(path, handler) {"POST", path, WRITE, SV_BODY_JSON, CHANGES, handler, sv_prepare_members}
/* clang-format on */

static const sv_route routes[] = {
    SV_LIST("/products", "products:read", sv_list_products),
    SV_WITH_PARTS("/products", sv_make_product),
    SV_COSTED("POST", "/products/from-parts", SV_BODY_JSON, CHANGES, sv_make_products_from_parts),
    SV_ROUTE("POST", "/products/batch-delete", WRITE, SV_BODY_JSON, CHANGES, sv_delete_products),
    SV_READ("/products/match", "products:read", sv_match_product),
    SV_READ("/products/{id}", "products:read", sv_read_product),
    SV_COSTED("PATCH", "/products/{id}", SV_BODY_MERGE, CHANGES, sv_change_product),
    SV_ROUTE("DELETE", "/products/{id}", WRITE, SV_BODY_NONE, CHANGES, sv_delete_product),

    SV_WITH_PARTS("/products/{id}/members", sv_add_member),
    SV_COSTED("PUT", "/products/{id}/members", SV_BODY_JSON, SV_WRITES, sv_put_members),
    SV_COSTED("PATCH", "/products/{id}/members/{member}", SV_BODY_MERGE, CHANGES, sv_change_member),
    SV_COSTED("DELETE", "/products/{id}/members/{member}", SV_BODY_NONE, CHANGES, sv_remove_member),

    SV_COSTED("PUT", "/products/{id}/revenue-share", SV_BODY_JSON, SV_WRITES, sv_put_revenue_share),
    SV_COSTED("PUT", "/products/{id}/options", SV_BODY_JSON, SV_WRITES, sv_put_options),

    SV_READ("/products/{id}/cost-breakdown", "products:read", sv_read_cost_breakdown),
    SV_ROUTE("POST", "/products/{id}/costs", WRITE, SV_BODY_JSON, CHANGES, sv_add_cost_line),
    SV_ROUTE("PATCH", "/products/{id}/costs/{line}", WRITE, SV_BODY_MERGE, CHANGES, sv_change_cost_line),
    SV_ROUTE("DELETE", "/products/{id}/costs/{line}", WRITE, SV_BODY_NONE, CHANGES, sv_remove_cost_line),

    {"POST", "/products/{id}/attachments", WRITE, SV_BODY_ANY, CHANGES, sv_add_attachment, sv_receive_attachment},
    SV_ROUTE("GET", "/products/{id}/attachments/{attachment}/content", "products:read", SV_BODY_NONE, SV_CATALOGUE,
             sv_read_attachment),
    SV_ROUTE("DELETE", "/products/{id}/attachments/{attachment}", WRITE, SV_BODY_NONE, CHANGES, sv_remove_attachment),

    SV_LIST("/cost-components", "products:read", sv_list_components),
    SV_ROUTE("POST", "/cost-components", WRITE, SV_BODY_JSON, CHANGES, sv_make_component),
    SV_READ("/cost-components/{id}", "products:read", sv_read_component),
    SV_ROUTE("PATCH", "/cost-components/{id}", WRITE, SV_BODY_MERGE, CHANGES, sv_change_component),
    SV_ROUTE("DELETE", "/cost-components/{id}", WRITE, SV_BODY_NONE, CHANGES, sv_delete_component),
};

const sv_routes sv_product_routes = {routes, sizeof routes / sizeof routes[0]};
