/* Plates by number, and what slicing told of them. */
#ifndef LQI_THREEMF_PLATES_H
#define LQI_THREEMF_PLATES_H

#include "format/threemf_inside.h"

/* NULL: there is none of this number. */
lqi_threemf_plate *lqi_plate_of_number(const lqi_threemf *threemf, uint32_t number);

/* ---- threemf_slices.c ---- */

/* Adds the slicer's results to the plates that are there. */
lq_status lqi_slices_read(lqi_threemf *threemf);

/* Fails with 3mf_gcode_only and what all plates together claim. */
lq_status lqi_fail_gcode_only(lqi_threemf *threemf);

#endif
