/* 80 bytes of header, a count, then 50 bytes per facet. What the count and the size say of each other decides. */
#include <string.h>

#include "base/bytes.h"
#include "base/context.h"
#include "base/fail.h"
#include "format/stl.h"
#include "format/stl_layout.h"

/* Runs for several threads: enough for all of them. */
#define RUNS_TOGETHER 64

typedef struct read_plan {
    uint64_t record_count; /* of the first solid */
    bool swapped;          /* big-endian writer */
    bool chained;          /* whole binary files follow one another */
} read_plan;

static void load_corners(const uint8_t *record, bool swapped, float corners[9])
{
    for (int i = 0; i < 9; i++) {
        uint32_t bits = lqi_load_u32(record + LQI_STL_CORNERS_OFFSET + 4 * i);
        corners[i] = lqi_float_of_bits(swapped ? lqi_swap_u32(bits) : bits);
    }
}

bool lqi_stl_records_plausible(const uint8_t *records, uint64_t count, bool swapped)
{
    uint64_t step = count > LQI_STL_SAMPLES ? count / LQI_STL_SAMPLES : 1;
    bool any_facet = false; /* padding of one value has no corner that differs from the others */
    for (uint64_t i = 0; i < count; i += step) {
        float corners[9];
        load_corners(records + i * LQI_STL_RECORD_SIZE, swapped, corners);
        for (int k = 0; k < 9; k++) {
            uint32_t exponent = lqi_bits_of_float(corners[k]) & 0x7F800000;
            if (exponent == 0x7F800000 || corners[k] >= 1e9f || corners[k] <= -1e9f) return false;
        }
        any_facet |= memcmp(corners, corners + 3, 12) != 0 && memcmp(corners, corners + 6, 12) != 0;
    }
    return any_facet;
}

/* Do whole binary STL files follow one another to the last byte? */
static bool is_chain(const uint8_t *data, size_t size)
{
    while (size >= LQI_STL_HEADER_SIZE) {
        uint64_t count = lqi_load_u32(data + 80);
        if (count == 0) return false;
        uint64_t whole = LQI_STL_HEADER_SIZE + LQI_STL_RECORD_SIZE * count;
        if (whole == size) return true;
        if (whole > size) return false;
        data += whole;
        size -= (size_t)whole;
    }
    return false;
}

static lq_status truncated(lq_context *context, uint64_t declared, uint64_t found, size_t size, int lenient,
                           lqi_notes *notes)
{
    if (!lenient) {
        lq_status status = lqi_fail(context, LQI_STL_TRUNCATED, (int64_t)size,
                                    "The file was cut off: it announces %llu facets and holds %llu.",
                                    (unsigned long long)declared, (unsigned long long)found);
        lqi_fail_limit(context, declared, found);
        return status;
    }
    return lqi_notes_add(notes, "stl_truncated", LQ_SEVERITY_WARN, declared > found ? declared - found : 1,
                         (int64_t)size, NULL, "The file was cut off: it announces %llu facets and holds %llu.",
                         (unsigned long long)declared, (unsigned long long)found);
}

static lq_status make_plan(lq_context *context, const uint8_t *data, size_t size, int lenient, lqi_notes *notes,
                           read_plan *plan)
{
    uint64_t declared = lqi_load_u32(data + 80);
    uint64_t found = (size - LQI_STL_HEADER_SIZE) / LQI_STL_RECORD_SIZE;
    uint64_t rest = (size - LQI_STL_HEADER_SIZE) % LQI_STL_RECORD_SIZE;
    *plan = (read_plan){.record_count = declared};
    if (declared == found && rest == 0) return LQ_OK;
    if (lqi_stl_is_swapped(data, size)) {
        *plan = (read_plan){.record_count = found, .swapped = true};
        return lqi_notes_add(notes, "stl_big_endian", LQ_SEVERITY_WARN, 1, 80, NULL,
                             "The file was written with swapped bytes (big-endian) and read accordingly.");
    }
    plan->record_count = found;
    bool placeholder = declared == 0 || declared == 0xFFFFFFFF; /* streaming writers never come back to fill it in */
    if ((placeholder && rest) || (!placeholder && declared > found))
        return truncated(context, placeholder ? found + 1 : declared, found, size, lenient, notes);
    if (placeholder)
        return lqi_notes_add(notes, "stl_count", LQ_SEVERITY_WARN, 1, 80, NULL,
                             "The facet count in the header is a placeholder; the %llu facets present were read.",
                             (unsigned long long)found);
    uint64_t end = LQI_STL_HEADER_SIZE + LQI_STL_RECORD_SIZE * declared;
    if (is_chain(data + end, size - (size_t)end)) {
        *plan = (read_plan){.record_count = declared, .chained = true};
        return lqi_notes_add(notes, "stl_concatenated", LQ_SEVERITY_WARN, 1, (int64_t)end, NULL,
                             "Several STL files follow one another in this file; all of them were read.");
    }
    bool more_facets = found > declared && lqi_stl_records_plausible(data + end, found - declared, false);
    if (more_facets) {
        LQI_TRY(lqi_notes_add(notes, "stl_count", LQ_SEVERITY_WARN, 1, 80, NULL,
                              "The header announces %llu facets, the file holds %llu; all of them were read.",
                              (unsigned long long)declared, (unsigned long long)found));
        end = LQI_STL_HEADER_SIZE + LQI_STL_RECORD_SIZE * found;
    } else {
        plan->record_count = declared;
    }
    if (end == size) return LQ_OK;
    return lqi_notes_add(notes, "stl_trailing", LQ_SEVERITY_WARN, size - end, (int64_t)end, NULL,
                         "%llu bytes after the last facet were ignored.", (unsigned long long)(size - end));
}

