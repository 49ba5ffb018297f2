/* Work that is done after its request, or again and again: rows that processes claim for a while. A job is written in
 * the transaction of its cause and taken away in the transaction of its result: it may run twice, and has one effect.
 */
#ifndef SV_JOBS_H
#define SV_JOBS_H

#include "store/objects.h"

typedef struct sv_job {
    char id[SV_ID_SIZE], kind[24], account_id[SV_ID_SIZE], object_id[SV_ID_SIZE];
    char detail[SV_ID_SIZE]; /* what its kind needs to know besides; "" for nothing */
    char waits_for[SV_ID_SIZE];
    bool livemode;
    int64_t tries; /* with this one */
} sv_job;

/* Only within a writing transaction. detail: NULL for none. waits_for: the id of an object whose sv_job_wake makes the
 * job due before its time, or NULL. */
sv_result sv_job_add(sv_store *store, sv_scope scope, const char *kind, const char *object_id, const char *detail,
                     const char *waits_for, int64_t due_ms);

/* What waits for this object is due now. Only within a writing transaction. */
sv_result sv_job_wake(sv_store *store, sv_scope scope, const char *waits_for);

/* The oldest job of one of the kinds (a JSON array of texts) that is due and that nobody holds: held by `owner` until
 * now_ms + lease_ms. SV_DONE: there is none. */
sv_result sv_job_claim(sv_store *store, const char *owner, const char *kinds, int64_t now_ms, int64_t lease_ms,
                       sv_job *job);

/* Within the transaction of its result. SV_CONFLICT: the lease was lost, and another has it: roll back. */
sv_result sv_job_finish(sv_store *store, const sv_job *job, const char *owner);
/* Lets it go until due_ms, without or with this try being counted. SV_CONFLICT as above. */
sv_result sv_job_postpone(sv_store *store, const sv_job *job, const char *owner, int64_t due_ms);
sv_result sv_job_retry(sv_store *store, const sv_job *job, const char *owner, int64_t due_ms);

/* Takes away what nobody holds: it was done otherwise. Only within a writing transaction. */
sv_result sv_job_drop(sv_store *store, sv_scope scope, const char *kind, const char *object_id);

/* Is it this process's turn for a duty that one process of all does every so often? Then nobody else's, until then. */
bool sv_duty_take(sv_store *store, const char *name, int64_t now_ms, int64_t every_ms);

#endif
