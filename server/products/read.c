#include "access/include.h"
#include "access/list.h"
#include "products/product.h"
#include "products/products.h"

static const char *const relations[] = {"members.part", "costs", "attachments", NULL};

static const sv_field fields[] = {{"name", SV_F_TEXT, true},
                                  {"sku", SV_F_TEXT, true},
                                  {"status", SV_F_TEXT, true},
                                  {"folder", SV_F_TEXT, false},
                                  {"tags", SV_F_TAGS, false},
                                  {"revenue_share.enabled", SV_F_BOOL, false},
                                  {"materials_available", SV_F_BOOL, false},
                                  {NULL, SV_F_TEXT, false}};

/* Parts are of another scope. */
static bool may_include(sv_call *call)
{
    if (!sv_is_included(call, "members.part") || sv_has_scope(call, "parts:read")) return true;
    sv_refuse(call, SV_E_insufficient_scope, json_pack("{s:s}", "required", "parts:read"),
              "This key lacks the scope %s.", "parts:read");
    return false;
}

void sv_list_products(sv_call *call)
{
    const sv_listing listing = {.type = "product", .fields = fields, .view = sv_product_view, .include = relations};
    if (may_include(call)) sv_list(call, &listing);
}

void sv_read_product(sv_call *call)
{
    sv_product product;
    if (!sv_check_include(call, relations) || !may_include(call)) return;
    product.before = NULL;
    if (!sv_get(call, "product", call->argument[0], &product.object)) return;
    sv_product_answer(call, 200, &product);
    sv_product_close(&product);
}
