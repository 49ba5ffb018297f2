#include "store/blobs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/log.h"
#include "base/text.h"

#define PIECE 65536

static bool is_digest(const char *hex) { return strlen(hex) == 64 && strspn(hex, "0123456789abcdef") == 64; }

static void put_root(const sv_config *config, sv_text *path)
{
    const char *name = config->blobs + strlen("file:");
    if (*name != '/') sv_text_format(path, "%s/", config->folder);
    sv_text_put(path, name);
}

static void put_folder(const sv_config *config, const char *hex, sv_text *path)
{
    put_root(config, path);
    sv_text_format(path, "/%.2s/%.2s", hex, hex + 2);
}

static char *path_of(const sv_config *config, const char *hex)
{
    sv_text path = {0};
    put_folder(config, hex, &path);
    sv_text_format(&path, "/%s", hex);
    return path.data;
}

static sv_result fail(const char *what)
{
    const int code = errno;
    sv_log(SV_LOG_ERROR, "blob", json_pack("{s:s, s:s}", "op", what, "err", strerror(code)));
    return code == ENOSPC || code == EDQUOT || code == EROFS || code == EIO || code == EACCES ? SV_FULL : SV_BROKEN;
}

/* Both are made durable with what is in them. */
static bool sync_path(const char *path, int flags)
{
    int file = open(path, flags | O_CLOEXEC);
    bool good = file >= 0 && fsync(file) == 0;
    if (file >= 0) close(file);
    return good;
}

/* "blobs/ab/cd" with all above it; a folder that was made is in its parent's directory for good. */
static bool make_folders(char *path, size_t root_size)
{
    for (char *at = path + root_size;; at++) {
        if (*at != '/' && *at) continue;
        char kept = *at;
        *at = 0;
        bool made = mkdir(path, 0700) == 0, good = made || errno == EEXIST;
        if (made) {
            char *slash = strrchr(path, '/');
            *slash = 0;
            good = sync_path(path, O_RDONLY | O_DIRECTORY);
            *slash = '/';
        }
        *at = kept;
        if (!good || !kept) return good;
    }
}

/* Where the temporary folder is on another file system. */
static bool copy_to(const char *path, const char *target)
{
    char *piece = sv_alloc(PIECE, 1);
    int from = open(path, O_RDONLY | O_CLOEXEC), to = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
    bool good = from >= 0 && to >= 0;
    ssize_t got = 0;
    while (good && (got = read(from, piece, PIECE)) > 0)
        for (ssize_t done = 0, now; good && done < got; done += now) {
            now = write(to, piece + done, (size_t)(got - done));
            good = now > 0;
        }
    good = good && got == 0 && fsync(to) == 0;
    if (from >= 0) close(from);
    if (to >= 0) close(to);
    free(piece);
    return good;
}

static bool bring(const char *path, const char *target)
{
    if (link(path, target) == 0 || errno == EEXIST) return true;
    if (errno != EXDEV && errno != EPERM && errno != EMLINK) return false;
    sv_text beside = {0};
    char id[SV_ID_SIZE];
    sv_id_make("tmp", id);
    sv_text_format(&beside, "%s.%s", target, id);
    bool good = copy_to(path, sv_text_get(&beside)) && rename(sv_text_get(&beside), target) == 0;
    if (!good) unlink(sv_text_get(&beside));
    sv_text_free(&beside);
    return good;
}

sv_result sv_blob_put(const sv_config *config, const char *path, const uint8_t sha256[SV_SHA256_SIZE])
{
    char hex[SV_SHA256_HEX_SIZE];
    sv_text folder = {0}, root = {0};
    sv_hex(sha256, SV_SHA256_SIZE, hex);
    char *target = path_of(config, hex);
    put_root(config, &root);
    put_folder(config, hex, &folder);
    sv_result result = SV_DONE;
    bool good = utimensat(AT_FDCWD, target, NULL, 0) == 0;
    if (!good) {
        sv_fault("blob.before_rename");
        good = sync_path(path, O_RDONLY) && make_folders(folder.data, root.size) && bring(path, target);
    }
    /* Also where it was there: whoever brings it at this moment may not have come so far. */
    if (!good || !sync_path(folder.data, O_RDONLY | O_DIRECTORY)) result = fail("put");
    free(target);
    sv_text_free(&folder);
    sv_text_free(&root);
    return result;
}

int sv_blob_open(const sv_config *config, const char *sha256_hex, int64_t *size)
{
    struct stat facts;
    if (!is_digest(sha256_hex)) return -1;
    char *path = path_of(config, sha256_hex);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    free(path);
    if (file >= 0 && fstat(file, &facts) != 0) close(file), file = -1;
    if (file < 0) fail("open");
    if (file >= 0 && size) *size = facts.st_size;
    return file;
}

bool sv_blob_exists(const sv_config *config, const char *sha256_hex)
{
    if (!is_digest(sha256_hex)) return false;
    char *path = path_of(config, sha256_hex);
    bool there = access(path, R_OK) == 0;
    free(path);
    return there;
}

static bool is_older(const char *path, int64_t before_ms)
{
    struct stat facts;
    return stat(path, &facts) == 0 &&
           (int64_t)facts.st_mtim.tv_sec * 1000 + facts.st_mtim.tv_nsec / 1000000 < before_ms;
}

/* It is put aside first: whoever brings it at this moment has either made it younger, and it goes back, or finds it
 * gone and makes another. */
bool sv_blob_remove(const sv_config *config, const char *sha256_hex, int64_t before_ms)
{
    if (!is_digest(sha256_hex)) return false;
    char *path = path_of(config, sha256_hex);
    sv_text aside = {0};
    sv_text_format(&aside, "%s.gone", path);
    bool gone = is_older(path, before_ms) && rename(path, aside.data) == 0;
    if (gone && !is_older(aside.data, before_ms)) gone = rename(aside.data, path) != 0;
    if (gone) unlink(aside.data);
    sv_text_free(&aside);
    free(path);
    return gone;
}

char *sv_blob_root(const sv_config *config)
{
    sv_text root = {0};
    put_root(config, &root);
    return root.data;
}

bool sv_blob_check(const sv_config *config, char **why)
{
    if (strncmp(config->blobs, "file:", 5) != 0 || !config->blobs[5]) {
        *why = sv_copy("This build knows the place for blobs \"file:FOLDER\" alone.");
        return false;
    }
    sv_text root = {0};
    put_root(config, &root);
    bool good = (mkdir(root.data, 0700) == 0 || errno == EEXIST) && access(root.data, W_OK | X_OK) == 0;
    if (!good) *why = sv_copy("The folder of blobs cannot be written.");
    sv_text_free(&root);
    return good;
}
