#include "format/threemf_mesh.h"

#include <math.h>

#include "base/context.h"

lq_status lqi_value_fail(lqi_xml *xml, lqi_reason reason, const char *name, const char *value)
{
    switch (reason) {
    case LQI_THREEMF_DECIMAL_COMMA:
        return lqi_xml_fail(xml, reason, "The number %s=\"%.60s\" is written with a comma.", name, value);
    case LQI_THREEMF_BAD_TRANSFORM:
        return lqi_xml_fail(xml, reason, "A placement has not exactly twelve numbers (%s=\"%.60s\").", name, value);
    case LQI_RANGE: return lqi_xml_fail(xml, reason, "The number %s=\"%.60s\" is out of range.", name, value);
    default: return lqi_xml_fail(xml, reason, "%s=\"%.60s\" is not a number as 3MF writes them.", name, value);
    }
}

lq_status lqi_mesh_reader_begin(lqi_mesh_reader *reader, lq_context *context, const lqi_sink *sink)
{
    reader->context = context;
    reader->sink = sink;
    reader->vertex_count = reader->triangle_count = 0;
    reader->plain_list = false;
    reader->has_vertices = reader->has_triangles = reader->vertices_known = false;
    reader->index_max = 0;
    reader->index_max_offset = -1;
    reader->extent = lqi_extent_none;
    reader->vertices_waiting = reader->triangles_waiting = 0;
    return sink ? sink->mesh_begin(sink->user) : LQ_OK;
}

/* ---- blocks ---- */

static lq_status hand_on_vertices(lqi_mesh_reader *reader)
{
    uint32_t count = reader->vertices_waiting;
    reader->vertices_waiting = 0;
    return count ? reader->sink->vertices(reader->sink->user, reader->xyz, count) : LQ_OK;
}

static lq_status hand_on_triangles(lqi_mesh_reader *reader)
{
    uint32_t count = reader->triangles_waiting;
    reader->triangles_waiting = 0;
    return count ? reader->sink->triangles(reader->sink->user, reader->corners, count) : LQ_OK;
}

static void extend(lqi_extent *extent, const double xyz[3])
{
    for (int i = 0; i < 3; i++) {
        if (xyz[i] < extent->low[i]) extent->low[i] = xyz[i];
        if (xyz[i] > extent->high[i]) extent->high[i] = xyz[i];
    }
}

lq_status lqi_mesh_reader_add_vertex(lqi_mesh_reader *reader, const double xyz[3])
{
    uint64_t limit = reader->context->limits.vertices;
    if (++reader->vertex_count > limit)
        return lqi_fail_over_limit(reader->context, "vertices", limit, reader->vertex_count);
    extend(&reader->extent, xyz);
    if (!reader->sink) return LQ_OK;
    double *slot = reader->xyz + (size_t)3 * reader->vertices_waiting;
    for (int i = 0; i < 3; i++) slot[i] = xyz[i];
    return ++reader->vertices_waiting == LQI_MESH_BLOCK ? hand_on_vertices(reader) : LQ_OK;
}

static lq_status fail_index(lqi_xml *xml, int64_t offset, uint32_t index, uint64_t count)
{
    return lqi_xml_fail_at(xml, LQI_THREEMF_BAD_INDEX, offset,
                           "A triangle uses vertex %u of a mesh that has only %llu vertices.", (unsigned)index,
                           (unsigned long long)count);
}

lq_status lqi_mesh_reader_add_triangle(lqi_mesh_reader *reader, lqi_xml *xml, int64_t offset, const uint32_t corners[3])
{
    uint32_t largest = corners[0] > corners[1] ? corners[0] : corners[1];
    if (corners[2] > largest) largest = corners[2];
    if (reader->vertices_known && largest >= reader->vertex_count)
        return fail_index(xml, offset, largest, reader->vertex_count);
    if (largest > reader->index_max || reader->index_max_offset < 0) {
        reader->index_max = largest;
        reader->index_max_offset = offset;
    }
    uint64_t limit = reader->context->limits.triangles;
    if (++reader->triangle_count > limit)
        return lqi_fail_over_limit(reader->context, "triangles", limit, reader->triangle_count);
    if (!reader->sink) return LQ_OK;
    uint32_t *slot = reader->corners + (size_t)3 * reader->triangles_waiting;
    for (int i = 0; i < 3; i++) slot[i] = corners[i];
    return ++reader->triangles_waiting == LQI_MESH_BLOCK ? hand_on_triangles(reader) : LQ_OK;
}

