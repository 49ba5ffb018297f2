/* Where a body's surface looks, and what of it looks down: summed over facets, without columns. */
#ifndef LQI_NORMALS_H
#define LQI_NORMALS_H

#include "measure/dexels.h"

/* Directions in cells on the sides of a cube. An odd number: the axes lie in the middle of one, where the rounding of
 * flat faces does not scatter them. */
#define LQI_NORMAL_SIDE 15
#define LQI_NORMAL_BINS (6 * LQI_NORMAL_SIDE * LQI_NORMAL_SIDE)

#define LQI_DEGREES 90

/* What lies so near to the bed belongs to the first layer, and what gap is so low is printed over. */
#define LQI_LAYER_MM 0.2
/* A facet that stands on the bed looks down at least like this. */
#define LQI_BED_COSINE 0.99

typedef struct lqi_normal_bin {
    double area;   /* mm2 */
    double sum[3]; /* mm2 times outward normals */
} lqi_normal_bin;

typedef struct lqi_normals {
    lqi_normal_bin bin[LQI_NORMAL_BINS]; /* by lqi_cube_cell */
    /* Of what looks down, not on the bed: mm2 by inclination, [k] from k to k + 1 degrees away from level. A facet that
     * is less than a hundredth of a degree short of k counts as k: its corners are rounded. */
    double down[LQI_DEGREES];
    double bed; /* mm2 that stand on the bed */
} lqi_normals;

/* The bed is the bottom of the box, which is that of the placed solids. Where solids overlap, what is inside counts
 * too. */
lq_status lqi_normals_gather(lq_context *context, const lqi_placed_solid *solids, size_t count, const lqi_box *box,
                             lqi_normals *normals);

/* Inclination from level, 0 .. 89, of a facet by the cosine to straight down, > 0. */
int lqi_down_degree(double cosine);

/* Mean normal of a cell, of length 1; false: it is empty. */
bool lqi_normal_of_bin(const lqi_normals *normals, uint32_t bin, double out[3]);

#endif
