/* Every allocation of the library goes through the context: counted, limited, and able to fail on purpose.
 * Thread-safe. Blocks are aligned to 16 bytes, those of the pool (pool.h) to cache lines. */
#ifndef LQI_MEMORY_H
#define LQI_MEMORY_H

#include <stddef.h>

#include "libquote.h"

/* NULL on failure, with LQ_ERR_MEMORY or LQ_ERR_LIMIT recorded. size 0 gives a valid block. Not cleared. */
void *lqi_alloc(lq_context *context, size_t size);
void *lqi_alloc_zeroed(lq_context *context, size_t count, size_t size);
void *lqi_alloc_array(lq_context *context, size_t count, size_t size); /* the product is checked */
void lqi_free(lq_context *context, void *block);

/* For what can be done without: a failure is not recorded. */
void *lqi_try_alloc(lq_context *context, size_t size);

/* Grows an array to hold at least `needed` elements, by half at least. *capacity counts elements. On failure the old
 * block stays as it is. */
lq_status lqi_grow(lq_context *context, void **block, size_t *capacity, size_t needed, size_t element_size);

/* A NUL-terminated copy of at most `size` bytes. NULL on failure. */
char *lqi_copy_text(lq_context *context, const char *text, size_t size);

/* Turns a NULL from above into its status. */
lq_status lqi_memory_status(const lq_context *context);

#endif
