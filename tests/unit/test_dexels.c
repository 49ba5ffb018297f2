/* Runs of solid along columns: bodies whose volume and surface are known, placed, mirrored, touching, open. */
#include "tests/support/check.h"

#include "tests/unit/body.h"

#define PI 3.14159265358979323846

static const double turned[12] = {0.36, 0.48, -0.8, -0.8, 0.6, 0, 0.48, 0.64, 0.6, 12, -7, 30}; /* a rotation */

static double volume_along(const lqi_dexels *dexels, int k)
{
    const lqi_dexel_axis *axis = &dexels->axis[k];
    double sum = 0;
    for (uint32_t i = 0; i < axis->first[axis->across[0] * axis->across[1]]; i++)
        sum += axis->run[i].high - axis->run[i].low;
    return sum * axis->cell * axis->cell;
}

/* What holds of any body: runs rise, are apart, lie in the box, and lie on the facets they name. */
static void check_runs(const char *name, const lqi_dexels *dexels)
{
    CHECK(dexels->examined, "%s: not examined", name);
    for (int k = 0; k < 3; k++) {
        const lqi_dexel_axis *axis = &dexels->axis[k];
        CHECK_INT(name, axis->axis, k, "axis");
        CHECK_NEAR(name, axis->cell, dexels->cell, 0, "cell");
        for (uint32_t c = 0; c < axis->across[0] * axis->across[1]; c++)
            for (uint32_t i = axis->first[c]; i < axis->first[c + 1]; i++) {
                const lqi_run *run = &axis->run[i];
                CHECK(run->low < run->high, "%s: a run falls", name);
                CHECK(i == axis->first[c] || axis->run[i - 1].high < run->low, "%s: runs meet", name);
                CHECK(run->low >= dexels->box.min[k] - 1e-9 && run->high <= dexels->box.max[k] + 1e-9, "%s: outside",
                      name);
                CHECK(run->low_facet < dexels->facet_count && run->high_facet < dexels->facet_count, "%s: facet", name);
                CHECK(dexels->normal[3 * (size_t)run->low_facet + (size_t)k] < 0, "%s: low facet looks up", name);
                CHECK(dexels->normal[3 * (size_t)run->high_facet + (size_t)k] > 0, "%s: high facet looks down", name);
            }
    }
}

static void check_volume(const char *name, body b, double volume, double share)
{
    lqi_dexels dexels = body_dexels(&b, 0);
    check_runs(name, &dexels);
    for (int k = 0; k < 3; k++) {
        CHECK_NEAR(name, volume_along(&dexels, k), volume, share * volume, "volume");
        CHECK_INT(name, dexels.axis[k].dropped, 0, "dropped columns");
    }
    lqi_dexels_free(&dexels);
    body_end(&b);
}

static void volumes(void **state)
{
    (void)state;
    check_volume("box", body_of(solid_box(25.6, 12.8, 6.4)), 25.6 * 12.8 * 6.4, 1e-5);
    check_volume("sphere", body_of(solid_sphere(10, 40)), 4.0 / 3 * PI * 1000, 2e-3);
    check_volume("torus", body_of(solid_torus(20, 5, 200, 80)), 2 * PI * PI * 20 * 25, 3e-3);
    check_volume("void", body_of(solid_nested(20, 10)), 7000, 0.02);
    check_volume("frame", body_of(solid_box_with_hole(20, 8, 5)), (400 - 64) * 5, 0.02);
}

static void overlaps_unite(void **state)
{
    (void)state;
    static const double aside[12] = {1, 0, 0, 0, 1, 0, 0, 0, 1, 5, 0, 0};
    body b = body_begin(1);
    body_add(&b, solid_cube(10), NULL);
    body_add(&b, solid_cube(10), aside);
    check_volume("two cubes that overlap", b, 1500, 0.02);
}

static void placed_bodies(void **state)
{
    (void)state;
    static const double mirror[12] = {-1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0},
                        shrunk[12] = {0.5, 0, 0, 0, 0.5, 0, 0, 0, 2};
    body b = body_begin(1);
    body_add(&b, solid_box(20, 14, 8), turned);
    check_volume("turned", b, 20 * 14 * 8, 0.01);
    b = body_begin(1);
    body_add(&b, solid_box(20, 14, 8), mirror);
    check_volume("mirrored", b, 20 * 14 * 8, 0.02);
    b = body_begin(1);
    body_add(&b, solid_sphere(10, 20), shrunk);
    check_volume("stretched", b, 4.0 / 3 * PI * 500, 0.02);
    solid_soup inverted = solid_cube(10);
    solid_invert(&inverted);
    b = body_of(inverted);
    b.solid[0].turned = true;
    check_volume("inside out", b, 1000, 0.02);
}

/* Solids that touch are one: no gap of no width, and none of the width of a rounding. */
static void touching_is_one(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        static const double gap[3] = {0, 4e-7, -4e-7};
        double beside[12] = {1, 0, 0, 0, 1, 0, 0, 0, 1, 10 + gap[i], 0, 0};
        body b = body_begin(1);
        body_add(&b, solid_cube(10), NULL);
        body_add(&b, solid_cube(10), beside);
        lqi_dexels dexels = body_dexels(&b, 64);
        check_runs("touching", &dexels);
        const lqi_dexel_axis *x = &dexels.axis[0];
        for (uint32_t c = 0; c < x->across[0] * x->across[1]; c++)
            CHECK(x->first[c + 1] - x->first[c] <= 1, "touching: column %u has %u runs", c,
                  x->first[c + 1] - x->first[c]);
        lqi_dexels_free(&dexels);
        body_end(&b);
    }
}

