/* STL, binary and ASCII. Facets go to the sink in file order; the sink's mesh_begin/mesh_end surround them. */
#ifndef LQI_STL_H
#define LQI_STL_H

#include <stdbool.h>

#include "base/digest.h"
#include "base/notes.h"
#include "base/source.h"
#include "format/sink.h"
#include "kernel/facet_text.h"

/* Every float of the format is finite and below this; beyond it a facet is dropped and counted. */
#define LQI_STL_COORDINATE_MAX 1e9f

/* Reads bytes that lqi_sniff called binary or ASCII STL. The view holds the whole file. digest: of these bytes, is
 * carried along; may be NULL. */
lq_status lqi_stl_read_binary(lq_context *context, const uint8_t *data, size_t size, int lenient, lqi_digest *digest,
                              const lqi_sink *sink, lqi_notes *notes);
lq_status lqi_stl_read_ascii(lq_context *context, const uint8_t *data, size_t size, int lenient, const lqi_sink *sink,
                             lqi_notes *notes);

/* ---- shared by the two readers ---- */

/* Collects facets and hands them on in blocks; counts what it must drop. */
typedef struct lqi_facet_buffer {
    lq_context *context;
    const lqi_sink *sink;
    float corners[9 * 512];
    lqi_text_normal normals[512]; /* of text; those of records are looked at where the records go */
    uint32_t count;
    const char *text_end;
    uint64_t stored;    /* facets seen, dropped ones included */
    uint64_t nonfinite; /* of those: a corner is NaN or infinite */
    int64_t nonfinite_offset;
    uint64_t out_of_range; /* of those: a corner beyond LQI_STL_COORDINATE_MAX */
    int64_t out_of_range_offset;
} lqi_facet_buffer;

/* text_end: behind the text that normals point into; NULL: facets come without. */
void lqi_facet_buffer_init(lqi_facet_buffer *buffer, lq_context *context, const lqi_sink *sink, const char *text_end);
lq_status lqi_facet_buffer_add(lqi_facet_buffer *buffer, const float corners[9], const lqi_text_normal *normal,
                               int64_t offset);
/* A place for up to *room facets that are finite, in range and without -0, and for their normals; 0 when the next is one
 * too many. Then `took` says how many were written there. */
float *lqi_facet_buffer_room(lqi_facet_buffer *buffer, size_t *room, lqi_text_normal **normals);
lq_status lqi_facet_buffer_took(lqi_facet_buffer *buffer, size_t count);
/* The last block, the limits, and the notes or the failure for dropped facets. */
lq_status lqi_facet_buffer_finish(lqi_facet_buffer *buffer, lqi_notes *notes);

#endif
