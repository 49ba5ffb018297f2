#include "format/threemf_mesh.h"

#include <math.h>
#include <string.h>

#include "base/checked.h"
#include "base/context.h"
#include "base/memory.h"
#include "format/threemf_words.h"

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

void lqi_threemf_mesh_free(lq_context *context, lqi_sink_mesh *mesh)
{
    lqi_free(context, mesh->xyz);
    lqi_free(context, mesh->corner);
    *mesh = (lqi_sink_mesh){0};
}

void lqi_mesh_reader_begin(lqi_mesh_reader *reader, lq_context *context)
{
    reader->context = context;
    reader->xyz = NULL;
    reader->corner = NULL;
    reader->vertex_room = reader->triangle_room = 0;
    reader->vertex_count = reader->triangle_count = 0;
    reader->vertex_text = reader->triangle_text = 0;
    reader->plain_list = false;
    reader->has_vertices = reader->has_triangles = reader->vertices_known = false;
    reader->index_max = 0;
    reader->index_max_offset = -1;
    reader->extent = lqi_extent_none;
    reader->painted = false;
}

void lqi_mesh_reader_free(lqi_mesh_reader *reader)
{
    if (!reader->context) return;
    lqi_free(reader->context, reader->xyz);
    lqi_free(reader->context, reader->corner);
    reader->xyz = NULL;
    reader->corner = NULL;
}

/* ---- growing ---- */

/* Before so many are there nothing is guessed. */
#define COUNT_GUESSED 512

/* No element is shorter; where not all came in blocks, what is known of their text is too little. */
#define TEXT_LEAST 26

/* From the text that `count` elements took: how many there will be if all text that is left is like it. */
static uint64_t guess_count(uint64_t count, uint64_t text, uint64_t text_left)
{
    return count + text_left / ((text > TEXT_LEAST * count ? text : TEXT_LEAST * count) / count);
}

/* Room never exceeds the limit, so that being out of room is the only thing to look for. */
static lq_status need(lq_context *context, void **block, size_t *room, uint64_t count, size_t size, uint64_t limit,
                      const char *name)
{
    if (limit > UINT32_MAX) limit = UINT32_MAX;
    if (count > limit) return lqi_fail_over_limit(context, name, limit, count);
    LQI_TRY(lqi_grow(context, block, room, (size_t)count, size));
    if (*room > limit) *room = (size_t)limit;
    return LQ_OK;
}

/* Makes room for as many as will probably come; a guess that cannot be had is left alone. */
static void reserve(lq_context *context, void **block, size_t *room, uint64_t count, uint64_t guess, size_t size,
                    uint64_t limit)
{
    if (limit > UINT32_MAX) limit = UINT32_MAX;
    if (guess > limit) guess = limit;
    size_t whole;
    if (guess <= *room + *room / 2 || !lqi_mul_size((size_t)guess, size, &whole)) return;
    void *grown = lqi_try_alloc(context, whole);
    if (!grown) return;
    memcpy(grown, *block, (size_t)count * size);
    lqi_free(context, *block);
    *block = grown;
    *room = (size_t)guess;
}

static lq_status need_vertices(lqi_mesh_reader *reader, uint64_t count)
{
    return need(reader->context, (void **)&reader->xyz, &reader->vertex_room, count, 3 * sizeof(double),
                reader->context->limits.vertices, "vertices");
}

static lq_status need_triangles(lqi_mesh_reader *reader, uint64_t count)
{
    return need(reader->context, (void **)&reader->corner, &reader->triangle_room, count, 3 * sizeof(uint32_t),
                reader->context->limits.triangles, "triangles");
}

/* Blocks that growing has left a quarter empty are cut, for meshes stay as long as the file is open. */
static void *fitted(lq_context *context, void *block, size_t room, uint64_t count, size_t size)
{
    if (room - count <= room / 4) return block;
    void *cut = count ? lqi_try_alloc(context, (size_t)count * size) : NULL;
    if (count && !cut) return block;
    if (count) memcpy(cut, block, (size_t)count * size);
    lqi_free(context, block);
    return cut;
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
    if (reader->vertex_count == reader->vertex_room) LQI_TRY(need_vertices(reader, reader->vertex_count + 1));
    memcpy(reader->xyz + 3 * reader->vertex_count++, xyz, 3 * sizeof *xyz);
    extend(&reader->extent, xyz);
    return LQ_OK;
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
    if (reader->triangle_count == reader->triangle_room) LQI_TRY(need_triangles(reader, reader->triangle_count + 1));
    memcpy(reader->corner + 3 * reader->triangle_count++, corners, 3 * sizeof *corners);
    return LQ_OK;
}

