/* The digest of a file is XXH3-128 of its bytes, however it was carried along and whatever the instruction set. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <xxhash.h>

#include "base/digest.h"
#include "kernel/kernel_select.h"
#include "libquote.h"
#include "tests/support/check.h"

#define SIZE_MOST ((size_t)70000)

static uint8_t bytes[SIZE_MOST];

static void expected_text(size_t size, char text[LQI_DIGEST_TEXT_SIZE])
{
    XXH128_hash_t hash = XXH3_128bits(bytes, size);
    snprintf(text, LQI_DIGEST_TEXT_SIZE, "%016llx%016llx", (unsigned long long)hash.high64,
             (unsigned long long)hash.low64);
}

/* In steps of `step` bytes as far as `read`, which may be less than all, with a step back now and then. */
static void check(lq_context *context, size_t size, size_t step, size_t read)
{
    lqi_digest digest;
    char expected[LQI_DIGEST_TEXT_SIZE];
    expected_text(size, expected);
    assert_int_equal(lqi_digest_init(&digest, context, bytes, size), LQ_OK);
    for (size_t end = step; end <= read; end += step) {
        lqi_digest_to(&digest, bytes + end);
        lqi_digest_to(&digest, bytes + end / 2);
    }
    CHECK_TEXT("digest", lqi_digest_text(&digest), expected, "text");
    lqi_digest_to(&digest, bytes + size);
    CHECK_TEXT("digest", lqi_digest_text(&digest), expected, "text again");
    lqi_digest_free(&digest, context);
}

static void any_size_and_step(void **state)
{
    (void)state;
    static const size_t sizes[] = {0,   1,   3,   4,   8,   9,    16,   17,   128,      129,
                                   240, 241, 255, 256, 257, 1023, 1024, 1025, SIZE_MOST};
    for (size_t i = 0; i < SIZE_MOST; i++) bytes[i] = (uint8_t)(i * 2654435761u >> 13);
    uint32_t cpu = lqi_cpu_isa();
    const uint32_t masks[] = {LQ_ISA_SCALAR, cpu};
    for (size_t m = 0; m < 2; m++) {
        const lq_context_options options = {.struct_size = sizeof options, .isa_mask = masks[m]};
        lq_context *context;
        assert_int_equal(lq_context_create(&options, &context), LQ_OK);
        for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
            size_t size = sizes[i];
            check(context, size, SIZE_MOST + 1, 0);
            for (size_t step = 1; step <= size; step = step * 3 + 1) {
                check(context, size, step, size);
                check(context, size, step, size / 3);
            }
        }
        lq_context_destroy(context);
    }
}

static void nobody_wants_one(void **state)
{
    (void)state;
    lqi_digest_to(NULL, bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(any_size_and_step), cmocka_unit_test(nobody_wants_one)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
