#include "base/secret.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/moment.h"
#include "base/text.h"

void sv_random(void *bytes, size_t size)
{
    if (RAND_bytes(bytes, (int)size) == 1) return;
    fputs("{\"level\":\"fatal\",\"msg\":\"no randomness\"}\n", stderr);
    _Exit(71);
}

void sv_sha256(const void *bytes, size_t size, uint8_t digest[SV_SHA256_SIZE])
{
    EVP_Digest(bytes, size, digest, NULL, EVP_sha256(), NULL);
}

void sv_hmac_sha256(const void *key, size_t key_size, const void *bytes, size_t size, uint8_t mac[SV_SHA256_SIZE])
{
    HMAC(EVP_sha256(), key, (int)key_size, bytes, size, mac, NULL);
}

bool sv_same_secret(const void *a, const void *b, size_t size) { return CRYPTO_memcmp(a, b, size) == 0; }

void sv_hex(const uint8_t *bytes, size_t size, char *text)
{
    for (size_t i = 0; i < size; i++) snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    text[2 * size] = 0;
}

/* ---- base 64 ---- */

static const char plain_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

char *sv_base64(const void *bytes, size_t size, bool url)
{
    const uint8_t *in = bytes;
    const char *digits = url ? url_digits : plain_digits;
    char *text = sv_alloc((size + 2) / 3 * 4 + 1, 1), *at = text;
    for (size_t i = 0; i < size; i += 3) {
        size_t count = size - i < 3 ? size - i : 3;
        uint32_t group = 0;
        for (size_t k = 0; k < 3; k++) group = group << 8 | (k < count ? in[i + k] : 0u);
        for (size_t k = 0; k <= count; k++) *at++ = digits[group >> (18 - 6 * k) & 63];
        for (size_t k = count; k < 3 && !url; k++) *at++ = '=';
    }
    return text;
}

uint8_t *sv_base64_read(const char *text, bool url, size_t *size)
{
    const char *digits = url ? url_digits : plain_digits;
    size_t length = strlen(text);
    if (!url && length % 4) return NULL;
    while (!url && length && text[length - 1] == '=' && strlen(text) - length < 2) length--;
    if (length % 4 == 1) return NULL;
    uint8_t *bytes = sv_alloc(length + 1, 1);
    uint32_t group = 0;
    *size = 0;
    for (size_t i = 0; i < length; i++) {
        const char *digit = strchr(digits, text[i]);
        if (!digit) {
            free(bytes);
            return NULL;
        }
        group = group << 6 | (uint32_t)(digit - digits);
        if (i % 4) bytes[(*size)++] = (uint8_t)(group >> (6 - 2 * (i % 4)));
    }
    return bytes;
}

/* ---- ids ---- */

static const char crockford[] = "0123456789abcdefghjkmnpqrstvwxyz";

void sv_id_make(const char *prefix, char id[SV_ID_SIZE])
{
    uint8_t bytes[16];
    uint64_t now = (uint64_t)sv_now_ms();
    for (int i = 0; i < 6; i++) bytes[i] = (uint8_t)(now >> (40 - 8 * i));
    sv_random(bytes + 6, 10);
    int size = snprintf(id, SV_ID_SIZE - 26, "%s_", prefix);
    /* 128 bits in 26 digits of 5: two bits of nothing come first. */
    for (int digit = 0; digit < 26; digit++) {
        unsigned value = 0;
        for (int bit = 0; bit < 5; bit++) {
            int at = digit * 5 + bit - 2;
            value = value << 1 | (at < 0 ? 0u : (unsigned)(bytes[at / 8] >> (7 - at % 8) & 1));
        }
        id[size + digit] = crockford[value];
    }
    id[size + 26] = 0;
}

bool sv_id_is(const char *id, const char *prefix)
{
    size_t size = strlen(prefix);
    if (strncmp(id, prefix, size) != 0 || id[size] != '_' || strlen(id) != size + 27) return false;
    return strspn(id + size + 1, crockford) == 26;
}

/* ---- keys ---- */

static const char base62[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

static void add_checksum(char key[SV_KEY_SIZE])
{
    uint32_t sum = (uint32_t)crc32(0, (const Bytef *)key, 40);
    for (int i = 5; i >= 0; i--, sum /= 62) key[40 + i] = base62[sum % 62];
    key[46] = 0;
}

void sv_key_make(bool livemode, char key[SV_KEY_SIZE])
{
    memcpy(key, livemode ? "lq_live_" : "lq_test_", 8);
    for (int i = 0; i < 32;) {
        uint8_t byte;
        sv_random(&byte, 1);
        if (byte < 248) key[8 + i++] = base62[byte % 62]; /* 248 = 4 * 62: every digit as likely */
    }
    add_checksum(key);
}

bool sv_key_is(const char *key, bool *livemode)
{
    char copy[SV_KEY_SIZE];
    *livemode = strncmp(key, "lq_live_", 8) == 0;
    if (!*livemode && strncmp(key, "lq_test_", 8) != 0) return false;
    if (strlen(key) != 46 || strspn(key + 8, base62) != 38) return false;
    memcpy(copy, key, 46);
    add_checksum(copy);
    return memcmp(copy, key, 46) == 0;
}
