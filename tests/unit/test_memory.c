/* Large blocks come from a pool: they must not overlap, keep what is written, and go back; and long runs are sorted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/context.h"
#include "base/memory.h"
#include "base/pool.h"
#include "base/sort.h"
#include "libquote.h"
#include "tests/support/lend.h"

#define BLOCKS 64

static uint64_t random_state = 5;

static uint64_t random_word(void)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return random_state ^ random_state >> 29;
}

static void use_blocks(lq_context *context)
{
    uint8_t *block[BLOCKS] = {NULL};
    size_t size[BLOCKS] = {0};
    for (int i = 0; i < 4000; i++) {
        size_t b = random_word() % BLOCKS;
        for (size_t k = 0; k < size[b]; k += 4093) assert_int_equal(block[b][k], (uint8_t)(b + k));
        if (size[b]) assert_int_equal(block[b][size[b] - 1], (uint8_t)(b + size[b] - 1));
        lqi_free(context, block[b]);
        size[b] = random_word() % 5 ? random_word() % (1u << (10 + random_word() % 12)) + 1 : 0;
        block[b] = size[b] ? lqi_alloc(context, size[b]) : NULL;
        assert_true(!size[b] || block[b]);
        for (size_t k = 0; k < size[b]; k++) block[b][k] = (uint8_t)(b + k);
    }
    for (int b = 0; b < BLOCKS; b++) lqi_free(context, block[b]);
    assert_int_equal(lq_context_memory_held(context), 0);
}

static void blocks_keep_apart(void **state)
{
    (void)state;
    lq_context *context;
    assert_int_equal(lq_context_create(NULL, &context), LQ_OK);
    use_blocks(context);
    lq_context_destroy(context);
}

/* An allocator that is lent is asked for every block, and gets every block back at once. */
static void a_lent_allocator_is_asked(void **state)
{
    (void)state;
    lend_allocator counter = {0};
    lq_allocator allocator = lend_allocator_of(&counter);
    lq_context_options options = {.struct_size = sizeof options, .allocator = &allocator};
    lq_context *context;
    assert_int_equal(lq_context_create(&options, &context), LQ_OK);
    uint64_t blocks = counter.blocks;
    use_blocks(context);
    assert_int_equal(counter.blocks, blocks);
    lq_context_destroy(context);
    assert_int_equal(counter.blocks, 0);
}

/* A block that fits better but was never touched would cost its pages. */
static void what_was_used_is_used_again(void **state)
{
    (void)state;
    lend_allocator counter = {0};
    const lq_allocator allocator = lend_allocator_of(&counter);
    const size_t megabyte = (size_t)1 << 20;
    lqi_pool pool = {NULL};
    uint8_t *large = lqi_pool_take(&pool, &allocator, 9 * megabyte, SIZE_MAX);
    void *behind = lqi_pool_take(&pool, &allocator, LQI_POOL_BLOCK_MIN, SIZE_MAX);
    assert_true(large && behind);
    assert_int_equal(((uintptr_t)large + 16) % 64, 0);
    memset(large, 1, 9 * megabyte);
    lqi_pool_give(&pool, &allocator, large);
    void *small = lqi_pool_take(&pool, &allocator, megabyte / 2, SIZE_MAX);
    assert_ptr_equal(small, large);
    assert_int_equal(counter.calls, 1);
    lqi_pool_give(&pool, &allocator, small);
    lqi_pool_give(&pool, &allocator, behind);
    lqi_pool_free(&pool, &allocator);
    assert_int_equal(counter.held, 0);
}

/* What lies idle in the pool makes no allocation fail. */
static void the_budget_holds(void **state)
{
    (void)state;
    lq_limits limits = {.struct_size = sizeof limits, .memory_bytes = (uint64_t)8 << 20};
    lq_context_options options = {.struct_size = sizeof options, .limits = &limits};
    lq_context *context;
    assert_int_equal(lq_context_create(&options, &context), LQ_OK);
    for (size_t size = 100000; size < (size_t)7 << 20; size += 300000) {
        void *all = lqi_alloc(context, size);
        assert_non_null(all);
        lqi_free(context, all);
    }
    assert_null(lqi_alloc(context, (size_t)8 << 20));
    assert_int_equal(lq_context_error(context)->status, LQ_ERR_LIMIT);
    assert_int_equal(lq_context_memory_held(context), 0);
    lq_context_destroy(context);
}

static int compare_words(const void *a, const void *b)
{
    uint64_t x, y;
    memcpy(&x, a, 8);
    memcpy(&y, b, 8);
    return (x > y) - (x < y);
}

static void runs_are_sorted(void **state)
{
    (void)state;
    static uint64_t items[20000], want[20000];
    for (int round = 0; round < 60; round++) {
        size_t count = round < 40 ? (size_t)round : random_word() % 20000;
        for (size_t i = 0; i < count; i++) {
            uint64_t word = random_word();
            items[i] = round % 5 == 0   ? word
                       : round % 5 == 1 ? word % 7
                       : round % 5 == 2 ? word % 7 << 57 | word >> 60
                       : round % 5 == 3 ? (uint64_t)i << 20
                                        : (uint64_t)3 << 32 | (word & 0xFFFF);
        }
        memcpy(want, items, sizeof items);
        qsort(want, count, sizeof *want, compare_words);
        lqi_sort_u64(items, count);
        assert_memory_equal(items, want, count * sizeof *items);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_keep_apart),
        cmocka_unit_test(a_lent_allocator_is_asked),
        cmocka_unit_test(what_was_used_is_used_again),
        cmocka_unit_test(the_budget_holds),
        cmocka_unit_test(runs_are_sorted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
