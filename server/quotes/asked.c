#include "quotes/asked.h"

#include <stdio.h>
#include <string.h>

#include "access/amounts.h"
#include "base/countries.h"

#define MATERIALS_MAX 20
#define QUANTITIES_MAX 10
#define QUANTITY_MAX 100000
#define OPTIONS_MAX 100
#define POSTCODE_MAX 32

static bool bad_type(sv_call *call, const char *path, const char *message)
{
    sv_refuse_field(call, SV_E_invalid_request, path, "wrong_type", message);
    return false;
}

static bool bad_value(sv_call *call, const char *path, const char *code, const char *message)
{
    sv_refuse_field(call, SV_E_validation_failed, path, code, message);
    return false;
}

/* ---- target ---- */

static bool take_options(sv_call *call, json_t *request)
{
    json_t *options = json_object_get(call->body, "options"), *value;
    const char *name;
    if (!options) return true;
    if (!json_is_object(options)) return bad_type(call, "options", "An object of names and values is expected.");
    if (json_object_get(request, "part_id")) return bad_value(call, "options", "product_only", "A part has none.");
    json_object_foreach(options, name, value)
    {
        char path[128];
        snprintf(path, sizeof path, "options.%.100s", name);
        if (!json_is_string(value)) return bad_type(call, path, "A text is expected.");
    }
    json_object_set(request, "options", options);
    return true;
}

static bool take_target(sv_call *call, json_t *request)
{
    const char *part = NULL, *product = NULL;
    if (!sv_take_text(call, call->body, "part_id", 0, SIZE_MAX, true, &part) ||
        !sv_take_text(call, call->body, "product_id", 0, SIZE_MAX, true, &product))
        return false;
    if (!part == !product) {
        sv_refuse(call, SV_E_quote_target, NULL, "A quote is for a part or for a product: name one of them.");
        return false;
    }
    json_object_set_new(request, part ? "part_id" : "product_id", json_string(part ? part : product));
    return take_options(call, request);
}

/* ---- materials and quantities ---- */

static bool take_height(sv_call *call, json_t *given, json_t *choice)
{
    bool told = false;
    int64_t um = 0;
    if (!sv_take_decimal(call, given, "layer_height_mm", -1000000, 1000000, true, &told, &um)) return false;
    if (told && um <= 0) {
        sv_refuse_field(call, SV_E_layer_height_unsupported, "layer_height_mm", "range", "It must be above 0.");
        return false;
    }
    if (told) json_object_set_new(choice, "layer_height_mm", sv_json_measure((double)um / 1000));
    return true;
}

static bool take_infill(sv_call *call, json_t *given, json_t *choice)
{
    int64_t percent = -1;
    json_t *value = json_object_get(given, "infill_percent");
    if (!value || json_is_null(value)) return true;
    if (!sv_take_integer(call, given, "infill_percent", INT32_MIN, INT32_MAX, &percent)) return false;
    if (percent < 0 || percent > 100) {
        sv_refuse_field(call, SV_E_infill_unsupported, "infill_percent", "range", "It must be from 0 to 100.");
        return false;
    }
    json_object_set_new(choice, "infill_percent", json_integer(percent));
    return true;
}

static bool take_choice(sv_call *call, json_t *given, json_t *choice)
{
    static const char *const names[] = {"material_id",     "color_id",       "finish_id",
                                        "layer_height_mm", "infill_percent", NULL};
    if (json_is_string(given)) {
        json_object_set(choice, "material_id", given);
        return true;
    }
    if (!json_is_object(given)) return bad_type(call, "", "A material is an id, or an object with one.");
    if (!sv_known_fields(call, given, call->within, names)) return false;
    for (int i = 0; i < 3; i++) {
        const char *text = NULL;
        if (!sv_take_text(call, given, names[i], 1, 64, i > 0, &text)) return false;
        if (text) json_object_set_new(choice, names[i], json_string(text));
    }
    if (!json_object_get(choice, "material_id")) return bad_value(call, "material_id", "required", "It is needed.");
    return take_height(call, given, choice) && take_infill(call, given, choice);
}

static bool take_materials(sv_call *call, json_t *request)
{
    json_t *given = json_object_get(call->body, "materials"), *item, *list;
    size_t index;
    bool good = true;
    if (!given || json_is_null(given)) {
        if (json_object_get(request, "product_id")) return true;
        return bad_value(call, "materials", "required", "A part has no material of its own: name some, or \"all\".");
    }
    if (json_is_string(given)) {
        if (strcmp(json_string_value(given), "all") != 0)
            return bad_value(call, "materials", "unknown", "\"all\" or a list of materials is expected.");
        return json_object_set(request, "materials", given) == 0;
    }
    if (!json_is_array(given)) return bad_type(call, "materials", "\"all\" or a list of materials is expected.");
    if (!json_array_size(given) || json_array_size(given) > MATERIALS_MAX)
        return bad_value(call, "materials", "count", "1 to 20 materials are expected.");
    list = json_array();
    json_object_set_new(request, "materials", list);
    json_array_foreach(given, index, item)
    {
        char path[48];
        json_t *choice = json_object();
        snprintf(path, sizeof path, "materials[%zu]", index);
        call->within = path;
        good = good && take_choice(call, item, choice);
        call->within = NULL;
        json_array_append_new(list, choice);
    }
    return good;
}

