/* The signed volume of the tetrahedron between an origin and each triangle, one by one, and the box of all corners. */
#ifndef LQI_TETRAHEDRA_H
#define LQI_TETRAHEDRA_H

#include "kernel/corner_rows.h"

/* volume: one number per triangle, det(a, b, c) / 6 as seen from the origin, each operation rounded once; room for
 * LQI_BLOCK. box: min x y z, max x y z, widened by the corners. Coordinates are finite, no -0. */
typedef void lqi_tetrahedra_fn(const lqi_rows *rows, size_t count, const double origin[3], double *volume,
                               double box[6]);

lqi_tetrahedra_fn lqi_tetrahedra_scalar;
lqi_tetrahedra_fn lqi_tetrahedra_avx2;
lqi_tetrahedra_fn lqi_tetrahedra_avx512;
lqi_tetrahedra_fn lqi_tetrahedra_neon;

#endif
