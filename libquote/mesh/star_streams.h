/* Stars that are not complete where they are met: their steps are dealt out by vertex into streams, each small enough
 * for its stars to lie in cache, and looked at when all of them are there. */
#ifndef LQI_MESH_STAR_STREAMS_H
#define LQI_MESH_STAR_STREAMS_H

#include "mesh/stars.h"
#include "mesh/streams.h"

typedef struct lqi_star_streams {
    lqi_streams streams; /* steps: vertex, from, to */
    uint32_t shift;      /* bits of a vertex that a stream does not settle */
} lqi_star_streams;

lq_status lqi_star_streams_init(lqi_star_streams *dealt, lq_context *context, uint32_t vertex_count);
void lqi_star_streams_free(lqi_star_streams *dealt);

static inline lq_status lqi_star_streams_add(lqi_star_streams *dealt, uint32_t vertex, uint32_t from, uint32_t to)
{
    return lqi_streams_add(&dealt->streams, vertex >> dealt->shift, vertex, from, to);
}

/* All steps of each vertex that has any are there: marks the irregular ones. */
lq_status lqi_star_streams_judge(const lqi_star_streams *dealt, lq_context *context, uint32_t vertex_count,
                                 lqi_stars *stars);

#endif
