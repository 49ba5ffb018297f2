/* Triangles as the layers meet them, each with the two ways that an outline takes through it. */
#ifndef LQI_FACETS_H
#define LQI_FACETS_H

#include "libquote.h"

#include <stdbool.h>
#include <stdint.h>

#define LQI_FACET_NONE UINT32_MAX

/* How an outline leaves a triangle, or how it comes in. */
typedef struct lqi_passage {
    uint32_t triangle; /* on the other side, LQI_FACET_NONE where the mesh ends */
    uint32_t from, to; /* the edge: vertices */
} lqi_passage;

/* An outline passes a triangle along one way below its middle corner, along the other above. */
typedef struct lqi_facet {
    uint32_t turn;      /* the first layer of the second way */
    uint32_t seen;      /* by the caller; 0 in the beginning */
    lqi_passage out[2]; /* per way */
} lqi_facet;

typedef struct lqi_facets {
    lqi_facet *facet;
    lqi_passage (*in)[2]; /* per triangle and way; NULL where every edge has its other side: all outlines close */
} lqi_facets;

/* level: per vertex, layers below it. corner: 3 per triangle, each triangle with two levels at least. Edges that fall
 * on very many others stay alone. */
lq_status lqi_facets_join(lq_context *context, const uint32_t *level, size_t vertex_count, const uint32_t *corner,
                          uint32_t triangle_count, lqi_facets *facets);
void lqi_facets_free(lq_context *context, lqi_facets *facets);

#endif
