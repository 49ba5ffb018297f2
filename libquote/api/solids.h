/* The solids of a part as they stand on a plate: what an estimate cuts into layers. */
#ifndef LQI_API_SOLIDS_H
#define LQI_API_SOLIDS_H

#include "api/objects.h"
#include "estimate/estimate.h"
#include "measure/shape.h"

typedef struct lqi_solids {
    lqi_estimate_solid *items; /* one per placed model */
    size_t count;
    double (*transforms)[12]; /* per item: turned */
    lqi_shape *shapes;        /* per mesh, with what closes and turns it; NULL: the meshes are sound as they are */
    size_t shape_count;
} lqi_solids;

/* turn: the axis of the part that becomes x, y, z (see price/fit.h). The part is borrowed. LQ_ERR_ARGUMENT for a part
 * without triangles, LQ_ERR_MEMORY, LQ_ERR_LIMIT, LQ_ERR_CANCELLED. Free in either case. */
lq_status lqi_solids_make(lq_context *context, const lq_part *part, const lq_report *report, const int turn[3],
                          lqi_solids *solids);
void lqi_solids_free(lq_context *context, lqi_solids *solids);

#endif
