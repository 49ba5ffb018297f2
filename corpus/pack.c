#include "corpus/pack.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

typedef struct bytes {
    uint8_t *data;
    size_t size, capacity;
} bytes;

static void *must(void *block)
{
    if (!block) abort();
    return block;
}

static void put(bytes *to, const void *data, size_t size)
{
    if (to->size + size > to->capacity) {
        to->capacity = 2 * (to->size + size) + 256;
        to->data = must(realloc(to->data, to->capacity));
    }
    if (size) memcpy(to->data + to->size, data, size);
    to->size += size;
}

static void put_number(bytes *to, uint64_t value, int size)
{
    for (int i = 0; i < size; i++) {
        uint8_t byte = (uint8_t)(value >> 8 * i);
        put(to, &byte, 1);
    }
}

static uint8_t *deflate_all(const void *data, size_t size, size_t *packed_size)
{
    struct libdeflate_compressor *compressor = must(libdeflate_alloc_compressor(6));
    size_t room = libdeflate_deflate_compress_bound(compressor, size);
    uint8_t *packed = must(malloc(room));
    *packed_size = libdeflate_deflate_compress(compressor, data, size, packed, room);
    libdeflate_free_compressor(compressor);
    return packed;
}

typedef struct placed {
    uint64_t offset, size, packed_size;
    uint32_t crc;
} placed;

static uint16_t flags_of(const pack_entry *entry)
{
    return (uint16_t)((entry->encrypted ? 1 : 0) | (entry->descriptor ? 8 : 0) | (entry->utf8 ? 1 << 11 : 0));
}

static uint16_t method_of(const pack_entry *entry) { return entry->method ? entry->method : entry->stored ? 0 : 8; }

static void put_unicode_path(bytes *extra, const pack_entry *entry, const char *name)
{
    if (!entry->unicode_path) return;
    size_t size = strlen(entry->unicode_path);
    put_number(extra, 0x7075, 2);
    put_number(extra, 5 + size, 2);
    put_number(extra, 1, 1);
    put_number(extra, libdeflate_crc32(0, name, strlen(name)), 4);
    put(extra, entry->unicode_path, size);
}

static void put_local(bytes *out, const pack_entry *entry, const placed *place, const uint8_t *packed)
{
    uint64_t size = entry->descriptor ? 0 : place->size, packed_size = entry->descriptor ? 0 : place->packed_size;
    bytes extra = {0};
    if (entry->zip64) {
        put_number(&extra, 1, 2);
        put_number(&extra, 16, 2);
        put_number(&extra, size, 8);
        put_number(&extra, packed_size, 8);
        size = packed_size = 0xFFFFFFFF;
    }
    put(out, "PK\3\4", 4);
    put_number(out, entry->zip64 ? 45 : 20, 2);
    put_number(out, flags_of(entry), 2);
    put_number(out, method_of(entry), 2);
    put_number(out, 0x5A210000, 4);
    put_number(out, entry->descriptor ? 0 : place->crc, 4);
    put_number(out, packed_size, 4);
    put_number(out, size, 4);
    put_number(out, strlen(entry->name), 2);
    put_number(out, extra.size, 2);
    put(out, entry->name, strlen(entry->name));
    put(out, extra.data, extra.size);
    put(out, packed, (size_t)place->packed_size);
    free(extra.data);
    if (!entry->descriptor) return;
    put(out, "PK\7\10", 4);
    put_number(out, place->crc, 4);
    put_number(out, place->packed_size, entry->zip64 ? 8 : 4);
    put_number(out, place->size, entry->zip64 ? 8 : 4);
}

static void put_central(bytes *out, const pack_entry *entry, const placed *place)
{
    const char *name = entry->central_name ? entry->central_name : entry->name;
    uint64_t size = place->size + (uint64_t)entry->size_more;
    uint64_t packed_size = place->packed_size + (uint64_t)entry->packed_more;
    uint64_t offset = place->offset + (uint64_t)entry->offset_more;
    bytes extra = {0};
    if (entry->zip64) {
        put_number(&extra, 1, 2);
        put_number(&extra, 24, 2);
        put_number(&extra, size, 8);
        put_number(&extra, packed_size, 8);
        put_number(&extra, offset, 8);
        size = packed_size = offset = 0xFFFFFFFF;
    }
    put_unicode_path(&extra, entry, name);
    put(out, "PK\1\2", 4);
    put_number(out, entry->zip64 ? 45 : 20, 2);
    put_number(out, entry->zip64 ? 45 : 20, 2);
    put_number(out, flags_of(entry), 2);
    put_number(out, method_of(entry), 2);
    put_number(out, 0x5A210000, 4);
    put_number(out, place->crc, 4);
    put_number(out, packed_size, 4);
    put_number(out, size, 4);
    put_number(out, strlen(name), 2);
    put_number(out, extra.size, 2);
    put_number(out, 0, 2); /* comment */
    put_number(out, 0, 2); /* disk */
    put_number(out, 0, 2);
    put_number(out, 0, 4);
    put_number(out, offset, 4);
    put(out, name, strlen(name));
    put(out, extra.data, extra.size);
    free(extra.data);
}

