/* Events: written in the transaction of their cause, so that nothing happens untold and nothing untold is told. */
#ifndef SV_EMIT_H
#define SV_EMIT_H

#include "store/objects.h"

/* "order.shipped" with the object as clients see it. The event gets the next number of its account and mode, without a
 * gap, and a delivery for each endpoint that listens. previous: the members that changed, as they were, or NULL; both
 * borrowed. request_id: NULL for what no request caused. Only within a writing transaction. */
sv_result sv_emit(sv_store *store, sv_scope scope, const char *request_id, const char *type, const json_t *object,
                  const json_t *previous);

/* The members of `before` that are not the same in `after`: what `previous` is. The caller owns it. */
json_t *sv_previous(const json_t *before, const json_t *after);

#endif
