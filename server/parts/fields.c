#include "parts/fields.h"

#include <stdlib.h>
#include <string.h>

#define NAME_MAX_BYTES 200

const char *const sv_part_field_names[] = {"name",
                                           "description",
                                           "tags",
                                           "folder",
                                           "rights_confirmed",
                                           "units",
                                           "scale",
                                           "ref",
                                           "metadata",
                                           "default_material_id",
                                           "default_color_id",
                                           NULL};

typedef struct fields {
    const char *name, *description, *folder, *units, *ref, *material, *color;
    json_t *tags, *scale;
    bool rights;
} fields;

static bool is_folder(const char *path)
{
    const size_t size = strlen(path);
    return path[0] == '/' && !strstr(path, "//") && (size == 1 || path[size - 1] != '/');
}

static bool is_unit(const char *name)
{
    static const char *const names[] = {"mm", "cm", "m", "inch", "micron"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i], name) == 0) return true;
    return false;
}

static bool refuse(sv_call *call, sv_error error, const char *path, const char *code, const char *message)
{
    sv_refuse_field(call, error, path, code, message);
    return false;
}

static bool take_scale(sv_call *call, json_t *given, fields *f)
{
    json_t *scale = json_object_get(given, "scale");
    if (!scale) return true;
    if (!json_is_number(scale))
        return refuse(call, SV_E_invalid_request, "scale", "wrong_type", "A number is expected.");
    const double value = json_number_value(scale);
    if (!(value >= 0.001 && value <= 1000))
        return refuse(call, SV_E_validation_failed, "scale", "range", "The number must be from 0.001 to 1000.");
    f->scale = scale;
    return true;
}

static json_t *find_by_id(json_t *list, const char *id)
{
    json_t *item;
    size_t index;
    json_array_foreach(list, index, item) if (strcmp(sv_json_text(item, "id"), id) == 0) return item;
    return NULL;
}

/* Of the active price book, and the colour of that material. */
static bool check_material(sv_call *call, const char *material_id, const char *color_id)
{
    json_t *materials = json_object_get(call->app->materials, "materials");
    json_t *material = material_id ? find_by_id(materials, material_id) : NULL;
    if (material_id && !material)
        return refuse(call, SV_E_material_unknown, "default_material_id", "unknown", "There is no such material.");
    if (!color_id || (material && find_by_id(json_object_get(material, "colors"), color_id))) return true;
    return refuse(call, SV_E_color_not_in_material, "default_color_id", "unknown", "The material has no such colour.");
}

static const char *text_or_null(const json_t *body, const char *name)
{
    return json_string_value(json_object_get(body, name));
}

static bool take(sv_call *call, json_t *given, const json_t *body, fields *f)
{
    *f = (fields){.material = text_or_null(body, "default_material_id"),
                  .color = text_or_null(body, "default_color_id")};
    if (!sv_take_text(call, given, "name", 1, NAME_MAX_BYTES, false, &f->name) ||
        !sv_take_text(call, given, "description", 0, 4000, true, &f->description) ||
        !sv_take_texts(call, given, "tags", 20, 60, &f->tags) ||
        !sv_take_text(call, given, "folder", 1, 500, false, &f->folder) ||
        !sv_take_bool(call, given, "rights_confirmed", &f->rights) ||
        !sv_take_text(call, given, "units", 1, 16, true, &f->units) || !take_scale(call, given, f) ||
        !sv_take_text(call, given, "ref", 1, 255, true, &f->ref) ||
        !sv_take_text(call, given, "default_material_id", 1, 100, true, &f->material) ||
        !sv_take_text(call, given, "default_color_id", 1, 100, true, &f->color))
        return false;
    if (f->folder && !is_folder(f->folder))
        return refuse(call, SV_E_validation_failed, "folder", "format", "A folder is written as /a/b.");
    if (f->units && !is_unit(f->units))
        return refuse(call, SV_E_validation_failed, "units", "unknown", "The unit is mm, cm, m, inch or micron.");
    const bool materials = json_object_get(given, "default_material_id") || json_object_get(given, "default_color_id");
    return !materials || check_material(call, f->material, f->color);
}

static void set_where_given(json_t *body, const json_t *given, const char *name, const char *text)
{
    if (json_object_get(given, name)) json_object_set_new(body, name, sv_json_text_or_null(text));
}

bool sv_part_take_fields(sv_call *call, json_t *given, json_t *body, char **ref)
{
    fields f;
    if (!take(call, given, body, &f) || !sv_take_metadata(call, given, body)) return false;
    set_where_given(body, given, "name", f.name);
    set_where_given(body, given, "description", f.description);
    set_where_given(body, given, "folder", f.folder);
    set_where_given(body, given, "units", f.units);
    set_where_given(body, given, "default_material_id", f.material);
    set_where_given(body, given, "default_color_id", f.color);
    if (f.tags) json_object_set(body, "tags", f.tags);
    if (f.scale) json_object_set(body, "scale", f.scale);
    if (json_object_get(given, "rights_confirmed"))
        json_object_set_new(body, "rights_confirmed", json_boolean(f.rights));
    if (json_object_get(given, "ref")) {
        free(*ref);
        *ref = f.ref ? sv_copy(f.ref) : NULL;
    }
    return true;
}

char *sv_part_file_name(const char *given)
{
    const char *name = given;
    for (const char *at = given; *at; at++)
        if (*at == '/' || *at == '\\') name = at + 1;
    size_t size = strlen(name);
    if (size > NAME_MAX_BYTES)
        for (size = NAME_MAX_BYTES; size && ((unsigned char)name[size] & 0xC0) == 0x80;)
            size--; /* no half characters */
    char *copy = sv_copy_bytes(name, size);
    json_t *checked = json_string(copy); /* jansson refuses what is not UTF-8 */
    for (char *at = copy; *at; at++)
        if ((unsigned char)*at < ' ' || *at == 0x7F || (!checked && (unsigned char)*at > 0x7F)) *at = '_';
    json_decref(checked);
    if (*copy) return copy;
    free(copy);
    return sv_copy("file");
}
