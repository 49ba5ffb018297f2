#include "corpus/wrap.h"

#include <string.h>

static uint32_t crc_of(uint32_t crc, const uint8_t *data, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        crc ^= data[i];
        for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
    return crc;
}

uint32_t wrap_crc32(const void *data, size_t size) { return ~crc_of(0xffffffffu, data, size); }

static void add16(stl_bytes *bytes, uint32_t value)
{
    const uint8_t out[2] = {(uint8_t)value, (uint8_t)(value >> 8)};
    stl_bytes_add(bytes, out, 2);
}

static void add32(stl_bytes *bytes, uint32_t value)
{
    add16(bytes, value & 0xffff);
    add16(bytes, value >> 16);
}

static void add_gzip_header(stl_bytes *bytes)
{
    static const uint8_t header[10] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255};
    stl_bytes_add(bytes, header, sizeof header);
}

stl_bytes wrap_gzip(const stl_bytes *content)
{
    stl_bytes bytes = {0};
    add_gzip_header(&bytes);
    size_t at = 0;
    do {
        size_t part = content->size - at < 65535 ? content->size - at : 65535;
        const uint8_t last = at + part == content->size;
        stl_bytes_add(&bytes, &last, 1);
        add16(&bytes, (uint32_t)part);
        add16(&bytes, ~(uint32_t)part & 0xffff);
        stl_bytes_add(&bytes, content->data + at, part);
        at += part;
    } while (at < content->size);
    add32(&bytes, wrap_crc32(content->data, content->size));
    add32(&bytes, (uint32_t)content->size);
    return bytes;
}

/* ---- a bomb: one fixed-Huffman block, a literal and then matches of 258 bytes one back ---- */

typedef struct bit_writer {
    stl_bytes *bytes;
    uint32_t bits;
    int count;
} bit_writer;

static void put_bit(bit_writer *w, uint32_t bit)
{
    w->bits |= bit << w->count;
    if (++w->count < 8) return;
    const uint8_t byte = (uint8_t)w->bits;
    stl_bytes_add(w->bytes, &byte, 1);
    w->bits = 0;
    w->count = 0;
}

/* Huffman codes go most significant bit first. */
static void put_code(bit_writer *w, uint32_t code, int length)
{
    while (length-- > 0) put_bit(w, code >> length & 1);
}

static void put_literal(bit_writer *w, uint8_t value)
{
    if (value < 144)
        put_code(w, 0x30u + value, 8);
    else
        put_code(w, 0x190u + value - 144, 9);
}

static uint32_t crc_of_run(uint8_t value, uint64_t size)
{
    uint8_t block[4096];
    memset(block, value, sizeof block);
    uint32_t crc = 0xffffffffu;
    for (; size > 0; size -= size < sizeof block ? size : sizeof block)
        crc = crc_of(crc, block, size < sizeof block ? (size_t)size : sizeof block);
    return ~crc;
}

stl_bytes wrap_gzip_bomb(uint8_t value, uint64_t size)
{
    stl_bytes bytes = {0};
    add_gzip_header(&bytes);
    bit_writer w = {&bytes, 0, 0};
    put_bit(&w, 1);
    put_bit(&w, 1);
    put_bit(&w, 0);
    uint64_t left = size;
    for (; left > 0 && (left == size || left < 258); left--) put_literal(&w, value);
    for (; left >= 258; left -= 258) {
        put_code(&w, 0xc5, 8); /* length 258 */
        put_code(&w, 0, 5);    /* distance 1 */
    }
    for (; left > 0; left--) put_literal(&w, value);
    put_code(&w, 0, 7);
    while (w.count != 0) put_bit(&w, 0);
    add32(&bytes, crc_of_run(value, size));
    add32(&bytes, (uint32_t)size);
    return bytes;
}

/* ---- ZIP ---- */

static void add_zip_fields(stl_bytes *bytes, const wrap_entry *entry)
{
    add16(bytes, 20);     /* version needed */
    add16(bytes, 0x0800); /* names are UTF-8 */
    add16(bytes, 0);      /* stored */
    add16(bytes, 0);      /* time */
    add16(bytes, 0x5821); /* 2024-01-01 */
    add32(bytes, wrap_crc32(entry->data, entry->size));
    add32(bytes, (uint32_t)entry->size);
    add32(bytes, (uint32_t)entry->size);
    add16(bytes, (uint32_t)strlen(entry->name));
    add16(bytes, 0); /* extra */
}

stl_bytes wrap_zip(const wrap_entry *entries, size_t count)
{
    stl_bytes bytes = {0}, directory = {0};
    for (size_t i = 0; i < count; i++) {
        uint32_t offset = (uint32_t)bytes.size;
        add32(&bytes, 0x04034b50);
        add_zip_fields(&bytes, &entries[i]);
        stl_bytes_add_text(&bytes, entries[i].name);
        stl_bytes_add(&bytes, entries[i].data, entries[i].size);
        add32(&directory, 0x02014b50);
        add16(&directory, 20); /* version made by */
        add_zip_fields(&directory, &entries[i]);
        add16(&directory, 0); /* comment */
        add16(&directory, 0); /* disk */
        add16(&directory, 0);
        add32(&directory, 0);
        add32(&directory, offset);
        stl_bytes_add_text(&directory, entries[i].name);
    }
    uint32_t start = (uint32_t)bytes.size;
    stl_bytes_add(&bytes, directory.data, directory.size);
    add32(&bytes, 0x06054b50);
    add32(&bytes, 0);
    add16(&bytes, (uint32_t)count);
    add16(&bytes, (uint32_t)count);
    add32(&bytes, (uint32_t)directory.size);
    add32(&bytes, start);
    add16(&bytes, 0);
    stl_bytes_free(&directory);
    return bytes;
}
