/* quotectl: administration. The same code as the service's, without HTTP. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/price_books.h"
#include "api/routes.h"
#include "base/json.h"
#include "base/log.h"
#include "store/accounts.h"
#include "store/sweep.h"

typedef struct session {
    const char *config_path;
    sv_config config;
    sv_store *store;
    bool json;
    char **words;
    int count;
} session;

static int fail(const char *what, const char *why)
{
    fprintf(stderr, "quotectl: %s%s%s\n", what, why ? " " : "", why ? why : "");
    return 1;
}

static int tell(const session *s, json_t *answer, const char *words)
{
    char *text = s->json ? json_dumps(answer, JSON_COMPACT) : NULL;
    puts(text ? text : words);
    free(text);
    json_decref(answer);
    return 0;
}

/* ---- init: a folder from which the service can start ---- */

static bool write_new(const char *folder, const char *name, const char *text, mode_t mode)
{
    sv_text path = {0};
    sv_text_format(&path, "%s/%s", folder, name);
    int file = open(sv_text_get(&path), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    bool good =
        file >= 0 ? write(file, text, strlen(text)) == (ssize_t)strlen(text) && fsync(file) == 0 : errno == EEXIST;
    if (file >= 0) close(file);
    sv_text_free(&path);
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
    sv_text path = {0};
    sv_text_format(&path, "%s/%s", folder, name);
    bool good = mkdir(sv_text_get(&path), 0700) == 0 || errno == EEXIST;
    sv_text_free(&path);
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

static bool add_keys(session *s, json_t *keys, const char *role, const char *name)
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

static bool make_keys(session *s, const char *folder)
{
    sv_text path = {0};
    sv_text_format(&path, "%s/keys.json", folder);
    bool there = access(sv_text_get(&path), F_OK) == 0;
    sv_text_free(&path);
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

static char *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    sv_text text = {0};
    char piece[4096];
    size_t got;
    if (!file) return NULL;
    while ((got = fread(piece, 1, sizeof piece, file)) > 0 && text.size < (8u << 20)) sv_text_add(&text, piece, got);
    fclose(file);
    *size = text.size;
    return text.data;
}

static bool has_active_book(session *s)
{
    sv_rows *rows = sv_open(s->store, SV_SQL_BOOK_ACTIVE, NULL, 0);
    bool found = sv_step(rows) == SV_ROW;
    sv_close(rows);
    return found;
}

static bool add_book(session *s, const char *path, bool activate, char **why)
{
    size_t size = 0;
    char *bytes = read_file(path, &size), place[256];
    lq_context *context = NULL;
    *why = NULL;
    if (!bytes || lq_context_create(NULL, &context) != LQ_OK) {
        *why = sv_copy("the file cannot be read.");
        free(bytes);
        return false;
    }
    char *wrong = sv_book_check(context, bytes, size, place);
    lq_context_destroy(context);
    json_t *json = wrong ? NULL : json_loadb(bytes, size, 0, NULL);
    if (wrong) {
        sv_text text = {0};
        sv_text_format(&text, "%s%s%s", place, *place ? ": " : "", wrong);
        *why = text.data;
        free(wrong);
    }
    bool good = json && sv_begin(s->store, true) == SV_DONE;
    if (good) {
        const char *version = sv_json_text(json, "version");
        sv_stored stored = sv_book_store(s->store, version, bytes, size);
        good = stored == SV_STORED_NEW || stored == SV_STORED_SAME;
        if (stored == SV_STORED_OTHER) *why = sv_copy("another price book of this version is there.");
        if (good && activate) good = sv_book_activate(s->store, version, NULL) == SV_DONE;
        if (good)
            good = sv_commit(s->store) == SV_DONE;
        else
            sv_rollback(s->store);
    }
    json_decref(json);
    free(bytes);
    return good;
}

/* quotectl --config VAR/quoted.json init [--book FILE] */
static int run_init(session *s)
{
    char *folder = sv_copy(s->config_path), *slash = strrchr(folder, '/'), *why = NULL;
    if (slash) *slash = 0;
    if (!slash) strcpy(folder, ".");
    const char *book = s->count == 3 && strcmp(s->words[1], "--book") == 0 ? s->words[2] : NULL;
    int code = 1;
    if ((mkdir(folder, 0700) != 0 && errno != EEXIST) || !make_folder(folder, "blobs") || !make_folder(folder, "tmp") ||
        !write_secret(folder, "master.key") || !write_secret(folder, "pepper.key") || !write_config(folder))
        fail("the folder cannot be written:", strerror(errno));
    else if (!sv_config_read(s->config_path, &s->config, &why) || !sv_store_open(&s->config, true, &s->store, &why))
        fail("", why);
    else if (!make_keys(s, folder))
        fail("the first keys cannot be made.", NULL);
    else if (book && !has_active_book(s) && !add_book(s, book, true, &why))
        fail("the price book:", why);
    else
        code = tell(s, json_pack("{s:s}", "folder", folder), "The service is ready to start.");
    free(why);
    free(folder);
    return code;
}

static int run_account(session *s)
{
    const char *name = s->count > 2 ? s->words[2] : NULL, *role = s->count > 3 ? s->words[3] : "seller";
    char live[SV_KEY_SIZE], test[SV_KEY_SIZE], id[SV_ID_SIZE];
    if (!name || (strcmp(role, "seller") != 0 && strcmp(role, "operator") != 0))
        return fail("account create NAME [seller|operator]", NULL);
    sv_account account = sv_account_new(&s->config, name, NULL, role, false);
    bool good = sv_begin(s->store, true) == SV_DONE && sv_account_insert(s->store, &account) == SV_DONE &&
                sv_account_make_key(s->store, &s->config, &account, true, "First key", live, id) == SV_DONE &&
                sv_account_make_key(s->store, &s->config, &account, false, "First test key", test, id) == SV_DONE &&
                sv_commit(s->store) == SV_DONE;
    sv_text words = {0};
    sv_text_format(&words, "account   %s\nlive key  %s\ntest key  %s", account.id, live, test);
    int code = good
                   ? tell(s, json_pack("{s:s, s:s, s:s}", "account_id", account.id, "live_key", live, "test_key", test),
                          sv_text_get(&words))
                   : fail("the account cannot be made.", NULL);
    sv_text_free(&words);
    sv_account_free(&account);
    return code;
}

/* Suspended: it can be read, and not changed. */
static int set_status(session *s, const char *status)
{
    sv_account account = {.body = NULL};
    const char *id = s->count > 2 ? s->words[2] : "";
    bool good = sv_begin(s->store, true) == SV_DONE && sv_account_get(s->store, id, &account) == SV_ROW &&
                strcmp(account.status, "deleted") != 0;
    if (good) {
        snprintf(account.status, sizeof account.status, "%s", status);
        good = sv_account_update(s->store, &account) == SV_DONE && sv_commit(s->store) == SV_DONE;
    }
    sv_account_free(&account);
    return good ? tell(s, json_pack("{s:s, s:s}", "account_id", id, "status", status), status)
                : fail("there is no such account:", id);
}

/* What this program answers, for those who compare it with its document. */
static int print_routes(session *s)
{
    json_t *list = json_array();
    sv_text words = {0};
    SV_EACH_ROUTE(r, sv_all_routes)
    {
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:s?}", "method", r->method, "path", r->path, "scope", r->scope));
        sv_text_format(&words, "%s%s %s %s", words.size ? "\n" : "", r->method, r->path, r->scope ? r->scope : "-");
    }
    int code = tell(s, json_pack("{s:o}", "routes", list), sv_text_get(&words));
    sv_text_free(&words);
    return code;
}

/* The same as the process of jobs does every hour. */
static int collect(session *s)
{
    sv_swept swept;
    if (sv_sweep_files(s->store, &s->config, sv_now_ms(), &swept) != SV_DONE) return fail("the database failed.", NULL);
    sv_text words = {0};
    sv_text_format(&words, "%lld uploads, %lld files that were made of others and %lld blobs are gone.",
                   (long long)swept.uploads, (long long)swept.derived, (long long)swept.blobs);
    int code = tell(s,
                    json_pack("{s:I, s:I, s:I}", "uploads", (json_int_t)swept.uploads, "derived",
                              (json_int_t)swept.derived, "blobs", (json_int_t)swept.blobs),
                    sv_text_get(&words));
    sv_text_free(&words);
    return code;
}

static int run_book(session *s)
{
    char *why = NULL;
    const char *verb = s->count > 1 ? s->words[1] : "", *path = s->count > 2 ? s->words[2] : NULL;
    bool activate = strcmp(verb, "activate") == 0;
    if (!path || (!activate && strcmp(verb, "validate") != 0)) return fail("pricebook validate|activate FILE", NULL);
    if (activate) {
        int code = add_book(s, path, true, &why) ? tell(s, json_pack("{s:b}", "active", 1), "The price book is active.")
                                                 : fail("the price book:", why);
        free(why);
        return code;
    }
    size_t size = 0;
    char place[256], *bytes = read_file(path, &size);
    lq_context *context = NULL;
    if (!bytes || lq_context_create(NULL, &context) != LQ_OK) return fail("the file cannot be read:", path);
    char *wrong = sv_book_check(context, bytes, size, place);
    lq_context_destroy(context);
    free(bytes);
    if (!wrong) return tell(s, json_pack("{s:b}", "valid", 1), "The price book is valid.");
    fprintf(stderr, "quotectl: %s%s%s\n", place, *place ? ": " : "", wrong);
    free(wrong);
    return 1;
}

static const char help[] = "quotectl --config FILE COMMAND: administration of the service\n"
                           "\n"
                           "  init [--book FILE]             make FILE, its secrets, the database and the first keys\n"
                           "  migrate                        bring the database to this version\n"
                           "  account create NAME [ROLE]     a seller (default) or an operator; prints its keys once\n"
                           "  account suspend|resume ID      from now on it can be read alone; or written again\n"
                           "  pricebook validate FILE        is it good? where is it wrong?\n"
                           "  pricebook activate FILE        store it and price with it from now on\n"
                           "  gc                             take away uploads and files that nothing needs any more\n"
                           "  routes                         what the service answers, with the scope of each\n"
                           "  --json                         answers for programs\n";

static int run(session *s)
{
    const char *command = s->count ? s->words[0] : "";
    char *why = NULL;
    if (strcmp(command, "init") == 0) return run_init(s);
    if (strcmp(command, "routes") == 0) return print_routes(s);
    bool migrates = strcmp(command, "migrate") == 0;
    if (!sv_config_read(s->config_path, &s->config, &why) || !sv_store_open(&s->config, migrates, &s->store, &why)) {
        int code = fail("", why);
        free(why);
        return code;
    }
    if (migrates) return tell(s, json_pack("{s:i}", "schema", SV_SCHEMA_VERSION), "The database is of this version.");
    if (strcmp(command, "account") == 0 && s->count > 1 && strcmp(s->words[1], "create") == 0) return run_account(s);
    if (strcmp(command, "account") == 0 && s->count > 1 && strcmp(s->words[1], "suspend") == 0)
        return set_status(s, "suspended");
    if (strcmp(command, "account") == 0 && s->count > 1 && strcmp(s->words[1], "resume") == 0)
        return set_status(s, "active");
    if (strcmp(command, "pricebook") == 0) return run_book(s);
    if (strcmp(command, "gc") == 0) return collect(s);
    fputs(help, stderr);
    return 2;
}

int main(int argument_count, char **arguments)
{
    session s = {.words = sv_alloc((size_t)argument_count, sizeof(char *))};
    sv_log_name("quotectl");
    for (int i = 1; i < argument_count; i++) {
        if (strcmp(arguments[i], "--config") == 0 && i + 1 < argument_count)
            s.config_path = arguments[++i];
        else if (strcmp(arguments[i], "--json") == 0)
            s.json = true;
        else
            s.words[s.count++] = arguments[i];
    }
    int code = 2;
    if (s.config_path)
        code = run(&s);
    else
        fputs(help, s.count && strcmp(s.words[0], "--help") == 0 ? stdout : stderr);
    sv_store_close(s.store);
    if (s.config.json) sv_config_free(&s.config);
    free(s.words);
    return code;
}
