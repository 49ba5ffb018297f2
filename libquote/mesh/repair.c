#include "mesh/repair.h"

#include <math.h>
#include <string.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "mesh/boundary.h"
#include "mesh/cracks.h"
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

/* Of the area of the mesh. */
#define SCRAP_SHARE 1e-3

/* ---- which open shells are surfaces, not solids? ---- */

typedef struct enclosed {
    double volume, area;
    uint32_t facet_count; /* without caps */
    bool open;
} enclosed;

/* What becomes of an open shell. Of those that enclose nothing single facets and scraps are noise; a larger one may
 * have been meant, and it is for its author to say how thick. */
enum { CLOSE, LEAVE_OPEN, LEAVE_OUT };

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

static uint8_t judge(const enclosed *in, double area_of_mesh)
{
    if (!in->open || fabs(in->volume) > NOTHING_SHARE * in->area * sqrt(in->area)) return CLOSE;
    return in->facet_count == 1 || in->area <= SCRAP_SHARE * area_of_mesh ? LEAVE_OUT : LEAVE_OPEN;
}

/* *fate: per shell. */
static lq_status judge_shells(lq_context *context, const lqi_mesh *mesh, const lqi_topology *topology,
                              const lqi_boundary *boundary, uint8_t **fate)
{
    enclosed *in = lqi_alloc_zeroed(context, topology->shell_count, sizeof *in);
    *fate = in ? lqi_alloc_zeroed(context, topology->shell_count, 1) : NULL;
    if (!*fate) {
        lqi_free(context, in);
        return lqi_memory_status(context);
    }
    double area = 0;
    for (uint32_t i = 0; i < boundary->loop_count; i++) in[boundary->loop[i].shell].open = true;
    for (uint32_t t = 0; t < mesh->triangle_count; t++)
        if (topology->shell[t] != LQI_NO_SHELL) {
            in[topology->shell[t]].facet_count++;
            add_triangle(mesh, mesh->corner + (size_t)3 * t, &in[topology->shell[t]]);
        }
    for (uint32_t s = 0; s < topology->shell_count; s++) area += in[s].area;
    for (uint32_t i = 0; i < boundary->cap_count; i++)
        add_triangle(mesh, boundary->cap_corner + (size_t)3 * i, &in[boundary->cap_shell[i]]);
    for (uint32_t s = 0; s < topology->shell_count; s++) (*fate)[s] = judge(&in[s], area);
    lqi_free(context, in);
    return LQ_OK;
}

/* ---- rounds ---- */

/* Triangles that lose their area in a crack are no loss. */
static lq_status close_cracks(lqi_draft *draft, const lqi_topology *topology, lqi_repair_counts *counts, bool *changed)
{
    lqi_cracks cracks;
    LQI_TRY(lqi_cracks_close(draft->context, &draft->mesh, topology, &cracks));
    *changed = cracks.moved != 0;
    for (size_t i = 0; *changed && i < (size_t)3 * draft->mesh.triangle_count; i++)
        draft->mesh.corner[i] = cracks.to[draft->mesh.corner[i]];
    if (*changed) lqi_draft_drop_degenerate(draft);
    counts->cracks += cracks.moved;
    lqi_cracks_free(draft->context, &cracks);
    return LQ_OK;
}

/* *dropped: facets of scraps that were left out. */
static lq_status drop_scraps(lqi_draft *draft, const lqi_topology *topology, const uint8_t *fate, uint64_t *dropped)
{
    uint8_t *drop = lqi_alloc_array(draft->context, draft->mesh.triangle_count, 1);
    if (!drop) return lqi_memory_status(draft->context);
    for (uint32_t t = 0; t < draft->mesh.triangle_count; t++) {
        drop[t] = topology->shell[t] != LQI_NO_SHELL && fate[topology->shell[t]] == LEAVE_OUT;
        *dropped += drop[t];
    }
    if (*dropped) lqi_draft_drop(draft, drop);
    lqi_free(draft->context, drop);
    return LQ_OK;
}

static lq_status fill(lqi_draft *draft, const lqi_topology *topology, lqi_repair_counts *counts, bool *changed)
{
    lq_context *context = draft->context;
    lqi_boundary boundary;
    uint8_t *fate = NULL;
    uint64_t before = counts->loops, scraps = 0;
    lq_status status;
    LQI_TRY(lqi_boundary_find(context, &draft->mesh, topology, &boundary));
    if (!boundary.loop_count) return LQ_OK;
    LQI_TRY_GOTO(judge_shells(context, &draft->mesh, topology, &boundary, &fate));
    LQI_TRY_GOTO(drop_scraps(draft, topology, fate, &scraps));
    if (!scraps) status = lqi_fill_loops(draft, topology, &boundary, fate, counts);
    counts->scraps += scraps;
    *changed = scraps || counts->loops != before;
done:
    lqi_free(context, fate);
    lqi_boundary_free(context, &boundary);
    return status;
}

/* The first step that finds something to do; the topology is another afterwards. */
static lq_status do_one_step(lqi_draft *draft, const lqi_topology *topology, bool may_fill, lqi_repair_counts *counts,
                             bool *changed)
{
    LQI_TRY(lqi_repair_copies(draft, topology, counts, changed));
    if (*changed || !topology->unbalanced_edges) return LQ_OK;
    LQI_TRY(close_cracks(draft, topology, counts, changed));
    if (*changed) return LQ_OK;
    uint64_t divided;
    LQI_TRY(lqi_repair_tjunctions(draft, topology, &divided, NULL));
    counts->t_junctions += divided;
    *changed = divided != 0;
    return *changed || !may_fill ? LQ_OK : fill(draft, topology, counts, changed);
}

lq_status lqi_repair(lq_context *context, const lqi_mesh *mesh, bool may_fill, lqi_mesh *out, lqi_repair_counts *counts)
{
    *out = (lqi_mesh){0};
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
        counts->steps += changed;
        lqi_topology_free(context, &topology);
        if (status != LQ_OK) goto done;
    }
    counts->unfinished += !lqi_draft_may_look(&draft, 0);
    status = lqi_draft_finish(&draft, out);
done:
    lqi_draft_free(&draft);
    return status;
}
