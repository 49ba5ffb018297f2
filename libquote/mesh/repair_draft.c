#include "mesh/repair_draft.h"

#include <string.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"

lq_status lqi_draft_begin(lq_context *context, const lqi_mesh *mesh, lqi_draft *draft)
{
    *draft = (lqi_draft){.context = context, .mesh = *mesh};
    draft->position_capacity = (size_t)3 * mesh->vertex_count;
    draft->corner_capacity = (size_t)3 * mesh->triangle_count;
    draft->mesh.corner = NULL;
    draft->mesh.position = lqi_alloc_array(context, draft->position_capacity, sizeof *mesh->position);
    if (draft->mesh.position)
        draft->mesh.corner = lqi_alloc_array(context, draft->corner_capacity, sizeof *mesh->corner);
    if (!draft->mesh.corner) {
        lqi_draft_free(draft);
        return lqi_memory_status(context);
    }
    if (mesh->vertex_count) memcpy(draft->mesh.position, mesh->position, draft->position_capacity * sizeof(double));
    if (mesh->triangle_count) memcpy(draft->mesh.corner, mesh->corner, draft->corner_capacity * sizeof(uint32_t));
    return LQ_OK;
}

void lqi_draft_free(lqi_draft *draft)
{
    if (draft->context) lqi_mesh_free(draft->context, &draft->mesh);
    *draft = (lqi_draft){0};
}

lq_status lqi_draft_finish(lqi_draft *draft, lqi_mesh *mesh)
{
    lqi_mesh *from = &draft->mesh;
    *mesh = (lqi_mesh){0};
    uint32_t *number = lqi_alloc_array(draft->context, from->vertex_count, sizeof *number), count = 0;
    double *position = number ? lqi_alloc_array(draft->context, from->vertex_count, 3 * sizeof *position) : NULL;
    if (!position) {
        lqi_free(draft->context, number);
        lq_status status = lqi_memory_status(draft->context);
        lqi_draft_free(draft);
        return status;
    }
    memset(number, 0xFF, (size_t)from->vertex_count * sizeof *number);
    for (size_t i = 0; i < (size_t)3 * from->triangle_count; i++) {
        uint32_t vertex = from->corner[i];
        if (number[vertex] == UINT32_MAX) {
            memcpy(position + (size_t)3 * count, from->position + (size_t)3 * vertex, 3 * sizeof *position);
            number[vertex] = count++;
        }
        from->corner[i] = number[vertex];
    }
    *mesh = (lqi_mesh){.position = position,
                       .corner = from->corner,
                       .vertex_count = count,
                       .triangle_count = from->triangle_count,
                       .indexed = from->indexed,
                       .index_vertices = count};
    from->corner = NULL;
    lqi_free(draft->context, number);
    lqi_draft_free(draft);
    return LQ_OK;
}

lq_status lqi_draft_add_triangle(lqi_draft *draft, uint32_t a, uint32_t b, uint32_t c)
{
    lqi_mesh *mesh = &draft->mesh;
    if (mesh->triangle_count >= LQI_TRIANGLE_COUNT_MAX)
        return lqi_fail_over_limit(draft->context, "triangles", LQI_TRIANGLE_COUNT_MAX,
                                   (uint64_t)mesh->triangle_count + 1);
    size_t count = (size_t)3 * mesh->triangle_count;
    LQI_TRY(lqi_grow(draft->context, (void **)&mesh->corner, &draft->corner_capacity, count + 3, sizeof *mesh->corner));
    uint32_t *corner = mesh->corner + count;
    corner[0] = a, corner[1] = b, corner[2] = c;
    mesh->triangle_count++;
    return LQ_OK;
}

lq_status lqi_draft_copy_vertex(lqi_draft *draft, uint32_t vertex, uint32_t *copy)
{
    lqi_mesh *mesh = &draft->mesh;
    size_t count = (size_t)3 * mesh->vertex_count;
    if (mesh->vertex_count == UINT32_MAX - 1)
        return lqi_fail_over_limit(draft->context, "vertices", UINT32_MAX - 1, UINT32_MAX);
    LQI_TRY(lqi_grow(draft->context, (void **)&mesh->position, &draft->position_capacity, count + 3,
                     sizeof *mesh->position));
    memcpy(mesh->position + count, mesh->position + (size_t)3 * vertex, 3 * sizeof *mesh->position);
    *copy = mesh->vertex_count++;
    return LQ_OK;
}

static void keep(lqi_mesh *mesh, uint32_t *kept, uint32_t triangle)
{
    if (*kept != triangle)
        memcpy(mesh->corner + (size_t)3 * *kept, mesh->corner + (size_t)3 * triangle, 3 * sizeof *mesh->corner);
    ++*kept;
}

void lqi_draft_drop(lqi_draft *draft, const uint8_t *drop)
{
    lqi_mesh *mesh = &draft->mesh;
    uint32_t kept = 0;
    for (uint32_t t = 0; t < mesh->triangle_count; t++)
        if (!drop[t]) keep(mesh, &kept, t);
    mesh->triangle_count = kept;
}

void lqi_draft_drop_degenerate(lqi_draft *draft)
{
    lqi_mesh *mesh = &draft->mesh;
    uint32_t kept = 0;
    for (uint32_t t = 0; t < mesh->triangle_count; t++)
        if (!lqi_is_degenerate(mesh->corner + (size_t)3 * t)) keep(mesh, &kept, t);
    mesh->triangle_count = kept;
}

bool lqi_draft_may(lqi_draft *draft, uint64_t work)
{
    draft->work += work;
    return draft->work <= draft->context->limits.work_units;
}

bool lqi_draft_may_look(lqi_draft *draft, uint64_t work)
{
    draft->context->looks += work;
    return lqi_draft_may(draft, work) && draft->context->looks / LQI_LOOK_BUDGETS <= draft->context->limits.work_units;
}
