/* Parts of the delivery of webhooks that need no service: signatures, schedule, names of events, targets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "events/schedule.h"
#include "events/sign.h"
#include "events/target.h"
#include "events/types.h"

#define SECRET "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
#define ID "evt_01j9zk3m5v8q2w4x6y7z8a9b0c"
#define BODY "{\"id\":\"" ID "\",\"type\":\"webhook.ping\"}"
#define OWN "16493c0ceab1ee376d39159ff78186cc911a1c07c3d992be8bc797668303b85f"
#define STANDARD "v1,cJzWE5j0XHZ2vI+dJnY7sl7eEooJUZYqFb61tvHup8A="

#define SECOND 1000.0
#define HOUR (3600 * SECOND)

static void signs_the_published_vector(void **state)
{
    (void)state;
    sv_text own = {0}, standard = {0};
    sv_sign_own(SECRET, NULL, 1700000000, BODY, &own);
    sv_sign_standard(SECRET, NULL, ID, 1700000000, BODY, &standard);
    assert_string_equal(sv_text_get(&own), "t=1700000000,v1=" OWN);
    assert_string_equal(sv_text_get(&standard), STANDARD);
    sv_text_free(&own);
    sv_text_free(&standard);
}

static void signs_with_both_secrets_while_both_hold(void **state)
{
    (void)state;
    sv_text own = {0}, standard = {0};
    char other[SV_HOOK_SECRET_SIZE];
    sv_hook_secret_make(other);
    assert_int_equal(strlen(other), SV_HOOK_SECRET_SIZE - 1);
    sv_sign_own(other, SECRET, 1700000000, BODY, &own);
    sv_sign_standard(other, SECRET, ID, 1700000000, BODY, &standard);
    assert_non_null(strstr(sv_text_get(&own), ",v1=" OWN));
    assert_int_equal(own.size, strlen("t=1700000000") + 2 * strlen(",v1=" OWN));
    assert_non_null(strstr(sv_text_get(&standard), " " STANDARD));
    assert_int_equal(standard.size, 2 * strlen(STANDARD) + 1);
    sv_text_free(&own);
    sv_text_free(&standard);
}

/* 0, +5 s, +1 min, +5 min, +30 min, +2 h, +5 h, +10 h, +14 h, +16 h, each a tenth sooner or later. */
static void keeps_the_schedule(void **state)
{
    static const double delays[] = {5 * SECOND, 60 * SECOND, 300 * SECOND, HOUR / 2, 2 * HOUR,
                                    5 * HOUR,   10 * HOUR,   14 * HOUR,    16 * HOUR};
    (void)state;
    for (int chance = 0; chance <= 2; chance++) {
        int64_t now = 1000, due = 0;
        double expected = 0;
        for (int tries = 1; tries < SV_ATTEMPTS_MAX; tries++, now = due) {
            assert_true(sv_schedule_next(tries, 1000, now, 1, chance / 2.0, 0, &due));
            expected = delays[tries - 1] * (0.9 + 0.1 * chance);
            if (due < 1000 + (int64_t)(47.75 * HOUR)) assert_true(llabs(due - now - (int64_t)expected) <= 1);
            assert_true(due <= 1000 + (int64_t)(48 * HOUR));
        }
        assert_false(sv_schedule_next(SV_ATTEMPTS_MAX, 1000, now, 1, 0.5, 0, &due));
    }
}

static void obeys_a_receiver_that_asks_to_wait(void **state)
{
    int64_t due;
    (void)state;
    assert_true(sv_schedule_next(1, 0, 10, 1, 0.5, 90000, &due));
    assert_int_equal(due, 90010);
    assert_true(sv_schedule_next(1, 0, 10, 0.001, 0.5, 2000, &due));
    assert_int_equal(due, 2010); /* the scale is not the receiver's */
    assert_true(sv_schedule_next(1, 0, 0, 1, 0.5, INT64_C(1000000000), &due));
    assert_int_equal(due, (int64_t)(24 * HOUR));
    assert_true(sv_schedule_next(9, 0, (int64_t)(40 * HOUR), 1, 0.5, (int64_t)(20 * HOUR), &due));
    assert_true(due <= (int64_t)(48 * HOUR));
}

