/* Wall thickness of bodies whose thickness is known, in any position. */
#include "tests/support/check.h"

#include <stdlib.h>

#include "measure/walls.h"
#include "tests/support/lend.h"
#include "tests/unit/body.h"

typedef struct walled {
    body b;
    lqi_dexels dexels;
    lqi_walls walls;
} walled;

static walled measure_body(body b, int across)
{
    walled w = {.b = b};
    w.dexels = body_dexels(&w.b, across);
    assert_int_equal(lqi_walls_measure(w.b.context, &w.dexels, w.b.solid, w.b.count, &w.walls), LQ_OK);
    assert_true(w.walls.examined);
    return w;
}

static walled measure(solid_soup soup) { return measure_body(body_of(soup), 0); }

static void end(walled *w)
{
    lqi_walls_free(&w->walls);
    lqi_dexels_free(&w->dexels);
    body_end(&w->b);
}

static double unit_random(uint64_t *state) { return (double)(solid_random(state) >> 11) * 0x1p-53; }

static void turn(solid_soup *soup, uint64_t *state)
{
    double axis[3];
    for (int i = 0; i < 3; i++) axis[i] = unit_random(state) - 0.5;
    solid_rotate(soup, axis, 360 * unit_random(state));
}

static solid_soup moved(solid_soup soup, double x, double y, double z)
{
    solid_translate(&soup, x, y, z);
    return soup;
}

static solid_soup both(solid_soup a, solid_soup b)
{
    solid_append(&a, &b);
    solid_free(&b);
    return a;
}

static const lqi_wall_patch *worst_below(const walled *w, double mm)
{
    const lqi_wall_level *level = lqi_walls_level(&w->walls, mm);
    return level->kept ? &w->walls.patch[level->first] : NULL;
}

/* ---- plates ---- */

static void check_plate(const char *name, const walled *w, double t, double length, double width)
{
    double area = 2 * length * width;
    CHECK_NEAR(name, w->walls.min_mm, t, 0.01 * t, "least thickness");
    CHECK_NEAR(name, w->walls.p01_mm, t, 0.01 * t, "a hundredth");
    /* Columns near a rim leave through it, and see no wall. */
    double rim = 1.2 * t * (length + width);
    CHECK_NEAR(name, lqi_walls_area_below(&w->walls, 1.02 * t + 0.01), area, 0.03 * area + rim, "thin area");
    CHECK_NEAR(name, lqi_walls_area_below(&w->walls, t), 0, 0.001 * area, "area below what it is");
    if (t >= 2.9) return;
    const lqi_wall_patch *patch = worst_below(w, 1.1 * t);
    CHECK(patch && lqi_walls_level(&w->walls, 1.1 * t)->count == 1, "%s: not one patch", name);
    CHECK_NEAR(name, patch->mean_mm, t, 0.01 * t, "mean thickness");
    CHECK_NEAR(name, patch->area_mm2, area, 0.03 * area + rim, "area of the patch");
    CHECK_NEAR(name, patch->length_mm, length, 0.03 * length + t, "length of the patch");
    CHECK_NEAR(name, patch->width_mm, width, 0.03 * width + t, "width of the patch");
    CHECK(!patch->supported && patch->attached < 0.1, "%s: a free plate is held (%g)", name, patch->attached);
}

static void plates_at_any_angle(void **state)
{
    (void)state;
    uint64_t random = 7;
    static const double thickness[] = {0.4, 0.5, 0.7, 0.8, 1, 1.2, 1.5, 2, 2.5, 3};
    for (int i = 0; i < 40; i++) {
        char name[64];
        double t = thickness[i % 10], length = i % 2 ? 100 : 40, width = i % 2 ? 60 : 30;
        snprintf(name, sizeof name, "plate %d of %g mm", i, t);
        solid_soup plate = solid_box(length, width, t);
        if (i >= 10) turn(&plate, &random);
        walled w = measure(plate);
        check_plate(name, &w, t, length, width);
        end(&w);
    }
}

static void a_plate_a_tenth_thick(void **state)
{
    (void)state;
    uint64_t random = 3;
    solid_soup plate = solid_box(100, 60, 0.1);
    turn(&plate, &random);
    walled w = measure(plate);
    assert_true(w.dexels.cell > 0.3);
    check_plate("a quarter of a column", &w, 0.1, 100, 60);
    end(&w);
}

/* ---- round ones ---- */

static void check_least(const char *name, solid_soup soup, double t, double share)
{
    walled w = measure(soup);
    CHECK_NEAR(name, w.walls.min_mm, t, share * t, "least thickness");
    end(&w);
}

