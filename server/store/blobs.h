/* Files by what is in them: blobs/ab/cd/<sha256>, the digest in 64 lower-case hex digits. A blob never changes, and one
 * is stored once for all accounts: whose it is, and that it may be shown, say the rows that name it. A row is written
 * after its blob: none refers to a missing one. */
#ifndef SV_BLOBS_H
#define SV_BLOBS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/config.h"
#include "base/secret.h"
#include "store/store.h"

/* Keeps the file at `path`, whose digest the caller has computed; durable when it returns. The file itself stays where
 * it is. A blob that is there already gets younger, so that no sweep takes it from under a new row. SV_FULL: it cannot
 * be written; SV_BROKEN: it was logged. */
sv_result sv_blob_put(const sv_config *config, const char *path, const uint8_t sha256[SV_SHA256_SIZE]);

/* A descriptor to read from, which the caller closes; -1: there is none. size: may be NULL. */
int sv_blob_open(const sv_config *config, const char *sha256_hex, int64_t *size);
bool sv_blob_exists(const sv_config *config, const char *sha256_hex);

/* For sweeps (store/sweep.h) alone: nothing may refer to it any more. true: it is gone; one that was brought since
 * before_ms stays. */
bool sv_blob_remove(const sv_config *config, const char *sha256_hex, int64_t before_ms);

/* The folder above all of them. The caller frees it. */
char *sv_blob_root(const sv_config *config);

/* Is this a place for blobs that this build knows? Made where it is not there. *why: a sentence, the caller frees. */
bool sv_blob_check(const sv_config *config, char **why);

#endif
