/* Some exporters give every facet vertices of its own: by the indices of such a file nothing meets, by position
 * everything does. */
#ifndef LQI_SEAMS_H
#define LQI_SEAMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libquote.h"

/* *closed: does taking vertices at equal positions for one leave fewer open edges? corner: 3 vertices per triangle;
 * welded: per vertex the one that stands for its position. */
lq_status lqi_seams_look(lq_context *context, const uint32_t *corner, size_t triangle_count, const uint32_t *welded,
                         size_t vertex_count, bool *closed);

#endif
