/* The first tier: filament from volume and area, without layers. */
#ifndef LQI_SHELL_FORMULA_H
#define LQI_SHELL_FORMULA_H

#include "estimate/estimate.h"

typedef struct lqi_surface {
    double volume_mm3, area_mm2;
    double up_mm2, down_mm2; /* of what faces up or down, within 26 degrees of flat */
    double height_mm;
} lqi_surface;

lqi_surface lqi_surface_of(const lqi_estimate_solid *solids, size_t solid_count);

/* Fills volumes and times of walls, solid and sparse infill; no ranges, no flags. */
void lqi_shell_formula(const lqi_surface *surface, const lqi_machine *machine, lqi_estimate *estimate);

#endif
