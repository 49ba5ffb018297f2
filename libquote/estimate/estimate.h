/* What a slicer would make of placed solids with a machine: filament and time by feature, and how sure that is. */
#ifndef LQI_ESTIMATE_H
#define LQI_ESTIMATE_H

#include "estimate/layers.h"

/* Told with an estimate; each widens its ranges. */
enum {
    LQI_ESTIMATE_EMPTY = 1,                  /* no layer: flatter than half the first layer, or no triangles */
    LQI_ESTIMATE_NOTHING_IN_FIRST_LAYER = 2, /* the slicer refuses */
    LQI_ESTIMATE_OPEN = 4,                   /* outlines do not close */
    LQI_ESTIMATE_INVERTED = 8,               /* outlines enclose less than nothing */
    LQI_ESTIMATE_OVERLAPS = 16,              /* solids cut each other */
    LQI_ESTIMATE_COARSE = 32                 /* from volume and area alone: too much work for layers */
};

typedef struct lqi_range {
    double low, high;
} lqi_range;

typedef struct lqi_estimate {
    uint32_t layers;
    double volume_mm3[LQI_ROLE_COUNT]; /* by feature */
    double time_s[LQI_ROLE_COUNT];
    double travel_s;
    double retract_s; /* with the lifts */
    double filament_mm3, filament_mm, filament_g;
    double total_s;
    lqi_range filament_range_mm3, time_range_s; /* hold for nine parts of ten */
    uint32_t flags;                             /* LQI_ESTIMATE_... */
} lqi_estimate;

/* Several solids are one job: they stand on the bed where their transforms put them, and layers hold all of them. The
 * lowest point of all is the bed. Same bits for any number of threads. Fails for memory and cancelling alone; a part
 * that cannot be printed gives flags. */
lq_status lqi_estimate_make(lq_context *context, const lqi_estimate_solid *solids, size_t solid_count,
                            const lqi_machine *machine, lqi_estimate *estimate);

/* The same in two steps: layers that were made for one machine serve another that differs in the density of infill
 * alone, where this holds. */
bool lqi_estimate_same_layers(const lqi_machine *a, const lqi_machine *b);
void lqi_estimate_of_layers(const lqi_layers *layers, const lqi_estimate_solid *solids, size_t solid_count,
                            const lqi_machine *machine, lqi_estimate *estimate);

#endif
