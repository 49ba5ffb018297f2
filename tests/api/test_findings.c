/* Findings that say something about whole shells, about precision, or about how much was proved. */
#include "tests/support/check.h"

#include "corpus/truth.h"
#include "tests/support/run.h"

static void check_note(const char *name, const run_result *run, const char *code, lq_severity severity, uint64_t count)
{
    const run_note *note = run_find(run, code);
    CHECK((note != NULL) == (count != 0), "%s: %s is %s", name, code, note ? "there" : "missing");
    if (!note) return;
    CHECK_INT(name, note->count, count, code);
    CHECK_INT(name, note->severity, severity, "severity");
}

/* A solid, and so many copies of it in the same place, or shifted by one along x. */
static solid_soup copies(solid_soup (*make)(double), double size, int count, double shift)
{
    solid_soup all = {0};
    for (int i = 0; i < count; i++) {
        solid_soup one = make(size);
        solid_translate(&one, i * shift, 0, 0);
        solid_append(&all, &one);
        solid_free(&one);
    }
    return all;
}

static void whole_shells_that_are_there_twice(void **state)
{
    (void)state;
    for (int count = 1; count <= 4; count++) {
        solid_soup soup = copies(solid_cube, 10, count, 0);
        solid_soup apart = solid_tetrahedron(5);
        solid_translate(&apart, 50, 0, 0);
        solid_append(&soup, &apart);
        for (uint64_t seed = 0; seed < 3; seed++) {
            if (seed) solid_shuffle(&soup, seed);
            run_result run = run_soup(&soup, NULL);
            assert_int_equal(run.status, LQ_OK);
            check_note("copies", &run, "duplicate_shell", LQ_SEVERITY_WARN, (uint64_t)count - 1);
            CHECK_NEAR("copies", run.facts.volume_mm3, 1000 + 125.0 / 6, 1e-9, "volume");
            run_free(&run);
        }
        solid_free(&apart);
        solid_free(&soup);
    }
    solid_soup part = solid_cube(10), one = solid_cube(10); /* all but one of its facets: no whole shell */
    one.count--;
    solid_append(&part, &one);
    run_result run = run_soup(&part, NULL);
    check_note("all but one", &run, "duplicate_shell", LQ_SEVERITY_WARN, 0);
    check_note("all but one", &run, "duplicate_triangles", LQ_SEVERITY_WARN, 11);
    run_free(&run);
    solid_free(&part);
    solid_free(&one);
}

static void specks_are_told_and_small_parts_are_not(void **state)
{
    (void)state;
    static const struct {
        double edge;
        uint64_t specks;
    } cases[] = {{0.1, 1}, {0.9, 1}, {2, 0}, {20, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        solid_soup soup = solid_cube(100), speck = solid_cube(cases[i].edge);
        solid_translate(&speck, 120, 3, 3);
        solid_append(&soup, &speck);
        run_result run = run_soup(&soup, NULL);
        assert_int_equal(run.status, LQ_OK);
        check_note("speck", &run, "floating_noise_shells", LQ_SEVERITY_INFO, cases[i].specks);
        CHECK_INT("speck", run.facts.verdict, LQ_VERDICT_OK, "verdict");
        run_free(&run);
        solid_free(&soup);
        solid_free(&speck);
    }
}

static void far_from_the_origin_floats_are_coarse(void **state)
{
    (void)state;
    static const struct {
        double offset;
        int told;
    } cases[] = {{0, 0}, {1000, 0}, {10000, 0}, {20000, 1}, {300000, 1}}; /* steps of 2 um from 16,384 on */
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        solid_soup soup = solid_cube(16);
        solid_translate(&soup, 0, cases[i].offset, 0);
        run_result run = run_soup(&soup, NULL);
        assert_int_equal(run.status, LQ_OK);
        check_note("far", &run, "precision_low_for_offset", LQ_SEVERITY_WARN, (uint64_t)cases[i].told);
        run_free(&run);
        solid_free(&soup);
    }
}

static void rules_that_disagree(void **state)
{
    (void)state;
    solid_soup nested = solid_nested(20, 8), overlapping = copies(solid_cube, 10, 2, 5);
    run_result run = run_soup(&nested, NULL);
    check_note("cavity", &run, "fill_rule_ambiguous", LQ_SEVERITY_WARN, 0);
    check_note("cavity", &run, "cavity_shells", LQ_SEVERITY_INFO, 1);
    run_free(&run);
    run = run_soup(&overlapping, NULL); /* nearly all of them mean the union */
    check_note("overlap", &run, "fill_rule_ambiguous", LQ_SEVERITY_INFO, 1);
    check_note("overlap", &run, "overlapping_shells", LQ_SEVERITY_INFO, 1);
    run_free(&run);
    solid_soup filled = solid_cube(20), inner = solid_cube(8);
    solid_translate(&inner, 6, 6, 6);
    solid_append(&filled, &inner);
    run = run_soup(&filled, NULL);
    check_note("wrong cavity", &run, "fill_rule_ambiguous", LQ_SEVERITY_WARN, 1);
    check_note("wrong cavity", &run, "nested_solid_shell", LQ_SEVERITY_WARN, 1);
    run_free(&run);
    solid_free(&filled);
    solid_free(&inner);
    solid_free(&nested);
    solid_free(&overlapping);
}

