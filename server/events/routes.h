/* The routes of events, endpoints and deliveries. */
#ifndef SV_EVENT_ROUTES_H
#define SV_EVENT_ROUTES_H

#include "access/pipeline.h"

extern const sv_routes sv_event_routes;

#endif
