/* The vertices and triangles of one 3MF mesh on their way from text to arrays. */
#ifndef LQI_THREEMF_MESH_H
#define LQI_THREEMF_MESH_H

#include "format/sink.h"
#include "format/threemf_value.h"
#include "format/threemf_xml.h"

void lqi_threemf_mesh_free(lq_context *context, lqi_sink_mesh *mesh);

typedef struct lqi_mesh_reader {
    lq_context *context;
    double length_max; /* of a coordinate, in the unit of the part */
    bool decimal_comma;
    uint64_t commas;
    double *xyz;
    uint32_t *corner;
    size_t vertex_room, triangle_room; /* of the arrays */
    uint64_t vertex_count, triangle_count;
    uint64_t vertex_text, triangle_text; /* bytes of the elements that came in blocks */
    bool has_vertices, has_triangles;    /* the elements were seen */
    bool plain_list;                     /* the list that is open is written without a prefix */
    bool vertices_known;                 /* all vertices are there, so indices can be checked at once */
    uint32_t index_max;                  /* else: the largest, and where it stands */
    int64_t index_max_offset;
    lqi_extent extent; /* of the vertices, in the unit of the part */
    bool painted;      /* a triangle carries a filament of its own */
} lqi_mesh_reader;

void lqi_mesh_reader_begin(lqi_mesh_reader *reader, lq_context *context);
lq_status lqi_mesh_reader_vertex(lqi_mesh_reader *reader, lqi_xml *xml, const char *const *attributes);
lq_status lqi_mesh_reader_triangle(lqi_mesh_reader *reader, lqi_xml *xml, const char *const *attributes);

/* Gives the mesh, with what the arrays had left over given back. */
lq_status lqi_mesh_reader_end(lqi_mesh_reader *reader, lqi_xml *xml, lqi_sink_mesh *mesh);

/* After a failure in the middle. */
void lqi_mesh_reader_free(lqi_mesh_reader *reader);

/* The same from numbers; offset: of the tag they come from. */
lq_status lqi_mesh_reader_add_vertex(lqi_mesh_reader *reader, const double xyz[3]);
lq_status lqi_mesh_reader_add_triangle(lqi_mesh_reader *reader, lqi_xml *xml, int64_t offset,
                                       const uint32_t corners[3]);

/* The same in blocks. Room: how many can be written to *slots, 3 numbers each; 0: the next must go the usual way;
 * text_left: bytes of the document, from which to guess what else will come. Took: `count` were written, of the range
 * and with the indices that are allowed, from `size` bytes; triangles only while vertices_known or with index_max set
 * by the caller. */
lq_status lqi_mesh_reader_vertex_room(lqi_mesh_reader *reader, size_t text_left, double **slots, size_t *room);
lq_status lqi_mesh_reader_triangle_room(lqi_mesh_reader *reader, size_t text_left, uint32_t **slots, size_t *room);
void lqi_mesh_reader_took_vertices(lqi_mesh_reader *reader, size_t count, size_t size);
void lqi_mesh_reader_took_triangles(lqi_mesh_reader *reader, size_t count, size_t size);

/* Records what is wrong with a value of the current tag. */
lq_status lqi_value_fail(lqi_xml *xml, lqi_reason reason, const char *name, const char *value);

#endif
