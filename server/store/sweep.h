/* What nothing needs any more: uploads that nobody took, what was made of files, blobs that no row names, and temporary
 * files of processes that were killed. */
#ifndef SV_SWEEP_H
#define SV_SWEEP_H

#include "store/store.h"

typedef struct sv_swept {
    int64_t uploads, derived, blobs, temporary; /* how many are gone */
} sv_swept;

/* A blob stays as long as a document names it (as "sha256" or "file_sha256", at any depth), retention.blobs_seconds
 * beyond that, and retention.deleted_seconds beyond the document's deletion. One that is brought again meanwhile
 * stays. */
sv_result sv_sweep_files(sv_store *store, const sv_config *config, int64_t now_ms, sv_swept *swept);

#endif
