#include "mesh/builder.h"

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "kernel/kernel_list.h"

/* Between two calls of the caller's progress, and from a look at the normals to one at the corners: 200 KB. */
#define RECORDS_PER_STEP 4096u

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
    lqi_indexed_free(builder->context, &builder->given);
    lqi_free(builder->context, builder->corner);
    *builder = (lqi_mesh_builder){.context = builder->context};
}

static lq_status check_count(const lqi_mesh_builder *builder, uint64_t triangle_count)
{
    uint64_t limit = builder->context->limits.triangles;
    if (limit > LQI_TRIANGLE_COUNT_MAX) limit = LQI_TRIANGLE_COUNT_MAX;
    return triangle_count > limit ? lqi_fail_over_limit(builder->context, "triangles", limit, triangle_count) : LQ_OK;
}

static lq_status reserve_triangles(lqi_mesh_builder *builder, uint32_t count)
{
    uint64_t after = (uint64_t)builder->triangle_count + count;
    LQI_TRY(check_count(builder, after));
    return lqi_grow(builder->context, (void **)&builder->corner, &builder->corner_capacity, (size_t)after * 3,
                    sizeof(uint32_t));
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
    LQI_TRY(lqi_soup_add(&builder->welded_soup, corners, count, builder->corner + 3 * builder->triangle_count));
    builder->triangle_count += count;
    return LQ_OK;
}

/* The first of a run in which some normal faces against its facet, among those facets that were taken. */
static uint32_t first_against(const uint8_t *records, size_t count)
{
    uint32_t taken = 0, bits[9];
    for (; count-- && !lqi_record_normals_scalar(records, 1); records += LQI_RECORD_SIZE)
        taken += lqi_record_load(records, false, bits) == LQI_RECORD_USABLE;
    return taken;
}

void lqi_mesh_builder_normals(lqi_mesh_builder *builder, uint64_t against, uint32_t first)
{
    if (against && !builder->normals_against) builder->normals_first = (uint32_t)builder->triangle_count + first;
    builder->normals_against += against;
}

static void look_at_normals(lqi_mesh_builder *builder, const uint8_t *records, size_t count)
{
    size_t against = builder->context->kernels->record_normals(records, count);
    bool first = against && !builder->normals_against;
    lqi_mesh_builder_normals(builder, against, first ? first_against(records, count) : 0);
}

lq_status lqi_mesh_builder_records(lqi_mesh_builder *builder, const uint8_t *records, uint64_t count, bool swapped,
                                   lqi_dropped_facets *dropped)
{
    *dropped = LQI_NONE_DROPPED;
    if (!builder->welded_soup.context) LQI_TRY(lqi_soup_init(&builder->welded_soup, builder->context, 3 * count));
    for (uint64_t i = 0; i < count; i += RECORDS_PER_STEP) {
        uint32_t step = count - i < RECORDS_PER_STEP ? (uint32_t)(count - i) : RECORDS_PER_STEP;
        size_t taken;
        LQI_TRY(lqi_progress(builder->context, "read", i, count));
        LQI_TRY(reserve_triangles(builder, step));
        if (!swapped) look_at_normals(builder, records + i * LQI_RECORD_SIZE, step);
        LQI_TRY(lqi_soup_add_records(&builder->welded_soup, records + i * LQI_RECORD_SIZE, step, swapped, i,
                                     builder->corner + 3 * builder->triangle_count, &taken, dropped));
        builder->triangle_count += taken;
    }
    return LQ_OK;
}

lq_status lqi_mesh_builder_take(lqi_mesh_builder *builder, lqi_indexed *indexed)
{
    const lq_limits *limits = &builder->context->limits;
    if (builder->indexed || builder->welded_soup.context)
        return lqi_fail(builder->context, LQI_INTERNAL, -1, "A mesh came more than once.");
    if (indexed->vertex_count > limits->vertices || indexed->vertex_count == UINT32_MAX)
        return lqi_fail_over_limit(builder->context, "vertices", limits->vertices, indexed->vertex_count);
    LQI_TRY(check_count(builder, indexed->triangle_count));
    builder->given = *indexed;
    builder->indexed = true;
    *indexed = (lqi_indexed){0};
    return LQ_OK;
}

static lq_status finish_soup(lqi_mesh_builder *builder, lqi_mesh *mesh)
{
    *mesh = (lqi_mesh){.triangle_count = (uint32_t)builder->triangle_count,
                       .normals_against = builder->normals_against,
                       .normals_first = builder->normals_first};
    if (!builder->welded_soup.context) return LQ_OK;
    LQI_TRY(lqi_soup_finish(&builder->welded_soup, builder->corner, builder->triangle_count * 3, &mesh->position,
                            &mesh->vertex_count));
    mesh->corner = builder->corner;
    builder->corner = NULL;
    return LQ_OK;
}

lq_status lqi_mesh_builder_finish(lqi_mesh_builder *builder, lqi_mesh *mesh)
{
    lq_status status = builder->indexed && builder->welded_soup.context
                           ? lqi_fail(builder->context, LQI_INTERNAL, -1, "A mesh came both with and without indices.")
                       : builder->indexed ? lqi_weld(builder->context, &builder->given, mesh)
                                          : finish_soup(builder, mesh);
    lqi_mesh_builder_free(builder);
    return status;
}
