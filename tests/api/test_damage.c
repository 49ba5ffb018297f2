/* Broken meshes: what is counted, what is found, and that the measures are those of the part that would be made. */
#include "tests/support/check.h"

#include "corpus/truth.h"
#include "tests/support/run.h"

/* Does the report's volume, or its range, hold this truth? */
static int volume_holds(const lq_facts *facts, double truth, double tolerance)
{
    if (isfinite(facts->volume_low_mm3))
        return facts->volume_low_mm3 <= truth + tolerance && truth - tolerance <= facts->volume_high_mm3;
    return fabs(facts->volume_mm3 - truth) <= facts->volume_error_mm3 + tolerance;
}

static void check_counts(const char *name, const lq_facts *facts, const solid_counts *counts)
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

typedef struct damage_case {
    const char *name;
    solid_damage damage;
    const char *note; /* the diagnostic that must be there */
    size_t count;     /* and its count */
} damage_case;

static void every_defect_is_counted_and_mended(void **state)
{
    (void)state;
    static const damage_case cases[] = {
        {"one removed", {.removed = 1}, "boundary_loops", 1},
        {"nine removed", {.removed = 9}, "open_edges", 27},
        {"one flipped", {.flipped = 1}, "misoriented_triangles", 1},
        {"eight flipped", {.flipped = 8}, "misoriented_triangles", 8},
        {"one twice", {.duplicated = 1}, "duplicate_triangles", 1},
        {"five twice", {.duplicated = 5}, "duplicate_triangles", 5},
        {"one opposed", {.opposed = 1}, "opposite_triangle_pairs", 1},
        {"one moved a little", {.jittered = 1, .jitter = 1e-5f}, "open_edges", 4},
        {"one T-junction", {.split = 1}, "open_edges", 3},
        {"four degenerate", {.degenerate = 4}, "degenerate_triangles", 4},
        {"one of each",
         {.removed = 1,
          .flipped = 1,
          .duplicated = 1,
          .opposed = 1,
          .jittered = 1,
          .split = 1,
          .degenerate = 1,
          .jitter = 1e-5f},
         "boundary_loops",
         3},
    };
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        for (uint64_t seed = 1; seed <= 3; seed++) {
            const solid_damage *d = &cases[c].damage;
            const char *name = cases[c].name;
            solid_soup soup = solid_sphere(10, 12);
            double whole = (double)solid_measure(&soup).volume, area = (double)solid_measure(&soup).area;
            assert_true(solid_damage_apply(&soup, d, seed));
            if (seed == 3) solid_shuffle(&soup, seed);
            solid_counts counts = solid_count(&soup);
            run_result run = run_soup(&soup, NULL);
            CHECK(run.status == LQ_OK, "%s: %s", name, run.error.message);
            CHECK_TEXT(name, run_complaint(&run), "", "complaint");
            check_counts(name, &run.facts, &counts);
            /* The same from the recipe, without the oracle. */
            CHECK_INT(name, run.facts.open_edges, 3 * d->removed + 4 * d->jittered + 3 * d->split, "open edges");
            CHECK_INT(name, run.facts.boundary_loops, d->removed + d->jittered + d->split, "boundary loops");
            CHECK_INT(name, run.facts.non_manifold_edges, 3 * (d->duplicated + d->opposed), "non-manifold edges");
            CHECK_INT(name, run.facts.misoriented_triangles, d->flipped, "misoriented triangles");
            CHECK_INT(name, run.facts.duplicate_triangles, d->duplicated, "duplicate triangles");
            CHECK_INT(name, run.facts.degenerate_triangles, d->degenerate, "degenerate triangles");
            const run_note *note = run_find(&run, cases[c].note);
            CHECK(note != NULL, "%s: no diagnostic %s", name, cases[c].note);
            CHECK_INT(name, note->count, cases[c].count, cases[c].note);
            CHECK(volume_holds(&run.facts, whole, 1e-4), "%s: volume %.9g (bound %.3g, %.9g to %.9g), whole %.9g", name,
                  run.facts.volume_mm3, run.facts.volume_error_mm3, run.facts.volume_low_mm3, run.facts.volume_high_mm3,
                  whole);
            CHECK_NEAR(name, run.facts.area_mm2, area, 1e-2 * area, "area of the mended part");
            CHECK(run.facts.verdict == LQ_VERDICT_OK || run.facts.verdict == LQ_VERDICT_OK_REPAIRED,
                  "%s: the verdict is %s", name, lq_verdict_name(run.facts.verdict));
            run_free(&run);
            solid_free(&soup);
        }
    }
}

