/* The shells of a part, one by one, for the report. */
#ifndef LQI_SHELL_LIST_H
#define LQI_SHELL_LIST_H

#include "api/objects.h"
#include "measure/shape.h"

/* shapes: per mesh of the part. Lists nothing where there is but one shell. */
lq_status lqi_list_shells(lq_report *report, const lq_part *part, const lqi_shape *shapes);

#endif
