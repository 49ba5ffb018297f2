/* The narrowest place of a way out, found exactly from a place near to it. */
#ifndef LQI_ESCAPE_POLISH_H
#define LQI_ESCAPE_POLISH_H

#include "measure/voids_space.h"

/* point: mm, in the narrowest place along the way; moves across `way`, of length 1, by about `reach` to where it is
 * widest. diameter: mm, of the ball about the point; becomes that of the largest ball that goes through. */
lq_status lqi_neck_polish(const lqi_dexels *dexels, const double way[3], double reach, double point[3],
                          double *diameter);

#endif
