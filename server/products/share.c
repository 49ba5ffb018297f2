#include <stdio.h>
#include <string.h>

#include "access/amounts.h"
#include "products/choice.h"
#include "products/fields.h"
#include "products/products.h"

/* {"mat_pla": 150}: minor units of the share's currency. */
static bool take_by_material(sv_call *call, json_t *given, json_t *into)
{
    json_t *list = json_object_get(given, "by_material"), *value;
    const char *material;
    char path[128];
    if (!list) return true;
    if (!json_is_object(list)) {
        sv_refuse_field(call, SV_E_invalid_request, "by_material", "wrong_type", "An object is expected.");
        return false;
    }
    json_object_foreach(list, material, value)
    {
        snprintf(path, sizeof path, "by_material.%.90s", material);
        if (!json_is_integer(value))
            sv_refuse_field(call, SV_E_invalid_request, path, "wrong_type", "An integer is expected.");
        else if (json_integer_value(value) < 0 || json_integer_value(value) > SV_AMOUNT_MAX)
            sv_refuse_field(call, SV_E_validation_failed, path, "range", "The amount is out of range.");
        else if (!sv_choice_material(call->app, material))
            sv_refuse_field(call, SV_E_material_unknown, path, "unknown", "The price book has no such material.");
        if (sv_refused(call)) return false;
        json_object_set(into, material, value);
    }
    return true;
}

bool sv_share_take(sv_call *call, json_t *given, sv_product *product)
{
    static const char *const names[] = {"enabled", "per_unit", "by_material", NULL};
    const char *currency = sv_json_text(call->account, "currency");
    int64_t amount = -1;
    bool enabled = false;
    if (!json_is_object(given)) {
        sv_refuse_field(call, SV_E_invalid_request, "", "wrong_type", "An object is expected.");
        return false;
    }
    json_t *by_material = json_object();
    bool good = sv_known_fields(call, given, call->within ? call->within : "", names) &&
                sv_take_bool(call, given, "enabled", &enabled) &&
                sv_take_money(call, given, "per_unit", SV_AMOUNT_MAX, currency, &amount) &&
                take_by_material(call, given, by_material);
    if (good && (!json_object_get(given, "enabled") || (enabled && amount < 0))) {
        sv_refuse_field(call, SV_E_validation_failed, json_object_get(given, "enabled") ? "per_unit" : "enabled",
                        "required", "This field is needed.");
        good = false;
    }
    if (good)
        json_object_set_new(product->object.body, "revenue_share",
                            json_pack("{s:b, s:o, s:O}", "enabled", enabled, "per_unit",
                                      sv_money(amount < 0 ? 0 : amount, currency), "by_material", by_material));
    json_decref(by_material);
    return good;
}

void sv_put_revenue_share(sv_call *call)
{
    sv_product product = sv_product_new(call);
    bool good = sv_share_take(call, call->body, &product); /* is it one at all? before the product is looked up */
    sv_product_close(&product);
    if (!good || !sv_product_open(call, false, &product)) return;
    if (sv_share_take(call, call->body, &product) &&
        sv_product_save(call, &product, "product.revenue_share.update", "product.revenue_share.updated"))
        sv_product_answer(call, 200, &product);
    sv_product_close(&product);
}
