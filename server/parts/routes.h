#ifndef SV_PART_ROUTES_H
#define SV_PART_ROUTES_H

#include "access/pipeline.h"

extern const sv_routes sv_part_routes;

#endif
