/* A file on its way in: taken from the request or from an upload, looked at, kept. It is slow and needs no lock: routes
 * name these as their `prepare`. */
#ifndef SV_RECEIVE_H
#define SV_RECEIVE_H

#include "parts/part.h"

/* What the handler finds in call->prepared. */
typedef struct sv_received {
    json_t *body; /* of a new part, with what the seller said; NULL for an old one */
    char *ref;
    bool has_file;
    sv_part_file file;
    char *upload_id;       /* it came from there; NULL: with the request */
    json_t *units, *scale; /* it was measured with these */
    json_t *result;        /* as sv_part_settle takes it; NULL: there was no time, a job will measure */
} sv_received;

void sv_receive_part(sv_call *call); /* POST /parts: JSON, perhaps with upload_id, or a form with metadata and file */
void sv_receive_file(sv_call *call); /* PUT /parts/{id}/file: bytes, or JSON with upload_id */

/* The same for a part within another body, an object; call->within is its path. The caller frees it, also when it was
 * refused. */
sv_received *sv_receive_given(sv_call *call, json_t *given);
void sv_received_free(sv_received *received);

/* Within the transaction: a new part of what was received, to be freed always. false: refused. */
bool sv_received_make(sv_call *call, const sv_received *received, sv_object *part);

/* Within the transaction: the file becomes the part's, its upload is used up. false: refused. */
bool sv_received_attach(sv_call *call, sv_object *part, const sv_received *received);
/* Behind sv_part_insert or sv_part_update: what was found, if there was time. false: refused. */
bool sv_received_settle(sv_call *call, sv_object *part, const sv_received *received);

#endif
