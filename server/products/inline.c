#include "products/inline.h"

#include <stdio.h>
#include <stdlib.h>

#include "parts/receive.h"
#include "products/cost.h"
#include "products/member.h"

typedef struct inline_parts {
    size_t count;
    struct {
        const json_t *given; /* the member; borrowed from the body */
        sv_received *received;
    } parts[SV_MEMBERS_MAX];
} inline_parts;

static void free_parts(void *prepared)
{
    inline_parts *all = prepared;
    for (size_t i = 0; i < all->count; i++) sv_received_free(all->parts[i].received);
    free(all);
}

/* path: of the part within the body. */
static void receive(sv_call *call, inline_parts *all, json_t *member, const char *path)
{
    json_t *given = json_object_get(member, "part");
    if (!json_is_object(given) || all->count == SV_MEMBERS_MAX || sv_refused(call)) return;
    if (!sv_has_scope(call, "parts:write")) {
        sv_refuse(call, SV_E_insufficient_scope, json_pack("{s:s}", "required", "parts:write"),
                  "This key lacks the scope %s.", "parts:write");
        return;
    }
    call->within = path;
    all->parts[all->count].given = member;
    all->parts[all->count++].received = sv_receive_given(call, given);
    call->within = NULL;
}

void sv_prepare_members(sv_call *call)
{
    json_t *member;
    size_t index;
    char path[40];
    inline_parts *all = sv_alloc(1, sizeof *all);
    call->prepared = all;
    call->free_prepared = free_parts;
    if (call->argument[0] && sv_member_check(call, call->body, SV_MEMBER_ADDED)) receive(call, all, call->body, "part");
    json_array_foreach(json_object_get(call->body, "members"), index, member)
    {
        snprintf(path, sizeof path, "members[%zu].part", index);
        receive(call, all, member, path);
    }
    if (!sv_refused(call)) sv_prepare_costs(call);
}

char *sv_inline_make(sv_call *call, const json_t *given)
{
    const inline_parts *all = call->prepared;
    size_t i = 0;
    while (i < all->count && all->parts[i].given != given) i++;
    if (i == all->count) {
        sv_refuse_field(call, SV_E_invalid_request, "part", "wrong_type", "An object is expected.");
        return NULL;
    }
    sv_object part;
    char *id = sv_received_make(call, all->parts[i].received, &part) ? sv_copy(part.id) : NULL;
    sv_object_free(&part);
    return id;
}
