#include "products/fields.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "products/member.h"

#define TAGS_MAX 20
#define TAG_SIZE 60

static const struct {
    const char *name;
    size_t least, most;
    bool nullable;
} texts[] = {{"name", 1, 200, false},
             {"description", 0, 4000, true},
             {"notes", 0, 4000, true},
             {"folder", 1, 500, false},
             {"sku", 1, 64, true}};

/* "/" or "/a/b". */
static bool is_folder(const char *path)
{
    size_t size = strlen(path);
    return *path == '/' && (size == 1 || path[size - 1] != '/') && !strstr(path, "//");
}

bool sv_fields_take(sv_call *call, json_t *given, sv_object *object)
{
    const char *value = NULL, *folder = "/";
    json_t *tags = NULL;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (!json_object_get(given, texts[i].name)) continue;
        value = NULL;
        if (!sv_take_text(call, given, texts[i].name, texts[i].least, texts[i].most, texts[i].nullable, &value))
            return false;
        json_object_set_new(object->body, texts[i].name, sv_json_text_or_null(value));
    }
    if (json_object_get(given, "folder")) folder = sv_json_text(given, "folder");
    if (!is_folder(folder)) {
        sv_refuse_field(call, SV_E_validation_failed, "folder", "format", "A path like /a/b is expected.");
        return false;
    }
    if (!sv_take_texts(call, given, "tags", TAGS_MAX, TAG_SIZE, &tags)) return false;
    if (tags) json_object_set(object->body, "tags", tags);
    if (json_object_get(given, "ref")) {
        value = NULL;
        if (!sv_take_text(call, given, "ref", 1, 255, true, &value)) return false;
        free(object->ref);
        object->ref = value ? sv_copy(value) : NULL;
    }
    return sv_take_metadata(call, given, object->body);
}

/* draft <-> active -> archived -> draft */
static bool is_legal(const char *from, const char *to)
{
    static const char *const moves[][2] = {
        {"draft", "active"}, {"active", "draft"}, {"active", "archived"}, {"archived", "draft"}};
    for (size_t i = 0; i < sizeof moves / sizeof moves[0]; i++)
        if (strcmp(moves[i][0], from) == 0 && strcmp(moves[i][1], to) == 0) return true;
    return false;
}

static json_t *reasons_of(sv_call *call, const json_t *body)
{
    json_t *member, *members = json_object_get(body, "members"), *reasons = json_array();
    size_t index;
    if (!json_array_size(members))
        json_array_append_new(reasons,
                              json_pack("{s:s, s:s}", "code", "no_members", "message", "The product has no members."));
    json_array_foreach(members, index, member) sv_member_reasons(call, member, reasons);
    return reasons;
}

bool sv_status_take(sv_call *call, json_t *given, sv_product *product)
{
    const char *from = sv_json_text(product->object.body, "status"), *to = from;
    if (!sv_take_text(call, given, "status", 1, 20, false, &to)) return false;
    if (strcmp(from, to) == 0) return true;
    if (strcmp(to, "draft") != 0 && strcmp(to, "active") != 0 && strcmp(to, "archived") != 0) {
        sv_refuse_field(call, SV_E_validation_failed, "status", "unknown", "draft, active or archived is expected.");
        return false;
    }
    if (!is_legal(from, to)) {
        sv_refuse(call, SV_E_illegal_transition, json_pack("{s:s, s:s}", "from", from, "to", to),
                  "A product that is %s cannot become %s.", from, to);
        return false;
    }
    if (strcmp(to, "active") == 0 && !sv_product_may_be_active(call, reasons_of(call, product->object.body)))
        return false;
    json_object_set_new(product->object.body, "status", json_string(to));
    return true;
}

bool sv_members_take(sv_call *call, json_t *given, sv_product *product)
{
    json_t *list = json_object_get(given, "members"), *item,
           *members = json_object_get(product->object.body, "members");
    size_t index;
    char path[40];
    if (!list) return true;
    if (!json_is_array(list)) {
        sv_refuse_field(call, SV_E_invalid_request, "members", "wrong_type", "An array of members is expected.");
        return false;
    }
    if (json_array_size(list) > SV_MEMBERS_MAX) {
        sv_refuse(call, SV_E_member_limit, NULL, "A product has at most %d members.", SV_MEMBERS_MAX);
        return false;
    }
    json_array_foreach(list, index, item)
    {
        json_t *member = sv_member_new();
        snprintf(path, sizeof path, "members[%zu]", index);
        call->within = path;
        bool good = sv_member_read(call, item, member, SV_MEMBER_NEW);
        call->within = NULL;
        json_array_append_new(members, member);
        if (!good) return false;
    }
    return true;
}