/* Heights of a sphere at its column centres, and its normals. */
static void heights_are_exact(void **state)
{
    (void)state;
    body b = body_of(solid_sphere(10, 100));
    lqi_dexels dexels = body_dexels(&b, 100);
    for (int k = 0; k < 3; k++) {
        const lqi_dexel_axis *axis = &dexels.axis[k];
        for (uint32_t c = 0; c < axis->across[0] * axis->across[1]; c++) {
            double u = lqi_dexel_centre(axis, 0, c % axis->across[0]),
                   v = lqi_dexel_centre(axis, 1, c / axis->across[0]);
            if (u * u + v * v > 80) continue;
            CHECK_INT("sphere", axis->first[c + 1] - axis->first[c], 1, "runs in a column");
            const lqi_run *run = &axis->run[axis->first[c]];
            double height = sqrt(100 - u * u - v * v);
            CHECK_NEAR("sphere", run->high, height, 0.004, "top");
            CHECK_NEAR("sphere", run->low, -height, 0.004, "bottom");
            const float *n = dexels.normal + 3 * (size_t)run->high_facet;
            CHECK_NEAR("sphere", n[(k + 1) % 3], u / 10, 0.01, "normal");
            CHECK_NEAR("sphere", n[0] * n[0] + n[1] * n[1] + n[2] * n[2], 1, 1e-6, "length of a normal");
        }
    }
    lqi_dexels_free(&dexels);
    body_end(&b);
}

/* Without its lid a box has columns that do not close: they are dropped and counted, the others stand. */
static void open_columns_are_dropped(void **state)
{
    (void)state;
    solid_soup box = solid_box(10, 10, 10);
    size_t kept = 0;
    for (size_t t = 0; t < box.count; t++) {
        const float *corner = box.corners + 9 * t;
        if (corner[2] == 10 && corner[5] == 10 && corner[8] == 10) continue;
        memmove(box.corners + 9 * kept++, corner, 9 * sizeof *corner);
    }
    assert_int_equal(kept, 10);
    box.count = kept;
    body b = body_of(box);
    lqi_dexels dexels = body_dexels(&b, 50);
    CHECK_INT("no lid", dexels.axis[2].dropped, 50 * 50, "dropped columns along z");
    CHECK_INT("no lid", dexels.axis[2].first[dexels.axis[2].across[0] * dexels.axis[2].across[1]], 0, "runs along z");
    CHECK_INT("no lid", dexels.axis[0].dropped, 0, "dropped columns along x");
    CHECK_NEAR("no lid", volume_along(&dexels, 0), 1000, 1e-6, "volume along x");
    lqi_dexels_free(&dexels);
    body_end(&b);
}

static void check_same(const lqi_dexels *a, const lqi_dexels *b)
{
    assert_int_equal(a->facet_count, b->facet_count);
    assert_memory_equal(a->normal, b->normal, 3 * sizeof *a->normal * a->facet_count);
    for (int k = 0; k < 3; k++) {
        size_t columns = (size_t)a->axis[k].across[0] * a->axis[k].across[1];
        assert_memory_equal(a->axis[k].first, b->axis[k].first, (columns + 1) * sizeof(uint32_t));
        assert_memory_equal(a->axis[k].run, b->axis[k].run, a->axis[k].first[columns] * sizeof(lqi_run));
    }
}

static void threads_change_nothing(void **state)
{
    (void)state;
    lqi_dexels dexels[2];
    body b[2] = {body_begin(1), body_begin(7)};
    for (int i = 0; i < 2; i++) {
        body_add(&b[i], solid_torus(20, 5, 300, 150), turned);
        body_add(&b[i], solid_sphere(9, 30), NULL);
        dexels[i] = body_dexels(&b[i], 0);
    }
    check_runs("placed", &dexels[0]);
    check_same(&dexels[0], &dexels[1]);
    for (int i = 0; i < 2; i++) lqi_dexels_free(&dexels[i]), body_end(&b[i]);
}

/* More surface than the budget allows for: fewer columns, and it is said. */
static void budgets_make_coarser(void **state)
{
    (void)state;
    solid_soup sheets = {0};
    for (int i = 0; i < 300; i++) {
        solid_soup sheet = solid_box(100, 100, 0.1);
        solid_translate(&sheet, 0, 0, i * 0.3);
        solid_append(&sheets, &sheet);
        solid_free(&sheet);
    }
    body b = body_of(sheets);
    lqi_dexels dexels = body_dexels(&b, 512);
    assert_true(dexels.examined && dexels.coarser);
    CHECK_NEAR("sheets", volume_along(&dexels, 2), 300 * 1000.0, 0.04 * 300000, "volume");
    lqi_dexels_free(&dexels);
    body_end(&b);
}

static void nothing_has_no_columns(void **state)
{
    (void)state;
    body b = body_begin(1);
    lqi_dexels dexels = body_dexels(&b, 0);
    assert_false(dexels.examined);
    assert_null(dexels.axis[0].first);
    lqi_dexels_free(&dexels);
    body_end(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(volumes),
        cmocka_unit_test(overlaps_unite),
        cmocka_unit_test(placed_bodies),
        cmocka_unit_test(touching_is_one),
        cmocka_unit_test(heights_are_exact),
        cmocka_unit_test(open_columns_are_dropped),
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(budgets_make_coarser),
        cmocka_unit_test(nothing_has_no_columns),
    };
    return cmocka_run_group_tests_name("dexels", tests, NULL, NULL);
}
