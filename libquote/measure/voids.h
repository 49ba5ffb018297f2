/* Enclosed voids: empty space inside a body from which no way leads out. */
#ifndef LQI_VOIDS_H
#define LQI_VOIDS_H

#include "measure/dexels.h"

#define LQI_VOIDS_LISTED 16

typedef struct lqi_void {
    double volume;   /* mm3 */
    double point[3]; /* in it, mm: the middle of its longest column */
    lqi_box box;     /* mm, to half a cell across the columns */
} lqi_void;

/* Ways lead along the lines of the columns in all three directions: walls are seen however thin they are, a hole is
 * seen where a line goes through it. A round hole wider than 1.5 cells is, whatever its direction; one narrower than a
 * cell may be taken for closed, and a void narrower than a cell may be missed. The volume of a void is right to 1 %
 * when it is 16 cells wide, to 4 % at 6 cells. */
typedef struct lqi_voids {
    bool examined;
    uint32_t count;
    double volume; /* mm3, all together */
    uint32_t listed;
    lqi_void largest[LQI_VOIDS_LISTED]; /* by volume, falling */
} lqi_voids;

lq_status lqi_voids_measure(const lqi_dexels *dexels, lqi_voids *voids);

/* Of the lattice of the columns (voids_space.h). */
typedef struct lqi_lattice_point {
    uint32_t at[3];
} lqi_lattice_point;

/* Which of these points of empty space lie in a void; held: count, the caller's. */
lq_status lqi_voids_hold(const lqi_dexels *dexels, const lqi_lattice_point *points, size_t count, bool *held);

#endif