static void put_end(bytes *out, const pack_options *options, size_t base, uint64_t count, uint64_t directory,
                    uint64_t size)
{
    count += options->count_more;
    size += options->directory_more;
    if (options->zip64) {
        uint64_t record = out->size - base;
        put(out, "PK\6\6", 4);
        put_number(out, 44, 8);
        put_number(out, 45, 2);
        put_number(out, 45, 2);
        put_number(out, 0, 4);
        put_number(out, 0, 4);
        put_number(out, count, 8);
        put_number(out, count, 8);
        put_number(out, size, 8);
        put_number(out, directory, 8);
        put(out, "PK\6\7", 4);
        put_number(out, 0, 4);
        put_number(out, record, 8);
        put_number(out, 1, 4);
        count = 0xFFFF;
        size = directory = 0xFFFFFFFF;
    }
    size_t comment_size = options->comment ? strlen(options->comment) : 0;
    put(out, "PK\5\6", 4);
    put_number(out, 0, 4);
    put_number(out, count, 2);
    put_number(out, count, 2);
    put_number(out, size, 4);
    put_number(out, directory, 4);
    put_number(out, comment_size, 2);
    put(out, options->comment, comment_size);
}

uint8_t *pack_zip(const pack_entry *entries, size_t count, const pack_options *given, size_t *size)
{
    pack_options options = {0};
    if (given) options = *given;
    bytes out = {0};
    put(&out, options.prefix, options.prefix_size);
    size_t base = out.size;
    placed *places = must(calloc(count + 1, sizeof *places));
    for (size_t i = 0; i < count; i++) {
        const pack_entry *entry = &entries[i];
        if (entry->shares_previous && i) {
            places[i] = places[i - 1];
            continue;
        }
        size_t packed_size = entry->size;
        uint8_t *packed = NULL;
        if (!entry->stored) packed = deflate_all(entry->data, entry->size, &packed_size);
        places[i] = (placed){.offset = out.size - base,
                             .size = entry->size,
                             .packed_size = packed_size,
                             .crc = libdeflate_crc32(0, entry->data ? entry->data : "", entry->size) ^ entry->crc_xor};
        put_local(&out, entry, &places[i], packed ? packed : entry->data);
        free(packed);
    }
    size_t directory = out.size;
    for (size_t i = 0; i < count; i++) put_central(&out, &entries[i], &places[i]);
    put_end(&out, &options, base, count, directory - base, out.size - directory);
    put(&out, options.suffix, options.suffix_size);
    free(places);
    *size = out.size;
    return out.data;
}

const char pack_content_types[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\n"
    "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\n"
    "<Default Extension=\"model\" ContentType=\"application/vnd.ms-package.3dmanufacturing-3dmodel+xml\"/>\n"
    "</Types>\n";

const char pack_root_relationships[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\n"
    "<Relationship Target=\"/3D/3dmodel.model\" Id=\"rel0\" "
    "Type=\"http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel\"/>\n"
    "</Relationships>\n";

uint8_t *pack_3mf(const char *model_xml, const pack_entry *more, size_t more_count, size_t *size)
{
    pack_entry *entries = must(calloc(more_count + 3, sizeof *entries));
    entries[0] =
        (pack_entry){.name = "[Content_Types].xml", .data = pack_content_types, .size = strlen(pack_content_types)};
    entries[1] =
        (pack_entry){.name = "_rels/.rels", .data = pack_root_relationships, .size = strlen(pack_root_relationships)};
    entries[2] = (pack_entry){.name = "3D/3dmodel.model", .data = model_xml, .size = strlen(model_xml)};
    if (more_count) memcpy(entries + 3, more, more_count * sizeof *more);
    uint8_t *archive = pack_zip(entries, more_count + 3, NULL, size);
    free(entries);
    return archive;
}

uint8_t *pack_gzip(const void *data, size_t data_size, size_t *size)
{
    struct libdeflate_compressor *compressor = must(libdeflate_alloc_compressor(6));
    size_t room = libdeflate_gzip_compress_bound(compressor, data_size);
    uint8_t *packed = must(malloc(room));
    *size = libdeflate_gzip_compress(compressor, data, data_size, packed, room);
    libdeflate_free_compressor(compressor);
    return packed;
}
