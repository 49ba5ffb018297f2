/* The convex hull of a body: the planes it can rest on, how far it reaches in a direction. */
#ifndef LQI_HULL_H
#define LQI_HULL_H

#include "measure/dexels.h"

/* Vertices that a hull is made of. Of larger bodies the farthest in each of so many directions from the middle count,
 * so that the hull of a finely divided surface lies within it, by some hundredths of its size at worst. */
#define LQI_HULL_POINTS_MAX 2048

#define LQI_HULL_FACES_MAX 48

/* Facets of the hull whose planes differ by less than half a degree, as one. */
typedef struct lqi_hull_face {
    double normal[3]; /* outward, of length 1 */
    double area;      /* mm2 */
} lqi_hull_face;

typedef struct lqi_hull {
    lq_context *context;
    double (*point)[3]; /* mm, the corners */
    uint32_t point_count;
    bool whole; /* every vertex was looked at, so that none lies outside by more than rounding */
    lqi_hull_face face[LQI_HULL_FACES_MAX]; /* the largest first; none: the body is flat */
    uint32_t face_count;
} lqi_hull;

/* box: of the placed solids. The caller frees *hull when this succeeds. Bits do not depend on the order of work: what
 * is above a plane is decided in whole numbers, a millionth of the longest side each. */
lq_status lqi_hull_make(lq_context *context, const lqi_placed_solid *solids, size_t count, const lqi_box *box,
                        lqi_hull *hull);
void lqi_hull_free(lqi_hull *hull);

/* How far it reaches along a direction: the largest dot product. */
double lqi_hull_reach(const lqi_hull *hull, const double direction[3]);

#endif
