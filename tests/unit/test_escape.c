/* Pockets and the holes they open by: of known size, in several directions, and shapes that have none. */
#include "measure/escape.h"
#include "tests/unit/carved.h"

static lqi_escape escape_of(carved *c, int across)
{
    lqi_escape escape;
    lqi_dexels dexels = body_dexels(&c->body, across);
    assert_int_equal(lqi_escape_measure(&dexels, &escape), LQ_OK);
    assert_true(escape.examined);
    lqi_dexels_free(&dexels);
    body_end(&c->body);
    return escape;
}

/* A box with walls of 2 mm and holes through its floor or a side. */
static carved hollow(int turn)
{
    carved c = carved_begin(turn);
    carved_box(&c, 0, 0, 0, 40, 30, 20, 0);
    carved_box(&c, 2, 2, 2, 36, 26, 16, 1);
    return c;
}

static void check_exits(const char *name, const lqi_escape *escape, double diameter, uint32_t exits)
{
    CHECK_INT(name, escape->count, 1, "pockets");
    CHECK_NEAR(name, escape->min_diameter, diameter, 0.03 * diameter, "diameter");
    CHECK_INT(name, escape->pocket[0].exit_count, exits, "exits");
    CHECK_NEAR(name, escape->volume, 36 * 26 * 16, 0.01 * 36 * 26 * 16, "volume");
    CHECK_NEAR(name, escape->pocket[0].inside, 16, 1, "inside");
    CHECK_NEAR(name, lqi_escape_trapped(escape, diameter * 1.2), escape->volume, 0, "trapped by a narrow hole");
    CHECK_NEAR(name, lqi_escape_trapped(escape, diameter * 0.8), 0, 0, "trapped by a wide hole");
}

static void one_hole_or_two(void **state)
{
    (void)state;
    for (int turn = 0; turn < CARVED_TURNS; turn++)
        for (int d = 3; d <= 8; d++) {
            char name[64];
            snprintf(name, sizeof name, "hole of %d mm, turn %d", d, turn);
            carved c = hollow(turn);
            carved_rod(&c, 2, 12.3, 11.1, -0.5, d, 3, 1);
            if (d & 1) carved_rod(&c, 0, 37.5, 14.6, 9.7, d, 3, 1);
            lqi_escape escape = escape_of(&c, 0);
            check_exits(name, &escape, d, d & 1 ? 2 : 1);
        }
}

/* The widest hole is the one that counts, and its place is told. */
static void the_widest_counts(void **state)
{
    (void)state;
    carved c = hollow(0);
    carved_rod(&c, 2, 12.3, 11.1, -0.5, 3, 3, 1);
    carved_rod(&c, 2, 28.2, 19.4, -0.5, 6, 3, 1);
    lqi_escape escape = escape_of(&c, 0);
    check_exits("3 and 6", &escape, 6, 1);
    CHECK_NEAR("3 and 6", escape.pocket[0].exit[0].point[0], 28.2, 0.3, "x");
    CHECK_NEAR("3 and 6", escape.pocket[0].exit[0].point[1], 19.4, 0.3, "y");
}

/* A square opening lets a ball through that its sides allow. */
static void square_openings(void **state)
{
    (void)state;
    for (int turn = 0; turn < CARVED_TURNS; turn++) {
        carved c = hollow(turn);
        carved_box(&c, 10, 10, -0.5, 5, 12, 3, 1);
        lqi_escape escape = escape_of(&c, 0);
        check_exits("slot", &escape, 5, 1);
    }
}

