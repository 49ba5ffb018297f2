/* What is to be delivered: one row per event and endpoint, written with the event and worked off by app/hooks.c. */
#ifndef SV_OUTBOX_H
#define SV_OUTBOX_H

#include "store/objects.h"

/* What a delivery must know of its event. */
typedef struct sv_event {
    char id[SV_ID_SIZE], type[48];
    char object_id[SV_ID_SIZE]; /* "": of no object, so in no order with others */
    int64_t sequence, created_ms;
} sv_event;

/* sv_emit without deliveries: for an event that goes to one endpoint alone. */
sv_result sv_emit_unsent(sv_store *store, sv_scope scope, const char *request_id, const char *type,
                         const json_t *object, const json_t *previous, sv_event *event);

/* For each endpoint that listens to its type: now, or held while the endpoint is disabled. */
sv_result sv_outbox_add(sv_store *store, sv_scope scope, const sv_event *event);

/* For this endpoint, whatever it listens to, in its time from now on. delivery_id: of the new delivery. */
sv_result sv_outbox_add_to(sv_store *store, sv_scope scope, const sv_event *event, const char *endpoint_id,
                           char delivery_id[SV_ID_SIZE]);

/* All that waits for an endpoint: held while it is disabled, due again at once and one after the other when it is
 * enabled, cancelled when it goes. */
sv_result sv_outbox_hold(sv_store *store, const char *endpoint_id);
sv_result sv_outbox_release(sv_store *store, const char *endpoint_id);
sv_result sv_outbox_cancel(sv_store *store, const char *endpoint_id);

/* The delivery as clients see it; SV_DONE: there is none. */
sv_result sv_delivery_get(sv_store *store, sv_scope scope, const char *id, sv_object *delivery);

/* Tells that an endpoint was enabled or disabled, with its deliveries held or released: `before` is how it was. The
 * endpoint itself is not told. */
sv_result sv_endpoint_tell(sv_store *store, sv_scope scope, const char *request_id, const sv_object *endpoint,
                           const json_t *before);

#endif
