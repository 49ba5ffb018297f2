/* Several bodies in one file: crossing, nested, inverted, open. Truth is elementary geometry; a range must hold it. */
#include "tests/support/check.h"
#include "tests/support/run.h"

#include <math.h>
#include <string.h>

static void add_box(solid_soup *soup, double x, double y, double z, double dx, double dy, double dz, int inverted)
{
    solid_soup box = solid_box(dx, dy, dz);
    solid_translate(&box, x, y, z);
    if (inverted) solid_invert(&box);
    solid_append(soup, &box);
    solid_free(&box);
}

/* The volume, or the range that is given instead of a bound, must hold the truth. */
static void check_holds(const char *name, const lq_facts *facts, double truth)
{
    if (isfinite(facts->volume_low_mm3))
        CHECK(facts->volume_low_mm3 <= truth * (1 + 1e-9) && truth * (1 - 1e-9) <= facts->volume_high_mm3,
              "%s: %.9g is not in %.9g to %.9g", name, truth, facts->volume_low_mm3, facts->volume_high_mm3);
    else
        CHECK(fabs(facts->volume_mm3 - truth) <= facts->volume_error_mm3, "%s: %.9g, not %.9g", name, facts->volume_mm3,
              truth);
}

static void pins_through_a_plate(void **state)
{
    (void)state;
    solid_soup soup = {0};
    add_box(&soup, 0, 0, 0, 100, 100, 10, 0);
    for (int i = 0; i < 16; i++) add_box(&soup, 3.3 + 6 * i, 7.1 + 5 * i, 0.5, 2.9, 2.9, 23.5, 0);
    run_result run = run_soup(&soup, NULL);
    double truth = 100000 + 16 * 2.9 * 2.9 * 14;
    check_holds("pins", &run.facts, truth);
    CHECK(fabs(run.facts.volume_mm3 - truth) < 0.02 * truth, "pins: %.9g, not near %.9g", run.facts.volume_mm3, truth);
    CHECK(run_find(&run, "overlapping_shells") != NULL, "pins: nothing said of the overlap");
    run_free(&run);
    solid_free(&soup);
}

/* Thinner than the columns along z can see. */
static void thin_walls_that_overlap(void **state)
{
    (void)state;
    solid_soup soup = {0};
    add_box(&soup, 0, 0, 0, 0.3, 100, 50, 0);
    add_box(&soup, 0.15, 50, 0, 0.3, 100, 50, 0);
    add_box(&soup, 200, 0, 0, 0.3, 100, 50, 0);
    run_result run = run_soup(&soup, NULL);
    check_holds("walls", &run.facts, 3 * 1500 - 0.15 * 50 * 50);
    CHECK(run_find(&run, "overlapping_shells") != NULL, "walls: nothing said of the overlap");
    run_free(&run);
    solid_free(&soup);
}

/* One missing facet must not switch off what is known about the other bodies. */
static void an_opening_beside_other_bodies(void **state)
{
    (void)state;
    for (int inverted = 0; inverted < 2; inverted++) {
        solid_soup soup = {0};
        add_box(&soup, 0, 0, 0, 20, 20, 20, 0);
        soup.count--;
        if (inverted)
            add_box(&soup, 60, 0, 0, 19, 19, 19, 1);
        else
            add_box(&soup, 13, 13, 13, 20, 20, 20, 0);
        run_result run = run_soup(&soup, NULL);
        check_holds("opening", &run.facts, inverted ? 8000 : 16000 - 343);
        CHECK(run.facts.volume_mm3 >= 7999, "opening: a body was taken away: %.9g", run.facts.volume_mm3);
        CHECK(run_find(&run, inverted ? "shell_inverted" : "overlapping_shells") != NULL, "opening: nothing said");
        CHECK_INT("opening", run.facts.verdict, inverted ? LQ_VERDICT_REVIEW : run.facts.verdict, "verdict");
        run_free(&run);
        solid_free(&soup);
    }
}

static void inside_out_with_a_cavity_and_a_speck(void **state)
{
    (void)state;
    solid_soup soup = solid_nested(40, 30);
    solid_invert(&soup);
    add_box(&soup, 100, 0, 0, 0.01, 0.01, 0.01, 0);
    run_result run = run_soup(&soup, NULL);
    CHECK_NEAR("inside out", run.facts.volume_mm3, 37000.0, 1e-2, "volume");
    CHECK_INT("inside out", run.facts.cavities, 1, "cavities");
    CHECK(run_find(&run, "mesh_inside_out") != NULL, "inside out: not said");
    run_free(&run);
    solid_free(&soup);
}

/* Volume, area and centroid must be of one and the same body. */
static void a_solid_inside_a_solid_adds_nothing(void **state)
{
    (void)state;
    solid_soup soup = solid_cube(20);
    add_box(&soup, 1, 1, 1, 8, 8, 8, 0);
    run_result run = run_soup(&soup, NULL);
    CHECK_NEAR("nested", run.facts.volume_mm3, 8000.0, 1e-6, "volume");
    CHECK_NEAR("nested", run.facts.area_mm2, 2400.0, 1e-6, "area");
    for (int i = 0; i < 3; i++) CHECK_NEAR("nested", run.facts.centroid_mm[i], 10.0, 1e-9, "centroid");
    CHECK(run_find(&run, "nested_solid_shell") != NULL, "nested: not said");
    run_free(&run);
    solid_free(&soup);
}

