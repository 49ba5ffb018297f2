/* quotectl pricebook: what things cost. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/price_books.h"
#include "base/json.h"
#include "base/text.h"
#include "ctl/ctl.h"
#include "ctl/files.h"

/* "path: message"; NULL: it is good. The caller frees. */
static char *wrong_with(lq_context *context, const char *bytes, size_t size)
{
    char place[256];
    sv_text text = {0};
    char *wrong = sv_book_check(context, bytes, size, place);
    if (wrong) sv_text_format(&text, "%s%s%s", place, *place ? ": " : "", wrong);
    free(wrong);
    return text.data;
}

static bool store(sv_ctl *s, const char *version, const char *bytes, size_t size, char **why)
{
    sv_stored stored = sv_book_store(s->store, version, bytes, size);
    if (stored == SV_STORED_OTHER) *why = sv_copy("another price book of this version is there.");
    return (stored == SV_STORED_NEW || stored == SV_STORED_SAME) &&
           sv_book_activate(s->store, version, NULL) == SV_DONE;
}

bool sv_ctl_add_book(sv_ctl *s, const char *path, char **why)
{
    size_t size = 0;
    char *bytes = sv_file_read(path, &size);
    lq_context *context = NULL;
    *why = NULL;
    if (!bytes || lq_context_create(NULL, &context) != LQ_OK) {
        *why = sv_copy("the file cannot be read.");
        free(bytes);
        return false;
    }
    *why = wrong_with(context, bytes, size);
    lq_context_destroy(context);
    json_t *json = *why ? NULL : json_loadb(bytes, size, 0, NULL);
    bool good = json && sv_begin(s->store, true) == SV_DONE;
    if (good) good = store(s, sv_json_text(json, "version"), bytes, size, why) && sv_commit(s->store) == SV_DONE;
    if (!good && sv_in_transaction(s->store)) sv_rollback(s->store);
    json_decref(json);
    free(bytes);
    return good;
}

int sv_ctl_book_activate(sv_ctl *s)
{
    char *why = NULL;
    if (s->count != 3) return sv_ctl_fail("pricebook activate FILE", NULL);
    int code = sv_ctl_add_book(s, s->words[2], &why)
                   ? sv_ctl_tell(s, json_pack("{s:b}", "active", 1), "The price book is active.")
                   : sv_ctl_fail("the price book:", why);
    free(why);
    return code;
}

int sv_ctl_book_validate(sv_ctl *s)
{
    size_t size = 0;
    lq_context *context = NULL;
    if (s->count != 3) return sv_ctl_fail("pricebook validate FILE", NULL);
    char *bytes = sv_file_read(s->words[2], &size);
    if (!bytes || lq_context_create(NULL, &context) != LQ_OK) {
        free(bytes);
        return sv_ctl_fail("the file cannot be read:", s->words[2]);
    }
    char *wrong = wrong_with(context, bytes, size);
    lq_context_destroy(context);
    free(bytes);
    if (!wrong) return sv_ctl_tell(s, json_pack("{s:b}", "valid", 1), "The price book is valid.");
    int code = sv_ctl_fail(wrong, NULL);
    free(wrong);
    return code;
}

/* ---- import-profile: the machine of a process as a slicer has it ---- */

static bool read_profiles(sv_ctl *s, lq_context *context, lq_profile *profile, char **why)
{
    sv_text text = {0};
    for (int i = 2; i < s->count && !text.size; i++) {
        size_t size = 0;
        char *bytes = sv_file_read(s->words[i], &size);
        if (!bytes)
            sv_text_format(&text, "%s: the file cannot be read.", s->words[i]);
        else if (lq_profile_read(profile, bytes, size, s->words[i]) != LQ_OK)
            sv_text_format(&text, "%s: %s", s->words[i], lq_context_error(context)->message);
        free(bytes);
    }
    if (!text.size && lq_profile_check(profile) != LQ_OK)
        sv_text_format(&text, "%s: %s", lq_context_error(context)->part, lq_context_error(context)->message);
    *why = text.data;
    return !text.size;
}

/* The file that was named, else the active book, else none: that of the library. */
static char *base_book(sv_ctl *s, const char *path, size_t *size)
{
    if (path) return sv_file_read(path, size);
    sv_rows *rows = sv_open(s->store, SV_SQL_BOOK_ACTIVE, NULL, 0);
    char *bytes = NULL;
    if (sv_step(rows) == SV_ROW) {
        const void *kept = sv_column_blob(rows, 1, size);
        bytes = sv_copy_bytes(kept, *size);
    }
    sv_close(rows);
    return bytes;
}

/* Books are told apart by their versions, and one that is stored never changes. */
static char *with_version(const char *text, size_t size, const char *version)
{
    json_t *json = json_loadb(text, size, 0, NULL);
    json_object_set_new(json, "version", json_string(version));
    char *changed = json_dumps(json, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
    json_decref(json);
    return changed;
}

static int put_book(sv_ctl *s, const char *text, const char *path)
{
    json_t *json = json_loads(text, 0, NULL);
    const char *version = sv_json_text(json, "version");
    int code = 0;
    if (!path)
        puts(text);
    else if (sv_file_replace(path, text, strlen(text), 0644))
        code = sv_ctl_tell(s, json_pack("{s:s, s:s}", "version", version, "output", path),
                           "%s has the book %s. Look at it, then: pricebook activate %s", path, version, path);
    else
        code = sv_ctl_fail("the file cannot be written:", path);
    json_decref(json);
    return code;
}

/* quotectl pricebook import-profile FILE.ini... [--process ID] [--base BOOK] [--version V] [--output FILE] */
int sv_ctl_book_import(sv_ctl *s)
{
    const char *process = sv_ctl_option(s, "--process"), *base = sv_ctl_option(s, "--base"),
               *version = sv_ctl_option(s, "--version"), *output = sv_ctl_option(s, "--output");
    lq_context *context = NULL;
    lq_profile *profile = NULL;
    size_t size = 0, text_size = 0;
    char *text = NULL, *why = NULL;
    if (s->count < 3)
        return sv_ctl_fail(
            "pricebook import-profile FILE.ini... [--process ID] [--base BOOK] [--version V] [--output FILE]", NULL);
    char *bytes = base_book(s, base, &size);
    int code = 1;
    if (base && !bytes)
        sv_ctl_fail("the file cannot be read:", base);
    else if (lq_context_create(NULL, &context) != LQ_OK || lq_profile_create(context, &profile) != LQ_OK)
        sv_ctl_fail("there is no memory.", NULL);
    else if (!read_profiles(s, context, profile, &why))
        sv_ctl_fail(why, NULL);
    else if (lq_book_import(context, bytes, size, process, profile, &text, &text_size) != LQ_OK)
        sv_ctl_fail("the book:", lq_context_error(context)->message);
    else {
        char *copy = version ? with_version(text, text_size, version) : sv_copy_bytes(text, text_size);
        code = put_book(s, copy, output);
        free(copy);
    }
    if (context) lq_text_free(context, text);
    lq_profile_destroy(profile);
    lq_context_destroy(context);
    free(bytes);
    free(why);
    return code;
}
