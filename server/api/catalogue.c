#include <stdlib.h>
#include <string.h>

#include "access/keys.h"
#include "access/list.h"
#include "api/handlers.h"
#include "base/countries.h"

/* What never changes while the program runs: one array as a list. */
static void answer_list(sv_call *call, json_t *data)
{
    sv_answer(call, 200,
              json_pack("{s:s, s:o, s:b, s:n}", "object", "list", "data", data, "has_more", 0, "next_cursor"));
}

/* ---- materials: of the active price book ---- */

static const sv_field material_fields[] = {{"process", SV_F_TEXT, false}, {"family", SV_F_TEXT, false},
                                           {"status", SV_F_TEXT, false},  {"name", SV_F_TEXT, true},
                                           {"tags", SV_F_TAGS, false},    {"colors.hex", SV_F_TAGS, false},
                                           {NULL, SV_F_TEXT, false}};

static bool has_book(sv_call *call)
{
    if (call->app->materials) return true;
    sv_refuse(call, SV_E_unavailable, NULL, "No price book is active.");
    sv_set_header(call, "Retry-After", "60");
    return false;
}

static void add_book_tag(sv_call *call) { sv_text_format(&call->headers, "ETag: \"%s\"\r\n", call->app->book_version); }

void sv_list_materials(sv_call *call)
{
    if (!has_book(call)) return;
    add_book_tag(call);
    const sv_listing listing = {.type = "material",
                                .fields = material_fields,
                                .documents = json_object_get(call->app->materials, "materials"),
                                .sort = "name:asc"};
    sv_list(call, &listing);
    if (call->status == 200) json_object_set_new(call->answer, "catalog_version", json_string(call->app->book_version));
}

static json_t *find_material(sv_call *call)
{
    json_t *material;
    size_t index;
    if (!has_book(call)) return NULL;
    json_array_foreach(json_object_get(call->app->materials, "materials"), index,
                       material) if (strcmp(sv_json_text(material, "id"), call->argument[0]) == 0) return material;
    sv_refuse_not_found(call);
    return NULL;
}

void sv_read_material(sv_call *call)
{
    json_t *material = find_material(call);
    if (!material) return;
    add_book_tag(call);
    sv_answer(call, 200, json_copy(material));
}

void sv_read_material_colors(sv_call *call)
{
    json_t *material = find_material(call);
    if (!material) return;
    add_book_tag(call);
    answer_list(call, json_copy(json_object_get(material, "colors")));
}

/* ---- what does not depend on the book ---- */

void sv_list_countries(sv_call *call)
{
    json_t *data = json_array();
    for (size_t i = 0; i < sv_country_count; i++)
        json_array_append_new(data,
                              json_pack("{s:s, s:s, s:s, s:s}", "object", "country", "code", sv_countries[i].alpha2,
                                        "alpha3", sv_countries[i].alpha3, "name", sv_countries[i].name));
    answer_list(call, data);
}

void sv_list_formats(sv_call *call)
{
    static const struct {
        const char *id, *name, *extension, *type;
    } formats[] = {{"stl_binary", "Binary STL", "stl", "model/stl"},
                   {"stl_ascii", "ASCII STL", "stl", "model/stl"},
                   {"3mf", "3D Manufacturing Format", "3mf", "model/3mf"},
                   {"zip", "ZIP of STL and 3MF", "zip", "application/zip"}};
    json_t *data = json_array();
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        json_array_append_new(data, json_pack("{s:s, s:s, s:s, s:[s], s:[s]}", "object", "format", "id", formats[i].id,
                                              "name", formats[i].name, "extensions", formats[i].extension,
                                              "content_types", formats[i].type));
    answer_list(call, data);
}

void sv_list_error_codes(sv_call *call)
{
    json_t *data = json_array();
    for (int i = 0; i < SV_ERROR_COUNT; i++)
        json_array_append_new(data, json_pack("{s:s, s:s, s:i}", "object", "error_code", "code",
                                              sv_error_code((sv_error)i), "status", sv_error_status((sv_error)i)));
    answer_list(call, data);
}

void sv_list_scopes(sv_call *call)
{
    json_t *data = json_array();
    for (size_t i = 0; sv_scopes[i]; i++)
        json_array_append_new(data, json_pack("{s:s, s:s}", "object", "scope", "id", sv_scopes[i]));
    answer_list(call, data);
}

/* An entitlement that a plan does not name has no limit. */
void sv_list_plans(sv_call *call)
{
    static const char *const limits[] = {"max_parts", "storage_bytes", "requests_per_minute", "requests_per_hour",
                                         "webhook_endpoints"};
    json_t *plan, *data = json_deep_copy(call->app->config->plans);
    size_t index;
    json_array_foreach(data, index, plan)
    {
        json_t *entitlements = json_pack("{s:b}", "ordering", 0), *given = json_object_get(plan, "entitlements");
        for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++)
            json_object_set_new(entitlements, limits[i], json_null());
        if (given) json_object_update(entitlements, given);
        json_object_set_new(plan, "entitlements", entitlements);
        json_object_set_new(plan, "object", json_string("plan"));
    }
    answer_list(call, data);
}
