/* Printability of a whole part: every different item is measured once. */
#ifndef LQI_API_PRINTABILITY_H
#define LQI_API_PRINTABILITY_H

#include "api/objects.h"
#include "measure/shape.h"

/* Of the items of a part, before negative parts are cut away. shapes: of its meshes, at full depth. columns: of
 * lq_analyse_options. *measured is in the report's arena, or NULL when some item has a body that bounds no solid, or
 * there are too many different ones. Adds resolution_limited and work_budget_exceeded to the report's notes. */
lq_status lqi_measure_printability(lq_report *report, const lq_part *part, const lqi_shape *shapes, uint32_t columns,
                                   const lqi_printability **measured);

#endif
