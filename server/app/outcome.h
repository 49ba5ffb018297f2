/* What came of an attempt, written: the delivery's next state, and what it says of its endpoint. */
#ifndef SV_OUTCOME_H
#define SV_OUTCOME_H

#include "app/sending.h"
#include "http/shared.h"

/* In the writing transaction that is open. owner: of the delivery's lease; without the lease nothing is written. */
sv_result sv_outcome_write(sv_store *store, const sv_config *config, const char *owner, const sv_sending *s);

#endif
