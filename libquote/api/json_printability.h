/* Printability in the JSON of a report. */
#ifndef LQI_API_JSON_PRINTABILITY_H
#define LQI_API_JSON_PRINTABILITY_H

#include "base/text.h"
#include "measure/printability.h"

/* "walls", "overhang", "orientations", "voids", "gaps", "smallest_box_mm" of the object that is open. NULL: nothing was
 * examined. */
void lqi_json_printability(lqi_text *text, const lqi_printability *printability);

#endif
