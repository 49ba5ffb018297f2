/* PrusaSlicer 3: roles of parts and what is not to be printed, from its JSON. */
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "format/threemf_json.h"
#include "format/threemf_vendor.h"

#define PROJECT "Metadata/PrusaSlicer3_project.json"

static bool index_of(const json_t *object, const char *key, uint32_t *value)
{
    const json_t *json = json_object_get(object, key);
    if (!json_is_integer(json)) return false;
    json_int_t number = json_integer_value(json);
    if (number < 0 || number > INT32_MAX) return false;
    *value = (uint32_t)number;
    return true;
}

static lq_status take_name(lqi_threemf *threemf, const json_t *object, const char **name)
{
    const char *text = json_string_value(json_object_get(object, "name"));
    if (!text) return LQ_OK;
    *name = lqi_arena_text(&threemf->arena, text, strnlen(text, 4096));
    return *name ? LQ_OK : lqi_memory_status(threemf->context);
}

static lq_status take_volume(lqi_threemf *threemf, const json_t *volume)
{
    lqi_vendor_part part = {.first = LQI_NO_RANGE, .last = LQI_NO_RANGE, .offset = -1};
    if (!index_of(volume, "id", &part.id)) return LQ_OK;
    const char *type = json_string_value(json_object_get(volume, "type"));
    if (type && !lqi_vendor_role_of(type, &part.role)) {
        part.role = LQ_ROLE_MODEL;
        LQI_TRY(lqi_threemf_note(&threemf->notes, PROJECT, "3mf_unknown_subtype", LQ_SEVERITY_WARN, -1,
                                 "A part is of the unknown kind \"%.40s\"; it was read as a normal part.", type));
    }
    LQI_TRY(take_name(threemf, volume, &part.name));
    return lqi_vendor_add_part(threemf, &part);
}

/* Only exceptions are listed; `ord` counts all items of the build. */
static void take_instances(lqi_threemf *threemf, const json_t *instances)
{
    for (size_t i = 0; i < json_array_size(instances); i++) {
        const json_t *instance = json_array_get(instances, i);
        uint32_t order;
        if (json_is_false(json_object_get(instance, "printable")) && index_of(instance, "ord", &order) &&
            order < threemf->item_count)
            threemf->items[order].printable = false;
    }
}

static lq_status take_object(lqi_threemf *threemf, const json_t *object)
{
    take_instances(threemf, json_object_get(object, "instances"));
    uint32_t id;
    if (!index_of(object, "id", &id)) return LQ_OK;
    LQI_TRY(lqi_vendor_add_object(threemf, PROJECT, id));
    LQI_TRY(take_name(threemf, object, &threemf->vendor->objects[threemf->vendor->object_count - 1].name));
    const json_t *volumes = json_object_get(object, "volumes");
    for (size_t i = 0; i < json_array_size(volumes); i++) LQI_TRY(take_volume(threemf, json_array_get(volumes, i)));
    return LQ_OK;
}

lq_status lqi_prusa3_read(lqi_threemf *threemf)
{
    json_t *root;
    LQI_TRY(lqi_vendor_json(threemf, PROJECT, &root));
    if (!root) return LQ_OK;
    const json_t *objects = json_object_get(root, "objects");
    lq_status status = LQ_OK;
    take_instances(threemf, json_object_get(root, "instances"));
    for (size_t i = 0; i < json_array_size(objects) && status == LQ_OK; i++)
        status = take_object(threemf, json_array_get(objects, i));
    json_decref(root);
    return status;
}
