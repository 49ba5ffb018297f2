/* The walk through the elements of one model part. */
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "format/threemf_reader.h"
#include "format/threemf_run.h"

lqi_model_object *lqi_reader_object(const lqi_model_reader *reader)
{
    return &reader->part->objects[reader->part->object_count - 1];
}

static lq_status enter(lqi_model_reader *reader, lqi_place place)
{
    reader->places[reader->depth++] = place; /* the deepest is vertex or text: never near LQI_PLACES_MAX */
    return LQ_OK;
}

static lq_status pass_over(lqi_model_reader *reader)
{
    reader->skipped = 1;
    return LQ_OK;
}

static lq_status pass_over_unknown(lqi_model_reader *reader, lqi_xml *xml, const char *local)
{
    LQI_TRY(lqi_reader_note(reader, xml, "3mf_unknown_element",
                            "The model holds an element that 3MF does not know (%.60s); it was left out.", local));
    return pass_over(reader);
}

/* The local name of an element of the model's own namespace, else NULL. */
static const char *core_local(const lqi_model_reader *reader, const char *name)
{
    if (strncmp(name, reader->core, reader->core_size) != 0) return NULL;
    name += reader->core_size;
    return reader->core_size == 0 && strchr(name, LQI_XML_SEPARATOR) ? NULL : name;
}

/* ---- document, model ---- */

static lq_status on_prefix(void *user, lqi_xml *xml, const char *prefix, const char *uri)
{
    (void)xml;
    lqi_model_reader *reader = user;
    if (reader->depth > 1 || reader->skipped || reader->prefix_count == LQI_PREFIXES_MAX) return LQ_OK;
    lqi_arena *arena = &reader->part->arena;
    size_t prefix_size = strlen(prefix) + 1, uri_size = strlen(uri) + 1;
    char *copy = lqi_arena_alloc(arena, prefix_size), *uri_copy = lqi_arena_alloc(arena, uri_size);
    if (!copy || !uri_copy) return lqi_memory_status(reader->context);
    memcpy(copy, prefix, prefix_size);
    memcpy(uri_copy, uri, uri_size);
    reader->prefixes[reader->prefix_count].prefix = copy;
    reader->prefixes[reader->prefix_count++].uri = uri_copy;
    reader->part->is_cura |= lqi_space_of_uri(uri, uri_size - 1) == LQI_SPACE_CURA;
    lqi_model_run_declare(reader, prefix);
    return LQ_OK;
}

static lq_status start_document(lqi_model_reader *reader, lqi_xml *xml, const char *name, const char *const *attributes)
{
    const char *local;
    lqi_space space = lqi_space_of_name(name, &local);
    if (strcmp(local, "model") != 0 || space > LQI_SPACE_OLD)
        return lqi_xml_fail(xml, LQI_THREEMF_ROOT, "The model part is not a 3MF model.");
    reader->core_size = (size_t)(local - name);
    memcpy(reader->core, name, reader->core_size); /* one of the known short ones */
    reader->core[reader->core_size] = 0;
    if (space != LQI_SPACE_CORE)
        LQI_TRY(lqi_reader_note(reader, xml, "3mf_old_namespace",
                                "The model is written in a form older than the 3MF standard."));
    LQI_TRY(lqi_read_model(reader, xml, attributes));
    return enter(reader, LQI_AT_MODEL);
}

static lq_status start_text(lqi_model_reader *reader, lqi_xml *xml, lqi_text_use use)
{
    reader->text_use = use;
    reader->text_size = 0;
    lqi_xml_want_text(xml, true);
    return enter(reader, LQI_AT_TEXT);
}

/* Readers disagree whether a second list replaces the first, so what it means is not to be guessed. */
static lq_status start_once(lqi_model_reader *reader, lqi_xml *xml, bool *seen, lqi_place place)
{
    if (*seen) return lqi_xml_fail(xml, LQI_THREEMF_BOTH_CONTENT, "The model has two lists of one kind.");
    *seen = true;
    return enter(reader, place);
}

