/* Stars that are not complete where they are met: their steps are dealt out by vertex into streams, each small enough
 * for its stars to lie in cache, and looked at when all of them are there. */
#ifndef LQI_MESH_STAR_STREAMS_H
#define LQI_MESH_STAR_STREAMS_H

#include <string.h>

#include "mesh/stars.h"

/* A step in bytes: where from and where to, and the low half of the vertex it goes around. */
#define LQI_STEP_SIZE 10
#define LQI_STEPS_PER_CHUNK 408

/* A page of memory. */
typedef struct lqi_step_chunk {
    struct lqi_step_chunk *next;
    uint8_t steps[LQI_STEPS_PER_CHUNK * LQI_STEP_SIZE];
    uint64_t unused;
} lqi_step_chunk;

typedef struct lqi_step_stream {
    uint8_t *next, *end; /* room in the last chunk */
    lqi_step_chunk *first, *last;
} lqi_step_stream;

typedef struct lqi_star_streams {
    lq_context *context;
    lqi_step_stream *stream; /* by the high bits of the vertex */
    uint32_t stream_count;
    uint32_t shift;             /* bits of a vertex that a stream does not settle, 16 at most */
    struct lqi_step_slab *slab; /* the memory of all chunks, newest first */
    size_t slab_used;           /* chunks of the newest */
} lqi_star_streams;

lq_status lqi_star_streams_init(lqi_star_streams *dealt, lq_context *context, uint32_t vertex_count);
void lqi_star_streams_free(lqi_star_streams *dealt);

lq_status lqi_star_streams_add_chunk(lqi_star_streams *dealt, lqi_step_stream *stream);

/* stream: the one of this vertex. */
static inline lq_status lqi_step_stream_add(lqi_star_streams *dealt, lqi_step_stream *stream, uint32_t vertex,
                                            uint32_t from, uint32_t to)
{
    if (stream->next == stream->end) {
        lq_status status = lqi_star_streams_add_chunk(dealt, stream);
        if (status != LQ_OK) return status;
    }
    const uint64_t ends = from | (uint64_t)to << 32;
    const uint16_t low = (uint16_t)vertex;
    uint8_t *step = stream->next;
    memcpy(step, &ends, sizeof ends);
    memcpy(step + sizeof ends, &low, sizeof low);
    stream->next = step + LQI_STEP_SIZE;
    return LQ_OK;
}

static inline lq_status lqi_star_streams_add(lqi_star_streams *dealt, uint32_t vertex, uint32_t from, uint32_t to)
{
    return lqi_step_stream_add(dealt, &dealt->stream[vertex >> dealt->shift], vertex, from, to);
}

/* All three steps of each of these triangles; how many are degenerate is added to *degenerate_count. */
lq_status lqi_star_streams_add_triangles(lqi_star_streams *dealt, const lqi_mesh *mesh, uint32_t first, uint32_t end,
                                         uint32_t *degenerate_count);

/* All steps of each vertex that has any are there: marks the irregular ones. */
lq_status lqi_star_streams_judge(const lqi_star_streams *dealt, uint32_t vertex_count, lqi_stars *stars);

#endif
