/* Cuts solids into layers: at the middle height of each, the outlines as closed loops and as a bit plane. */
#ifndef LQI_CUTTER_H
#define LQI_CUTTER_H

#include "estimate/machine.h"
#include "estimate/outline.h"
#include "estimate/plane.h"
#include "mesh/mesh.h"

/* Closed after the flags (LQI_TRIANGLE_... in mesh/edges.h, or NULL); borrowed. */
typedef struct lqi_estimate_solid {
    const lqi_mesh *mesh;
    const uint8_t *flag;
    bool inside_out;         /* every triangle is turned */
    const double *transform; /* 12 numbers to millimetres, x' = t0 x + t3 y + t6 z + t9; NULL: as it stands */
} lqi_estimate_solid;

static inline void lqi_place_point(const double *transform, const double from[3], double to[3])
{
    for (int k = 0; k < 3; k++)
        to[k] = transform ? transform[k] * from[0] + transform[3 + k] * from[1] + transform[6 + k] * from[2] +
                                transform[9 + k]
                          : from[k];
}

static inline bool lqi_is_mirrored(const double *t)
{
    return t && t[0] * (t[4] * t[8] - t[5] * t[7]) - t[3] * (t[1] * t[8] - t[2] * t[7]) +
                        t[6] * (t[1] * t[5] - t[2] * t[4]) <
                    0;
}

/* Coordinates of a layer are turned by 45 degrees, so that rows of pixels run along the lines of infill:
 * u = (x + y) / sqrt 2, v = (y - x) / sqrt 2. */

typedef struct lqi_cut {
    bool same; /* as the layer below, to a ten-thousandth of a millimetre: nothing else is told */
    double area_mm2, outline_mm;
    bool open;     /* some outline does not close */
    bool overlaps; /* outlines wind around some point more than once: the plane knows better */
    lqi_loop *loops;
    size_t loop_count;
    lqi_pieces pieces;
    lqi_plane plane;
    uint64_t pixels; /* of the plane */
} lqi_cut;

typedef struct lqi_cutter lqi_cutter;

/* pixel_mm: of the grid, doubled where a part is so large that its planes would be too many. */
lq_status lqi_cutter_create(lq_context *context, const lqi_estimate_solid *solids, size_t solid_count,
                            const lqi_machine *machine, double pixel_mm, lqi_cutter **cutter);
void lqi_cutter_free(lqi_cutter *cutter);

/* Too many layers, or too many crossings of triangles and layers: nothing can be cut. */
bool lqi_cutter_refused(const lqi_cutter *cutter);
int32_t lqi_cutter_layer_count(const lqi_cutter *cutter);
const lqi_grid *lqi_cutter_grid(const lqi_cutter *cutter);
/* Of the placed solids: from, to, in the axes of the part. */
const double *lqi_cutter_box(const lqi_cutter *cutter);

/* Layers from 0 up, each once. cut->plane.bits is the caller's; loops belong to the cutter until the next. */
lq_status lqi_cutter_next(lqi_cutter *cutter, lqi_cut *cut);

#endif