static void gives_up_after_two_days_and_ten_attempts(void **state)
{
    (void)state;
    const int64_t two_days = (int64_t)(48 * HOUR);
    assert_false(sv_schedule_gives_up(9, 0, two_days, 1));
    assert_false(sv_schedule_gives_up(100, 0, two_days - 1, 1));
    assert_true(sv_schedule_gives_up(10, 0, two_days, 1));
    assert_true(sv_schedule_gives_up(10, 0, two_days / 10, 0.1));
    assert_int_equal(sv_schedule_held_ms(1), (int64_t)(7 * 24 * HOUR));
}

static void matches_types(void **state)
{
    (void)state;
    assert_true(sv_event_matches("*", "order.shipped"));
    assert_true(sv_event_matches("order.*", "order.shipped"));
    assert_true(sv_event_matches("part.review.*", "part.review.approved"));
    assert_true(sv_event_matches("part.*", "part.review.approved"));
    assert_false(sv_event_matches("part.*", "parts.ready"));
    assert_false(sv_event_matches("order", "order.shipped"));
    assert_false(sv_event_matches("order.ship*", "order.shipped"));
    assert_true(sv_event_pattern_is("webhook.ping"));
    assert_false(sv_event_pattern_is("order."));
    assert_false(sv_event_pattern_is(""));
    assert_false(sv_event_pattern_is("**"));
}

/* The first and last address of each range that may not be called, and their neighbours. */
static void knows_the_ranges(void **state)
{
    static const char *const inside[] = {"0.0.0.0",
                                         "0.255.255.255",
                                         "10.0.0.0",
                                         "10.255.255.255",
                                         "100.64.0.0",
                                         "100.127.255.255",
                                         "127.0.0.1",
                                         "127.255.255.255",
                                         "169.254.0.0",
                                         "169.254.169.254",
                                         "172.16.0.0",
                                         "172.31.255.255",
                                         "192.0.0.255",
                                         "192.0.2.1",
                                         "192.88.99.1",
                                         "192.168.255.255",
                                         "198.18.0.0",
                                         "198.19.255.255",
                                         "198.51.100.0",
                                         "203.0.113.255",
                                         "224.0.0.1",
                                         "239.255.255.255",
                                         "240.0.0.0",
                                         "255.255.255.255",
                                         "::",
                                         "::1",
                                         "::ffff:7f00:1",
                                         "::ffff:10.0.0.1",
                                         "64:ff9b::7f00:1",
                                         "64:ff9b:1::1",
                                         "100::1",
                                         "2001::1",
                                         "2001:1ff::1",
                                         "2001:db8::1",
                                         "2002:7f00:1::1",
                                         "fc00::1",
                                         "fdff:ffff::1",
                                         "fe80::1",
                                         "febf::1",
                                         "ff02::1"};
    static const char *const outside[] = {
        "1.1.1.1",    "9.255.255.255",  "11.0.0.0",    "100.63.255.255",     "100.128.0.0",   "126.0.0.1",
        "128.0.0.1",  "172.15.255.255", "172.32.0.0",  "192.0.1.0",          "192.167.0.1",   "198.17.255.255",
        "198.20.0.0", "223.0.0.1",      "2001:200::1", "2606:2800:220:1::1", "::ffff:1.1.1.1"};
    (void)state;
    const sv_config config = {.allow_http = false};
    for (size_t i = 0; i < sizeof inside / sizeof inside[0]; i++)
        if (sv_address_may_be_called(&config, inside[i])) fail_msg("%s may be called", inside[i]);
    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++)
        if (!sv_address_may_be_called(&config, outside[i])) fail_msg("%s may not be called", outside[i]);
    assert_null(sv_target_check(&config, "https://shop.example.com/hooks?x=1"));
    assert_non_null(sv_target_check(&config, "https://shop.example.com:80/"));
    assert_non_null(sv_target_check(&config, "http://shop.example.com/"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(signs_the_published_vector),
                                       cmocka_unit_test(signs_with_both_secrets_while_both_hold),
                                       cmocka_unit_test(keeps_the_schedule),
                                       cmocka_unit_test(obeys_a_receiver_that_asks_to_wait),
                                       cmocka_unit_test(gives_up_after_two_days_and_ten_attempts),
                                       cmocka_unit_test(matches_types),
                                       cmocka_unit_test(knows_the_ranges)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
