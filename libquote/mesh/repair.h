/* A mesh as it stands becomes one that can be printed from: closed, oriented, without copies. What is sound keeps its
 * place and its bits; nothing is smoothed, moved or refined. */
#ifndef LQI_REPAIR_H
#define LQI_REPAIR_H

#include "mesh/mesh.h"

typedef struct lqi_repair_counts {
    uint64_t degenerate, duplicate; /* triangles left out */
    uint64_t opposite;              /* pairs left out */
    uint64_t misoriented;           /* triangles turned against their neighbours */
    uint64_t cracks;                /* vertices moved onto another */
    uint64_t t_junctions;           /* vertices in the middle of an edge that became its ends */
    uint64_t loops;                 /* boundary loops closed */
    uint64_t loops_coarse;          /* of those: with the plainest cap, where a better one took too much work */
    uint64_t scraps;                /* facets left out that hung on nothing and enclosed nothing */
    uint64_t edges, vertices;       /* edges and single points at which bodies were separated */
    uint64_t unfinished;            /* meshes whose work budget ended before all was looked at */
    uint64_t steps;                 /* that changed something */
} lqi_repair_counts;

/* Everything but separating. fill: close boundary loops; false: the mesh is a surface and stays one. Counts are added.
 * `out` may be empty when nothing but copies was there. */
lq_status lqi_repair(lq_context *context, const lqi_mesh *mesh, bool fill, lqi_mesh *out, lqi_repair_counts *counts);

/* Where bodies touch in edges or points each gets vertices of its own, at the same places: the mesh is manifold by its
 * indices afterwards, not by its positions. The mesh is oriented. Takes the mesh and gives another in its place. */
lq_status lqi_repair_separate(lq_context *context, lqi_mesh *mesh, lqi_repair_counts *counts);

#endif
