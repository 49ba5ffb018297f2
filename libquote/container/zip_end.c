#include <string.h>

#include "base/bytes.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/source.h"
#include "container/zip_inside.h"

#define END_SIZE 22
#define END64_SIZE 56
#define LOCATOR_SIZE 20
#define END_SIGNATURE 0x06054B50u
#define END64_SIGNATURE 0x06064B50u
#define LOCATOR_SIGNATURE 0x07064B50u
#define SPANNED_SIGNATURE 0x08074B50u
#define TAIL_SIZE_MAX ((size_t)END_SIZE + 65535)

typedef struct tail {
    lq_context *context;
    const lq_source *source;
    uint8_t *bytes;
    uint64_t offset; /* of bytes[0] in the source */
    size_t size;
} tail;

static lq_status read_u32_at(const tail *t, uint64_t offset, uint32_t *value)
{
    uint8_t bytes[4];
    LQI_TRY(lqi_source_read(t->context, t->source, offset, bytes, 4));
    *value = lqi_load_u32(bytes);
    return LQ_OK;
}

/* The record of 64-bit numbers stands where the locator says, or, behind bytes put in front, right before the locator.
 */
static lq_status read_end64(const tail *t, uint64_t locator_offset, uint64_t claimed, lqi_zip_end *end,
                            uint64_t *record_offset, bool *found)
{
    *found = false;
    uint64_t places[2] = {claimed, locator_offset - END64_SIZE};
    for (int i = 0; i < 2; i++) {
        if (locator_offset < END64_SIZE || places[i] > locator_offset - END64_SIZE) continue;
        uint8_t bytes[END64_SIZE];
        LQI_TRY(lqi_source_read(t->context, t->source, places[i], bytes, sizeof bytes));
        if (lqi_load_u32(bytes) != END64_SIGNATURE) continue;
        if (lqi_load_u32(bytes + 16) != 0 || lqi_load_u32(bytes + 20) != 0) continue;
        *end = (lqi_zip_end){.entry_count = lqi_load_u64(bytes + 32),
                             .directory_size = lqi_load_u64(bytes + 40),
                             .directory_offset = lqi_load_u64(bytes + 48)};
        *record_offset = places[i];
        *found = true;
        return LQ_OK;
    }
    return LQ_OK;
}

/* Makes the offsets fit: as they stand, or moved by what was put in front. False when neither leads to a directory. */
static lq_status settle(const tail *t, uint64_t directory_end, lqi_zip_end *end, bool *good)
{
    *good = false;
    if (end->directory_size > directory_end || end->directory_offset > directory_end - end->directory_size)
        return LQ_OK;
    uint64_t shift = directory_end - end->directory_size - end->directory_offset;
    if (end->entry_count == 0) {
        *good = end->directory_size == 0;
        return LQ_OK;
    }
    if (end->directory_size < LQI_ZIP_CENTRAL_SIZE) return LQ_OK;
    uint32_t signature;
    LQI_TRY(read_u32_at(t, end->directory_offset, &signature));
    if (signature == LQI_ZIP_CENTRAL_SIGNATURE) {
        *good = true; /* something may stand between the directory and its end record */
        return LQ_OK;
    }
    if (shift == 0) return LQ_OK;
    LQI_TRY(read_u32_at(t, end->directory_offset + shift, &signature));
    end->directory_offset += shift;
    end->shift = shift;
    *good = signature == LQI_ZIP_CENTRAL_SIGNATURE;
    return LQ_OK;
}

static lq_status try_candidate(const tail *t, size_t at, lqi_zip_end *end, bool *good)
{
    const uint8_t *record = t->bytes + at;
    *good = false;
    *end = (lqi_zip_end){.entry_count = lqi_load_u16(record + 10),
                         .directory_size = lqi_load_u32(record + 12),
                         .directory_offset = lqi_load_u32(record + 16)};
    uint64_t directory_end = t->offset + at;
    uint16_t disk = lqi_load_u16(record + 4), directory_disk = lqi_load_u16(record + 6);
    bool wants64 =
        end->entry_count == 0xFFFF || end->directory_size == 0xFFFFFFFF || end->directory_offset == 0xFFFFFFFF;
    if (wants64 && directory_end >= LOCATOR_SIZE) {
        uint8_t locator[LOCATOR_SIZE];
        uint64_t locator_offset = directory_end - LOCATOR_SIZE;
        LQI_TRY(lqi_source_read(t->context, t->source, locator_offset, locator, sizeof locator));
        if (lqi_load_u32(locator) == LOCATOR_SIGNATURE) {
            bool found;
            LQI_TRY(read_end64(t, locator_offset, lqi_load_u64(locator + 8), end, &directory_end, &found));
            if (!found) return LQ_OK;
            return settle(t, directory_end, end, good);
        }
    }
    if (disk != 0 || directory_disk != 0 || lqi_load_u16(record + 8) != end->entry_count) return LQ_OK;
    return settle(t, directory_end, end, good);
}

