/* Measures of solids whose truth is known: by formula, or by long double sums over the same triangles. */
#include "tests/support/check.h"

#include "corpus/parts.h"
#include "corpus/truth.h"
#include "tests/support/run.h"

typedef struct shape {
    const char *name;
    solid_soup (*make)(void);
    int shells, cavities;
} shape;

static solid_soup make_cube(void) { return solid_cube(20); }
static solid_soup make_box(void) { return solid_box(3, 50, 0.8); }
static solid_soup make_tetrahedron(void) { return solid_tetrahedron(7); }
static solid_soup make_sphere(void) { return solid_sphere(10, 12); }
static solid_soup make_torus(void) { return solid_torus(10, 3, 48, 24); }
static solid_soup make_cylinder(void) { return solid_cylinder(5, 12, 60); }
static solid_soup make_block(void) { return solid_box_with_hole(30, 10, 5); }
static solid_soup make_nested(void) { return solid_nested(20, 10); }
static solid_soup make_apart(void) { return solid_apart_cubes(10, 1); }
static solid_soup make_bracket(void) { return part_bracket(); }
static solid_soup make_knob(void) { return part_knob(); }

static const shape shapes[] = {
    {"cube", make_cube, 1, 0},
    {"box", make_box, 1, 0},
    {"tetrahedron", make_tetrahedron, 1, 0},
    {"sphere", make_sphere, 1, 0},
    {"torus", make_torus, 1, 0},
    {"cylinder", make_cylinder, 1, 0},
    {"block", make_block, 1, 0},
    {"nested cubes", make_nested, 2, 1},
    {"two cubes", make_apart, 2, 0},
    {"bracket", make_bracket, 1, 0},
    {"knob", make_knob, 1, 0},
};
#define SHAPE_COUNT (sizeof shapes / sizeof shapes[0])

static void check_box(const char *name, const lq_facts *facts, const solid_truth *truth)
{
    for (int k = 0; k < 3; k++) {
        CHECK(facts->box_min_mm[k] == (double)truth->box_min[k], "%s: box minimum %d is %.17g, not %.9g", name, k,
              facts->box_min_mm[k], (double)truth->box_min[k]);
        CHECK(facts->box_max_mm[k] == (double)truth->box_max[k], "%s: box maximum %d is %.17g, not %.9g", name, k,
              facts->box_max_mm[k], (double)truth->box_max[k]);
    }
}

static void check_measures(const char *name, const lq_facts *facts, const solid_truth *truth)
{
    double volume = (double)truth->volume, diagonal = 0, reach = 0;
    for (int k = 0; k < 3; k++) {
        double size = (double)truth->box_max[k] - (double)truth->box_min[k];
        diagonal += size * size;
        reach = fmax(reach, fmax(fabs((double)truth->box_min[k]), fabs((double)truth->box_max[k])));
    }
    diagonal = sqrt(diagonal);
    check_box(name, facts, truth);
    CHECK_NEAR(name, facts->volume_mm3, volume, 1e-9 * volume, "volume");
    CHECK_NEAR(name, facts->volume_signed_mm3, volume, 1e-9 * volume, "signed volume");
    CHECK(isfinite(facts->volume_error_mm3) && facts->volume_error_mm3 >= 0, "%s: no volume bound", name);
    CHECK(fabs((double)(facts->volume_mm3 - truth->volume)) <= facts->volume_error_mm3,
          "%s: the volume is off by %.3g, the bound is %.3g", name, (double)(facts->volume_mm3 - truth->volume),
          facts->volume_error_mm3);
    CHECK(facts->volume_error_mm3 <= 1e-2 * volume, "%s: the bound %.3g of %.6g says nothing", name,
          facts->volume_error_mm3, volume);
    CHECK_NEAR(name, facts->area_mm2, truth->area, 1e-9 * (double)truth->area, "area");
    double turning = 0;
    for (int q = 0; q < 3; q++) turning = fmax(turning, fabs((double)truth->inertia[q]));
    for (int k = 0; k < 3; k++)
        CHECK_NEAR(name, facts->centroid_mm[k], truth->centroid[k], 1e-9 * diagonal + 1e-14 * reach, "centroid");
    for (int q = 0; q < 6; q++) CHECK_NEAR(name, facts->inertia_mm5[q], truth->inertia[q], 1e-8 * turning, "inertia");
}