static solid_soup shell(double outer, double inner, unsigned frequency)
{
    solid_soup in = solid_sphere(inner, frequency);
    solid_invert(&in);
    return both(solid_sphere(outer, frequency), in);
}

static void round_walls(void **state)
{
    (void)state;
    uint64_t random = 11;
    check_least("ball", solid_sphere(5, 40), 10, 0.01);
    check_least("small ball", solid_sphere(0.4, 40), 0.8, 0.01);
    check_least("hollow ball", shell(10, 9, 60), 1, 0.015);
    check_least("torus", solid_torus(20, 1, 400, 64), 2, 0.02);
    for (int i = 0; i < 4; i++) {
        solid_soup hollow = shell(20, 19.2, 60), bar = solid_cylinder(1, 30, 90);
        turn(&hollow, &random);
        turn(&bar, &random);
        check_least("turned hollow ball", hollow, 0.8, 0.02);
        check_least("turned bar", bar, 2, 0.02);
    }
}

/* A ring of rectangles: thickness along it is that of a tube, whatever the angle to the columns. */
static solid_soup tube(double outer, double inner, double height, unsigned sides)
{
    solid_soup soup = {0};
    for (unsigned i = 0; i < sides; i++) {
        double corner[2][2][2][3]; /* side, inner, up */
        for (unsigned k = 0; k < 2; k++)
            for (int in = 0; in < 2; in++)
                for (int up = 0; up < 2; up++) {
                    double angle = 2 * 3.14159265358979323846 * ((i + k) % sides) / sides, r = in ? inner : outer;
                    double at[3] = {r * cos(angle), r * sin(angle), up ? height : 0};
                    memcpy(corner[k][in][up], at, sizeof at);
                }
        solid_add_quad(&soup, corner[0][0][0], corner[1][0][0], corner[1][0][1], corner[0][0][1]);
        solid_add_quad(&soup, corner[1][1][0], corner[0][1][0], corner[0][1][1], corner[1][1][1]);
        solid_add_quad(&soup, corner[0][0][1], corner[1][0][1], corner[1][1][1], corner[0][1][1]);
        solid_add_quad(&soup, corner[1][0][0], corner[0][0][0], corner[0][1][0], corner[1][1][0]);
    }
    return soup;
}

static void tubes_are_one_patch(void **state)
{
    (void)state;
    uint64_t random = 5;
    for (int i = 0; i < 6; i++) {
        solid_soup soup = tube(12, 11.2, 40, 120);
        if (i) turn(&soup, &random);
        walled w = measure(soup);
        double area = 2 * 3.14159265358979323846 * 23.2 * 40;
        const lqi_wall_patch *patch = worst_below(&w, 0.9);
        CHECK_NEAR("tube", w.walls.min_mm, 0.8, 0.02, "least thickness");
        CHECK(patch && lqi_walls_level(&w.walls, 0.9)->count == 1, "tube %d: %u patches", i,
              lqi_walls_level(&w.walls, 0.9)->count);
        CHECK_NEAR("tube", patch->mean_mm, 0.8, 0.01, "mean thickness");
        CHECK_NEAR("tube", patch->area_mm2, area, 0.05 * area, "area");
        CHECK(!patch->supported, "tube %d: is held", i);
        end(&w);
    }
}

/* ---- edges ---- */

static solid_soup wedge(double length, double width, double slope)
{
    solid_soup s = {0};
    double h = length * slope;
    const double p[6][3] = {{0, 0, 0},     {length, 0, 0},     {length, 0, h},
                            {0, width, 0}, {length, width, 0}, {length, width, h}};
    solid_add(&s, p[0], p[1], p[2]);
    solid_add(&s, p[3], p[5], p[4]);
    solid_add_quad(&s, p[0], p[3], p[4], p[1]);
    solid_add_quad(&s, p[1], p[4], p[5], p[2]);
    solid_add_quad(&s, p[0], p[2], p[5], p[3]);
    return s;
}

