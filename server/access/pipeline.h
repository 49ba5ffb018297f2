/* The order of checks, each of which ends a request, and the transaction around its effect. */
#ifndef SV_PIPELINE_H
#define SV_PIPELINE_H

#include "access/call.h"

#define SV_BASE_PATH "/api/v1"

/* The routes of one resource. Words win over {}: "/parts/search" is no part's id. */
typedef struct sv_routes {
    const sv_route *routes;
    size_t count;
} sv_routes;

/* Every resource has a table of its own (routes.c of its folder); api/routes.c lists them, NULL at the end. */
#define SV_EACH_ROUTE(route, tables)                                   \
    for (const sv_routes *const *table_ = (tables); *table_; table_++) \
        for (const sv_route *route = (*table_)->routes; route < (*table_)->routes + (*table_)->count; route++)

/* clang-format off */
/* Lines of such a table. */
#define SV_ROUTE(method, path, scope, body, flags, handler) {method, path, scope, body, flags, handler, NULL}
#define SV_READ(path, scope, handler) SV_ROUTE("GET", path, scope, SV_BODY_NONE, 0, handler)
#define SV_SEARCH(path, scope, handler) SV_ROUTE("POST", path "/search", scope, SV_BODY_JSON, 0, handler)
#define SV_LIST(path, scope, handler) SV_READ(path, scope, handler), SV_SEARCH(path, scope, handler)
/* clang-format on */

/* Answers one request whole: body, headers, logs, metrics. */
void sv_serve(sv_app *app, const sv_routes *const *tables, FCGX_Request *fcgi);

/* The same in parts, for answers that wait. The call stays where it is from its beginning to its end. */
void sv_serve_begin(sv_call *call, sv_app *app, FCGX_Request *fcgi);
bool sv_serve_check(sv_call *call, const sv_routes *const *tables); /* false: it was answered */
void sv_serve_run(sv_call *call);
void sv_serve_open(sv_call *call, const char *type); /* sends the headers of a 200 without a length */
void sv_serve_end(sv_call *call);                    /* what was answered is sent and logged, the call is freed */

#endif
