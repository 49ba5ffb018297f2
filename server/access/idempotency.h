/* Retries that have one effect (the interface's section on Idempotency-Key). */
#ifndef SV_IDEMPOTENCY_H
#define SV_IDEMPOTENCY_H

#include "access/call.h"

/* The form of the header; 400 otherwise. */
bool sv_idem_header(sv_call *call);

/* Replays, refuses, or takes the key for this call: after it returns true the effect may be made. */
bool sv_idem_begin(sv_call *call);

/* In the transaction of the effect: remembers the answer. false: the lease was lost, the effect must be rolled back. */
bool sv_idem_finish(sv_call *call);

/* After a refusal: the key is as if it had never been used. */
void sv_idem_release(sv_call *call);

#endif
