#include "base/pool.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>

#include "base/checked.h"

#define LINE ((size_t)64)
#define HUGE_PAGE_SIZE ((size_t)2 << 20)

/* One huge page: even a small file touches it faster than a hundred small ones. */
#define FIRST_REGION_SIZE HUGE_PAGE_SIZE
#define REGION_GROWTH_MAX ((size_t)32 << 20)

/* What stays for the next file when nothing is in use. */
#define KEPT_MAX ((size_t)64 << 20)

/* Blocks fill a region without gaps; behind the last one lies a header of size 0 that is never free. */
typedef struct lqi_pool_block {
    size_t size;   /* with this header, a multiple of LINE */
    size_t before; /* size of the block before it in the region, 0: none; whether this one is free, and untouched */
    struct lqi_pool_block *next_free, *last_free; /* of free blocks only: the user's bytes */
} block;

#define HEADER_SIZE offsetof(block, next_free)
#define FREE_BIT ((size_t)1)
#define FRESH_BIT ((size_t)2) /* no part of it was ever handed out: nothing is spent on it yet */
#define BITS (FREE_BIT | FRESH_BIT)

/* The first block begins 32 bytes before a line, so that what lies behind the 16 bytes of either header is aligned. The
 * last header lies behind the huge pages, so as not to touch one for it. */
#define FIRST_OFFSET (2 * LINE - 2 * HEADER_SIZE)
#define REGION_OVERHEAD (FIRST_OFFSET - 2 * HEADER_SIZE)

typedef struct lqi_pool_region {
    struct lqi_pool_region *older;
    void *allocated;
    size_t allocated_size;
} region;

static_assert(HEADER_SIZE == 16 && sizeof(region) <= FIRST_OFFSET && REGION_OVERHEAD == LINE, "the layout above");

static block *first_of(region *r) { return (block *)(void *)((char *)r + FIRST_OFFSET); }
static block *behind(block *b) { return (block *)(void *)((char *)b + b->size); }
static block *in_front(block *b) { return (block *)(void *)((char *)b - (b->before & ~BITS)); }
static bool is_free(const block *b) { return b->before & FREE_BIT; }
static bool is_fresh(const block *b) { return b->before & FRESH_BIT; }

static void set_size(block *b, size_t size)
{
    b->size = size;
    behind(b)->before = size | (behind(b)->before & BITS);
}

static void link_free(lqi_pool *pool, block *b)
{
    b->before |= FREE_BIT;
    b->last_free = NULL;
    b->next_free = pool->free;
    if (pool->free) pool->free->last_free = b;
    pool->free = b;
}

static void unlink_free(lqi_pool *pool, block *b)
{
    b->before &= ~FREE_BIT;
    if (b->last_free)
        b->last_free->next_free = b->next_free;
    else
        pool->free = b->next_free;
    if (b->next_free) b->next_free->last_free = b->last_free;
}

/* ---- regions ---- */

void lqi_advise_huge_pages(void *memory, size_t size)
{
#if defined(__linux__)
    uintptr_t first = ((uintptr_t)memory + HUGE_PAGE_SIZE - 1) / HUGE_PAGE_SIZE * HUGE_PAGE_SIZE;
    uintptr_t last = ((uintptr_t)memory + size) / HUGE_PAGE_SIZE * HUGE_PAGE_SIZE;
    if (first < last) (void)madvise((void *)first, last - first, MADV_HUGEPAGE);
#else
    (void)memory, (void)size;
#endif
}

static bool add_region_of(lqi_pool *pool, const lq_allocator *allocator, size_t size, size_t limit)
{
    const size_t unit = HUGE_PAGE_SIZE;
    size_t whole;
    if (!lqi_add_size(size, 2 * unit + LINE, &whole)) return false;
    size = (size + unit - 1) / unit * unit;
    whole = size + unit + LINE; /* room to align it, and for the last header */
    if (whole > limit || pool->region_bytes > limit - whole) return false;
    void *allocated = allocator->reallocate(allocator->user, NULL, 0, whole);
    if (!allocated) return false;
    uintptr_t aligned = ((uintptr_t)allocated + unit - 1) / unit * unit;
    region *r = (region *)aligned;
    lqi_advise_huge_pages(r, size);
    *r = (region){pool->region, allocated, whole};
    pool->region = r;
    pool->region_bytes += whole;
    block *all = first_of(r);
    all->before = FRESH_BIT;
    size_t usable = size - REGION_OVERHEAD;
    ((block *)(void *)((char *)all + usable))->size = 0;
    ((block *)(void *)((char *)all + usable))->before = 0;
    set_size(all, usable);
    link_free(pool, all);
    return true;
}

