/* Where the large blocks of a context come from: regions of huge pages, cut into blocks, kept from step to step. The
 * first touch of memory costs more than most of what is done with it, in small pages ten times as much. Not
 * thread-safe. */
#ifndef LQI_POOL_H
#define LQI_POOL_H

#include <stddef.h>

#include "libquote.h"

/* Below this a block is not worth a region. */
#define LQI_POOL_BLOCK_MIN ((size_t)64 << 10)

struct lqi_pool_region;
struct lqi_pool_block;

typedef struct lqi_pool {
    struct lqi_pool_region *region; /* newest first */
    struct lqi_pool_block *free;
    size_t region_bytes; /* taken from the allocator */
    size_t block_count;  /* handed out */
} lqi_pool;

/* A block of at least `size` >= LQI_POOL_BLOCK_MIN bytes, of which byte 16 begins a cache line. NULL when the allocator
 * has none or the regions would exceed `limit`. */
void *lqi_pool_take(lqi_pool *pool, const lq_allocator *allocator, size_t size, size_t limit);

/* When the last block comes back, most of the memory goes back to the allocator. */
void lqi_pool_give(lqi_pool *pool, const lq_allocator *allocator, void *memory);

/* All of it. No block may be in use. */
void lqi_pool_free(lqi_pool *pool, const lq_allocator *allocator);

#endif
