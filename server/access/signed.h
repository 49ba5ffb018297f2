/* URLs that carry their own permission: /signed/{id}?exp=<unix>&sig=<base64url of an HMAC-SHA256 over method, id, exp,
 * size and digest>. What they name is an upload (PUT) or a file (GET). */
#ifndef SV_SIGNED_H
#define SV_SIGNED_H

#include "access/call.h"

/* object: an "upload", whose `private` has the announced {size, sha256 (or null)}, or a "file". The caller frees. */
char *sv_signed_url(const sv_config *config, const char *method, const sv_object *object, int64_t expires_ms);

/* Is this a request to such a URL? Then no key is asked for. */
bool sv_is_signed(const sv_call *call);

/* Whose it is, from the URL alone: leaves account, mode and, of an upload, how many bytes may come. Refuses with 403
 * bad_signature, 410 upload_expired. */
bool sv_signed_check(sv_call *call);

/* Origins of the configuration get the headers that let their pages use these URLs. */
void sv_signed_origin(sv_call *call);

#endif