/* Each is as large as all before it together, within bounds; of the very size that is needed where there is no more. */
static bool add_region(lqi_pool *pool, const lq_allocator *allocator, size_t needed, size_t limit)
{
    size_t least, size = pool->region_bytes < REGION_GROWTH_MAX ? pool->region_bytes : REGION_GROWTH_MAX;
    if (!lqi_add_size(needed, REGION_OVERHEAD + LINE, &least)) return false;
    if (size < FIRST_REGION_SIZE) size = FIRST_REGION_SIZE;
    if (size > least && add_region_of(pool, allocator, size, limit)) return true;
    return add_region_of(pool, allocator, least, limit);
}

static void drop_region(lqi_pool *pool, const lq_allocator *allocator, region *r)
{
    if (is_free(first_of(r))) unlink_free(pool, first_of(r));
    pool->region_bytes -= r->allocated_size;
    allocator->reallocate(allocator->user, r->allocated, r->allocated_size, 0);
}

static void keep_at_most(lqi_pool *pool, const lq_allocator *allocator, size_t most)
{
    while (pool->region && pool->region_bytes > most) {
        region *r = pool->region;
        pool->region = r->older;
        drop_region(pool, allocator, r);
    }
}

/* ---- blocks ---- */

/* What was touched before costs less than the first touch of what was not, however well it fits. */
static bool is_better(const block *b, const block *than)
{
    if (!than) return true;
    return is_fresh(b) == is_fresh(than) ? b->size < than->size : !is_fresh(b);
}

static block *best_fit(const lqi_pool *pool, size_t size)
{
    block *best = NULL;
    for (block *b = pool->free; b; b = b->next_free)
        if (b->size >= size && is_better(b, best)) best = b;
    return best;
}

void *lqi_pool_take(lqi_pool *pool, const lq_allocator *allocator, size_t size, size_t limit)
{
    size_t whole;
    if (!lqi_add_size(size, HEADER_SIZE + LINE - 1, &whole)) return NULL;
    whole = whole / LINE * LINE;
    block *b = best_fit(pool, whole);
    if (!b && !pool->block_count) keep_at_most(pool, allocator, 0); /* all idle, and all too small */
    if (!b && add_region(pool, allocator, whole, limit)) b = pool->free;
    if (!b) return NULL;
    unlink_free(pool, b);
    size_t rest = b->size - whole;
    if (rest >= LQI_POOL_BLOCK_MIN) {
        b->size = whole;
        behind(b)->before = whole | (b->before & FRESH_BIT);
        set_size(behind(b), rest);
        link_free(pool, behind(b));
    }
    b->before &= ~FRESH_BIT;
    pool->block_count++;
    return (char *)b + HEADER_SIZE;
}

void lqi_pool_give(lqi_pool *pool, const lq_allocator *allocator, void *memory)
{
    block *b = (block *)(void *)((char *)memory - HEADER_SIZE);
    if (is_free(behind(b))) {
        unlink_free(pool, behind(b));
        set_size(b, b->size + behind(b)->size);
    }
    if (b->before & ~BITS && is_free(in_front(b))) {
        unlink_free(pool, in_front(b));
        set_size(in_front(b), in_front(b)->size + b->size);
        b = in_front(b);
    }
    link_free(pool, b);
    if (--pool->block_count == 0) keep_at_most(pool, allocator, KEPT_MAX);
}

void lqi_pool_free(lqi_pool *pool, const lq_allocator *allocator) { keep_at_most(pool, allocator, 0); }