/* One solid at work. Each run is hashed and taken while it is in the cache. */
typedef struct solid_reader {
    lq_context *context;
    const uint8_t *file;
    lqi_digest *digest;
    bool swapped;
    lqi_facet_buffer *buffer;
} solid_reader;

/* For a sink that wants facets. */
static lq_status read_records(const solid_reader *reader, const uint8_t *records, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++, records += LQI_STL_RECORD_SIZE) {
        float corners[9];
        if (i % LQI_SINK_RECORDS == 0) {
            LQI_TRY(lqi_progress(reader->context, "read", i, count));
            lqi_digest_to(reader->digest, records);
        }
        load_corners(records, reader->swapped, corners);
        LQI_TRY(lqi_facet_buffer_add(reader->buffer, corners, NULL, records - reader->file));
    }
    return LQ_OK;
}

static void count_dropped(lqi_facet_buffer *buffer, int64_t offset, const lqi_dropped_facets *dropped)
{
    int64_t size = (int64_t)LQI_STL_RECORD_SIZE;
    if (dropped->nonfinite && !buffer->nonfinite) buffer->nonfinite_offset = offset + size * dropped->first_nonfinite;
    if (dropped->out_of_range && !buffer->out_of_range)
        buffer->out_of_range_offset = offset + size * dropped->first_out_of_range;
    buffer->nonfinite += dropped->nonfinite;
    buffer->out_of_range += dropped->out_of_range;
}

/* For a sink that takes records as they lie. */
static lq_status hand_on_records(const solid_reader *reader, const uint8_t *records, uint64_t count)
{
    lq_context *context = reader->context;
    lqi_facet_buffer *buffer = reader->buffer;
    const lqi_sink *sink = buffer->sink;
    buffer->stored += count;
    if (buffer->stored > context->limits.triangles)
        return lqi_fail_over_limit(context, "triangles", context->limits.triangles, buffer->stored);
    uint64_t step = context->thread_count > 1 ? RUNS_TOGETHER * LQI_SINK_RECORDS : LQI_SINK_RECORDS;
    for (uint64_t i = 0; i < count; i += step) {
        LQI_TRY(lqi_progress(context, "read", i, count));
        const uint8_t *first = records + i * LQI_STL_RECORD_SIZE;
        uint64_t run = count - i < step ? count - i : step;
        lqi_dropped_facets dropped;
        lqi_digest_to(reader->digest, first + run * LQI_STL_RECORD_SIZE);
        LQI_TRY(sink->records(sink->user, first, run, reader->swapped, &dropped));
        count_dropped(buffer, first - reader->file, &dropped);
    }
    return LQ_OK;
}

lq_status lqi_stl_read_binary(lq_context *context, const uint8_t *data, size_t size, int lenient, lqi_digest *digest,
                              const lqi_sink *sink, lqi_notes *notes)
{
    read_plan plan;
    LQI_TRY(make_plan(context, data, size, lenient, notes, &plan));
    if (plan.record_count == 0) return lqi_fail(context, LQI_MESH_EMPTY, 80, "The file holds no facet.");
    if (plan.record_count > context->limits.triangles)
        return lqi_fail_over_limit(context, "triangles", context->limits.triangles, plan.record_count);
    LQI_TRY(sink->mesh_begin(sink->user));
    if (sink->expect) LQI_TRY(sink->expect(sink->user, plan.record_count));
    lqi_facet_buffer buffer;
    lqi_facet_buffer_init(&buffer, context, sink, NULL);
    const solid_reader reader = {context, data, digest, plan.swapped, &buffer};
    const uint8_t *solid = data;
    uint64_t count = plan.record_count;
    for (;;) {
        LQI_TRY((sink->records ? hand_on_records : read_records)(&reader, solid + LQI_STL_HEADER_SIZE, count));
        solid += LQI_STL_HEADER_SIZE + count * LQI_STL_RECORD_SIZE;
        if (!plan.chained || solid == data + size) break;
        count = lqi_load_u32(solid + 80);
    }
    LQI_TRY(lqi_facet_buffer_finish(&buffer, notes));
    return sink->mesh_end(sink->user);
}
