#include "events/sign.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"

#define PREFIX "whsec_"

void sv_hook_secret_make(char secret[SV_HOOK_SECRET_SIZE])
{
    uint8_t bytes[32];
    sv_random(bytes, sizeof bytes);
    char *code = sv_base64(bytes, sizeof bytes, false);
    snprintf(secret, SV_HOOK_SECRET_SIZE, PREFIX "%s", code);
    free(code);
}

static void add_own(const char *secret, const sv_text *message, sv_text *into)
{
    uint8_t mac[SV_SHA256_SIZE];
    char hex[SV_SHA256_HEX_SIZE];
    if (!secret) return;
    sv_hmac_sha256(secret, strlen(secret), sv_text_get(message), message->size, mac);
    sv_hex(mac, sizeof mac, hex);
    sv_text_format(into, ",v1=%s", hex);
}

void sv_sign_own(const char *secret, const char *previous, int64_t t, const char *body, sv_text *into)
{
    sv_text message = {0};
    sv_text_format(&message, "%lld.", (long long)t);
    sv_text_put(&message, body);
    sv_text_format(into, "t=%lld", (long long)t);
    add_own(secret, &message, into);
    add_own(previous, &message, into);
    sv_text_free(&message);
}

static void add_standard(const char *secret, const sv_text *message, sv_text *into)
{
    uint8_t mac[SV_SHA256_SIZE];
    size_t size = 0;
    uint8_t *key = secret ? sv_base64_read(secret + strlen(PREFIX), false, &size) : NULL;
    if (!key) return;
    sv_hmac_sha256(key, size, sv_text_get(message), message->size, mac);
    char *code = sv_base64(mac, sizeof mac, false);
    sv_text_format(into, "%sv1,%s", into->size ? " " : "", code);
    free(code);
    free(key);
}

void sv_sign_standard(const char *secret, const char *previous, const char *id, int64_t t, const char *body,
                      sv_text *into)
{
    sv_text message = {0};
    sv_text_format(&message, "%s.%lld.", id, (long long)t);
    sv_text_put(&message, body);
    add_standard(secret, &message, into);
    add_standard(previous, &message, into);
    sv_text_free(&message);
}
