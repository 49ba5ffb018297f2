/* A plane as runs of pixels: their lengths, and how they hang together. */
#ifndef LQI_RUNS_H
#define LQI_RUNS_H

#include "estimate/layers.h"

typedef struct lqi_run_work {
    int32_t *run;    /* from, to of the runs of two rows */
    uint32_t *label; /* of the runs of two rows */
    uint32_t *parent;
    size_t parent_capacity;
    uint8_t *class_of; /* of runs of so many pixels */
} lqi_run_work;

void lqi_run_work_free(lq_context *context, lqi_run_work *work);

/* Adds up area, edge, parts and runs of a plane. */
lq_status lqi_region_measure(lq_context *context, const lqi_grid *grid, const lqi_plane *plane, lqi_run_work *work,
                             lqi_region *region);

#endif
