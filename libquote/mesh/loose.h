/* Facets that share no vertex with any other, where most are like that: nothing has to be found out about them, and
 * their edges need not be stored. */
#ifndef LQI_LOOSE_H
#define LQI_LOOSE_H

#include "mesh/mesh.h"

/* Facet `triangle + i` has the corners `vertex + 3i`, + 1 and + 2. */
typedef struct lqi_loose_run {
    uint32_t triangle, vertex, count;
} lqi_loose_run;

typedef struct lqi_loose {
    lqi_loose_run *run; /* ascending; lqi_loose_free */
    uint32_t run_count;
    uint32_t facet_count; /* in all runs */
} lqi_loose;

/* No run at all unless the facets in runs are at least half of the mesh, and the runs few. */
lq_status lqi_loose_find(lq_context *context, const lqi_mesh *mesh, lqi_loose *loose);
void lqi_loose_free(lq_context *context, lqi_loose *loose);

/* What lies in front of run i, or behind the last one. */
typedef struct lqi_loose_gap {
    uint32_t first_triangle, end_triangle;
    uint32_t first_vertex, end_vertex;
} lqi_loose_gap;

/* i <= run_count. */
static inline lqi_loose_gap lqi_loose_gap_at(const lqi_loose *loose, const lqi_mesh *mesh, uint32_t i)
{
    lqi_loose_gap gap = {0, mesh->triangle_count, 0, mesh->vertex_count};
    if (i < loose->run_count) gap.end_triangle = loose->run[i].triangle, gap.end_vertex = loose->run[i].vertex;
    if (!i) return gap;
    const lqi_loose_run *before = &loose->run[i - 1];
    gap.first_triangle = before->triangle + before->count;
    gap.first_vertex = before->vertex + 3 * before->count;
    return gap;
}

#endif
