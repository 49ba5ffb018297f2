/* Parts of all accounts, for the operator: seen, and decided on. */
#include "access/list.h"
#include "orders/operator.h"
#include "orders/orders.h"
#include "parts/review.h"

static const sv_field fields[] = {{"name", SV_F_TEXT, true},
                                  {"status", SV_F_TEXT, true},
                                  {"folder", SV_F_TEXT, false},
                                  {"tags", SV_F_TAGS, false},
                                  {"review.status", SV_F_TEXT, false},
                                  {"file.format", SV_F_TEXT, false},
                                  {"file.sha256", SV_F_TEXT, false},
                                  {"analysis.volume_mm3", SV_F_NUMBER, true},
                                  {"account_id", SV_F_COLUMN_TEXT, false},
                                  {NULL, SV_F_TEXT, false}};

void sv_operator_list_parts(sv_call *call)
{
    const sv_listing listing = {.type = "part", .fields = fields, .every_account = true};
    sv_list(call, &listing);
}

/* Of any account; its scope goes to *scope, with the id in account_id. */
static bool take(sv_call *call, char account_id[SV_ID_SIZE], sv_scope *scope, sv_object *part)
{
    *part = (sv_object){.ref = NULL};
    if (!sv_operator_find(call, "part", call->argument[0], account_id)) return false;
    *scope = (sv_scope){account_id, call->scope.livemode};
    sv_result result = sv_object_get(call->app->store, *scope, "part", call->argument[0], part);
    if (result != SV_ROW) sv_refuse_store(call, result == SV_DONE ? SV_BROKEN : result);
    return result == SV_ROW;
}

static void answer(sv_call *call, const sv_object *part, const char *account_id)
{
    if (call->status) return;
    json_t *view = sv_object_view(part, call->scope.livemode);
    json_object_set_new(view, "account_id", json_string(account_id));
    sv_add_etag(call, part->version);
    sv_answer(call, 200, view);
}

void sv_operator_read_part(sv_call *call)
{
    char account_id[SV_ID_SIZE];
    sv_scope scope;
    sv_object part;
    if (take(call, account_id, &scope, &part)) answer(call, &part, account_id);
    sv_object_free(&part);
}

void sv_operator_review_part(sv_call *call)
{
    char account_id[SV_ID_SIZE];
    sv_scope scope;
    sv_object part;
    sv_decision decision;
    if (!sv_take_decision(call, &decision)) return;
    if (take(call, account_id, &scope, &part)) {
        /* What changes and is told belongs to the seller; who did it stands in the operator's own log. */
        const sv_scope own = call->scope;
        call->scope = scope;
        const bool decided = sv_decide_review(call, &part, &decision);
        call->scope = own;
        if (decided) answer(call, &part, account_id);
    }
    json_decref(decision.rejections);
    sv_object_free(&part);
}
