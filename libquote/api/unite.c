#include "api/unite.h"

#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "mesh/weld.h"

/* Rounding of volumes, as a share of the sum. */
#define NOISE_SHARE 1e-9

/* Copies of an item are placed by translations that were rounded in the file. */
#define SHIFT_NOISE 1e-9

static void place_mesh(lqi_indexed *g, const lqi_mesh *mesh, const double m[12], bool turned)
{
    for (size_t i = 0; i < mesh->vertex_count; i++) {
        const double *p = mesh->position + 3 * i;
        double *out = g->xyz + 3 * (g->vertex_count + i);
        for (int k = 0; k < 3; k++) out[k] = p[0] * m[k] + p[1] * m[3 + k] + p[2] * m[6 + k] + m[9 + k];
    }
    for (size_t t = 0; t < mesh->triangle_count; t++) {
        const uint32_t *corner = mesh->corner + 3 * t;
        uint32_t *out = g->corner + 3 * (g->triangle_count + t), base = (uint32_t)g->vertex_count;
        out[0] = base + corner[0];
        out[1] = base + corner[turned ? 2 : 1];
        out[2] = base + corner[turned ? 1 : 2];
    }
    g->vertex_count += mesh->vertex_count;
    g->triangle_count += mesh->triangle_count;
}

static bool is_model(const lq_part *part, size_t i) { return part->instances[i].role == LQ_ROLE_MODEL; }

static lq_status gather(lq_context *context, const lq_part *part, const lqi_shape *shapes, const lqi_united *united,
                        lqi_indexed *g)
{
    uint64_t vertices = 0, triangles = 0;
    for (size_t i = united->first; i < united->first + united->count; i++) {
        if (!is_model(part, i)) continue;
        vertices += part->meshes[part->instances[i].mesh].mesh.vertex_count;
        triangles += part->meshes[part->instances[i].mesh].mesh.triangle_count;
    }
    if (vertices >= UINT32_MAX || triangles > LQI_TRIANGLE_COUNT_MAX)
        return lqi_fail_over_limit(context, "triangles", LQI_TRIANGLE_COUNT_MAX, triangles);
    g->xyz = lqi_alloc_array(context, (size_t)vertices, 3 * sizeof *g->xyz);
    g->corner = g->xyz ? lqi_alloc_array(context, (size_t)triangles, 3 * sizeof *g->corner) : NULL;
    if (!g->corner) return lqi_memory_status(context);
    for (size_t i = united->first; i < united->first + united->count; i++) {
        if (!is_model(part, i)) continue;
        const lqi_part_instance *instance = &part->instances[i];
        bool mirrored = lqi_transform_determinant(instance->transform) < 0;
        place_mesh(g, &part->meshes[instance->mesh].mesh, instance->transform,
                   mirrored != shapes[instance->mesh].inside_out);
    }
    return LQ_OK;
}

static bool is_plausible(const lqi_united *united, double largest)
{
    const lqi_shape *shape = &united->shape;
    double noise = NOISE_SHARE * united->volume_sum;
    return shape->closed_after_repair && shape->volume_examined && !shape->sheet && !shape->inside_out &&
           shape->volume_high >= largest - noise && shape->volume_low <= united->volume_sum + noise;
}

/* A sampled volume lies between these all the same. */
static void narrow(lqi_united *united, double least)
{
    lqi_shape *shape = &united->shape;
    shape->volume_low = fmin(fmax(shape->volume_low, least), united->volume_sum);
    shape->volume_high = fmax(fmin(shape->volume_high, united->volume_sum), shape->volume_low);
    shape->made.volume = fmin(fmax(shape->made.volume, shape->volume_low), shape->volume_high);
}

lq_status lqi_unite(lq_context *context, const lq_part *part, const lqi_shape *shapes, size_t first, size_t count,
                    double shared_most, lq_fill fill, lqi_united *united)
{
    *united = (lqi_united){.first = first, .count = count};
    double largest = 0;
    for (size_t i = first; i < first + count; i++) {
        if (!is_model(part, i)) continue;
        const lqi_shape *shape = &shapes[part->instances[i].mesh];
        if (!shape->closed_after_repair || !shape->volume_examined || shape->sheet) return LQ_OK;
        double volume = shape->made.volume * fabs(lqi_transform_determinant(part->instances[i].transform));
        united->volume_sum += volume;
        largest = fmax(largest, volume);
    }
    lqi_indexed g = {0};
    lq_status status;
    LQI_TRY_GOTO(gather(context, part, shapes, united, &g));
    LQI_TRY_GOTO(lqi_weld(context, &g, &united->mesh));
    LQI_TRY_GOTO(lqi_shape_measure(context, &united->mesh, LQ_TOPOLOGY_FULL, fill, &united->shape));
    united->known = is_plausible(united, largest);
    if (united->known) narrow(united, fmax(largest, united->volume_sum - shared_most));
done:
    lqi_indexed_free(context, &g);
    if (status != LQ_OK) lqi_united_free(context, united);
    return status;
}

void lqi_united_free(lq_context *context, lqi_united *united)
{
    if (united->shape.mesh) lqi_shape_free(context, &united->shape);
    lqi_mesh_free(context, &united->mesh);
    *united = (lqi_united){0};
}

bool lqi_united_again(const lq_part *part, const lqi_united *united, size_t first, size_t count)
{
    if (!united->count || count != united->count) return false;
    double shift[3];
    for (size_t i = 0; i < count; i++) {
        const lqi_part_instance *a = &part->instances[united->first + i], *b = &part->instances[first + i];
        if (a->mesh != b->mesh || a->role != b->role) return false;
        if (memcmp(a->transform, b->transform, 9 * sizeof(double)) != 0) return false;
        for (int k = 0; k < 3; k++) {
            double moved = b->transform[9 + k] - a->transform[9 + k];
            if (i == 0) shift[k] = moved;
            if (fabs(moved - shift[k]) > SHIFT_NOISE * (1 + fabs(moved))) return false;
        }
    }
    return true;
}