/* Two rooms: the inner one opens into the outer one, which opens by a hole. */
static void room_behind_room(void **state)
{
    (void)state;
    for (int wider = 0; wider < 2; wider++) {
        carved c = carved_begin(3);
        carved_box(&c, 0, 0, 0, 44, 24, 24, 0);
        carved_box(&c, 2, 2, 2, 19, 20, 20, 1);
        carved_box(&c, 23, 2, 2, 19, 20, 20, 1);
        carved_rod(&c, 0, 20.5, 12.3, 11.9, wider ? 4 : 7, 3, 1);
        carved_rod(&c, 0, 41.5, 12.3, 11.9, wider ? 7 : 4, 3, 1);
        lqi_escape escape = escape_of(&c, 0);
        CHECK_NEAR("rooms", escape.min_diameter, 4, 0.2, "narrowest");
        CHECK_NEAR("rooms", escape.volume, 2 * 19 * 20 * 20, 250, "volume");
        CHECK_NEAR("rooms", lqi_escape_trapped(&escape, 5), wider ? 7600 : 15200, 250, "trapped by 4");
        CHECK_NEAR("rooms", lqi_escape_trapped(&escape, 8), 15200, 250, "trapped by 7");
    }
}

static void what_is_no_pocket(void **state)
{
    (void)state;
    for (int turn = 0; turn < CARVED_TURNS; turn++) {
        carved c = carved_begin(turn); /* a cup */
        carved_rod(&c, 2, 0, 0, 0, 30, 30, 0);
        carved_rod(&c, 2, 0, 0, 2, 26, 30, 1);
        lqi_escape escape = escape_of(&c, 0);
        CHECK(escape.count == 0 && isnan(escape.min_diameter), "a cup, turn %d: %u pockets", turn, escape.count);
        c = carved_begin(turn); /* a pipe, and a blind bore */
        carved_box(&c, -20, -20, 0, 40, 40, 30, 0);
        carved_rod(&c, 2, -8, -8, -1, 9, 40, 1);
        carved_rod(&c, 2, 8, 8, 5, 6, 40, 1);
        escape = escape_of(&c, 0);
        CHECK(escape.count == 0, "bores, turn %d: %u pockets", turn, escape.count);
        c = carved_begin(turn); /* a bent channel of one width */
        carved_box(&c, -20, -20, -20, 40, 40, 40, 0);
        carved_rod(&c, 2, 0, 0, -4, 8, 40, 1);
        carved_rod(&c, 0, 0, 0, 0, 8, 40, 1);
        escape = escape_of(&c, 0);
        CHECK(escape.count == 0, "channel, turn %d: %u pockets", turn, escape.count);
        c = hollow(turn); /* a void */
        escape = escape_of(&c, 0);
        CHECK(escape.count == 0 && escape.narrow_count == 0, "void, turn %d: %u pockets", turn, escape.count);
    }
}

/* However many voids there are, none of them is a pocket with a narrow exit; the one that opens is. */
static void voids_are_no_pockets(void **state)
{
    (void)state;
    for (int opened = 0; opened <= 1; opened++) {
        carved c = carved_begin(0);
        carved_box(&c, 0, 0, 0, 56, 56, 56, 0);
        solid_soup rooms = {0};
        for (int i = 0; i < 27; i++) {
            solid_soup room = solid_cube(16);
            solid_translate(&room, 2 + i % 3 * 18, 2 + i / 3 % 3 * 18, 2 + (double)(i / 9) * 18);
            solid_append(&rooms, &room);
            solid_free(&room);
        }
        carved_put(&c, rooms, 0, 0, 0, 1);
        if (opened) carved_rod(&c, 2, 10.2, 9.7, -0.5, 4, 3, 1);
        lqi_escape escape = escape_of(&c, 0);
        CHECK_INT("voids", escape.narrow_count, 0, "narrow pockets");
        CHECK_INT("voids", escape.count, (uint32_t)opened, "pockets");
        CHECK_NEAR("voids", escape.volume, opened * 16 * 16 * 16, 60, "volume");
    }
}

