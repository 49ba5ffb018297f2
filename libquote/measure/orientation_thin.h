#ifndef LQI_ORIENTATION_THIN_H
#define LQI_ORIENTATION_THIN_H

#include "measure/dexels.h"

/* The same body by fewer columns: one of every `stride` in both directions. Normals are borrowed from `dexels`. The
 * caller frees *thin with the function below when this succeeds. */
lq_status lqi_dexels_thin(lq_context *context, const lqi_dexels *dexels, uint32_t stride, lqi_dexels *thin);
void lqi_dexels_thin_free(lqi_dexels *thin);

#endif
