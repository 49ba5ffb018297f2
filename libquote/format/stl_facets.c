#include <string.h>

#include "base/bytes.h"
#include "base/context.h"
#include "base/fail.h"
#include "format/stl.h"
#include "format/stl_layout.h"

#define CAPACITY (sizeof((lqi_facet_buffer){0}.corners) / (9 * sizeof(float)))

void lqi_facet_buffer_init(lqi_facet_buffer *buffer, lq_context *context, const lqi_sink *sink)
{
    *buffer = (lqi_facet_buffer){.context = context, .sink = sink, .nonfinite_offset = -1, .out_of_range_offset = -1};
}

static lq_status flush(lqi_facet_buffer *buffer)
{
    if (!buffer->count) return LQ_OK;
    uint32_t count = buffer->count;
    buffer->count = 0;
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

lq_status lqi_facet_buffer_add(lqi_facet_buffer *buffer, const float corners[9], int64_t offset)
{
    buffer->stored++;
    if (buffer->stored > buffer->context->limits.triangles)
        return lqi_fail_over_limit(buffer->context, "triangles", buffer->context->limits.triangles, buffer->stored);
    int worst = worst_corner(corners, buffer->corners + 9 * buffer->count);
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

float *lqi_facet_buffer_room(lqi_facet_buffer *buffer, size_t *room)
{
    uint64_t allowed = buffer->context->limits.triangles - buffer->stored;
    *room = CAPACITY - buffer->count < allowed ? CAPACITY - buffer->count : (size_t)allowed;
    return buffer->corners + (size_t)9 * buffer->count;
}

lq_status lqi_facet_buffer_took(lqi_facet_buffer *buffer, size_t count)
{
    buffer->stored += count;
    buffer->count += (uint32_t)count;
    return buffer->count == CAPACITY ? flush(buffer) : LQ_OK;
}

/* Records overlap cache lines unevenly, which the hardware does not foresee. */
#define FETCH_AHEAD ((size_t)4096)

static void copy_corners(const uint8_t *record, size_t count, uint32_t *corners)
{
    for (size_t i = 0; i < count; i++, record += LQI_STL_RECORD_SIZE, corners += 9) {
        __builtin_prefetch(record + FETCH_AHEAD);
#pragma GCC unroll 9
        for (size_t k = 0; k < 9; k++) corners[k] = lqi_load_u32(record + LQI_STL_CORNERS_OFFSET + 4 * k);
    }
}

/* Makes all canonical unless one is not finite or out of range. Lanes, so that it can be vectorised; count is a
 * multiple of 9. */
static bool all_plain(uint32_t *bits, size_t count)
{
    const int32_t most = (int32_t)lqi_bits_of_float(LQI_STL_COORDINATE_MAX), least = 0x00800000;
    int32_t bad[8] = {0};
    size_t whole = count / 8 * 8;
    for (size_t i = 0; i < whole; i += 8)
        for (size_t k = 0; k < 8; k++) {
            int32_t size = (int32_t)(bits[i + k] & 0x7FFFFFFF);
            bad[k] |= most - size;
        }
    for (size_t i = whole; i < count; i++) bad[0] |= most - (int32_t)(bits[i] & 0x7FFFFFFF);
    if ((bad[0] | bad[1] | bad[2] | bad[3] | bad[4] | bad[5] | bad[6] | bad[7]) < 0) return false;
    for (size_t i = 0; i < whole; i += 8)
        for (size_t k = 0; k < 8; k++) bits[i + k] = (int32_t)(bits[i + k] & 0x7FFFFFFF) < least ? 0 : bits[i + k];
    for (size_t i = whole; i < count; i++) bits[i] = (int32_t)(bits[i] & 0x7FFFFFFF) < least ? 0 : bits[i];
    return true;
}

static lq_status add_one_by_one(lqi_facet_buffer *buffer, const float *corners, size_t count, int64_t offset)
{
    for (size_t i = 0; i < count; i++) {
        float facet[9]; /* a copy, because the buffer fills up where the corners lie */
        memcpy(facet, corners + 9 * i, sizeof facet);
        LQI_TRY(lqi_facet_buffer_add(buffer, facet, offset + (int64_t)(i * LQI_STL_RECORD_SIZE)));
    }
    return LQ_OK;
}

lq_status lqi_facet_buffer_add_records(lqi_facet_buffer *buffer, const uint8_t *records, size_t count, bool swapped,
                                       int64_t offset)
{
    for (size_t done = 0, part; done < count; done += part) {
        part = CAPACITY - buffer->count < count - done ? CAPACITY - buffer->count : count - done;
        float *corners = buffer->corners + (size_t)9 * buffer->count;
        uint32_t *bits = (uint32_t *)(void *)corners;
        copy_corners(records + done * LQI_STL_RECORD_SIZE, part, bits);
        for (size_t i = 0; swapped && i < 9 * part; i++) bits[i] = lqi_swap_u32(bits[i]);
        if (part > buffer->context->limits.triangles - buffer->stored || !all_plain(bits, 9 * part)) {
            LQI_TRY(add_one_by_one(buffer, corners, part, offset + (int64_t)(done * LQI_STL_RECORD_SIZE)));
            continue;
        }
        buffer->count += (uint32_t)part;
        buffer->stored += part;
        if (buffer->count == CAPACITY) LQI_TRY(flush(buffer));
    }
    return LQ_OK;
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
