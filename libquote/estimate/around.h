/* What is laid around the first layers: skirt and brim. */
#ifndef LQI_AROUND_H
#define LQI_AROUND_H

#include "estimate/machine.h"
#include "estimate/plane.h"

/* What layers tell of it. */
typedef struct lqi_around {
    double hull_mm;    /* around the convex hull of the layers that the skirt stands beside */
    double outline_mm; /* outlines that the brim stands at, and how many, less those of holes */
    double bodies;
} lqi_around;

/* The convex hull of planes, by the ends of their rows. Zero in the beginning. */
typedef struct lqi_row_hull {
    int32_t *left, *right; /* per row: the first column, and the one after the last; 0: none */
    int32_t (*chain)[2];   /* scratch */
} lqi_row_hull;

lq_status lqi_row_hull_add(lq_context *context, const lqi_grid *grid, const lqi_plane *plane, lqi_row_hull *hull);
/* Its length, mm. */
double lqi_row_hull_length(const lqi_grid *grid, const lqi_row_hull *hull);
void lqi_row_hull_free(lq_context *context, lqi_row_hull *hull);

/* Length of all lines, mm, in this layer (from 0). spacing_mm: between lines; filament_share: of a line's length, what
 * it takes of the filament's. */
double lqi_around_length(const lqi_around *around, const lqi_machine *machine, int32_t layer, double spacing_mm,
                         double filament_share);

#endif
