/* Which triangles may cover the centre of a column, seen along one axis: corners snap to sub-cells, and a triangle
 * whose box holds no centre is out. Most triangles of a fine mesh are. */
#ifndef LQI_COLUMN_COVER_H
#define LQI_COLUMN_COVER_H

#include "kernel/corner_rows.h"

/* Corners snap to 1/256 of a cell, so that edge functions are exact in 64 bits and a shared edge is the same for both
 * of its triangles: every column of a closed mesh balances. */
#define LQI_SUBCELLS 256

typedef struct lqi_column_grid {
    int axis[2];      /* which axis of the mesh is across, which deep */
    double origin[2]; /* no corner lies before it */
    double scale;     /* sub-cells per unit of length; (corner - origin) * scale stays below 2^30 */
} lqi_column_grid;

typedef struct lqi_snapped {
    int32_t at[6][LQI_BLOCK]; /* ax ay bx by cx cy in sub-cells, rounded to nearest, halves up */
} lqi_snapped;

/* Samples are cell centres. First cell whose centre is not below v; last whose centre is not above. */
static inline int64_t lqi_first_cell(int64_t v) { return (v + (LQI_SUBCELLS - 1 - LQI_SUBCELLS / 2)) >> 8; }
static inline int64_t lqi_last_cell(int64_t v) { return (v - LQI_SUBCELLS / 2) >> 8; }

/* Snaps the first `count` triangles; sets bit i of `mask` for each whose box holds centres, clears all others. Where it
 * holds one centre alone, the triangle must have an area and the centre must not lie strictly outside of it. */
typedef void lqi_column_cover_fn(const lqi_rows *rows, size_t count, const lqi_column_grid *grid, lqi_snapped *snapped,
                                 uint64_t mask[LQI_BLOCK_WORDS]);

lqi_column_cover_fn lqi_column_cover_scalar;
lqi_column_cover_fn lqi_column_cover_avx2;
lqi_column_cover_fn lqi_column_cover_avx512;
lqi_column_cover_fn lqi_column_cover_neon;

#endif
