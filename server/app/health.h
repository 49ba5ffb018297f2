/* What the internal listener answers: is it alive, is it ready, what does it count. */
#ifndef SV_HEALTH_H
#define SV_HEALTH_H

#include "access/call.h"

/* true: the request was for the internal listener and is answered. */
bool sv_health_serve(sv_app *app, FCGX_Request *fcgi);

#endif
