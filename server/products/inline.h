/* Parts that come within members: {"part": {name, upload_id, ...}} instead of part_id. Their files are looked at before
 * the transaction, and the parts are made within it. */
#ifndef SV_INLINE_H
#define SV_INLINE_H

#include "access/call.h"

/* A route's prepare: what sv_prepare_costs does, and the parts of "members", or of the body itself. */
void sv_prepare_members(sv_call *call);

/* Makes the part of this member, which is one of the prepared. NULL: refused; else its id, for the caller to free. */
char *sv_inline_make(sv_call *call, const json_t *given);

#endif