static lq_status start_in_model(lqi_model_reader *reader, lqi_xml *xml, const char *local,
                                const char *const *attributes)
{
    if (!local) return pass_over(reader);
    if (strcmp(local, "resources") == 0) return start_once(reader, xml, &reader->has_resources, LQI_AT_RESOURCES);
    if (strcmp(local, "build") == 0)
        return reader->is_root ? start_once(reader, xml, &reader->has_build, LQI_AT_BUILD) : pass_over(reader);
    if (strcmp(local, "metadata") != 0) return pass_over_unknown(reader, xml, local);
    const char *name = lqi_xml_attribute(attributes, "name");
    bool producer = name && strcmp(name, "Application") == 0 && reader->is_root && !reader->part->producer;
    return producer ? start_text(reader, xml, LQI_TEXT_PRODUCER) : pass_over(reader);
}

static lq_status start_in_build(lqi_model_reader *reader, lqi_xml *xml, const char *local,
                                const char *const *attributes)
{
    if (!local) return pass_over(reader);
    if (strcmp(local, "item") != 0) return pass_over_unknown(reader, xml, local);
    LQI_TRY(lqi_read_item(reader, xml, attributes));
    return enter(reader, LQI_AT_LEAF);
}

/* ---- resources, objects ---- */

static lq_status start_in_resources(lqi_model_reader *reader, lqi_xml *xml, lqi_space space, const char *local,
                                    const char *const *attributes)
{
    if (local && strcmp(local, "object") == 0) {
        LQI_TRY(lqi_read_object(reader, xml, attributes));
        return enter(reader, LQI_AT_OBJECT);
    }
    if (space != LQI_SPACE_UNKNOWN) LQI_TRY(lqi_read_resource_id(reader, xml, attributes));
    if (space == LQI_SPACE_VOLUMETRIC)
        LQI_TRY(lqi_reader_note(reader, xml, "3mf_volumetric",
                                "The model holds colours or properties of its inside; they were left out."));
    bool known = !local || strcmp(local, "basematerials") == 0;
    return known ? pass_over(reader) : pass_over_unknown(reader, xml, local);
}

static void set_problem(lqi_model_reader *reader, lqi_reason problem)
{
    lqi_model_object *object = lqi_reader_object(reader);
    if (object->problem == LQI_VALUE_GOOD) object->problem = problem;
}

static lq_status start_extension(lqi_model_reader *reader, lqi_space space, const char *name)
{
    const char *local;
    (void)lqi_space_of_name(name, &local);
    bool in_object = reader->places[reader->depth - 1] == LQI_AT_OBJECT;
    switch (space) {
    case LQI_SPACE_BEAMS: set_problem(reader, LQI_THREEMF_BEAMLATTICE); break;
    case LQI_SPACE_MIRRORING: set_problem(reader, LQI_THREEMF_MIRRORMESH); break;
    case LQI_SPACE_DISPLACEMENT: set_problem(reader, LQI_THREEMF_DISPLACEMENT); break;
    case LQI_SPACE_BOOLEAN:
        if (in_object) set_problem(reader, LQI_THREEMF_BOOLEAN);
        break;
    case LQI_SPACE_VOLUMETRIC: /* data inside a mesh are colours and properties */
        if (in_object) set_problem(reader, LQI_THREEMF_VOLUMETRIC);
        break;
    case LQI_SPACE_ALTERNATIVES:
        if (in_object && strcmp(local, "alternatives") == 0) return enter(reader, LQI_AT_ALTERNATIVES);
        break;
    default: break;
    }
    return pass_over(reader);
}

static lq_status start_mesh(lqi_model_reader *reader)
{
    lqi_model_object *object = lqi_reader_object(reader);
    if (object->has_mesh || object->has_components) {
        set_problem(reader, LQI_THREEMF_BOTH_CONTENT);
        return pass_over(reader);
    }
    object->has_mesh = true;
    lqi_mesh_reader_begin(&reader->mesh, reader->context);
    return enter(reader, LQI_AT_MESH);
}

