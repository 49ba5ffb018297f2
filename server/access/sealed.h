/* Secrets that must be shown again (webhook secrets): AES-256-GCM under the master key, with a key id in front. */
#ifndef SV_SEALED_H
#define SV_SEALED_H

#include "base/config.h"

/* "k1." (the number of the key) and base64url of nonce, ciphertext and tag. The caller frees. */
char *sv_seal(const sv_config *config, const char *text);

/* NULL: it was not sealed with a key that is there, or was changed. The caller frees. */
char *sv_unseal(const sv_config *config, const char *sealed);

#endif
