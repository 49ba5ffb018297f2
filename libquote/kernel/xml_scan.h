/*
 * Runs of the two elements that fill a 3MF mesh, as exporters write them:
 *     <vertex x="1.5" y="-2" z="3e-4"/>        <triangle v1="0" v2="2" v3="1" pid="1" paint_color="8"/>
 * White space in front, the wanted attributes first and in this order, one space before each attribute, double quotes,
 * "/>" with at most one space before. Whatever is not exactly so ends the run in front of its element, and a full
 * parser must judge it: other quotes or order, references, comments, bytes that are not ASCII, an attribute twice,
 * names of namespaces, elements longer than LQI_XML_ELEMENT_MAX. What is taken, a full parser takes with the same
 * values.
 */
#ifndef LQI_XML_SCAN_H
#define LQI_XML_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LQI_XML_ELEMENT_MAX ((size_t)1 << 16) /* bytes, with the white space in front */

/* Elements that end nearer to the end of the text than this are not taken. */
#define LQI_XML_SCAN_MARGIN 224

typedef struct lqi_xml_run {
    size_t count;       /* elements taken */
    size_t size;        /* bytes they are, from the start of the text */
    uint32_t index_max; /* of the triangles taken */
    bool extended;      /* one of the triangles taken has more attributes than the wanted ones */
} lqi_xml_run;

/* Reads [text, text + size) and not beyond. Takes at most count_max elements into `out`, 3 numbers each. `prefixes`:
 * the namespace prefixes that are declared, each followed by a colon ("p:m:"); an element may use one of them. */
typedef void lqi_xml_vertices_fn(const char *text, size_t size, const char *prefixes, size_t count_max, double *xyz,
                                 lqi_xml_run *run);
typedef void lqi_xml_triangles_fn(const char *text, size_t size, const char *prefixes, size_t count_max,
                                  uint32_t *corners, lqi_xml_run *run);

lqi_xml_vertices_fn lqi_xml_vertices_scalar;
lqi_xml_triangles_fn lqi_xml_triangles_scalar;
lqi_xml_vertices_fn lqi_xml_vertices_avx2; /* x86 with BMI and BMI2 */
lqi_xml_vertices_fn lqi_xml_vertices_neon;

#endif
