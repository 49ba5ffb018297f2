/* Where an order goes, and who gets its bill. */
#ifndef SV_ADDRESS_H
#define SV_ADDRESS_H

#include "access/call.h"

/* Reads the member `name` of the body into a new document with every field, null where nothing was said; the caller
 * owns it. NULL: refused, or, where it is not required, it is not there. */
json_t *sv_address_take(sv_call *call, const char *name, bool required);

#endif
