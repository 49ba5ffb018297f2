/* The vertices of a body that its convex hull is made of. */
#ifndef LQI_HULL_POINTS_H
#define LQI_HULL_POINTS_H

#include "measure/dexels.h"
#include "measure/moments.h"

typedef struct lqi_hull_points {
    double (*at)[3];     /* mm */
    int32_t (*whole)[3]; /* from the box's corner, in 2^-20 of its longest side: 0 .. 2^20 */
    uint32_t count;
    bool all; /* of the vertices */
} lqi_hull_points;

/* All vertices of a small body; of larger ones the farthest in each direction and along each axis. */
lq_status lqi_hull_points_gather(lq_context *context, const lqi_placed_solid *solids, size_t count, const lqi_box *box,
                                 lqi_hull_points *points);
void lqi_hull_points_free(lq_context *context, lqi_hull_points *points);

/* A vertex where the solid is placed. Those of facets that do not count may lie outside the box: they are moved to it.
 */
static inline void lqi_placed_vertex(const lqi_placed_solid *solid, size_t vertex, const lqi_box *box, double out[3])
{
    const double *p = solid->mesh->position + 3 * vertex;
    if (solid->transform)
        lqi_transform_point(solid->transform, p, out);
    else
        out[0] = p[0], out[1] = p[1], out[2] = p[2];
    for (int k = 0; k < 3; k++) {
        if (out[k] < box->min[k]) out[k] = box->min[k];
        if (out[k] > box->max[k]) out[k] = box->max[k];
    }
}

#endif
