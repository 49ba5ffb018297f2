#include "mesh/submesh.h"

#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/sort.h"

/* Work in proportion to the range, not to the mesh: a file may name very many ranges of one mesh. */
lq_status lqi_submesh(lq_context *context, const lqi_mesh *mesh, uint32_t first, uint32_t count, lqi_mesh *out)
{
    *out = (lqi_mesh){.triangle_count = count, .indexed = mesh->indexed, .seams_closed = mesh->seams_closed};
    size_t corner_count = (size_t)count * 3;
    uint64_t *use = lqi_alloc_array(context, corner_count, sizeof *use); /* vertex << 32 | where it is used */
    lq_status status = LQ_OK;
    out->corner = use ? lqi_alloc_array(context, corner_count, sizeof *out->corner) : NULL;
    if (!out->corner) goto no_memory;
    for (size_t i = 0; i < corner_count; i++) use[i] = (uint64_t)mesh->corner[(size_t)first * 3 + i] << 32 | i;
    lqi_sort_u64(use, corner_count);
    for (size_t i = 0; i < corner_count; i++) {
        bool is_new = i == 0 || use[i] >> 32 != use[i - 1] >> 32;
        out->vertex_count += is_new;
        out->corner[(uint32_t)use[i]] = out->vertex_count - 1;
    }
    out->position = lqi_alloc_array(context, (size_t)out->vertex_count * 3, sizeof *out->position);
    if (!out->position) goto no_memory;
    for (size_t i = 0; i < corner_count; i++)
        memcpy(out->position + (size_t)3 * out->corner[i],
               mesh->position + (size_t)3 * mesh->corner[(size_t)first * 3 + i], 3 * sizeof(double));
    out->index_vertices = out->vertex_count;
    lqi_free(context, use);
    return status;
no_memory:
    status = lqi_memory_status(context);
    lqi_free(context, use);
    lqi_mesh_free(context, out);
    return status;
}
