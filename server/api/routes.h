/* The one table of routes. */
#ifndef SV_ROUTES_H
#define SV_ROUTES_H

#include "access/pipeline.h"

extern const sv_routes sv_all_routes;

#endif
