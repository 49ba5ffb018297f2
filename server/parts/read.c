#include <string.h>

#include "access/include.h"
#include "access/list.h"
#include "parts/findings.h"
#include "parts/parts.h"
#include "parts/report.h"

#define RELATED_MAX 20

static const char *const relations[] = {"file", "analysis", "products", "quotes", NULL};

/* File and analysis always stand in a part; what else is included needs the scope to read it. */
static bool may_include(sv_call *call, const char *relation, const char *scope)
{
    if (!sv_is_included(call, relation) || sv_has_scope(call, scope)) return true;
    sv_refuse(call, SV_E_insufficient_scope, json_pack("{s:s}", "required", scope), "This key lacks the scope %s.",
              scope);
    return false;
}

static bool may_include_all(sv_call *call)
{
    return may_include(call, "products", "products:read") && may_include(call, "quotes", "quotes:read");
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
    if (sv_is_included(call, "products"))
        json_object_set_new(shown, "products", related(call, SV_SQL_PART_PRODUCTS, "product", part->id));
    if (sv_is_included(call, "quotes"))
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
    if (may_include_all(call)) sv_list(call, &listing);
}

void sv_read_part(sv_call *call)
{
    sv_object part;
    if (!sv_check_include(call, relations) || !may_include_all(call) || !sv_get(call, "part", call->argument[0], &part))
        return;
    sv_add_etag(call, part.version);
    sv_answer(call, 200, view(call, &part));
    sv_object_free(&part);
}

/* What the material cannot make of it, or with care alone: as an option of a quote would tell. false: refused. */
static bool add_material(sv_call *call, const sv_object *part, const char *material_id, json_t *analysis)
{
    sv_app *app = call->app;
    const lq_report *report = sv_part_report(app, part);
    const lq_quote_request request = {.struct_size = sizeof request, .material_ids = &material_id, .material_count = 1};
    lq_quote *quote = NULL;
    lq_diagnostic issue;
    if (!report || lq_quote_make(app->context, report, app->book, &request, &quote) != LQ_OK) {
        sv_refuse_store(call, SV_BROKEN);
        return false;
    }
    for (size_t i = 0; lq_quote_option_issue(quote, 0, i, &issue) == LQ_OK; i++)
        json_array_append_new(json_object_get(analysis, "issues"), sv_issue(&issue, material_id));
    lq_quote_destroy(quote);
    return true;
}

/* NULL: refused. */
static json_t *find_material(sv_call *call, const char *id)
{
    json_t *material;
    size_t index;
    if (!call->app->materials) sv_refuse(call, SV_E_unavailable, NULL, "No price book is active.");
    json_array_foreach(json_object_get(call->app->materials, "materials"), index,
                       material) if (strcmp(sv_json_text(material, "id"), id) == 0) return material;
    sv_refuse_field(call, SV_E_material_unknown, "material_id", "unknown", "There is no such material.");
    return NULL;
}

/* The version of the part, and the price book that has the material. */
static void add_tag(sv_call *call, const sv_object *part, const char *material_id)
{
    if (material_id)
        sv_text_format(&call->headers, "ETag: \"v%lld-%s-%s\"\r\n", (long long)part->version, call->app->book_version,
                       material_id);
    else
        sv_add_etag(call, part->version);
}

void sv_read_analysis(sv_call *call)
{
    sv_object part;
    const char *material_id = sv_parameter_get(&call->request, "material_id");
    if ((material_id && !find_material(call, material_id)) || !sv_get(call, "part", call->argument[0], &part)) return;
    if (sv_part_is_ready(call, &part)) {
        json_t *analysis = json_deep_copy(json_object_get(part.body, "analysis"));
        if (!material_id || add_material(call, &part, material_id, analysis)) {
            add_tag(call, &part, material_id);
            sv_answer(call, 200, analysis);
        } else {
            json_decref(analysis);
        }
    }
    sv_object_free(&part);
}