static void diagnostics_are_ordered(void **state)
{
    (void)state;
    solid_soup soup = solid_sphere(10, 12);
    assert_true(
        solid_damage_apply(&soup, &(solid_damage){.removed = 1, .flipped = 1, .duplicated = 1, .degenerate = 1}, 1));
    run_result run = run_soup(&soup, NULL);
    assert_int_equal(run.status, LQ_OK);
    assert_true(run.note_count >= 4);
    for (size_t i = 1; i < run.note_count; i++) {
        const run_note *a = &run.notes[i - 1], *b = &run.notes[i];
        CHECK(a->severity > b->severity || (a->severity == b->severity && strcmp(a->code, b->code) <= 0),
              "%s stands before %s", a->code, b->code);
    }
    run_free(&run);
    solid_free(&soup);
}

/* The example of the contract, to the letter. */
static void inside_out_is_turned(void **state)
{
    (void)state;
    solid_soup soup = solid_cube(20);
    solid_invert(&soup);
    run_result run = run_soup(&soup, NULL);
    const lq_facts *facts = &run.facts;
    assert_int_equal(run.status, LQ_OK);
    CHECK_NEAR("inside out", facts->volume_mm3, 8000, 1e-9, "volume");
    CHECK_NEAR("inside out", facts->volume_signed_mm3, -8000, 1e-9, "signed volume");
    CHECK_NEAR("inside out", facts->volume_positive_mm3, 0, 1e-9, "positive volume");
    CHECK_NEAR("inside out", facts->volume_nonzero_mm3, 8000, 1e-9, "nonzero volume");
    CHECK_NEAR("inside out", facts->volume_even_odd_mm3, 8000, 1e-9, "even-odd volume");
    CHECK_INT("inside out", facts->misoriented_triangles, 0, "misoriented triangles");
    CHECK_INT("inside out", facts->closed, 1, "closed");
    CHECK_INT("inside out", facts->oriented, 1, "oriented");
    CHECK_INT("inside out", facts->manifold, 1, "manifold");
    CHECK_INT("inside out", facts->cavities, 0, "cavities");
    CHECK_INT("inside out", facts->verdict, LQ_VERDICT_OK_REPAIRED, "verdict");
    const run_note *note = run_find(&run, "mesh_inside_out");
    CHECK(note != NULL && note->repaired, "inside out: no repair mesh_inside_out");
    run_free(&run);
    solid_free(&soup);
}

static void half_inside_out_is_the_smaller_side(void **state)
{
    (void)state;
    solid_soup soup = solid_cube(20); /* 8 of 12 turned: 4 must be turned back */
    solid_invert(&soup);
    solid_soup good = solid_cube(20);
    memcpy(soup.corners, good.corners, 4 * 9 * sizeof(float));
    run_result run = run_soup(&soup, NULL);
    assert_int_equal(run.status, LQ_OK);
    CHECK_INT("two faces", run.facts.misoriented_triangles, 4, "misoriented triangles");
    CHECK_INT("two faces", run.facts.closed, 1, "closed");
    CHECK_INT("two faces", run.facts.oriented, 0, "oriented");
    CHECK(volume_holds(&run.facts, 8000, 1e-6), "two faces: the volume is %.9g", run.facts.volume_mm3);
    run_free(&run);
    solid_free(&soup);
    solid_free(&good);
}

static void nested_and_hollow(void **state)
{
    (void)state;
    solid_soup hollow = solid_nested(20, 10);
    run_result run = run_soup(&hollow, NULL);
    assert_int_equal(run.status, LQ_OK);
    CHECK_NEAR("hollow", run.facts.volume_mm3, 7000, 1e-9, "volume");
    CHECK_INT("hollow", run.facts.shells, 2, "shells");
    CHECK_INT("hollow", run.facts.cavities, 1, "cavities");
    CHECK(run_find(&run, "cavity_shells") != NULL, "hollow: no cavity_shells");
    CHECK(run_find(&run, "shell_inverted") == NULL, "hollow: a cavity is not an inverted shell");
    run_free(&run);
    solid_free(&hollow);

    /* The same with the inner shell outward: solid under the positive rule, and said so. */
    solid_soup filled = solid_cube(20), inner = solid_cube(10);
    solid_translate(&inner, 5, 5, 5);
    solid_append(&filled, &inner);
    run = run_soup(&filled, NULL);
    assert_int_equal(run.status, LQ_OK);
    CHECK(volume_holds(&run.facts, 8000, 1e-6), "filled: the volume is %.9g", run.facts.volume_mm3);
    CHECK_NEAR("filled", run.facts.volume_signed_mm3, 9000, 1e-9, "signed volume");
    CHECK_NEAR("filled", run.facts.volume_positive_mm3, 8000, 8000 * 1e-3, "positive volume");
    CHECK_NEAR("filled", run.facts.volume_even_odd_mm3, 7000, 7000 * 1e-3, "even-odd volume");
    CHECK_INT("filled", run.facts.cavities, 0, "cavities");
    CHECK(run_find(&run, "nested_solid_shell") != NULL, "filled: no nested_solid_shell");
    run_free(&run);
    run = run_soup(&filled, &(run_options){.fill = LQ_FILL_EVEN_ODD});
    assert_int_equal(run.status, LQ_OK);
    CHECK(volume_holds(&run.facts, 7000, 1e-6), "filled, even-odd: the volume is %.9g", run.facts.volume_mm3);
    run_free(&run);
    solid_free(&filled);
    solid_free(&inner);
}

