/* The objects of the interface as JSON Schema 2020-12, taken out of the OpenAPI document, so that both say the same. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "api/handlers.h"
#include "api/openapi.h"

#define REFERENCE "#/components/schemas/"

/* The object that a schema describes: the constant of its member "object"; "" for what is none, or a list. */
static const char *type_of(const json_t *schema)
{
    const char *type = sv_json_text(schema, "properties.object.const");
    return strcmp(type, "list") == 0 ? "" : type;
}

/* "ApiKey" is api_key: of several schemas of one type, the one that bears its name. */
static bool bears_name(const char *name, const char *type)
{
    for (size_t i = 0; *name; name++, i++) {
        if (isupper((unsigned char)*name) && i && *type++ != '_') return false;
        if (*type++ != tolower((unsigned char)*name)) return false;
    }
    return !*type;
}

static json_t *find(json_t *schemas, const char *type)
{
    const char *name;
    json_t *schema;
    json_object_foreach(schemas, name,
                        schema) if (bears_name(name, type) && strcmp(type_of(schema), type) == 0) return schema;
    return NULL;
}

/* Turns references to components into references to $defs, and adds what they name. */
static void take(json_t *at, json_t *schemas, json_t *defs)
{
    const char *name;
    json_t *value;
    size_t index;
    json_array_foreach(at, index, value) take(value, schemas, defs);
    const char *reference = json_string_value(json_object_get(at, "$ref"));
    if (reference && strncmp(reference, REFERENCE, strlen(REFERENCE)) == 0) {
        sv_text text = {0};
        char *referred = sv_copy(reference + strlen(REFERENCE));
        sv_text_format(&text, "#/$defs/%s", referred);
        json_object_set_new(at, "$ref", json_string(sv_text_get(&text)));
        if (!json_object_get(defs, referred)) {
            json_t *copy = json_deep_copy(json_object_get(schemas, referred));
            json_object_set(defs, referred, copy);
            take(copy, schemas, defs);
            json_decref(copy);
        }
        free(referred);
        sv_text_free(&text);
    }
    json_object_foreach(at, name, value) take(value, schemas, defs);
}

static json_t *read_schemas(json_t **document)
{
    *document = json_loadb(sv_openapi_json, sv_openapi_json_size, 0, NULL);
    return json_object_get(json_object_get(*document, "components"), "schemas");
}

void sv_list_schemas(sv_call *call)
{
    json_t *document, *schemas = read_schemas(&document), *schema, *data = json_array();
    const char *name;
    json_object_foreach(schemas, name, schema)
    {
        const char *type = type_of(schema);
        if (!*type || !bears_name(name, type)) continue;
        sv_text url = {0};
        sv_text_format(&url, "/api/v1/schemas/%s", type);
        json_array_append_new(data,
                              json_pack("{s:s, s:s, s:s}", "object", "schema", "id", type, "url", sv_text_get(&url)));
        sv_text_free(&url);
    }
    sv_answer(call, 200,
              json_pack("{s:s, s:o, s:b, s:n}", "object", "list", "data", data, "has_more", 0, "next_cursor"));
    json_decref(document);
}

void sv_read_schema(sv_call *call)
{
    json_t *document, *schemas = read_schemas(&document), *found = find(schemas, call->argument[0]);
    if (!found) {
        sv_refuse_not_found(call);
    } else {
        json_t *schema = json_deep_copy(found), *defs = json_object();
        json_object_set_new(schema, "$schema", json_string("https://json-schema.org/draft/2020-12/schema"));
        json_object_set_new(schema, "title", json_string(call->argument[0]));
        take(schema, schemas, defs);
        if (json_object_size(defs)) json_object_set(schema, "$defs", defs);
        json_decref(defs);
        sv_answer(call, 200, schema);
    }
    json_decref(document);
}
