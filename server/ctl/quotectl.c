/* quotectl: administration. The same code as the service's, without HTTP. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/routes.h"
#include "base/log.h"
#include "base/moment.h"
#include "base/text.h"
#include "ctl/ctl.h"
#include "store/sweep.h"

/* ---- what the commands share ---- */

int sv_ctl_fail(const char *what, const char *why)
{
    fprintf(stderr, "quotectl: %s%s%s\n", what, why ? " " : "", why ? why : "");
    return 1;
}

int sv_ctl_tell(const sv_ctl *s, json_t *answer, const char *format, ...)
{
    va_list arguments;
    sv_text words = {0};
    char *text = s->json ? json_dumps(answer, JSON_COMPACT) : NULL;
    va_start(arguments, format);
    sv_text_format_list(&words, format, arguments);
    va_end(arguments);
    puts(text ? text : sv_text_get(&words));
    sv_text_free(&words);
    free(text);
    json_decref(answer);
    return 0;
}

static void drop(sv_ctl *s, int place, int count)
{
    s->count -= count;
    memmove(s->words + place, s->words + place + count, (size_t)(s->count - place) * sizeof *s->words);
}

const char *sv_ctl_option(sv_ctl *s, const char *name)
{
    for (int i = 1; i + 1 < s->count; i++) {
        if (strcmp(s->words[i], name) != 0) continue;
        const char *value = s->words[i + 1];
        drop(s, i, 2);
        return value;
    }
    return NULL;
}

bool sv_ctl_flag(sv_ctl *s, const char *name)
{
    for (int i = 1; i < s->count; i++) {
        if (strcmp(s->words[i], name) != 0) continue;
        drop(s, i, 1);
        return true;
    }
    return false;
}

const char *sv_ctl_word(const sv_ctl *s, int place) { return place < s->count ? s->words[place] : NULL; }

char *sv_ctl_folder(const sv_ctl *s)
{
    char *folder = sv_copy(s->config_path), *slash = strrchr(folder, '/');
    if (slash) {
        slash[slash == folder] = 0;
        return folder;
    }
    free(folder);
    return sv_copy(".");
}

bool sv_ctl_open(sv_ctl *s, bool migrates)
{
    char *why = NULL;
    bool good =
        sv_config_read(s->config_path, &s->config, &why) && sv_store_open(&s->config, migrates, &s->store, &why);
    if (!good) sv_ctl_fail(why ? why : "the service cannot be opened.", NULL);
    free(why);
    return good;
}

/* ---- the smallest commands ---- */

int sv_ctl_migrate(sv_ctl *s)
{
    return sv_ctl_tell(s, json_pack("{s:i}", "schema", SV_SCHEMA_VERSION), "The database is of this version.");
}

/* What this program answers, for those who compare it with its document. */
int sv_ctl_routes(sv_ctl *s)
{
    json_t *list = json_array();
    sv_text words = {0};
    SV_EACH_ROUTE(r, sv_all_routes)
    {
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:s?}", "method", r->method, "path", r->path, "scope", r->scope));
        sv_text_format(&words, "%s%s %s %s", words.size ? "\n" : "", r->method, r->path, r->scope ? r->scope : "-");
    }
    int code = sv_ctl_tell(s, json_pack("{s:o}", "routes", list), "%s", sv_text_get(&words));
    sv_text_free(&words);
    return code;
}

/* The same as the process of jobs does every hour. */
int sv_ctl_gc(sv_ctl *s)
{
    sv_swept swept;
    if (sv_sweep_files(s->store, &s->config, sv_now_ms(), &swept) != SV_DONE)
        return sv_ctl_fail("the database failed.", NULL);
    return sv_ctl_tell(s,
                       json_pack("{s:I, s:I, s:I}", "uploads", (json_int_t)swept.uploads, "derived",
                                 (json_int_t)swept.derived, "blobs", (json_int_t)swept.blobs),
                       "%lld uploads, %lld files that were made of others and %lld blobs are gone.",
                       (long long)swept.uploads, (long long)swept.derived, (long long)swept.blobs);
}

/* ---- which there are ---- */

typedef enum need { NOTHING, A_STORE, THE_NEWEST_STORE } need;

