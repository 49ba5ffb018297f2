/* An order with its items and shipments. Each of these is a document of its own, so that it can be listed and has a
 * version; the order names them in its private part and is shown with all of them. */
#ifndef SV_ORDER_H
#define SV_ORDER_H

#include "store/objects.h"

#define SV_ORDER_TELLS_MAX 4

typedef struct sv_order_part {
    sv_object object;
    bool fresh, changed; /* to be inserted, updated by sv_order_save */
} sv_order_part;

typedef struct sv_order {
    char account_id[SV_ID_SIZE]; /* whose it is */
    bool livemode, fresh;
    sv_object object;
    sv_order_part *items, *shipments;
    size_t item_count, shipment_count;
    json_t *before;                        /* as it was shown when it was read; NULL: it is new */
    const char *tells[SV_ORDER_TELLS_MAX]; /* types of events that the next save emits, in this order */
    size_t tell_count;
} sv_order;

sv_scope sv_order_scope(const sv_order *order);
const char *sv_order_status(const sv_order *order);

/* A new one with a body and nothing else; the body is taken over. */
sv_order sv_order_new(sv_scope scope, json_t *body);
void sv_order_free(sv_order *order);

/* SV_ROW: read. SV_DONE: there is none of this account and mode. id: its own or "ref:...". */
sv_result sv_order_load(sv_store *store, sv_scope scope, const char *id, sv_order *order);
/* The same of an object that was read; it is taken over. */
sv_result sv_order_complete(sv_store *store, sv_scope scope, sv_object *object, sv_order *order);

/* A new item or shipment; the body and private are taken over. Valid until the next is added. */
sv_order_part *sv_order_add_item(sv_order *order, json_t *body, json_t *private);
sv_order_part *sv_order_add_shipment(sv_order *order, json_t *body);

/* As clients see it. The caller owns it. */
json_t *sv_order_view(const sv_order *order);

/* A line in its own history. note: may be NULL. */
void sv_order_note(sv_order *order, const char *name, const char *actor, const char *note, int64_t now_ms);
/* Such a line, and an event of the same name with the next save. */
void sv_order_tell(sv_order *order, const char *name, const char *actor, const char *note, int64_t now_ms);
/* An event with the next save, without a line. */
void sv_order_announce(sv_order *order, const char *name);

/* Writes what changed and emits what is to be told. SV_CONFLICT: another changed it meanwhile, or a unique key or ref
 * is taken. Only within a writing transaction. request_id: NULL where no request caused it. */
sv_result sv_order_save(sv_store *store, sv_order *order, const char *request_id);

#endif
