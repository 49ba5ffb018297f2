/* Bump allocation for things that die together. Blocks come from the context; nothing is freed one by one. */
#ifndef LQI_ARENA_H
#define LQI_ARENA_H

#include <stddef.h>

#include "libquote.h"

typedef struct lqi_arena {
    lq_context *context;
    struct lqi_arena_block *newest;
} lqi_arena;

void lqi_arena_init(lqi_arena *arena, lq_context *context);
void lqi_arena_free(lqi_arena *arena);

/* Aligned to 16, not cleared; NULL on failure, recorded in the context. */
void *lqi_arena_alloc(lqi_arena *arena, size_t size);

/* A copy of `size` bytes, NUL-terminated, with control characters and bad UTF-8 made harmless: text from files. */
char *lqi_arena_text(lqi_arena *arena, const char *text, size_t size);

#endif
