/*
 * Facets measured straight from the records of a binary STL, in one pass, without a mesh: box, moments, the closedness
 * certificate, and what had to be left out. Nothing is welded and no shell is known.
 *
 * What the sums are: facet i of a run of records adds to lane i mod 8 of its chunk of LQI_MOMENT_CHUNK facets, as seen
 * from the first usable corner; a facet that is left out adds zero. The lanes of a chunk are added as
 * ((0 + 4) + (2 + 6)) + ((1 + 5) + (3 + 7)), chunks pairwise, neighbours first. Every operation is rounded once. So the
 * same bytes give the same bits for any instruction set and thread count.
 */
#ifndef LQI_PASS_H
#define LQI_PASS_H

#include "base/dropped.h"
#include "measure/box.h"
#include "measure/moments.h"
#include "measure/patch.h"
#include "mesh/certificate.h"

typedef struct lqi_pass {
    lq_context *context;
    lqi_certificate_key key;
    lqi_certificate_sums certificate;
    lqi_box box;
    double reference[3]; /* of the moments */
    bool has_reference;
    double (*sums)[LQI_MOMENT_COUNT]; /* per chunk */
    size_t chunk_count, chunk_capacity;
    uint64_t facet_count, dropped_count; /* as stored; of those left out */
    lqi_moments surface;                 /* about the reference; known after _finish */
} lqi_pass;

void lqi_pass_init(lqi_pass *pass, lq_context *context);
void lqi_pass_free(lqi_pass *pass);

/* A run of records. swapped: written big-endian. Numbers of denormal size count as 0. */
lq_status lqi_pass_add(lqi_pass *pass, const uint8_t *records, uint64_t count, bool swapped,
                       lqi_dropped_facets *dropped);

/* What is known after the last run. */
typedef struct lqi_pass_measures {
    lqi_box box;        /* of facets without two equal corners; empty: there are none */
    lqi_moments stored; /* as the facets stand; of an open surface the volume is seen from the middle of the box, and
                         * first and second moments mean nothing */
    lqi_mesh_certificate certificate;
    lqi_patch patch; /* of a surface that is not closed or not oriented; closes: when it could be made */
} lqi_pass_measures;

void lqi_pass_finish(lqi_pass *pass, lqi_pass_measures *measures);

/* The same runs again, where the surface was not found closed and oriented: what is unbalanced is gathered. */
void lqi_pass_look_again(const lqi_pass *pass, const uint8_t *records, uint64_t count, bool swapped,
                         lqi_sketch *sketch);

/* After all of them: fills the patch. */
lq_status lqi_pass_close(const lqi_pass *pass, lqi_sketch *sketch, lqi_pass_measures *measures);

#endif
