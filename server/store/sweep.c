#include "store/sweep.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "store/blobs.h"

#define TEMPORARY_MS 3600000
#define HEX_SIZE (SV_SHA256_HEX_SIZE - 1)

/* Digests in hex, one after the other, in rising order. */
typedef struct named {
    char *hex;
    size_t count, capacity;
} named;

static int compare(const void *a, const void *b) { return memcmp(a, b, HEX_SIZE); }

static bool is_named(const named *n, const char *hex)
{
    return n->count && bsearch(hex, n->hex, n->count, HEX_SIZE, compare);
}

/* All that documents and what was made of files refer to. */
static sv_result find_named(sv_store *store, int64_t deleted_before_ms, named *n)
{
    const sv_value value = sv_int(deleted_before_ms);
    sv_rows *rows = sv_open(store, SV_SQL_BLOBS_NAMED, &value, 1);
    sv_result result;
    while ((result = sv_step(rows)) == SV_ROW) {
        const char *hex = sv_column_text(rows, 0);
        if (!hex || strlen(hex) != HEX_SIZE) continue;
        if (n->count == n->capacity) {
            n->capacity = n->capacity ? 2 * n->capacity : 1024;
            n->hex = sv_grow(n->hex, n->capacity, HEX_SIZE);
        }
        memcpy(n->hex + n->count++ * HEX_SIZE, hex, HEX_SIZE);
    }
    sv_close(rows);
    if (n->count) qsort(n->hex, n->count, HEX_SIZE, compare);
    return result;
}

/* ---- the folders ---- */

typedef struct visit {
    const sv_config *config;
    const named *named;
    int64_t before_ms, removed;
} visit;

typedef void (*take_name)(visit *v, const char *folder, const char *name);

/* What has another name is none of ours. */
static void each_name(visit *v, const char *path, size_t name_size, take_name take)
{
    DIR *folder = opendir(path);
    const struct dirent *entry;
    while (folder && (entry = readdir(folder)))
        if (strlen(entry->d_name) == name_size && strspn(entry->d_name, "0123456789abcdef") == name_size)
            take(v, path, entry->d_name);
    if (folder) closedir(folder);
}

static void below(visit *v, const char *folder, const char *name, size_t name_size, take_name take)
{
    sv_text path = {0};
    sv_text_format(&path, "%s/%s", folder, name);
    each_name(v, path.data, name_size, take);
    sv_text_free(&path);
}

static void take_blob(visit *v, const char *folder, const char *name)
{
    (void)folder;
    v->removed += !is_named(v->named, name) && sv_blob_remove(v->config, name, v->before_ms);
}

static void take_inner(visit *v, const char *folder, const char *name) { below(v, folder, name, HEX_SIZE, take_blob); }
static void take_outer(visit *v, const char *folder, const char *name) { below(v, folder, name, 2, take_inner); }

/* What a process that was killed had begun to receive or to make. One that still works has written within the hour: the
 * front end waits for a minute. */
static int64_t sweep_temporary(const sv_config *config, int64_t now_ms)
{
    sv_text path = {0};
    int64_t removed = 0;
    struct stat seen;
    if (*config->temporary != '/') sv_text_format(&path, "%s/", config->folder);
    sv_text_put(&path, config->temporary);
    DIR *folder = opendir(path.data);
    const struct dirent *entry;
    while (folder && (entry = readdir(folder))) {
        if (strncmp(entry->d_name, "req_", 4) != 0) continue; /* other names are of the front end */
        if (fstatat(dirfd(folder), entry->d_name, &seen, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(seen.st_mode)) continue;
        if (now_ms - (int64_t)seen.st_mtime * 1000 > TEMPORARY_MS)
            removed += unlinkat(dirfd(folder), entry->d_name, 0) == 0;
    }
    if (folder) closedir(folder);
    sv_text_free(&path);
    return removed;
}

/* The rows go first: what is found to be named after that cannot lose its name to them. */
sv_result sv_sweep_files(sv_store *store, const sv_config *config, int64_t now_ms, sv_swept *swept)
{
    const int64_t blobs_ms = config->blobs_seconds * 1000, deleted_ms = config->deleted_seconds * 1000;
    const sv_value uploads = sv_int(now_ms - blobs_ms - config->upload_ttl_seconds * 1000),
                   derived = sv_int(now_ms - deleted_ms);
    named n = {0};
    *swept = (sv_swept){.temporary = sweep_temporary(config, now_ms)};
    sv_result result = sv_run(store, SV_SQL_UPLOADS_SWEEP, &uploads, 1, &swept->uploads);
    if (result == SV_DONE) result = sv_run(store, SV_SQL_DERIVED_SWEEP, &derived, 1, &swept->derived);
    if (result == SV_DONE) result = sv_run(store, SV_SQL_MEASURED_SWEEP, &derived, 1, NULL);
    if (result == SV_DONE) result = find_named(store, now_ms - deleted_ms, &n);
    if (result == SV_DONE) {
        visit v = {.config = config, .named = &n, .before_ms = now_ms - blobs_ms};
        char *root = sv_blob_root(config);
        each_name(&v, root, 2, take_outer);
        free(root);
        swept->blobs = v.removed;
    }
    free(n.hex);
    return result;
}
