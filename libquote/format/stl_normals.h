/* Normals of ASCII STL that face against the corners of their facets, by the rule of kernel/records.h. */
#ifndef LQI_STL_NORMALS_H
#define LQI_STL_NORMALS_H

#include "kernel/facet_text.h"

/* A lqi_text_normal whose signs nobody has looked at. */
#define LQI_MINUS_UNKNOWN 8u

/* How many of `count` do; *first is the first of them, if any does. corners: 9 per facet. end: behind the text. */
uint32_t lqi_text_normals_against(const float *corners, const lqi_text_normal *normals, uint32_t count, const char *end,
                                  uint32_t *first);

#endif
