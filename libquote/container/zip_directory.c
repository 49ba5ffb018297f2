/* The directory is walked twice. Our own walk finds what libzip does not tell (where each entry lies); libzip then
 * decodes names and sizes, in batches: its name table is a fixed hash that a crafted archive could fill with
 * collisions, and its search for the end record would try every look-alike. */
#include <string.h>
#include <zip.h>

#include "base/bytes.h"
#include "base/checked.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/sort.h"
#include "base/source.h"
#include "container/zip_inside.h"

#define BATCH_COUNT 512
#define END_SIZE 22
#define SIGNATURE_OF_SIGNATURE 0x05054B50u

typedef struct header {
    uint64_t size, size_compressed, offset;
    uint16_t flags, method, name_size;
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

/* Extra field 0x0001 replaces the numbers whose 32 bits are saturated, in this order. */
static void apply_zip64(const uint8_t *extra, size_t size, header *h)
{
    while (size >= 4) {
        size_t id = lqi_load_u16(extra), length = lqi_load_u16(extra + 2);
        if (length > size - 4) return;
        if (id == 1) {
            uint64_t *fields[3] = {&h->size, &h->size_compressed, &h->offset};
            size_t used = 0;
            for (int i = 0; i < 3; i++) {
                if (*fields[i] != 0xFFFFFFFF || length - used < 8) continue;
                *fields[i] = lqi_load_u64(extra + 4 + used);
                used += 8;
            }
            return;
        }
        extra += 4 + length;
        size -= 4 + length;
    }
}

/* Of a header that read_header has accepted. */
static size_t header_size(const uint8_t *p)
{
    return (size_t)LQI_ZIP_CENTRAL_SIZE + lqi_load_u16(p + 28) + lqi_load_u16(p + 30) + lqi_load_u16(p + 32);
}

static lq_status read_header(const directory *d, size_t at, header *h)
{
    if (d->size - at < LQI_ZIP_CENTRAL_SIZE) return fail_at(d, at, "its list of contents is cut off");
    const uint8_t *p = d->bytes + at;
    if (lqi_load_u32(p) != LQI_ZIP_CENTRAL_SIGNATURE) return fail_at(d, at, "its list of contents is not readable");
    *h = (header){.flags = lqi_load_u16(p + 8),
                  .method = lqi_load_u16(p + 10),
                  .size_compressed = lqi_load_u32(p + 20),
                  .size = lqi_load_u32(p + 24),
                  .name_size = lqi_load_u16(p + 28),
                  .offset = lqi_load_u32(p + 42)};
    size_t extra_size = lqi_load_u16(p + 30);
    h->whole = header_size(p);
    if (h->whole > d->size - at) return fail_at(d, at, "its list of contents is cut off");
    if (h->name_size > LQI_ZIP_NAME_SIZE_MAX) {
        lq_status status = lqi_fail(d->zip->context, LQI_ZIP_BOMB, (int64_t)(d->end->directory_offset + at),
                                    "The archive holds a name that is too long.");
        lqi_fail_limit(d->zip->context, LQI_ZIP_NAME_SIZE_MAX, h->name_size);
        return status;
    }
    apply_zip64(p + LQI_ZIP_CENTRAL_SIZE + h->name_size, extra_size, h);
    return LQ_OK;
}

static lq_status take_entry(const directory *d, zip_t *archive, size_t position, size_t index, size_t at)
{
    header h;
    LQI_TRY(read_header(d, at, &h));
    zip_stat_t stat;
    const char *name = zip_get_name(archive, position, ZIP_FL_ENC_GUESS);
    if (!name || zip_stat_index(archive, position, 0, &stat) != 0) return fail_at(d, at, "an entry is not readable");
    zip_uint64_t needed = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_CRC | ZIP_STAT_COMP_METHOD;
    if ((stat.valid & needed) != needed || stat.size != h.size || stat.comp_size != h.size_compressed)
        return fail_at(d, at, "the sizes of an entry contradict each other");
    lqi_zip_entry *entry = &d->zip->entries[index];
    *entry = (lqi_zip_entry){.size = stat.size,
                             .size_compressed = stat.comp_size,
                             .crc = stat.crc,
                             .method = h.method, /* 99 hides the real method in an extra field: encrypted anyway */
                             .encrypted =
                                 (h.flags & 0x2001) != 0 || h.method == 99 || stat.encryption_method != ZIP_EM_NONE};
    const uint8_t *raw = d->bytes + at + LQI_ZIP_CENTRAL_SIZE;
    LQI_TRY(lqi_zip_take_name(d->zip, entry, name, strlen(name)));
    if (lqi_zip_has_control((const char *)raw, h.name_size))
        entry->ignored = true; /* of a NUL there are two readings; CP437 paints others */
    uint64_t offset;
    if (!lqi_add_u64(h.offset, d->end->shift, &offset) || offset > d->end->directory_offset ||
        d->end->directory_offset - offset < LQI_ZIP_LOCAL_SIZE)
        return fail_at(d, at, "an entry lies outside the file");
    d->zip->places[index].header_offset = offset;
    return LQ_OK;
}

/* Method and UTF-8 flag are hidden from libzip: it refuses whole archives for one entry that is odd in them, and it
 * knows UTF-8 when it sees it. */
static void blank_header(uint8_t *p)
{
    p[9] &= (uint8_t)~0x08;
    p[10] = p[11] = 0;
}

/* A small archive for libzip: some headers, then zeros so far that its backward search for an end record meets
 * nothing else, then the end record. */
static lq_status read_batch(const directory *d, size_t first, size_t count, size_t at, size_t size)
{
    lq_context *context = d->zip->context;
    size_t padding = 1 << 17;
    uint8_t *bytes = lqi_alloc(context, size + padding + END_SIZE);
    if (!bytes) return lqi_memory_status(context);
    memcpy(bytes, d->bytes + at, size);
    for (size_t i = 0; i < size; i += header_size(bytes + i)) blank_header(bytes + i);
    memset(bytes + size, 0, padding + END_SIZE);
    uint8_t *end = bytes + size + padding;
    memcpy(end, "PK\5\6", 4);
    for (int i = 0; i < 2; i++) end[8 + i] = end[10 + i] = (uint8_t)(count >> 8 * i);
    for (int i = 0; i < 4; i++) end[12 + i] = (uint8_t)(size >> 8 * i);
    zip_error_t error;
    zip_error_init(&error);
    lq_status status = LQ_OK;
    zip_t *archive = NULL;
    zip_source_t *source = zip_source_buffer_create(bytes, size + padding + END_SIZE, 0, &error);
    if (source) archive = zip_open_from_source(source, ZIP_RDONLY, &error);
    if (archive && zip_get_num_entries(archive, 0) == (zip_int64_t)count) {
        for (size_t i = 0; i < count && status == LQ_OK; i++) {
            status = take_entry(d, archive, i, first + i, at);
            if (status == LQ_OK) { /* take_entry has checked the header at `at` */
                const uint8_t *p = d->bytes + at;
                at += (size_t)LQI_ZIP_CENTRAL_SIZE + lqi_load_u16(p + 28) + lqi_load_u16(p + 30) + lqi_load_u16(p + 32);
            }
        }
    } else if (zip_error_code_zip(&error) == ZIP_ER_MEMORY) {
        status = lqi_fail(context, LQI_OUT_OF_MEMORY, -1, "The system has no memory left for this file.");
    } else {
        status = fail_at(d, at, "its list of contents is not readable");
    }
    if (archive)
        zip_discard(archive);
    else if (source)
        zip_source_free(source);
    zip_error_fini(&error);
    lqi_free(context, bytes);
    return status;
}

static lq_status read_all(const directory *d)
{
    size_t at = 0;
    for (size_t first = 0; first < d->zip->count;) {
        size_t begin = at, count = 0;
        for (; count < BATCH_COUNT && first + count < d->zip->count; count++) {
            header h;
            LQI_TRY(read_header(d, at, &h));
            at += h.whole;
        }
        LQI_TRY(read_batch(d, first, count, begin, at - begin));
        LQI_TRY(lqi_progress(d->zip->context, "open", at, d->size));
        first += count;
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
