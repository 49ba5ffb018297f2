/* Certificate depth: a binary STL is measured straight from its bytes. What it says must be what the full analysis and
 * independent sums say, on whole and on damaged files; what it did not look at must be unknown. */
#include "tests/support/check.h"

#include <float.h>
#include <stdlib.h>

#include "corpus/parts.h"
#include "corpus/truth.h"
#include "tests/support/run.h"

static const lq_selection proof = {.struct_size = sizeof proof, .topology = LQ_TOPOLOGY_CERTIFICATE};

static run_result run_proof(const solid_soup *soup)
{
    return run_soup(soup, &(run_options){.selection = &proof, .topology = LQ_TOPOLOGY_CERTIFICATE});
}

static void check_unknown(const char *name, const lq_facts *f)
{
    CHECK_INT(name, f->vertex_count, -1, "vertices");
    CHECK(f->closed == -1 && f->oriented == -1 && f->manifold == -1, "%s: topology was not examined", name);
    CHECK(f->open_edges == -1 && f->boundary_loops == -1 && f->non_manifold_edges == -1 && f->shells == -1 &&
              f->cavities == -1 && f->misoriented_triangles == -1 && f->degenerate_triangles == -1 &&
              f->duplicate_triangles == -1,
          "%s: counts were not examined", name);
}

/* Against long double sums that share nothing with the library. */
static void check_measures(const char *name, const solid_soup *soup, const lq_facts *f)
{
    solid_truth truth = solid_measure(soup);
    double size = 0, sign = truth.volume < 0 ? -1 : 1;
    for (int i = 0; i < 3; i++) size = fmax(size, (double)(truth.box_max[i] - truth.box_min[i]));
    int known = f->certificate_closed == 1 && f->certificate_oriented == 1;
    double area = (double)truth.area, scale = area * size;       /* of sums of tetrahedra seen from a corner */
    int capped = !known && f->verdict == LQ_VERDICT_OK_REPAIRED; /* little damage: as closed as at full depth */
    CHECK(known || capped || (isnan(f->centroid_mm[0]) && isnan(f->inertia_mm5[0])),
          "%s: an open surface has no centroid", name);
    if (!capped) CHECK_NEAR(name, f->volume_mm3, sign * (double)truth.volume, 1e-13 * scale, "volume");
    if (!capped) CHECK_NEAR(name, f->area_mm2, area, 1e-13 * area, "area");
    CHECK_NEAR(name, f->volume_signed_mm3, (double)truth.volume, 1e-13 * scale, "signed volume");
    for (int i = 0; i < 3; i++) {
        CHECK(f->box_min_mm[i] == (double)truth.box_min[i] && f->box_max_mm[i] == (double)truth.box_max[i],
              "%s: the box differs along axis %d", name, i);
        if (f->volume_mm3 > 1e-6 * scale && known)
            CHECK_NEAR(name, f->centroid_mm[i], (double)truth.centroid[i], 1e-12 * size * scale / f->volume_mm3,
                       "centroid");
    }
    for (int i = 0; i < 6 && f->volume_mm3 > 1e-6 * scale && known; i++)
        CHECK_NEAR(name, f->inertia_mm5[i], sign * (double)truth.inertia[i], 1e-11 * scale * size * size, "inertia");
}

/* The two depths agree on what both know. */
static void check_against_full(const char *name, const solid_soup *soup, const lq_facts *f)
{
    run_result full = run_soup(soup, NULL);
    CHECK_INT(name, full.status, LQ_OK, "status of the full analysis");
    CHECK_INT(name, f->certificate_closed, full.facts.closed, "closed");
    CHECK_INT(name, f->certificate_oriented, full.facts.oriented, "oriented");
    CHECK_INT(name, f->certificate_closed, full.facts.certificate_closed, "the other certificate");
    CHECK_INT(name, f->triangle_count, full.facts.triangle_count, "triangles");
    CHECK(memcmp(f->box_min_mm, full.facts.box_min_mm, sizeof f->box_min_mm) == 0, "%s: the boxes differ", name);
    CHECK(memcmp(f->box_max_mm, full.facts.box_max_mm, sizeof f->box_max_mm) == 0, "%s: the boxes differ", name);
    if (full.facts.volume_error_mm3 >= 0)
        CHECK_NEAR(name, f->volume_signed_mm3, full.facts.volume_signed_mm3, full.facts.volume_error_mm3, "volume");
    if (f->verdict == LQ_VERDICT_OK_REPAIRED && full.facts.verdict == LQ_VERDICT_OK_REPAIRED)
        CHECK_NEAR(name, f->volume_mm3, full.facts.volume_mm3, 1e-6 * full.facts.volume_mm3, "volume of the made part");
    run_free(&full);
}