static void check_topology(const char *name, const lq_facts *facts, const solid_counts *counts)
{
    CHECK_INT(name, facts->triangle_count, counts->triangles, "triangle count");
    CHECK_INT(name, facts->vertex_count, counts->vertices, "vertex count");
    CHECK_INT(name, facts->closed, counts->closed, "closed");
    CHECK_INT(name, facts->oriented, counts->oriented, "oriented");
    CHECK_INT(name, facts->manifold, counts->manifold, "manifold");
    CHECK_INT(name, facts->certificate_closed, counts->closed, "certificate closed");
    CHECK_INT(name, facts->certificate_oriented, counts->oriented, "certificate oriented");
    CHECK_INT(name, facts->open_edges, counts->open_edges, "open edges");
    CHECK_INT(name, facts->boundary_loops, counts->boundary_loops, "boundary loops");
    CHECK_INT(name, facts->non_manifold_edges, counts->non_manifold_edges, "non-manifold edges");
    CHECK_INT(name, facts->degenerate_triangles, counts->degenerate, "degenerate triangles");
    CHECK_INT(name, facts->duplicate_triangles, counts->duplicate, "duplicate triangles");
    CHECK_INT(name, facts->shells, counts->shells, "shells");
}

/* Three sizes, three places, three orders. Places move with the size, so that floats still hold the shape. */
static void shapes_are_measured(void **state)
{
    (void)state;
    static const double scales[] = {1e-3, 1, 1e3};
    static const double places[][3] = {{0, 0, 0}, {-210, 150, 33}, {5000, 5000, -5000}};
    for (size_t s = 0; s < SHAPE_COUNT; s++) {
        for (size_t c = 0; c < 27; c++) {
            char name[96];
            double scale = scales[c % 3];
            const double *place = places[c / 3 % 3];
            solid_soup soup = shapes[s].make();
            solid_scale(&soup, scale);
            solid_translate(&soup, place[0] * scale, place[1] * scale, place[2] * scale);
            if (c >= 9) solid_shuffle(&soup, c);
            snprintf(name, sizeof name, "%s, scale %g, place %zu, order %zu", shapes[s].name, scale, c / 3 % 3, c / 9);
            solid_truth truth = solid_measure(&soup);
            solid_counts counts = solid_count(&soup);
            run_result run = run_soup(&soup, NULL);
            CHECK(run.status == LQ_OK, "%s: %s", name, run.error.message);
            CHECK_TEXT(name, run_complaint(&run), "", "complaint");
            check_measures(name, &run.facts, &truth);
            check_topology(name, &run.facts, &counts);
            CHECK_INT(name, run.facts.shells, shapes[s].shells, "shells");
            CHECK_INT(name, run.facts.cavities, shapes[s].cavities, "cavities");
            CHECK_INT(name, run.facts.misoriented_triangles, 0, "misoriented triangles");
            CHECK_INT(name, run.facts.item_count, 1, "items");
            run_free(&run);
            solid_free(&soup);
        }
    }
}

static void rotation_changes_nothing_but_the_box(void **state)
{
    (void)state;
    static const double axis[3] = {1, 2, -0.5};
    for (size_t s = 0; s < SHAPE_COUNT; s++) {
        solid_soup soup = shapes[s].make();
        double before = (double)solid_measure(&soup).volume;
        solid_rotate(&soup, axis, 37);
        solid_truth truth = solid_measure(&soup);
        run_result run = run_soup(&soup, NULL);
        CHECK(run.status == LQ_OK, "%s: %s", shapes[s].name, run.error.message);
        check_measures(shapes[s].name, &run.facts, &truth);
        CHECK_NEAR(shapes[s].name, run.facts.volume_mm3, before, 1e-5 * before, "volume after turning");
        CHECK_INT(shapes[s].name, run.facts.closed, 1, "closed");
        run_free(&run);
        solid_free(&soup);
    }
}

