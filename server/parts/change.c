#include <stdlib.h>
#include <string.h>

#include "parts/fields.h"
#include "parts/parts.h"

bool sv_part_check_fields(sv_call *call, json_t *given)
{
    json_t *any = sv_part_body("");
    char *ref = NULL;
    const bool good = sv_part_take_fields(call, given, any, &ref);
    json_decref(any);
    free(ref);
    return good;
}

bool sv_part_change(sv_call *call, sv_object *part, json_t *update)
{
    json_t *before = json_copy(part->body);
    bool good = sv_part_take_fields(call, update, part->body, &part->ref);
    const bool measured = json_equal(json_object_get(before, "units"), json_object_get(part->body, "units")) &&
                          json_equal(json_object_get(before, "scale"), json_object_get(part->body, "scale"));
    if (good && !measured) {
        const char *status = sv_part_status(part);
        good = sv_part_at_rest(call, part);
        if (good && (strcmp(status, "ready") == 0 || strcmp(status, "failed") == 0)) sv_part_restart(part);
    }
    good = good && sv_part_update(call, part, before, "part.update", "part.updated");
    json_decref(before);
    return good;
}

void sv_change_part(sv_call *call)
{
    sv_object part;
    if (!sv_known_fields(call, call->body, "", sv_part_field_names)) return;
    /* What is wrong with the body is said before the part is looked for. */
    if (!sv_part_check_fields(call, call->body) || !sv_get(call, "part", call->argument[0], &part)) return;
    if (sv_if_match(call, part.version, false) && sv_part_change(call, &part, call->body))
        sv_answer_object(call, 200, &part);
    sv_object_free(&part);
}

/* The products for sale that are made of it. */
static json_t *products_with(sv_call *call, const char *part_id)
{
    const sv_value values[] = {sv_words(call->account_id), sv_int(call->scope.livemode), sv_words(part_id)};
    json_t *products = json_array();
    sv_rows *rows = sv_open(call->app->store, SV_SQL_PART_IN_PRODUCTS, values, 3);
    while (sv_step(rows) == SV_ROW)
        json_array_append_new(products, json_pack("{s:s, s:s}", "object", "product", "id", sv_column_text(rows, 0)));
    sv_close(rows);
    return products;
}

bool sv_part_delete(sv_call *call, const sv_object *part)
{
    json_t *products = products_with(call, part->id);
    if (json_array_size(products)) {
        sv_refuse(call, SV_E_resource_in_use, json_pack("{s:o}", "references", products),
                  "Active products are made of this part.");
        return false;
    }
    json_decref(products);
    return sv_part_remove(call, part);
}

void sv_delete_part(sv_call *call)
{
    sv_object part;
    if (!sv_get(call, "part", call->argument[0], &part)) return;
    if (sv_if_match(call, part.version, false) && sv_part_delete(call, &part)) sv_answer(call, 204, NULL);
    sv_object_free(&part);
}

void sv_analyse_part(sv_call *call)
{
    static const char *const names[] = {NULL};
    sv_object part;
    if (!sv_known_fields(call, call->body, "", names) || !sv_get(call, "part", call->argument[0], &part)) return;
    json_t *before = json_copy(part.body);
    const bool failed = strcmp(sv_part_status(&part), "failed") == 0;
    if (sv_part_at_rest(call, &part) && (failed || sv_part_is_ready(call, &part))) {
        sv_part_restart(&part);
        if (sv_part_update(call, &part, before, "part.analyze", "part.updated")) sv_answer_object(call, 202, &part);
    }
    json_decref(before);
    sv_object_free(&part);
}