static const struct {
    const char *first, *second; /* second NULL: the first is all of the name */
    need need;
    int (*run)(sv_ctl *s);
    const char *arguments, *words;
} commands[] = {
    {"init", NULL, NOTHING, sv_ctl_init, "[--book FILE]", "make FILE, its secrets, the database and the first keys"},
    {"migrate", NULL, THE_NEWEST_STORE, sv_ctl_migrate, "", "bring the database to this version"},
    {"account", "create", A_STORE, sv_ctl_account_create, "NAME [ROLE]",
     "a seller (default) or an operator; prints its keys once"},
    {"account", "suspend", A_STORE, sv_ctl_account_suspend, "ID", "from now on it can only be read"},
    {"account", "resume", A_STORE, sv_ctl_account_resume, "ID", "and now changed again"},
    {"key", "create", A_STORE, sv_ctl_key_create, "ACCOUNT [live|test] [--name NAME] [--scopes A,B] [--expires MOMENT]",
     "another key, of all scopes where none are named; prints it once"},
    {"pricebook", "validate", NOTHING, sv_ctl_book_validate, "FILE", "is it good? where is it wrong?"},
    {"pricebook", "activate", A_STORE, sv_ctl_book_activate, "FILE", "store it and price with it from now on"},
    {"pricebook", "import-profile", A_STORE, sv_ctl_book_import,
     "FILE.ini... [--process ID] [--base BOOK] [--version V] [--output FILE]",
     "the active book with the machine of a slicer's profile"},
    {"order", "transition", A_STORE, sv_ctl_order_transition, "ORDER TO [--body JSON]",
     "as POST /operator/orders/{id}/transition: accepted, in_production, quality_check, shipped ..."},
    {"backup", NULL, A_STORE, sv_ctl_backup, "FOLDER [--secrets]",
     "the database and its files, while the service runs; again into the same folder: what is new"},
    {"restore", NULL, NOTHING, sv_ctl_restore, "FOLDER", "what a backup holds, where no database is"},
    {"doctor", NULL, A_STORE, sv_ctl_doctor, "[--quick]",
     "is all that is kept whole, and does it agree with itself? --quick: files need only be there"},
    {"rewrap", NULL, A_STORE, sv_ctl_rewrap, "", "a new master key, and every secret sealed with it; the old one goes"},
    {"gc", NULL, A_STORE, sv_ctl_gc, "", "take away uploads and files that nothing needs any more"},
    {"routes", NULL, NOTHING, sv_ctl_routes, "", "what the service answers, with the scope of each"}};

static void print_help(FILE *out)
{
    fputs("quotectl --config FILE [--json] COMMAND: administration of the service\n\n", out);
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        fprintf(out, "  %s%s%s %s\n        %s\n", commands[i].first, commands[i].second ? " " : "",
                commands[i].second ? commands[i].second : "", commands[i].arguments, commands[i].words);
    fputs("\n  --json: answers for programs\n", out);
}

static int run(sv_ctl *s)
{
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (!s->count || strcmp(commands[i].first, s->words[0]) != 0) continue;
        if (commands[i].second && (s->count < 2 || strcmp(commands[i].second, s->words[1]) != 0)) continue;
        if (commands[i].need != NOTHING && !sv_ctl_open(s, commands[i].need == THE_NEWEST_STORE)) return 1;
        return commands[i].run(s);
    }
    print_help(stderr);
    return 2;
}

int main(int argument_count, char **arguments)
{
    sv_ctl s = {.words = sv_alloc((size_t)argument_count, sizeof(char *))};
    bool help = false;
    sv_log_name("quotectl");
    for (int i = 1; i < argument_count; i++) {
        if (strcmp(arguments[i], "--config") == 0 && i + 1 < argument_count)
            s.config_path = arguments[++i];
        else if (strcmp(arguments[i], "--json") == 0)
            s.json = true;
        else if (strcmp(arguments[i], "--help") == 0)
            help = true;
        else
            s.words[s.count++] = arguments[i];
    }
    int code = help ? 0 : 2;
    if (s.config_path && !help)
        code = run(&s);
    else
        print_help(help ? stdout : stderr);
    sv_store_close(s.store);
    if (s.config.json) sv_config_free(&s.config);
    free(s.words);
    return code;
}
