/* Memory with a budget, failures, notes, text and JSON, threads, sorting, cube roots. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/context.h"
#include "base/cube_root.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/notes.h"
#include "base/sort.h"
#include "base/text.h"
#include "base/threads.h"

static lq_context *make_context(uint64_t memory_bytes, uint32_t threads)
{
    lq_limits limits = {.struct_size = sizeof limits, .memory_bytes = memory_bytes};
    lq_context_options options = {.struct_size = sizeof options, .limits = &limits, .thread_count = threads};
    lq_context *context = NULL;
    assert_int_equal(lq_context_create(&options, &context), LQ_OK);
    return context;
}

static void memory_is_counted_and_limited(void **state)
{
    (void)state;
    lq_context *context = make_context(1 << 20, 1);
    void *block = lqi_alloc(context, 1000);
    assert_non_null(block);
    assert_true(lq_context_memory_held(context) >= 1000);
    assert_null(lqi_alloc(context, 2 << 20));
    assert_int_equal(lqi_memory_status(context), LQ_ERR_LIMIT);
    assert_string_equal(lq_context_error(context)->code, "limit");
    assert_int_equal(lq_context_error(context)->limit, 1 << 20);
    assert_null(lqi_alloc(context, SIZE_MAX));
    assert_null(lqi_alloc_array(context, SIZE_MAX / 2, 3));
    lqi_free(context, block);
    assert_int_equal(lq_context_memory_held(context), 0);
    lq_context_destroy(context);
}

static void arrays_grow_and_keep_their_content(void **state)
{
    (void)state;
    lq_context *context = make_context(0, 1);
    uint32_t *items = NULL;
    size_t capacity = 0;
    for (uint32_t i = 0; i < 10000; i++) {
        assert_int_equal(lqi_grow(context, (void **)&items, &capacity, i + 1, sizeof *items), LQ_OK);
        items[i] = i;
    }
    for (uint32_t i = 0; i < 10000; i++) assert_int_equal(items[i], i);
    lqi_free(context, items);
    lq_context_destroy(context);
}

static void the_first_failure_wins(void **state)
{
    (void)state;
    lq_context *context = make_context(0, 1);
    assert_int_equal(lqi_fail(context, LQI_STL_SYNTAX, 17, "bad %s", "word\x1b[31m"), LQ_ERR_INPUT);
    lqi_fail(context, LQI_INTERNAL, 99, "later");
    const lq_error *error = lq_context_error(context);
    assert_string_equal(error->code, "stl_syntax");
    assert_int_equal(error->offset, 17);
    assert_string_equal(error->message, "bad word?[31m");
    lqi_begin(context);
    assert_int_equal(lq_context_error(context)->status, LQ_OK);
    lq_context_destroy(context);
}

static void every_reason_has_its_own_word(void **state)
{
    (void)state;
    for (int i = 0; i < LQI_REASON_COUNT; i++)
        for (int k = 0; k < i; k++)
            assert_string_not_equal(lqi_reason_word((lqi_reason)i), lqi_reason_word((lqi_reason)k));
}

static void text_from_files_is_made_harmless(void **state)
{
    (void)state;
    lq_context *context = make_context(0, 1);
    lqi_arena arena;
    lqi_arena_init(&arena, context);
    assert_string_equal(lqi_arena_text(&arena, "a\x1b[0m\nb\x7f", 8), "a[0mb");
    assert_string_equal(lqi_arena_text(&arena, "gr\xFC\xDF", 4), "gr\xC3\xBC\xC3\x9F");
    assert_string_equal(lqi_arena_text(&arena, "\xC3\xBC\xE2\x82\xAC", 5), "\xC3\xBC\xE2\x82\xAC");
    assert_string_equal(lqi_arena_text(&arena, "\xED\xA0\x80", 3), "\xC3\xAD\xC2\xA0"); /* a surrogate is no text */
    lqi_arena_free(&arena);
    assert_int_equal(lq_context_memory_held(context), 0);
    lq_context_destroy(context);
}

static void notes_merge_by_code_and_sort_by_severity(void **state)
{
    (void)state;
    lq_context *context = make_context(0, 1);
    lqi_notes notes;
    lqi_notes_init(&notes, context);
    assert_int_equal(lqi_notes_add(&notes, "b_info", LQ_SEVERITY_INFO, 1, 5, NULL, "x"), LQ_OK);
    assert_int_equal(lqi_notes_add(&notes, "z_block", LQ_SEVERITY_BLOCKER, 1, 5, NULL, "x"), LQ_OK);
    assert_int_equal(lqi_notes_add(&notes, "a_info", LQ_SEVERITY_INFO, 1, 5, NULL, "x"), LQ_OK);
    assert_int_equal(lqi_notes_add(&notes, "b_info", LQ_SEVERITY_INFO, 2, 9, NULL, "y"), LQ_OK);
    lqi_notes_sort(&notes);
    assert_int_equal(notes.count, 3);
    assert_string_equal(notes.items[0].code, "z_block");
    assert_string_equal(notes.items[1].code, "a_info");
    assert_string_equal(notes.items[2].code, "b_info");
    assert_int_equal(notes.items[2].count, 3);
    assert_int_equal(notes.items[2].offset, 5);
    lqi_notes_free(&notes);
    assert_int_equal(lq_context_memory_held(context), 0);
    lq_context_destroy(context);
}

