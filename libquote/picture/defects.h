/* Paint for facets that are broken. */
#ifndef LQI_PICTURE_DEFECTS_H
#define LQI_PICTURE_DEFECTS_H

#include "mesh/mesh.h"

enum {
    LQI_PAINT_PART = 0,
    LQI_PAINT_OPEN,         /* beside an edge of one facet */
    LQI_PAINT_NON_MANIFOLD, /* beside an edge of more than two */
    LQI_PAINT_TURNED,       /* faces the wrong way */
    LQI_PAINT_COPY          /* an extra copy */
};

/* paint: one per triangle of the mesh. Facets around a broken one are painted too, so that it is seen. */
lq_status lqi_paint_defects(lq_context *context, const lqi_mesh *mesh, uint8_t *paint);

#endif
