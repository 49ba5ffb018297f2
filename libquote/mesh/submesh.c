#include "mesh/submesh.h"

#include <string.h>

#include "base/memory.h"

#define NO_VERTEX UINT32_MAX

lq_status lqi_submesh(lq_context *context, const lqi_mesh *mesh, uint32_t first, uint32_t count, lqi_mesh *out)
{
    *out = (lqi_mesh){.triangle_count = count, .indexed = mesh->indexed};
    uint32_t *renumbered = lqi_alloc_array(context, mesh->vertex_count, sizeof *renumbered);
    out->corner = renumbered ? lqi_alloc_array(context, (size_t)count * 3, sizeof *out->corner) : NULL;
    if (!out->corner) goto no_memory;
    memset(renumbered, 0xFF, (size_t)mesh->vertex_count * sizeof *renumbered);
    for (size_t i = 0; i < (size_t)count * 3; i++) {
        uint32_t v = mesh->corner[(size_t)first * 3 + i];
        if (renumbered[v] == NO_VERTEX) renumbered[v] = out->vertex_count++;
        out->corner[i] = renumbered[v];
    }
    out->position = lqi_alloc_array(context, (size_t)out->vertex_count * 3, sizeof *out->position);
    if (!out->position) goto no_memory;
    for (uint32_t v = 0; v < mesh->vertex_count; v++)
        if (renumbered[v] != NO_VERTEX)
            memcpy(out->position + (size_t)3 * renumbered[v], mesh->position + (size_t)3 * v, 3 * sizeof(double));
    out->index_vertices = out->vertex_count;
    lqi_free(context, renumbered);
    return LQ_OK;
no_memory:
    lqi_free(context, renumbered);
    lqi_mesh_free(context, out);
    return lqi_memory_status(context);
}
