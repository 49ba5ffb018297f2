/* Some exporters give every facet vertices of its own: by the indices of such a file nothing meets, by position
 * everything does. */
#ifndef LQI_SEAMS_H
#define LQI_SEAMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libquote.h"

/* *closed: does taking vertices at equal positions for one leave fewer open edges? corner: 3 given vertices per
 * triangle; welded: what each given vertex has become, below vertex_count, or UINT32_MAX where no triangle uses it. */
lq_status lqi_seams_look(lq_context *context, const uint32_t *corner, size_t triangle_count, const uint32_t *welded,
                         size_t given_count, uint32_t vertex_count, bool *closed);

#endif
