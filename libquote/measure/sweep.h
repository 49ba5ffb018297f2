/* One pass over the triangles of a mesh: each block of corners is gathered once, and everything that is wanted of it is
 * measured while it is in the cache. What does not depend on order runs on the context's threads. */
#ifndef LQI_SWEEP_H
#define LQI_SWEEP_H

#include "measure/moments.h"
#include "measure/raster.h"
#include "measure/shells.h"
#include "mesh/certificate.h"

typedef struct lqi_slivers {
    uint64_t count; /* degenerate triangles apart */
    int64_t first;  /* triangle, or -1 */
} lqi_slivers;

typedef struct lqi_sweep {
    const lqi_mesh *mesh;
    const uint8_t *flag; /* per triangle LQI_TRIANGLE_..., or NULL; needed by made, shells, raster where there is any */
    const uint32_t *shell;   /* per triangle; needed by shells and raster */
    const double *reference; /* of the moments */
    const double *transform; /* applied to every corner, or NULL */
    /* What is wanted; NULL: not. The moments are those of the kernel, not yet divided. */
    double *stored; /* LQI_MOMENT_COUNT sums: all triangles as they stand */
    double *made;   /* the same after the flags: degenerate and duplicate ones count nothing, flipped ones are turned */
    lqi_mesh_certificate *certificate;
    lqi_slivers *slivers;
    lqi_shells *shells; /* with room made; their nesting follows */
    lqi_raster *raster; /* the sorting follows */
} lqi_sweep;

/* Applies a transform to the corners of the first `count` triangles of a block. */
void lqi_rows_transform(lqi_rows *rows, size_t count, const double transform[12]);

lq_status lqi_sweep_run(lq_context *context, const lqi_sweep *sweep);

#endif
