/* quotectl account, key: who may use the service. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access/call.h"
#include "access/keys.h"
#include "base/json.h"
#include "base/text.h"
#include "ctl/ctl.h"
#include "store/accounts.h"

static bool note(sv_ctl *s, const char *account_id, bool livemode, const char *action, const char *type, const char *id)
{
    return sv_audit_system(s->store, (sv_scope){account_id, livemode}, "quotectl", action, type, id, NULL) == SV_DONE;
}

static bool end(sv_ctl *s, bool good)
{
    if (good) return sv_commit(s->store) == SV_DONE;
    if (sv_in_transaction(s->store)) sv_rollback(s->store);
    return false;
}

int sv_ctl_account_create(sv_ctl *s)
{
    const char *name = sv_ctl_word(s, 2), *role = s->count > 3 ? s->words[3] : "seller";
    char live[SV_KEY_SIZE], test[SV_KEY_SIZE], id[SV_ID_SIZE];
    if (!name || (strcmp(role, "seller") != 0 && strcmp(role, "operator") != 0))
        return sv_ctl_fail("account create NAME [seller|operator]", NULL);
    sv_account account = sv_account_new(&s->config, name, NULL, role, false);
    bool good =
        end(s, sv_begin(s->store, true) == SV_DONE && sv_account_insert(s->store, &account) == SV_DONE &&
                   sv_account_make_key(s->store, &s->config, &account, true, "First key", live, id) == SV_DONE &&
                   sv_account_make_key(s->store, &s->config, &account, false, "First test key", test, id) == SV_DONE &&
                   note(s, account.id, true, "account.create", "account", account.id));
    int code =
        good
            ? sv_ctl_tell(s, json_pack("{s:s, s:s, s:s}", "account_id", account.id, "live_key", live, "test_key", test),
                          "account   %s\nlive key  %s\ntest key  %s", account.id, live, test)
            : sv_ctl_fail("the account cannot be made.", NULL);
    sv_account_free(&account);
    return code;
}

/* Suspended: it can be read, and not changed. */
static int set_status(sv_ctl *s, const char *status)
{
    sv_account account = {.body = NULL};
    const char *id = s->count > 2 ? s->words[2] : "";
    bool good = sv_begin(s->store, true) == SV_DONE && sv_account_get(s->store, id, &account) == SV_ROW &&
                strcmp(account.status, "deleted") != 0;
    if (good) {
        snprintf(account.status, sizeof account.status, "%s", status);
        good = sv_account_update(s->store, &account) == SV_DONE && note(s, id, true, "account.update", "account", id);
    }
    good = end(s, good);
    sv_account_free(&account);
    return good ? sv_ctl_tell(s, json_pack("{s:s, s:s}", "account_id", id, "status", status), "%s", status)
                : sv_ctl_fail("there is no such account:", id);
}

int sv_ctl_account_suspend(sv_ctl *s) { return set_status(s, "suspended"); }
int sv_ctl_account_resume(sv_ctl *s) { return set_status(s, "active"); }

/* ---- keys ---- */

/* "parts:read,parts:write" -> an array of scopes that this role may hold; NULL: one is none of them. */
static json_t *scopes_of(const char *names, const char *role)
{
    json_t *scopes = json_array();
    for (const char *at = names; *at; at += *at == ',') {
        size_t size = strcspn(at, ","), i = 0;
        while (sv_scopes[i] && (strlen(sv_scopes[i]) != size || strncmp(sv_scopes[i], at, size) != 0)) i++;
        if (!sv_scopes[i] || (strncmp(at, "operator:", 9) == 0 && strcmp(role, "operator") != 0)) {
            json_decref(scopes);
            return NULL;
        }
        json_array_append_new(scopes, json_string(sv_scopes[i]));
        at += size;
    }
    return scopes;
}

static bool narrow(sv_ctl *s, sv_scope scope, const char *id, json_t *scopes, const char *expires)
{
    sv_object object;
    bool good = sv_object_get(s->store, scope, "api_key", id, &object) == SV_ROW;
    if (good && scopes) json_object_set(object.body, "scopes", scopes);
    if (good && expires) json_object_set_new(object.body, "expires_at", json_string(expires));
    good = good && sv_object_update(s->store, scope, &object) == SV_DONE;
    sv_object_free(&object);
    return good;
}

static int make_key(sv_ctl *s, const sv_account *account, bool livemode, const char *name, json_t *scopes,
                    const char *expires)
{
    char key[SV_KEY_SIZE], id[SV_ID_SIZE];
    const sv_scope scope = {account->id, livemode};
    bool good = end(s, sv_begin(s->store, true) == SV_DONE &&
                           sv_account_make_key(s->store, &s->config, account, livemode, name, key, id) == SV_DONE &&
                           ((!scopes && !expires) || narrow(s, scope, id, scopes, expires)) &&
                           note(s, account->id, livemode, "api_key.create", "api_key", id));
    if (!good) return sv_ctl_fail("the key cannot be made.", NULL);
    return sv_ctl_tell(s,
                       json_pack("{s:s, s:s, s:s, s:s}", "account_id", account->id, "key_id", id, "mode",
                                 livemode ? "live" : "test", "key", key),
                       "%s", key);
}

/* quotectl key create ACCOUNT [live|test] [--name NAME] [--scopes A,B] [--expires MOMENT] */
int sv_ctl_key_create(sv_ctl *s)
{
    const char *name = sv_ctl_option(s, "--name"), *names = sv_ctl_option(s, "--scopes"),
               *expires = sv_ctl_option(s, "--expires"), *id = sv_ctl_word(s, 2), *mode = sv_ctl_word(s, 3);
    char moment[SV_MOMENT_SIZE];
    int64_t ms = 0;
    sv_account account;
    if (!id || s->count > 4 || (mode && strcmp(mode, "live") != 0 && strcmp(mode, "test") != 0))
        return sv_ctl_fail("key create ACCOUNT [live|test] [--name NAME] [--scopes A,B] [--expires MOMENT]", NULL);
    if (expires && (!sv_moment_read(expires, &ms) || ms <= sv_now_ms()))
        return sv_ctl_fail("this is no moment to come:", expires);
    if (expires) sv_moment_print(ms, moment);
    if (sv_account_get(s->store, id, &account) != SV_ROW || strcmp(account.status, "deleted") == 0) {
        sv_account_free(&account);
        return sv_ctl_fail("there is no such account:", id);
    }
    json_t *scopes = names ? scopes_of(names, account.role) : NULL;
    int code = names && !json_array_size(scopes)
                   ? sv_ctl_fail("this account has no such scopes:", names)
                   : make_key(s, &account, mode && strcmp(mode, "live") == 0, name ? name : "Made by the administrator",
                              scopes, expires ? moment : NULL);
    json_decref(scopes);
    sv_account_free(&account);
    return code;
}