static void check_soup(const char *name, const solid_soup *soup)
{
    run_result run = run_proof(soup);
    CHECK(run.status == LQ_OK, "%s: %s", name, run.error.message);
    CHECK_INT(name, run.held_end, 0, "bytes held at the end");
    check_unknown(name, &run.facts);
    check_measures(name, soup, &run.facts);
    check_against_full(name, soup, &run.facts);
    run_free(&run);
}

static void solids_near_and_far(void **state)
{
    (void)state;
    static const double places[][3] = {{0, 0, 0}, {1000, -2000, 500}, {-1e6, 3e5, 2e6}};
    static const double scales[] = {1, 1e-3, 1e3};
    for (size_t i = 0; i < 9; i++) {
        if (i == 5) continue; /* a millimetre at a kilometre: nothing is left in floats */
        solid_soup soups[] = {
            solid_cube(20),           solid_tetrahedron(7),   solid_sphere(10, 9), solid_torus(20, 6, 80, 33),
            solid_cylinder(4, 9, 17), solid_nested(20, 7),    part_bracket(),      part_knob(),
            solid_touching_edge(5),   solid_apart_cubes(9, 2)};
        for (size_t k = 0; k < sizeof soups / sizeof soups[0]; k++) {
            char name[48];
            snprintf(name, sizeof name, "solid %zu, place %zu", k, i);
            solid_scale(&soups[k], scales[i / 3]);
            solid_translate(&soups[k], places[i % 3][0], places[i % 3][1], places[i % 3][2]);
            if (i % 2) solid_shuffle(&soups[k], i);
            if (i == 4) solid_invert(&soups[k]);
            check_soup(name, &soups[k]);
            solid_free(&soups[k]);
        }
    }
}

/* Every kind of defect, and none: the certificate's answer is the exact one. */
static void defects(void **state)
{
    (void)state;
    static const solid_damage damages[] = {{0},
                                           {.removed = 1},
                                           {.flipped = 1},
                                           {.duplicated = 1},
                                           {.opposed = 1},
                                           {.jittered = 1, .jitter = 1e-5f},
                                           {.split = 1},
                                           {.degenerate = 4},
                                           {.removed = 5, .flipped = 4, .duplicated = 3, .split = 2, .degenerate = 6}};
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++)
        for (uint64_t seed = 1; seed < 5; seed++) {
            char name[48];
            snprintf(name, sizeof name, "damage %zu, seed %d", i, (int)seed);
            solid_soup soup = solid_sphere(10, 8);
            assert_true(solid_damage_apply(&soup, &damages[i], seed));
            if (seed % 2) solid_shuffle(&soup, seed);
            check_soup(name, &soup);
            solid_free(&soup);
        }
    solid_soup open[] = {solid_sheet(10, 5), solid_moebius(10, 3, 40), solid_touching_face(5)};
    for (size_t i = 0; i < 3; i++) {
        check_soup("open", &open[i]);
        solid_free(&open[i]);
    }
}

/* Sums are made of lanes, blocks and chunks: sizes at and around every border, with the missing facet anywhere. */
static void around_every_border(void **state)
{
    (void)state;
    static const size_t counts[] = {1,   2,   7,   8,    9,    15,   16,   17,   127,  128,  129,  135,
                                    255, 256, 257, 1000, 4095, 4096, 4097, 8191, 8192, 8200, 12499};
    solid_soup sphere = solid_sphere(10, 25);
    solid_translate(&sphere, 100, -50, 12.5);
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        char name[32];
        snprintf(name, sizeof name, "%zu facets", counts[i]);
        solid_soup part = sphere;
        part.count = counts[i];
        run_result run = run_proof(&part);
        CHECK_INT(name, run.status, LQ_OK, "status");
        CHECK_INT(name, run.facts.certificate_closed, 0, "closed");
        check_measures(name, &part, &run.facts);
        run_free(&run);
    }
    solid_free(&sphere);
}

static void check_same_answer(const char *name, const stl_bytes *bytes, int lenient)
{
    run_result full = run_bytes(bytes->data, bytes->size, &(run_options){.lenient = lenient});
    run_result run =
        run_bytes(bytes->data, bytes->size,
                  &(run_options){.lenient = lenient, .selection = &proof, .topology = LQ_TOPOLOGY_CERTIFICATE});
    CHECK_INT(name, run.status, full.status, "status");
    CHECK_TEXT(name, run.code, full.code, "code");
    CHECK_INT(name, run.held_end, 0, "bytes held at the end");
    if (run.status != LQ_OK) {
        CHECK_INT(name, run.error.offset, full.error.offset, "offset");
        CHECK_INT(name, run.error.actual, full.error.actual, "actual");
    } else {
        CHECK_INT(name, run.facts.triangle_count, full.facts.triangle_count, "triangles");
        CHECK_INT(name, run.facts.certificate_closed, full.facts.closed, "closed");
        CHECK_INT(name, run.facts.certificate_oriented, full.facts.oriented, "oriented");
        CHECK(memcmp(run.facts.box_min_mm, full.facts.box_min_mm, sizeof full.facts.box_min_mm) == 0, "%s: box", name);
        for (size_t i = 0; i < full.note_count; i++) {
            if (strncmp(full.notes[i].code, "stl_", 4) != 0 &&
                strcmp(full.notes[i].code, "coordinate_out_of_range") != 0)
                continue;
            const run_note *note = run_find(&run, full.notes[i].code);
            CHECK(note && note->count == full.notes[i].count, "%s: the note %s differs", name, full.notes[i].code);
        }
    }
    run_free(&full);
    run_free(&run);
}

