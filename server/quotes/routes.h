#ifndef SV_QUOTES_ROUTES_H
#define SV_QUOTES_ROUTES_H

#include "access/pipeline.h"

extern const sv_routes sv_quote_routes;

#endif
