/* Reading from an lq_source. */
#ifndef LQI_SOURCE_H
#define LQI_SOURCE_H

#include <stdint.h>

#include "libquote.h"

/* All bytes of a source as one block: in place when the source lies in memory, else copied to a block of the context.
 */
typedef struct lqi_view {
    const uint8_t *data;
    size_t size;
    void *owned; /* to lqi_free, or NULL */
} lqi_view;

lq_status lqi_source_view(lq_context *context, const lq_source *source, lqi_view *view);
void lqi_view_free(lq_context *context, lqi_view *view);

/* Exactly `size` bytes from `offset`; a short source is LQ_ERR_IO. */
lq_status lqi_source_read(lq_context *context, const lq_source *source, uint64_t offset, void *buffer, size_t size);

#endif
