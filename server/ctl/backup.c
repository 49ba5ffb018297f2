/* quotectl backup, restore. A backup is a folder: database.sqlite as of one moment, blobs/ with every file that the
 * database names, manifest.json with their digests, and with --secrets the configuration and its two keys. Without
 * those keys no one can log in to a restored service, and with them anyone who has the backup can: they are kept apart
 * unless they are asked for. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/moment.h"
#include "base/text.h"
#include "ctl/ctl.h"
#include "ctl/files.h"
#include "store/blobs.h"

#define DATABASE "database.sqlite"
#define MANIFEST "manifest.json"
#define FIRST_KEYS "keys.json" /* what init made; they may have been deleted since */
#define FORMAT "quoted.backup/1"

static const char *const secrets[][2] = {{"master_key_file", "master.key"}, {"pepper_file", "pepper.key"}};

/* Where the blobs of a backup are, to those who read and write blobs. */
static sv_config config_of(const char *folder, sv_text *name)
{
    sv_text_format(name, "file:%s/blobs", folder);
    return (sv_config){.folder = folder, .blobs = sv_text_get(name)};
}

/* "abcd..." of the place `from` becomes one of the place `to`, through a file in `folder`; what is there already stays.
 * -1: it is not there, or is not what its name says; 0: it was there; 1: it is new. */
static int bring_blob(const sv_config *from, const sv_config *to, const char *folder, const char *hex, int64_t *size)
{
    uint8_t digest[SV_SHA256_SIZE];
    char found[SV_SHA256_HEX_SIZE];
    int64_t known = -1;
    int there = sv_blob_exists(to, hex) ? sv_blob_open(to, hex, &known) : -1;
    if (there >= 0) close(there);
    int source = sv_blob_open(from, hex, size);
    if (source < 0) return -1;
    if (there >= 0 && known == *size) {
        close(source);
        return 0;
    }
    char *piece = sv_path_in(folder, "blob.new");
    unlink(piece);
    bool good = sv_file_copy(source, piece, 0400, digest, size);
    close(source);
    if (good) {
        sv_hex(digest, sizeof digest, found);
        good = strcmp(found, hex) == 0 && sv_blob_put(to, piece, digest) == SV_DONE;
    }
    unlink(piece);
    free(piece);
    return good ? 1 : -1;
}

static bool sha256_of(const char *path, char hex[SV_SHA256_HEX_SIZE])
{
    uint8_t digest[SV_SHA256_SIZE];
    int64_t size;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    bool good = file >= 0 && sv_file_sha256(file, digest, &size);
    if (file >= 0) close(file);
    if (good) sv_hex(digest, sizeof digest, hex);
    return good;
}

/* ---- backup ---- */

/* The names first, then the pages: both of one moment. */
static json_t *copy_database(sv_ctl *s, const char *path)
{
    const sv_value value = sv_int(sv_now_ms() - s->config.deleted_seconds * 1000);
    json_t *named = json_array();
    sv_result result = sv_begin(s->store, false);
    if (result == SV_DONE) {
        sv_rows *rows = sv_open(s->store, SV_SQL_BLOBS_NEEDED, &value, 1);
        while ((result = sv_step(rows)) == SV_ROW)
            if (sv_column_text(rows, 0)) json_array_append_new(named, json_string(sv_column_text(rows, 0)));
        sv_close(rows);
    }
    if (result == SV_DONE) result = sv_store_copy(s->store, path);
    sv_rollback(s->store);
    int file = result == SV_DONE ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    bool good = file >= 0 && fsync(file) == 0;
    if (file >= 0) close(file);
    if (good) return named;
    json_decref(named);
    return NULL;
}

static bool copy_file(const char *from, const char *folder, const char *name)
{
    uint8_t digest[SV_SHA256_SIZE];
    int64_t size;
    char *path = sv_path_in(folder, name);
    int source = open(from, O_RDONLY | O_CLOEXEC);
    if (source >= 0) unlink(path);
    bool good = source >= 0 && sv_file_copy(source, path, 0600, digest, &size);
    if (source >= 0) close(source);
    free(path);
    return good;
}

static bool copy_secrets(sv_ctl *s, const char *folder)
{
    bool good = copy_file(s->config_path, folder, "quoted.json");
    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0] && good; i++) {
        char *path = sv_path_in(s->config.folder, sv_json_text(s->config.json, secrets[i][0]));
        good = copy_file(path, folder, secrets[i][1]);
        free(path);
    }
    char *here = sv_ctl_folder(s), *keys = sv_path_in(here, FIRST_KEYS);
    if (good && access(keys, F_OK) == 0) good = copy_file(keys, folder, FIRST_KEYS);
    free(keys);
    free(here);
    return good;
}

