/* Where formats put what they read: they know bytes, never meshes. The API floor plugs a mesh builder in here.
 * A call that does not return LQ_OK ends the reading with that status. */
#ifndef LQI_SINK_H
#define LQI_SINK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/dropped.h"
#include "libquote.h"

/* One placed use of a mesh. transform maps the mesh's file coordinates to millimetres, row vectors as in 3MF core 3.3:
 * x' = x*m[0] + y*m[3] + z*m[6] + m[9],  y' = x*m[1] + ...  Units are already in it. */
typedef struct lqi_instance {
    uint32_t mesh_id;
    uint32_t triangle_first; /* range within the mesh, as stored; count UINT32_MAX: to the end */
    uint32_t triangle_count;
    double transform[12];
    lq_role role;
    uint32_t item_index;     /* which build item it belongs to, 0-based; instances of one item are consecutive */
    const char *object_name; /* of the item's object; copied by the sink */
} lqi_instance;

/* Together in a second-level cache. */
#define LQI_SINK_RECORDS 4096

/* From lqi_alloc. A sink that keeps an array puts NULL in its place; the format frees what is left. */
typedef struct lqi_sink_mesh {
    double *xyz;      /* 3 per vertex, finite */
    uint32_t *corner; /* 3 per triangle, each below vertex_count: the format checks */
    uint32_t vertex_count, triangle_count;
} lqi_sink_mesh;

typedef struct lqi_sink {
    void *user;
    /* A new distinct mesh; ids count 0, 1, 2, ... in the order of these calls. */
    lq_status (*mesh_begin)(void *user);
    /* Facet soup: 9 floats per facet. For meshes without indices (STL). */
    lq_status (*facets)(void *user, const float *corners, uint32_t count);
    /* Of the facets that come next in `facets`: how many have a stored normal against their corners, > 0, and the first
     * of them. May be NULL. */
    void (*normals)(void *user, uint32_t against, uint32_t first);
    /* All of an indexed mesh, once between mesh_begin and mesh_end. */
    lq_status (*indexed)(void *user, lqi_sink_mesh *mesh);
    lq_status (*mesh_end)(void *user);
    lq_status (*instance)(void *user, const lqi_instance *instance);
    /* After mesh_begin, when the bytes at hand hold so many facets of soup. May be NULL. */
    lq_status (*expect)(void *user, uint64_t facet_count);
    /* Binary STL as it lies in the file, instead of `facets`: runs of 50-byte records, swapped when written big-endian,
     * of a multiple of LQI_SINK_RECORDS but for the last of a solid. Facets whose numbers are not finite or beyond 1e9
     * must be left out and told. NULL: facets are wanted. */
    lq_status (*records)(void *user, const uint8_t *records, uint64_t count, bool swapped, lqi_dropped_facets *dropped);
} lqi_sink;

#endif
