/* The body that a mesh stands for: its cracks closed, its openings known. */
#ifndef LQI_BODY_H
#define LQI_BODY_H

#include "mesh/boundary.h"
#include "mesh/cracks.h"

typedef struct lqi_body {
    const lqi_mesh *mesh;         /* that of the file, or `closed` */
    const lqi_topology *topology; /* of it */
    lqi_boundary boundary;        /* of it; open_loop_count is that of the file */
    lqi_cracks cracks;            /* those that were closed; `to` is not kept */
    lqi_mesh closed;
    lqi_topology closed_topology;
    double doubt;         /* volume by which the choice among the corners of each crack can matter */
    uint64_t t_junctions; /* corners at which edges of facets that do not have them were divided */
    double width;         /* what is narrower is a T-junction or a slit, no hole */
    bool whole;           /* nothing is open, but for slits without width */
} lqi_body;

/* Borrows mesh and topology. */
lq_status lqi_body_make(lq_context *context, const lqi_mesh *mesh, const lqi_topology *topology, lqi_body *body);
void lqi_body_free(lq_context *context, lqi_body *body);

#endif
