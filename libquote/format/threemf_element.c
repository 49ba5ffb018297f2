/* The elements of the structure: model, object, component, item. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "format/threemf_reader.h"

const char *lqi_attribute_in(const char *const *attributes, lqi_space space, const char *local)
{
    for (; attributes[0]; attributes += 2) {
        const char *name;
        if (strchr(attributes[0], LQI_XML_SEPARATOR) && lqi_space_of_name(attributes[0], &name) == space &&
            strcmp(name, local) == 0)
            return attributes[1];
    }
    return NULL;
}

lq_status lqi_reader_note(lqi_model_reader *reader, lqi_xml *xml, const char *code, const char *format, ...)
{
    char message[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return lqi_threemf_note(&reader->part->notes, reader->part->name, code, LQ_SEVERITY_WARN, lqi_xml_offset(xml), "%s",
                            message);
}

/* ---- model ---- */

static lq_status read_unit(lqi_model_reader *reader, lqi_xml *xml, const char *word)
{
    lqi_model_part *part = reader->part;
    bool exact = true, known = !word || lqi_unit_of(word, &part->unit, &exact);
    part->unit_mm = lqi_threemf_unit_mm(part->unit);
    reader->mesh.length_max = LQI_LENGTH_MAX_MM / part->unit_mm;
    if (known && exact) return LQ_OK;
    return lqi_reader_note(reader, xml, "3mf_unknown_unit",
                           "The model's unit \"%.40s\" is not one of 3MF; it was read as %s.", word,
                           known ? "the unit of that name in small letters" : "millimetres");
}

static const char *uri_of_prefix(const lqi_model_reader *reader, const char *prefix, size_t size)
{
    for (size_t i = 0; i < reader->prefix_count; i++)
        if (strlen(reader->prefixes[i].prefix) == size && memcmp(reader->prefixes[i].prefix, prefix, size) == 0)
            return reader->prefixes[i].uri;
    return NULL;
}

static lq_status require(lqi_model_reader *reader, lqi_xml *xml, const char *prefix, size_t size)
{
    const char *uri = uri_of_prefix(reader, prefix, size);
    int shown = size < 60 ? (int)size : 60;
    if (!uri && size == 1 && strchr("pmsb", prefix[0]))
        return lqi_reader_note(
            reader, xml, "3mf_undeclared_prefix",
            "The model requires an extension by the short name %.*s without saying which one that is.", shown, prefix);
    if (uri && lqi_space_of_uri(uri, strlen(uri)) < LQI_SPACE_CURA) return LQ_OK;
    if (reader->threemf->lenient)
        return lqi_reader_note(reader, xml, "3mf_required_extension",
                               "The model requires an extension that is not supported (%.200s); it was read without.",
                               uri ? uri : "not declared");
    return lqi_xml_fail(xml, LQI_THREEMF_REQUIRED_EXTENSION,
                        "The model requires an extension that is not supported: %.200s%.*s.",
                        uri ? uri : "the undeclared short name ", uri ? 0 : shown, prefix);
}

static lq_status read_extensions(lqi_model_reader *reader, lqi_xml *xml, const char *list, bool required)
{
    for (const char *p = list ? list : ""; *p;) {
        size_t size = strcspn(p, " \t\r\n");
        if (size && required) {
            LQI_TRY(require(reader, xml, p, size));
        } else if (size) {
            const char *uri = uri_of_prefix(reader, p, size);
            if (uri && lqi_space_of_uri(uri, strlen(uri)) >= LQI_SPACE_CURA)
                LQI_TRY(lqi_reader_note(reader, xml, "3mf_recommended_extension",
                                        "The model recommends an extension that is not supported (%.200s).", uri));
        }
        p += size;
        p += *p != 0;
    }
    return LQ_OK;
}

lq_status lqi_read_model(lqi_model_reader *reader, lqi_xml *xml, const char *const *attributes)
{
    LQI_TRY(read_unit(reader, xml, lqi_xml_attribute(attributes, "unit")));
    LQI_TRY(read_extensions(reader, xml, lqi_xml_attribute(attributes, "requiredextensions"), true));
    return read_extensions(reader, xml, lqi_xml_attribute(attributes, "recommendedextensions"), false);
}

/* ---- ids and references ---- */