static void the_cube_is_exact(void **state)
{
    (void)state;
    solid_soup soup = solid_cube(20);
    run_result run = run_soup(&soup, NULL);
    const lq_facts *facts = &run.facts;
    assert_int_equal(run.status, LQ_OK);
    assert_true(facts->volume_mm3 == 8000);
    assert_true(facts->area_mm2 == 2400);
    assert_true(facts->volume_positive_mm3 == 8000 && facts->volume_nonzero_mm3 == 8000);
    assert_true(facts->volume_even_odd_mm3 == 8000 && facts->volume_signed_mm3 == 8000);
    for (int k = 0; k < 3; k++) CHECK_NEAR("cube", facts->centroid_mm[k], 10, 1e-12, "centroid");
    for (int q = 0; q < 3; q++) CHECK_NEAR("cube", facts->inertia_mm5[q], 8000 * 800 / 12.0, 1e-6, "inertia");
    for (int q = 3; q < 6; q++) CHECK_NEAR("cube", facts->inertia_mm5[q], 0, 1e-6, "product of inertia");
    assert_int_equal(facts->verdict, LQ_VERDICT_OK);
    assert_int_equal(facts->unit, LQ_UNIT_MM);
    assert_true(isnan(facts->volume_low_mm3) && isnan(facts->volume_high_mm3));
    run_free(&run);
    solid_free(&soup);
}

/* Formulas, not sums: polyhedra inscribed in the round body converge to it from inside. */
static void round_bodies_follow_their_formula(void **state)
{
    (void)state;
    const double pi = 3.14159265358979323846;
    solid_soup soups[3] = {solid_sphere(10, 40), solid_torus(10, 3, 200, 100), solid_cylinder(5, 12, 400)};
    const double volumes[3] = {4.0 / 3 * pi * 1000, 2 * pi * pi * 10 * 9, pi * 25 * 12};
    const double areas[3] = {4 * pi * 100, 4 * pi * pi * 10 * 3, 2 * pi * 25 + 2 * pi * 5 * 12};
    static const char *const names[3] = {"sphere", "torus", "cylinder"};
    for (int i = 0; i < 3; i++) {
        run_result run = run_soup(&soups[i], NULL);
        CHECK(run.status == LQ_OK, "%s: %s", names[i], run.error.message);
        CHECK(run.facts.volume_mm3 < volumes[i], "%s: an inscribed body has less volume", names[i]);
        CHECK_NEAR(names[i], run.facts.volume_mm3, volumes[i], 2e-3 * volumes[i], "volume");
        CHECK_NEAR(names[i], run.facts.area_mm2, areas[i], 2e-3 * areas[i], "area");
        run_free(&run);
        solid_free(&soups[i]);
    }
}

static void units_and_scale_are_applied(void **state)
{
    (void)state;
    static const struct {
        lq_unit unit;
        double millimetres;
    } units[] = {{LQ_UNIT_MM, 1},      {LQ_UNIT_CM, 10},       {LQ_UNIT_M, 1000},
                 {LQ_UNIT_INCH, 25.4}, {LQ_UNIT_MICRON, 1e-3}, {LQ_UNIT_FOOT, 304.8}};
    solid_soup soup = solid_box(2, 3, 5);
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        for (int doubled = 0; doubled < 2; doubled++) {
            lq_selection selection = {.struct_size = sizeof selection, .unit = units[i].unit, .scale = doubled ? 2 : 0};
            run_result run = run_soup(&soup, &(run_options){.selection = &selection});
            double factor = units[i].millimetres * (doubled ? 2 : 1), cubed = factor * factor * factor;
            CHECK(run.status == LQ_OK, "unit %zu: %s", i, run.error.message);
            CHECK_NEAR("unit", run.facts.volume_mm3, 30 * cubed, 1e-12 * 30 * cubed, "volume");
            CHECK_NEAR("unit", run.facts.area_mm2, 62 * factor * factor, 1e-12 * 62 * factor * factor, "area");
            CHECK_NEAR("unit", run.facts.box_max_mm[2], 5 * factor, 1e-14 * 5 * factor, "height");
            CHECK_INT("unit", run.facts.unit, units[i].unit, "unit");
            CHECK_INT("unit", run.facts.closed, 1, "closed");
            run_free(&run);
        }
    }
    solid_free(&soup);
}

