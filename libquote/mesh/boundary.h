/* Where a mesh is open, and what closing it there would add. */
#ifndef LQI_BOUNDARY_H
#define LQI_BOUNDARY_H

#include "mesh/topology.h"

/* One simple closed loop of the boundary chain that is left after duplicates are dropped and misoriented triangles
 * turned, with a cap: a strip zipped between its two sides. For a flat loop any cap has the same volume and area; in a
 * crack the strip stays within the crack. */
typedef struct lqi_boundary_loop {
    uint32_t edge_count;
    uint32_t first; /* of its edge_count vertices in `path` */
    double length;
    double vector_area[3]; /* of any cap */
    double cap_area;
    double slack; /* how far another sensible cap may lie from this one: out of flatness or width, the smaller */
    uint32_t shell;
} lqi_boundary_loop;

typedef struct lqi_boundary {
    lqi_boundary_loop *loop;
    uint32_t loop_count;
    uint32_t *path; /* the vertices of all loops, each in the order in which the facets walk it */
    uint32_t path_count;
    uint32_t *cap_corner; /* 3 vertices of the mesh per triangle of all caps */
    uint32_t *cap_shell;  /* which shell each of them closes */
    uint32_t cap_count;
    uint32_t open_loop_count; /* connected pieces of the edges used once, as the file stands */
} lqi_boundary;

/* Caps of more than this share of the surface close nothing: it is an open surface. */
#define LQI_CAP_SHARE_MAX 0.25

typedef struct lqi_openings {
    double cap_area;
    double uncertain; /* volume between these caps and others */
    double least;     /* area that any caps have at least */
} lqi_openings;

/* Sums over all loops. */
lqi_openings lqi_boundary_openings(const lqi_boundary *boundary);

/* The connected pieces alone, of the edges used once. */
lq_status lqi_boundary_count(lq_context *context, const lqi_mesh *mesh, const lqi_topology *topology, uint32_t *pieces);

lq_status lqi_boundary_find(lq_context *context, const lqi_mesh *mesh, const lqi_topology *topology,
                            lqi_boundary *boundary);
void lqi_boundary_free(lq_context *context, lqi_boundary *boundary);

#endif
