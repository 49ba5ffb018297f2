#include <stdio.h>
#include <string.h>

#include "products/choice.h"
#include "products/fields.h"
#include "products/member.h"
#include "products/products.h"

#define OPTIONS_MAX 5
#define VALUES_MAX 50
#define NAME_MAX_BYTES 100
#define SUFFIX_MAX 64
#define QUANTITY_MAX 1000

/* A list of objects, each read by `read` into a copy of its own; false: refused. */
typedef json_t *(*sv_reader)(sv_call *call, json_t *given, const sv_product *product);

static json_t *take_list(sv_call *call, json_t *given, const char *name, size_t most, const sv_product *product,
                         sv_reader read)
{
    const char *outer = call->within;
    json_t *list = json_object_get(given, name), *item, *taken = json_array();
    size_t index;
    if (list && !json_is_array(list))
        sv_refuse_field(call, SV_E_invalid_request, name, "wrong_type", "An array is expected.");
    else if (json_array_size(list) > most)
        sv_refuse_field(call, SV_E_validation_failed, name, "count", "There are too many items.");
    json_array_foreach(list, index, item)
    {
        if (sv_refused(call)) break;
        sv_text path = {0};
        sv_text_format(&path, "%s%s%s[%zu]", outer ? outer : "", outer ? "." : "", name, index);
        call->within = sv_text_get(&path);
        json_t *one = NULL;
        if (json_is_object(item))
            one = read(call, item, product);
        else
            sv_refuse_field(call, SV_E_invalid_request, "", "wrong_type", "An object is expected.");
        if (one) json_array_append_new(taken, one);
        call->within = outer;
        sv_text_free(&path);
    }
    if (!sv_refused(call)) return taken;
    json_decref(taken);
    return NULL;
}

static bool take_name(sv_call *call, json_t *given, const char **name)
{
    if (!sv_take_text(call, given, "name", 1, NAME_MAX_BYTES, false, name)) return false;
    if (*name) return true;
    sv_refuse_field(call, SV_E_validation_failed, "name", "required", "This field is needed.");
    return false;
}

/* Names in one list differ. */
static bool are_distinct(sv_call *call, json_t *list, const char *name)
{
    char path[64];
    for (size_t i = 0; i < json_array_size(list); i++) {
        for (size_t k = 0; k < i; k++) {
            const json_t *a = json_array_get(list, i), *b = json_array_get(list, k);
            if (strcmp(sv_json_text(a, "name"), sv_json_text(b, "name")) != 0) continue;
            snprintf(path, sizeof path, "%s[%zu].name", name, i);
            sv_refuse_field(call, SV_E_validation_failed, path, "duplicate", "Another one has this name.");
            return false;
        }
    }
    return true;
}

/* Only what is overridden stands in it; together with the member it must be something the book can make. */
static json_t *read_override(sv_call *call, json_t *given, const sv_product *product)
{
    static const char *const names[] = {"member_id", "material_id", "color_id", "quantity", NULL};
    const char *member_id = NULL, *material = NULL, *color = NULL;
    int64_t quantity = 0;
    if (!sv_known_fields(call, given, call->within, names) ||
        !sv_take_text(call, given, "member_id", 1, 100, false, &member_id) ||
        !sv_take_text(call, given, "material_id", 1, 100, true, &material) ||
        !sv_take_text(call, given, "color_id", 1, 100, true, &color) ||
        !sv_take_integer(call, given, "quantity", 1, QUANTITY_MAX, &quantity))
        return NULL;
    json_t *members = json_object_get(product->object.body, "members");
    size_t index = member_id ? sv_member_find(members, member_id) : json_array_size(members);
    if (index == json_array_size(members)) {
        sv_refuse_field(call, SV_E_validation_failed, "member_id", member_id ? "unknown" : "required",
                        "A member of this product is expected.");
        return NULL;
    }
    json_t *override = json_pack("{s:s}", "member_id", member_id), *choice = json_copy(json_array_get(members, index));
    if (material) json_object_set_new(override, "material_id", json_string(material));
    if (material && strcmp(material, sv_json_text(choice, "material_id")) != 0) {
        json_object_del(choice, "finish_id");
        json_object_del(choice, "layer_height_mm");
        json_object_del(choice, "infill_percent");
        json_object_del(choice, "color_id");
    }
    if (color) json_object_set_new(override, "color_id", json_string(color));
    if (quantity) json_object_set_new(override, "quantity", json_integer(quantity));
    json_object_update(choice, override);
    bool good = sv_choice_check(call, choice);
    json_decref(choice);
    if (good) return override;
    json_decref(override);
    return NULL;
}

static json_t *read_value(sv_call *call, json_t *given, const sv_product *product)
{
    static const char *const names[] = {"name", "sku_suffix", "overrides", NULL};
    const char *name = NULL, *suffix = NULL;
    if (!sv_known_fields(call, given, call->within, names) || !take_name(call, given, &name) ||
        !sv_take_text(call, given, "sku_suffix", 0, SUFFIX_MAX, true, &suffix))
        return NULL;
    json_t *overrides = take_list(call, given, "overrides", SV_MEMBERS_MAX, product, read_override);
    if (!overrides) return NULL;
    return json_pack("{s:s, s:o, s:o}", "name", name, "sku_suffix", sv_json_text_or_null(suffix), "overrides",
                     overrides);
}

static json_t *read_option(sv_call *call, json_t *given, const sv_product *product)
{
    static const char *const names[] = {"name", "personalization", "values", NULL};
    const char *name = NULL;
    bool personal = false;
    if (!sv_known_fields(call, given, call->within, names) || !take_name(call, given, &name) ||
        !sv_take_bool(call, given, "personalization", &personal))
        return NULL;
    json_t *values = take_list(call, given, "values", VALUES_MAX, product, read_value);
    if (values && are_distinct(call, values, "values"))
        return json_pack("{s:s, s:b, s:o}", "name", name, "personalization", personal, "values", values);
    json_decref(values);
    return NULL;
}

bool sv_options_take(sv_call *call, json_t *given, sv_product *product)
{
    if (!json_object_get(given, "options")) return true;
    json_t *options = take_list(call, given, "options", OPTIONS_MAX, product, read_option);
    if (options && are_distinct(call, options, "options")) {
        json_object_set_new(product->object.body, "options", options);
        return true;
    }
    json_decref(options);
    return false;
}

void sv_options_prune(sv_product *product)
{
    json_t *option, *value, *members = json_object_get(product->object.body, "members");
    size_t i, k;
    json_array_foreach(json_object_get(product->object.body, "options"), i, option)
    {
        json_array_foreach(json_object_get(option, "values"), k, value)
        {
            json_t *overrides = json_object_get(value, "overrides");
            for (size_t n = json_array_size(overrides); n-- > 0;) {
                const char *id = sv_json_text(json_array_get(overrides, n), "member_id");
                if (sv_member_find(members, id) == json_array_size(members)) json_array_remove(overrides, n);
            }
        }
    }
}

void sv_put_options(sv_call *call)
{
    static const char *const names[] = {"options", NULL};
    sv_product product;
    if (!sv_known_fields(call, call->body, "", names)) return;
    if (!json_object_get(call->body, "options")) {
        sv_refuse_field(call, SV_E_validation_failed, "options", "required", "This field is needed.");
        return;
    }
    if (!sv_product_open(call, false, &product)) return;
    if (sv_options_take(call, call->body, &product) &&
        sv_product_save(call, &product, "product.update", "product.updated"))
        sv_product_answer(call, 200, &product);
    sv_product_close(&product);
}
