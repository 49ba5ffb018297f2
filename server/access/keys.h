/* Who asks: bearer keys, their accounts, where they may come from and how often. */
#ifndef SV_KEYS_H
#define SV_KEYS_H

#include "access/call.h"

extern const char *const sv_scopes[]; /* NULL-terminated */

/* Finds the key and its account; refuses with 401, 403. */
bool sv_authenticate(sv_call *call);

/* Counts the request against the key and the account; sets the RateLimit fields; refuses with 429. policy: "minute" and
 * "hour" where NULL, else the extra one of a route ("quotes", "uploads"). */
bool sv_limit_rate(sv_call *call, const char *policy);

/* The address of the client, seen through the trusted proxies. */
void sv_find_client(sv_call *call);

void sv_key_mac(const sv_config *config, const char *key, uint8_t mac[SV_SHA256_SIZE]);

#endif
