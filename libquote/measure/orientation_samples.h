/* The surface of a body as points that columns met, from which any orientation can be rated. */
#ifndef LQI_ORIENTATION_SAMPLES_H
#define LQI_ORIENTATION_SAMPLES_H

#include "measure/hull.h"
#include "measure/orientation.h"

typedef struct lqi_sample {
    float at[3], normal[3], area; /* mm from the origin, mm2 */
    uint32_t bin;                 /* of its normal */
} lqi_sample;

typedef struct lqi_samples {
    lq_context *context;
    lqi_sample *sample;
    uint32_t count;
    double origin[3]; /* a corner of the body, mm */
    double spacing;   /* mm between columns */
} lqi_samples;

/* From every end of every column. normals: of the same body; samples that look one way have the area that facets have
 * that do. The caller frees *samples when this succeeds. */
lq_status lqi_samples_gather(lq_context *context, const lqi_dexels *dexels, const lqi_normals *normals,
                             lqi_samples *samples);
void lqi_samples_free(lqi_samples *samples);

/* Fills in what the rotation and `down` of the orientation come to; not its cost. centre: of the volume. */
lq_status lqi_samples_rate(const lqi_samples *samples, const lqi_hull *hull, const double centre[3],
                           lqi_orientation *orientation);

#endif
