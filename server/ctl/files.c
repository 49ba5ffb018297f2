#include "ctl/files.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

#define SIZE_MAX_READ (8u << 20)

char *sv_file_read(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    sv_text text = {0};
    char piece[4096];
    size_t got;
    if (!file) return NULL;
    while ((got = fread(piece, 1, sizeof piece, file)) > 0 && text.size < SIZE_MAX_READ) sv_text_add(&text, piece, got);
    fclose(file);
    *size = text.size;
    return text.data ? text.data : sv_copy("");
}

bool sv_file_write_new(const char *path, const char *text, mode_t mode)
{
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    bool good =
        file >= 0 ? write(file, text, strlen(text)) == (ssize_t)strlen(text) && fsync(file) == 0 : errno == EEXIST;
    if (file >= 0) close(file);
    return good;
}

static bool sync_folder_of(const char *path)
{
    char *copy = sv_copy(path);
    int folder = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = folder >= 0 && fsync(folder) == 0;
    if (folder >= 0) close(folder);
    free(copy);
    return good;
}

bool sv_file_replace(const char *path, const char *text, size_t size, mode_t mode)
{
    sv_text beside = {0};
    struct stat before;
    const bool was = stat(path, &before) == 0;
    sv_text_format(&beside, "%s.new", path);
    unlink(beside.data);
    int file = open(beside.data, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    bool good = file >= 0 &&
                (!was || (fchown(file, before.st_uid, before.st_gid) == 0 && fchmod(file, before.st_mode) == 0)) &&
                write(file, text, size) == (ssize_t)size && fsync(file) == 0;
    if (file >= 0) close(file);
    good = good && rename(beside.data, path) == 0 && sync_folder_of(path);
    if (!good) unlink(beside.data);
    sv_text_free(&beside);
    return good;
}

/* to: a descriptor, or -1 */
static bool pass(int from, int to, uint8_t digest[SV_SHA256_SIZE], int64_t *size)
{
    enum { PIECE = 1 << 16 };
    char *piece = sv_alloc(PIECE, 1);
    EVP_MD_CTX *sum = EVP_MD_CTX_new();
    ssize_t got;
    bool good = EVP_DigestInit_ex(sum, EVP_sha256(), NULL) == 1;
    *size = 0;
    while (good && (got = read(from, piece, PIECE)) != 0) {
        if (got < 0 && errno == EINTR) continue;
        good = got > 0 && EVP_DigestUpdate(sum, piece, (size_t)got) == 1;
        for (ssize_t done = 0, now; good && to >= 0 && done < got; done += now)
            good = (now = write(to, piece + done, (size_t)(got - done))) > 0;
        if (good) *size += got;
    }
    EVP_DigestFinal_ex(sum, digest, NULL);
    EVP_MD_CTX_free(sum);
    free(piece);
    return good;
}

bool sv_file_sha256(int file, uint8_t digest[SV_SHA256_SIZE], int64_t *size) { return pass(file, -1, digest, size); }

bool sv_file_copy(int from, const char *path, mode_t mode, uint8_t digest[SV_SHA256_SIZE], int64_t *size)
{
    int to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    bool good = to >= 0 && pass(from, to, digest, size) && fsync(to) == 0;
    if (to >= 0) close(to);
    if (to >= 0 && !good) unlink(path);
    return good && sync_folder_of(path);
}

bool sv_folder_make(const char *path) { return mkdir(path, 0700) == 0 || errno == EEXIST; }

char *sv_path_in(const char *folder, const char *name)
{
    sv_text path = {0};
    if (*name != '/') sv_text_format(&path, "%s/", folder);
    sv_text_put(&path, name);
    return path.data;
}