static lq_status start_components(lqi_model_reader *reader)
{
    lqi_model_object *object = lqi_reader_object(reader);
    if (object->has_mesh || object->has_components) {
        set_problem(reader, LQI_THREEMF_BOTH_CONTENT);
        return pass_over(reader);
    }
    object->has_components = true;
    return enter(reader, LQI_AT_COMPONENTS);
}

static lq_status start_in_object(lqi_model_reader *reader, lqi_xml *xml, lqi_space space, const char *local,
                                 const char *name)
{
    if (!local) return start_extension(reader, space, name);
    if (strcmp(local, "mesh") == 0) return start_mesh(reader);
    if (strcmp(local, "components") == 0) return start_components(reader);
    if (strcmp(local, "metadatagroup") == 0 || strcmp(local, "settings") == 0) return enter(reader, LQI_AT_GROUP);
    return pass_over_unknown(reader, xml, local);
}

/* Cura marks objects that are not parts by the settings of its own name. */
static bool cura_setting(const lqi_model_reader *reader, const char *name, lqi_text_use *use)
{
    const char *colon = strchr(name, ':'), *key = colon ? colon + 1 : name;
    if (colon) {
        bool cura = false;
        for (size_t i = 0; i < reader->prefix_count; i++)
            cura |= strncmp(reader->prefixes[i].prefix, name, (size_t)(colon - name)) == 0 &&
                    reader->prefixes[i].prefix[colon - name] == 0 &&
                    lqi_space_of_uri(reader->prefixes[i].uri, strlen(reader->prefixes[i].uri)) == LQI_SPACE_CURA;
        if (!cura) return false;
    }
    *use = strcmp(key, "support_mesh") == 0 ? LQI_TEXT_SUPPORT : LQI_TEXT_NO_VOLUME;
    return *use == LQI_TEXT_SUPPORT || strcmp(key, "infill_mesh") == 0 || strcmp(key, "cutting_mesh") == 0 ||
           strcmp(key, "anti_overhang_mesh") == 0;
}

static lq_status start_in_group(lqi_model_reader *reader, lqi_xml *xml, const char *local,
                                const char *const *attributes)
{
    const char *name = !local                           ? NULL
                       : strcmp(local, "metadata") == 0 ? lqi_xml_attribute(attributes, "name")
                       : strcmp(local, "setting") == 0  ? lqi_xml_attribute(attributes, "key")
                                                        : NULL;
    lqi_text_use use;
    bool wanted = name && (strchr(name, ':') || strcmp(local, "setting") == 0) && cura_setting(reader, name, &use);
    return wanted ? start_text(reader, xml, use) : pass_over(reader);
}

static lq_status start_in_components(lqi_model_reader *reader, lqi_xml *xml, const char *local,
                                     const char *const *attributes)
{
    if (!local) return pass_over(reader);
    if (strcmp(local, "component") != 0) return pass_over_unknown(reader, xml, local);
    LQI_TRY(lqi_read_component(reader, xml, attributes));
    return enter(reader, LQI_AT_LEAF);
}

/* ---- meshes ---- */

static lq_status start_in_mesh(lqi_model_reader *reader, lqi_xml *xml, lqi_space space, const char *local,
                               const char *name)
{
    if (!local) return start_extension(reader, space, name);
    bool vertices = strcmp(local, "vertices") == 0;
    if (!vertices && strcmp(local, "triangles") != 0) return pass_over_unknown(reader, xml, local);
    bool *seen = vertices ? &reader->mesh.has_vertices : &reader->mesh.has_triangles;
    if (*seen) { /* readers disagree whether a second list replaces the first */
        set_problem(reader, LQI_THREEMF_BOTH_CONTENT);
        return pass_over(reader);
    }
    *seen = true;
    reader->mesh.plain_list = lqi_xml_has_plain_name(xml);
    return enter(reader, vertices ? LQI_AT_VERTICES : LQI_AT_TRIANGLES);
}

