/* Documents of one account and mode. Every read and every change of a resource goes through here, so that none can miss
 * the account or the mode. */
#ifndef SV_OBJECTS_H
#define SV_OBJECTS_H

#include "base/secret.h"
#include "store/store.h"

typedef struct sv_scope {
    const char *account_id;
    bool livemode;
} sv_scope;

/* body: what clients see but for object, id, livemode, ref, created_at, updated_at, version, which sv_object_view adds.
 */
typedef struct sv_object {
    char id[SV_ID_SIZE];
    char type[24];
    char *ref;        /* NULL: none */
    char *unique_key; /* is not read; for changes NULL: as it was, "": none */
    int64_t created_ms, updated_ms, version;
    json_t *body, *private; /* private: what only the service needs, or NULL */
} sv_object;

/* "part" begins with "part_"; see the table of types in objects.c. */
const char *sv_type_prefix(const char *type);

/* A new object: it gets its id; body and private are taken over. */
sv_object sv_object_new(const char *type, json_t *body, json_t *private);
void sv_object_free(sv_object *object);

/* SV_DONE: there is none (of this account and mode). id: an id of the type, or "ref:..." as the caller named it. */
sv_result sv_object_get(sv_store *store, sv_scope scope, const char *type, const char *id, sv_object *object);

/* The one that has this unique key. */
sv_result sv_object_by_key(sv_store *store, sv_scope scope, const char *type, const char *unique_key,
                           sv_object *object);

/* SV_DONE: made. SV_CONFLICT: ref or unique key is taken. */
sv_result sv_object_insert(sv_store *store, sv_scope scope, sv_object *object);

/* Writes ref, unique key, body and private; version and updated_ms move on. SV_CONFLICT as above, or another changed it
 * meanwhile. */
sv_result sv_object_update(sv_store *store, sv_scope scope, sv_object *object);
sv_result sv_object_delete(sv_store *store, sv_scope scope, const sv_object *object);

/* The document with the fields that every object has. The caller owns it. */
json_t *sv_object_view(const sv_object *object, bool livemode);

/* From a row whose first columns are SV_OBJECT_COLUMNS. */
void sv_object_read(sv_rows *rows, const char *type, sv_object *object);

#endif
