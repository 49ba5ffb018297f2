/* gzip streams: one, several, padded, cut, lying, and bombs. */
#include <stdlib.h>

#include "base/context.h"
#include "base/memory.h"
#include "container/gzip.h"
#include "corpus/pack.h"
#include "tests/support/check.h"
#include "tests/support/lend.h"

static const char text[] = "solid a\nfacet normal 0 0 1\nouter loop\nvertex 0 0 0\n";
#define TEXT_SIZE (sizeof text - 1)

static lq_context *make(const lq_limits *limits)
{
    lq_context *context;
    lq_context_options options = {.struct_size = sizeof options, .limits = limits};
    assert_int_equal(lqi_context_create(&options, &context), LQ_OK);
    return context;
}

static void expect_failure(lq_context *context, const uint8_t *data, size_t size, lq_status status, const char *code,
                           int64_t offset)
{
    uint8_t *out;
    size_t out_size;
    CHECK_INT(code, lqi_gunzip(context, data, size, &out, &out_size), status, "status");
    assert_null(out);
    const lq_error *error = lq_context_error(context);
    CHECK_INT(code, error->status, status, "status of the error");
    CHECK_TEXT(code, error->code, code, "code");
    CHECK_INT(code, error->offset, offset, "offset");
    lqi_begin(context);
    assert_int_equal(lq_context_memory_held(context), 0);
}

static uint8_t *joined(const uint8_t *a, size_t a_size, const void *b, size_t b_size)
{
    uint8_t *both = malloc(a_size + b_size);
    memcpy(both, a, a_size);
    memcpy(both + a_size, b, b_size);
    return both;
}

static void expect_bytes(const uint8_t *data, size_t size, const void *expected, size_t expected_size)
{
    lq_context *context = make(NULL);
    uint8_t *out;
    size_t out_size;
    CHECK(lqi_gunzip(context, data, size, &out, &out_size) == LQ_OK, "%s", lq_context_error(context)->message);
    assert_int_equal(out_size, expected_size);
    assert_memory_equal(out, expected, expected_size);
    lqi_free(context, out);
    assert_int_equal(lq_context_memory_held(context), 0);
    lq_context_destroy(context);
}

static void test_good(void **state)
{
    (void)state;
    size_t size, empty_size;
    uint8_t *one = pack_gzip(text, TEXT_SIZE, &size), *empty = pack_gzip("", 0, &empty_size);
    assert_true(lqi_is_gzip(one, size));
    assert_false(lqi_is_gzip((const uint8_t *)"PK\3\4", 4));
    expect_bytes(one, size, text, TEXT_SIZE);
    expect_bytes(empty, empty_size, "", 0);
    uint8_t *two = joined(one, size, one, size);
    char twice[2 * TEXT_SIZE];
    memcpy(twice, text, TEXT_SIZE);
    memcpy(twice + TEXT_SIZE, text, TEXT_SIZE);
    expect_bytes(two, 2 * size, twice, sizeof twice);
    uint8_t *then_empty = joined(one, size, empty, empty_size);
    expect_bytes(then_empty, size + empty_size, text, TEXT_SIZE);
    uint8_t *padded = joined(one, size, "\0\0\0\0\0\0\0", 7);
    expect_bytes(padded, size + 7, text, TEXT_SIZE);
    free(padded);
    free(then_empty);
    free(two);
    free(one);
    free(empty);
}

static void test_large(void **state)
{
    (void)state;
    size_t plain_size = (size_t)3 << 20, size;
    uint8_t *plain = malloc(plain_size);
    for (size_t i = 0; i < plain_size; i++) plain[i] = (uint8_t)(i >> 3 ^ i);
    uint8_t *packed = pack_gzip(plain, plain_size, &size);
    expect_bytes(packed, size, plain, plain_size);
    free(packed);
    free(plain);
}

static void test_refused(void **state)
{
    (void)state;
    lq_context *context = make(NULL);
    size_t size;
    uint8_t *one = pack_gzip(text, TEXT_SIZE, &size);
    for (size_t n = 0; n < size; n++)
        expect_failure(context, one, n, LQ_ERR_INPUT, "gzip_corrupt", n < 18 ? (int64_t)n : 0);
    uint8_t *junk = joined(one, size, "junk", 4);
    expect_failure(context, junk, size + 4, LQ_ERR_INPUT, "gzip_corrupt", (int64_t)size);
    uint8_t *cut = joined(one, size, one, size - 1);
    expect_failure(context, cut, 2 * size - 1, LQ_ERR_INPUT, "gzip_corrupt", (int64_t)size);
    one[size - 8] ^= 1; /* CRC */
    expect_failure(context, one, size, LQ_ERR_INPUT, "gzip_corrupt", 0);
    free(cut);
    free(junk);
    free(one);
    lq_context_destroy(context);
}

static void test_bombs(void **state)
{
    (void)state;
    size_t plain_size = (size_t)70 << 20, size;
    uint8_t *plain = calloc(1, plain_size);
    uint8_t *packed = pack_gzip(plain, plain_size, &size);
    lq_context *context = make(NULL);
    expect_failure(context, packed, size, LQ_ERR_LIMIT, "gzip_bomb", -1);
    lq_context_destroy(context);
    lq_limits limits = {.struct_size = sizeof limits, .inflated_bytes = 1000000};
    context = make(&limits);
    expect_failure(context, packed, size, LQ_ERR_LIMIT, "gzip_bomb", -1);
    assert_true(lq_context_memory_peak(context) < 2100000);
    lq_context_destroy(context);
    free(packed);
    free(plain);
}

static void test_bit_flips(void **state)
{
    (void)state;
    lq_context *context = make(NULL);
    size_t size, made;
    uint8_t *one = pack_gzip(text, TEXT_SIZE, &size), *out;
    for (size_t bit = 0; bit < 8 * size; bit++) {
        one[bit / 8] ^= (uint8_t)(1u << bit % 8);
        lq_status status = lqi_gunzip(context, one, size, &out, &made);
        CHECK(status == LQ_OK || status == LQ_ERR_INPUT, "bit %zu: status %d", bit, status);
        if (status == LQ_OK) assert_memory_equal(out, text, TEXT_SIZE); /* flags, time, system */
        lqi_free(context, out);
        lqi_begin(context);
        one[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_equal(lq_context_memory_held(context), 0);
    }
    free(one);
    lq_context_destroy(context);
}

static void test_no_memory(void **state)
{
    (void)state;
    size_t size, made;
    char *plain = calloc(1, 300000);
    uint8_t *packed = pack_gzip(plain, 300000, &size), *out;
    for (uint64_t n = 1;; n++) {
        lend_allocator lent = {.fail_at = n, .forever = 1};
        lq_allocator allocator = lend_allocator_of(&lent);
        lq_context_options options = {.struct_size = sizeof options, .allocator = &allocator};
        lq_context *context;
        if (lqi_context_create(&options, &context) != LQ_OK) continue;
        lq_status status = lqi_gunzip(context, packed, size, &out, &made);
        lqi_free(context, out);
        assert_int_equal(lq_context_memory_held(context), 0);
        lq_context_destroy(context);
        if (status == LQ_OK) break;
        assert_int_equal(status, LQ_ERR_MEMORY);
    }
    free(packed);
    free(plain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),  cmocka_unit_test(test_large),     cmocka_unit_test(test_refused),
        cmocka_unit_test(test_bombs), cmocka_unit_test(test_bit_flips), cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
