#include "base/context.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "base/memory.h"
#include "base/threads.h"

static void *heap_reallocate(void *user, void *block, size_t size_old, size_t size_new)
{
    (void)user, (void)size_old;
    if (size_new) return realloc(block, size_new);
    free(block);
    return NULL;
}

void lqi_copy_options(void *to, size_t size, const void *from)
{
    memset(to, 0, size);
    if (!from) return;
    size_t given;
    memcpy(&given, from, sizeof given);
    memcpy(to, from, given && given < size ? given : size);
}

static uint64_t or_default(uint64_t value, uint64_t fallback) { return value ? value : fallback; }

static void fill_limits(lq_limits *out, const lq_limits *in)
{
    lq_limits given;
    lqi_copy_options(&given, sizeof given, in);
    *out = (lq_limits){
        .struct_size = sizeof *out,
        .input_bytes = or_default(given.input_bytes, (uint64_t)2 << 30),
        .memory_bytes = or_default(given.memory_bytes, (uint64_t)8 << 30),
        .triangles = or_default(given.triangles, 200000000),
        .vertices = or_default(given.vertices, 400000000),
        .inflated_bytes = or_default(given.inflated_bytes, (uint64_t)2 << 30),
        .inflate_ratio = or_default(given.inflate_ratio, 200),
        .archive_entries = or_default(given.archive_entries, 65535),
        .xml_depth = or_default(given.xml_depth, 64),
        .component_depth = or_default(given.component_depth, 32),
        .instances = or_default(given.instances, 1000000),
        .work_units = or_default(given.work_units, 200000000),
    };
}

/* Where the system has no entropy to give, addresses and the clock must do: the key only guards against crafted files.
 */
static void fill_key(uint8_t key[16], const void *context)
{
    if (getrandom(key, 16, GRND_NONBLOCK) == 16) return;
    struct timespec now = {0};
    clock_gettime(CLOCK_REALTIME, &now);
    uint64_t words[2] = {(uint64_t)(uintptr_t)context * 0x9E3779B97F4A7C15u,
                         (uint64_t)now.tv_nsec ^ (uint64_t)now.tv_sec << 32};
    memcpy(key, words, 16);
}

lq_status lqi_context_create(const lq_context_options *options, lq_context **out)
{
    lq_context_options given;
    lqi_copy_options(&given, sizeof given, options);
    lq_allocator allocator = given.allocator ? *given.allocator : (lq_allocator){heap_reallocate, NULL};
    if (!allocator.reallocate) return LQ_ERR_ARGUMENT;
    lq_context *context = allocator.reallocate(allocator.user, NULL, 0, sizeof *context);
    if (!context) return LQ_ERR_MEMORY;
    memset(context, 0, sizeof *context);
    context->shared = &context->own;
    context->allocator = allocator;
    context->shared->pooled = !given.allocator;
    fill_limits(&context->limits, given.limits);
    context->progress = given.progress;
    context->progress_user = given.progress_user;
    context->thread_count = given.thread_count ? given.thread_count : 1;
    if (context->thread_count > 256) context->thread_count = 256;
    if (given.hash_key)
        memcpy(context->hash_key, given.hash_key, 16);
    else
        fill_key(context->hash_key, context);
    lq_context_reset(context);
    *out = context;
    return LQ_OK;
}

static void forget_candidates(lq_context *context)
{
    for (size_t i = 0; i < LQI_CANDIDATES_MAX && context->candidates[i]; i++) {
        lqi_free(context, context->candidates[i]);
        context->candidates[i] = NULL;
    }
}

void lq_context_destroy(lq_context *context)
{
    if (!context) return;
    forget_candidates(context);
    lq_allocator allocator = context->allocator;
    lqi_team_free(context->shared->team, &allocator);
    lqi_pool_free(&context->shared->pool, &allocator);
    allocator.reallocate(allocator.user, context, sizeof *context, 0);
}

void lq_context_cancel(lq_context *context)
{
    atomic_store_explicit(&context->shared->cancelled, 1, memory_order_relaxed);
}

void lq_context_reset(lq_context *context)
{
    atomic_store_explicit(&context->shared->cancelled, 0, memory_order_relaxed);
    lqi_begin(context);
}

void lqi_context_fork(lq_context *context, lq_context *worker)
{
    memset(worker, 0, sizeof *worker);
    worker->shared = context->shared;
    worker->allocator = context->allocator;
    worker->limits = context->limits;
    worker->thread_count = 1;
    worker->isa_mask = context->isa_mask;
    memcpy(worker->hash_key, context->hash_key, sizeof worker->hash_key);
    worker->kernels = context->kernels;
    lqi_begin(worker);
}

void lqi_context_join(lq_context *worker) { forget_candidates(worker); }

void lqi_begin(lq_context *context)
{
    forget_candidates(context);
    atomic_store_explicit(&context->failed, 0, memory_order_relaxed);
    context->looks = 0;
    context->error = (lq_error){.code = "", .offset = -1, .line = -1, .limit = -1, .actual = -1};
}

const lq_error *lq_context_error(const lq_context *context) { return &context->error; }

const char *lq_context_error_candidate(const lq_context *context, size_t index)
{
    return index < context->error.candidate_count ? context->candidates[index] : NULL;
}

uint64_t lq_context_memory_peak(const lq_context *context)
{
    return atomic_load_explicit(&context->shared->memory_peak, memory_order_relaxed);
}

uint64_t lq_context_memory_held(const lq_context *context)
{
    return atomic_load_explicit(&context->shared->memory_held, memory_order_relaxed);
}

lq_status lqi_progress(lq_context *context, const char *stage, uint64_t done, uint64_t total)
{
    if (context->progress && context->progress(context->progress_user, stage, done, total)) lq_context_cancel(context);
    return lqi_stopped(context) ? lqi_fail(context, LQI_CANCELLED, -1, "The work was cancelled.") : LQ_OK;
}

uint64_t lqi_hash_seed(const lq_context *context, uint64_t purpose)
{
    uint64_t key[2];
    memcpy(key, context->hash_key, 16);
    uint64_t x = key[0] ^ (purpose + 1) * 0x9E3779B97F4A7C15u;
    x = (x ^ x >> 32) * 0xD6E8FEB86659FD93u;
    x ^= key[1];
    x = (x ^ x >> 32) * 0xD6E8FEB86659FD93u;
    return x ^ x >> 32;
}
