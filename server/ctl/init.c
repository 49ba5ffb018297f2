/* quotectl init: a folder from which the service can start. What is there stays. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/text.h"
#include "ctl/ctl.h"
#include "ctl/files.h"
#include "store/accounts.h"

static bool write_new(const char *folder, const char *name, const char *text, mode_t mode)
{
    char *path = sv_path_in(folder, name);
    bool good = sv_file_write_new(path, text, mode);
    free(path);
    return good;
}

static bool write_secret(const char *folder, const char *name)
{
    uint8_t bytes[32];
    char hex[65];
    sv_random(bytes, sizeof bytes);
    sv_hex(bytes, sizeof bytes, hex);
    return write_new(folder, name, hex, 0600);
}

static bool make_folder(const char *folder, const char *name)
{
    char *path = sv_path_in(folder, name);
    bool good = sv_folder_make(path);
    free(path);
    return good;
}

static bool write_config(const char *folder)
{
    json_t *config = sv_config_default();
    char *text = json_dumps(config, JSON_INDENT(2));
    bool good = write_new(folder, "quoted.json", text, 0640);
    free(text);
    json_decref(config);
    return good;
}

static bool add_keys(sv_ctl *s, json_t *keys, const char *role, const char *name)
{
    char key[SV_KEY_SIZE], id[SV_ID_SIZE], member[32];
    sv_account account = sv_account_new(&s->config, name, NULL, role, true);
    bool good = sv_account_insert(s->store, &account) == SV_DONE;
    for (int live = 0; live < 2 && good; live++) {
        good = sv_account_make_key(s->store, &s->config, &account, live, "First key", key, id) == SV_DONE;
        snprintf(member, sizeof member, "%s_%s", role, live ? "live" : "test");
        json_object_set_new(keys, member, json_string(key));
    }
    sv_account_free(&account);
    return good;
}

static bool make_keys(sv_ctl *s, const char *folder)
{
    char *path = sv_path_in(folder, "keys.json");
    bool there = access(path, F_OK) == 0;
    free(path);
    if (there) return true;
    json_t *keys = json_object();
    bool good = sv_begin(s->store, true) == SV_DONE && add_keys(s, keys, "seller", "Seller") &&
                add_keys(s, keys, "operator", "Operator");
    char *text = json_dumps(keys, JSON_INDENT(2));
    good = good && write_new(folder, "keys.json", text, 0600) && sv_commit(s->store) == SV_DONE;
    if (!good) sv_rollback(s->store);
    free(text);
    json_decref(keys);
    return good;
}

static bool has_active_book(sv_ctl *s)
{
    sv_rows *rows = sv_open(s->store, SV_SQL_BOOK_ACTIVE, NULL, 0);
    bool found = sv_step(rows) == SV_ROW;
    sv_close(rows);
    return found;
}

/* quotectl --config VAR/quoted.json init [--book FILE] */
int sv_ctl_init(sv_ctl *s)
{
    char *folder = sv_ctl_folder(s), *why = NULL;
    const char *book = sv_ctl_option(s, "--book");
    int code = 1;
    if (!sv_folder_make(folder) || !make_folder(folder, "blobs") || !make_folder(folder, "tmp") ||
        !write_secret(folder, "master.key") || !write_secret(folder, "pepper.key") || !write_config(folder))
        sv_ctl_fail("the folder cannot be written:", strerror(errno));
    else if (!sv_ctl_open(s, true))
        code = 1;
    else if (!make_keys(s, folder))
        sv_ctl_fail("the first keys cannot be made.", NULL);
    else if (book && !has_active_book(s) && !sv_ctl_add_book(s, book, &why))
        sv_ctl_fail("the price book:", why);
    else
        code = sv_ctl_tell(s, json_pack("{s:s}", "folder", folder), "The service is ready to start.");
    free(why);
    free(folder);
    return code;
}
