/* Which triangles are so thin that they have no area: the cross product of two edges against the longest edge. */
#ifndef LQI_SLIVERS_H
#define LQI_SLIVERS_H

#include "kernel/corner_rows.h"

/* A triangle lower than this share of its longest edge is a sliver. */
#define LQI_SLIVER_SHARE 1e-12

/* Sets bit i of `mask` for each sliver among the first `count` triangles, clears all others. Degenerate triangles are
 * slivers, and so is one whose products overflow to NaN. */
typedef void lqi_slivers_fn(const lqi_rows *rows, size_t count, uint64_t mask[LQI_BLOCK_WORDS]);

lqi_slivers_fn lqi_slivers_scalar;
lqi_slivers_fn lqi_slivers_avx2;
lqi_slivers_fn lqi_slivers_avx512;
lqi_slivers_fn lqi_slivers_neon;

#endif
