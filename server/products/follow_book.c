/* A product whose material is gone with a new price book says so in lists, too, and tells it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "events/emit.h"
#include "products/choice.h"
#include "products/product.h"

bool sv_product_has_materials(const sv_app *app, const json_t *body)
{
    json_t *member;
    size_t index;
    json_array_foreach(json_object_get(body, "members"), index, member)
    {
        bool named = json_is_string(json_object_get(member, "material_id"));
        if (named && !sv_choice_is_active(app, member)) return false;
    }
    return true;
}

static sv_result follow(const sv_app *app, sv_scope scope, sv_object *object)
{
    bool now = sv_product_has_materials(app, object->body);
    if (now == sv_json_true(object->body, "materials_available")) return SV_DONE;
    json_t *previous = json_pack("{s:b}", "materials_available", !now);
    json_object_set_new(object->body, "materials_available", json_boolean(now));
    sv_result result = sv_object_update(app->store, scope, object);
    json_t *view = sv_object_view(object, scope.livemode);
    if (result == SV_DONE) result = sv_emit(app->store, scope, NULL, "product.updated", view, previous);
    json_decref(view);
    json_decref(previous);
    return result;
}

/* A thousand at a time: rows that are read stay as they are while others are changed. */
sv_result sv_products_follow_book(const sv_app *app)
{
    char last[SV_ID_SIZE] = "";
    for (bool more = true; more;) {
        const sv_value value = sv_words(last);
        sv_rows *rows = sv_open(app->store, SV_SQL_PRODUCTS_ALL, &value, 1);
        sv_result result;
        size_t count = 0;
        sv_object *objects = sv_alloc(1000, sizeof *objects);
        char(*accounts)[SV_ID_SIZE] = sv_alloc(1000, sizeof *accounts);
        bool *live = sv_alloc(1000, sizeof *live);
        while ((result = sv_step(rows)) == SV_ROW && count < 1000) {
            sv_object_read(rows, "product", &objects[count]);
            snprintf(accounts[count], SV_ID_SIZE, "%s", sv_column_text(rows, 7));
            live[count++] = sv_column_int(rows, 8) != 0;
        }
        sv_close(rows);
        for (size_t i = 0; i < count; i++) {
            if (result == SV_DONE) result = follow(app, (sv_scope){accounts[i], live[i]}, &objects[i]);
            snprintf(last, sizeof last, "%s", objects[i].id);
            sv_object_free(&objects[i]);
        }
        free(objects);
        free(accounts);
        free(live);
        if (result != SV_DONE) return result;
        more = count == 1000;
    }
    return SV_DONE;
}
