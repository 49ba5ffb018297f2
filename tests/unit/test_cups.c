/* What holds water, upright and upside down, of known volume. */
#include "measure/voids_cups.h"
#include "tests/unit/carved.h"

static lqi_cups_both cups_of(carved *c)
{
    lqi_cups_both cups;
    lqi_dexels dexels = body_dexels(&c->body, 0);
    assert_int_equal(lqi_cups_measure(&dexels, &cups), LQ_OK);
    assert_true(cups.examined);
    lqi_dexels_free(&dexels);
    body_end(&c->body);
    return cups;
}

static void check(const char *name, const lqi_cups *cups, uint32_t count, double volume, double depth)
{
    CHECK_INT(name, cups->count, count, "cups");
    CHECK_NEAR(name, cups->volume, volume, 0.04 * volume, "volume");
    if (count) CHECK_NEAR(name, cups->largest[0].depth, depth, 0.02 * depth + 0.05, "depth");
}

static void upright_and_not(void **state)
{
    (void)state;
    for (int turned = 0; turned < 2; turned++) {
        carved c = carved_begin(0);
        carved_rod(&c, 2, 0, 0, 0, 30, 30, 0);
        carved_rod(&c, 2, 0, 0, turned ? -5 : 5, 26, 30, 1);
        lqi_cups_both cups = cups_of(&c);
        double volume = CARVED_PI * 169 * 25;
        check("cup", turned ? &cups.down : &cups.up, 1, volume, 25);
        check("cup, the other way", turned ? &cups.up : &cups.down, 0, 0, 0);
        const lqi_cups *full = turned ? &cups.down : &cups.up;
        CHECK_NEAR("cup", full->largest[0].point[2], turned ? 25 : 5, 0.01, "bottom");
    }
}

/* Water stands no higher than a hole in the side, and not at all above a hole in the floor. */
static void leaks(void **state)
{
    (void)state;
    carved c = carved_begin(0);
    carved_box(&c, 0, 0, 0, 40, 30, 30, 0);
    carved_box(&c, 3, 3, 3, 34, 24, 30, 1);
    carved_box(&c, 35, 10, 13, 7, 4, 4, 1);
    lqi_cups_both cups = cups_of(&c);
    check("hole in a side", &cups.up, 1, 34 * 24 * 10, 10);
    c = carved_begin(0);
    carved_box(&c, 0, 0, 0, 40, 30, 30, 0);
    carved_box(&c, 3, 3, 3, 34, 24, 30, 1);
    carved_rod(&c, 2, 12, 11, -1, 2, 6, 1);
    cups = cups_of(&c);
    check("hole in the floor", &cups.up, 0, 0, 0);
    check("hole in the floor", &cups.down, 0, 0, 0);
}

static void several(void **state)
{
    (void)state;
    carved c = carved_begin(0);
    carved_box(&c, 0, 0, 0, 60, 30, 20, 0);
    carved_box(&c, 2, 2, 5, 20, 26, 20, 1);
    carved_box(&c, 24, 2, 10, 34, 26, 20, 1);
    carved_box(&c, 5, 5, -1, 10, 10, 4, 1);
    lqi_cups_both cups = cups_of(&c);
    check("two cups and one below", &cups.up, 2, 20 * 26 * 15 + 34 * 26 * 10, 10);
    check("two cups and one below", &cups.down, 1, 10 * 10 * 3, 3);
    CHECK_NEAR("two cups", cups.up.largest[1].volume, 20 * 26 * 15, 160, "smaller");
}

/* Turned by 30 degrees about x, an open box holds a wedge of water less; about z nothing changes. */
static void turned(void **state)
{
    (void)state;
    carved c = carved_begin(1);
    carved_box(&c, 0, 0, 0, 40, 30, 20, 0);
    carved_box(&c, 2, 2, 2, 36, 26, 20, 1);
    lqi_cups_both cups = cups_of(&c);
    check("turned about z", &cups.up, 1, 36 * 26 * 18, 18);
    c = carved_begin(2); /* 45 degrees: the lower corner fills up to the rim, a triangle of 18 by 18 */
    carved_box(&c, 0, 0, 0, 40, 30, 20, 0);
    carved_box(&c, 2, 2, 2, 36, 26, 20, 1);
    cups = cups_of(&c);
    check("turned about x", &cups.up, 1, 36 * 18 * 18 / 2.0, 18 / sqrt(2));
}

static void dry(void **state)
{
    (void)state;
    carved c = carved_begin(3);
    carved_put(&c, solid_sphere(15, 20), 0, 0, 0, 0);
    lqi_cups_both cups = cups_of(&c);
    check("ball", &cups.up, 0, 0, 0);
    check("ball", &cups.down, 0, 0, 0);
    c = carved_begin(0); /* a void, a pipe that stands, one that lies */
    carved_box(&c, 0, 0, 0, 40, 40, 40, 0);
    carved_box(&c, 5, 5, 5, 10, 10, 10, 1);
    carved_rod(&c, 2, 30, 30, -1, 8, 50, 1);
    carved_rod(&c, 0, -1, 30, 12, 8, 50, 1);
    cups = cups_of(&c);
    check("void and pipes", &cups.up, 0, 0, 0);
    check("void and pipes", &cups.down, 0, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(upright_and_not), cmocka_unit_test(leaks),
                                       cmocka_unit_test(several), cmocka_unit_test(turned), cmocka_unit_test(dry)};
    return cmocka_run_group_tests_name("cups", tests, NULL, NULL);
}