static void sharp_edges_are_no_walls(void **state)
{
    (void)state;
    uint64_t random = 13;
    static const double slope[] = {0.4, 0.577, 0.8};
    for (int i = 0; i < 9; i++) {
        solid_soup soup = wedge(20, 30, slope[i % 3]);
        if (i >= 3) turn(&soup, &random);
        walled w = measure(soup);
        CHECK_NEAR("wedge", w.walls.sharp_mm, 30, 3, "length of the edge");
        for (int level = 0; level < LQI_WALL_LEVELS; level++)
            CHECK(w.walls.level[level].count == 0, "wedge %d: %u patches below %g", i, w.walls.level[level].count,
                  lqi_wall_level_mm[level]);
        CHECK(w.walls.min_mm > 2.9, "wedge %d: %g mm thick", i, w.walls.min_mm);
        end(&w);
    }
    walled blade = measure(wedge(20, 30, 0.05));
    CHECK(worst_below(&blade, 0.5), "a blade has no thin patch");
    CHECK(blade.walls.min_mm < 0.2, "a blade is %g thick", blade.walls.min_mm);
    end(&blade);
    walled cube = measure(solid_cube(20));
    CHECK_NEAR("cube", cube.walls.min_mm, 20, 1e-9, "least thickness");
    CHECK_NEAR("cube", cube.walls.p01_mm, 20, 1e-9, "a hundredth");
    CHECK_NEAR("cube", cube.walls.area_mm2, 2400, 1, "area");
    CHECK_NEAR("cube", cube.walls.sharp_mm, 0, 0, "sharp edges");
    end(&cube);
}

/* ---- held or not ---- */

static void check_held(const char *name, solid_soup soup, uint64_t *random, double t, bool supported, double attached)
{
    if (random) turn(&soup, random);
    walled w = measure(soup);
    const lqi_wall_patch *patch = worst_below(&w, t * 1.1);
    CHECK(patch, "%s: no patch", name);
    CHECK_NEAR(name, patch->min_mm, t, 0.02 * t, "least thickness");
    CHECK(patch->supported == supported, "%s: supported is %d", name, patch->supported);
    CHECK_NEAR(name, patch->attached, attached, 0.1, "attached share");
    end(&w);
}

static void what_holds_a_wall(void **state)
{
    (void)state;
    uint64_t random = 17;
    for (int i = 0; i < 4; i++) {
        uint64_t *turned = i ? &random : NULL;
        solid_soup fin = both(solid_box(40, 40, 10), moved(solid_box(0.8, 40, 20), 20, 0, 5));
        check_held("fin on a block", fin, turned, 0.8, false, 40.0 / 110);
        solid_soup web = both(both(solid_box(10, 30, 10), moved(solid_box(10, 30, 10), 30, 0, 0)),
                              moved(solid_box(24, 20, 0.6), 8, 5, 5));
        check_held("web between blocks", web, turned, 0.6, true, 0.5);
    }
}

/* ---- pins ---- */

/* Pins of different thickness in a row on a plate: the inscribed circle of their sides is what they measure. */
static void pins_on_a_plate(void **state)
{
    (void)state;
    uint64_t random = 29;
    enum { PINS = 5, SIDES = 24 };
    for (int i = 0; i < 5; i++) {
        solid_soup soup = solid_box(60, 30, 4);
        for (int k = 0; k < PINS; k++)
            soup = both(soup, moved(solid_cylinder(0.5 + 0.15 * k, 15, SIDES), 10 + 10 * k, 15, 2));
        if (i) turn(&soup, &random);
        walled w = measure(soup);
        CHECK_INT("pins", w.walls.pin_count, PINS, "count");
        CHECK_INT("pins", w.walls.pin_kept, PINS, "pins kept");
        for (int k = 0; k < PINS; k++) {
            double d = 2 * (0.5 + 0.15 * k) * cos(3.14159265358979323846 / SIDES);
            const lqi_pin *pin = &w.walls.pin[k];
            CHECK(w.walls.resolvable_mm < 1.01 * d, "pins: %g mm resolvable", w.walls.resolvable_mm);
            CHECK_NEAR("pins", pin->diameter_mm, d, 0.01 * d, "diameter");
            CHECK_NEAR("pins", pin->length_mm, 13, 13 * 0.1 + d, "length");
        }
        end(&w);
    }
}

static void what_is_no_pin(void **state)
{
    (void)state;
    uint64_t random = 31;
    for (int i = 0; i < 4; i++) {
        solid_soup soups[] = {solid_box(40, 30, 1), solid_box(1.5, 1.5, 1.5), solid_sphere(1, 20), solid_box(50, 6, 1),
                              tube(12, 11.2, 20, 90)};
        for (size_t k = 0; k < sizeof soups / sizeof *soups; k++) {
            if (i) turn(&soups[k], &random);
            walled w = measure(soups[k]);
            CHECK(w.walls.pin_count == 0, "solid %zu, turn %d: %u pins", k, i, w.walls.pin_count);
            end(&w);
        }
        solid_soup bar = solid_box(30, 1.2, 1);
        if (i) turn(&bar, &random);
        walled w = measure(bar);
        CHECK_INT("bar", w.walls.pin_count, 1, "pins");
        CHECK_NEAR("bar", w.walls.pin[0].diameter_mm, 1, 0.02, "diameter");
        CHECK_NEAR("bar", w.walls.pin[0].length_mm, 30, 2, "length");
        end(&w);
    }
}

