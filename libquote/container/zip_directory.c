/* Reads the list of contents and finds entries that share bytes. */
#include <string.h>

#include "base/bytes.h"
#include "base/checked.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/sort.h"
#include "base/source.h"
#include "container/zip_inside.h"

#define ENTRIES_PER_STEP 512 /* between two calls of the caller's progress */
#define ZIP64 1              /* id of an extra field */
#define SIGNATURE_OF_SIGNATURE 0x05054B50u

typedef struct header {
    uint64_t size, size_compressed, offset;
    uint32_t crc;
    uint16_t flags, method, name_size, disk;
    const uint8_t *name;
    lqi_zip_extra extra;
    size_t whole;
} header;

typedef struct directory {
    lqi_zip *zip;
    const lqi_zip_end *end;
    uint8_t *bytes;
    size_t size;
} directory;

static lq_status fail_at(const directory *d, size_t at, const char *what)
{
    return lqi_fail(d->zip->context, LQI_ZIP_CORRUPT, (int64_t)(d->end->directory_offset + at),
                    "The archive is damaged: %s.", what);
}

bool lqi_zip_find_extra(lqi_zip_extra extra, uint16_t id, lqi_zip_extra *field)
{
    while (extra.size >= 4) {
        size_t size = lqi_load_u16(extra.data + 2);
        if (size > extra.size - 4) return false;
        *field = (lqi_zip_extra){extra.data + 4, size};
        if (lqi_load_u16(extra.data) == id) return true;
        extra = (lqi_zip_extra){field->data + size, extra.size - 4 - size};
    }
    return false;
}

/* Do the fields fill their place? Up to three zeros behind them are the padding of tools that align contents. */
static bool is_whole_extra(lqi_zip_extra extra)
{
    while (extra.size >= 4) {
        size_t whole = (size_t)4 + lqi_load_u16(extra.data + 2);
        if (whole > extra.size) return false;
        extra = (lqi_zip_extra){extra.data + whole, extra.size - whole};
    }
    for (size_t i = 0; i < extra.size; i++)
        if (extra.data[i]) return false;
    return true;
}

/* What some writers put there although it is not saturated must be what the header says. */
static bool repeats_numbers(lqi_zip_extra field, const header *h)
{
    if (field.size != 24 && field.size != 28) return false;
    if (field.size == 28 && lqi_load_u32(field.data + 24) != h->disk) return false;
    return lqi_load_u64(field.data) == h->size && lqi_load_u64(field.data + 8) == h->size_compressed &&
           lqi_load_u64(field.data + 16) == h->offset;
}

/* Extra field 0x0001 replaces the numbers whose 32 bits (16: the disk) are saturated, in this order. False: it cannot
 * be read or is missing. */
static bool apply_zip64(header *h)
{
    uint64_t *numbers[3] = {&h->size, &h->size_compressed, &h->offset};
    bool saturated = h->size == 0xFFFFFFFF || h->size_compressed == 0xFFFFFFFF || h->offset == 0xFFFFFFFF;
    if (!saturated) return true;
    lqi_zip_extra field;
    size_t used = 0;
    if (!lqi_zip_find_extra(h->extra, ZIP64, &field)) return false;
    for (int i = 0; i < 3; i++) {
        if (*numbers[i] != 0xFFFFFFFF) continue;
        if (field.size - used < 8) return false;
        *numbers[i] = lqi_load_u64(field.data + used);
        used += 8;
    }
    if (h->disk == 0xFFFF) {
        if (field.size - used < 4) return false;
        used += 4;
    }
    return used == field.size || repeats_numbers(field, h);
}

static lq_status read_header(const directory *d, size_t at, header *h)
{
    if (d->size - at < LQI_ZIP_CENTRAL_SIZE) return fail_at(d, at, "its list of contents is cut off");
    const uint8_t *p = d->bytes + at;
    if (lqi_load_u32(p) != LQI_ZIP_CENTRAL_SIGNATURE) return fail_at(d, at, "its list of contents is not readable");
    *h = (header){.flags = lqi_load_u16(p + 8),
                  .method = lqi_load_u16(p + 10),
                  .crc = lqi_load_u32(p + 16),
                  .size_compressed = lqi_load_u32(p + 20),
                  .size = lqi_load_u32(p + 24),
                  .name_size = lqi_load_u16(p + 28),
                  .disk = lqi_load_u16(p + 34),
                  .offset = lqi_load_u32(p + 42),
                  .name = p + LQI_ZIP_CENTRAL_SIZE};
    h->extra = (lqi_zip_extra){h->name + h->name_size, lqi_load_u16(p + 30)};
    h->whole = (size_t)LQI_ZIP_CENTRAL_SIZE + h->name_size + h->extra.size + lqi_load_u16(p + 32);
    if (h->whole > d->size - at) return fail_at(d, at, "its list of contents is cut off");
    if (h->name_size > LQI_ZIP_NAME_SIZE_MAX) {
        lq_status status = lqi_fail(d->zip->context, LQI_ZIP_BOMB, (int64_t)(d->end->directory_offset + at),
                                    "The archive holds a name that is too long.");
        lqi_fail_limit(d->zip->context, LQI_ZIP_NAME_SIZE_MAX, h->name_size);
        return status;
    }
    if (!is_whole_extra(h->extra) || !apply_zip64(h)) return fail_at(d, at, "an entry is not readable");
    return LQ_OK;
}

