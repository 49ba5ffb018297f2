#include "products/member.h"

#include <stdlib.h>
#include <string.h>

#include "access/amounts.h"
#include "products/choice.h"
#include "products/inline.h"

#define QUANTITY_MAX 1000
#define LABEL_MAX 200

json_t *sv_member_new(void)
{
    char id[SV_ID_SIZE];
    sv_id_make("pmem", id);
    return json_pack("{s:s, s:n, s:i, s:n, s:n, s:n, s:n, s:n, s:n, s:i}", "id", id, "part_id", "quantity", 1,
                     "material_id", "color_id", "finish_id", "layer_height_mm", "infill_percent", "label", "position",
                     0);
}

size_t sv_member_find(const json_t *members, const char *id)
{
    size_t index = 0, count = json_array_size(members);
    while (index < count && strcmp(sv_json_text(json_array_get(members, index), "id"), id) != 0) index++;
    return index;
}

static bool check_fields(sv_call *call, json_t *given, sv_member_form form)
{
    /* clang-format off */
#define SV_FIELDS "part_id", "quantity", "material_id", "color_id", "finish_id", "layer_height_mm", "infill_percent", "label"
    /* clang-format on */
    static const char *const change[] = {SV_FIELDS, NULL}, *const fresh[] = {SV_FIELDS, "part", NULL};
    static const char *const added[] = {SV_FIELDS, "part", "position", NULL};
    static const char *const listed[] = {SV_FIELDS, "part", "position", "id", NULL};
    static const char *const *const names[] = {
        [SV_MEMBER_NEW] = fresh, [SV_MEMBER_ADDED] = added, [SV_MEMBER_CHANGE] = change, [SV_MEMBER_LISTED] = listed};
    return sv_known_fields(call, given, call->within ? call->within : "", names[form]);
}

static bool is_fresh(sv_member_form form) { return form == SV_MEMBER_NEW || form == SV_MEMBER_ADDED; }

/* A member that names no material is printed in what its part names. */
static bool take_part(sv_call *call, json_t *given, json_t *member, sv_member_form form)
{
    const char *id = json_string_value(json_object_get(given, "part_id"));
    char *made = NULL;
    sv_object part;
    if (!id && !is_fresh(form)) return true;
    if (!id && !(made = sv_inline_make(call, given))) return false;
    bool found = sv_product_part(call, id ? id : made, &part);
    free(made);
    if (!found) return false;
    json_object_set_new(member, "part_id", json_string(part.id));
    const char *material = sv_json_text(part.body, "default_material_id");
    const char *color = sv_json_text(part.body, "default_color_id");
    if (is_fresh(form) && *material && !json_object_get(given, "material_id")) {
        json_object_set_new(member, "material_id", json_string(material));
        if (*color) json_object_set_new(member, "color_id", json_string(color));
    }
    sv_object_free(&part);
    return true;
}

/* A text or null. */
static bool take_name(sv_call *call, json_t *given, json_t *member, const char *name, size_t most)
{
    const char *value = NULL;
    if (!json_object_get(given, name)) return true;
    if (!sv_take_text(call, given, name, 1, most, true, &value)) return false;
    json_object_set_new(member, name, sv_json_text_or_null(value));
    return true;
}

static bool take_layer(sv_call *call, json_t *given, json_t *member)
{
    bool named = false;
    int64_t um = 0;
    if (!json_object_get(given, "layer_height_mm")) return true;
    if (!sv_take_decimal(call, given, "layer_height_mm", 1, 10000, true, &named, &um)) return false;
    json_object_set_new(member, "layer_height_mm", named ? sv_json_measure((double)um / 1000) : json_null());
    return true;
}

static bool take_infill(sv_call *call, json_t *given, json_t *member)
{
    int64_t percent = 0;
    const json_t *value = json_object_get(given, "infill_percent");
    if (!value) return true;
    if (!json_is_null(value) && !sv_take_integer(call, given, "infill_percent", 0, 100, &percent)) return false;
    json_object_set_new(member, "infill_percent", json_is_null(value) ? json_null() : json_integer(percent));
    return true;
}

/* Is it printed in what it was printed in? Then a book that has this no more does not stand in the way. */
static bool same_choice(const json_t *a, const json_t *b)
{
    static const char *const names[] = {"material_id", "color_id", "finish_id", "layer_height_mm", "infill_percent"};
    bool same = true;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        same = same && json_equal(json_object_get(a, names[i]), json_object_get(b, names[i]));
    return same;
}

/* A new member has a part, or brings one. */
static bool check_part(sv_call *call, json_t *given)
{
    bool named = json_object_get(given, "part_id"), brought = json_object_get(given, "part");
    if (named != brought) return true;
    sv_refuse_field(call, SV_E_validation_failed, named ? "part" : "part_id", named ? "excluded" : "required",
                    "Either part_id or part is needed.");
    return false;
}

/* What can be said without the product, its part and the price book. */
static bool read_plain(sv_call *call, json_t *given, json_t *member, sv_member_form form)
{
    int64_t quantity = sv_json_integer(member, "quantity"), position = 0;
    const char *part = NULL;
    if (!json_is_object(given)) {
        sv_refuse_field(call, SV_E_invalid_request, "", "wrong_type", "An object is expected.");
        return false;
    }
    bool good =
        check_fields(call, given, form) && sv_take_integer(call, given, "quantity", 1, QUANTITY_MAX, &quantity) &&
        take_name(call, given, member, "label", LABEL_MAX) && take_name(call, given, member, "material_id", 100) &&
        take_name(call, given, member, "color_id", 100) && take_name(call, given, member, "finish_id", 100) &&
        take_layer(call, given, member) && take_infill(call, given, member) &&
        sv_take_text(call, given, "part_id", 1, 100, false, &part) && (!is_fresh(form) || check_part(call, given)) &&
        (form != SV_MEMBER_ADDED || sv_take_integer(call, given, "position", 0, SV_MEMBERS_MAX, &position));
    json_object_set_new(member, "quantity", json_integer(quantity));
    return good;
}

bool sv_member_check(sv_call *call, json_t *given, sv_member_form form)
{
    json_t *member = sv_member_new();
    bool good = read_plain(call, given, member, form);
    json_decref(member);
    return good;
}

bool sv_member_read(sv_call *call, json_t *given, json_t *member, sv_member_form form)
{
    json_t *before = json_copy(member);
    bool good = read_plain(call, given, member, form) && take_part(call, given, member, form) &&
                (same_choice(before, member) || sv_choice_check(call, member));
    json_decref(before);
    return good;
}
