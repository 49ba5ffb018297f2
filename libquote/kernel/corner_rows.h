/* The corners of a block of triangles as nine rows (ax ay az bx by bz cx cy cz): gathered once, then every measure
 * reads rows from the first-level cache. Prefetches what comes after, because the corners of a shuffled mesh lie
 * anywhere. */
#ifndef LQI_CORNER_ROWS_H
#define LQI_CORNER_ROWS_H

#include <stddef.h>
#include <stdint.h>

#define LQI_LANES 8
#define LQI_BLOCK 256 /* triangles: nine rows of doubles stay in the first-level cache */
#define LQI_ROW_COUNT 9
#define LQI_BLOCK_WORDS (LQI_BLOCK / 64) /* of a mask with one bit per triangle */

typedef struct lqi_rows {
    double row[LQI_ROW_COUNT][LQI_BLOCK];
} lqi_rows;

/* xyz: 3 doubles per vertex; corner: 3 vertex numbers for each of `count` <= LQI_BLOCK triangles and for `following`
 * more, which may be looked at to prefetch. Fills the first `count` of each row. */
typedef void lqi_corner_rows_fn(const double *xyz, const uint32_t *corner, size_t count, size_t following,
                                lqi_rows *rows);

lqi_corner_rows_fn lqi_corner_rows_scalar;
lqi_corner_rows_fn lqi_corner_rows_avx2;
lqi_corner_rows_fn lqi_corner_rows_neon;

#endif
