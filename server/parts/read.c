#include <string.h>

#include "access/list.h"
#include "parts/parts.h"

#define INCLUDE_MAX 4
#define RELATED_MAX 20

static const char *const relations[] = {"file", "analysis", "products", "quotes", NULL};

static bool is_relation(const char *word, size_t size)
{
    for (size_t i = 0; relations[i]; i++)
        if (strlen(relations[i]) == size && strncmp(relations[i], word, size) == 0) return true;
    return false;
}

/* Is the relation asked for, by ?include= or in the body of a search? */
static bool is_included(const sv_call *call, const char *name)
{
    const char *words = call->body ? NULL : sv_parameter_get(&call->request, "include");
    json_t *word;
    size_t index, size = strlen(name);
    json_array_foreach(json_object_get(call->body, "include"), index,
                       word) if (json_is_string(word) && strcmp(json_string_value(word), name) == 0) return true;
    for (const char *at = words; at && *at; at += *at == ',') {
        const size_t length = strcspn(at, ",");
        if (length == size && strncmp(at, name, size) == 0) return true;
        at += length;
    }
    return false;
}

/* File and analysis always stand in a part; what else is included needs the scope to read it. */
static bool may_include(sv_call *call, const char *relation, const char *scope)
{
    if (!is_included(call, relation) || sv_has_scope(call, scope)) return true;
    sv_refuse(call, SV_E_insufficient_scope, json_pack("{s:s}", "required", scope), "This key lacks the scope %s.",
              scope);
    return false;
}

static bool check_include(sv_call *call)
{
    const char *words = sv_parameter_get(&call->request, "include");
    size_t count = 0;
    bool good = true;
    for (const char *at = words; at && *at; at += *at == ',') {
        const size_t size = strcspn(at, ",");
        if (size) good = good && is_relation(at, size) && ++count <= INCLUDE_MAX;
        at += size;
    }
    if (good) return may_include(call, "products", "products:read") && may_include(call, "quotes", "quotes:read");
    json_t *allowed = json_array();
    for (size_t i = 0; relations[i]; i++) json_array_append_new(allowed, json_string(relations[i]));
    sv_refuse(call, SV_E_invalid_include, json_pack("{s:o}", "allowed", allowed), "A part has no such relation.");
    return false;
}

static json_t *related(sv_call *call, sv_statement statement, const char *type, const char *part_id)
{
    const sv_value values[] = {sv_words(call->account_id), sv_int(call->scope.livemode), sv_words(part_id),
                               sv_int(RELATED_MAX)};
    json_t *list = json_array();
    sv_rows *rows = sv_open(call->app->store, statement, values, 4);
    while (sv_step(rows) == SV_ROW) {
        sv_object object;
        sv_object_read(rows, type, &object);
        json_array_append_new(list, sv_object_view(&object, call->scope.livemode));
        sv_object_free(&object);
    }
    sv_close(rows);
    return list;
}

static json_t *view(sv_call *call, const sv_object *part)
{
    json_t *shown = sv_object_view(part, call->scope.livemode);
    if (is_included(call, "products"))
        json_object_set_new(shown, "products", related(call, SV_SQL_PART_PRODUCTS, "product", part->id));
    if (is_included(call, "quotes"))
        json_object_set_new(shown, "quotes", related(call, SV_SQL_PART_QUOTES, "quote", part->id));
    return shown;
}

static const sv_field part_fields[] = {{"name", SV_F_TEXT, true},
                                       {"status", SV_F_TEXT, true},
                                       {"folder", SV_F_TEXT, false},
                                       {"tags", SV_F_TAGS, false},
                                       {"review.status", SV_F_TEXT, false},
                                       {"file.format", SV_F_TEXT, false},
                                       {"file.sha256", SV_F_TEXT, false},
                                       {"analysis.volume_mm3", SV_F_NUMBER, true},
                                       {NULL, SV_F_TEXT, false}};

void sv_list_parts(sv_call *call)
{
    const sv_listing listing = {.type = "part", .fields = part_fields, .view = view, .include = relations};
    if (may_include(call, "products", "products:read") && may_include(call, "quotes", "quotes:read"))
        sv_list(call, &listing);
}

void sv_read_part(sv_call *call)
{
    sv_object part;
    if (!check_include(call) || !sv_get(call, "part", call->argument[0], &part)) return;
    sv_add_etag(call, part.version);
    sv_answer(call, 200, view(call, &part));
    sv_object_free(&part);
}

void sv_read_analysis(sv_call *call)
{
    sv_object part;
    if (!sv_get(call, "part", call->argument[0], &part)) return;
    if (sv_part_is_ready(call, &part)) {
        sv_add_etag(call, part.version);
        sv_answer(call, 200, json_incref(json_object_get(part.body, "analysis")));
    }
    sv_object_free(&part);
}
