/* Looks at the triangles around every vertex. Where all of them close to one circle nothing else is to be found out;
 * only the edges between two vertices of another kind need a closer look. */
#ifndef LQI_MESH_STARS_H
#define LQI_MESH_STARS_H

#include "mesh/loose.h"
#include "mesh/mesh.h"

typedef struct lqi_stars {
    uint64_t *irregular; /* a bit per vertex that triangles use and that is not inside one closed fan of three or more;
                            both ends of every edge not used by exactly two triangles in opposite directions are */
    uint32_t irregular_count;
    uint32_t pinched_count;    /* of those: a closed fan and something else meet in it, which is further closed fans if
                                  all edges of the mesh are regular */
    uint32_t pinched_first;    /* vertex, when there are any */
    uint32_t degenerate_count; /* triangles (lqi_is_degenerate) that are no part of all that */
} lqi_stars;

/* Without those around the vertices of loose facets: none of them counts as irregular. */
lq_status lqi_stars_find(lq_context *context, const lqi_mesh *mesh, const lqi_loose *loose, lqi_stars *stars);
void lqi_stars_free(lq_context *context, lqi_stars *stars);

static inline bool lqi_is_irregular(const lqi_stars *stars, uint32_t vertex)
{
    return stars->irregular[vertex / 64] >> vertex % 64 & 1;
}

/* A vertex that is not marked yet. */
static inline void lqi_stars_mark(lqi_stars *stars, uint32_t vertex, bool pinched)
{
    stars->irregular[vertex / 64] |= (uint64_t)1 << vertex % 64;
    stars->irregular_count++;
    if (pinched && (!stars->pinched_count || vertex < stars->pinched_first)) stars->pinched_first = vertex;
    stars->pinched_count += pinched;
}

/* Takes back a mark, if there is one, that does not say pinched. */
static inline void lqi_stars_unmark(lqi_stars *stars, uint32_t vertex)
{
    stars->irregular_count -= lqi_is_irregular(stars, vertex);
    stars->irregular[vertex / 64] &= ~((uint64_t)1 << vertex % 64);
}

#endif
