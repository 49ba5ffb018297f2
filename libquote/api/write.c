/* Parts as files for other programs. */
#include "api/objects.h"
#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "format/write_stl.h"
#include "format/write_threemf.h"

typedef struct receiver {
    lq_context *context;
    lq_sink sink;
    int64_t offset;
} receiver;

static lq_status hand_out(void *user, const void *bytes, size_t size)
{
    receiver *r = user;
    if (r->sink.write(r->sink.user, bytes, size))
        return lqi_fail(r->context, LQI_IO, r->offset, "The file could not be written.");
    r->offset += (int64_t)size;
    return LQ_OK;
}

static lq_status write_scene(lq_context *context, const lqi_write_scene *scene, lq_write_format format,
                             const lqi_out *out)
{
    switch (format) {
    case LQ_WRITE_STL_BINARY: return lqi_write_stl(context, scene, false, out);
    case LQ_WRITE_STL_ASCII: return lqi_write_stl(context, scene, true, out);
    case LQ_WRITE_3MF: return lqi_write_threemf(context, scene, out);
    default: return lqi_fail(context, LQI_ARGUMENT, -1, "Parts are written as STL or 3MF.");
    }
}

lq_status lq_part_write(lq_context *context, const lq_part *part, lq_write_format format, const lq_sink *sink)
{
    if (!context) return LQ_ERR_ARGUMENT;
    lqi_begin(context);
    receiver receive = {.context = context};
    lqi_copy_options(&receive.sink, sizeof receive.sink, sink);
    if (!part || !receive.sink.write)
        return lqi_fail(context, LQI_ARGUMENT, -1, "Writing needs a part and somewhere to write it.");
    if (lqi_part_is_soup(part))
        return lqi_fail(context, LQI_ARGUMENT, -1, "The part was read for the certificate alone: it has no triangles.");
    lq_status status = LQ_OK;
    lqi_write_mesh *meshes = lqi_alloc_array(context, part->mesh_count, sizeof *meshes);
    lqi_write_instance *instances = meshes ? lqi_alloc_array(context, part->instance_count, sizeof *instances) : NULL;
    if (!instances) {
        status = lqi_memory_status(context);
        goto done;
    }
    for (size_t i = 0; i < part->mesh_count; i++) {
        const lqi_mesh *mesh = &part->meshes[i].mesh;
        meshes[i] = (lqi_write_mesh){mesh->position, mesh->corner, mesh->vertex_count, mesh->triangle_count};
    }
    size_t instance_count = 0;
    for (size_t i = 0; i < part->instance_count; i++) {
        const lqi_part_instance *instance = &part->instances[i];
        if (instance->role == LQ_ROLE_MODEL)
            instances[instance_count++] = (lqi_write_instance){instance->transform, instance->mesh, instance->item};
    }
    const lqi_write_scene scene = {meshes,         part->mesh_count, instances,
                                   instance_count, part->item_names, part->item_count};
    const lqi_out out = {hand_out, &receive};
    status = write_scene(context, &scene, format, &out);
done:
    lqi_free(context, instances);
    lqi_free(context, meshes);
    return status;
}
