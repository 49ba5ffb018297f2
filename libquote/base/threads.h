/* Work over independent indices, and work beside the caller's. The only place that knows how threads are made. */
#ifndef LQI_THREADS_H
#define LQI_THREADS_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "libquote.h"

typedef lq_status (*lqi_task)(void *user, size_t index);

/* Runs task(user, 0..count-1) on up to the context's threads, in any order. Returns the failure of the smallest index
 * that failed, so that the answer does not depend on timing; indices after a failure may not run. */
lq_status lqi_parallel(lq_context *context, size_t count, lqi_task task, void *user);

/* The threads of a context, NULL before the first work for several: they sleep between works until it is destroyed. */
struct lqi_team;
void lqi_team_free(struct lqi_team *team, const lq_allocator *allocator);

/* One task beside the calling thread. false: the system has no thread to give, and nothing runs. */
typedef struct lqi_aside {
    pthread_t thread;
} lqi_aside;

bool lqi_aside_start(lqi_aside *aside, void *(*task)(void *user), void *user);
void lqi_aside_join(lqi_aside *aside);

#endif
