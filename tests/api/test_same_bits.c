/* The same bytes give the same report: for any thread count, instruction set, hash key, and way of being read. */
#include "tests/support/check.h"

#include <locale.h>

#include "corpus/parts.h"
#include "tests/support/run.h"

static void check_same(const char *name, run_result *expected, run_result *actual)
{
    CHECK_INT(name, actual->status, expected->status, "status");
    CHECK_TEXT(name, actual->code, expected->code, "code");
    CHECK(expected->json != NULL && actual->json != NULL, "%s: no JSON", name);
    size_t at = 0;
    while (actual->json[at] != '\0' && actual->json[at] == expected->json[at]) at++;
    CHECK(actual->json[at] == expected->json[at], "%s: the reports differ at ...%.80s and ...%.80s", name,
          actual->json + (at < 40 ? 0 : at - 40), expected->json + (at < 40 ? 0 : at - 40));
    CHECK(memcmp(&actual->facts.volume_mm3, &expected->facts.volume_mm3, sizeof(double)) == 0, "%s: volume", name);
    CHECK(memcmp(actual->facts.inertia_mm5, expected->facts.inertia_mm5, sizeof actual->facts.inertia_mm5) == 0,
          "%s: inertia", name);
}

/* Every way to run that must not matter, against the plain one, at one depth. */
static void check_ways(const char *name, const solid_soup *soup, const lq_selection *selection)
{
    static const uint8_t keys[2][16] = {{0}, "another hash key"};
    static const run_options ways[] = {{.threads = 1},
                                       {.threads = 2},
                                       {.threads = 3},
                                       {.threads = 7},
                                       {.isa_mask = LQ_ISA_SCALAR},
                                       {.isa_mask = LQ_ISA_SCALAR, .threads = 3},
                                       {.hash_key = keys[0]},
                                       {.hash_key = keys[1], .threads = 2},
                                       {.piece = 4093}};
    run_options plain = {.selection = selection, .topology = selection->topology};
    run_result expected = run_soup(soup, &plain);
    CHECK(expected.status == LQ_OK, "%s: %s", name, expected.error.message);
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        char way[96];
        snprintf(way, sizeof way, "%s, way %zu", name, i);
        run_options options = ways[i];
        options.selection = selection;
        options.topology = selection->topology;
        run_result actual = run_soup(soup, &options);
        check_same(way, &expected, &actual);
        run_free(&actual);
    }
    run_free(&expected);
}

static void check_all_ways(const char *name, const solid_soup *soup)
{
    static const lq_selection full = {.struct_size = sizeof full};
    static const lq_selection proof = {.struct_size = sizeof proof, .topology = LQ_TOPOLOGY_CERTIFICATE};
    check_ways(name, soup, &full);
    check_ways(name, soup, &proof);
}

/* Sums are made of lanes and chunks: sizes at and around every border of them. */
static void around_lanes_and_chunks(void **state)
{
    (void)state;
    static const size_t counts[] = {1,    2,    3,    4,    5,    7,    8,    9,    15,   16,    17,    63,    64,   65,
                                    1023, 1024, 1025, 4095, 4096, 4097, 8191, 8192, 8193, 12287, 12288, 12289, 12500};
    solid_soup sphere = solid_sphere(10, 25);
    solid_translate(&sphere, 100, -50, 12.5);
    for (int shuffled = 0; shuffled < 2; shuffled++) {
        if (shuffled) solid_shuffle(&sphere, 9);
        for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
            char name[64];
            snprintf(name, sizeof name, "%zu triangles%s", counts[i], shuffled ? ", shuffled" : "");
            solid_soup part = sphere;
            part.count = counts[i];
            check_all_ways(name, &part);
        }
    }
    solid_free(&sphere);
}

static void damaged_and_real_parts(void **state)
{
    (void)state;
    solid_soup soups[] = {part_bracket(),           part_knob(),
                          part_bracket(),           solid_overlapping_spheres(10, 12, 10),
                          solid_moebius(10, 3, 40), solid_touching_face(5)};
    assert_true(solid_damage_apply(
        &soups[2], &(solid_damage){.removed = 4, .flipped = 3, .duplicated = 2, .split = 2, .degenerate = 3}, 5));
    for (size_t i = 0; i < sizeof soups / sizeof soups[0]; i++) {
        char name[32];
        snprintf(name, sizeof name, "part %zu", i);
        check_all_ways(name, &soups[i]);
        solid_free(&soups[i]);
    }
}