static lq_status add_id(lqi_model_reader *reader, lqi_xml *xml, uint32_t id, bool of_object)
{
    lqi_model_part *part = reader->part;
    lq_context *context = reader->context;
    LQI_TRY(lqi_grow(context, (void **)&part->ids, &part->id_capacity, part->id_count + 1, sizeof *part->ids));
    LQI_TRY(lqi_grow(context, (void **)&part->id_places, &part->id_place_capacity, part->id_count + 1,
                     sizeof *part->id_places));
    part->ids[part->id_count] = (uint64_t)id << 32 | (uint32_t)part->id_count;
    part->id_places[part->id_count++] = lqi_xml_offset(xml) << 1 | of_object;
    return LQ_OK;
}

lq_status lqi_read_resource_id(lqi_model_reader *reader, lqi_xml *xml, const char *const *attributes)
{
    const char *text = lqi_xml_attribute(attributes, "id");
    uint32_t id;
    if (!text || lqi_index_of(text, &id) != LQI_VALUE_GOOD) return LQ_OK; /* materials never change the shape */
    return add_id(reader, xml, id, false);
}

static lq_status read_index(lqi_xml *xml, const char *const *attributes, const char *element, const char *name,
                            uint32_t *value)
{
    const char *text = lqi_xml_attribute(attributes, name);
    if (!text) return lqi_xml_fail(xml, LQI_THREEMF_MISSING_ATTR, "The element %s has no %s.", element, name);
    lqi_reason reason = lqi_index_of(text, value);
    return reason == LQI_VALUE_GOOD ? LQ_OK : lqi_value_fail(xml, reason, name, text);
}

static lq_status read_transform(lqi_model_reader *reader, lqi_xml *xml, const char *text, lqi_model_use *use)
{
    use->transform = lqi_transform_identity;
    if (!text) return LQ_OK;
    lqi_reason reason = lqi_transform_of(text, reader->mesh.decimal_comma, &reader->mesh.commas, &use->transform);
    for (int i = 9; i < 12 && reason == LQI_VALUE_GOOD; i++)
        if (!(fabs(use->transform.m[i]) <= reader->mesh.length_max)) reason = LQI_RANGE;
    if (reason != LQI_VALUE_GOOD) return lqi_value_fail(xml, reason, "transform", text);
    use->singular = lqi_transform_is_singular(&use->transform);
    return LQ_OK;
}

/* Where a path leads is found out when the whole part has been read. Mostly it is the path of the use before. */
static lq_status read_path(lqi_model_reader *reader, const char *path, lqi_model_use *use)
{
    use->part = reader->index;
    if (!path || !path[0]) return LQ_OK;
    use->part = LQI_NO_PART;
    if (!reader->path_last || strcmp(path, reader->path_last) != 0) {
        reader->path_last = lqi_arena_text(&reader->part->arena, path, strnlen(path, 4096));
        if (!reader->path_last) return lqi_memory_status(reader->context);
    }
    use->path = reader->path_last;
    return LQ_OK;
}

static lq_status read_use(lqi_model_reader *reader, lqi_xml *xml, const char *element, const char *const *attributes,
                          lqi_model_use *use)
{
    *use = (lqi_model_use){.object = LQI_NO_OBJECT, .offset = lqi_xml_offset(xml)};
    LQI_TRY(read_index(xml, attributes, element, "objectid", &use->object_id));
    LQI_TRY(read_transform(reader, xml, lqi_xml_attribute(attributes, "transform"), use));
    return read_path(reader, lqi_attribute_in(attributes, LQI_SPACE_PRODUCTION, "path"), use);
}

static lq_status add_use(lqi_model_reader *reader, const lqi_model_use *use)
{
    lqi_model_part *part = reader->part;
    LQI_TRY(lqi_grow(reader->context, (void **)&part->uses, &part->use_capacity, part->use_count + 1, sizeof *use));
    part->uses[part->use_count++] = *use;
    return LQ_OK;
}

lq_status lqi_read_component(lqi_model_reader *reader, lqi_xml *xml, const char *const *attributes)
{
    lqi_model_use use;
    LQI_TRY(read_use(reader, xml, "component", attributes, &use));
    LQI_TRY(add_use(reader, &use));
    lqi_reader_object(reader)->component_count++;
    return LQ_OK;
}

/* ---- objects ---- */

static bool is_full(const char *resolution) { return !resolution || strcmp(resolution, "fullres") == 0; }

