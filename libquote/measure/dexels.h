/* A body as runs of solid along columns in three directions: what walls, gaps, overhangs and voids are read from. */
#ifndef LQI_DEXELS_H
#define LQI_DEXELS_H

#include "measure/raster.h"
#include "mesh/edges.h"

#define LQI_DEXELS_ACROSS 256 /* columns on the longest side of the body, where nobody asks for others */
#define LQI_DEXELS_ACROSS_LEAST 16
#define LQI_DEXELS_ACROSS_MAX 2048
#define LQI_NO_FACET UINT32_MAX

/* One closed solid of a body, in a shape's terms: `solid`, `solid_flag`, `inside_out`. All is borrowed. */
typedef struct lqi_placed_solid {
    const lqi_mesh *mesh;
    const uint8_t *flag;     /* per triangle LQI_TRIANGLE_..., or NULL */
    const double *transform; /* to millimetres, 12 numbers in the order of 3MF; NULL: it is in millimetres */
    bool turned;             /* all of it is inside out; mirrors are found here */
} lqi_placed_solid;

/* Solid between two heights in mm. Facets are numbered over all solids of the body in their order. */
typedef struct lqi_run {
    double low, high;
    uint32_t low_facet, high_facet;
} lqi_run;

/* Columns follow `axis`; u = (axis + 1) % 3 is across, v = (axis + 2) % 3 deep. Column v * across[0] + u has its centre
 * at origin + (u + 0.5, v + 0.5) * cell. */
typedef struct lqi_dexel_axis {
    int axis;
    uint32_t across[2];
    double origin[2], cell; /* mm */
    uint32_t *first;        /* per column and one more: its first run. Runs of a column rise and are apart. */
    lqi_run *run;
    uint32_t dropped; /* columns where the surface is not closed: they have no runs */
} lqi_dexel_axis;

typedef struct lqi_dexels {
    lq_context *context;
    lqi_dexel_axis axis[3];
    lqi_box box;   /* mm */
    float *normal; /* 3 per facet: outward, of length 1; 0 0 0 for facets without an area and those that do not count */
    uint32_t facet_count;
    double cell;   /* mm, the same in all directions */
    bool examined; /* false: no size, or no budget even for the fewest columns. Then there are no columns. */
    bool coarser;  /* fewer columns than asked for: the budget ended */
} lqi_dexels;

/* Where solids overlap they unite: solid is where the surface winds around more than nothing. across: columns on the
 * longest side, 0 for LQI_DEXELS_ACROSS. The caller frees *dexels when this succeeds. LQ_ERR_LIMIT: too many facets. */
lq_status lqi_dexels_make(lq_context *context, const lqi_placed_solid *solids, size_t count, int across,
                          lqi_dexels *dexels);
void lqi_dexels_free(lqi_dexels *dexels);

/* The centre of column `index` along u (way 0) or v (way 1). */
static inline double lqi_dexel_centre(const lqi_dexel_axis *axis, int way, uint32_t index)
{
    return axis->origin[way] + ((double)index + 0.5) * axis->cell;
}

#endif
