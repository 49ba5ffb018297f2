/* Blobs that nothing names any more. */
#ifndef SV_BLOB_SWEEP_H
#define SV_BLOB_SWEEP_H

#include "store/store.h"

/* Removes blobs that are older than `age_ms` and whose digest stands in no document but those of logs and events; what
 * was deleted by its owner keeps its blobs for `deleted_ms` more. *removed: how many. */
sv_result sv_blob_sweep(sv_store *store, const sv_config *config, int64_t age_ms, int64_t deleted_ms, int64_t *removed);

#endif
