/* What sellers say about a part. */
#ifndef SV_PART_FIELDS_H
#define SV_PART_FIELDS_H

#include "access/call.h"

/* The members that sellers write, without upload_id; ends with NULL. */
extern const char *const sv_part_field_names[];

/* Checks what was given, then lays it over the document `body` and *ref (allocated; NULL: none). Unknown members are
 * the caller's to refuse. false: refused, and nothing was changed. */
bool sv_part_take_fields(sv_call *call, json_t *given, json_t *body, char **ref);

/* A name for a file from a client: without folders, at most 200 bytes, UTF-8. The caller frees it. */
char *sv_part_file_name(const char *given);

#endif
