#include <libdeflate.h>
#include <string.h>
#include <zlib.h>

#include "base/bytes.h"
#include "base/checked.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/source.h"
#include "container/zip_inside.h"

/* One deflate symbol of two bits stands for 258 bytes at most: an entry that claims more lies, and must not make us
 * allocate what it claims. */
#define DEFLATE_RATIO_MAX 1032

#define RATIO_FREE_SIZE ((uint64_t)64 << 20)
#define PIECE_SIZE ((size_t)16 << 10)

static lq_status name_entry(lqi_zip *zip, size_t index, lq_status status)
{
    lqi_fail_part(zip->context, zip->entries[index].name);
    return status;
}

static lq_status fail_limit(lqi_zip *zip, uint64_t limit, uint64_t actual, const char *message)
{
    lq_status status = lqi_fail(zip->context, LQI_ZIP_BOMB, -1, "%s", message);
    lqi_fail_limit(zip->context, limit, actual);
    return status;
}

lq_status lqi_zip_fail_corrupt(lq_context *context)
{
    return lqi_fail(context, LQI_ZIP_CORRUPT, -1, "The archive is damaged: a file cannot be unpacked.");
}

lq_status lqi_zip_fail_size(lq_context *context)
{
    return lqi_fail(context, LQI_ZIP_CRC, -1, "The archive is damaged: a file has not the size it should have.");
}

lq_status lqi_zip_fail_crc(lq_context *context)
{
    return lqi_fail(context, LQI_ZIP_CRC, -1, "The archive is damaged: the checksum of a file is wrong.");
}

/* What can be known without reading the entry. */
static lq_status check_entry(lqi_zip *zip, size_t index)
{
    const lqi_zip_entry *entry = &zip->entries[index];
    if (zip->places[index].ambiguous)
        return lqi_fail(zip->context, LQI_ZIP_DUPLICATE, -1, "The archive holds two different files of one name.");
    if (entry->encrypted) return lqi_fail(zip->context, LQI_ZIP_ENCRYPTED, -1, "This file is locked with a password.");
    if (entry->method != LQI_ZIP_METHOD_STORED && entry->method != LQI_ZIP_METHOD_DEFLATE)
        return lqi_fail(zip->context, LQI_ZIP_METHOD, -1, "This file is packed by a method that is not supported (%u).",
                        (unsigned)entry->method);
    if (zip->places[index].overlaps)
        return lqi_fail(zip->context, LQI_ZIP_OVERLAP, -1, "The archive uses the same bytes for several files.");
    return LQ_OK;
}

static lq_status check_sizes(lqi_zip *zip, size_t index)
{
    const lqi_zip_entry *entry = &zip->entries[index];
    const lq_limits *limits = &zip->context->limits;
    uint64_t packed = entry->size_compressed, size = entry->size;
    if (size > limits->inflated_bytes)
        return fail_limit(zip, limits->inflated_bytes, size, "This file would unpack to far too much data.");
    if (size > RATIO_FREE_SIZE && size > lqi_mul_saturated(packed, limits->inflate_ratio))
        return fail_limit(zip, limits->inflate_ratio, size / (packed ? packed : 1),
                          "This file is packed more tightly than any real model.");
    bool lies =
        entry->method == LQI_ZIP_METHOD_STORED ? size != packed : size > lqi_mul_saturated(packed, DEFLATE_RATIO_MAX);
    if (lies || size > SIZE_MAX / 2 || packed > SIZE_MAX / 2) return lqi_zip_fail_size(zip->context);
    return LQ_OK;
}

/* The local header only says where the data begin: its sizes may be missing, its names may differ in length. */
static lq_status find_data(lqi_zip *zip, size_t index, uint64_t *offset)
{
    const lqi_zip_place *place = &zip->places[index];
    uint8_t local[LQI_ZIP_LOCAL_SIZE];
    LQI_TRY(lqi_source_read(zip->context, &zip->source, place->header_offset, local, sizeof local));
    if (lqi_load_u32(local) != LQI_ZIP_LOCAL_SIGNATURE)
        return lqi_fail(zip->context, LQI_ZIP_CORRUPT, -1, "The archive is damaged: a file is not where it should be.");
    *offset = place->header_offset + LQI_ZIP_LOCAL_SIZE + lqi_load_u16(local + 26) + lqi_load_u16(local + 28);
    if (*offset <= place->next_offset && zip->entries[index].size_compressed <= place->next_offset - *offset)
        return LQ_OK;
    return lqi_fail(zip->context, LQI_ZIP_OVERLAP, -1, "The archive uses the same bytes for several files.");
}

lq_status lqi_zip_find_packed(lqi_zip *zip, size_t index, uint64_t *offset)
{
    LQI_TRY(check_entry(zip, index));
    LQI_TRY(check_sizes(zip, index));
    return find_data(zip, index, offset);
}

/* ---- whole entries ---- */

static lq_status check_crc(lqi_zip *zip, const lqi_zip_entry *entry, const uint8_t *data)
{
    if (libdeflate_crc32(0, data, (size_t)entry->size) == entry->crc) return LQ_OK;
    return lqi_zip_fail_crc(zip->context);
}

