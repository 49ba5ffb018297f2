#include "mesh/repair.h"

#include <math.h>
#include <string.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "mesh/boundary.h"
#include "mesh/fill.h"
#include "mesh/repair_copies.h"
#include "mesh/repair_draft.h"
#include "mesh/repair_tjunctions.h"
#include "mesh/topology.h"

/* Each step may make work for another: a cap may lie on a triangle, a divided edge may meet a third. What is not
 * settled after so many is left as it is. */
#define ROUNDS_MAX 12

/* An open shell of less volume than this, with its openings closed, encloses nothing: rounding lifts a flat one by
 * less, and a plate of a millionth of its width is still above it. */
#define NOTHING_SHARE 1e-6

/* ---- which open shells are surfaces, not solids? ---- */

typedef struct enclosed {
    double volume, area;
    bool open;
} enclosed;

static void add_triangle(const lqi_mesh *mesh, const uint32_t *corner, enclosed *in)
{
    double edge[3][3], normal[3];
    const double *origin = mesh->position;
    for (size_t e = 0; e < 3; e++)
        for (size_t k = 0; k < 3; k++)
            edge[e][k] =
                mesh->position[(size_t)3 * corner[e] + k] - (e ? mesh->position[(size_t)3 * corner[0] + k] : origin[k]);
    for (int k = 0; k < 3; k++)
        normal[k] = edge[1][(k + 1) % 3] * edge[2][(k + 2) % 3] - edge[1][(k + 2) % 3] * edge[2][(k + 1) % 3];
    in->area += sqrt(normal[0] * normal[0] + normal[1] * normal[1] + normal[2] * normal[2]) / 2;
    in->volume += (normal[0] * edge[0][0] + normal[1] * edge[0][1] + normal[2] * edge[0][2]) / 6;
}

/* *leave: per shell, 1 where its loops stay open. */
static lq_status find_surfaces(lq_context *context, const lqi_mesh *mesh, const lqi_topology *topology,
                               const lqi_boundary *boundary, uint8_t **leave)
{
    enclosed *in = lqi_alloc_zeroed(context, topology->shell_count, sizeof *in);
    *leave = in ? lqi_alloc_zeroed(context, topology->shell_count, 1) : NULL;
    if (!*leave) {
        lqi_free(context, in);
        return lqi_memory_status(context);
    }
    for (uint32_t i = 0; i < boundary->loop_count; i++) in[boundary->loop[i].shell].open = true;
    for (uint32_t t = 0; t < mesh->triangle_count; t++)
        if (topology->shell[t] != LQI_NO_SHELL && in[topology->shell[t]].open)
            add_triangle(mesh, mesh->corner + (size_t)3 * t, &in[topology->shell[t]]);
    for (uint32_t i = 0; i < boundary->cap_count; i++)
        add_triangle(mesh, boundary->cap_corner + (size_t)3 * i, &in[boundary->cap_shell[i]]);
    for (uint32_t s = 0; s < topology->shell_count; s++)
        (*leave)[s] = in[s].open && fabs(in[s].volume) <= NOTHING_SHARE * in[s].area * sqrt(in[s].area);
    lqi_free(context, in);
    return LQ_OK;
}

/* ---- rounds ---- */

static lq_status fill(lqi_draft *draft, const lqi_topology *topology, lqi_repair_counts *counts, bool *changed)
{
    lq_context *context = draft->context;
    lqi_boundary boundary;
    uint8_t *leave = NULL;
    uint64_t before = counts->loops;
    lq_status status;
    LQI_TRY(lqi_boundary_find(context, &draft->mesh, topology, &boundary));
    if (!boundary.loop_count) return LQ_OK;
    LQI_TRY_GOTO(find_surfaces(context, &draft->mesh, topology, &boundary, &leave));
    LQI_TRY_GOTO(lqi_fill_loops(draft, topology, &boundary, leave, counts));
    *changed = counts->loops != before;
done:
    lqi_free(context, leave);
    lqi_boundary_free(context, &boundary);
    return status;
}

/* The first step that finds something to do; the topology is another afterwards. */
static lq_status do_one_step(lqi_draft *draft, const lqi_topology *topology, bool may_fill, lqi_repair_counts *counts,
                             bool *changed)
{
    LQI_TRY(lqi_repair_copies(draft, topology, counts, changed));
    if (*changed || !topology->unbalanced_edges) return LQ_OK;
    uint64_t divided;
    LQI_TRY(lqi_repair_tjunctions(draft, topology, &divided));
    counts->t_junctions += divided;
    *changed = divided != 0;
    return *changed || !may_fill ? LQ_OK : fill(draft, topology, counts, changed);
}

lq_status lqi_repair(lq_context *context, const lqi_mesh *mesh, bool may_fill, lqi_mesh *out, lqi_repair_counts *counts)
{
    *out = (lqi_mesh){0};
    counts->closed = true;
    lqi_draft draft;
    LQI_TRY(lqi_draft_begin(context, mesh, &draft));
    lq_status status = LQ_OK;
    bool changed = true;
    for (int round = 0; round < ROUNDS_MAX && changed && draft.mesh.triangle_count; round++) {
        lqi_topology topology;
        changed = false;
        LQI_TRY_GOTO(lqi_progress(context, "repair", (uint64_t)round, ROUNDS_MAX));
        LQI_TRY_GOTO(lqi_topology_find(context, &draft.mesh, &topology));
        status = do_one_step(&draft, &topology, may_fill, counts, &changed);
        counts->closed = topology.unbalanced_edges == 0;
        lqi_topology_free(context, &topology);
        if (status != LQ_OK) goto done;
    }
    if (changed) counts->closed = false;
    status = lqi_draft_finish(&draft, out);
done:
    lqi_draft_free(&draft);
    return status;
}