static lq_status take_entry(const directory *d, const header *h, size_t index, size_t at)
{
    lqi_zip_entry *entry = &d->zip->entries[index];
    *entry = (lqi_zip_entry){.size = h->size,
                             .size_compressed = h->size_compressed,
                             .crc = h->crc,
                             .method = h->method, /* 99 hides the real method in an extra field: encrypted anyway */
                             .encrypted = (h->flags & 0x2001) != 0 || h->method == 99};
    LQI_TRY(lqi_zip_decode_name(d->zip, entry, h->name, h->name_size, h->extra));
    if (lqi_zip_has_control((const char *)h->name, h->name_size))
        entry->ignored = true; /* of a NUL there are two readings; code page 437 paints others */
    uint64_t offset;
    if (!lqi_add_u64(h->offset, d->end->shift, &offset) || offset > d->end->directory_offset ||
        d->end->directory_offset - offset < LQI_ZIP_LOCAL_SIZE)
        return fail_at(d, at, "an entry lies outside the file");
    d->zip->places[index].header_offset = offset;
    return LQ_OK;
}

static lq_status read_all(const directory *d)
{
    size_t at = 0;
    for (size_t i = 0; i < d->zip->count; i++) {
        header h;
        LQI_TRY(read_header(d, at, &h));
        LQI_TRY(take_entry(d, &h, i, at));
        at += h.whole;
        if (i % ENTRIES_PER_STEP == 0) LQI_TRY(lqi_progress(d->zip->context, "open", at, d->size));
    }
    bool signature = d->size - at >= 4 && lqi_load_u32(d->bytes + at) == SIGNATURE_OF_SIGNATURE;
    return at == d->size || signature ? LQ_OK : fail_at(d, at, "its list of contents is longer than it says");
}

/* Entries in the order of their places: what shares bytes with something before it, and what follows each. */
static lq_status find_overlaps(lqi_zip *zip, const lqi_zip_end *end)
{
    if (zip->count == 0) return LQ_OK;
    uint64_t *order = lqi_alloc_array(zip->context, zip->count, sizeof *order);
    if (!order) return lqi_memory_status(zip->context);
    /* The source is below 2^47 bytes long (check in lqi_zip_read_directory), the index below 2^17. */
    for (size_t i = 0; i < zip->count; i++) order[i] = zip->places[i].header_offset << 17 | i;
    lqi_sort_u64(order, zip->count);
    uint64_t furthest = 0;
    size_t holder = 0;
    for (size_t k = 0; k < zip->count; k++) {
        size_t i = order[k] & 0x1FFFF;
        lqi_zip_place *place = &zip->places[i];
        uint64_t data_end =
            lqi_add_saturated(place->header_offset + LQI_ZIP_LOCAL_SIZE, zip->entries[i].size_compressed);
        if (place->header_offset < furthest) place->overlaps = zip->places[holder].overlaps = true;
        if (data_end > furthest) {
            furthest = data_end;
            holder = i;
        }
        place->next_offset = k + 1 < zip->count ? order[k + 1] >> 17 : end->directory_offset;
    }
    lqi_free(zip->context, order);
    return LQ_OK;
}

static lq_status check_total(lqi_zip *zip)
{
    uint64_t total = 0;
    for (size_t i = 0; i < zip->count; i++) total = lqi_add_saturated(total, zip->entries[i].size);
    uint64_t limit = lqi_mul_saturated(zip->context->limits.inflated_bytes, 2);
    if (total <= limit) return LQ_OK;
    lq_status status = lqi_fail(zip->context, LQI_ZIP_BOMB, -1, "The archive would unpack to far too much data.");
    lqi_fail_limit(zip->context, limit, total);
    return status;
}

lq_status lqi_zip_read_directory(lqi_zip *zip, const lqi_zip_end *end)
{
    lq_context *context = zip->context;
    if (zip->source.size >> 46) return lqi_fail_over_limit(context, "input_bytes", (uint64_t)1 << 46, zip->source.size);
    zip->count = (size_t)end->entry_count; /* at most LQI_ZIP_ENTRIES_MAX, and 46 bytes of the file each */
    zip->entries = lqi_alloc_zeroed(context, zip->count, sizeof *zip->entries);
    zip->places = zip->entries ? lqi_alloc_zeroed(context, zip->count, sizeof *zip->places) : NULL;
    if (!zip->places) return lqi_memory_status(context);
    directory d = {zip, end, NULL, (size_t)end->directory_size};
    d.bytes = lqi_alloc(context, d.size);
    if (!d.bytes) return lqi_memory_status(context);
    lq_status status;
    LQI_TRY_GOTO(lqi_source_read(context, &zip->source, end->directory_offset, d.bytes, d.size));
    LQI_TRY_GOTO(read_all(&d));
    LQI_TRY_GOTO(check_total(zip));
    LQI_TRY_GOTO(find_overlaps(zip, end));
done:
    lqi_free(context, d.bytes);
    return status;
}
