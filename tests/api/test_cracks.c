/* Cracked meshes end to end: counts of the file as it stands, measures of the part that would be made. */
#include "tests/support/check.h"

#include "corpus/truth.h"
#include "tests/support/run.h"

static void jitter_all(solid_soup *soup, double most, uint64_t seed)
{
    for (size_t i = 0; i < soup->count * 9; i++) {
        double share = (double)(solid_random(&seed) >> 11) / 9007199254740992.0;
        soup->corners[i] = (float)((double)soup->corners[i] + most * (2 * share - 1));
    }
}

static void check_closed(const char *name, const run_result *run, const solid_counts *before, double volume,
                         double area)
{
    CHECK(run->status == LQ_OK, "%s: %s", name, run->error.message);
    CHECK_TEXT(name, run_complaint(run), "", "complaint");
    const lq_facts *facts = &run->facts;
    CHECK_INT(name, facts->vertex_count, before->vertices, "vertices");
    CHECK_INT(name, facts->closed, before->closed, "closed");
    CHECK_INT(name, facts->open_edges, before->open_edges, "open edges");
    CHECK_INT(name, facts->boundary_loops, before->boundary_loops, "boundary loops");
    CHECK_INT(name, facts->shells, before->shells, "shells");
    CHECK(isfinite(facts->volume_error_mm3) && !isfinite(facts->volume_low_mm3), "%s: the volume is a range", name);
    CHECK_NEAR(name, facts->volume_mm3, volume, facts->volume_error_mm3, "volume");
    CHECK_NEAR(name, facts->area_mm2, area, 1e-3 * area, "area");
    CHECK_INT(name, facts->verdict, LQ_VERDICT_OK_REPAIRED, "verdict");
    CHECK(run_find(run, "multiple_parts") == NULL, "%s: several bodies", name);
    CHECK(isfinite(facts->centroid_mm[0]) && isfinite(facts->inertia_mm5[0]), "%s: no centroid or inertia", name);
}

/* All corners of all facets, or one corner of a few. */
static void jittered_parts_are_measured_as_made(void **state)
{
    (void)state;
    static const double jitters[] = {1e-6, 1e-5, 1e-4};
    for (int round = 0; round < 12; round++) {
        char name[64];
        solid_soup whole = round & 1 ? solid_torus(20, 6, 60, 30) : solid_sphere(10, 10);
        if (round & 2) solid_translate(&whole, 30, -45, 12);
        solid_truth truth = solid_measure(&whole);
        solid_soup soup = solid_copy(&whole);
        double jitter = jitters[round / 4];
        jitter_all(&soup, jitter, (uint64_t)round + 1);
        if (round & 4) solid_shuffle(&soup, 7);
        solid_counts counts = solid_count(&soup);
        snprintf(name, sizeof name, "round %d, jitter %g", round, jitter);
        run_result run = run_soup(&soup, NULL);
        check_closed(name, &run, &counts, (double)truth.volume, (double)truth.area);
        CHECK_NEAR(name, run.facts.volume_error_mm3, 0, 4 * jitter * (double)truth.area + 0.05, "bound");
        const run_note *note = run_find(&run, "cracks_within_tolerance");
        CHECK(note != NULL && note->repaired && note->severity == LQ_SEVERITY_INFO, "%s: cracks are not told", name);
        CHECK_INT(name, note->count, counts.uneven_edges, "edges that are closed");
        run_free(&run);
        solid_free(&soup);
        solid_free(&whole);
    }
}

static void t_junctions_close_without_width(void **state)
{
    (void)state;
    for (size_t count = 1; count <= 9; count += 4) {
        solid_soup soup = solid_cube(20);
        if (count > 1) soup = (solid_free(&soup), solid_sphere(10, 12));
        solid_truth truth = solid_measure(&soup);
        assert_true(solid_damage_apply(&soup, &(solid_damage){.split = count}, count));
        solid_counts counts = solid_count(&soup);
        run_result run = run_soup(&soup, NULL);
        check_closed("split", &run, &counts, (double)truth.volume, (double)truth.area);
        CHECK_NEAR("split", run.facts.volume_error_mm3, 0, 1e-2, "bound");
        const run_note *note = run_find(&run, "t_junctions");
        CHECK(note != NULL && note->repaired && note->severity == LQ_SEVERITY_INFO, "T-junctions are not told");
        CHECK_INT("split", note->count, count, "T-junctions");
        CHECK(run_find(&run, "cracks_within_tolerance") == NULL, "split: no corner is near another");
        run_free(&run);
        solid_free(&soup);
    }
}

