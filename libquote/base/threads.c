#include "base/threads.h"

#include <stdatomic.h>

#include "base/context.h"
#include "base/fail.h"

/* The first failure as index << 8 | status, so that one atomic minimum keeps both together. */
#define NO_FAILURE UINT64_MAX

lq_status lqi_parallel(lq_context *context, size_t count, lqi_task task, void *user)
{
    int threads = (size_t)context->thread_count > count ? (int)count : (int)context->thread_count;
    if (threads <= 1) {
        for (size_t i = 0; i < count; i++) LQI_TRY(task(user, i));
        return LQ_OK;
    }
    _Atomic uint64_t first = NO_FAILURE;
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads)
    for (size_t i = 0; i < count; i++) {
        uint64_t known = atomic_load_explicit(&first, memory_order_relaxed);
        if (i > known >> 8) continue;
        lq_status status = task(user, i);
        if (status == LQ_OK) continue;
        uint64_t mine = (uint64_t)i << 8 | (uint64_t)status;
        while (mine < known && !atomic_compare_exchange_weak_explicit(&first, &known, mine, memory_order_relaxed,
                                                                      memory_order_relaxed)) {
        }
    }
    return first == NO_FAILURE ? LQ_OK : (lq_status)(first & 0xFF);
}

bool lqi_aside_start(lqi_aside *aside, void *(*task)(void *user), void *user)
{
    return pthread_create(&aside->thread, NULL, task, user) == 0;
}

void lqi_aside_join(lqi_aside *aside) { pthread_join(aside->thread, NULL); }