/* The ways in which files deviate, through both depths. */
static void the_same_files_are_read(void **state)
{
    (void)state;
    solid_soup soup = part_knob(), far = solid_cube(20);
    solid_translate(&far, 100, 100, 100);
    const stl_binary ways[] = {{0},
                               {.big_endian = 1},
                               {.count_given = 1, .count = 0},
                               {.count_given = 1, .count = 0xFFFFFFFF},
                               {.count_given = 1, .count = 5},
                               {.count_given = 1, .count = 100000},
                               {.attribute = 0x801F},
                               {.normals = STL_NORMALS_NAN}};
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
        for (int more = 0; more < 4; more++) {
            char name[48];
            snprintf(name, sizeof name, "way %zu, %d", i, more);
            stl_bytes bytes = stl_write_binary(&soup, &ways[i]), second = stl_write_binary(&far, NULL);
            if (more == 1) stl_bytes_add(&bytes, second.data, second.size); /* one file behind the other */
            if (more == 2) stl_bytes_add_fill(&bytes, 0, 77);
            if (more == 3) stl_truncate(&bytes, bytes.size - 30);
            check_same_answer(name, &bytes, 0);
            check_same_answer(name, &bytes, 1);
            stl_bytes_free(&bytes);
            stl_bytes_free(&second);
        }
    solid_free(&soup);
    solid_free(&far);
}

static void numbers_that_cannot_be(void **state)
{
    (void)state;
    static const float odd[] = {NAN, INFINITY, -INFINITY, 1e9f, 1.5e9f, -3e38f, 0, -0.0f, 1e-40f, -1e-45f, FLT_MIN};
    solid_soup soup = solid_sphere(10, 12); /* 2880 */
    solid_translate(&soup, 0, 0, 10);
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++)
        for (size_t facet = 0; facet < soup.count; facet += 719) {
            char name[48];
            snprintf(name, sizeof name, "%g in facet %zu", (double)odd[i], facet);
            stl_bytes bytes = stl_write_binary(&soup, NULL);
            stl_binary_poke(&bytes, facet, facet % 3, (facet + i) % 3, odd[i]);
            if (i % 2) stl_binary_poke(&bytes, (facet + 8) % soup.count, 1, 2, odd[(i + 3) % 11]);
            check_same_answer(name, &bytes, 0);
            stl_bytes_free(&bytes);
        }
    stl_bytes bytes = stl_write_binary(&soup, NULL); /* too many; then all */
    for (size_t facet = 0; facet < soup.count; facet++) {
        stl_binary_poke(&bytes, facet, 2, 1, facet % 2 ? NAN : 2e9f);
        if (facet == 10 || facet == 30 || facet == soup.count - 1) check_same_answer("many", &bytes, 0);
    }
    stl_bytes_free(&bytes);
    for (size_t i = 0; i < soup.count; i++) memcpy(soup.corners + 9 * i, soup.corners + 9 * i + 3, 3 * sizeof(float));
    bytes = stl_write_binary(&soup, NULL);
    check_same_answer("degenerate all", &bytes, 0);
    stl_bytes_free(&bytes);
    solid_free(&soup);
}