/* [{sha256, size}] of all; NULL: one is missing or wrong, which was told. */
static json_t *copy_blobs(sv_ctl *s, const char *folder, const json_t *named, int64_t *fresh, int64_t *bytes)
{
    sv_text place = {0};
    const sv_config to = config_of(folder, &place);
    json_t *list = json_array(), *hex;
    size_t index, wrong = 0;
    json_array_foreach(named, index, hex)
    {
        int64_t size = 0;
        int brought = bring_blob(&s->config, &to, folder, json_string_value(hex), &size);
        if (brought < 0) wrong++, sv_ctl_fail("this file is missing or damaged:", json_string_value(hex));
        *fresh += brought > 0;
        *bytes += size;
        json_array_append_new(list, json_pack("{s:O, s:I}", "sha256", hex, "size", (json_int_t)size));
    }
    sv_text_free(&place);
    if (!wrong) return list;
    json_decref(list);
    return NULL;
}

static bool write_manifest(const char *folder, const char *database, json_t *blobs)
{
    char now[SV_MOMENT_SIZE], hex[SV_SHA256_HEX_SIZE], *path = sv_path_in(folder, MANIFEST);
    bool good = sha256_of(database, hex);
    if (good) {
        sv_moment_print(sv_now_ms(), now);
        json_t *manifest =
            json_pack("{s:s, s:s, s:i, s:{s:s, s:s}, s:O}", "format", FORMAT, "created_at", now, "schema",
                      SV_SCHEMA_VERSION, "database", "file", DATABASE, "sha256", hex, "blobs", blobs);
        char *text = json_dumps(manifest, JSON_INDENT(1));
        good = sv_file_replace(path, text, strlen(text), 0600);
        free(text);
        json_decref(manifest);
    }
    free(path);
    return good;
}

/* The manifest goes first and comes last: a backup that was broken off has none. */
int sv_ctl_backup(sv_ctl *s)
{
    const bool with_secrets = sv_ctl_flag(s, "--secrets");
    const char *folder = sv_ctl_word(s, 1);
    int64_t fresh = 0, bytes = 0;
    int code = 1;
    if (!folder || s->count != 2) return sv_ctl_fail("backup FOLDER [--secrets]", NULL);
    char *full = sv_folder_make(folder) ? realpath(folder, NULL) : NULL;
    if (!full) return sv_ctl_fail("the folder cannot be made:", strerror(errno));
    char *database = sv_path_in(full, DATABASE), *manifest = sv_path_in(full, MANIFEST);
    unlink(manifest);
    unlink(database);
    json_t *named = copy_database(s, database), *blobs = NULL;
    if (!named)
        sv_ctl_fail("the database cannot be copied to", full);
    else if (with_secrets && !copy_secrets(s, full))
        sv_ctl_fail("the configuration and its keys cannot be copied to", full);
    else if (!(blobs = copy_blobs(s, full, named, &fresh, &bytes)))
        sv_ctl_fail("the backup is not complete.", NULL);
    else if (!write_manifest(full, database, blobs))
        sv_ctl_fail("the folder cannot be written:", full);
    else
        code = sv_ctl_tell(
            s,
            json_pack("{s:s, s:I, s:I, s:I, s:b}", "folder", full, "blobs", (json_int_t)json_array_size(blobs),
                      "new_blobs", (json_int_t)fresh, "blob_bytes", (json_int_t)bytes, "secrets", with_secrets),
            "%s holds the database and %zu files, %lld of them new.%s", full, json_array_size(blobs), (long long)fresh,
            with_secrets ? "" : " Keep the configuration and its two key files elsewhere.");
    json_decref(named);
    json_decref(blobs);
    free(database);
    free(manifest);
    free(full);
    return code;
}

/* ---- restore ---- */

static json_t *read_manifest(const char *folder)
{
    char *path = sv_path_in(folder, MANIFEST), hex[SV_SHA256_HEX_SIZE];
    json_t *manifest = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
    free(path);
    bool good = manifest && strcmp(sv_json_text(manifest, "format"), FORMAT) == 0;
    if (!good) sv_ctl_fail("this is no complete backup:", folder);
    if (good && sv_json_integer(manifest, "schema") > SV_SCHEMA_VERSION) {
        sv_ctl_fail("the backup is of a newer version of the service.", NULL);
        good = false;
    }
    if (good) {
        path = sv_path_in(folder, DATABASE);
        good = sha256_of(path, hex) && strcmp(hex, sv_json_text(manifest, "database.sha256")) == 0;
        if (!good) sv_ctl_fail("the backup's database is damaged:", path);
        free(path);
    }
    if (good) return manifest;
    json_decref(manifest);
    return NULL;
}

