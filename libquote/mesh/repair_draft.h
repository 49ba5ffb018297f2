/* A mesh that is being repaired: its arrays grow, and a step may leave vertices behind that nothing uses. */
#ifndef LQI_REPAIR_DRAFT_H
#define LQI_REPAIR_DRAFT_H

#include "mesh/mesh.h"

typedef struct lqi_draft {
    lq_context *context;
    lqi_mesh mesh; /* positions may repeat: a vertex that was split stands in one place twice */
    size_t position_capacity, corner_capacity;
    uint64_t work; /* operations so far that are not linear in the mesh */
} lqi_draft;

/* A copy of the mesh. On failure nothing is held. */
lq_status lqi_draft_begin(lq_context *context, const lqi_mesh *mesh, lqi_draft *draft);
void lqi_draft_free(lqi_draft *draft);

/* Gives the mesh, its vertices in order of first use, and frees the draft, also on failure. */
lq_status lqi_draft_finish(lqi_draft *draft, lqi_mesh *mesh);

lq_status lqi_draft_add_triangle(lqi_draft *draft, uint32_t a, uint32_t b, uint32_t c);

/* A vertex at the place of another. */
lq_status lqi_draft_copy_vertex(lqi_draft *draft, uint32_t vertex, uint32_t *copy);

/* Leaves out the triangles whose byte is not zero; the others keep their order. */
void lqi_draft_drop(lqi_draft *draft, const uint8_t *drop);

/* Leaves out those with two equal corners. */
void lqi_draft_drop_degenerate(lqi_draft *draft);

static inline void lqi_draft_turn(lqi_draft *draft, uint32_t triangle)
{
    uint32_t *corner = draft->mesh.corner + (size_t)3 * triangle, second = corner[1];
    corner[1] = corner[2];
    corner[2] = second;
}

/* Adds to the work done; false when the context's budget is spent. */
bool lqi_draft_may(lqi_draft *draft, uint64_t work);

/* The same for what every round of a repair, and every measure of what it made, looks for anew: all of them together
 * have LQI_LOOK_BUDGETS budgets in one public call. */
#define LQI_LOOK_BUDGETS 4
bool lqi_draft_may_look(lqi_draft *draft, uint64_t work);

#endif
