#include "base/threads.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/context.h"
#include "base/fail.h"

/* The first failure as index << 8 | status, so that one atomic minimum keeps both together. */
#define NO_FAILURE UINT64_MAX

typedef struct job {
    lqi_task task;
    void *user;
    size_t count;
    _Atomic size_t next;
    _Atomic uint64_t first_failure;
} job;

typedef struct lqi_team {
    pthread_mutex_t lock; /* of everything below */
    pthread_cond_t work, done;
    job *job;
    uint32_t wanted; /* helpers that may still begin with the job */
    uint32_t busy;   /* helpers at it */
    bool ends;
    uint32_t helper_count;
    size_t allocated_size;
    pthread_t helper[];
} team;

static void run(job *j)
{
    for (;;) {
        size_t i = atomic_fetch_add_explicit(&j->next, 1, memory_order_relaxed);
        if (i >= j->count) return;
        uint64_t known = atomic_load_explicit(&j->first_failure, memory_order_relaxed);
        if (i > known >> 8) return; /* so are all that follow */
        lq_status status = j->task(j->user, i);
        if (status == LQ_OK) continue;
        uint64_t mine = (uint64_t)i << 8 | (uint64_t)status;
        while (mine < known && !atomic_compare_exchange_weak_explicit(&j->first_failure, &known, mine,
                                                                      memory_order_relaxed, memory_order_relaxed)) {
        }
    }
}

static void *help(void *user)
{
    team *t = user;
    pthread_mutex_lock(&t->lock);
    for (;;) {
        while (!t->wanted && !t->ends) pthread_cond_wait(&t->work, &t->lock);
        if (t->ends) break;
        t->wanted--;
        t->busy++;
        job *j = t->job;
        pthread_mutex_unlock(&t->lock);
        run(j);
        pthread_mutex_lock(&t->lock);
        if (--t->busy == 0) pthread_cond_signal(&t->done);
    }
    pthread_mutex_unlock(&t->lock);
    return NULL;
}

/* As many helpers as the system has threads for. The program's signals are for its own threads. */
static team *gather(lq_context *context)
{
    size_t helpers = context->thread_count - 1, size = sizeof(team) + helpers * sizeof(pthread_t);
    team *t = context->allocator.reallocate(context->allocator.user, NULL, 0, size);
    if (!t) return NULL;
    *t = (team){.allocated_size = size};
    pthread_mutex_init(&t->lock, NULL);
    pthread_cond_init(&t->work, NULL);
    pthread_cond_init(&t->done, NULL);
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (t->helper_count < helpers && pthread_create(&t->helper[t->helper_count], NULL, help, t) == 0)
        t->helper_count++;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return t;
}

void lqi_team_free(team *t, const lq_allocator *allocator)
{
    if (!t) return;
    pthread_mutex_lock(&t->lock);
    t->ends = true;
    pthread_cond_broadcast(&t->work);
    pthread_mutex_unlock(&t->lock);
    for (uint32_t i = 0; i < t->helper_count; i++) pthread_join(t->helper[i], NULL);
    pthread_cond_destroy(&t->done);
    pthread_cond_destroy(&t->work);
    pthread_mutex_destroy(&t->lock);
    allocator->reallocate(allocator->user, t, t->allocated_size, 0);
}

/* Who comes when everything has been taken need not begin, so that a busy machine makes nobody wait. */
static void run_together(team *t, job *j)
{
    pthread_mutex_lock(&t->lock);
    t->job = j;
    t->wanted = j->count - 1 < t->helper_count ? (uint32_t)(j->count - 1) : t->helper_count;
    if (t->wanted == 1)
        pthread_cond_signal(&t->work);
    else
        pthread_cond_broadcast(&t->work);
    pthread_mutex_unlock(&t->lock);
    run(j);
    pthread_mutex_lock(&t->lock);
    t->wanted = 0;
    while (t->busy) pthread_cond_wait(&t->done, &t->lock);
    pthread_mutex_unlock(&t->lock);
}

lq_status lqi_parallel(lq_context *context, size_t count, lqi_task task, void *user)
{
    if (context->thread_count > 1 && count > 1 && !context->shared->team) context->shared->team = gather(context);
    if (context->thread_count == 1 || count <= 1 || !context->shared->team) {
        for (size_t i = 0; i < count; i++) LQI_TRY(task(user, i));
        return LQ_OK;
    }
    job j = {.task = task, .user = user, .count = count, .first_failure = NO_FAILURE};
    run_together(context->shared->team, &j);
    return j.first_failure == NO_FAILURE ? LQ_OK : (lq_status)(j.first_failure & 0xFF);
}

bool lqi_aside_start(lqi_aside *aside, void *(*task)(void *user), void *user)
{
    return pthread_create(&aside->thread, NULL, task, user) == 0;
}

void lqi_aside_join(lqi_aside *aside) { pthread_join(aside->thread, NULL); }
