/* The half-edges of a mesh that need a closer look, gathered by edge. Exact, independent of order, and linear but for
 * the sorting of what meets in one vertex (n log n at worst: a crafted star cannot make it quadratic). */
#ifndef LQI_EDGES_H
#define LQI_EDGES_H

#include <string.h>

#include "mesh/mesh.h"
#include "mesh/stars.h"

/* What the analysis found out about a triangle. */
enum {
    LQI_TRIANGLE_DEGENERATE = 1, /* two equal corners: no part of the topology */
    LQI_TRIANGLE_DUPLICATE = 2,  /* an extra copy, same corners and orientation, to be left out */
    LQI_TRIANGLE_FLIPPED = 4,    /* walked against the larger side of its patch */
    LQI_TRIANGLE_IRREGULAR = 8,  /* corner 0 is irregular; two and four times that: corners 1 and 2. Of no degenerate
                                    triangle, and only while the topology is found out. */
    LQI_TRIANGLE_OPPOSED = 64,   /* one of two that lie back to back, to be left out */
    LQI_TRIANGLE_LEFT_OUT = LQI_TRIANGLE_DEGENERATE | LQI_TRIANGLE_DUPLICATE | LQI_TRIANGLE_OPPOSED
};

/* Bit k: corner k is irregular. */
static inline unsigned lqi_irregular_corners(uint8_t flag) { return flag / LQI_TRIANGLE_IRREGULAR & 7; }

void lqi_irregular_corners_mark(const lqi_mesh *mesh, const lqi_stars *stars, uint8_t *flag);
void lqi_irregular_corners_unmark(const lqi_mesh *mesh, uint8_t *flag);

/* Without buckets where no vertex is irregular. */
typedef struct lqi_edges {
    uint32_t *bucket; /* per vertex, and one more: first entry whose smaller end it is */
    uint64_t *entry;  /* sorted within a bucket: larger end << 32 | half-edge << 1 | walked from larger to smaller */
    uint32_t vertex_count;
} lqi_edges;

/* The half-edges between two corners that are marked as irregular: every edge that is not used by exactly two triangles
 * in opposite directions is complete among them. Half-edge 3t+k goes from corner k to corner k+1. */
lq_status lqi_edges_build(lq_context *context, const lqi_mesh *mesh, const uint8_t *flag, lqi_edges *edges);
void lqi_edges_free(lq_context *context, lqi_edges *edges);

/* The first triangle from this one on with irregular corners, or `count`; most have none. */
static inline uint32_t lqi_next_marked(const uint8_t *flag, uint32_t triangle, uint32_t count)
{
    const uint64_t any = (uint64_t)(7 * LQI_TRIANGLE_IRREGULAR) * 0x0101010101010101u;
    for (uint64_t eight; count - triangle > sizeof eight; triangle += (uint32_t)sizeof eight) {
        memcpy(&eight, flag + triangle, sizeof eight);
        if (eight & any) break;
    }
    while (triangle < count && !lqi_irregular_corners(flag[triangle])) triangle++;
    return triangle;
}

/* The half-edges of one edge. */
typedef struct lqi_edge {
    uint32_t low, high; /* the two ends, low < high */
    const uint64_t *entry;
    uint32_t count;
} lqi_edge;

typedef struct lqi_edge_cursor {
    uint32_t vertex, position;
} lqi_edge_cursor;

static inline uint32_t lqi_half_edge(uint64_t entry) { return (uint32_t)entry >> 1; }
static inline uint32_t lqi_half_edge_triangle(uint64_t entry) { return lqi_half_edge(entry) / 3; }
static inline bool lqi_half_edge_backward(uint64_t entry) { return entry & 1; }

/* How much more often a half-edge's triangle walks low to high than back, after its flip: +1 or -1. */
static inline int64_t lqi_half_edge_step(uint64_t entry, uint8_t flag)
{
    return lqi_half_edge_backward(entry) != ((flag & LQI_TRIANGLE_FLIPPED) != 0) ? -1 : 1;
}

/* The corner of the triangle that is not on the edge. */
static inline uint32_t lqi_half_edge_apex(const lqi_mesh *mesh, uint64_t entry)
{
    uint32_t half = lqi_half_edge(entry), triangle = half / 3, k = half % 3;
    return mesh->corner[(size_t)3 * triangle + (k + 2) % 3];
}

/* Steps through all edges in order of (low, high). Start with a zeroed cursor. */
static inline bool lqi_edge_next(const lqi_edges *edges, lqi_edge_cursor *cursor, lqi_edge *edge)
{
    while (edges->vertex_count - cursor->vertex > 8 && cursor->position == edges->bucket[cursor->vertex + 8])
        cursor->vertex += 8; /* most vertices have none */
    while (cursor->vertex < edges->vertex_count && cursor->position == edges->bucket[cursor->vertex + 1])
        cursor->vertex++;
    if (cursor->vertex == edges->vertex_count) return false;
    uint32_t first = cursor->position, end = edges->bucket[cursor->vertex + 1];
    uint32_t high = (uint32_t)(edges->entry[first] >> 32);
    uint32_t last = first + 1;
    while (last < end && (uint32_t)(edges->entry[last] >> 32) == high) last++;
    *edge = (lqi_edge){cursor->vertex, high, edges->entry + first, last - first};
    cursor->position = last;
    return true;
}

#endif
