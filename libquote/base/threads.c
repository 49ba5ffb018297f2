#include "base/threads.h"

#include <stdatomic.h>

#include "base/context.h"
#include "base/fail.h"

typedef struct failure {
    size_t index;
    lq_status status;
} failure;

lq_status lqi_parallel(lq_context *context, size_t count, lqi_task task, void *user)
{
    if (count == 0) return LQ_OK;
    int threads = (int)context->thread_count;
    if ((size_t)threads > count) threads = (int)count;
    if (threads <= 1) {
        for (size_t i = 0; i < count; i++) LQI_TRY(task(user, i));
        return LQ_OK;
    }
    failure first = {SIZE_MAX, LQ_OK};
    _Atomic size_t failed_index = SIZE_MAX;
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads)
    for (size_t i = 0; i < count; i++) {
        if (i > atomic_load_explicit(&failed_index, memory_order_relaxed)) continue;
        lq_status status = task(user, i);
        if (status == LQ_OK) continue;
#pragma omp critical(lqi_parallel_failure)
        if (i < first.index) {
            first = (failure){i, status};
            atomic_store_explicit(&failed_index, i, memory_order_relaxed);
        }
    }
    return first.status;
}