static void bad_scales_are_refused(void **state)
{
    (void)state;
    const double scales[] = {-1, NAN, INFINITY, -INFINITY};
    solid_soup soup = solid_cube(2);
    for (size_t i = 0; i < sizeof scales / sizeof scales[0]; i++) {
        lq_selection selection = {.struct_size = sizeof selection, .scale = scales[i]};
        run_result run = run_soup(&soup, &(run_options){.selection = &selection});
        CHECK_INT("scale", run.status, LQ_ERR_ARGUMENT, "status");
        CHECK_TEXT("scale", run.code, "argument", "code");
        CHECK_INT("scale", run.stage, RUN_READ, "stage");
        CHECK_TEXT("scale", run_complaint(&run), "", "complaint");
    }
    lq_selection selection = {.struct_size = sizeof selection, .unit = (lq_unit)99};
    run_result run = run_soup(&soup, &(run_options){.selection = &selection});
    CHECK_INT("unit 99", run.status, LQ_ERR_ARGUMENT, "status");
    solid_free(&soup);
}

static void the_certificate_alone_counts_nothing(void **state)
{
    (void)state;
    solid_soup soups[2] = {solid_sphere(10, 8), solid_sphere(10, 8)};
    solid_damage_apply(&soups[1], &(solid_damage){.removed = 1}, 1);
    for (int open = 0; open < 2; open++) {
        run_result run = run_soup(&soups[open], &(run_options){.topology = LQ_TOPOLOGY_CERTIFICATE});
        CHECK(run.status == LQ_OK, "certificate: %s", run.error.message);
        CHECK_INT("certificate", run.facts.certificate_closed, !open, "closed");
        CHECK_INT("certificate", run.facts.certificate_oriented, !open, "oriented");
        CHECK_INT("certificate", run.facts.open_edges, -1, "open edges");
        CHECK_INT("certificate", run.facts.boundary_loops, -1, "boundary loops");
        CHECK_INT("certificate", run.facts.non_manifold_edges, -1, "non-manifold edges");
        CHECK_INT("certificate", run.facts.misoriented_triangles, -1, "misoriented triangles");
        CHECK_INT("certificate", run.facts.duplicate_triangles, -1, "duplicate triangles");
        CHECK_INT("certificate", run.facts.shells, -1, "shells");
        CHECK_INT("certificate", run.facts.cavities, -1, "cavities");
        if (!open) {
            solid_truth truth = solid_measure(&soups[0]);
            double volume = (double)truth.volume;
            check_box("certificate", &run.facts, &truth);
            CHECK_NEAR("certificate", run.facts.volume_mm3, volume, 1e-9 * volume, "volume");
            CHECK_NEAR("certificate", run.facts.area_mm2, truth.area, 1e-9 * (double)truth.area, "area");
            /* Overlaps were not looked for, so no bound is claimed. */
            CHECK(isnan(run.facts.volume_error_mm3), "certificate: a bound of %.3g", run.facts.volume_error_mm3);
        }
        run_free(&run);
        solid_free(&soups[open]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shapes_are_measured),
        cmocka_unit_test(rotation_changes_nothing_but_the_box),
        cmocka_unit_test(the_cube_is_exact),
        cmocka_unit_test(round_bodies_follow_their_formula),
        cmocka_unit_test(units_and_scale_are_applied),
        cmocka_unit_test(bad_scales_are_refused),
        cmocka_unit_test(the_certificate_alone_counts_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
