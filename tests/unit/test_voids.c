/* Enclosed voids of bodies whose cavities are known: how many, how large, where, and what is none. */
#include "measure/voids.h"
#include "tests/unit/carved.h"

static lqi_voids voids_of(carved *c, int across)
{
    lqi_voids voids;
    lqi_dexels dexels = body_dexels(&c->body, across);
    assert_int_equal(lqi_voids_measure(&dexels, &voids), LQ_OK);
    lqi_dexels_free(&dexels);
    body_end(&c->body);
    return voids;
}

static void check_void(const char *name, const lqi_voids *voids, uint32_t count, double volume, double share)
{
    CHECK(voids->examined, "%s: not examined", name);
    CHECK_INT(name, voids->count, count, "voids");
    CHECK_NEAR(name, voids->volume, volume, share * volume, "volume");
}

static void boxes_and_balls(void **state)
{
    (void)state;
    for (int turn = 0; turn < CARVED_TURNS; turn++) {
        char name[64];
        for (int size = 1; size <= 3; size++) { /* at 128 columns 9, 16 and 38 cells in a body of 40 or more */
            snprintf(name, sizeof name, "box cavity of size %d, turn %d", size, turn);
            double side = size == 1 ? 3 : size == 2 ? 5.2 : 12.1;
            carved c = carved_begin(turn);
            carved_box(&c, 0, 0, 0, 40, 30, 20, 0);
            carved_box(&c, 11.3, 8.7, 4.1, side, side * 0.9, side * 1.1, 1);
            lqi_voids voids = voids_of(&c, 128);
            check_void(name, &voids, 1, side * side * 0.99 * side, size == 1 ? 0.04 : 0.01);
        }
        snprintf(name, sizeof name, "balls, turn %d", turn);
        carved c = carved_begin(turn);
        carved_box(&c, 0, 0, 0, 40, 40, 30, 0);
        carved_ball(&c, 12, 12, 15, 10, 1);
        carved_ball(&c, 28, 28, 15, 14, 1);
        lqi_voids voids = voids_of(&c, 128);
        check_void(name, &voids, 2, CARVED_PI / 6 * (1000 + 2744), 0.01);
        CHECK_NEAR(name, voids.largest[0].volume, CARVED_PI / 6 * 2744, 0.01 * 1437, "larger");
        if (turn == 0)
            for (int k = 0; k < 3; k++) {
                CHECK_NEAR(name, voids.largest[0].point[k], k < 2 ? 28 : 15, 0.5, "place");
                CHECK_NEAR(name, voids.largest[1].box.min[k], (k < 2 ? 12 : 15) - 5, 0.4, "box");
                CHECK_NEAR(name, voids.largest[1].box.max[k], (k < 2 ? 12 : 15) + 5, 0.4, "box");
            }
    }
}

/* Walls much thinner than a cell keep a void closed. */
static void thin_walls_hold(void **state)
{
    (void)state;
    for (int turn = 0; turn < CARVED_TURNS; turn++) {
        carved c = carved_begin(turn);
        carved_box(&c, 0, 0, 0, 40, 30, 20, 0);
        carved_box(&c, 0.05, 0.05, 0.05, 39.9, 29.9, 19.9, 1);
        lqi_voids voids = voids_of(&c, 64);
        char name[32];
        snprintf(name, sizeof name, "thin walls, turn %d", turn);
        check_void(name, &voids, 1, 39.9 * 29.9 * 19.9, 0.01);
    }
}

/* A hole of 1.5 cells opens a void, whatever the direction; one that ends in the wall does not. */
static void holes_open(void **state)
{
    (void)state;
    for (int turn = 0; turn < CARVED_TURNS; turn++)
        for (int axis = 0; axis < 3; axis++)
            for (int through = 0; through < 2; through++) {
                carved c = carved_begin(turn);
                carved_box(&c, -20, -20, -20, 40, 40, 40, 0);
                carved_box(&c, -17, -17, -17, 34, 34, 34, 1);
                double at[3] = {0.3, -0.2, 0.1}, depth = through ? 4.5 : 2;
                at[axis] = 21 - depth;
                double across = 40 * (turn ? 1.75 : 1); /* no more than a cube's diagonal */
                carved_rod(&c, axis, at[0], at[1], at[2], 1.5 * across / 128, depth, 1);
                lqi_voids voids = voids_of(&c, 128);
                CHECK(voids.count == (through ? 0 : 1), "turn %d axis %d: %u voids", turn, axis, voids.count);
            }
}

static void open_shapes_have_none(void **state)
{
    (void)state;
    carved c = carved_begin(3);
    carved_put(&c, solid_torus(20, 5, 80, 40), 0, 0, 0, 0);
    lqi_voids voids = voids_of(&c, 0);
    check_void("torus", &voids, 0, 0, 0);
    c = carved_begin(4); /* a cup */
    carved_rod(&c, 2, 0, 0, 0, 30, 30, 0);
    carved_rod(&c, 2, 0, 0, 2, 26, 30, 1);
    voids = voids_of(&c, 0);
    check_void("cup", &voids, 0, 0, 0);
    c = carved_begin(0); /* closed cubes that stand in a row */
    for (int i = 0; i < 4; i++) carved_box(&c, 12 * i, 0, 0, 10, 10, 10, 0);
    voids = voids_of(&c, 0);
    check_void("row", &voids, 0, 0, 0);
}

/* A body in a void is no part of it, and a void in that body is another. */
static void nested(void **state)
{
    (void)state;
    carved c = carved_begin(3);
    carved_ball(&c, 0, 0, 0, 60, 0);
    carved_ball(&c, 0, 0, 0, 50, 1);
    carved_ball(&c, 1, 2, 3, 30, 0);
    carved_ball(&c, 1, 2, 3, 20, 1);
    lqi_voids voids = voids_of(&c, 128);
    double unit = CARVED_PI / 6;
    check_void("ball in a ball", &voids, 2, unit * (125000 - 27000 + 8000), 0.01);
    CHECK_NEAR("ball in a ball", voids.largest[1].volume, unit * 8000, unit * 80, "inner");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(boxes_and_balls), cmocka_unit_test(thin_walls_hold),
                                       cmocka_unit_test(holes_open), cmocka_unit_test(open_shapes_have_none),
                                       cmocka_unit_test(nested)};
    return cmocka_run_group_tests_name("voids", tests, NULL, NULL);
}
