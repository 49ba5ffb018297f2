/* Is the mesh closed, is it oriented? Answered by two keyed sums, without looking at a single edge. */
#ifndef LQI_MESH_CERTIFICATE_H
#define LQI_MESH_CERTIFICATE_H

#include "mesh/mesh.h"

typedef struct lqi_mesh_certificate {
    bool closed;   /* every edge an even number of times */
    bool oriented; /* every edge equally often both ways */
} lqi_mesh_certificate;

lq_status lqi_mesh_certify(lq_context *context, const lqi_mesh *mesh, lqi_mesh_certificate *certificate);

#endif
