/* Cracks: places where facets should meet but their corners differ a little, as rounded text and careless exporters
 * leave them. Only corners of open edges are candidates, so what is closed is never touched, however fine it is. */
#ifndef LQI_CRACKS_H
#define LQI_CRACKS_H

#include "mesh/topology.h"

/* unbalanced: edges that an odd number of facets uses, copies (LQI_TRIANGLE_DUPLICATE) left out. */
typedef struct lqi_cracks {
    uint32_t *to;     /* per vertex: the one that stands for it; itself if it stays. NULL: all stay */
    uint32_t moved;   /* vertices that another one stands for */
    double tolerance; /* none of them moves further, in the mesh's own unit; 0 when none moves */
    double farthest;  /* that one of them moves; not less than the truth */
    uint64_t unbalanced_before, unbalanced_after;
} lqi_cracks;

/* Tries a ladder of tolerances: 4 units in the last place of a float of the size of the mesh, 1e-6 and 1e-5 of its
 * diagonal, and last the least of 1e-4 of it, a quarter of the shortest edge between candidates, and 0.05. Takes the
 * first that closes everything; if none does, the least of those that close as much as the largest. One that does not
 * lower the count, or takes the area from a triangle higher than it, is not taken. */
lq_status lqi_cracks_close(lq_context *context, const lqi_mesh *mesh, const lqi_topology *topology, lqi_cracks *cracks);
void lqi_cracks_free(lq_context *context, lqi_cracks *cracks);

/* The mesh with its cracks closed: the same triangles in the same order, some of them without area now, over the
 * vertices that are left, in order of first use. cracks->to is not NULL, and is used up. */
lq_status lqi_cracks_weld(lq_context *context, const lqi_mesh *mesh, lqi_cracks *cracks, lqi_mesh *welded);

#endif
