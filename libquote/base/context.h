/* The context as the library sees it: allocator and budget, limits, failure, progress, kernels. */
#ifndef LQI_CONTEXT_H
#define LQI_CONTEXT_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/fail.h"
#include "base/pool.h"
#include "libquote.h"

struct lqi_kernels; /* kernel/kernel_list.h fills it; base only carries the pointer's place */
struct lqi_team;    /* threads.h */

#define LQI_CANDIDATES_MAX 256

/* What all threads at work for one context share. */
typedef struct lqi_shared {
    bool pooled; /* no allocator was lent: large blocks come from the pool */
    lqi_pool pool;
    atomic_flag pool_busy;
    _Atomic uint64_t memory_held;
    _Atomic uint64_t memory_peak;
    _Atomic int cancelled;
    struct lqi_team *team; /* NULL: no work was for several yet */
} lqi_shared;

struct lq_context {
    lqi_shared *shared; /* &own, but for the contexts of workers */
    lqi_shared own;
    lq_allocator allocator;
    lq_limits limits; /* no zeros: defaults are filled in */
    lq_progress progress;
    void *progress_user;
    uint32_t thread_count;
    uint32_t isa_mask;
    uint8_t hash_key[16];
    uint64_t looks; /* operations of this call in searches that every round of a repair makes anew */
    _Atomic int failed; /* set once by the first failure; workers look at it */
    lq_error error;
    char *candidates[LQI_CANDIDATES_MAX];
    const struct lqi_kernels *kernels;
};

/* Everything but the kernels, which the API floor plugs in. */
lq_status lqi_context_create(const lq_context_options *options, lq_context **context);

/* Copies a struct that the caller filled: as much as it says it has, the rest zero. NULL gives all zero. `struct_size`
 * is the first member; 0 means the size that is known here. */
void lqi_copy_options(void *to, size_t size, const void *from);

/* Forgets the last failure but not a cancel: every public call that can fail begins with it. */
void lqi_begin(lq_context *context);

/* Call from loops, at least once per megabyte of work and from the calling thread: LQ_OK, or LQ_ERR_CANCELLED recorded.
 */
lq_status lqi_progress(lq_context *context, const char *stage, uint64_t done, uint64_t total);

/* A context for one task of lqi_parallel: the budget, limits, kernels and cancelling of `context`, but a failure of its
 * own, so that tasks do not write into each other's. No progress is told and no further threads are started. What was
 * allocated with one may be freed with the other. */
void lqi_context_fork(lq_context *context, lq_context *worker);
void lqi_context_join(lq_context *worker);

/* For worker threads: should this loop stop early? Cheap. Records nothing. */
static inline bool lqi_stopped(const lq_context *context)
{
    return atomic_load_explicit(&context->shared->cancelled, memory_order_relaxed) != 0;
}

/* A pseudo-random 64-bit seed that depends on the hash key and the purpose. Must never reach a result. */
uint64_t lqi_hash_seed(const lq_context *context, uint64_t purpose);

#endif
