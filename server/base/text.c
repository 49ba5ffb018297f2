#include "base/text.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Noreturn void end_without_memory(void)
{
    static const char line[] = "{\"level\":\"fatal\",\"msg\":\"out of memory\"}\n";
    fwrite(line, 1, sizeof line - 1, stderr);
    _Exit(71);
}

void *sv_alloc(size_t count, size_t size)
{
    void *block = calloc(count ? count : 1, size ? size : 1);
    if (!block) end_without_memory();
    return block;
}

void *sv_grow(void *block, size_t count, size_t size)
{
    void *grown = size && count > SIZE_MAX / size ? NULL : realloc(block, count && size ? count * size : 1);
    if (!grown) end_without_memory();
    return grown;
}

char *sv_copy_bytes(const char *bytes, size_t size)
{
    char *copy = sv_alloc(size + 1, 1);
    if (size) memcpy(copy, bytes, size);
    return copy;
}

char *sv_copy(const char *words) { return sv_copy_bytes(words, strlen(words)); }

void sv_text_free(sv_text *text)
{
    free(text->data);
    *text = (sv_text){0};
}

static void reserve(sv_text *text, size_t more)
{
    if (text->capacity - text->size > more) return;
    size_t capacity = text->capacity ? text->capacity * 2 : 256;
    if (capacity < text->size + more + 1) capacity = text->size + more + 1;
    text->data = sv_grow(text->data, capacity, 1);
    text->capacity = capacity;
}

void sv_text_add(sv_text *text, const char *bytes, size_t size)
{
    reserve(text, size);
    if (size) memcpy(text->data + text->size, bytes, size);
    text->size += size;
    text->data[text->size] = 0;
}

void sv_text_put(sv_text *text, const char *words) { sv_text_add(text, words, strlen(words)); }

void sv_text_format_list(sv_text *text, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int size = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (size < 0) return;
    reserve(text, (size_t)size);
    vsnprintf(text->data + text->size, (size_t)size + 1, format, arguments);
    text->size += (size_t)size;
}

void sv_text_format(sv_text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    sv_text_format_list(text, format, arguments);
    va_end(arguments);
}

const char *sv_text_get(const sv_text *text) { return text->data ? text->data : ""; }

/* The size of the sequence at the start, 0: there is none. Overlong forms, surrogates and what is above U+10FFFF are
 * none. */
static size_t sequence_size(const unsigned char *at)
{
    const unsigned first = at[0], second = first ? at[1] : 0;
    if (first < 0x80) return 1;
    const size_t size = first >= 0xC2 && first < 0xE0   ? 2
                        : (first & 0xF0) == 0xE0        ? 3
                        : first >= 0xF0 && first < 0xF5 ? 4
                                                        : 0;
    if (first == 0xE0   ? second < 0xA0
        : first == 0xED ? second > 0x9F
        : first == 0xF0 ? second < 0x90
                        : first == 0xF4 && second > 0x8F)
        return 0;
    for (size_t i = 1; i < size; i++)
        if ((at[i] & 0xC0) != 0x80) return 0;
    return size;
}

void sv_make_utf8(char *text)
{
    for (unsigned char *at = (unsigned char *)text; *at;) {
        const size_t size = sequence_size(at);
        if (!size) *at = '?';
        at += size ? size : 1;
    }
}
