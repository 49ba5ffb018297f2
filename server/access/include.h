/* Relations that an answer shows with its objects: ?include=a,b, or "include" in the body of a search. */
#ifndef SV_INCLUDE_H
#define SV_INCLUDE_H

#include "access/call.h"

bool sv_is_included(const sv_call *call, const char *name);

/* For the route of one object (lists look themselves): every name must be one of these; 400 otherwise. */
bool sv_check_include(sv_call *call, const char *const names[]);

#endif
