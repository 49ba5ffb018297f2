#include "format/write_out.h"

#include <string.h>

#include "base/decimal.h"
#include "base/memory.h"

#define BUFFER_SIZE ((size_t)1 << 16)

lq_status lqi_out_buffer_init(lqi_out_buffer *buffer, lq_context *context, const lqi_out *out)
{
    *buffer = (lqi_out_buffer){.context = context, .out = *out, .data = lqi_alloc(context, BUFFER_SIZE)};
    buffer->status = buffer->data ? LQ_OK : lqi_memory_status(context);
    return buffer->status;
}

void lqi_out_buffer_free(lqi_out_buffer *buffer)
{
    if (buffer->context) lqi_free(buffer->context, buffer->data);
    *buffer = (lqi_out_buffer){0};
}

lq_status lqi_out_flush(lqi_out_buffer *buffer)
{
    if (buffer->status == LQ_OK && buffer->size)
        buffer->status = buffer->out.write(buffer->out.user, buffer->data, buffer->size);
    buffer->size = 0;
    return buffer->status;
}

void lqi_out_bytes(lqi_out_buffer *buffer, const void *bytes, size_t size)
{
    const char *from = bytes;
    while (size && buffer->status == LQ_OK) {
        size_t piece = BUFFER_SIZE - buffer->size;
        if (piece > size) piece = size;
        memcpy(buffer->data + buffer->size, from, piece);
        buffer->size += piece;
        from += piece;
        size -= piece;
        if (buffer->size == BUFFER_SIZE) lqi_out_flush(buffer);
    }
}

void lqi_out_text(lqi_out_buffer *buffer, const char *text) { lqi_out_bytes(buffer, text, strlen(text)); }

void lqi_out_double(lqi_out_buffer *buffer, double value)
{
    char text[LQI_DECIMAL_TEXT_SIZE];
    lqi_out_bytes(buffer, text, lqi_decimal_from_double(value, text));
}

void lqi_out_float(lqi_out_buffer *buffer, float value)
{
    char text[LQI_DECIMAL_TEXT_SIZE];
    lqi_out_bytes(buffer, text, lqi_decimal_from_float(value, text));
}

void lqi_out_count(lqi_out_buffer *buffer, uint64_t value)
{
    char text[20];
    size_t at = sizeof text;
    do text[--at] = (char)('0' + value % 10);
    while (value /= 10);
    lqi_out_bytes(buffer, text + at, sizeof text - at);
}

static void add_little_endian(lqi_out_buffer *buffer, uint64_t value, size_t size)
{
    uint8_t bytes[8];
    for (size_t i = 0; i < size; i++) bytes[i] = (uint8_t)(value >> 8 * i);
    lqi_out_bytes(buffer, bytes, size);
}

void lqi_out_u16(lqi_out_buffer *buffer, uint16_t value) { add_little_endian(buffer, value, 2); }
void lqi_out_u32(lqi_out_buffer *buffer, uint32_t value) { add_little_endian(buffer, value, 4); }
void lqi_out_u64(lqi_out_buffer *buffer, uint64_t value) { add_little_endian(buffer, value, 8); }
