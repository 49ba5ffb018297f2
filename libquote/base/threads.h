/* Work over independent indices. The only place that knows how threads are made. */
#ifndef LQI_THREADS_H
#define LQI_THREADS_H

#include <stddef.h>

#include "libquote.h"

typedef lq_status (*lqi_task)(void *user, size_t index);

/* Runs task(user, 0..count-1) on up to the context's threads, in any order. Returns the failure of the smallest index
 * that failed, so that the answer does not depend on timing; indices after a failure may not run. */
lq_status lqi_parallel(lq_context *context, size_t count, lqi_task task, void *user);

/* The threads of a context, NULL before the first work for several: they sleep between works until it is destroyed. */
struct lqi_team;
void lqi_team_free(struct lqi_team *team, const lq_allocator *allocator);

#endif