/* At the limit there is no room, and no failure yet: the parser will tell of the next element. */
lq_status lqi_mesh_reader_vertex_room(lqi_mesh_reader *reader, size_t text_left, double **slots, size_t *room)
{
    uint64_t count = reader->vertex_count;
    if (count == reader->vertex_room && count >= COUNT_GUESSED) { /* two triangles, a little shorter, follow for each */
        uint64_t guess = guess_count(count, reader->vertex_text * 5 / 2, text_left);
        reserve(reader->context, (void **)&reader->xyz, &reader->vertex_room, count, guess, 3 * sizeof(double),
                reader->context->limits.vertices);
    }
    if (count == reader->vertex_room && count < reader->context->limits.vertices)
        LQI_TRY(need_vertices(reader, count + 1));
    *slots = reader->xyz + 3 * count;
    *room = reader->vertex_room - (size_t)count;
    return LQ_OK;
}

lq_status lqi_mesh_reader_triangle_room(lqi_mesh_reader *reader, size_t text_left, uint32_t **slots, size_t *room)
{
    uint64_t count = reader->triangle_count;
    if (count == reader->triangle_room && count >= COUNT_GUESSED) {
        uint64_t guess = guess_count(count, reader->triangle_text, text_left);
        uint64_t usual = reader->vertex_count * 2 + reader->vertex_count / 8;
        reserve(reader->context, (void **)&reader->corner, &reader->triangle_room, count, guess < usual ? guess : usual,
                3 * sizeof(uint32_t), reader->context->limits.triangles);
    }
    if (count == reader->triangle_room && count < reader->context->limits.triangles)
        LQI_TRY(need_triangles(reader, count + 1));
    *slots = reader->corner + 3 * count;
    *room = reader->triangle_room - (size_t)count;
    return LQ_OK;
}

void lqi_mesh_reader_took_vertices(lqi_mesh_reader *reader, size_t count, size_t size)
{
    const double *xyz = reader->xyz + 3 * reader->vertex_count;
    lqi_extent extent = reader->extent;
    for (size_t i = 0; i < count; i++) extend(&extent, xyz + 3 * i);
    reader->extent = extent;
    reader->vertex_count += count;
    reader->vertex_text += size;
}

void lqi_mesh_reader_took_triangles(lqi_mesh_reader *reader, size_t count, size_t size)
{
    reader->triangle_count += count;
    reader->triangle_text += size;
}

lq_status lqi_mesh_reader_end(lqi_mesh_reader *reader, lqi_xml *xml, lqi_sink_mesh *mesh)
{
    if (reader->triangle_count && reader->index_max >= reader->vertex_count)
        return fail_index(xml, reader->index_max_offset, reader->index_max, reader->vertex_count);
    lq_context *context = reader->context;
    mesh->xyz = fitted(context, reader->xyz, reader->vertex_room, reader->vertex_count, 3 * sizeof(double));
    mesh->corner = fitted(context, reader->corner, reader->triangle_room, reader->triangle_count, 3 * sizeof(uint32_t));
    mesh->vertex_count = (uint32_t)reader->vertex_count;
    mesh->triangle_count = (uint32_t)reader->triangle_count;
    reader->xyz = NULL;
    reader->corner = NULL;
    return LQ_OK;
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
        if (attributes[0][0] != 'v') reader->painted |= lqi_is_paint(attributes[0]) && attributes[1][0];
        unsigned corner = (unsigned)(unsigned char)attributes[0][1] - '1';
        if (attributes[0][0] != 'v' || corner > 2 || attributes[0][2]) continue;
        lqi_reason reason = lqi_index_of(attributes[1], &corners[corner]);
        if (reason != LQI_VALUE_GOOD) return lqi_value_fail(xml, reason, names[corner], attributes[1]);
        seen |= 1u << corner;
    }
    for (unsigned corner = 0; corner < 3; corner++)
        if (!(seen >> corner & 1)) return fail_missing(xml, "triangle", names[corner]);
    return lqi_mesh_reader_add_triangle(reader, xml, lqi_xml_offset(xml), corners);
}