/* A bottle: the neck is a tube. */
static void bottles(void **state)
{
    (void)state;
    for (int turn = 0; turn < CARVED_TURNS; turn++) {
        carved c = carved_begin(turn);
        carved_rod(&c, 2, 0, 0, 0, 30, 60, 0);
        carved_rod(&c, 2, 0, 0, 3, 24, 30, 1);
        carved_rod(&c, 2, 0, 0, 32, 7, 40, 1);
        lqi_escape escape = escape_of(&c, 0);
        CHECK_INT("bottle", escape.count, 1, "pockets");
        CHECK_NEAR("bottle", escape.min_diameter, 7, 0.35, "neck");
        double chamber = CARVED_PI * 144 * 30, neck = CARVED_PI * 49 / 4 * 27; /* which belongs to the inside or not */
        CHECK_NEAR("bottle", escape.pocket[0].volume, chamber + neck / 2, neck / 2 + 0.02 * chamber, "volume");
        CHECK_INT("bottle", escape.pocket[0].exit_count, 1, "exits");
    }
}

/* A small hole in a large box: looked for with more points, and told when even those do not see it. */
static void small_holes(void **state)
{
    (void)state;
    for (int turn = 0; turn < 4; turn++)
        for (int small = 0; small < 2; small++) {
            carved c = carved_begin(turn);
            double d = small ? 1.4 : 3;
            carved_box(&c, 0, 0, 0, 100, 100, 100, 0);
            carved_box(&c, 3, 3, 3, 94, 94, 94, 1);
            carved_rod(&c, 2, 31.3, 52.1, -0.5, d, 4, 1);
            lqi_escape escape = escape_of(&c, 0);
            double volume = 94 * 94 * 94;
            CHECK(escape.resolvable > 1.4, "resolvable %g", escape.resolvable);
            if (escape.count) {
                CHECK_NEAR("small hole", escape.min_diameter, d, 0.03 * d, "diameter");
                CHECK_NEAR("small hole", escape.volume, volume, 0.02 * volume, "volume");
            } else {
                CHECK(d < escape.resolvable, "a hole of %g was not seen", d);
                CHECK_INT("small hole", escape.narrow_count, 1, "narrow");
                CHECK_NEAR("small hole", escape.narrow_volume, volume, 0.02 * volume, "volume");
                CHECK_NEAR("small hole", lqi_escape_trapped(&escape, 4), escape.narrow_volume, 0, "trapped");
            }
        }
}

/* More pockets than can be looked at: eight by eight shafts, each through eight rooms. The budget ends and is told. */
static void many_rooms(void **state)
{
    (void)state;
    carved c = carved_begin(0);
    solid_soup rooms = {0};
    carved_box(&c, 0, 0, 0, 80, 80, 80, 0);
    for (int i = 0; i < 512; i++) {
        solid_soup room = solid_cube(7);
        solid_translate(&room, 1.5 + 10 * (i % 8), 1.5 + 10 * (i / 8 % 8), 1.5 + 10 * (i / 64));
        solid_append(&rooms, &room);
        solid_free(&room);
    }
    carved_put(&c, rooms, 0, 0, 0, 1);
    solid_soup shafts = {0};
    for (int i = 0; i < 64; i++) {
        solid_soup shaft = solid_box(3.5, 3.5, 90);
        solid_translate(&shaft, 3.25 + 10 * (i % 8), 3.25 + 10 * (i / 8), -5);
        solid_append(&shafts, &shaft);
        solid_free(&shaft);
    }
    carved_put(&c, shafts, 0, 0, 0, 1);
    lqi_escape escape = escape_of(&c, 128);
    CHECK(escape.limited && escape.count >= 64 && escape.count <= 512, "%u rooms", escape.count);
    CHECK_NEAR("rooms", escape.min_diameter, 3.5, 0.8, "exit");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(one_hole_or_two),     cmocka_unit_test(the_widest_counts),
                                       cmocka_unit_test(square_openings),     cmocka_unit_test(room_behind_room),
                                       cmocka_unit_test(what_is_no_pocket),   cmocka_unit_test(bottles),
                                       cmocka_unit_test(many_rooms),          cmocka_unit_test(small_holes),
                                       cmocka_unit_test(voids_are_no_pockets)};
    return cmocka_run_group_tests_name("escape", tests, NULL, NULL);
}