static void every_prefix_and_bit(void **state)
{
    (void)state;
    solid_soup soup = solid_cube(20);
    stl_bytes bytes = stl_write_binary(&soup, NULL);
    for (size_t size = 0; size <= bytes.size; size++) {
        char name[32];
        snprintf(name, sizeof name, "%zu bytes", size);
        stl_bytes prefix = stl_bytes_copy(&bytes);
        stl_truncate(&prefix, size);
        check_same_answer(name, &prefix, size % 2);
        stl_bytes_free(&prefix);
    }
    for (size_t bit = 80 * 8; bit < bytes.size * 8; bit += 3) {
        char name[32];
        snprintf(name, sizeof name, "bit %zu", bit);
        bytes.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        check_same_answer(name, &bytes, 0);
        bytes.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    stl_bytes_free(&bytes);
    solid_free(&soup);
}

/* A part without triangles is for one thing only. */
static void what_such_a_part_cannot_do(void **state)
{
    (void)state;
    solid_soup soup = solid_sphere(10, 60); /* 72000 */
    stl_bytes bytes = stl_write_binary(&soup, NULL);
    run_result run = run_bytes(bytes.data, bytes.size, &(run_options){.selection = &proof});
    CHECK_INT("full analysis", run.status, LQ_ERR_ARGUMENT, "status");
    CHECK_INT("full analysis", run.stage, RUN_ANALYSE, "stage");
    lq_selection unknown = proof;
    unknown.topology = (lq_topology)7;
    run = run_bytes(bytes.data, bytes.size, &(run_options){.selection = &unknown});
    CHECK_INT("unknown depth", run.status, LQ_ERR_ARGUMENT, "status");
    run = run_bytes(bytes.data, bytes.size, &(run_options){.selection = &proof, .topology = LQ_TOPOLOGY_CERTIFICATE});
    CHECK_INT("proof", run.status, LQ_OK, "status");
    CHECK(run.peak < 128 << 10, "%llu bytes for 72000 facets", (unsigned long long)run.peak);
    run_free(&run);
    stl_bytes text = stl_write_ascii(&soup, NULL);
    run = run_bytes(text.data, text.size, &(run_options){.selection = &proof, .topology = LQ_TOPOLOGY_CERTIFICATE});
    CHECK_INT("text", run.status, LQ_OK, "status");
    CHECK_INT("text", run.facts.certificate_closed, 1, "closed");
    run_free(&run);
    stl_bytes_free(&text);
    stl_bytes_free(&bytes);
    solid_free(&soup);
}

static int take_nothing(void *user, const void *bytes, size_t size)
{
    (void)user, (void)bytes, (void)size;
    return 0;
}

static void it_is_not_written(void **state)
{
    (void)state;
    solid_soup soup = solid_cube(20);
    stl_bytes bytes = stl_write_binary(&soup, NULL);
    lq_context *context = NULL;
    lq_model *model = NULL;
    lq_part *part = NULL;
    lq_source source;
    const lq_sink sink = {.struct_size = sizeof sink, .write = take_nothing};
    lq_source_memory(bytes.data, bytes.size, "cube.stl", &source);
    assert_int_equal(lq_context_create(NULL, &context), LQ_OK);
    assert_int_equal(lq_model_open(context, &source, NULL, &model), LQ_OK);
    assert_int_equal(lq_part_read(model, &proof, &part), LQ_OK);
    for (int format = LQ_WRITE_STL_BINARY; format <= LQ_WRITE_3MF; format++)
        assert_int_equal(lq_part_write(context, part, (lq_write_format)format, &sink), LQ_ERR_ARGUMENT);
    lq_part_destroy(part);
    lq_model_close(model);
    lq_context_destroy(context);
    stl_bytes_free(&bytes);
    solid_free(&soup);
}

static void memory_ends_and_work_stops(void **state)
{
    (void)state;
    solid_soup soup = solid_sphere(10, 20);
    run_options options = {.selection = &proof, .topology = LQ_TOPOLOGY_CERTIFICATE, .threads = 2};
    for (uint64_t fail_at = 1;; fail_at++) {
        lend_allocator allocator = {.fail_at = fail_at};
        options.allocator = &allocator;
        run_result run = run_soup(&soup, &options);
        CHECK(allocator.held == 0, "allocation %d fails: %d bytes are lost", (int)fail_at, (int)allocator.held);
        if (run.status == LQ_OK) {
            run_free(&run);
            CHECK(fail_at > 4, "only %d allocations", (int)fail_at);
            break;
        }
        CHECK_INT("allocation", run.status, LQ_ERR_MEMORY, "status");
    }
    options.allocator = NULL;
    for (uint64_t stop_at = 1;; stop_at++) {
        lend_stopper stopper = {.stop_at = stop_at};
        options.stopper = &stopper;
        run_result run = run_soup(&soup, &options);
        if (run.status == LQ_OK) {
            run_free(&run);
            CHECK(stop_at > 1, "nobody asked");
            break;
        }
        CHECK_INT("stop", run.status, LQ_ERR_CANCELLED, "status");
        CHECK_INT("stop", run.held_end, 0, "bytes held at the end");
    }
    solid_free(&soup);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(solids_near_and_far),        cmocka_unit_test(defects),
        cmocka_unit_test(around_every_border),        cmocka_unit_test(the_same_files_are_read),
        cmocka_unit_test(numbers_that_cannot_be),     cmocka_unit_test(every_prefix_and_bit),
        cmocka_unit_test(what_such_a_part_cannot_do), cmocka_unit_test(it_is_not_written),
        cmocka_unit_test(memory_ends_and_work_stops),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
