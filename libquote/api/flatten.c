#include "api/flatten.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/context.h"
#include "base/fail.h"
#include "measure/moments.h"
#include "mesh/builder.h"

#define PROGRESS_TRIANGLES 4096

bool lqi_is_flat(const lq_part *part)
{
    if (part->instance_count != 1 || !lqi_transform_is_identity(part->instances[0].transform)) return false;
    const lqi_mesh *mesh = &part->meshes[part->instances[0].mesh].mesh;
    for (size_t i = 0; i < (size_t)3 * mesh->vertex_count; i++) {
        double x = mesh->position[i];
        if (!(fabs(x) <= (double)FLT_MAX) || (double)(float)x != x) return false;
    }
    return true;
}

static lq_status place_corner(lq_context *context, const double *m, const double *p, float out[3])
{
    for (int k = 0; k < 3; k++) {
        double x = p[0] * m[k] + p[1] * m[3 + k] + p[2] * m[6 + k] + m[9 + k];
        if (!(fabs(x) <= (double)FLT_MAX))
            return lqi_fail(context, LQI_RANGE, -1, "The part is too large to be written as STL.");
        out[k] = (float)x + 0.0f;
    }
    return LQ_OK;
}

static lq_status add_instance(lq_context *context, const lqi_mesh *mesh, const double transform[12],
                              lqi_mesh_builder *builder)
{
    bool mirrored = lqi_transform_determinant(transform) < 0;
    for (uint32_t t = 0; t < mesh->triangle_count; t++) {
        float corner[9];
        if (t % PROGRESS_TRIANGLES == 0) LQI_TRY(lqi_progress(context, "repair", t, mesh->triangle_count));
        for (int k = 0; k < 3; k++)
            LQI_TRY(place_corner(context, transform, lqi_mesh_corner(mesh, t, mirrored && k ? 3 - k : k),
                                 corner + 3 * (size_t)k));
        LQI_TRY(lqi_mesh_builder_facets(builder, corner, 1));
    }
    return LQ_OK;
}

lq_status lqi_flatten(lq_context *context, const lq_part *part, lqi_mesh *mesh)
{
    lqi_mesh_builder builder;
    lqi_mesh_builder_init(&builder, context);
    lq_status status = LQ_OK;
    for (size_t i = 0; i < part->instance_count && status == LQ_OK; i++) {
        const lqi_part_instance *instance = &part->instances[i];
        if (instance->role == LQ_ROLE_MODEL)
            status = add_instance(context, &part->meshes[instance->mesh].mesh, instance->transform, &builder);
    }
    if (status == LQ_OK) return lqi_mesh_builder_finish(&builder, mesh);
    lqi_mesh_builder_free(&builder);
    return status;
}
