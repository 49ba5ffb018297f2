/* Files of the administrator: whole, small, durable. */
#ifndef SV_CTL_FILES_H
#define SV_CTL_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/secret.h"

/* NULL: it cannot be read. At most 8 MiB. The caller frees; a NUL is added. */
char *sv_file_read(const char *path, size_t *size);
/* Writes a file that is not there; one that is there stays as it is, and that is good, too. */
bool sv_file_write_new(const char *path, const char *text, mode_t mode);
/* Puts a file in the place of another, whose owner and mode it gets, or where none is, at once. */
bool sv_file_replace(const char *path, const char *text, size_t size, mode_t mode);
/* What is in a file from where the descriptor stands. false: it cannot be read. */
bool sv_file_sha256(int file, uint8_t digest[SV_SHA256_SIZE], int64_t *size);
/* The same, and all of it goes into a new file, which is durable when this returns. */
bool sv_file_copy(int from, const char *path, mode_t mode, uint8_t digest[SV_SHA256_SIZE], int64_t *size);
/* Made where it is not there, alone for its owner. */
bool sv_folder_make(const char *path);
/* "folder/name", or the name where it begins with a slash. The caller frees. */
char *sv_path_in(const char *folder, const char *name);

#endif
