/* What a slicer says that a plate takes, held against the measured shape. */
#ifndef LQI_CLAIM_H
#define LQI_CLAIM_H

#include <stdbool.h>

#include "base/notes.h"

typedef struct lqi_claim {
    double time_s, mass_g;            /* negative: not told */
    double density_low, density_high; /* g/cm3 of the filaments that were used; 0: not known */
    bool less;                        /* objects of the plate were left out when it was sliced */
    bool more; /* supports were printed or filaments changed, which takes material beyond the part */
} lqi_claim;

/* The facts of the part that the claim is about. */
typedef struct lqi_claimed_part {
    double volume_low_mm3, volume_high_mm3, area_mm2;
} lqi_claimed_part;

/*
 * Adds slice_info_present, and slice_info_mismatch where no way of printing this shape could weigh so much. Infill
 * makes prints lighter than solid, so the two sides have bounds of their own, each with half of room: at most  1.5 x
 * solid: volume x density; at least 0.5 x a skin of 0.4 mm (one line of the usual nozzle) over the whole surface, and
 * no more than solid.
 */
lq_status lqi_findings_of_claim(lqi_notes *notes, const lqi_claim *claim, const lqi_claimed_part *part);

#endif
