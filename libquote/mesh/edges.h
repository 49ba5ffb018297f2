/* The half-edges of a mesh that need a closer look, gathered by edge. Exact, independent of order, and linear but for
 * the sorting of what meets in one vertex (n log n at worst: a crafted star cannot make it quadratic). */
#ifndef LQI_EDGES_H
#define LQI_EDGES_H

#include <string.h>

#include "mesh/loose.h"
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
    uint32_t vertex_count; /* 0 without buckets */
    lqi_loose loose;       /* facets whose edges are not stored, but known */
} lqi_edges;

/* The half-edges between two corners that are marked as irregular: every edge that is not used by exactly two triangles
 * in opposite directions is complete among them. Half-edge 3t+k goes from corner k to corner k+1. */
lq_status lqi_edges_build(lq_context *context, const lqi_mesh *mesh, const uint8_t *flag, lqi_edges *edges);
void lqi_edges_free(lq_context *context, lqi_edges *edges);

/* Not 0 in the byte of each flag with so many irregular corners, one to three. */
static inline uint64_t lqi_mark_irregular(uint64_t flags, int corners)
{
    uint64_t x = flags & (uint64_t)(7 * LQI_TRIANGLE_IRREGULAR) * 0x0101010101010101u;
    return corners == 1 ? x : corners == 2 ? x & (x >> 1 | x >> 2) : x & x >> 1 & x >> 2;
}

/* The first triangle from this one on with so many irregular corners, or `count`; most have none. */
static inline uint32_t lqi_next_irregular(const uint8_t *flag, uint32_t triangle, uint32_t count, int corners)
{
    for (uint64_t eight; count - triangle > sizeof eight; triangle += (uint32_t)sizeof eight) {
        memcpy(&eight, flag + triangle, sizeof eight);
        if (lqi_mark_irregular(eight, corners)) break;
    }
    while (triangle < count && !lqi_mark_irregular(flag[triangle], corners)) triangle++;
    return triangle;
}

/* The half-edges of one edge. */
typedef struct lqi_edge {
    uint32_t low, high; /* the two ends, low < high */
    const uint64_t *entry;
    uint32_t count;
} lqi_edge;

typedef struct lqi_edge_cursor {
    uint32_t vertex, position;      /* of those that are stored */
    uint32_t run;                   /* of loose facets: the next */
    uint32_t loose;                 /* so many of this run are left, and come before any edge that is stored */
    uint32_t corner, triangle, own; /* the next of them: its first corner, itself, which of its three edges */
    uint64_t own_entry;
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

static inline bool lqi_edge_next_stored(const lqi_edges *edges, lqi_edge_cursor *cursor, lqi_edge *edge)
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

/* The edges of a loose facet: from its first corner to the second and to the third, and between these. */
static inline void lqi_edge_next_loose(lqi_edge_cursor *cursor, lqi_edge *edge)
{
    static const uint8_t low[3] = {0, 0, 1}, high[3] = {1, 2, 2}, half[3] = {0, 2, 1};
    const uint32_t k = cursor->own, last = k == 2;
    cursor->own_entry = (uint64_t)(cursor->corner + high[k]) << 32 | (3 * cursor->triangle + half[k]) << 1 | (k == 1);
    *edge = (lqi_edge){cursor->corner + low[k], cursor->corner + high[k], &cursor->own_entry, 1};
    cursor->own = last ? 0 : k + 1;
    cursor->corner += 3 * last;
    cursor->triangle += last;
    cursor->loose -= last;
}

/* Where a run of loose facets begins, ends, or may begin. */
bool lqi_edge_next_of_both(const lqi_edges *edges, lqi_edge_cursor *cursor, lqi_edge *edge);

/* Steps through all edges in order of (low, high). Start with a zeroed cursor, which must outlive the edge. */
static inline bool lqi_edge_next(const lqi_edges *edges, lqi_edge_cursor *cursor, lqi_edge *edge)
{
    if (cursor->loose) return lqi_edge_next_loose(cursor, edge), true;
    return edges->loose.run_count ? lqi_edge_next_of_both(edges, cursor, edge)
                                  : lqi_edge_next_stored(edges, cursor, edge);
}

/* After lqi_edge_next: an entry that comes soon, so that what is needed for it can be fetched; at the end the last. */
#define LQI_ENTRIES_AHEAD 16
static inline uint64_t lqi_entry_ahead(const lqi_edges *edges, const lqi_edge_cursor *cursor)
{
    if (edges->loose.run_count) return cursor->own_entry; /* its like follow in a row */
    uint32_t count = edges->bucket[edges->vertex_count], left = count - cursor->position;
    return edges->entry[left > LQI_ENTRIES_AHEAD ? cursor->position + LQI_ENTRIES_AHEAD : count - 1];
}

/* Behind the last entry that is stored. */
static inline const uint64_t *lqi_entries_end(const lqi_edges *edges)
{
    return edges->vertex_count ? edges->entry + edges->bucket[edges->vertex_count] : edges->entry;
}

static inline bool lqi_edges_any(const lqi_edges *edges) { return edges->vertex_count || edges->loose.run_count; }

/* A cursor for the edges whose smaller end is this vertex. */
lqi_edge_cursor lqi_edges_from(const lqi_edges *edges, uint32_t vertex);

static inline bool lqi_edge_next_from(const lqi_edges *edges, uint32_t vertex, lqi_edge_cursor *cursor, lqi_edge *edge)
{
    if (cursor->loose) {
        if (cursor->corner + (cursor->own == 2) != vertex) return false;
        lqi_edge_next_loose(cursor, edge);
        return true;
    }
    if (!edges->vertex_count || cursor->position >= edges->bucket[vertex + 1]) return false;
    return lqi_edge_next_stored(edges, cursor, edge);
}

/* The first entry of the edge between two vertices, low < high. False: there is none among these. */
bool lqi_edge_find(const lqi_edges *edges, uint32_t low, uint32_t high, uint64_t *entry);

#endif
