/* Every allocation of the measures of empty space fails once: a status, and no memory is lost. */
#include "base/context.h"
#include "measure/clearances.h"
#include "measure/escape.h"
#include "measure/voids.h"
#include "measure/voids_cups.h"
#include "tests/support/lend.h"
#include "tests/unit/carved.h"

typedef lq_status measure_fn(const lqi_dexels *dexels, const body *b);

static lq_status voids(const lqi_dexels *dexels, const body *b)
{
    (void)b;
    lqi_voids result;
    return lqi_voids_measure(dexels, &result);
}

static lq_status escape(const lqi_dexels *dexels, const body *b)
{
    (void)b;
    lqi_escape result;
    return lqi_escape_measure(dexels, &result);
}

static lq_status cups(const lqi_dexels *dexels, const body *b)
{
    (void)b;
    lqi_cups_both result;
    return lqi_cups_measure(dexels, &result);
}

static lq_status clearances(const lqi_dexels *dexels, const body *b)
{
    lqi_clearances result;
    lqi_solid_shells shells[BODY_SOLIDS_MAX] = {{0}};
    lq_status status = lqi_clearances_measure(dexels->context, dexels, b->solid, shells, b->count, &result);
    if (status == LQ_OK) lqi_clearances_free(&result);
    return status;
}

static void each_fails_once(const char *name, const lqi_dexels *dexels, const body *b, lend_allocator *allocator,
                            measure_fn *measure)
{
    uint64_t held = allocator->held;
    for (uint64_t n = 1;; n++) {
        lqi_begin(dexels->context);
        allocator->fail_at = allocator->calls + n;
        lq_status status = measure(dexels, b);
        bool reached = allocator->calls >= allocator->fail_at;
        allocator->fail_at = 0;
        CHECK_INT(name, allocator->held, held, "bytes held");
        if (!reached) {
            CHECK_INT(name, status, LQ_OK, "status");
            CHECK(n > 2, "%s: %d allocations", name, (int)n);
            return;
        }
        CHECK(status == LQ_OK || status == LQ_ERR_MEMORY, "%s: allocation %d: status %d", name, (int)n, (int)status);
    }
}

static void no_memory(void **state)
{
    (void)state;
    lend_allocator allocator = {0};
    lq_allocator lent = lend_allocator_of(&allocator);
    lq_context_options options = {.struct_size = sizeof options, .thread_count = 1, .allocator = &lent};
    carved c = {.turn = 0};
    assert_int_equal(lq_context_create(&options, &c.body.context), LQ_OK);
    carved_box(&c, 0, 0, 0, 40, 30, 20, 0);
    carved_box(&c, 2, 2, 2, 20, 26, 16, 1);
    carved_rod(&c, 2, 12.3, 11.1, -0.5, 5, 3, 1);
    carved_box(&c, 25, 5, 5, 10, 10, 10, 1); /* a void */
    carved_box(&c, 36, -1, 5, 1, 32, 20, 1); /* a slot */
    carved_box(&c, 40.5, 0, 0, 4, 30, 20, 0);
    lqi_dexels dexels = body_dexels(&c.body, 64);
    each_fails_once("voids", &dexels, &c.body, &allocator, voids);
    each_fails_once("escape", &dexels, &c.body, &allocator, escape);
    each_fails_once("cups", &dexels, &c.body, &allocator, cups);
    each_fails_once("clearances", &dexels, &c.body, &allocator, clearances);
    lqi_dexels_free(&dexels);
    body_end(&c.body);
    assert_int_equal(allocator.held, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_memory)};
    return cmocka_run_group_tests_name("memory of voids", tests, NULL, NULL);
}