static lq_status start_in_list(lqi_model_reader *reader, lqi_xml *xml, const char *local, const char *const *attributes)
{
    if (!local) return pass_over(reader);
    if (reader->places[reader->depth - 1] == LQI_AT_VERTICES) {
        if (strcmp(local, "vertex") != 0) return pass_over_unknown(reader, xml, local);
        LQI_TRY(lqi_mesh_reader_vertex(&reader->mesh, xml, attributes));
    } else {
        if (strcmp(local, "triangle") != 0) return pass_over_unknown(reader, xml, local);
        LQI_TRY(lqi_mesh_reader_triangle(&reader->mesh, xml, attributes));
    }
    return enter(reader, LQI_AT_LEAF);
}

static lq_status end_mesh(lqi_model_reader *reader, lqi_xml *xml)
{
    lqi_model_object *object = lqi_reader_object(reader);
    LQI_TRY(lqi_mesh_reader_end(&reader->mesh, xml, &object->mesh));
    object->triangle_count = object->mesh.triangle_count;
    object->mesh_extent = reader->mesh.extent;
    object->painted = reader->mesh.painted;
    return LQ_OK;
}

/* ---- events ---- */

static lq_status on_start(void *user, lqi_xml *xml, const char *name, const char *const *attributes)
{
    lqi_model_reader *reader = user;
    if (reader->skipped) {
        reader->skipped++;
        return LQ_OK;
    }
    lqi_place place = reader->places[reader->depth - 1];
    if (place == LQI_AT_DOCUMENT) return start_document(reader, xml, name, attributes);
    const char *local = core_local(reader, name), *rest;
    if (place == LQI_AT_VERTICES || place == LQI_AT_TRIANGLES) return start_in_list(reader, xml, local, attributes);
    lqi_space space = local ? LQI_SPACE_CORE : lqi_space_of_name(name, &rest);
    switch (place) {
    case LQI_AT_MODEL: return start_in_model(reader, xml, local, attributes);
    case LQI_AT_RESOURCES: return start_in_resources(reader, xml, space, local, attributes);
    case LQI_AT_OBJECT: return start_in_object(reader, xml, space, local, name);
    case LQI_AT_MESH: return start_in_mesh(reader, xml, space, local, name);
    case LQI_AT_COMPONENTS: return start_in_components(reader, xml, local, attributes);
    case LQI_AT_BUILD: return start_in_build(reader, xml, local, attributes);
    case LQI_AT_GROUP: return start_in_group(reader, xml, local, attributes);
    case LQI_AT_ALTERNATIVES:
        if (space == LQI_SPACE_ALTERNATIVES && strcmp(rest, "alternative") == 0)
            LQI_TRY(lqi_read_alternative(reader, xml, attributes));
        return pass_over(reader);
    default: return pass_over(reader);
    }
}

static lq_status on_text(void *user, lqi_xml *xml, const char *text, size_t size)
{
    (void)xml;
    lqi_model_reader *reader = user;
    size_t room = LQI_TEXT_MAX - reader->text_size;
    if (size > room) size = room;
    memcpy(reader->text + reader->text_size, text, size);
    reader->text_size += size;
    return LQ_OK;
}

static lq_status end_text(lqi_model_reader *reader, lqi_xml *xml)
{
    lqi_xml_want_text(xml, false);
    lqi_model_part *part = reader->part;
    const char *text = reader->text;
    size_t size = reader->text_size;
    while (size && lqi_is_xml_space(*text)) text++, size--;
    while (size && lqi_is_xml_space(text[size - 1])) size--;
    if (reader->text_use == LQI_TEXT_PRODUCER) {
        part->producer = lqi_arena_text(&part->arena, text, size);
        return part->producer ? LQ_OK : lqi_memory_status(reader->context);
    }
    bool set =
        (size == 4 && (memcmp(text, "True", 4) == 0 || memcmp(text, "true", 4) == 0)) || (size == 1 && text[0] == '1');
    if (!set) return LQ_OK;
    lqi_model_object *object = lqi_reader_object(reader);
    object->has_vendor_role = true;
    object->vendor_role = reader->text_use == LQI_TEXT_SUPPORT ? LQ_ROLE_SUPPORT : LQ_ROLE_MODIFIER;
    return LQ_OK;
}

