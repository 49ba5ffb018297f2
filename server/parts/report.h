/* What the engine measured of a part, for prices: kept in the worker's memory, loaded
 * from what an analysis has saved (parts/measured.h) where it is not there. */
#ifndef SV_REPORT_H
#define SV_REPORT_H

#include "access/call.h"

/* The report of a part whose file is there and selected; borrowed until sv_reports_trim. NULL: it cannot be
 * measured any more, or the request is wrong, which lq_context_error(app->context) tells. */
const lq_report *sv_part_report(sv_app *app, const sv_object *part);

/* What the machines of a price book make of that part, for the materials, layer height and infill of `request`;
 * borrowed like the report. NULL: as above. */
const lq_estimates *sv_part_estimates(sv_app *app, const sv_object *part, const lq_book *book,
                                      const lq_quote_request *request);

/* Makes room, the least used first: between requests, and never while something borrowed is in use. */
void sv_reports_trim(sv_app *app);

/* Forgets the estimates of a book that goes away. */
void sv_reports_forget_book(sv_app *app, const lq_book *book);
void sv_reports_free(sv_app *app);

#endif