/* Two boxes with a cube of 15 in common: every rule has an exact answer. */
static void overlap_is_counted_once(void **state)
{
    (void)state;
    solid_soup soup = solid_cube(20), second = solid_cube(20);
    solid_translate(&second, 5, 5, 5);
    solid_append(&soup, &second);
    static const struct {
        lq_fill fill;
        double volume;
    } rules[] = {{LQ_FILL_POSITIVE, 12625}, {LQ_FILL_NONZERO, 12625}, {LQ_FILL_EVEN_ODD, 9250}};
    for (size_t i = 0; i < 3; i++) {
        run_result run = run_soup(&soup, &(run_options){.fill = rules[i].fill});
        assert_int_equal(run.status, LQ_OK);
        CHECK(volume_holds(&run.facts, rules[i].volume, 1e-6), "overlap, rule %zu: %.9g (bound %.3g, %.9g to %.9g)", i,
              run.facts.volume_mm3, run.facts.volume_error_mm3, run.facts.volume_low_mm3, run.facts.volume_high_mm3);
        CHECK_NEAR("overlap", run.facts.volume_mm3, rules[i].volume, 0.02 * rules[i].volume, "volume");
        CHECK_NEAR("overlap", run.facts.volume_signed_mm3, 16000, 1e-9, "signed volume");
        CHECK_INT("overlap", run.facts.shells, 2, "shells");
        CHECK_INT("overlap", run.facts.manifold, 1, "manifold");
        CHECK(run_find(&run, "overlapping_shells") != NULL, "overlap: no overlapping_shells");
        run_free(&run);
    }
    solid_free(&soup);
    solid_free(&second);
}

static void overlapping_spheres_follow_the_lens(void **state)
{
    (void)state;
    const double pi = 3.14159265358979323846, r = 10, d = 12;
    double lens = pi * (4 * r + d) * (2 * r - d) * (2 * r - d) / 12, whole = 8.0 / 3 * pi * r * r * r;
    solid_soup soup = solid_overlapping_spheres(r, d, 24);
    run_result run = run_soup(&soup, NULL);
    assert_int_equal(run.status, LQ_OK);
    CHECK_NEAR("spheres", run.facts.volume_signed_mm3, solid_measure(&soup).volume, 1e-6, "signed volume");
    CHECK(volume_holds(&run.facts, whole - lens, 4e-3 * whole), "spheres: %.9g, not %.9g", run.facts.volume_mm3,
          whole - lens);
    CHECK_INT("spheres", run.facts.closed, 1, "closed");
    run_free(&run);
    solid_free(&soup);
}

static void touching_cubes(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        solid_soup (*make)(double);
        int vertices, non_manifold_edges, shells;
    } cases[] = {{"edge", solid_touching_edge, 14, 1, 1},
                 {"vertex", solid_touching_vertex, 15, 0, 2},
                 {"face", solid_touching_face, 12, 5, 1}};
    for (size_t i = 0; i < 3; i++) {
        solid_soup soup = cases[i].make(10);
        solid_counts counts = solid_count(&soup);
        run_result run = run_soup(&soup, NULL);
        CHECK(run.status == LQ_OK, "touching in a %s: %s", cases[i].name, run.error.message);
        check_counts(cases[i].name, &run.facts, &counts);
        CHECK_INT(cases[i].name, run.facts.vertex_count, cases[i].vertices, "vertices");
        CHECK_INT(cases[i].name, run.facts.non_manifold_edges, cases[i].non_manifold_edges, "non-manifold edges");
        CHECK_INT(cases[i].name, run.facts.shells, cases[i].shells, "shells");
        CHECK_INT(cases[i].name, run.facts.closed, 1, "closed");
        CHECK_INT(cases[i].name, run.facts.oriented, 1, "oriented");
        CHECK_INT(cases[i].name, run.facts.manifold, 0, "manifold");
        CHECK_INT(cases[i].name, run.facts.misoriented_triangles, 0, "misoriented triangles");
        CHECK_NEAR(cases[i].name, run.facts.volume_mm3, 2000, 1e-6, "volume");
        CHECK(run.facts.verdict <= LQ_VERDICT_OK_REPAIRED, "%s: the verdict is %s", cases[i].name,
              lq_verdict_name(run.facts.verdict));
        run_free(&run);
        solid_free(&soup);
    }
}

