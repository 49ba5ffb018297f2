/* The claim of a slicer that goes with a part. */
#ifndef LQI_API_SLICE_CLAIM_H
#define LQI_API_SLICE_CLAIM_H

#include "check/claim.h"
#include "format/threemf.h"

extern const lqi_claim lqi_claim_none;

/* What was claimed of a plate, and the filaments it is about. */
lqi_claim lqi_claim_of_plate(const lqi_threemf_about *about);

#endif
