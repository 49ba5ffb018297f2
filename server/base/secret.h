/* Randomness, digests, and the codes that keys and ids are written in. */
#ifndef SV_SECRET_H
#define SV_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SV_SHA256_SIZE 32
#define SV_SHA256_HEX_SIZE 65
#define SV_ID_SIZE 40  /* the longest prefix, '_', 26 characters, NUL */
#define SV_KEY_SIZE 48 /* "lq_live_", 32 characters, 6 of checksum, NUL */

void sv_random(void *bytes, size_t size);
void sv_sha256(const void *bytes, size_t size, uint8_t digest[SV_SHA256_SIZE]);
void sv_hmac_sha256(const void *key, size_t key_size, const void *bytes, size_t size, uint8_t mac[SV_SHA256_SIZE]);
bool sv_same_secret(const void *a, const void *b, size_t size); /* in constant time */

void sv_hex(const uint8_t *bytes, size_t size, char *text); /* 2 * size + 1 characters */

/* RFC 4648: url: section 5 without padding, otherwise section 4. The caller frees the text. */
char *sv_base64(const void *bytes, size_t size, bool url);
/* NULL: it is none. The caller frees the bytes. */
uint8_t *sv_base64_read(const char *text, bool url, size_t *size);

/* prefix_ and 26 characters of Crockford's base 32: 48 bits of milliseconds, 80 of chance; later ones sort later. */
void sv_id_make(const char *prefix, char id[SV_ID_SIZE]);
/* Has it the form of an id with this prefix? */
bool sv_id_is(const char *id, const char *prefix);

/* "lq_test_" or "lq_live_", 32 base-62 characters, and the CRC-32 of those 40 in six base-62 digits. */
void sv_key_make(bool livemode, char key[SV_KEY_SIZE]);
bool sv_key_is(const char *key, bool *livemode);

#endif
