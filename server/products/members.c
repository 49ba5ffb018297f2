#include <stdio.h>
#include <string.h>

#include "products/fields.h"
#include "products/member.h"
#include "products/products.h"

static json_t *members_of(const sv_product *product) { return json_object_get(product->object.body, "members"); }

/* What would keep an active product from being active does not get into it. */
static bool fits(sv_call *call, const sv_product *product, const json_t *member)
{
    json_t *reasons = json_array();
    if (sv_product_is_active(product)) sv_member_reasons(call, member, reasons);
    return sv_product_may_be_active(call, reasons);
}

static void save(sv_call *call, sv_product *product, int status)
{
    sv_options_prune(product);
    if (sv_product_save(call, product, "product.update", "product.updated")) sv_product_answer(call, status, product);
}

void sv_add_member(sv_call *call)
{
    sv_product product;
    json_t *member = sv_member_new(), *position = json_object_get(call->body, "position");
    if (sv_member_check(call, call->body, SV_MEMBER_ADDED) && sv_product_open(call, false, &product)) {
        json_t *members = members_of(&product);
        size_t count = json_array_size(members), at = position ? (size_t)json_integer_value(position) : count;
        if (at > count) at = count;
        if (sv_member_read(call, call->body, member, SV_MEMBER_ADDED)) {
            if (count >= SV_MEMBERS_MAX)
                sv_refuse(call, SV_E_member_limit, NULL, "A product has at most %d members.", SV_MEMBERS_MAX);
            else if (fits(call, &product, member)) {
                json_array_insert(members, at, member);
                save(call, &product, 201);
            }
        }
        sv_product_close(&product);
    }
    json_decref(member);
}

/* The member that the path names; false: refused. */
static bool find(sv_call *call, const sv_product *product, size_t *index)
{
    *index = sv_member_find(members_of(product), call->argument[1]);
    if (*index < json_array_size(members_of(product))) return true;
    sv_refuse_not_found(call);
    return false;
}

void sv_change_member(sv_call *call)
{
    sv_product product;
    size_t index;
    if (!sv_member_check(call, call->body, SV_MEMBER_CHANGE) || !sv_product_open(call, false, &product)) return;
    if (find(call, &product, &index)) {
        json_t *member = json_array_get(members_of(&product), index);
        if (sv_member_read(call, call->body, member, SV_MEMBER_CHANGE) && fits(call, &product, member))
            save(call, &product, 200);
    }
    sv_product_close(&product);
}

void sv_remove_member(sv_call *call)
{
    sv_product product;
    size_t index;
    if (!sv_product_open(call, false, &product)) return;
    if (find(call, &product, &index)) {
        if (sv_product_is_active(&product) && json_array_size(members_of(&product)) == 1) {
            sv_refuse(call, SV_E_last_member, NULL, "An active product keeps at least one member.");
        } else {
            json_array_remove(members_of(&product), index);
            save(call, &product, 200);
        }
    }
    sv_product_close(&product);
}

/* ---- all of them, in a new order ---- */

static void refuse_set(sv_call *call)
{
    sv_refuse(call, SV_E_member_set_invalid, NULL,
              "The list must name every member of the product once, and no other.");
}

/* The members in the order of the list, changed as it says; NULL: refused. The caller owns it. */
static json_t *reordered(sv_call *call, const sv_product *product, json_t *list)
{
    json_t *item, *members = members_of(product), *ordered = json_array();
    size_t index;
    char path[40];
    json_array_foreach(list, index, item)
    {
        size_t at = sv_member_find(members, sv_json_text(item, "id"));
        bool known = at < json_array_size(members);
        bool again = known && sv_member_find(ordered, sv_json_text(item, "id")) < json_array_size(ordered);
        json_t *member = known && !again ? json_deep_copy(json_array_get(members, at)) : NULL;
        snprintf(path, sizeof path, "members[%zu]", index);
        call->within = path;
        bool good = member && sv_member_read(call, item, member, SV_MEMBER_LISTED);
        call->within = NULL;
        bool changed = good && !json_equal(member, json_array_get(members, at));
        if (member) json_array_append_new(ordered, member);
        if (!member) refuse_set(call);
        if (sv_refused(call) || (changed && !fits(call, product, member))) break;
    }
    if (!sv_refused(call) && json_array_size(ordered) != json_array_size(members)) refuse_set(call);
    if (!sv_refused(call)) return ordered;
    json_decref(ordered);
    return NULL;
}

void sv_put_members(sv_call *call)
{
    static const char *const names[] = {"members", NULL};
    sv_product product;
    json_t *list = json_object_get(call->body, "members"), *item, *ordered;
    size_t index;
    if (!sv_known_fields(call, call->body, "", names)) return;
    bool good = json_is_array(list);
    json_array_foreach(list, index, item) good = good && json_is_object(item);
    if (!good) {
        sv_refuse_field(call, SV_E_invalid_request, "members", "wrong_type", "An array of members is expected.");
        return;
    }
    if (!sv_product_open(call, true, &product)) return;
    if ((ordered = reordered(call, &product, list))) {
        json_object_set_new(product.object.body, "members", ordered);
        save(call, &product, 200);
    }
    sv_product_close(&product);
}
