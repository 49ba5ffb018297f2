/* Signatures of webhooks: our own header, and the three of Standard Webhooks 1.0.0. */
#ifndef SV_SIGN_H
#define SV_SIGN_H

#include <stdint.h>

#include "base/text.h"

#define SV_HOOK_SECRET_SIZE 51 /* "whsec_", 44 characters, NUL */

void sv_hook_secret_make(char secret[SV_HOOK_SECRET_SIZE]);

/* "t=1700000000,v1=<hex>[,v1=<hex of previous>]": HMAC-SHA256 with the ASCII of the whole secret over t "." body.
 * previous: NULL for none. */
void sv_sign_own(const char *secret, const char *previous, int64_t t, const char *body, sv_text *into);

/* "v1,<base64>[ v1,<base64>]": the key is what the part after "whsec_" encodes; over id "." t "." body. */
void sv_sign_standard(const char *secret, const char *previous, const char *id, int64_t t, const char *body,
                      sv_text *into);

#endif
