/* The order of checks, each of which ends a request, and the transaction around its effect. */
#ifndef SV_PIPELINE_H
#define SV_PIPELINE_H

#include "access/call.h"

#define SV_BASE_PATH "/api/v1"

/* All routes; the first that fits is taken. */
typedef struct sv_routes {
    const sv_route *routes;
    size_t count;
} sv_routes;

/* Answers one request whole: body, headers, logs, metrics. */
void sv_serve(sv_app *app, const sv_routes *routes, FCGX_Request *fcgi);

#endif
