#include "base/bytes.h"
#include "base/context.h"
#include "base/fail.h"
#include "format/stl.h"
#include "format/stl_normals.h"

#define CAPACITY (sizeof((lqi_facet_buffer){0}.corners) / (9 * sizeof(float)))

void lqi_facet_buffer_init(lqi_facet_buffer *buffer, lq_context *context, const lqi_sink *sink, const char *text_end)
{
    buffer->context = context;
    buffer->sink = sink;
    buffer->text_end = text_end;
    buffer->count = 0;
    buffer->stored = buffer->nonfinite = buffer->out_of_range = 0;
    buffer->nonfinite_offset = buffer->out_of_range_offset = -1;
}

static lq_status flush(lqi_facet_buffer *buffer)
{
    if (!buffer->count) return LQ_OK;
    uint32_t count = buffer->count, first = 0, against = 0;
    buffer->count = 0;
    if (buffer->text_end && buffer->sink->normals)
        against = lqi_text_normals_against(buffer->corners, buffer->normals, count, buffer->text_end, &first);
    if (against) buffer->sink->normals(buffer->sink->user, against, first);
    return buffer->sink->facets(buffer->sink->user, buffer->corners, count);
}

/* Denormals and -0 would split vertices that a writer meant to be equal. */
static float canonical(uint32_t bits) { return (bits & 0x7F800000) ? lqi_float_of_bits(bits) : 0.0f; }

/* 0: fine, 1: beyond the range, 2: not finite. */
static int worst_corner(const float corners[9], float out[9])
{
    int worst = 0;
    for (int i = 0; i < 9; i++) {
        uint32_t bits = lqi_bits_of_float(corners[i]);
        if ((bits & 0x7F800000) == 0x7F800000) return 2;
        float value = out[i] = canonical(bits);
        if (value > LQI_STL_COORDINATE_MAX || value < -LQI_STL_COORDINATE_MAX) worst = 1;
    }
    return worst;
}

lq_status lqi_facet_buffer_add(lqi_facet_buffer *buffer, const float corners[9], const lqi_text_normal *normal,
                               int64_t offset)
{
    buffer->stored++;
    if (buffer->stored > buffer->context->limits.triangles)
        return lqi_fail_over_limit(buffer->context, "triangles", buffer->context->limits.triangles, buffer->stored);
    int worst = worst_corner(corners, buffer->corners + 9 * buffer->count);
    buffer->normals[buffer->count] = normal ? *normal : (lqi_text_normal){.text = NULL};
    if (worst == 2) {
        if (!buffer->nonfinite++) buffer->nonfinite_offset = offset;
        return LQ_OK;
    }
    if (worst == 1) {
        if (!buffer->out_of_range++) buffer->out_of_range_offset = offset;
        return LQ_OK;
    }
    buffer->count++;
    return buffer->count == CAPACITY ? flush(buffer) : LQ_OK;
}

float *lqi_facet_buffer_room(lqi_facet_buffer *buffer, size_t *room, lqi_text_normal **normals)
{
    uint64_t allowed = buffer->context->limits.triangles - buffer->stored;
    *room = CAPACITY - buffer->count < allowed ? CAPACITY - buffer->count : (size_t)allowed;
    *normals = buffer->normals + buffer->count;
    return buffer->corners + (size_t)9 * buffer->count;
}

lq_status lqi_facet_buffer_took(lqi_facet_buffer *buffer, size_t count)
{
    buffer->stored += count;
    buffer->count += (uint32_t)count;
    return buffer->count == CAPACITY ? flush(buffer) : LQ_OK;
}

lq_status lqi_facet_buffer_finish(lqi_facet_buffer *buffer, lqi_notes *notes)
{
    LQI_TRY(flush(buffer));
    uint64_t dropped = buffer->nonfinite + buffer->out_of_range;
    if (dropped == buffer->stored)
        return lqi_fail(buffer->context, LQI_MESH_EMPTY, -1, "The file holds no facet that can be measured.");
    if (buffer->nonfinite * 100 > buffer->stored)
        return lqi_fail(buffer->context, LQI_STL_NONFINITE, buffer->nonfinite_offset,
                        "%llu of %llu facets have a corner that is not a number.",
                        (unsigned long long)buffer->nonfinite, (unsigned long long)buffer->stored);
    lqi_note *note;
    if (buffer->nonfinite) {
        LQI_TRY(lqi_notes_add(notes, "stl_nonfinite", LQ_SEVERITY_WARN, buffer->nonfinite, buffer->nonfinite_offset,
                              &note, "Facets with a corner that is not a number were left out."));
        note->repairable = note->repaired = 1;
    }
    if (buffer->out_of_range) {
        LQI_TRY(lqi_notes_add(notes, "coordinate_out_of_range", LQ_SEVERITY_WARN, buffer->out_of_range,
                              buffer->out_of_range_offset, &note, "Facets with a corner beyond 1e9 were left out."));
        note->repairable = note->repaired = 1;
    }
    return LQ_OK;
}
