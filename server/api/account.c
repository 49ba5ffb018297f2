#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access/plan.h"
#include "api/handlers.h"
#include "base/countries.h"
#include "events/emit.h"
#include "store/accounts.h"

#define CHILDREN_MAX 3

static bool get_account(sv_call *call, sv_account *account)
{
    sv_result result = sv_account_get(call->app->store, call->account_id, account);
    if (result != SV_ROW) sv_refuse_store(call, result == SV_DONE ? SV_BROKEN : result);
    if (result == SV_ROW) sv_plan_settle(call->app->config, account->body, call->now_ms);
    return result == SV_ROW;
}

static void answer_account(sv_call *call, const sv_account *account)
{
    json_t *view = sv_account_view(account, call->scope.livemode);
    json_object_set_new(view, "usage", sv_plan_usage(call));
    json_object_set_new(view, "balance", sv_balance_get(call->app->store, call->scope));
    sv_add_etag(call, account->version);
    sv_answer(call, 200, view);
}

void sv_read_account(sv_call *call)
{
    sv_account account;
    if (!get_account(call, &account)) return;
    answer_account(call, &account);
    sv_account_free(&account);
}

static void tell_update(sv_call *call, const sv_account *account, const json_t *before)
{
    json_t *view = sv_account_view(account, call->scope.livemode), *previous = sv_previous(before, account->body);
    sv_result result = sv_emit(call->app->store, call->scope, call->request_id, "account.updated", view, previous);
    if (result != SV_DONE) sv_refuse_store(call, result);
    json_decref(view);
    json_decref(previous);
}

static bool knows_currency(const sv_call *call, const char *currency)
{
    return call->app->book_json && json_object_get(json_object_get(call->app->book_json, "fx"), currency);
}

void sv_change_account(sv_call *call)
{
    static const char *const names[] = {"name", "default_country", "currency", "accept_terms", NULL};
    const char *name = NULL, *country = NULL, *currency = NULL;
    bool accepts = false;
    sv_account account;
    if (!sv_known_fields(call, call->body, "", names) ||
        !sv_take_text(call, call->body, "name", 1, 200, false, &name) ||
        !sv_take_text(call, call->body, "default_country", 2, 3, true, &country) ||
        !sv_take_text(call, call->body, "currency", 3, 3, false, &currency) ||
        !sv_take_bool(call, call->body, "accept_terms", &accepts))
        return;
    const bool named = json_object_get(call->body, "default_country") != NULL;
    if (country && !sv_country_code(country)) {
        sv_refuse_field(call, SV_E_invalid_country, "default_country", "unknown", "A code of ISO 3166-1 is expected.");
    } else if (currency && !knows_currency(call, currency)) {
        sv_refuse_field(call, SV_E_currency_unsupported, "currency", "unknown", "The price book has no such currency.");
    } else if (get_account(call, &account)) {
        char now[SV_MOMENT_SIZE];
        sv_moment_print(call->now_ms, now);
        if (sv_if_match(call, account.version, false)) {
            json_t *before = json_copy(account.body);
            if (name) json_object_set_new(account.body, "name", json_string(name));
            if (named)
                json_object_set_new(account.body, "default_country",
                                    sv_json_text_or_null(country ? sv_country_code(country) : NULL));
            if (currency) json_object_set_new(account.body, "currency", json_string(currency));
            if (accepts) json_object_set_new(account.body, "terms_accepted_at", json_string(now));
            sv_result result = sv_account_update(call->app->store, &account);
            if (result != SV_DONE) sv_refuse_store(call, result);
            sv_audit(call, "account.update", "account", account.id, sv_changes(before, account.body));
            tell_update(call, &account, before);
            json_decref(before);
            answer_account(call, &account);
        }
        sv_account_free(&account);
    }
}

/* ---- accounts for tests: children of the one that makes them ---- */

static sv_rows *open_children(sv_call *call)
{
    const sv_value value = sv_words(call->account_id);
    return sv_open(call->app->store, SV_SQL_ACCOUNT_CHILDREN, &value, 1);
}

static json_t *list_children(sv_call *call)
{
    json_t *data = json_array();
    sv_rows *rows = open_children(call);
    while (sv_step(rows) == SV_ROW) {
        sv_account child;
        sv_account_read(rows, &child);
        json_array_append_new(data, sv_account_view(&child, false));
        sv_account_free(&child);
    }
    sv_close(rows);
    return data;
}

void sv_list_test_accounts(sv_call *call)
{
    sv_answer(
        call, 200,
        json_pack("{s:s, s:o, s:b, s:n}", "object", "list", "data", list_children(call), "has_more", 0, "next_cursor"));
}

void sv_make_test_account(sv_call *call)
{
    static const char *const names[] = {"name", NULL};
    const char *name = "Test account";
    char key[SV_KEY_SIZE], key_id[SV_ID_SIZE];
    if (!sv_known_fields(call, call->body, "", names) || !sv_take_text(call, call->body, "name", 1, 200, false, &name))
        return;
    json_t *children = list_children(call);
    size_t count = json_array_size(children);
    json_decref(children);
    if (count >= CHILDREN_MAX) {
        sv_refuse(call, SV_E_test_account_limit, NULL, "There are %d test accounts already.", CHILDREN_MAX);
        return;
    }
    sv_account account = sv_account_new(call->app->config, name, NULL, "seller", true);
    snprintf(account.parent_id, sizeof account.parent_id, "%s", call->account_id);
    sv_result result = sv_account_insert(call->app->store, &account);
    if (result == SV_DONE)
        result = sv_account_make_key(call->app->store, call->app->config, &account, false, "First key", key, key_id);
    sv_object made = {.body = NULL};
    if (result == SV_DONE)
        result = sv_object_get(call->app->store, (sv_scope){account.id, false}, "api_key", key_id, &made);
    if (result == SV_ROW) {
        json_t *shown = sv_object_view(&made, false);
        json_object_set_new(shown, "key", json_string(key));
        call->shown_once = shown;
        sv_audit(call, "test_account.create", "account", account.id, NULL);
        sv_answer(call, 201, json_pack("{s:o, s:o}", "account", sv_account_view(&account, false), "api_key", shown));
    } else {
        sv_refuse_store(call, result);
    }
    sv_object_free(&made);
    sv_account_free(&account);
}

void sv_delete_test_account(sv_call *call)
{
    sv_account account;
    sv_result result = sv_account_get(call->app->store, call->argument[0], &account);
    bool own =
        result == SV_ROW && strcmp(account.parent_id, call->account_id) == 0 && strcmp(account.status, "deleted") != 0;
    if (own) {
        snprintf(account.status, sizeof account.status, "deleted");
        result = sv_account_update(call->app->store, &account);
        if (result != SV_DONE) sv_refuse_store(call, result);
        sv_audit(call, "test_account.delete", "account", account.id, NULL);
        sv_answer(call, 204, NULL);
    } else {
        sv_refuse_not_found(call);
    }
    sv_account_free(&account);
}
