#include "base/master_keys.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

#define FILE_MAX 4096

typedef struct key {
    unsigned number;
    uint8_t bytes[32];
} key;

struct sv_master_keys {
    char *path;
    key keys[SV_MASTER_KEYS_MAX];
    int count, newest;
    struct stat seen;
};

static bool read_hex(const char *text, uint8_t bytes[32])
{
    if (strspn(text, "0123456789abcdefABCDEF") != 64) return false;
    for (int i = 0; i < 32; i++) {
        unsigned value;
        sscanf(text + 2 * i, "%2x", &value);
        bytes[i] = (uint8_t)value;
    }
    return true;
}

/* -1: there is no room. */
static int put(sv_master_keys *keys, const key *one)
{
    for (int i = 0; i < keys->count; i++)
        if (keys->keys[i].number == one->number) return i;
    if (keys->count == SV_MASTER_KEYS_MAX) return -1;
    keys->keys[keys->count] = *one;
    return keys->count++;
}

static bool take(sv_master_keys *keys, const char *text)
{
    int first = -1;
    for (const char *at = text; *at; at += strcspn(at, "\n"), at += *at == '\n') {
        key one = {.number = 1};
        int skipped = 0;
        if (*at == 'k' && (sscanf(at, "k%u %n", &one.number, &skipped) != 1 || !skipped)) return false;
        if (!read_hex(at + skipped, one.bytes)) return false;
        int place = put(keys, &one);
        if (place < 0) return false;
        if (first < 0) first = place;
    }
    if (first >= 0) keys->newest = first;
    return first >= 0;
}

static const char *load(sv_master_keys *keys)
{
    char text[FILE_MAX] = "";
    struct stat facts;
    int file = open(keys->path, O_RDONLY | O_CLOEXEC);
    bool good = file >= 0 && fstat(file, &facts) == 0 && read(file, text, sizeof text - 1) > 0;
    if (file >= 0) close(file);
    if (!good) return "cannot be read";
    if (facts.st_mode & 0137) return "may be read by others: its mode must be 0640 or less";
    keys->seen = facts;
    return take(keys, text) ? NULL : "is not 64 hex digits, or lines of a number and 64 hex digits";
}

static void follow(sv_master_keys *keys)
{
    struct stat now;
    if (stat(keys->path, &now) != 0) return;
    if (now.st_ino != keys->seen.st_ino || now.st_mtim.tv_sec != keys->seen.st_mtim.tv_sec ||
        now.st_mtim.tv_nsec != keys->seen.st_mtim.tv_nsec)
        load(keys);
}

sv_master_keys *sv_master_keys_open(const char *path, char **why)
{
    sv_master_keys *keys = sv_alloc(1, sizeof *keys);
    *keys = (sv_master_keys){.path = sv_copy(path)};
    const char *wrong = load(keys);
    if (!wrong) return keys;
    sv_text text = {0};
    sv_text_format(&text, "The secret %s %s.", path, wrong);
    *why = text.data;
    sv_master_keys_close(keys);
    return NULL;
}

void sv_master_keys_close(sv_master_keys *keys)
{
    if (!keys) return;
    free(keys->path);
    free(keys);
}

const uint8_t *sv_master_key_newest(sv_master_keys *keys, unsigned *number)
{
    follow(keys);
    *number = keys->keys[keys->newest].number;
    return keys->keys[keys->newest].bytes;
}

const uint8_t *sv_master_key(sv_master_keys *keys, unsigned number)
{
    for (int again = 0; again < 2; again++) {
        for (int i = 0; i < keys->count; i++)
            if (keys->keys[i].number == number) return keys->keys[i].bytes;
        follow(keys);
    }
    return NULL;
}
