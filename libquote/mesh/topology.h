/* Exact topology of a mesh as it stands: edge classes, orientation, shells, copies. */
#ifndef LQI_TOPOLOGY_H
#define LQI_TOPOLOGY_H

#include "mesh/edges.h"
#include "mesh/mesh.h"

#define LQI_NO_SHELL UINT32_MAX

typedef struct lqi_topology {
    uint64_t degenerate_triangles;
    uint64_t duplicate_triangles;
    uint64_t duplicates_kept;    /* of those: dropping them would open the surface */
    uint64_t opposite_pairs;     /* as the file stands */
    uint64_t opposed_triangles;  /* marked LQI_TRIANGLE_OPPOSED, when misoriented ones are turned */
    uint64_t open_edges;         /* used by one facet */
    uint64_t non_manifold_edges; /* used by more than two */
    uint64_t odd_edges;          /* used an odd number of times */
    uint64_t unbalanced_edges;   /* not walked equally often both ways */
    uint64_t freed_edges;        /* left with two facets that walk them the same way: which is to be turned is open */
    uint64_t turned_edges;       /* used by two facets that walk it the same way */
    uint64_t misoriented_triangles;
    uint64_t non_orientable_patches;
    uint64_t pinched_vertices; /* several closed fans meet in them; counted where every edge is regular, else 0 */
    bool manifold;
    bool any_triangle; /* some triangle is not degenerate */
    uint32_t shell_count;
    uint32_t *shell; /* per triangle; LQI_NO_SHELL for degenerate ones. Numbered by first triangle. */
    uint8_t *flag;   /* per triangle: LQI_TRIANGLE_... */
    /* A place for each kind of finding: a triangle, or -1. */
    int64_t open_triangle, non_manifold_triangle, misoriented_triangle, duplicate_triangle, degenerate_triangle;
    int64_t opposite_triangle, non_orientable_triangle, pinched_triangle;
    double open_length; /* of all open edges, file units */
    lqi_edges edges;    /* those between irregular vertices; every open, crowded or unbalanced one is among them */
} lqi_topology;

lq_status lqi_topology_find(lq_context *context, const lqi_mesh *mesh, lqi_topology *topology);
void lqi_topology_free(lq_context *context, lqi_topology *topology);

#endif