static void add_grid(solid_soup *soup, const double at[3], const double u[3], const double v[3], unsigned cells)
{
    for (unsigned i = 0; i < cells; i++)
        for (unsigned k = 0; k < cells; k++) {
            double p[4][3];
            for (unsigned c = 0; c < 4; c++) {
                double s = (double)(i + (c == 1 || c == 2)) / cells, t = (double)(k + (c >= 2)) / cells;
                for (int x = 0; x < 3; x++) p[c][x] = at[x] + u[x] * s + v[x] * t;
            }
            solid_add_quad(soup, p[0], p[1], p[2], p[3]);
        }
}

static unsigned common_divisor(unsigned a, unsigned b) { return b ? common_divisor(b, a % b) : a; }

/* A cube each face of which is cut into squares by itself: along each of its edges either side has corners on the edges
 * of the other, n + m - 2 gcd(n, m) of them. As modellers leave them. */
static void faces_that_are_cut_differently_make_one_body(void **state)
{
    (void)state;
    static const double o[3] = {0, 0, 0}, x[3] = {20, 0, 0}, y[3] = {0, 20, 0}, z[3] = {0, 0, 20};
    static const unsigned cells[][6] = {
        {1, 4, 1, 1, 1, 1}, {1, 2, 3, 4, 5, 7}, {3, 4, 6, 2, 5, 8}, {1, 40, 1, 40, 1, 40}};
    /* Faces: bottom, top, front, back, left, right. */
    static const int edge[12][2] = {{0, 2}, {0, 3}, {0, 4}, {0, 5}, {1, 2}, {1, 3},
                                    {1, 4}, {1, 5}, {2, 4}, {2, 5}, {3, 4}, {3, 5}};
    for (int round = 0; round < 16; round++) {
        const unsigned *n = cells[round % 4];
        solid_soup soup = {0};
        add_grid(&soup, o, y, x, n[0]);
        add_grid(&soup, z, x, y, n[1]);
        add_grid(&soup, o, x, z, n[2]);
        add_grid(&soup, y, z, x, n[3]);
        add_grid(&soup, o, z, y, n[4]);
        add_grid(&soup, x, y, z, n[5]);
        size_t expected = 0;
        for (int e = 0; e < 12; e++) {
            unsigned a = n[edge[e][0]], b = n[edge[e][1]];
            expected += a + b - 2 * common_divisor(a, b);
        }
        if (round & 4) solid_rotate(&soup, (double[3]){1, 2, 3}, 37);
        if (round & 8) solid_translate(&soup, 150, -90, 40), solid_shuffle(&soup, 5);
        solid_counts counts = solid_count(&soup);
        run_result run = run_soup(&soup, NULL);
        char name[64];
        snprintf(name, sizeof name, "cut cube, round %d", round);
        check_closed(name, &run, &counts, 8000, 2400);
        CHECK_NEAR(name, run.facts.area_mm2, 2400, 0.05, "area");
        const run_note *note = run_find(&run, "t_junctions");
        CHECK(note != NULL, "%s: T-junctions are not told", name);
        CHECK_INT(name, note->count, expected, "T-junctions");
        CHECK(run_find(&run, "overlapping_shells") == NULL && run_find(&run, "nested_solid_shell") == NULL,
              "%s: its faces are taken for bodies", name);
        run_free(&run);
        solid_free(&soup);
    }
}

/* A missing facet is no crack, and stays an opening that is capped. */
static void holes_are_not_cracks(void **state)
{
    (void)state;
    solid_soup soup = solid_sphere(10, 12);
    solid_truth truth = solid_measure(&soup);
    assert_true(solid_damage_apply(&soup, &(solid_damage){.removed = 5}, 3));
    run_result run = run_soup(&soup, NULL);
    assert_int_equal(run.status, LQ_OK);
    CHECK(run_find(&run, "cracks_within_tolerance") == NULL && run_find(&run, "t_junctions") == NULL,
          "holes are taken for cracks");
    CHECK(isfinite(run.facts.volume_low_mm3), "the volume of an opened part is no range");
    CHECK_NEAR("holes", run.facts.volume_mm3, truth.volume, 1e-4, "volume");
    run_free(&run);

    /* Both at once: the cracks are closed, the holes capped, and the range holds the truth. */
    jitter_all(&soup, 1e-5, 5);
    run = run_soup(&soup, NULL);
    assert_int_equal(run.status, LQ_OK);
    CHECK(run_find(&run, "cracks_within_tolerance") != NULL, "cracks beside holes are not closed");
    CHECK(run.facts.volume_low_mm3 <= (double)truth.volume && (double)truth.volume <= run.facts.volume_high_mm3,
          "%g to %g does not hold %g", run.facts.volume_low_mm3, run.facts.volume_high_mm3, (double)truth.volume);
    CHECK_INT("both", run.facts.verdict, LQ_VERDICT_OK_REPAIRED, "verdict");
    run_free(&run);
    solid_free(&soup);
}