/* The last place at or before `at` where an end record may begin, SIZE_MAX if there is none. */
static size_t mark_before(const uint8_t *bytes, size_t at)
{
    for (size_t i = at + 1; i-- > 0;)
        if (bytes[i] == 'P' && lqi_load_u32(bytes + i) == END_SIGNATURE) return i;
    return SIZE_MAX;
}

bool lqi_zip_has_end(const uint8_t *bytes, size_t size)
{
    size_t searched = size < TAIL_SIZE_MAX ? size : TAIL_SIZE_MAX;
    return searched >= END_SIZE && mark_before(bytes + (size - searched), searched - END_SIZE) != SIZE_MAX;
}

/* Backwards, so that a record inside an entry's data cannot hide the real one. A comment that ends the file exactly
 * is believed before one with junk behind it. */
static lq_status scan(const tail *t, bool exact, lqi_zip_end *end, bool *good)
{
    *good = false;
    if (t->size < END_SIZE) return LQ_OK;
    for (size_t at = t->size - END_SIZE; (at = mark_before(t->bytes, at)) != SIZE_MAX; at--) {
        size_t behind = t->size - at - END_SIZE, comment = lqi_load_u16(t->bytes + at + 20);
        if (exact ? comment != behind : comment >= behind) continue;
        LQI_TRY(try_candidate(t, at, end, good));
        if (*good) return LQ_OK;
    }
    return LQ_OK;
}

static lq_status check_limits(lq_context *context, const lqi_zip_end *end)
{
    uint64_t entries_max = context->limits.archive_entries;
    if (entries_max > LQI_ZIP_ENTRIES_MAX) entries_max = LQI_ZIP_ENTRIES_MAX;
    lq_status status = LQ_OK;
    if (end->entry_count > entries_max) {
        status = lqi_fail(context, LQI_ZIP_BOMB, -1, "The archive has too many entries.");
        lqi_fail_limit(context, entries_max, end->entry_count);
    } else if (end->directory_size > LQI_ZIP_DIRECTORY_SIZE_MAX) {
        status = lqi_fail(context, LQI_ZIP_BOMB, -1, "The archive's list of contents is too large.");
        lqi_fail_limit(context, LQI_ZIP_DIRECTORY_SIZE_MAX, end->directory_size);
    } else if (end->entry_count > end->directory_size / LQI_ZIP_CENTRAL_SIZE) {
        status = lqi_fail(context, LQI_ZIP_CORRUPT, (int64_t)end->directory_offset,
                          "The archive is damaged: its list of contents is shorter than it says.");
    }
    return status;
}

lq_status lqi_zip_find_end(lq_context *context, const lq_source *source, lqi_zip_end *end)
{
    *end = (lqi_zip_end){0};
    if (source->size > context->limits.input_bytes)
        return lqi_fail_over_limit(context, "input_bytes", context->limits.input_bytes, source->size);
    tail t = {context, source, NULL, 0, 0};
    t.size = source->size < TAIL_SIZE_MAX ? (size_t)source->size : TAIL_SIZE_MAX;
    t.offset = source->size - t.size;
    t.bytes = lqi_alloc(context, t.size);
    if (!t.bytes) return lqi_memory_status(context);
    lq_status status;
    bool good = false;
    uint32_t first = 0;
    LQI_TRY_GOTO(lqi_source_read(context, source, t.offset, t.bytes, t.size));
    if (source->size >= 4) LQI_TRY_GOTO(read_u32_at(&t, 0, &first));
    if (first == SPANNED_SIGNATURE) {
        status = lqi_fail(context, LQI_ZIP_CORRUPT, 0, "The archive is one piece of a split archive.");
        goto done;
    }
    LQI_TRY_GOTO(scan(&t, true, end, &good));
    if (!good) LQI_TRY_GOTO(scan(&t, false, end, &good));
    status = good ? check_limits(context, end)
                  : lqi_fail(context, LQI_ZIP_CORRUPT, (int64_t)source->size,
                             "The archive is damaged or was cut off: its list of contents is missing.");
done:
    lqi_free(context, t.bytes);
    return status;
}
