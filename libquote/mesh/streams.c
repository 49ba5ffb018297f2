#include "mesh/streams.h"

#include "base/fail.h"
#include "base/memory.h"

#define SLAB_SIZE_MIN ((size_t)256 << 10)
#define SLAB_SIZE_MAX ((size_t)4 << 20)

typedef struct lqi_slab {
    struct lqi_slab *older;
    size_t size; /* of the chunks behind */
} slab;

lq_status lqi_streams_init(lqi_streams *streams, lq_context *context, uint32_t bits)
{
    *streams = (lqi_streams){.context = context, .bits = bits};
    streams->stream = lqi_alloc_zeroed(context, (size_t)1 << bits, sizeof *streams->stream);
    return streams->stream ? LQ_OK : lqi_memory_status(context);
}

void lqi_streams_free(lqi_streams *streams)
{
    while (streams->slab) {
        slab *older = streams->slab->older;
        lqi_free(streams->context, streams->slab);
        streams->slab = older;
    }
    if (streams->context) lqi_free(streams->context, streams->stream);
    *streams = (lqi_streams){0};
}

lq_status lqi_streams_add_chunk(lqi_streams *streams, lqi_stream *stream)
{
    if (!streams->slab || streams->slab_used + sizeof(lqi_chunk) > streams->slab->size) {
        size_t size = streams->slab ? streams->slab->size * 2 : SLAB_SIZE_MIN;
        if (size > SLAB_SIZE_MAX) size = SLAB_SIZE_MAX;
        slab *added = lqi_alloc(streams->context, sizeof *added + size);
        if (!added) return lqi_memory_status(streams->context);
        *added = (slab){streams->slab, size};
        streams->slab = added;
        streams->slab_used = 0;
    }
    lqi_chunk *fresh = (lqi_chunk *)(void *)((char *)(streams->slab + 1) + streams->slab_used);
    streams->slab_used += sizeof *fresh;
    fresh->next = NULL;
    if (stream->last)
        stream->last->next = fresh;
    else
        stream->first = fresh;
    stream->last = fresh;
    stream->next = fresh->record;
    stream->end = fresh->record + LQI_CHUNK_RECORDS;
    stream->chunk_count++;
    return LQ_OK;
}
