/* A part: a document with a file, what was found in the file, and a state. All changes of state go through here. */
#ifndef SV_PART_H
#define SV_PART_H

#include "access/call.h"

/* The document (section 2.2 of the interface) stands in `body`. `private` has what only the service needs:
 *   analysis_id  of the analysis that is asked for or done; a result for another one comes too late
 *   entries      of an archive: [{id "ent_<n>", path, size, format, printable, reason}], the first 1000
 *   plates       of the model that is chosen: [{id "plate_<n>", name, objects}]
 *   selection    what is measured: {entry (path or null), plate (number; 0: all)}
 *   versions     [{file_version, file, pinned, created_at}], oldest first, the last 100
 * A file is an object of type "file" as well ("file_..."): {part_id, file_version, name, size, sha256, format,
 * uploaded_at}. An upload is an object of type "upload" ("upl_..."): {filename, size, sha256, status: "pending",
 * "ready" (its bytes are a blob) or "used"}. */

/* The job that measures a part: kind, object (the part), detail (analysis_id). */
#define SV_JOB_ANALYSIS "analysis"
/* Made whenever file_version moves on, for what hangs on the part: object (the part). */
#define SV_JOB_PART_CHANGED "part_changed"

/* Bytes that are kept as a blob. */
typedef struct sv_part_file {
    char name[256], sha256[SV_SHA256_HEX_SIZE], format[16];
    int64_t size;
} sv_part_file;

/* A document with every field at its default, without a file. The caller owns it. */
json_t *sv_part_body(const char *name);

/* {status, submitted_at, decided_at, comment, rejections}: none of them but the status. The caller owns it. */
json_t *sv_part_review(const char *status);

const char *sv_part_status(const sv_object *part);

/* false: refused with 409 part_processing. */
bool sv_part_at_rest(sv_call *call, const sv_object *part);
/* false: refused with 409 part_not_ready and details.status. */
bool sv_part_is_ready(sv_call *call, const sv_object *part);
/* false: refused with 409 rights_not_confirmed. */
bool sv_part_has_rights(sv_call *call, const sv_object *part);

/* ---- changes of the document, not yet stored; each leaves the part `processing` with a new analysis_id ---- */

/* A new file: file_version moves on, nothing is pinned, the review begins anew. Makes the row of the file. false:
 * refused.
 */
bool sv_part_attach(sv_call *call, sv_object *part, const sv_part_file *file);
/* Another choice within the file: file_version moves on, the review begins anew. NULL: none. */
void sv_part_pin(sv_object *part, const char *entry_id, const char *plate_id);
/* The same file and choice measured again. */
void sv_part_restart(sv_object *part);

/* ---- storing; only within a writing transaction; false: refused ---- */

/* A new part, if the plan has room for it. Emits part.created; asks for the analysis where the part is `processing`. */
bool sv_part_insert(sv_call *call, sv_object *part);
/* A changed part. before: its body as it was. Audits `action` ("part.update"), emits `event` ("part.updated") with what
 * changed; asks for the analysis where the part has become `processing`. */
bool sv_part_update(sv_call *call, sv_object *part, const json_t *before, const char *action, const char *event);

/* It is gone for clients; its blobs stay as long as something else needs them. */
bool sv_part_remove(sv_call *call, const sv_object *part);

/* What an analysis found, taken over by a part that is `processing`: ready, needs_selection or failed, with its event.
 * result: as parts/analyse.h says. request_id: NULL for a job. */
sv_result sv_part_settle(sv_store *store, sv_scope scope, const char *request_id, sv_object *part,
                         const json_t *result);

#endif
