/* Fills a plane from closed outlines: each row is inside where outlines wind around its middle line. */
#ifndef LQI_ROW_FILL_H
#define LQI_ROW_FILL_H

#include "estimate/plane.h"

/* Kept from layer to layer; zero in the beginning but for context and grid. */
typedef struct lqi_row_fill {
    lq_context *context;
    const lqi_grid *grid;
    uint64_t *crossing; /* row << 32 | column * 2 + (1: the winding falls) */
    size_t count, capacity;
    uint64_t *sorted;
    size_t sorted_capacity;
    uint32_t *row_start; /* per row, and one more */
    int32_t first, end;  /* rows that are crossed */
} lqi_row_fill;

void lqi_row_fill_free(lqi_row_fill *fill);

lq_status lqi_row_fill_begin(lqi_row_fill *fill);
/* In turned coordinates, mm. The last point is joined to the first. */
lq_status lqi_row_fill_add(lqi_row_fill *fill, const double (*point)[2], size_t count);
/* pixels: of the plane. overlaps: outlines wind around some point more than once, or the wrong way. */
lq_status lqi_row_fill_end(lqi_row_fill *fill, lqi_plane *plane, uint64_t *pixels, bool *overlaps);

#endif
