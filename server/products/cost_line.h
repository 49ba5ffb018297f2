/* One line of what a product costs besides its parts: hardware, packaging, labour. */
#ifndef SV_COST_LINE_H
#define SV_COST_LINE_H

#include "access/call.h"

/* "hardware", "packaging", "labour", "other"; refuses what else "kind" is. *kind stays where it is not there. */
bool sv_take_cost_kind(sv_call *call, json_t *given, const char **kind);

/* quantity times unit_price, in minor units of the account's currency. */
int64_t sv_cost_line_amount(const json_t *line);

#endif
