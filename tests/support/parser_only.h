/* Kernels that never take an element: with them a 3MF is read by the XML parser alone, the reference for the rest. */
#ifndef TESTS_PARSER_ONLY_H
#define TESTS_PARSER_ONLY_H

#include "kernel/kernel_select.h"

static inline void parser_only_vertices(const char *text, size_t size, const char *prefixes, size_t count_max,
                                        double *xyz, lqi_xml_run *run)
{
    (void)text, (void)size, (void)prefixes, (void)count_max, (void)xyz;
    *run = (lqi_xml_run){0};
}

static inline void parser_only_triangles(const char *text, size_t size, const char *prefixes, size_t count_max,
                                         uint32_t *corners, lqi_xml_run *run)
{
    (void)text, (void)size, (void)prefixes, (void)count_max, (void)corners;
    *run = (lqi_xml_run){0};
}

static inline lqi_kernels parser_only_kernels(const lqi_kernels *others)
{
    lqi_kernels kernels = *others;
    kernels.xml_vertices = parser_only_vertices;
    kernels.xml_triangles = parser_only_triangles;
    return kernels;
}

#endif
