#include "access/sealed.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "base/text.h"

#define NONCE 12
#define TAG 16

char *sv_seal(const sv_config *config, const char *text)
{
    size_t size = strlen(text);
    uint8_t *bytes = sv_alloc(NONCE + size + TAG, 1);
    int done = 0;
    unsigned number;
    const uint8_t *key = sv_master_key_newest(config->master_keys, &number);
    sv_random(bytes, NONCE);
    EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
    EVP_EncryptInit_ex(cipher, EVP_aes_256_gcm(), NULL, key, bytes);
    EVP_EncryptUpdate(cipher, bytes + NONCE, &done, (const uint8_t *)text, (int)size);
    EVP_EncryptFinal_ex(cipher, bytes + NONCE + done, &done);
    EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_GET_TAG, TAG, bytes + NONCE + size);
    EVP_CIPHER_CTX_free(cipher);
    char *code = sv_base64(bytes, NONCE + size + TAG, true);
    sv_text sealed = {0};
    sv_text_format(&sealed, "k%u.%s", number, code);
    free(code);
    free(bytes);
    return sealed.data;
}

char *sv_unseal(const sv_config *config, const char *sealed)
{
    size_t size;
    unsigned number = 0;
    int skipped = 0;
    if (sscanf(sealed, "k%u.%n", &number, &skipped) != 1 || !skipped) return NULL;
    const uint8_t *key = sv_master_key(config->master_keys, number);
    uint8_t *bytes = key ? sv_base64_read(sealed + skipped, true, &size) : NULL;
    if (!bytes || size < NONCE + TAG) {
        free(bytes);
        return NULL;
    }
    size -= NONCE + TAG;
    char *text = sv_alloc(size + 1, 1);
    int done = 0;
    EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
    EVP_DecryptInit_ex(cipher, EVP_aes_256_gcm(), NULL, key, bytes);
    EVP_DecryptUpdate(cipher, (uint8_t *)text, &done, bytes + NONCE, (int)size);
    EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_SET_TAG, TAG, bytes + NONCE + size);
    bool good = EVP_DecryptFinal_ex(cipher, (uint8_t *)text + done, &done) == 1;
    EVP_CIPHER_CTX_free(cipher);
    free(bytes);
    if (good) return text;
    free(text);
    return NULL;
}