static size_t room(uint64_t limit, uint64_t count, uint32_t waiting)
{
    uint64_t left = limit > count ? limit - count : 0, free = LQI_MESH_BLOCK - waiting;
    return (size_t)(left < free ? left : free);
}

size_t lqi_mesh_reader_vertex_room(lqi_mesh_reader *reader, double **slots)
{
    *slots = reader->xyz + (size_t)3 * reader->vertices_waiting;
    return room(reader->context->limits.vertices, reader->vertex_count, reader->vertices_waiting);
}

size_t lqi_mesh_reader_triangle_room(lqi_mesh_reader *reader, uint32_t **slots)
{
    *slots = reader->corners + (size_t)3 * reader->triangles_waiting;
    return room(reader->context->limits.triangles, reader->triangle_count, reader->triangles_waiting);
}

lq_status lqi_mesh_reader_took_vertices(lqi_mesh_reader *reader, size_t count)
{
    const double *xyz = reader->xyz + (size_t)3 * reader->vertices_waiting;
    lqi_extent extent = reader->extent;
    for (size_t i = 0; i < count; i++) extend(&extent, xyz + 3 * i);
    reader->extent = extent;
    reader->vertex_count += count;
    if (!reader->sink) return LQ_OK;
    reader->vertices_waiting += (uint32_t)count;
    return reader->vertices_waiting == LQI_MESH_BLOCK ? hand_on_vertices(reader) : LQ_OK;
}

lq_status lqi_mesh_reader_took_triangles(lqi_mesh_reader *reader, size_t count)
{
    reader->triangle_count += count;
    if (!reader->sink) return LQ_OK;
    reader->triangles_waiting += (uint32_t)count;
    return reader->triangles_waiting == LQI_MESH_BLOCK ? hand_on_triangles(reader) : LQ_OK;
}

lq_status lqi_mesh_reader_end(lqi_mesh_reader *reader, lqi_xml *xml)
{
    if (reader->triangle_count && reader->index_max >= reader->vertex_count)
        return fail_index(xml, reader->index_max_offset, reader->index_max, reader->vertex_count);
    if (!reader->sink) return LQ_OK;
    LQI_TRY(hand_on_vertices(reader));
    LQI_TRY(hand_on_triangles(reader));
    return reader->sink->mesh_end(reader->sink->user);
}

/* ---- tags ---- */

static lq_status fail_missing(lqi_xml *xml, const char *element, const char *name)
{
    return lqi_xml_fail(xml, LQI_THREEMF_MISSING_ATTR, "A %s has no %s.", element, name);
}

lq_status lqi_mesh_reader_vertex(lqi_mesh_reader *reader, lqi_xml *xml, const char *const *attributes)
{
    static const char *const names[3] = {"x", "y", "z"};
    double xyz[3];
    unsigned seen = 0;
    for (; attributes[0]; attributes += 2) {
        unsigned axis = (unsigned)(unsigned char)attributes[0][0] - 'x';
        if (axis > 2 || attributes[0][1]) continue;
        lqi_reason reason = lqi_number_of(attributes[1], reader->decimal_comma, &reader->commas, &xyz[axis]);
        if (reason == LQI_VALUE_GOOD && !(fabs(xyz[axis]) <= reader->length_max)) reason = LQI_RANGE;
        if (reason != LQI_VALUE_GOOD) return lqi_value_fail(xml, reason, names[axis], attributes[1]);
        seen |= 1u << axis;
    }
    for (unsigned axis = 0; axis < 3; axis++)
        if (!(seen >> axis & 1)) return fail_missing(xml, "vertex", names[axis]);
    return lqi_mesh_reader_add_vertex(reader, xyz);
}

lq_status lqi_mesh_reader_triangle(lqi_mesh_reader *reader, lqi_xml *xml, const char *const *attributes)
{
    static const char *const names[3] = {"v1", "v2", "v3"};
    uint32_t corners[3];
    unsigned seen = 0;
    for (; attributes[0]; attributes += 2) {
        if (attributes[0][0] != 'v') continue;
        unsigned corner = (unsigned)(unsigned char)attributes[0][1] - '1';
        if (corner > 2 || attributes[0][2]) continue;
        lqi_reason reason = lqi_index_of(attributes[1], &corners[corner]);
        if (reason != LQI_VALUE_GOOD) return lqi_value_fail(xml, reason, names[corner], attributes[1]);
        seen |= 1u << corner;
    }
    for (unsigned corner = 0; corner < 3; corner++)
        if (!(seen >> corner & 1)) return fail_missing(xml, "triangle", names[corner]);
    return lqi_mesh_reader_add_triangle(reader, xml, lqi_xml_offset(xml), corners);
}
