/* The keys that seal secrets, by their numbers. The file has one line "k2 <64 hex digits>" for each, the newest first;
 * 64 digits alone are k1. Processes notice when it changes, and keep the keys that they have read: what was sealed a
 * moment ago can still be read when a rotation has taken the old key out of the file. */
#ifndef SV_MASTER_KEYS_H
#define SV_MASTER_KEYS_H

#include <stdbool.h>
#include <stdint.h>

#define SV_MASTER_KEYS_MAX 16

typedef struct sv_master_keys sv_master_keys;

/* NULL: *why is a sentence, the caller frees it. The file must not be readable by others. */
sv_master_keys *sv_master_keys_open(const char *path, char **why);
void sv_master_keys_close(sv_master_keys *keys);

/* The one that seals from now on, and its number. */
const uint8_t *sv_master_key_newest(sv_master_keys *keys, unsigned *number);
/* NULL: there is no such key. */
const uint8_t *sv_master_key(sv_master_keys *keys, unsigned number);

#endif