static bool take_back(const char *folder, const char *name, const char *path)
{
    uint8_t digest[SV_SHA256_SIZE];
    int64_t size;
    if (access(path, F_OK) == 0) return true;
    char *from = sv_path_in(folder, name);
    int file = open(from, O_RDONLY | O_CLOEXEC);
    bool good = file >= 0 && sv_file_copy(file, path, 0600, digest, &size);
    if (file >= 0) close(file);
    free(from);
    return good;
}

/* What is there wins over what the backup has. */
static bool restore_secrets(sv_ctl *s, const char *folder)
{
    char *here = sv_ctl_folder(s);
    bool good = sv_folder_make(here) && take_back(folder, "quoted.json", s->config_path);
    json_t *config = good ? json_load_file(s->config_path, 0, NULL) : NULL;
    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0] && good; i++) {
        const char *name = sv_json_text(config, secrets[i][0]);
        char *path = sv_path_in(here, *name ? name : secrets[i][1]);
        good = take_back(folder, secrets[i][1], path);
        free(path);
    }
    char *keys = sv_path_in(here, FIRST_KEYS);
    if (good) take_back(folder, FIRST_KEYS, keys);
    free(keys);
    json_decref(config);
    free(here);
    return good;
}

static bool restore_blobs(sv_ctl *s, const char *folder, const json_t *manifest, int64_t *count)
{
    sv_text place = {0};
    const sv_config from = config_of(folder, &place);
    json_t *blob;
    size_t index;
    bool good = true;
    json_array_foreach(json_object_get(manifest, "blobs"), index, blob)
    {
        int64_t size = 0;
        const char *hex = sv_json_text(blob, "sha256");
        const bool brought = bring_blob(&from, &s->config, s->config.folder, hex, &size) >= 0;
        if (!brought) sv_ctl_fail("this file of the backup is missing or damaged:", hex);
        good = good && brought;
        *count += brought;
    }
    sv_text_free(&place);
    return good;
}

/* The files come first: no row ever names a file that is not there. */
static int restore(sv_ctl *s, const char *folder, const json_t *manifest)
{
    uint8_t digest[SV_SHA256_SIZE];
    int64_t count = 0, size;
    char *why = NULL, *target = NULL;
    int code = 1, file = -1;
    if (!restore_secrets(s, folder)) {
        sv_ctl_fail("there is no configuration, and the backup has none with its keys:", s->config_path);
    } else if (!sv_config_read(s->config_path, &s->config, &why) || !sv_blob_check(&s->config, &why)) {
        sv_ctl_fail(why, NULL);
    } else if (target = sv_store_path(&s->config), access(target, F_OK) == 0) {
        sv_ctl_fail("there is a database already, which a restore does not touch:", target);
    } else if (!restore_blobs(s, folder, manifest, &count)) {
        sv_ctl_fail("nothing was restored but files.", NULL);
    } else {
        char *from = sv_path_in(folder, DATABASE);
        sv_text fresh = {0};
        sv_text_format(&fresh, "%s.new", target);
        unlink(fresh.data);
        file = open(from, O_RDONLY | O_CLOEXEC);
        if (file < 0 || !sv_file_copy(file, fresh.data, 0600, digest, &size) || rename(fresh.data, target) != 0)
            sv_ctl_fail("the database cannot be written:", target);
        else if (!sv_store_open(&s->config, true, &s->store, &why))
            sv_ctl_fail(why, NULL);
        else
            code = sv_ctl_tell(s,
                               json_pack("{s:s, s:I, s:s}", "database", target, "blobs", (json_int_t)count,
                                         "created_at", sv_json_text(manifest, "created_at")),
                               "The service is as it was at %s, with %lld files. quotectl doctor looks whether all is "
                               "well.",
                               sv_json_text(manifest, "created_at"), (long long)count);
        if (file >= 0) close(file);
        sv_text_free(&fresh);
        free(from);
    }
    free(target);
    free(why);
    return code;
}

int sv_ctl_restore(sv_ctl *s)
{
    const char *folder = sv_ctl_word(s, 1);
    if (!folder || s->count != 2) return sv_ctl_fail("restore FOLDER", NULL);
    char *full = realpath(folder, NULL);
    json_t *manifest = full ? read_manifest(full) : NULL;
    if (!full) sv_ctl_fail("there is no such folder:", folder);
    int code = manifest ? restore(s, full, manifest) : 1;
    json_decref(manifest);
    free(full);
    return code;
}
