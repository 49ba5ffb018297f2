#include "store/blob_sweep.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/moment.h"
#include "base/secret.h"
#include "base/text.h"
#include "store/blobs.h"

#define DIGEST 32

typedef struct digests {
    uint8_t (*items)[DIGEST];
    size_t count, capacity;
} digests;

static int digit(char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; }

static int compare(const void *a, const void *b) { return memcmp(a, b, DIGEST); }

static void add(digests *d, const char *hex)
{
    if (d->count == d->capacity) {
        d->capacity = d->capacity ? 2 * d->capacity : 1024;
        d->items = sv_grow(d->items, d->capacity, sizeof *d->items);
    }
    for (int i = 0; i < DIGEST; i++) d->items[d->count][i] = (uint8_t)(digit(hex[2 * i]) * 16 + digit(hex[2 * i + 1]));
    d->count++;
}

/* Every run of 64 hex digits, whatever the member is called: no resource has to tell where its blobs stand. */
static void add_all(digests *d, const char *text)
{
    size_t run = 0;
    for (; text && *text; text++) {
        run = digit(*text) >= 0 ? run + 1 : 0;
        if (run == 2 * DIGEST && digit(text[1]) < 0) add(d, text + 1 - 2 * DIGEST);
    }
}

static sv_result gather(sv_store *store, int64_t deleted_ms, digests *d)
{
    const sv_value since = sv_int(sv_now_ms() - deleted_ms);
    sv_rows *rows = sv_open(store, SV_SQL_BLOB_NAMES, &since, 1);
    sv_result result;
    while ((result = sv_step(rows)) == SV_ROW) {
        add_all(d, sv_column_text(rows, 0));
        add_all(d, sv_column_text(rows, 1));
    }
    sv_close(rows);
    if (d->count) qsort(d->items, d->count, sizeof *d->items, compare);
    return result;
}

static bool is_old(const char *path, int64_t age_ms)
{
    struct stat facts;
    if (lstat(path, &facts) != 0 || !S_ISREG(facts.st_mode)) return false;
    return sv_now_ms() - ((int64_t)facts.st_mtim.tv_sec * 1000 + facts.st_mtim.tv_nsec / 1000000) >= age_ms;
}

/* Somebody may bring the same bytes at this moment, and has then made the blob younger: it is taken aside, looked at
 * once more, and put back. */
static bool take_away(const char *path, int64_t age_ms)
{
    sv_text aside = {0};
    sv_text_format(&aside, "%s.gone", path);
    const bool moved = rename(path, sv_text_get(&aside)) == 0, gone = moved && is_old(sv_text_get(&aside), age_ms);
    /* Where it was brought again meanwhile, there is nothing to put back. */
    if (moved && !gone && link(sv_text_get(&aside), path) != 0 && errno != EEXIST)
        sv_log(SV_LOG_ERROR, "blob", json_pack("{s:s, s:s}", "op", "sweep", "err", strerror(errno)));
    unlink(sv_text_get(&aside));
    sv_text_free(&aside);
    return gone;
}

typedef struct sweep {
    const digests *named;
    int64_t age_ms, removed;
} sweep;

static void look_at(sweep *s, const char *path, const char *name)
{
    digests one = {0};
    if (strlen(name) != 2 * DIGEST || strspn(name, "0123456789abcdef") != 2 * DIGEST) return;
    add(&one, name);
    const bool named = s->named->count && bsearch(one.items, s->named->items, s->named->count, DIGEST, compare);
    free(one.items);
    if (!named && is_old(path, s->age_ms) && take_away(path, s->age_ms)) s->removed++;
}

/* depth 2: the folders ab, 1: ab/cd, 0: blobs. */
static void walk(sweep *s, const char *folder, int depth)
{
    DIR *list = opendir(folder);
    for (struct dirent *entry; list && (entry = readdir(list));) {
        sv_text path = {0};
        if (entry->d_name[0] == '.') continue;
        sv_text_format(&path, "%s/%s", folder, entry->d_name);
        if (!depth)
            look_at(s, sv_text_get(&path), entry->d_name);
        else if (strlen(entry->d_name) == 2)
            walk(s, sv_text_get(&path), depth - 1);
        sv_text_free(&path);
    }
    if (list) closedir(list);
}

sv_result sv_blob_sweep(sv_store *store, const sv_config *config, int64_t age_ms, int64_t deleted_ms, int64_t *removed)
{
    digests named = {0};
    sv_result result = gather(store, deleted_ms, &named);
    *removed = 0;
    if (result == SV_DONE) {
        char *root = sv_blob_root(config);
        sweep s = {.named = &named, .age_ms = age_ms};
        walk(&s, root, 2);
        *removed = s.removed;
        free(root);
    }
    free(named.items);
    return result;
}
