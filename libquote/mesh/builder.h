/* Builds one mesh from what a format delivers: facet soup or vertices and indices. */
#ifndef LQI_MESH_BUILDER_H
#define LQI_MESH_BUILDER_H

#include "mesh/mesh.h"
#include "mesh/soup.h"
#include "mesh/weld.h"

typedef struct lqi_mesh_builder {
    lq_context *context;
    lqi_soup welded_soup;
    lqi_weld weld;    /* indexed only */
    uint32_t *corner; /* vertices when the mesh is finished; before that as lqi_soup, or the format's indices */
    size_t corner_capacity, triangle_count;
    double *vertex; /* indexed only, as given */
    size_t vertex_capacity, vertex_count;
    bool indexed;
} lqi_mesh_builder;

void lqi_mesh_builder_init(lqi_mesh_builder *builder, lq_context *context);
void lqi_mesh_builder_free(lqi_mesh_builder *builder);

/* Soup of about this many facets comes: makes room for them at once. The bytes must be there to justify the count. */
lq_status lqi_mesh_builder_expect(lqi_mesh_builder *builder, uint64_t triangle_count);

/* 9 finite floats per facet. */
lq_status lqi_mesh_builder_facets(lqi_mesh_builder *builder, const float *corners, uint32_t count);

/* 3 finite doubles per vertex, 3 indices per triangle; an index beyond the vertices fails in _finish. */
lq_status lqi_mesh_builder_vertices(lqi_mesh_builder *builder, const double *xyz, uint32_t count);
lq_status lqi_mesh_builder_triangles(lqi_mesh_builder *builder, const uint32_t *corners, uint32_t count);

/* Gives the mesh; the builder is empty afterwards, also on failure. */
lq_status lqi_mesh_builder_finish(lqi_mesh_builder *builder, lqi_mesh *mesh);

#endif