static lq_status inflate_whole(lqi_zip *zip, const lqi_zip_entry *entry, const uint8_t *packed, uint8_t *data)
{
    struct libdeflate_decompressor *decompressor = libdeflate_alloc_decompressor();
    if (!decompressor)
        return lqi_fail(zip->context, LQI_OUT_OF_MEMORY, -1, "The system has no memory left for this file.");
    size_t used = 0, made = 0;
    enum libdeflate_result result = libdeflate_deflate_decompress_ex(
        decompressor, packed, (size_t)entry->size_compressed, data, (size_t)entry->size, &used, &made);
    libdeflate_free_decompressor(decompressor);
    if (result == LIBDEFLATE_BAD_DATA) return lqi_zip_fail_corrupt(zip->context);
    if (result != LIBDEFLATE_SUCCESS || made != entry->size || used != entry->size_compressed)
        return lqi_zip_fail_size(zip->context);
    return LQ_OK;
}

static lq_status read_whole(lqi_zip *zip, size_t index, uint8_t **out)
{
    const lqi_zip_entry *entry = &zip->entries[index];
    lq_context *context = zip->context;
    uint64_t offset;
    LQI_TRY(lqi_zip_find_packed(zip, index, &offset));
    LQI_TRY(lqi_progress(context, "unpack", 0, entry->size));
    uint8_t *copy = NULL;
    uint8_t *data = lqi_alloc(context, (size_t)entry->size);
    if (!data) return lqi_memory_status(context);
    lq_status status;
    if (entry->method == LQI_ZIP_METHOD_STORED) {
        LQI_TRY_GOTO(lqi_source_read(context, &zip->source, offset, data, (size_t)entry->size));
    } else {
        const uint8_t *packed = zip->source.data ? (const uint8_t *)zip->source.data + offset : NULL;
        if (!packed) {
            packed = copy = lqi_alloc(context, (size_t)entry->size_compressed);
            status = copy ? LQ_OK : lqi_memory_status(context);
            if (status != LQ_OK) goto done;
            LQI_TRY_GOTO(lqi_source_read(context, &zip->source, offset, copy, (size_t)entry->size_compressed));
        }
        LQI_TRY_GOTO(inflate_whole(zip, entry, packed, data));
    }
    LQI_TRY_GOTO(check_crc(zip, entry, data));
    LQI_TRY_GOTO(lqi_progress(context, "unpack", entry->size, entry->size));
done:
    lqi_free(context, copy);
    if (status != LQ_OK) {
        lqi_free(context, data);
        data = NULL;
    }
    *out = data;
    return status;
}

lq_status lqi_zip_read(lqi_zip *zip, size_t index, uint8_t **data, size_t *size)
{
    *data = NULL;
    *size = 0;
    if (index >= zip->count) return lqi_fail(zip->context, LQI_INTERNAL, -1, "There is no entry of this number.");
    lq_status status = read_whole(zip, index, data);
    if (status != LQ_OK) return name_entry(zip, index, status);
    *size = (size_t)zip->entries[index].size;
    return LQ_OK;
}

lq_status lqi_zip_read_for(const lqi_zip *zip, lq_context *context, size_t index, uint8_t **data, size_t *size)
{
    lqi_zip view = *zip; /* reading changes nothing in it but the failure of its context */
    view.context = context;
    return lqi_zip_read(&view, index, data, size);
}

/* ---- first bytes ---- */

static voidpf zlib_alloc(voidpf context, uInt count, uInt size) { return lqi_alloc_array(context, count, size); }
static void zlib_free(voidpf context, voidpf block) { lqi_free(context, block); }

/* Damage is not told here: the bytes got so far are enough to know what the entry is, and reading it will tell. */
static lq_status inflate_head(lqi_zip *zip, uint64_t offset, uint64_t packed_size, z_stream *stream)
{
    uint8_t piece[PIECE_SIZE];
    while (stream->avail_out && packed_size) {
        size_t size = packed_size < PIECE_SIZE ? (size_t)packed_size : PIECE_SIZE;
        LQI_TRY(lqi_source_read(zip->context, &zip->source, offset, piece, size));
        offset += size;
        packed_size -= size;
        stream->next_in = piece;
        stream->avail_in = (uInt)size;
        int result = inflate(stream, Z_NO_FLUSH);
        if (result == Z_MEM_ERROR) return lqi_memory_status(zip->context);
        if (result != Z_OK) break;
    }
    return LQ_OK;
}

static lq_status peek(lqi_zip *zip, size_t index, uint8_t *buffer, size_t size, size_t *got)
{
    const lqi_zip_entry *entry = &zip->entries[index];
    uint64_t offset;
    LQI_TRY(check_entry(zip, index));
    LQI_TRY(find_data(zip, index, &offset));
    if (entry->method == LQI_ZIP_METHOD_STORED) {
        *got = entry->size_compressed < size ? (size_t)entry->size_compressed : size;
        return lqi_source_read(zip->context, &zip->source, offset, buffer, *got);
    }
    uInt room = size < UINT32_MAX ? (uInt)size : UINT32_MAX;
    z_stream stream = {
        .zalloc = zlib_alloc, .zfree = zlib_free, .opaque = zip->context, .next_out = buffer, .avail_out = room};
    if (inflateInit2(&stream, -15) != Z_OK) return lqi_memory_status(zip->context);
    lq_status status = inflate_head(zip, offset, entry->size_compressed, &stream);
    *got = room - stream.avail_out;
    inflateEnd(&stream);
    return status;
}

lq_status lqi_zip_peek(lqi_zip *zip, size_t index, uint8_t *buffer, size_t size, size_t *got)
{
    *got = 0;
    if (index >= zip->count) return lqi_fail(zip->context, LQI_INTERNAL, -1, "There is no entry of this number.");
    lq_status status = peek(zip, index, buffer, size, got);
    if (status == LQ_OK) return LQ_OK;
    *got = 0;
    return name_entry(zip, index, status);
}