static void a_copy_of_the_whole_is_one_part(void **state)
{
    (void)state;
    solid_soup soup = solid_cube(20), again = solid_cube(20);
    solid_append(&soup, &again);
    run_result run = run_soup(&soup, NULL);
    assert_int_equal(run.status, LQ_OK);
    CHECK_INT("twice", run.facts.triangle_count, 24, "triangles");
    CHECK_INT("twice", run.facts.duplicate_triangles, 12, "duplicate triangles");
    CHECK_INT("twice", run.facts.non_manifold_edges, 18, "non-manifold edges");
    CHECK_INT("twice", run.facts.closed, 1, "closed");
    CHECK_NEAR("twice", run.facts.volume_signed_mm3, 16000, 1e-9, "signed volume");
    CHECK(volume_holds(&run.facts, 8000, 1e-6), "twice: the volume is %.9g", run.facts.volume_mm3);
    run_free(&run);
    solid_free(&soup);
    solid_free(&again);
}

static void surfaces_are_rejected(void **state)
{
    (void)state;
    solid_soup triangle = {0};
    solid_add(&triangle, (double[3]){0, 0, 0}, (double[3]){10, 0, 0}, (double[3]){0, 10, 0});
    solid_soup soups[3] = {solid_sheet(10, 4), solid_moebius(10, 4, 24), triangle};
    static const char *const names[3] = {"sheet", "Moebius strip", "triangle"};
    for (int i = 0; i < 3; i++) {
        solid_counts counts = solid_count(&soups[i]);
        run_result run = run_soup(&soups[i], NULL);
        CHECK(run.status == LQ_OK, "%s: %s", names[i], run.error.message);
        CHECK_INT(names[i], run.facts.verdict, LQ_VERDICT_REJECT, "verdict");
        const run_note *surface = run_find(&run, "surface_not_solid"), *zero = run_find(&run, "volume_zero");
        CHECK(surface != NULL || zero != NULL, "%s: neither surface_not_solid nor volume_zero", names[i]);
        CHECK_INT(names[i], (surface != NULL ? surface : zero)->severity, LQ_SEVERITY_BLOCKER, "severity");
        check_counts(names[i], &run.facts, &counts);
        CHECK_INT(names[i], run.facts.boundary_loops, 1, "boundary loops");
        if (i == 1) CHECK(run_find(&run, "non_orientable") != NULL, "Moebius strip: no non_orientable");
        run_free(&run);
        solid_free(&soups[i]);
    }
}

static void only_degenerate_is_empty(void **state)
{
    (void)state;
    solid_soup soup = {0};
    for (int i = 0; i < 20; i++)
        solid_add(&soup, (double[3]){i, 0, 0}, (double[3]){i, 0, 0}, (double[3]){0, i + 1.0, 1});
    run_result run = run_soup(&soup, NULL);
    CHECK_INT("degenerate", run.status, LQ_ERR_INPUT, "status");
    CHECK_TEXT("degenerate", run.code, "mesh_empty", "code");
    CHECK_TEXT("degenerate", run_complaint(&run), "", "complaint");
    solid_free(&soup);

    /* Collinear, but of three different points: facets that stay, and no solid. */
    solid_add(&soup, (double[3]){0, 0, 0}, (double[3]){1, 1, 1}, (double[3]){2, 2, 2});
    run = run_soup(&soup, NULL);
    CHECK_INT("collinear", run.status, LQ_OK, "status");
    CHECK_INT("collinear", run.facts.degenerate_triangles, 0, "degenerate triangles");
    CHECK_INT("collinear", run.facts.verdict, LQ_VERDICT_REJECT, "verdict");
    CHECK(run_find(&run, "sliver_triangles") != NULL, "collinear: no sliver_triangles");
    run_free(&run);
    solid_free(&soup);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_defect_is_counted_and_mended),
        cmocka_unit_test(diagnostics_are_ordered),
        cmocka_unit_test(inside_out_is_turned),
        cmocka_unit_test(half_inside_out_is_the_smaller_side),
        cmocka_unit_test(nested_and_hollow),
        cmocka_unit_test(overlap_is_counted_once),
        cmocka_unit_test(overlapping_spheres_follow_the_lens),
        cmocka_unit_test(touching_cubes),
        cmocka_unit_test(a_copy_of_the_whole_is_one_part),
        cmocka_unit_test(surfaces_are_rejected),
        cmocka_unit_test(only_degenerate_is_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