/* Counts do not depend on the order of triangles at all; measures only in the last bits. */
static void order_matters_to_no_count(void **state)
{
    (void)state;
    solid_soup soup = part_bracket();
    assert_true(solid_damage_apply(
        &soup, &(solid_damage){.removed = 3, .flipped = 2, .duplicated = 2, .opposed = 1, .split = 2, .degenerate = 2},
        8));
    run_result first = run_soup(&soup, NULL);
    assert_int_equal(first.status, LQ_OK);
    for (uint64_t seed = 1; seed <= 4; seed++) {
        solid_shuffle(&soup, seed);
        run_result run = run_soup(&soup, NULL);
        assert_int_equal(run.status, LQ_OK);
        const lq_facts *a = &run.facts, *b = &first.facts;
        CHECK_INT("order", a->vertex_count, b->vertex_count, "vertices");
        CHECK_INT("order", a->open_edges, b->open_edges, "open edges");
        CHECK_INT("order", a->boundary_loops, b->boundary_loops, "boundary loops");
        CHECK_INT("order", a->non_manifold_edges, b->non_manifold_edges, "non-manifold edges");
        CHECK_INT("order", a->misoriented_triangles, b->misoriented_triangles, "misoriented triangles");
        CHECK_INT("order", a->degenerate_triangles, b->degenerate_triangles, "degenerate triangles");
        CHECK_INT("order", a->duplicate_triangles, b->duplicate_triangles, "duplicate triangles");
        CHECK_INT("order", a->shells, b->shells, "shells");
        CHECK_INT("order", a->verdict, b->verdict, "verdict");
        CHECK_NEAR("order", a->area_mm2, b->area_mm2, 1e-9 * b->area_mm2, "area");
        CHECK_NEAR("order", a->volume_mm3, b->volume_mm3, 1e-9 * b->volume_mm3, "volume");
        run_free(&run);
    }
    run_free(&first);
    solid_free(&soup);
}

/* A locale with a decimal comma, where the system has one. */
static void the_locale_is_ignored(void **state)
{
    (void)state;
    solid_soup soup = part_knob();
    stl_bytes text = stl_write_ascii(&soup, NULL);
    run_result first = run_bytes(text.data, text.size, NULL);
    assert_int_equal(first.status, LQ_OK);
    static const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "de_DE"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (setlocale(LC_ALL, names[i]) == NULL) continue;
        run_result run = run_bytes(text.data, text.size, NULL);
        setlocale(LC_ALL, "C");
        check_same(names[i], &first, &run);
        run_free(&run);
    }
    run_free(&first);
    stl_bytes_free(&text);
    solid_free(&soup);
}

static void text_and_binary_are_one_part(void **state)
{
    (void)state;
    solid_soup soup = part_bracket();
    run_result binary = run_soup(&soup, NULL), text = run_stl(stl_write_ascii(&soup, NULL), NULL);
    assert_int_equal(binary.status, LQ_OK);
    assert_int_equal(text.status, LQ_OK);
    assert_int_equal(binary.format, LQ_FORMAT_STL_BINARY);
    assert_int_equal(text.format, LQ_FORMAT_STL_ASCII);
    CHECK(
        memcmp(&binary.facts, &text.facts, offsetof(lq_facts, verdict)) == 0 ||
            (binary.facts.volume_mm3 == text.facts.volume_mm3 && binary.facts.area_mm2 == text.facts.area_mm2 &&
             binary.facts.vertex_count == text.facts.vertex_count && binary.facts.open_edges == text.facts.open_edges),
        "the same triangles as text give other facts: %.17g and %.17g", binary.facts.volume_mm3, text.facts.volume_mm3);
    run_free(&binary);
    run_free(&text);
    solid_free(&soup);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(around_lanes_and_chunks),      cmocka_unit_test(damaged_and_real_parts),
        cmocka_unit_test(order_matters_to_no_count),    cmocka_unit_test(the_locale_is_ignored),
        cmocka_unit_test(text_and_binary_are_one_part),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