/* ---- details ---- */

static void details_stand_on_a_block(void **state)
{
    (void)state;
    uint64_t random = 37;
    for (int i = 0; i < 6; i++) {
        double width = 0.4 + 0.1 * i, height = 0.8 + 0.2 * (i % 3);
        bool bent = i % 2;
        solid_soup stroke = bent ? tube(5, 5 - width, height + 1, 80) : solid_box(20, width, height + 1);
        solid_soup soup = both(solid_box(30, 30, 5), moved(stroke, bent ? 15 : 5, 15, 4));
        if (i >= 3) turn(&soup, &random);
        walled w = measure(soup);
        const lqi_wall_patch *patch = worst_below(&w, width * 1.05 + 0.02);
        CHECK(patch, "detail %d: no patch", i);
        CHECK_NEAR("detail", patch->min_mm, width, 0.02 * width, "width");
        CHECK_NEAR("detail", patch->height_mm, height, 0.3 * height, "height");
        CHECK(patch->raised, "detail %d: is not raised (%g held)", i, patch->attached);
        end(&w);
    }
    walled fin = measure(both(solid_box(40, 40, 10), moved(solid_box(0.8, 40, 20), 20, 0, 5)));
    CHECK(!worst_below(&fin, 0.9)->raised, "a fin is a detail");
    CHECK_NEAR("fin", worst_below(&fin, 0.9)->height_mm, 15, 1, "height");
    end(&fin);
    walled plate = measure(solid_box(40, 1.5, 0.8));
    CHECK(!worst_below(&plate, 0.9)->raised, "a free strip is a detail");
    end(&plate);
}

static void thickest_places(void **state)
{
    (void)state;
    uint64_t random = 43;
    for (int i = 0; i < 4; i++) {
        solid_soup lump = both(solid_box(60, 40, 3), moved(solid_cube(14), 30, 10, 0));
        solid_soup slab = solid_box(60, 50, 6);
        if (i) turn(&lump, &random), turn(&slab, &random);
        walled w = measure(lump);
        CHECK(w.walls.thickest_mm > 13 && w.walls.thickest_mm < 14 * 1.8, "lump: %g", w.walls.thickest_mm);
        end(&w);
        w = measure(slab);
        CHECK_NEAR("slab", w.walls.thickest_mm, 6, 0.1, "thickest");
        end(&w);
    }
}

/* ---- limits ---- */

static void limits_are_strict(void **state)
{
    (void)state;
    uint64_t random = 23;
    for (int i = 0; i < 6; i++) {
        solid_soup plate = solid_box(50, 50, 1);
        if (i) turn(&plate, &random);
        walled w = measure(plate);
        const lqi_wall_level *level = lqi_walls_level(&w.walls, 1);
        CHECK_INT("1 mm", level->count, 0, "patches below 1 mm");
        CHECK_INT("1 mm", level[1].count, 1, "patches below the next level");
        CHECK_NEAR("1 mm", lqi_walls_area_below(&w.walls, 1), 0, 0, "area below 1 mm");
        CHECK(lqi_walls_area_below(&w.walls, 1.02) > 4800, "1 mm: area below 1.02 mm");
        end(&w);
    }
}

static void levels_nest(void **state)
{
    (void)state;
    walled w = measure(both(wedge(60, 40, 0.04), moved(solid_box(60, 40, 1), 0, 60, 0)));
    double before = 0;
    for (int i = 0; i < LQI_WALL_LEVELS; i++) {
        const lqi_wall_level *level = &w.walls.level[i];
        CHECK(level->area_mm2 >= before - 1e-9, "level %g has less area", lqi_wall_level_mm[i]);
        CHECK(level->kept <= level->count && level->kept <= LQI_WALL_PATCHES, "level %g", lqi_wall_level_mm[i]);
        before = level->area_mm2;
        double below = lqi_walls_area_below(&w.walls, lqi_wall_level_mm[i]);
        CHECK_NEAR("level", level->area_mm2, below, 0.03 * below + 1, "area");
        for (uint32_t k = 0; k < level->kept; k++)
            CHECK(w.walls.patch[level->first + k].min_mm < lqi_wall_level_mm[i], "level %g", lqi_wall_level_mm[i]);
    }
    end(&w);
}

