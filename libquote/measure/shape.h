/* Everything that is measured of one distinct mesh, once, in its own coordinates. */
#ifndef LQI_SHAPE_H
#define LQI_SHAPE_H

#include "measure/body.h"
#include "measure/box.h"
#include "measure/columns.h"
#include "measure/moments.h"
#include "measure/pass.h"
#include "measure/shells.h"
#include "mesh/certificate.h"
#include "mesh/topology.h"

typedef struct lqi_shape {
    const lqi_mesh *mesh;
    const lqi_patch *patch; /* what closes a surface that was measured without a mesh; NULL: nothing, or it is whole */
    lqi_box box;            /* of the body */
    lqi_mesh_certificate certificate;
    bool topology_examined;
    lqi_topology topology;     /* valid when examined, like everything below */
    lqi_body body;             /* of the mesh; only its mesh is set when topology was not examined */
    lqi_mesh solid;            /* the body with its caps: the same positions, more triangles */
    const uint8_t *solid_flag; /* per triangle of `solid`; NULL: there is none */
    const uint32_t *solid_shell;
    uint32_t *own_corner; /* what the solid does not share with the body; NULL: nothing */
    uint8_t *own_flag;
    uint32_t *own_shell;
    lqi_shells shells; /* of the solid, turned when inside_out */
    lqi_columns columns;
    bool closed_after_repair; /* without caps, but for those that have no width */
    bool inside_out;          /* everything is turned in `made` */
    bool sheet;               /* an open surface: volume means nothing */
    bool volume_is_zero;
    bool overlaps;                  /* material lies in material: the volume is sampled there */
    bool volume_examined;           /* false: the work budget ended before nesting and overlaps were known */
    bool moments_known;             /* centroid and inertia in `made` belong to its volume */
    lqi_volume_by_rule by_rule;     /* of the file as it stands; meaningful when closed and examined */
    lqi_moments stored;             /* as the file stands, degenerate triangles apart */
    lqi_moments made;               /* of the part that would be made, about the same reference */
    double volume_low, volume_high; /* of the made part; equal when it is known exactly */
    double volume_cavity;           /* if nested solids are cavities; NaN when there are none */
    double volume_solid;            /* if inverted shells are solid */
    double *normals;                /* placed_area.c: 3 rows of normal_count, or NULL */
    size_t normal_count;
    uint64_t sliver_triangles;
    int64_t sliver_triangle;
    uint32_t shells_solid, shells_cavity, shells_nested, shells_inverted;
} lqi_shape;

lq_status lqi_shape_measure(lq_context *context, const lqi_mesh *mesh, lq_topology depth, lq_fill fill,
                            lqi_shape *shape);
/* The same from facets that were measured while they were read, at certificate depth. mesh: without triangles. */
void lqi_shape_of_soup(const lqi_mesh *mesh, const lqi_pass_measures *soup, lqi_shape *shape);

void lqi_shape_free(lq_context *context, lqi_shape *shape);

#endif
