#include "mesh/builder.h"

#include <string.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "mesh/seams.h"

#define NO_VERTEX UINT32_MAX

void lqi_mesh_free(lq_context *context, lqi_mesh *mesh)
{
    lqi_free(context, mesh->position);
    lqi_free(context, mesh->corner);
    *mesh = (lqi_mesh){0};
}

void lqi_mesh_builder_init(lqi_mesh_builder *builder, lq_context *context)
{
    *builder = (lqi_mesh_builder){.context = context};
}

void lqi_mesh_builder_free(lqi_mesh_builder *builder)
{
    if (!builder->context) return;
    lqi_soup_free(&builder->welded_soup);
    lqi_weld_free(&builder->weld);
    lqi_free(builder->context, builder->corner);
    lqi_free(builder->context, builder->vertex);
    *builder = (lqi_mesh_builder){.context = builder->context};
}

static lq_status reserve_triangles(lqi_mesh_builder *builder, uint32_t count)
{
    lq_context *context = builder->context;
    uint64_t limit =
        context->limits.triangles < LQI_TRIANGLE_COUNT_MAX ? context->limits.triangles : LQI_TRIANGLE_COUNT_MAX;
    uint64_t after = (uint64_t)builder->triangle_count + count;
    if (after > limit) return lqi_fail_over_limit(context, "triangles", limit, after);
    return lqi_grow(context, (void **)&builder->corner, &builder->corner_capacity, (size_t)after * 3, sizeof(uint32_t));
}

lq_status lqi_mesh_builder_expect(lqi_mesh_builder *builder, uint64_t triangle_count)
{
    if (triangle_count > LQI_TRIANGLE_COUNT_MAX) triangle_count = LQI_TRIANGLE_COUNT_MAX;
    if (!builder->welded_soup.context)
        LQI_TRY(lqi_soup_init(&builder->welded_soup, builder->context, triangle_count * 3));
    return lqi_grow(builder->context, (void **)&builder->corner, &builder->corner_capacity, (size_t)triangle_count * 3,
                    sizeof(uint32_t));
}

lq_status lqi_mesh_builder_facets(lqi_mesh_builder *builder, const float *corners, uint32_t count)
{
    if (!builder->welded_soup.context) LQI_TRY(lqi_soup_init(&builder->welded_soup, builder->context, 0));
    LQI_TRY(reserve_triangles(builder, count));
    LQI_TRY(
        lqi_soup_add(&builder->welded_soup, corners, (size_t)3 * count, builder->corner, builder->triangle_count * 3));
    builder->triangle_count += count;
    return LQ_OK;
}

lq_status lqi_mesh_builder_vertices(lqi_mesh_builder *builder, const double *xyz, uint32_t count)
{
    builder->indexed = true;
    uint64_t after = (uint64_t)builder->vertex_count + count;
    if (after > builder->context->limits.vertices || after >= NO_VERTEX)
        return lqi_fail_over_limit(builder->context, "vertices", builder->context->limits.vertices, after);
    LQI_TRY(lqi_grow(builder->context, (void **)&builder->vertex, &builder->vertex_capacity, (size_t)after * 3,
                     sizeof(double)));
    memcpy(builder->vertex + builder->vertex_count * 3, xyz, (size_t)count * 3 * sizeof(double));
    builder->vertex_count += count;
    return LQ_OK;
}

lq_status lqi_mesh_builder_triangles(lqi_mesh_builder *builder, const uint32_t *corners, uint32_t count)
{
    builder->indexed = true;
    LQI_TRY(reserve_triangles(builder, count));
    memcpy(builder->corner + builder->triangle_count * 3, corners, (size_t)count * 3 * sizeof(uint32_t));
    builder->triangle_count += count;
    return LQ_OK;
}

/* What each given vertex becomes: those that triangles use are welded, in order of first use. */
static lq_status weld_given(lqi_mesh_builder *builder, uint32_t *welded, size_t *used)
{
    for (size_t i = 0; i < builder->vertex_count; i++) welded[i] = NO_VERTEX;
    *used = 0;
    for (size_t i = 0; i < builder->triangle_count * 3; i++) {
        uint32_t given = builder->corner[i];
        if (given >= builder->vertex_count)
            return lqi_fail(builder->context, LQI_THREEMF_BAD_INDEX, -1,
                            "A triangle refers to a vertex that is not there.");
        if (welded[given] != NO_VERTEX) continue;
        LQI_TRY(lqi_weld_add(&builder->weld, builder->vertex + (size_t)3 * given, &welded[given]));
        ++*used;
    }
    return LQ_OK;
}

static lq_status weld_indexed(lqi_mesh_builder *builder, lqi_mesh *mesh)
{
    lq_context *context = builder->context;
    uint32_t *welded = lqi_alloc_array(context, builder->vertex_count, sizeof *welded);
    if (!welded) return lqi_memory_status(context);
    size_t used;
    lq_status status;
    LQI_TRY_GOTO(lqi_weld_init(&builder->weld, context, builder->vertex_count));
    LQI_TRY_GOTO(weld_given(builder, welded, &used));
    if (used > builder->weld.vertex_count)
        LQI_TRY_GOTO(lqi_seams_look(context, builder->corner, builder->triangle_count, welded, builder->vertex_count,
                                    builder->weld.vertex_count, &mesh->seams_closed));
    for (size_t i = 0; i < builder->triangle_count * 3; i++) builder->corner[i] = welded[builder->corner[i]];
done:
    lqi_free(context, welded);
    return status;
}

static lq_status weld_corners(lqi_mesh_builder *builder, lqi_mesh *mesh)
{
    if (builder->indexed && builder->welded_soup.context)
        return lqi_fail(builder->context, LQI_INTERNAL, -1, "A mesh came both with and without indices.");
    if (builder->welded_soup.context)
        return lqi_soup_finish(&builder->welded_soup, builder->corner, builder->triangle_count * 3, &mesh->position,
                               &mesh->vertex_count);
    LQI_TRY(weld_indexed(builder, mesh));
    mesh->vertex_count = builder->weld.vertex_count;
    mesh->position = lqi_weld_take(&builder->weld);
    return LQ_OK;
}

lq_status lqi_mesh_builder_finish(lqi_mesh_builder *builder, lqi_mesh *mesh)
{
    *mesh = (lqi_mesh){
        .triangle_count = (uint32_t)builder->triangle_count,
        .indexed = builder->indexed,
        .index_vertices = builder->vertex_count,
    };
    lq_status status = weld_corners(builder, mesh);
    if (status == LQ_OK) {
        mesh->corner = builder->corner;
        builder->corner = NULL;
    }
    lqi_mesh_builder_free(builder);
    return status;
}