static void a_filled_hole_counts_for_the_centroid(void **state)
{
    (void)state;
    solid_soup soup = solid_cube(20);
    soup.count--;
    run_result run = run_soup(&soup, NULL);
    CHECK_NEAR("hole", run.facts.volume_mm3, 8000.0, 1e-6, "volume");
    CHECK_NEAR("hole", run.facts.area_mm2, 2400.0, 1e-6, "area");
    for (int i = 0; i < 3; i++) CHECK_NEAR("hole", run.facts.centroid_mm[i], 10.0, 1e-9, "centroid");
    CHECK_INT("hole", run.facts.verdict, LQ_VERDICT_OK_REPAIRED, "verdict");
    run_free(&run);
    solid_free(&soup);
}

static void a_degenerate_facet_far_away_changes_nothing(void **state)
{
    (void)state;
    solid_soup soup = solid_cube(20);
    const double p[3] = {0, 0, 0}, q[3] = {1e6, 1e6, 1e6};
    solid_add(&soup, p, p, q);
    run_result run = run_soup(&soup, NULL);
    CHECK_INT("degenerate", run.facts.degenerate_triangles, 1, "count");
    CHECK_NEAR("degenerate", run.facts.box_max_mm[0], 20.0, 0, "box");
    CHECK_NEAR("degenerate", run.facts.volume_mm3, 8000.0, 1e-6, "volume");
    run_free(&run);
    solid_free(&soup);
}

/* Without the work to look for overlaps no bound is claimed. */
static void what_was_not_examined_has_no_bound(void **state)
{
    (void)state;
    solid_soup soup = solid_cube(20);
    add_box(&soup, 13, 13, 13, 20, 20, 20, 0);
    lq_limits limits = {.struct_size = sizeof limits, .work_units = 1};
    run_result run = run_soup(&soup, &(run_options){.limits = &limits});
    check_holds("not examined", &run.facts, 16000 - 343);
    CHECK(run_find(&run, "work_budget_exceeded") != NULL, "not examined: not said");
    run_free(&run);
    solid_free(&soup);
}

/* ---- random boxes against their exact union ---- */

enum { BOXES_MAX = 6 };

typedef struct random_box {
    double low[3], high[3];
} random_box;

static double random_up_to(uint64_t *state, double limit)
{
    return limit * (double)(solid_random(state) % 10000) / 10000;
}

/* A box whose corners are floats, exactly, so that the truth knows them; one in four lengths is as thin as a wall. */
static random_box add_random_box(solid_soup *soup, uint64_t *state)
{
    random_box box;
    solid_soup made = solid_cube(1);
    for (int k = 0; k < 3; k++) {
        double length = solid_random(state) % 4 == 0 ? 0.3 : 0.2 + random_up_to(state, 30);
        box.low[k] = (double)(float)random_up_to(state, 40);
        box.high[k] = (double)(float)(box.low[k] + length);
    }
    for (size_t i = 0; i < made.count * 3; i++)
        for (int k = 0; k < 3; k++) {
            float *c = &made.corners[3 * i + (size_t)k];
            *c = (float)(*c < 0.5f ? box.low[k] : box.high[k]);
        }
    solid_append(soup, &made);
    solid_free(&made);
    return box;
}

static void sort(double *values, int count)
{
    for (int i = 1; i < count; i++)
        for (int k = i; k > 0 && values[k] < values[k - 1]; k--) {
            double moving = values[k];
            values[k] = values[k - 1];
            values[k - 1] = moving;
        }
}

/* Every box is a union of cells of the grid that all boxes span. */
static double union_volume(const random_box *boxes, int count)
{
    double grid[3][2 * BOXES_MAX], volume = 0;
    int last = 2 * count - 1;
    for (int k = 0; k < 3; k++) {
        for (int i = 0; i < count; i++) grid[k][2 * i] = boxes[i].low[k], grid[k][2 * i + 1] = boxes[i].high[k];
        sort(grid[k], 2 * count);
    }
    for (int cell = 0; cell < last * last * last; cell++) {
        const int at[3] = {cell % last, cell / last % last, cell / last / last};
        double size = 1;
        int inside = 0;
        for (int k = 0; k < 3; k++) size *= grid[k][at[k] + 1] - grid[k][at[k]];
        for (int i = 0; i < count && !inside; i++) {
            inside = 1;
            for (int k = 0; k < 3; k++)
                inside &= grid[k][at[k]] >= boxes[i].low[k] && grid[k][at[k] + 1] <= boxes[i].high[k];
        }
        if (inside) volume += size;
    }
    return volume;
}

static void random_boxes_hold_their_union(void **state)
{
    (void)state;
    uint64_t random = 20261121;
    for (int trial = 0; trial < 1500; trial++) {
        random_box boxes[BOXES_MAX];
        solid_soup soup = {0};
        int count = 2 + (int)(solid_random(&random) % (BOXES_MAX - 1));
        for (int i = 0; i < count; i++) boxes[i] = add_random_box(&soup, &random);
        run_result run = run_soup(&soup, NULL);
        char name[32];
        snprintf(name, sizeof name, "trial %d", trial);
        CHECK(run.status == LQ_OK, "%s: %s", name, run.error.message);
        check_holds(name, &run.facts, union_volume(boxes, count));
        run_free(&run);
        solid_free(&soup);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pins_through_a_plate),
        cmocka_unit_test(thin_walls_that_overlap),
        cmocka_unit_test(an_opening_beside_other_bodies),
        cmocka_unit_test(inside_out_with_a_cavity_and_a_speck),
        cmocka_unit_test(a_solid_inside_a_solid_adds_nothing),
        cmocka_unit_test(a_filled_hole_counts_for_the_centroid),
        cmocka_unit_test(a_degenerate_facet_far_away_changes_nothing),
        cmocka_unit_test(what_was_not_examined_has_no_bound),
        cmocka_unit_test(random_boxes_hold_their_union),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
