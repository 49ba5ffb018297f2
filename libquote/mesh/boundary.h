/* Where a mesh is open, and what closing it there would add. */
#ifndef LQI_BOUNDARY_H
#define LQI_BOUNDARY_H

#include "mesh/topology.h"

/* One connected piece of the boundary chain that is left after duplicates are dropped and misoriented triangles turned.
 * A cap is a fan from the piece's centre; for a flat piece any cap has the same volume and area. */
typedef struct lqi_boundary_loop {
    uint64_t edge_count; /* with multiplicity */
    double length;
    double centre[3];
    double vector_area[3]; /* of the fan */
    double cap_area;
    double cap_volume;  /* that the fan adds to a signed volume about `reference` */
    double flatness;    /* largest distance of a corner from the plane of the fan's vector area */
    uint32_t vertex;    /* one of its vertices */
} lqi_boundary_loop;

typedef struct lqi_boundary {
    lqi_boundary_loop *loop; /* in order of smallest vertex */
    uint32_t loop_count;
    uint32_t open_loop_count; /* pieces of the edges used once, as the file stands */
} lqi_boundary;

lq_status lqi_boundary_find(lq_context *context, const lqi_mesh *mesh, const lqi_topology *topology,
                            const double reference[3], lqi_boundary *boundary);
void lqi_boundary_free(lq_context *context, lqi_boundary *boundary);

#endif
