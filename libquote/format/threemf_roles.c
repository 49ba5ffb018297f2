/* Roles and names that vendors' files give to objects. */
#include "format/threemf_place.h"
#include "format/threemf_vendor.h"

const lqi_vendor_part *lqi_vendor_part_below(const lqi_threemf *threemf, const lqi_place_level *levels, size_t count)
{
    if (levels[0].part != threemf->root) return NULL;
    const lqi_model_part *root = &threemf->parts[threemf->root];
    const lqi_model_object *object = &root->objects[levels[0].object];
    const lqi_vendor_object *told = lqi_vendor_object_of(threemf, object->id);
    if (!told || told->has_ranges) return NULL;
    if (count == 1) return lqi_vendor_part_of(threemf, told, SIZE_MAX, object->id);
    size_t component = levels[0].next - 1; /* the one that the way went down */
    return lqi_vendor_part_of(threemf, told, component, root->uses[object->component_first + component].object_id);
}

const char *lqi_object_name(const lqi_threemf *threemf, uint32_t part, const lqi_model_object *object)
{
    if (object->name[0] || part != threemf->root) return object->name;
    const lqi_vendor_object *told = lqi_vendor_object_of(threemf, object->id);
    return told && told->name ? told->name : object->name;
}

static lq_role role_of_ranges(const lqi_threemf *threemf, const lqi_vendor_object *told)
{
    for (size_t i = 0; i < told->part_count; i++)
        if (threemf->vendor->parts[told->part_first + i].role == LQ_ROLE_MODEL) return LQ_ROLE_MODEL;
    return threemf->vendor->parts[told->part_first].role;
}

/* An object that is used in several roles is listed in the last of them. */
void lqi_list_roles(lqi_threemf *threemf)
{
    for (size_t i = 0; i < threemf->part_count; i++)
        for (size_t k = 0; k < threemf->parts[i].object_count; k++)
            threemf->parts[i].objects[k].listed_role = lqi_model_role(&threemf->parts[i].objects[k]);
    lqi_model_part *root = &threemf->parts[threemf->root];
    for (size_t i = 0; i < root->object_count; i++) {
        lqi_model_object *object = &root->objects[i];
        const lqi_vendor_object *told = lqi_vendor_object_of(threemf, object->id);
        if (object->has_components) object->listed_role = LQ_ROLE_MODEL; /* the type of such an object is ignored */
        if (!told) continue;
        if (told->has_ranges) object->listed_role = role_of_ranges(threemf, told);
        for (size_t k = 0; k < object->component_count && !told->has_ranges; k++) {
            const lqi_model_use *use = &root->uses[object->component_first + k];
            const lqi_vendor_part *part = lqi_vendor_part_of(threemf, told, k, use->object_id);
            if (!part || use->object == LQI_NO_OBJECT) continue;
            lqi_model_object *below = &threemf->parts[use->part].objects[use->object];
            below->listed_role = part->role;
            if (!below->name[0] && part->name) below->name = part->name;
        }
    }
}
