/* Cost components: rates with a name, which cost lines of products refer to. */
#include <stdlib.h>
#include <string.h>

#include "access/amounts.h"
#include "access/list.h"
#include "products/cost_line.h"
#include "products/products.h"

#define TYPE "cost_component"

static const sv_field fields[] = {{"name", SV_F_TEXT, true}, {"kind", SV_F_TEXT, false}, {NULL, SV_F_TEXT, false}};

/* Reads the body over the document. */
static bool take(sv_call *call, sv_object *object)
{
    static const char *const names[] = {"name", "kind", "unit", "rate", "ref", "metadata", NULL};
    const char *name = NULL, *kind = NULL, *unit = NULL, *rate = NULL, *ref = NULL;
    int64_t millionths;
    if (!sv_known_fields(call, call->body, "", names) ||
        !sv_take_text(call, call->body, "name", 1, 200, false, &name) || !sv_take_cost_kind(call, call->body, &kind) ||
        !sv_take_text(call, call->body, "unit", 1, 40, false, &unit) ||
        !sv_take_text(call, call->body, "rate", 1, 20, false, &rate) ||
        !sv_take_text(call, call->body, "ref", 1, 255, true, &ref) || !sv_take_metadata(call, call->body, object->body))
        return false;
    if (rate && !sv_decimal_read(rate, &millionths)) {
        sv_refuse_field(call, SV_E_validation_failed, "rate", "format", "A decimal like \"12.50\" is expected.");
        return false;
    }
    if (name) json_object_set_new(object->body, "name", json_string(name));
    if (kind) json_object_set_new(object->body, "kind", json_string(kind));
    if (unit) json_object_set_new(object->body, "unit", json_string(unit));
    if (rate) json_object_set_new(object->body, "rate", json_string(rate));
    if (json_object_get(call->body, "ref")) {
        free(object->ref);
        object->ref = ref ? sv_copy(ref) : NULL;
    }
    return true;
}

void sv_make_component(sv_call *call)
{
    static const char *const needed[] = {"name", "kind", "unit", "rate"};
    sv_object object = sv_object_new(
        TYPE, json_pack("{s:s, s:{}}", "currency", sv_json_text(call->account, "currency"), "metadata"), NULL);
    if (take(call, &object)) {
        for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
            if (!json_object_get(object.body, needed[i]))
                sv_refuse_field(call, SV_E_validation_failed, needed[i], "required", "This field is needed.");
        if (!sv_refused(call) && sv_insert(call, &object)) {
            sv_audit(call, "cost_component.create", TYPE, object.id, NULL);
            sv_answer_object(call, 201, &object);
        }
    }
    sv_object_free(&object);
}

void sv_list_components(sv_call *call)
{
    const sv_listing listing = {.type = TYPE, .fields = fields};
    sv_list(call, &listing);
}

void sv_read_component(sv_call *call)
{
    sv_object object;
    if (!sv_get(call, TYPE, call->argument[0], &object)) return;
    sv_answer_object(call, 200, &object);
    sv_object_free(&object);
}

void sv_change_component(sv_call *call)
{
    sv_object object, checked = {.body = json_object()};
    bool good = take(call, &checked);
    sv_object_free(&checked);
    if (!good || !sv_get(call, TYPE, call->argument[0], &object)) return;
    json_t *before = json_deep_copy(object.body);
    if (sv_if_match(call, object.version, false) && take(call, &object) && sv_update(call, &object)) {
        sv_audit(call, "cost_component.update", TYPE, object.id, sv_changes(before, object.body));
        sv_answer_object(call, 200, &object);
    }
    json_decref(before);
    sv_object_free(&object);
}

static bool is_used(sv_call *call, const char *id)
{
    const sv_value values[] = {sv_words(call->account_id), sv_int(call->scope.livemode), sv_words(id)};
    sv_rows *rows = sv_open(call->app->store, SV_SQL_COMPONENT_USES, values, 3);
    bool used = sv_step(rows) == SV_ROW && sv_column_int(rows, 0) > 0;
    sv_close(rows);
    return used;
}

void sv_delete_component(sv_call *call)
{
    sv_object object;
    if (!sv_get(call, TYPE, call->argument[0], &object)) return;
    if (!sv_if_match(call, object.version, false)) {
    } else if (is_used(call, object.id)) {
        sv_refuse(call, SV_E_resource_in_use, NULL, "Cost lines of products refer to this component.");
    } else if (sv_delete(call, &object)) {
        sv_audit(call, "cost_component.delete", TYPE, object.id, NULL);
        sv_answer(call, 204, NULL);
    }
    sv_object_free(&object);
}