static bool check_quantity(sv_call *call, json_t *given, size_t index)
{
    char path[48];
    json_t *item = json_array_get(given, index);
    snprintf(path, sizeof path, "quantities[%zu]", index);
    if (!json_is_integer(item)) return bad_type(call, path, "An integer is expected.");
    if (json_integer_value(item) < 1 || json_integer_value(item) > QUANTITY_MAX)
        return bad_value(call, path, "range", "A quantity is from 1 to 100000.");
    for (size_t i = 0; i < index; i++)
        if (json_equal(json_array_get(given, i), item)) return bad_value(call, path, "distinct", "It is there twice.");
    return true;
}

static bool take_quantities(sv_call *call, json_t *request)
{
    json_t *given = json_object_get(call->body, "quantities");
    if (!given) return json_object_set_new(request, "quantities", json_pack("[i]", 1)) == 0;
    if (!json_is_array(given)) return bad_type(call, "quantities", "An array of integers is expected.");
    if (!json_array_size(given) || json_array_size(given) > QUANTITIES_MAX)
        return bad_value(call, "quantities", "count", "1 to 10 quantities are expected.");
    for (size_t i = 0; i < json_array_size(given); i++)
        if (!check_quantity(call, given, i)) return false;
    return json_object_set(request, "quantities", given) == 0;
}

/* Of materials that are named; "all" is as many as the book has. */
static bool check_count(sv_call *call, const json_t *request)
{
    json_t *materials = json_object_get(request, "materials"), *material;
    size_t index, count = json_is_array(materials) ? json_array_size(materials) : !json_is_string(materials);
    if (json_is_string(materials))
        json_array_foreach(json_object_get(call->app->book_json, "materials"), index, material) count +=
            strcmp(sv_json_text(material, "status"), "active") == 0;
    if (count * json_array_size(json_object_get(request, "quantities")) <= OPTIONS_MAX) return true;
    sv_refuse(call, SV_E_too_many_options, NULL, "Materials times quantities are more than 100 options.");
    return false;
}

/* ---- place and terms ---- */

static bool take_place(sv_call *call, json_t *given, json_t *place)
{
    static const char *const names[] = {"country", "postcode", "region", NULL};
    const char *country = NULL, *postcode = NULL, *region = NULL;
    if (!sv_known_fields(call, given, "ship_to", names)) return false;
    call->within = "ship_to";
    bool good = sv_take_text(call, given, "country", 0, 200, true, &country) &&
                sv_take_text(call, given, "postcode", 1, POSTCODE_MAX, true, &postcode) &&
                sv_take_text(call, given, "region", 1, 100, true, &region);
    call->within = NULL;
    if (!good) return false;
    if (country && !sv_country_code(country)) {
        sv_refuse_field(call, SV_E_invalid_country, "ship_to.country", "unknown",
                        "A code of ISO 3166-1 in capitals is expected, like DE or DEU.");
        return false;
    }
    if (country) json_object_set_new(place, "country", json_string(sv_country_code(country)));
    json_object_set_new(place, "postcode", sv_json_text_or_null(postcode));
    json_object_set_new(place, "region", sv_json_text_or_null(region));
    return true;
}

json_t *sv_asked_place(sv_call *call)
{
    json_t *given = json_object_get(call->body, "ship_to");
    json_t *place = json_pack("{s:O, s:n, s:n}", "country", json_object_get(call->account, "default_country"),
                              "postcode", "region");
    bool good = true;
    if (given && !json_is_null(given) && !json_is_object(given))
        good = bad_type(call, "ship_to", "An object is expected.");
    else if (json_is_object(given))
        good = take_place(call, given, place);
    if (good && !json_is_string(json_object_get(place, "country")))
        good = bad_value(call, "ship_to.country", "required", "The account has no country of its own: name one.");
    if (good) return place;
    json_decref(place);
    return NULL;
}

static bool take_terms(sv_call *call, json_t *request)
{
    const char *priority = "standard", *currency = sv_json_text(call->account, "currency"), *discount = NULL;
    int64_t days = call->app->config->quote_days;
    if (!sv_take_text(call, call->body, "priority", 0, 40, false, &priority) ||
        !sv_take_text(call, call->body, "currency", 0, 40, false, &currency) ||
        !sv_take_text(call, call->body, "discount_code", 1, 40, true, &discount) ||
        !sv_take_integer(call, call->body, "expires_in_days", 1, 90, &days))
        return false;
    if (strcmp(priority, "standard") != 0 && strcmp(priority, "priority") != 0)
        return bad_value(call, "priority", "unknown", "It is standard or priority.");
    if (days > call->app->config->quote_days_max) days = call->app->config->quote_days_max;
    json_object_set_new(request, "priority", json_boolean(strcmp(priority, "priority") == 0));
    json_object_set_new(request, "currency", json_string(currency));
    json_object_set_new(request, "discount_code", sv_json_text_or_null(discount));
    json_object_set_new(request, "days", json_integer(days));
    return true;
}

json_t *sv_asked_read(sv_call *call, const char **ref)
{
    static const char *const names[] = {"part_id",       "product_id",      "options",  "materials", "quantities",
                                        "priority",      "ship_to",         "currency", "ref",       "metadata",
                                        "discount_code", "expires_in_days", NULL};
    json_t *request = json_object(), *place = NULL;
    bool good = sv_known_fields(call, call->body, "", names) && take_target(call, request) &&
                take_materials(call, request) && take_quantities(call, request) && check_count(call, request) &&
                take_terms(call, request) && sv_take_text(call, call->body, "ref", 1, 255, true, ref) &&
                (place = sv_asked_place(call)) != NULL;
    if (place) json_object_set_new(request, "ship_to", place);
    if (good) return request;
    json_decref(request);
    return NULL;
}
