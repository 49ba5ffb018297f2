#include "measure/body.h"

#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "measure/box.h"
#include "mesh/junctions.h"
#include "mesh/repair_tjunctions.h"

/* What is narrower than this share of the diagonal, and than so many units of the mesh, has no width. */
#define WIDTH_SHARE 1e-5
#define WIDTH_MAX 0.05

static double distance(const double *a, const double *b)
{
    double x = a[0] - b[0], y = a[1] - b[1], z = a[2] - b[2];
    return sqrt(x * x + y * y + z * z);
}

/* No more than what a triangle sweeps over when its corners move so far. The sum of its sides' components stands for
 * its circumference, which is not longer. */
static double swept(const lqi_mesh *mesh, uint32_t triangle, double far)
{
    const double *a = lqi_mesh_corner(mesh, triangle, 0), *b = lqi_mesh_corner(mesh, triangle, 1),
                 *c = lqi_mesh_corner(mesh, triangle, 2);
    double u[3], v[3], around = 0;
    for (int k = 0; k < 3; k++) {
        u[k] = b[k] - a[k], v[k] = c[k] - a[k];
        around += fabs(u[k]) + fabs(v[k]) + fabs(u[k] - v[k]);
    }
    double x = u[1] * v[2] - u[2] * v[1], y = u[2] * v[0] - u[0] * v[2], z = u[0] * v[1] - u[1] * v[0];
    double area = sqrt(x * x + y * y + z * z) / 2;
    return far * (area + far * around + 4 * far * far);
}

/* Any corner of a crack may be where all of them belong. */
static lq_status find_doubt(lq_context *context, const lqi_mesh *mesh, const lqi_cracks *cracks, double *doubt)
{
    uint8_t *moves = lqi_alloc_zeroed(context, mesh->vertex_count, 1);
    if (!moves) return lqi_memory_status(context);
    for (uint32_t v = 0; v < mesh->vertex_count; v++)
        if (cracks->to[v] != v) moves[v] = moves[cracks->to[v]] = 1;
    *doubt = 0;
    for (uint32_t t = 0; t < mesh->triangle_count; t++) {
        const uint32_t *corner = mesh->corner + (size_t)3 * t;
        if (moves[corner[0]] | moves[corner[1]] | moves[corner[2]]) *doubt += swept(mesh, t, cracks->farthest);
    }
    lqi_free(context, moves);
    return LQ_OK;
}

static void use_closed(lqi_body *body)
{
    body->mesh = &body->closed;
    body->topology = &body->closed_topology;
}

static lq_status weld_cracks(lq_context *context, const lqi_mesh *mesh, lqi_body *body)
{
    LQI_TRY(find_doubt(context, mesh, &body->cracks, &body->doubt));
    LQI_TRY(lqi_cracks_weld(context, mesh, &body->cracks, &body->closed));
    LQI_TRY(lqi_topology_find(context, &body->closed, &body->closed_topology));
    if (body->closed_topology.any_triangle) {
        use_closed(body);
        return LQ_OK;
    }
    /* Nothing but splinters that are thinner than the cracks. */
    lqi_topology_free(context, &body->closed_topology);
    lqi_mesh_free(context, &body->closed);
    body->cracks = (lqi_cracks){0};
    body->doubt = 0;
    return LQ_OK;
}

static bool is_another(const lqi_mesh *before, const lqi_mesh *after, uint32_t triangle)
{
    size_t at = (size_t)3 * triangle;
    return triangle >= before->triangle_count || memcmp(before->corner + at, after->corner + at, 3 * sizeof(uint32_t));
}

/* With edges divided at the corners that lie on them, where that closes something. */
static lq_status divide_edges(lq_context *context, lqi_body *body)
{
    lqi_draft draft;
    lqi_topology topology;
    LQI_TRY(lqi_draft_begin(context, body->mesh, &draft));
    lq_status status;
    double farthest;
    LQI_TRY_GOTO(lqi_repair_tjunctions(&draft, body->topology, &body->t_junctions, &farthest));
    if (!body->t_junctions) goto done;
    LQI_TRY_GOTO(lqi_topology_find(context, &draft.mesh, &topology));
    for (uint32_t t = 0; t < draft.mesh.triangle_count; t++)
        if (is_another(body->mesh, &draft.mesh, t)) body->doubt += swept(&draft.mesh, t, farthest);
    if (body->topology == &body->closed_topology) lqi_topology_free(context, &body->closed_topology);
    lqi_mesh_free(context, &body->closed);
    body->closed = draft.mesh;
    body->closed_topology = topology;
    use_closed(body);
    return LQ_OK;
done:
    lqi_draft_free(&draft);
    return status;
}

static lq_status close_junctions(lq_context *context, lqi_body *body)
{
    if (!body->topology->open_edges) return LQ_OK;
    lqi_box box = lqi_box_of_mesh(body->mesh, body->topology->flag,
                                  body->topology->degenerate_triangles || body->topology->opposed_triangles);
    body->width = fmax(fmin(WIDTH_SHARE * distance(box.min, box.max), WIDTH_MAX), body->cracks.tolerance);
    bool any;
    LQI_TRY(lqi_junctions_look(context, body->mesh, body->topology, body->width, &any));
    return any ? divide_edges(context, body) : LQ_OK;
}

/* The cap of a slit measures its area, and there and back again its sides are its length. */
static bool only_slits_are_open(const lqi_body *body)
{
    for (uint32_t i = 0; i < body->boundary.loop_count; i++) {
        const lqi_boundary_loop *loop = &body->boundary.loop[i];
        if (4 * loop->cap_area > body->width * loop->length) return false;
    }
    return true;
}

lq_status lqi_body_make(lq_context *context, const lqi_mesh *mesh, const lqi_topology *topology, lqi_body *body)
{
    *body = (lqi_body){.mesh = mesh, .topology = topology};
    lq_status status;
    uint32_t pieces = 0;
    LQI_TRY_GOTO(lqi_cracks_close(context, mesh, topology, &body->cracks));
    if (body->cracks.to) LQI_TRY_GOTO(weld_cracks(context, mesh, body));
    LQI_TRY_GOTO(close_junctions(context, body));
    if (body->mesh != mesh) LQI_TRY_GOTO(lqi_boundary_count(context, mesh, topology, &pieces));
    LQI_TRY_GOTO(lqi_boundary_find(context, body->mesh, body->topology, &body->boundary));
    if (body->mesh != mesh) body->boundary.open_loop_count = pieces;
    body->whole = only_slits_are_open(body);
done:
    if (status != LQ_OK) lqi_body_free(context, body);
    return status;
}

void lqi_body_free(lq_context *context, lqi_body *body)
{
    lqi_boundary_free(context, &body->boundary);
    lqi_cracks_free(context, &body->cracks);
    if (body->topology == &body->closed_topology) lqi_topology_free(context, &body->closed_topology);
    lqi_mesh_free(context, &body->closed);
    *body = (lqi_body){0};
}