static void json_is_escaped_and_separated(void **state)
{
    (void)state;
    lq_context *context = make_context(0, 1);
    lqi_text text;
    lqi_text_init(&text, context);
    lqi_json_open(&text, NULL, '{');
    lqi_json_string(&text, "a\"b", "c\\\n\x01\xC3\xBC");
    lqi_json_number(&text, "n", 0.1);
    lqi_json_number(&text, "nan", NAN);
    lqi_json_open(&text, "list", '[');
    lqi_json_integer(&text, NULL, -5);
    lqi_json_count(&text, NULL, -1);
    lqi_json_bool(&text, NULL, 1);
    lqi_json_close(&text, ']');
    lqi_json_close(&text, '}');
    char *json;
    assert_int_equal(lqi_text_take(&text, &json, NULL), LQ_OK);
    assert_string_equal(json,
                        "{\"a\\\"b\":\"c\\\\\\u000a\\u0001\xC3\xBC\",\"n\":0.1,\"nan\":null,\"list\":[-5,null,true]}");
    lq_text_free(context, json);
    lq_context_destroy(context);
}

static lq_status fail_from_seven(void *user, size_t index)
{
    (void)user;
    return index == 7 ? LQ_ERR_INPUT : index > 7 ? LQ_ERR_LIMIT : LQ_OK;
}

static lq_status count_up(void *user, size_t index)
{
    ((uint8_t *)user)[index]++;
    return LQ_OK;
}

static void parallel_work_is_done_once_and_fails_the_same(void **state)
{
    (void)state;
    for (uint32_t threads = 1; threads <= 3; threads++) {
        lq_context *context = make_context(0, threads);
        uint8_t done[1000] = {0};
        assert_int_equal(lqi_parallel(context, sizeof done, count_up, done), LQ_OK);
        for (size_t i = 0; i < sizeof done; i++) assert_int_equal(done[i], 1);
        for (int run = 0; run < 20; run++)
            assert_int_equal(lqi_parallel(context, 100, fail_from_seven, NULL), LQ_ERR_INPUT);
        assert_int_equal(lqi_parallel(context, 0, fail_from_seven, NULL), LQ_OK);
        lq_context_destroy(context);
    }
}

static void sorts_long_and_short_runs(void **state)
{
    (void)state;
    static uint64_t items[5000];
    for (size_t count = 0; count <= 5000; count = count * 2 + 1) {
        uint64_t random = 99, sum = 0;
        for (size_t i = 0; i < count; i++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            items[i] = count % 2 ? random >> 40 : count - i;
            sum += items[i];
        }
        lqi_sort_u64(items, count);
        for (size_t i = 0; i < count; i++) sum -= items[i];
        assert_int_equal(sum, 0);
        for (size_t i = 1; i < count; i++) assert_true(items[i - 1] <= items[i]);
    }
}

/* The lower bits say where an item was. */
static void sorts_stably_by_the_upper_bits(void **state)
{
    (void)state;
    static uint64_t items[5000], spare[5000];
    static const unsigned kept[] = {64, 63, 52, 43, 36};
    for (size_t kind = 0; kind < sizeof kept / sizeof kept[0]; kind++)
        for (size_t count = 0; count <= 5000; count = count * 2 + 1) {
            uint64_t random = 99 + kind;
            for (size_t i = 0; i < count; i++) {
                random = random * 6364136223846793005u + 1442695040888963407u;
                uint64_t upper = kept[kind] == 64 ? random >> 32 : random >> kept[kind];
                items[i] = upper << 32 | i;
            }
            lqi_sort_u64_stably(items, spare, count, 32);
            uint64_t seen = 0;
            for (size_t i = 0; i < count; i++) seen += items[i] & UINT32_MAX;
            assert_int_equal(seen, count ? (uint64_t)count * (count - 1) / 2 : 0);
            for (size_t i = 1; i < count; i++) assert_true(items[i - 1] < items[i]);
            for (size_t i = 0; i < count; i++) items[i] = items[i] << 33 | items[i] >> 31;
            lqi_sort_u64_stably(items, spare, count, 0);
            for (size_t i = 1; i < count; i++) assert_true(items[i - 1] <= items[i]);
        }
}

static void contexts_refuse_what_the_cpu_lacks(void **state)
{
    (void)state;
    lq_context_options options = {.struct_size = sizeof options, .isa_mask = 1u << 20};
    lq_context *context = (lq_context *)&options;
    assert_int_equal(lq_context_create(&options, &context), LQ_ERR_ARGUMENT);
    assert_null(context);
}

static void cube_roots_are_exact_where_they_can_be(void **state)
{
    (void)state;
    for (int i = 0; i <= 2000; i++) assert_true(lqi_cube_root((double)i * i * i) == i);
    for (int e = -357; e <= 339; e++) assert_true(lqi_cube_root(ldexp(27, 3 * e)) == ldexp(3, e));
    uint64_t random = 1;
    for (int i = 0; i < 100000; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        double x = ldexp((double)(random >> 11), (int)(random >> 1) % 1000 - 500);
        long double want = cbrtl((long double)x), got = (long double)lqi_cube_root(x);
        assert_true(fabsl(got - want) <= want * 0x1.1p-53L);
    }
    assert_true(lqi_cube_root(0) == 0 && lqi_cube_root(INFINITY) == INFINITY && isnan(lqi_cube_root(NAN)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_counted_and_limited),
        cmocka_unit_test(arrays_grow_and_keep_their_content),
        cmocka_unit_test(the_first_failure_wins),
        cmocka_unit_test(every_reason_has_its_own_word),
        cmocka_unit_test(text_from_files_is_made_harmless),
        cmocka_unit_test(notes_merge_by_code_and_sort_by_severity),
        cmocka_unit_test(json_is_escaped_and_separated),
        cmocka_unit_test(parallel_work_is_done_once_and_fails_the_same),
        cmocka_unit_test(sorts_long_and_short_runs),
        cmocka_unit_test(sorts_stably_by_the_upper_bits),
        cmocka_unit_test(contexts_refuse_what_the_cpu_lacks),
        cmocka_unit_test(cube_roots_are_exact_where_they_can_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
