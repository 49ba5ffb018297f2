/* The tables of routes of every resource, NULL at the end. */
#ifndef SV_ROUTES_H
#define SV_ROUTES_H

#include "access/pipeline.h"

extern const sv_routes *const sv_all_routes[];

#endif
