/* Everything that is measured of one distinct mesh, once, in its own coordinates. */
#ifndef LQI_SHAPE_H
#define LQI_SHAPE_H

#include "measure/box.h"
#include "measure/columns.h"
#include "measure/moments.h"
#include "measure/shells.h"
#include "mesh/boundary.h"
#include "mesh/certificate.h"
#include "mesh/topology.h"

/* A cap of more than this share of the surface closes nothing: the mesh is an open surface. */
#define LQI_CAP_SHARE_MAX 0.25

typedef struct lqi_shape {
    const lqi_mesh *mesh;
    lqi_box box;
    lqi_mesh_certificate certificate;
    bool topology_examined;
    lqi_topology topology;  /* valid when examined, like boundary and shells */
    lqi_boundary boundary;
    lqi_shells shells;
    bool closed_after_repair; /* the chain of flags and dropped copies has no boundary */
    bool inside_out;          /* everything is turned in `made` */
    bool sheet;               /* an open surface: volume means nothing */
    bool volume_is_zero;
    lqi_columns columns;        /* of the repaired chain, when closed */
    bool overlaps;              /* material lies in material: the volume by rule is sampled there */
    bool by_rule_known;
    lqi_volume_by_rule by_rule; /* of the file as it stands; meaningful when closed */
    lqi_moments stored;       /* as the file stands, degenerate triangles apart */
    lqi_moments made;         /* of the part that would be made, about the same reference */
    double volume_low, volume_high; /* of the made part; equal when closed */
    double volume_cavity;     /* if nested solids are cavities; NaN when there are none */
    uint64_t sliver_triangles;
    int64_t sliver_triangle;
    uint32_t shells_solid, shells_cavity, shells_nested, shells_inverted;
} lqi_shape;

lq_status lqi_shape_measure(lq_context *context, const lqi_mesh *mesh, lq_topology depth, lq_fill fill, lqi_shape *shape);
void lqi_shape_free(lq_context *context, lqi_shape *shape);

#endif
