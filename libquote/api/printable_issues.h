/* Printability between the floors: what was measured of a part's items, and objections as issues of an option. */
#ifndef LQI_API_PRINTABLE_ISSUES_H
#define LQI_API_PRINTABLE_ISSUES_H

#include "check/printable.h"
#include "price/book.h"

/* NULL: not examined. */
const lqi_printability *lqi_report_printability(const lq_report *report);

void lqi_objections_of_material(const lqi_printability *measured, const lqi_material *material, lqi_objections *found);

/* Do two materials demand the same? */
bool lqi_demands_alike(const lqi_material *a, const lqi_material *b);

/* Its message is put into the arena. */
lq_status lqi_issue_of_objection(lqi_arena *arena, const lqi_objection *objection, const lqi_material *material,
                                 lq_diagnostic *issue);

#endif
