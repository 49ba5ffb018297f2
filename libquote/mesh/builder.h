/* Builds one mesh from what a format delivers: facet soup or vertices and indices. */
#ifndef LQI_MESH_BUILDER_H
#define LQI_MESH_BUILDER_H

#include "mesh/mesh.h"
#include "mesh/soup.h"
#include "mesh/weld.h"

typedef struct lqi_mesh_builder {
    lq_context *context;
    lqi_soup welded_soup;
    uint32_t *corner; /* of soup */
    size_t corner_capacity, triangle_count;
    uint64_t normals_against;
    uint32_t normals_first;
    bool indexed;
    lqi_indexed given; /* when indexed */
} lqi_mesh_builder;

void lqi_mesh_builder_init(lqi_mesh_builder *builder, lq_context *context);
void lqi_mesh_builder_free(lqi_mesh_builder *builder);

/* Soup of about this many facets comes: makes room for them at once. The bytes must be there to justify the count. */
lq_status lqi_mesh_builder_expect(lqi_mesh_builder *builder, uint64_t triangle_count);

/* 9 finite floats per facet. */
lq_status lqi_mesh_builder_facets(lqi_mesh_builder *builder, const float *corners, uint32_t count);

/* Of the facets that come next: so many stored normals are against their corners, the first of them at `first`. */
void lqi_mesh_builder_normals(lqi_mesh_builder *builder, uint64_t against, uint32_t first);

/* Records of binary STL as they lie in the file (kernel/records.h), swapped when written big-endian. What is not finite
 * or beyond 1e9 is left out and told. */
lq_status lqi_mesh_builder_records(lqi_mesh_builder *builder, const uint8_t *records, uint64_t count, bool swapped,
                                   lqi_dropped_facets *dropped);

/* A whole mesh with indices, in place of facets. Takes the arrays, but for a failure; an index beyond the vertices
 * fails in _finish. */
lq_status lqi_mesh_builder_take(lqi_mesh_builder *builder, lqi_indexed *indexed);

/* Gives the mesh; the builder is empty afterwards, also on failure. */
lq_status lqi_mesh_builder_finish(lqi_mesh_builder *builder, lqi_mesh *mesh);

#endif