static lq_status on_end(void *user, lqi_xml *xml)
{
    lqi_model_reader *reader = user;
    if (reader->skipped) {
        reader->skipped--;
        return LQ_OK;
    }
    switch (reader->places[--reader->depth]) {
    case LQI_AT_OBJECT: return lqi_end_object(reader);
    case LQI_AT_VERTICES: reader->mesh.vertices_known = true; return LQ_OK;
    case LQI_AT_MESH: return end_mesh(reader, xml);
    case LQI_AT_TEXT: return end_text(reader, xml);
    default: return LQ_OK;
    }
}

/* ---- the whole text ---- */

static lq_status parse_text(lqi_model_reader *reader, lqi_zip_pieces *text)
{
    static const lqi_xml_handler handler = {.start = on_start,
                                            .end = on_end,
                                            .text = on_text,
                                            .prefix = on_prefix,
                                            .run = lqi_model_run,
                                            .run_after = lqi_model_run_after};
    if (text->size >= 5 && memcmp(text->data, "%3McF", 5) == 0)
        return lqi_fail(reader->context, LQI_THREEMF_ENCRYPTED, 0, "The model is encrypted; its shape cannot be read.");
    reader->mesh.decimal_comma = reader->threemf->lenient != 0;
    reader->mesh.length_max = LQI_LENGTH_MAX_MM / reader->part->unit_mm;
    reader->places[reader->depth++] = LQI_AT_DOCUMENT;
    LQI_TRY(lqi_xml_parse_pieces(reader->context, reader->part->name, text, &handler, reader));
    if (!reader->mesh.commas) return LQ_OK;
    return lqi_threemf_note(&reader->part->notes, reader->part->name, "3mf_decimal_comma", LQ_SEVERITY_WARN, -1,
                            "Numbers are written with a comma; it was read as a point.");
}

/* Damage of the packed bytes goes before what is wrong with the text, wherever either was met. */
static lq_status fail_as_whole(const lqi_threemf *threemf, lq_context *context, size_t entry, lq_status status)
{
    if (lqi_ends_all(status)) return status;
    lq_error told = context->error;
    uint8_t *data;
    size_t size;
    lqi_begin(context);
    lq_status damage = lqi_zip_read_for(threemf->zip, context, entry, &data, &size);
    if (damage != LQ_OK) return damage;
    lqi_free(context, data);
    lqi_fail_again(context, &told);
    return status;
}

lq_status lqi_model_part_parse(const lqi_threemf *threemf, lq_context *context, uint32_t index, bool is_root,
                               lqi_model_part *part)
{
    lqi_zip_pieces text = {0};
    lq_status status;
    lqi_model_reader *reader = lqi_alloc_zeroed(context, 1, sizeof *reader);
    if (!reader) return lqi_memory_status(context);
    reader->threemf = threemf;
    reader->context = context;
    reader->index = index;
    reader->part = part;
    reader->is_root = is_root;
    LQI_TRY_GOTO(lqi_zip_pieces_open(threemf->zip, context, part->entry, &text));
    LQI_TRY_GOTO(parse_text(reader, &text));
done:
    if (status != LQ_OK) {
        lqi_fail_part(context, part->name);
        lqi_mesh_reader_free(&reader->mesh);
    }
    bool in_pieces = text.unpacking != NULL;
    lqi_free(context, reader);
    lqi_zip_pieces_close(context, &text);
    return status != LQ_OK && in_pieces ? fail_as_whole(threemf, context, part->entry, status) : status;
}
