/* Records dealt out to streams, each read back in the order it was written. Chunks of a stream lie anywhere, so that
 * nobody need know beforehand how long it becomes. */
#ifndef LQI_STREAMS_H
#define LQI_STREAMS_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "libquote.h"

#define LQI_STREAM_BITS_MAX 8
#define LQI_CHUNK_RECORDS 346
#define LQI_LINE 64

typedef struct lqi_record {
    uint32_t word[3];
} lqi_record;

/* An odd number of lines, so that streams that grow alike lie in different sets of the first-level cache. */
typedef struct lqi_chunk {
    struct lqi_chunk *next;
    lqi_record record[LQI_CHUNK_RECORDS];
} lqi_chunk;

static_assert(sizeof(lqi_chunk) == 65 * LQI_LINE, "the layout above");

typedef struct lqi_stream {
    lqi_record *next, *end; /* free records of the last chunk */
    lqi_chunk *first, *last;
    uint32_t chunk_count;
} lqi_stream;

typedef struct lqi_streams {
    lq_context *context;
    lqi_stream *stream;
    uint32_t bits;         /* there are 2^bits streams */
    struct lqi_slab *slab; /* the memory of all chunks, newest first */
    size_t slab_used;      /* bytes of the newest */
} lqi_streams;

lq_status lqi_streams_init(lqi_streams *streams, lq_context *context, uint32_t bits);
void lqi_streams_free(lqi_streams *streams);

lq_status lqi_streams_add_chunk(lqi_streams *streams, lqi_stream *stream);

static inline lq_status lqi_streams_add(lqi_streams *streams, uint32_t number, uint32_t a, uint32_t b, uint32_t c)
{
    lqi_stream *stream = &streams->stream[number];
    if (stream->next == stream->end) {
        lq_status status = lqi_streams_add_chunk(streams, stream);
        if (status != LQ_OK) return status;
    }
    uint32_t *word = stream->next++->word;
    __builtin_prefetch((char *)word + LQI_LINE, 1); /* many streams, each in another line */
    word[0] = a;
    word[1] = b;
    word[2] = c;
    return LQ_OK;
}

static inline uint32_t lqi_stream_count(const lqi_stream *stream)
{
    return stream->chunk_count * LQI_CHUNK_RECORDS - (uint32_t)(stream->end - stream->next);
}

/* How many records the chunk of a stream holds when `left` are still to be read. */
static inline uint32_t lqi_chunk_count(uint32_t left) { return left < LQI_CHUNK_RECORDS ? left : LQI_CHUNK_RECORDS; }

#endif
