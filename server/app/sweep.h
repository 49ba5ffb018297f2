/* What time makes useless: uploads that nobody used, blobs that nothing names. */
#ifndef SV_SWEEP_H
#define SV_SWEEP_H

#include "store/store.h"

/* Now. *removed: how many blobs went. */
sv_result sv_sweep(sv_store *store, const sv_config *config, int64_t *removed);

/* Where it is time, and no other process does it. */
void sv_sweep_when_due(sv_store *store, const sv_config *config);

#endif
