#include "products/choice.h"

#include <math.h>
#include <string.h>

static json_t *with_id(json_t *list, const char *id)
{
    json_t *item;
    size_t index;
    json_array_foreach(list, index, item) if (strcmp(sv_json_text(item, "id"), id) == 0) return item;
    return NULL;
}

json_t *sv_choice_material(const sv_app *app, const char *id)
{
    return with_id(json_object_get(app->materials, "materials"), id);
}

static bool has_layer(const json_t *material, double height)
{
    json_t *item;
    size_t index;
    json_array_foreach(json_object_get(material, "layer_heights_mm"), index,
                       item) if (fabs(json_number_value(item) - height) < 5e-4) return true;
    return false;
}

static bool has_infill(const json_t *material, json_int_t percent)
{
    const json_t *range = json_object_get(material, "infill_percent");
    return range && (double)percent >= json_number_value(json_object_get(range, "min")) &&
           (double)percent <= json_number_value(json_object_get(range, "max"));
}

static bool refuse(sv_call *call, sv_error error, const char *name, const char *message)
{
    sv_refuse_field(call, error, name, "unknown", message);
    return false;
}

bool sv_choice_check(sv_call *call, const json_t *choice)
{
    const char *color = sv_json_text(choice, "color_id"), *finish = sv_json_text(choice, "finish_id");
    const json_t *layer = json_object_get(choice, "layer_height_mm"),
                 *infill = json_object_get(choice, "infill_percent");
    bool named = json_is_string(json_object_get(choice, "material_id"));
    const json_t *material = named ? sv_choice_material(call->app, sv_json_text(choice, "material_id")) : NULL;
    if (named && !material)
        return refuse(call, SV_E_material_unknown, "material_id", "The price book has no such material.");
    if (*color && !with_id(json_object_get(material, "colors"), color))
        return refuse(call, SV_E_color_not_in_material, "color_id", "The material has no such colour.");
    if (*finish && !with_id(json_object_get(material, "finishes"), finish))
        return refuse(call, SV_E_finish_not_in_material, "finish_id", "The material has no such finish.");
    if (json_is_number(layer) && !has_layer(material, json_number_value(layer)))
        return refuse(call, SV_E_layer_height_unsupported, "layer_height_mm",
                      "The material is not made in this layer height.");
    if (json_is_integer(infill) && !has_infill(material, json_integer_value(infill)))
        return refuse(call, SV_E_infill_unsupported, "infill_percent", "The material is not made with this infill.");
    return true;
}

static bool is_active(const json_t *thing) { return thing && strcmp(sv_json_text(thing, "status"), "active") == 0; }

bool sv_choice_is_active(const sv_app *app, const json_t *choice)
{
    const char *color = sv_json_text(choice, "color_id");
    const json_t *material = sv_choice_material(app, sv_json_text(choice, "material_id"));
    return is_active(material) && (!*color || is_active(with_id(json_object_get(material, "colors"), color)));
}
