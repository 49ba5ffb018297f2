/* What the engine measured of parts, kept in the database as the engine saves it, so that any process can price without
 * the file. Where it is missing it is measured in a child: no bytes of a file are read in a worker. */
#ifndef SV_MEASURED_H
#define SV_MEASURED_H

#include "access/call.h"
#include "parts/child.h"

/* Of one build of the engine: bytes that lq_report_load and lq_estimates_load take. */
typedef struct sv_measured {
    void *bytes; /* the caller frees them; NULL: there are none */
    size_t size;
} sv_measured;

/* What is measured: a report, or the estimates of a book's machines for a request, whose words are in `asks`. */
typedef struct sv_measuring {
    const sv_object *part;
    const lq_report *report; /* NULL: a report is asked for */
    const lq_book *book;
    const lq_quote_request *request;
    const char *asks;
} sv_measuring;

/* Slow where it was never measured. */
sv_measured sv_measured_get(sv_app *app, const sv_measuring *asked);

/* Keeps the report that an analysis has found ("report" of parts/analyse.h), of a part that has become ready; within
 * the transaction that says so. */
sv_result sv_measured_keep(sv_store *store, const sv_object *part, const json_t *result);

/* In the child of an analysis: the report as text, or NULL. */
json_t *sv_measured_text(lq_context *context, const lq_report *report);

#endif