static void threads_change_nothing(void **state)
{
    (void)state;
    walled w[2];
    for (int i = 0; i < 2; i++) {
        body b = body_begin(i ? 5 : 1);
        body_add(&b, tube(12, 11.2, 40, 120), NULL);
        body_add(&b, moved(solid_sphere(10, 40), 5, 0, 45), NULL);
        w[i] = measure_body(b, 0);
    }
    lqi_walls *a = &w[0].walls, *c = &w[1].walls;
    assert_int_equal(a->patch_count, c->patch_count);
    for (uint32_t i = 0; i < a->patch_count; i++) {
        const lqi_wall_patch *p = &a->patch[i], *q = &c->patch[i];
        assert_memory_equal(p->place, q->place, sizeof p->place);
        assert_memory_equal(p->centre, q->centre, sizeof p->centre);
        assert_true(p->min_mm == q->min_mm && p->mean_mm == q->mean_mm && p->area_mm2 == q->area_mm2);
        assert_true(p->length_mm == q->length_mm && p->width_mm == q->width_mm && p->attached == q->attached);
        assert_true(p->supported == q->supported && p->confirmed == q->confirmed && p->facet == q->facet);
    }
    assert_memory_equal(a->histogram_mm2, c->histogram_mm2, sizeof a->histogram_mm2);
    assert_memory_equal(&a->min_mm, &c->min_mm, sizeof a->min_mm);
    end(&w[0]), end(&w[1]);
}

static lq_status measure_with(const lq_context_options *options, const body *b)
{
    lq_context *context;
    lqi_dexels dexels;
    lqi_walls walls;
    lq_status status = lq_context_create(options, &context);
    if (status != LQ_OK) return status;
    status = lqi_dexels_make(context, b->solid, b->count, 48, &dexels);
    if (status == LQ_OK) {
        status = lqi_walls_measure(context, &dexels, b->solid, b->count, &walls);
        if (status == LQ_OK) lqi_walls_free(&walls);
        lqi_dexels_free(&dexels);
    }
    lq_context_destroy(context);
    return status;
}

/* The nth allocation fails, for every n; the call says so and keeps nothing. */
static void failing_memory(void **state)
{
    (void)state;
    body b = body_of(both(tube(12, 11, 20, 40), moved(solid_cylinder(1, 30, 12), 30, 0, 0)));
    b.solid[0].mesh = &b.mesh[0];
    uint64_t n = 0, calls = 0;
    do {
        lend_allocator lent = {.fail_at = ++n, .forever = n % 4 != 0}; /* growing may do with less, once */
        lq_allocator allocator = lend_allocator_of(&lent);
        lq_context_options options = {.struct_size = sizeof options, .allocator = &allocator, .thread_count = 1};
        lq_status status = measure_with(&options, &b);
        calls = lent.calls;
        CHECK(status == LQ_ERR_MEMORY || (status == LQ_OK && (calls < n || !lent.forever)), "allocation %d: status %d",
              (int)n, status);
        CHECK_INT("failing memory", lent.blocks, 0, "blocks kept");
    } while (calls >= n);
    CHECK(n > 40, "only %d allocations", (int)n);
    body_end(&b);
}

static void nothing_is_not_examined(void **state)
{
    (void)state;
    body b = body_begin(1);
    lqi_dexels dexels = body_dexels(&b, 0);
    lqi_walls walls;
    assert_int_equal(lqi_walls_measure(b.context, &dexels, b.solid, 0, &walls), LQ_OK);
    assert_false(walls.examined);
    lqi_walls_free(&walls);
    lqi_dexels_free(&dexels);
    body_end(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plates_at_any_angle),
        cmocka_unit_test(a_plate_a_tenth_thick),
        cmocka_unit_test(round_walls),
        cmocka_unit_test(tubes_are_one_patch),
        cmocka_unit_test(sharp_edges_are_no_walls),
        cmocka_unit_test(what_holds_a_wall),
        cmocka_unit_test(pins_on_a_plate),
        cmocka_unit_test(what_is_no_pin),
        cmocka_unit_test(details_stand_on_a_block),
        cmocka_unit_test(thickest_places),
        cmocka_unit_test(limits_are_strict),
        cmocka_unit_test(levels_nest),
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(failing_memory),
        cmocka_unit_test(nothing_is_not_examined),
    };
    return cmocka_run_group_tests_name("walls", tests, NULL, NULL);
}
