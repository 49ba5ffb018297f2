/* Supports: columns under what hangs over, from the bed or from the part, found on the way up. */
#ifndef LQI_SUPPORTS_H
#define LQI_SUPPORTS_H

#include "estimate/layers.h"

typedef struct lqi_supports lqi_supports;

/* Columns are added to `layers` (support_mm2, interface_mm2), which outlives this. */
lq_status lqi_supports_create(lq_context *context, const lqi_grid *grid, const lqi_machine *machine, lqi_layers *layers,
                              lqi_supports **supports);
void lqi_supports_free(lqi_supports *supports);

/* Layers from 1 up, each once: its slice and that of the layer below. Those whose slice is the same may be left out. */
void lqi_supports_add(lqi_supports *supports, int32_t layer, const lqi_plane *slice, const lqi_plane *below);

/* After the last. */
void lqi_supports_finish(lqi_supports *supports);

#endif