/* The same report, but for the order of sums, from any order of the facets; to the bit from any number of threads. */
static void order_and_threads_do_not_matter(void **state)
{
    (void)state;
    solid_soup soup = solid_torus(20, 6, 60, 30);
    assert_true(solid_damage_apply(&soup, &(solid_damage){.removed = 2, .split = 3, .flipped = 2}, 3));
    jitter_all(&soup, 2e-5, 9);
    run_result first = run_soup(&soup, &(run_options){.threads = 1});
    assert_int_equal(first.status, LQ_OK);
    assert_non_null(run_find(&first, "cracks_within_tolerance"));
    const run_note *turned = run_find(&first, "misoriented_triangles");
    CHECK(turned && turned->count == 2, "facets turned the wrong way are not told");
    static const uint8_t key[16] = {1, 2, 3};
    run_result again = run_soup(&soup, &(run_options){.threads = 7, .hash_key = key});
    assert_int_equal(again.status, LQ_OK);
    CHECK_TEXT("threads", again.json, first.json, "report");
    run_free(&again);
    for (uint64_t seed = 1; seed < 6; seed++) {
        solid_shuffle(&soup, seed);
        again = run_soup(&soup, NULL);
        assert_int_equal(again.status, LQ_OK);
        CHECK_INT("shuffled", again.note_count, first.note_count, "findings");
        for (size_t i = 0; i < first.note_count; i++) {
            CHECK_TEXT("shuffled", again.notes[i].code, first.notes[i].code, "finding");
            CHECK_INT(first.notes[i].code, again.notes[i].count, first.notes[i].count, "count");
        }
        CHECK_NEAR("shuffled", again.facts.volume_mm3, first.facts.volume_mm3, 1e-9, "volume");
        CHECK_NEAR("shuffled", again.facts.area_mm2, first.facts.area_mm2, 1e-9, "area");
        run_free(&again);
    }
    run_free(&first);
    solid_free(&soup);
}

/* Memory that runs out and a caller who stops leave nothing behind, wherever it happens. */
static void every_allocation_may_fail_and_every_step_be_the_last(void **state)
{
    (void)state;
    solid_soup soup = solid_sphere(10, 6);
    assert_true(solid_damage_apply(&soup, &(solid_damage){.removed = 1, .split = 1}, 3));
    jitter_all(&soup, 1e-5, 4);
    lq_status status = LQ_ERR_MEMORY;
    for (uint64_t n = 1; status != LQ_OK; n++) {
        lend_allocator allocator = {.fail_at = n, .forever = 1};
        run_result run = run_soup(&soup, &(run_options){.allocator = &allocator});
        status = run.status;
        CHECK(status == LQ_OK || status == LQ_ERR_MEMORY, "allocation %d fails: status %d", (int)n, (int)status);
        CHECK(allocator.held == 0, "allocation %d fails: memory is left behind", (int)n);
        run_free(&run);
    }
    status = LQ_ERR_CANCELLED;
    for (uint64_t n = 1; status != LQ_OK; n++) {
        lend_allocator allocator = {0};
        lend_stopper stopper = {.stop_at = n};
        run_result run = run_soup(&soup, &(run_options){.allocator = &allocator, .stopper = &stopper});
        status = run.status;
        CHECK(status == LQ_OK || status == LQ_ERR_CANCELLED, "stopped at %d: status %d", (int)n, (int)status);
        CHECK(allocator.held == 0, "stopped at %d: memory is left behind", (int)n);
        run_free(&run);
    }
    solid_free(&soup);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jittered_parts_are_measured_as_made),
        cmocka_unit_test(t_junctions_close_without_width),
        cmocka_unit_test(faces_that_are_cut_differently_make_one_body),
        cmocka_unit_test(holes_are_not_cracks),
        cmocka_unit_test(order_and_threads_do_not_matter),
        cmocka_unit_test(every_allocation_may_fail_and_every_step_be_the_last),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
