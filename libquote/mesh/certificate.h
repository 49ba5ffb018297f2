/* Is the surface closed, is it oriented? Answered by two keyed sums, without looking at a single edge. */
#ifndef LQI_MESH_CERTIFICATE_H
#define LQI_MESH_CERTIFICATE_H

#include <stdbool.h>

#include "kernel/certificate.h"
#include "libquote.h"

typedef struct lqi_mesh_certificate {
    bool closed;   /* every edge an even number of times */
    bool oriented; /* every edge equally often both ways */
} lqi_mesh_certificate;

/* From the hash key of the context: nobody can make a file whose positions collide. */
lqi_certificate_key lqi_certificate_keys(const lq_context *context);

/* What the sums over all triangles prove. */
lqi_mesh_certificate lqi_certificate_of_sums(const lqi_certificate_sums *sums);

#endif
