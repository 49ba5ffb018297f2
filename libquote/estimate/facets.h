/* Triangles as the layers meet them, each with the two ways that an outline takes through it. */
#ifndef LQI_FACETS_H
#define LQI_FACETS_H

#include "libquote.h"

#include <stdbool.h>
#include <stdint.h>

#define LQI_FACET_NONE UINT32_MAX

/* An outline passes a triangle along one way below its middle corner, along the other above. */
typedef struct lqi_facet {
    uint32_t turn;             /* the first layer of the second way */
    uint32_t seen;             /* by the caller; 0 in the beginning */
    uint32_t next[2];          /* per way: the triangle that comes next, LQI_FACET_NONE where the mesh ends */
    uint32_t from[2], to[2];   /* the edge through which the outline leaves: vertices */
    uint32_t before[2];        /* the triangle that comes before */
    uint32_t enter[2], end[2]; /* the edge through which it comes in */
} lqi_facet;

/* level: per vertex, layers below it. corner: 3 per triangle, each triangle with two levels at least. ended: some edge
 * is without its other side. Edges that fall on very many others stay alone. */
lq_status lqi_facets_join(lq_context *context, const uint32_t *level, size_t vertex_count, const uint32_t *corner,
                          uint32_t triangle_count, lqi_facet *facet, bool *ended);

#endif
