/* A plane as runs of pixels: their lengths, and how they hang together. */
#ifndef LQI_RUNS_H
#define LQI_RUNS_H

#include "estimate/layers.h"

typedef struct lqi_kept_run {
    int32_t row, from, to;
    uint32_t label;
} lqi_kept_run;

typedef struct lqi_run_work {
    int32_t *run;    /* from, to of the runs of two rows */
    uint32_t *label; /* of the runs of two rows */
    uint32_t *parent;
    size_t parent_capacity;
    uint8_t *class_of; /* of runs of so many pixels */
    bool keeps;        /* all runs are kept, as long as a region is measured */
    lqi_kept_run *kept;
    uint64_t *area; /* per label, pixels */
    size_t kept_count, kept_capacity, area_capacity;
} lqi_run_work;

void lqi_run_work_free(lq_context *context, lqi_run_work *work);

/* Adds up area, edge, parts and runs of a plane. */
lq_status lqi_region_measure(lq_context *context, const lqi_grid *grid, const lqi_plane *plane, lqi_run_work *work,
                             lqi_region *region);

/* The parts of a plane that have no more area than this. */
lq_status lqi_region_small(lq_context *context, const lqi_grid *grid, const lqi_plane *plane, double area_mm2,
                           lqi_run_work *work, lqi_plane *small);

#endif