static void points_in_which_bodies_touch(void **state)
{
    (void)state;
    solid_soup soup = {0};
    for (int i = 0; i < 4; i++) { /* a row of cubes, corner to corner */
        solid_soup cube = solid_cube(10);
        solid_translate(&cube, 10 * i, 10 * i, 10 * i);
        solid_append(&soup, &cube);
        solid_free(&cube);
    }
    run_result run = run_soup(&soup, NULL);
    assert_int_equal(run.status, LQ_OK);
    check_note("row", &run, "non_manifold_vertices", LQ_SEVERITY_INFO, 3);
    CHECK_INT("row", run.facts.manifold, 0, "manifold");
    CHECK_INT("row", run.facts.shells, 4, "shells");
    run_free(&run);
    solid_free(&soup);
}

static const lq_selection proof = {.struct_size = sizeof proof, .topology = LQ_TOPOLOGY_CERTIFICATE};
static const run_options proof_alone = {.selection = &proof, .topology = LQ_TOPOLOGY_CERTIFICATE};

static void the_certificate_says_what_it_proved(void **state)
{
    (void)state;
    solid_soup soup = solid_sphere(10, 9);
    run_result run = run_soup(&soup, &proof_alone);
    assert_int_equal(run.status, LQ_OK);
    check_note("ball", &run, "closed_certified", LQ_SEVERITY_INFO, 1);
    CHECK_INT("ball", run.facts.verdict, LQ_VERDICT_OK, "verdict");
    run_free(&run);
    soup.count--;
    run = run_soup(&soup, &proof_alone);
    check_note("open ball", &run, "closed_certified", LQ_SEVERITY_INFO, 0);
    run_free(&run);
    solid_free(&soup);
}

/* Without a mesh, from the records alone: little damage is found, closed and proved closed. */
static void a_certificate_of_damage_closes_it(void **state)
{
    (void)state;
    static const struct {
        solid_damage damage;
        size_t edges, loops; /* unbalanced edges, each as often as it is walked too much */
    } cases[] = {{{.removed = 1}, 3, 1},
                 {{.removed = 12}, 36, 12},
                 {{.flipped = 3}, 18, 6},
                 {{.duplicated = 2}, 6, 2},
                 {{.split = 4}, 12, 4},
                 {{.jittered = 2, .jitter = 1e-5f}, 8, 2},
                 {{.removed = 2, .flipped = 1, .duplicated = 1, .split = 1, .degenerate = 3}, 18, 6}};
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++)
        for (uint64_t seed = 1; seed <= 3; seed++) {
            solid_soup soup = solid_sphere(10, 14);
            double whole = (double)solid_measure(&soup).volume;
            assert_true(solid_damage_apply(&soup, &cases[c].damage, seed));
            if (seed == 2) solid_shuffle(&soup, seed);
            if (seed == 3) solid_invert(&soup);
            run_result run = run_soup(&soup, &proof_alone);
            assert_int_equal(run.status, LQ_OK);
            check_note("damage", &run, "open_edges", LQ_SEVERITY_WARN, cases[c].edges);
            check_note("damage", &run, "boundary_loops", LQ_SEVERITY_WARN, cases[c].loops);
            CHECK_NEAR("damage", run.facts.volume_mm3, whole, 1e-7 * whole, "volume");
            CHECK_INT("damage", run.facts.verdict, LQ_VERDICT_OK_REPAIRED, "verdict");
            run_free(&run);
            solid_free(&soup);
        }
    solid_soup rags = solid_sphere(10, 30); /* more than can be listed, and half a ball */
    rags.count = rags.count / 2;
    solid_shuffle(&rags, 4);
    rags.count -= 1000;
    run_result run = run_soup(&rags, &proof_alone);
    check_note("rags", &run, "open_edges", LQ_SEVERITY_WARN, 1);
    CHECK_INT("rags", run.facts.verdict, LQ_VERDICT_REVIEW, "verdict");
    run_free(&run);
    solid_free(&rags);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_shells_that_are_there_twice),
        cmocka_unit_test(specks_are_told_and_small_parts_are_not),
        cmocka_unit_test(far_from_the_origin_floats_are_coarse),
        cmocka_unit_test(rules_that_disagree),
        cmocka_unit_test(points_in_which_bodies_touch),
        cmocka_unit_test(the_certificate_says_what_it_proved),
        cmocka_unit_test(a_certificate_of_damage_closes_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
