#include "base/arena.h"

#include <stdint.h>
#include <string.h>

#include "base/checked.h"
#include "base/memory.h"

#define BLOCK_SIZE_MIN ((size_t)16 << 10)

struct lqi_arena_block {
    struct lqi_arena_block *older;
    size_t used, size; /* of the bytes behind this header */
};

#define BLOCK_HEADER_SIZE ((sizeof(struct lqi_arena_block) + 15) & ~(size_t)15)

void lqi_arena_init(lqi_arena *arena, lq_context *context) { *arena = (lqi_arena){context, NULL}; }

void lqi_arena_free(lqi_arena *arena)
{
    while (arena->newest) {
        struct lqi_arena_block *older = arena->newest->older;
        lqi_free(arena->context, arena->newest);
        arena->newest = older;
    }
}

void *lqi_arena_alloc(lqi_arena *arena, size_t size)
{
    size_t rounded;
    if (!lqi_add_size(size, 15, &rounded)) rounded = SIZE_MAX; /* the allocation below then fails as it should */
    rounded &= ~(size_t)15;
    struct lqi_arena_block *block = arena->newest;
    if (!block || block->size - block->used < rounded) {
        size_t payload = rounded > BLOCK_SIZE_MIN ? rounded : BLOCK_SIZE_MIN;
        size_t whole;
        if (!lqi_add_size(payload, BLOCK_HEADER_SIZE, &whole)) whole = SIZE_MAX;
        block = lqi_alloc(arena->context, whole);
        if (!block) return NULL;
        *block = (struct lqi_arena_block){arena->newest, 0, payload};
        arena->newest = block;
    }
    void *memory = (char *)block + BLOCK_HEADER_SIZE + block->used;
    block->used += rounded;
    return memory;
}

/* Length of a valid UTF-8 sequence at text, 0 if there is none (overlong, surrogate, cut). */
static size_t utf8_length(const unsigned char *text, size_t size)
{
    unsigned char a = text[0];
    size_t length = a < 0x80                ? 1
                    : a >= 0xC2 && a < 0xE0 ? 2
                    : a >= 0xE0 && a < 0xF0 ? 3
                    : a >= 0xF0 && a < 0xF5 ? 4
                                            : 0;
    if (!length || length > size) return 0;
    for (size_t i = 1; i < length; i++)
        if ((text[i] & 0xC0) != 0x80) return 0;
    if (a == 0xE0 && text[1] < 0xA0) return 0;
    if (a == 0xED && text[1] >= 0xA0) return 0;
    if (a == 0xF0 && text[1] < 0x90) return 0;
    if (a == 0xF4 && text[1] >= 0x90) return 0;
    return length;
}

/* Bytes that are not UTF-8 are shown as Latin-1. */
char *lqi_arena_text(lqi_arena *arena, const char *text, size_t size)
{
    size_t worst;
    if (!lqi_mul_size(size, 2, &worst) || !lqi_add_size(worst, 1, &worst)) worst = SIZE_MAX;
    char *copy = lqi_arena_alloc(arena, worst);
    if (!copy) return NULL;
    const unsigned char *in = (const unsigned char *)text;
    size_t out = 0;
    for (size_t i = 0; i < size;) {
        size_t length = utf8_length(in + i, size - i);
        if (length == 1) {
            if (in[i] >= 0x20 && in[i] != 0x7F) copy[out++] = (char)in[i];
            i++;
        } else if (length) {
            bool control = length == 2 && in[i] == 0xC2 && in[i + 1] < 0xA0;
            if (!control) memcpy(copy + out, in + i, length), out += length;
            i += length;
        } else {
            unsigned char byte = in[i++];
            if (byte < 0xA0) continue;
            copy[out++] = (char)(0xC0 | byte >> 6);
            copy[out++] = (char)(0x80 | (byte & 0x3F));
        }
    }
    copy[out] = 0;
    return copy;
}
