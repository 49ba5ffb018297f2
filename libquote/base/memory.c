#include "base/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/context.h"

/* A block carries its size in front, so that freeing needs no size and the budget stays exact. */
#define HEADER_SIZE ((size_t)16)

typedef struct block_header {
    size_t size;
    size_t pooled;
} block_header;

/* The address sanitizer sees overruns only between blocks of its own. */
#if defined(__SANITIZE_ADDRESS__)
#define POOLED_MIN SIZE_MAX
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define POOLED_MIN SIZE_MAX
#endif
#endif
#ifndef POOLED_MIN
#define POOLED_MIN LQI_POOL_BLOCK_MIN
#endif

static bool reserve(lq_context *context, size_t size, bool quiet)
{
    uint64_t held = atomic_load_explicit(&context->shared->memory_held, memory_order_relaxed);
    uint64_t after;
    do {
        after = lqi_add_saturated(held, size);
        if (after > context->limits.memory_bytes) {
            if (!quiet) lqi_fail_over_limit(context, "memory_bytes", context->limits.memory_bytes, after);
            return false;
        }
    } while (!atomic_compare_exchange_weak_explicit(&context->shared->memory_held, &held, after, memory_order_relaxed,
                                                    memory_order_relaxed));
    uint64_t peak = atomic_load_explicit(&context->shared->memory_peak, memory_order_relaxed);
    while (peak < after && !atomic_compare_exchange_weak_explicit(&context->shared->memory_peak, &peak, after,
                                                                  memory_order_relaxed, memory_order_relaxed)) {
    }
    return true;
}

static void release(lq_context *context, size_t size)
{
    atomic_fetch_sub_explicit(&context->shared->memory_held, size, memory_order_relaxed);
}

static void lock_pool(lq_context *context)
{
    while (atomic_flag_test_and_set_explicit(&context->shared->pool_busy, memory_order_acquire)) {
    }
}

static void unlock_pool(lq_context *context) { atomic_flag_clear_explicit(&context->shared->pool_busy, memory_order_release); }

static block_header *take(lq_context *context, size_t whole)
{
    block_header *header = NULL;
    if (whole >= POOLED_MIN) {
        lock_pool(context);
        header = lqi_pool_take(&context->shared->pool, &context->allocator, whole, (size_t)context->limits.memory_bytes);
        unlock_pool(context);
        if (header) *header = (block_header){whole, 1};
    }
    if (header) return header;
    header = context->allocator.reallocate(context->allocator.user, NULL, 0, whole);
    if (header) *header = (block_header){whole, 0};
    return header;
}

static void give(lq_context *context, block_header *header)
{
    if (!header->pooled) {
        context->allocator.reallocate(context->allocator.user, header, header->size, 0);
        return;
    }
    lock_pool(context);
    lqi_pool_give(&context->shared->pool, &context->allocator, header);
    unlock_pool(context);
}

/* quiet: a failure is not recorded, because the caller can do with less. */
static void *allocate(lq_context *context, size_t size, bool quiet)
{
    size_t whole;
    if (!lqi_add_size(size, HEADER_SIZE, &whole)) {
        if (!quiet) lqi_fail_over_limit(context, "memory_bytes", context->limits.memory_bytes, UINT64_MAX);
        return NULL;
    }
    if (!reserve(context, whole, quiet)) return NULL;
    block_header *header = take(context, whole);
    if (!header) {
        release(context, whole);
        if (!quiet) lqi_fail(context, LQI_OUT_OF_MEMORY, -1, "The system has no memory left for this file.");
        return NULL;
    }
    return (char *)header + HEADER_SIZE;
}

void *lqi_alloc(lq_context *context, size_t size) { return allocate(context, size, false); }

void *lqi_try_alloc(lq_context *context, size_t size) { return allocate(context, size, true); }

void *lqi_alloc_array(lq_context *context, size_t count, size_t size)
{
    size_t product;
    if (!lqi_mul_size(count, size, &product)) product = SIZE_MAX;
    return lqi_alloc(context, product);
}

void *lqi_alloc_zeroed(lq_context *context, size_t count, size_t size)
{
    void *block = lqi_alloc_array(context, count, size);
    if (block) memset(block, 0, count * size);
    return block;
}

void lqi_free(lq_context *context, void *block)
{
    if (!block) return;
    block_header *header = (block_header *)((char *)block - HEADER_SIZE);
    size_t whole = header->size;
    give(context, header);
    release(context, whole);
}

lq_status lqi_grow(lq_context *context, void **block, size_t *capacity, size_t needed, size_t element_size)
{
    if (needed <= *capacity) return LQ_OK;
    size_t target = *capacity + *capacity / 2;
    if (target < needed) target = needed;
    if (target < 16) target = 16;
    size_t size;
    void *grown = lqi_mul_size(target, element_size, &size) ? allocate(context, size, true) : NULL;
    if (!grown) grown = lqi_alloc_array(context, target = needed, element_size);
    if (!grown) return lqi_memory_status(context);
    if (*block) memcpy(grown, *block, *capacity * element_size);
    lqi_free(context, *block);
    *block = grown;
    *capacity = target;
    return LQ_OK;
}

char *lqi_copy_text(lq_context *context, const char *text, size_t size)
{
    size_t whole;
    char *copy = lqi_add_size(size, 1, &whole) ? lqi_alloc(context, whole) : NULL;
    if (!copy) return NULL;
    memcpy(copy, text, size);
    copy[size] = 0;
    return copy;
}

lq_status lqi_memory_status(const lq_context *context)
{
    return context->error.status == LQ_ERR_LIMIT ? LQ_ERR_LIMIT : LQ_ERR_MEMORY;
}
