/* Filament and time from what the layers hold. */
#ifndef LQI_COST_H
#define LQI_COST_H

#include "estimate/coefficients.h"
#include "estimate/layers.h"

typedef struct lqi_cost {
    double volume_mm3[LQI_ROLE_COUNT];
    double time_s[LQI_ROLE_COUNT];
    double length_mm[LQI_ROLE_COUNT];
    double travel_s, retract_s, lift_s; /* lift: with the steps from layer to layer */
    double travel_mm;
    double retractions;
    double slowed_layers; /* share of the layers that are slowed down to last long enough */
} lqi_cost;

/* The coefficients that the library uses. */
lqi_coefficients lqi_coefficients_fitted(void);

void lqi_cost_of_layers(const lqi_layers *layers, const lqi_machine *machine, const lqi_coefficients *c,
                        lqi_cost *cost);

#endif
