/* Which way up a body is best made: what each way costs in support, height and balance. */
#ifndef LQI_ORIENTATION_H
#define LQI_ORIENTATION_H

#include "measure/overhang.h"

#define LQI_ORIENTATIONS_BEST 3

typedef struct lqi_orientation {
    double rotation[9]; /* row by row: times a place of the body as it is given, as a column, gives the turned place */
    double down[3];     /* what points to the bed, of the body as it is given; of length 1 */
    double height_mm;
    double overhang_mm2; /* less than LQI_OVERHANG_DEGREES from level, not on the bed */
    double support_mm3, touched_mm2;
    double contact_mm2;
    double tipping_degrees; /* as in lqi_overhang */
    double cost;            /* mm3 of material that the way is worth: only for comparing ways of one body */
} lqi_orientation;

typedef struct lqi_orientations {
    bool examined; /* false: there are no columns */
    lqi_orientation given;
    lqi_orientation best[LQI_ORIENTATIONS_BEST]; /* the cheapest first; as given where nothing is clearly better */
    uint32_t count;
    double smallest_box_mm[3]; /* sides of the smallest box around the body in any orientation, the longest first */
} lqi_orientations;

/* dexels, normals, given: of the same solids. Ways along an axis are rated by columns as lqi_overhang_measure does,
 * others by samples of the surface that the columns met, without regard to bridges: support is right to some percent.
 * The work does not grow with the triangles, but for one look at each vertex. */
lq_status lqi_orientations_find(lq_context *context, const lqi_placed_solid *solids, size_t count,
                                const lqi_dexels *dexels, const lqi_normals *normals, const lqi_overhang *given,
                                lqi_orientations *orientations);

#endif