lq_status lqi_read_object(lqi_model_reader *reader, lqi_xml *xml, const char *const *attributes)
{
    lqi_model_part *part = reader->part;
    lqi_model_object object = {.offset = lqi_xml_offset(xml),
                               .problem = LQI_VALUE_GOOD,
                               .component_first = part->use_count,
                               .mesh_extent = lqi_extent_none,
                               .mesh_id = LQI_NO_MESH};
    LQI_TRY(read_index(xml, attributes, "object", "id", &object.id));
    if (object.id == 0) return lqi_value_fail(xml, LQI_THREEMF_BAD_NUMBER, "id", "0");
    LQI_TRY(add_id(reader, xml, object.id, true));
    const char *type = lqi_xml_attribute(attributes, "type"), *name = lqi_xml_attribute(attributes, "name");
    object.type = lqi_object_type_of(type ? type : "");
    if (object.type == LQI_TYPE_UNKNOWN) {
        LQI_TRY(lqi_reader_note(reader, xml, "3mf_unknown_element",
                                "An object is of the unknown type \"%.40s\"; it was read as a part.", type));
        object.type = LQI_TYPE_MODEL;
    }
    object.name = lqi_arena_text(&part->arena, name ? name : "", name ? strnlen(name, 4096) : 0);
    if (!object.name) return lqi_memory_status(reader->context);
    const char *slices = lqi_attribute_in(attributes, LQI_SPACE_SLICE, "meshresolution");
    if (!is_full(slices)) object.problem = LQI_THREEMF_LOWRES_MESH;
    reader->object_fullres = is_full(lqi_attribute_in(attributes, LQI_SPACE_ALTERNATIVES, "modelresolution"));
    reader->has_alternative = false;
    LQI_TRY(lqi_grow(reader->context, (void **)&part->objects, &part->object_capacity, part->object_count + 1,
                     sizeof object));
    part->objects[part->object_count++] = object;
    return LQ_OK;
}

lq_status lqi_read_alternative(lqi_model_reader *reader, lqi_xml *xml, const char *const *attributes)
{
    const char *resolution = lqi_xml_attribute(attributes, "modelresolution");
    if (!resolution) resolution = lqi_attribute_in(attributes, LQI_SPACE_ALTERNATIVES, "modelresolution");
    if (reader->object_fullres || reader->has_alternative || !is_full(resolution)) return LQ_OK;
    LQI_TRY(read_use(reader, xml, "alternative", attributes, &reader->alternative));
    reader->alternative.transform = lqi_transform_identity;
    reader->alternative.singular = false;
    const char *path = reader->alternative.path;
    reader->has_alternative = !path || lqi_package_look(reader->threemf, path) != SIZE_MAX;
    return LQ_OK;
}

/* An object whose own shape is a stand-in is replaced by its first full alternative. */
lq_status lqi_end_object(lqi_model_reader *reader)
{
    lqi_model_object *object = lqi_reader_object(reader);
    if (!reader->object_fullres && reader->has_alternative) {
        object->component_first = reader->part->use_count;
        object->component_count = 1;
        object->has_mesh = false;
        object->has_components = true;
        object->problem = LQI_VALUE_GOOD;
        LQI_TRY(add_use(reader, &reader->alternative));
    } else if (!reader->object_fullres && object->problem == LQI_VALUE_GOOD) {
        object->problem = LQI_THREEMF_LOWRES_MESH;
    }
    bool empty = !object->has_mesh && object->component_count == 0;
    if (empty && object->problem == LQI_VALUE_GOOD) object->problem = LQI_THREEMF_NO_CONTENT;
    return LQ_OK;
}

/* ---- build ---- */

static bool is_false(const char *word) { return word && (strcmp(word, "0") == 0 || strcmp(word, "false") == 0); }

lq_status lqi_read_item(lqi_model_reader *reader, lqi_xml *xml, const char *const *attributes)
{
    lqi_model_part *part = reader->part;
    lqi_model_item item = {.printable = !is_false(lqi_xml_attribute(attributes, "printable")), .plate = 1};
    LQI_TRY(read_use(reader, xml, "item", attributes, &item.use));
    LQI_TRY(lqi_grow(reader->context, (void **)&part->items, &part->item_capacity, part->item_count + 1, sizeof item));
    part->items[part->item_count++] = item;
    return LQ_OK;
}
