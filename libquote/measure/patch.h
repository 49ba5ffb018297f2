/*
 * An almost clean surface that was measured without a mesh, closed without one: the list of its unbalanced edges
 * (mesh/sketch.h) says where it is open, turned or torn, and caps over them make it whole. The certificate of surface
 * and caps together proves that nothing was overlooked.
 */
#ifndef LQI_PATCH_H
#define LQI_PATCH_H

#include "measure/moments.h"
#include "mesh/certificate.h"
#include "mesh/sketch.h"

typedef struct lqi_patch {
    bool closes;         /* else nothing below is known: too much is unbalanced, or caps would be too large a share */
    uint64_t edge_count; /* unbalanced edges, each as often as it is walked too much */
    double edge_length;
    double point[3]; /* on one of them */
    uint32_t loop_count;
    double longest_loop, cap_area;
    double doubt;      /* volume between these caps and others */
    lqi_moments whole; /* of surface and caps */
} lqi_patch;

/* The sketch holds every facet that `surface` and `sums` are of, and is used up. surface: moments about its reference;
 * sums: of records, under `key`. */
lq_status lqi_patch_make(lq_context *context, lqi_sketch *sketch, const lqi_moments *surface,
                         const lqi_certificate_sums *sums, const lqi_certificate_key *key, lqi_patch *patch);

#endif
