/* Keys that will expire are told of while there is time to make another. */
#ifndef SV_KEY_WATCH_H
#define SV_KEY_WATCH_H

#include "store/objects.h"

/* api_key.expiring, once for each moment of expiry, for all that expire within a week. */
sv_result sv_keys_tell_expiring(sv_store *store, int64_t now_ms);

#endif
