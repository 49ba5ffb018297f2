#include "buffer.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exit_code.h"

void *cli_grow(void *block, size_t count, size_t size)
{
    size_t total = size && count > SIZE_MAX / size ? 0 : count * size;
    void *grown = total || count == 0 ? realloc(block, total ? total : 1) : NULL;
    if (grown) return grown;
    fputs("quote: there is not enough memory.\n", stderr);
    exit(CLI_EXIT_SYSTEM);
}

char *cli_copy(const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(cli_grow(NULL, size, 1), text, size);
}

void cli_buffer_free(cli_buffer *buffer)
{
    free(buffer->data);
    *buffer = (cli_buffer){0};
}

static void reserve(cli_buffer *buffer, size_t more)
{
    if (buffer->capacity - buffer->size > more) return;
    size_t capacity = buffer->capacity ? buffer->capacity * 2 : 128;
    if (capacity < buffer->size + more + 1) capacity = buffer->size + more + 1;
    buffer->data = cli_grow(buffer->data, capacity, 1);
    buffer->capacity = capacity;
}

void cli_buffer_add(cli_buffer *buffer, const char *bytes, size_t size)
{
    reserve(buffer, size);
    memcpy(buffer->data + buffer->size, bytes, size);
    buffer->size += size;
    buffer->data[buffer->size] = 0;
}

void cli_buffer_text(cli_buffer *buffer, const char *text) { cli_buffer_add(buffer, text, strlen(text)); }

void cli_buffer_format(cli_buffer *buffer, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int size = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (size > 0) {
        reserve(buffer, (size_t)size);
        vsnprintf(buffer->data + buffer->size, (size_t)size + 1, format, again);
        buffer->size += (size_t)size;
    }
    va_end(again);
}

const char *cli_buffer_get(const cli_buffer *buffer) { return buffer->data ? buffer->data : ""; }
