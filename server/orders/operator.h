/* What the operator may do in all accounts of a mode. */
#ifndef SV_OPERATOR_H
#define SV_OPERATOR_H

#include "access/call.h"

/* Whose object it is; false: refused with 404. Only for routes with SV_OPERATOR. */
bool sv_operator_find(sv_call *call, const char *type, const char *id, char account_id[SV_ID_SIZE]);

#endif
