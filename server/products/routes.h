/* What products answer. */
#ifndef SV_PRODUCT_ROUTES_H
#define SV_PRODUCT_ROUTES_H

#include "access/pipeline.h"

extern const sv_routes sv_product_routes;

#endif
