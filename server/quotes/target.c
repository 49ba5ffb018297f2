#include "quotes/target.h"

#include <stdlib.h>
#include <string.h>

/* ---- options of a product ---- */

static json_t *find_by(json_t *list, const char *member, const char *text)
{
    json_t *item;
    size_t index;
    json_array_foreach(list, index, item) if (strcmp(sv_json_text(item, member), text) == 0) return item;
    return NULL;
}

/* Another material brings nothing of what was chosen in the one before. */
static void override(json_t *members, const json_t *by)
{
    static const char *const names[] = {"material_id", "color_id", "quantity"};
    static const char *const of_material[] = {"color_id", "finish_id", "layer_height_mm", "infill_percent"};
    json_t *member = find_by(members, "id", sv_json_text(by, "member_id"));
    const char *material = sv_json_text(by, "material_id");
    bool other = *material && strcmp(material, sv_json_text(member, "material_id")) != 0;
    for (size_t i = 0; member && other && i < sizeof of_material / sizeof of_material[0]; i++)
        json_object_set_new(member, of_material[i], json_null());
    for (size_t i = 0; member && i < sizeof names / sizeof names[0]; i++) {
        json_t *value = json_object_get(by, names[i]);
        if (value && !json_is_null(value)) json_object_set(member, names[i], value);
    }
}

static bool choose_option(const json_t *product, json_t *members, const char *name, const json_t *chosen)
{
    json_t *option = find_by(json_object_get(product, "options"), "name", name), *by;
    json_t *value = find_by(json_object_get(option, "values"), "name", json_string_value(chosen));
    size_t index;
    json_array_foreach(json_object_get(value, "overrides"), index, by) override(members, by);
    return value || sv_json_true(option, "personalization");
}

static bool choose_options(sv_target *target, const json_t *request, sv_no_price *why)
{
    const char *name;
    json_t *chosen;
    json_object_foreach(
        json_object_get(request, "options"), name,
        chosen) if (!choose_option(target->product.body, target->members, name,
                                   chosen)) return sv_no_price_say(why, SV_E_validation_failed, "options",
                                                                   "The product has no such option or value.");
    return true;
}

/* ---- reading ---- */

static sv_result missing(sv_no_price *why, const char *path)
{
    sv_no_price_say(why, SV_E_not_found, path, "There is no such object.");
    return SV_DONE;
}

/* In bodies an id is an id: no ref. */
static sv_result read_object(sv_store *store, sv_scope scope, const char *type, const char *id, sv_object *object)
{
    *object = (sv_object){.version = 0};
    return sv_id_is(id, sv_type_prefix(type)) ? sv_object_get(store, scope, type, id, object) : SV_DONE;
}

static sv_result read_part(sv_store *store, sv_scope scope, const char *id, const json_t *member, sv_target *target)
{
    target->parts = sv_grow(target->parts, target->count + 1, sizeof *target->parts);
    sv_result result = read_object(store, scope, "part", id, &target->parts[target->count]);
    if (result != SV_ROW) return result;
    target->pieces = sv_grow(target->pieces, target->count + 1, sizeof *target->pieces);
    target->pieces[target->count++] =
        (sv_piece){.member = member, .quantity = member ? (uint32_t)sv_json_integer(member, "quantity") : 1};
    return result;
}

static sv_result read_product(sv_store *store, sv_scope scope, const json_t *request, sv_target *target,
                              sv_no_price *why)
{
    json_t *member;
    size_t index;
    sv_result result = read_object(store, scope, "product", sv_json_text(request, "product_id"), &target->product);
    if (result == SV_DONE) return missing(why, "product_id");
    if (result != SV_ROW) return result;
    target->members = json_deep_copy(json_object_get(target->product.body, "members"));
    if (!choose_options(target, request, why)) return SV_DONE;
    json_array_foreach(target->members, index, member)
    {
        result = read_part(store, scope, sv_json_text(member, "part_id"), member, target);
        if (result == SV_DONE) return missing(why, "product_id");
        if (result != SV_ROW) return result;
    }
    if (target->count) return SV_ROW;
    sv_no_price_say(why, SV_E_validation_failed, "product_id", "The product has no members.");
    return SV_DONE;
}

sv_result sv_target_read(sv_store *store, sv_scope scope, const json_t *request, sv_target *target, sv_no_price *why)
{
    sv_result result;
    *target = (sv_target){.members = NULL};
    if (json_object_get(request, "part_id")) {
        result = read_part(store, scope, sv_json_text(request, "part_id"), NULL, target);
        if (result == SV_DONE) missing(why, "part_id");
    } else {
        result = read_product(store, scope, request, target, why);
    }
    for (size_t i = 0; i < target->count; i++) target->pieces[i].part = &target->parts[i];
    if (result != SV_ROW) sv_target_close(target);
    return result;
}

void sv_target_close(sv_target *target)
{
    for (size_t i = 0; i < target->count; i++) sv_object_free(&target->parts[i]);
    sv_object_free(&target->product);
    json_decref(target->members);
    free(target->parts);
    free(target->pieces);
    *target = (sv_target){.members = NULL};
}

const char *sv_target_status(const sv_target *target)
{
    static const char *const worst[] = {"failed", "needs_selection", "awaiting_file", "processing"};
    for (size_t i = 0; i < sizeof worst / sizeof worst[0]; i++)
        for (size_t k = 0; k < target->count; k++)
            if (strcmp(sv_json_text(target->parts[k].body, "status"), worst[i]) == 0) return worst[i];
    return "ready";
}

json_t *sv_target_versions(const sv_target *target)
{
    json_t *versions = json_array();
    for (size_t i = 0; i < target->count; i++)
        json_array_append_new(versions, json_pack("{s:s, s:O}", "id", target->parts[i].id, "file_version",
                                                  json_object_get(target->parts[i].body, "file_version")));
    return versions;
}
