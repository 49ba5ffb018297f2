/* A range of triangles as a mesh of its own. */
#ifndef LQI_SUBMESH_H
#define LQI_SUBMESH_H

#include "mesh/mesh.h"

/* Triangles [first, first + count), which must lie in the mesh; vertices in their order in the mesh. */
lq_status lqi_submesh(lq_context *context, const lqi_mesh *mesh, uint32_t first, uint32_t count, lqi_mesh *out);

#endif
