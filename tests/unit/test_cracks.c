/* Closing of cracks on solids whose truth is known: what is welded, what must not be, whatever the order. */
#include "tests/support/check.h"

#include <stdlib.h>

#include "base/context.h"
#include "base/memory.h"
#include "corpus/solids.h"
#include "corpus/truth.h"
#include "mesh/builder.h"
#include "mesh/cracks.h"

typedef struct closed {
    lqi_mesh mesh, welded;
    lqi_topology topology, after;
    lqi_cracks cracks;
} closed;

static closed close_soup(lq_context *context, const solid_soup *soup)
{
    closed c = {0};
    lqi_mesh_builder builder;
    lqi_mesh_builder_init(&builder, context);
    assert_int_equal(lqi_mesh_builder_facets(&builder, soup->corners, (uint32_t)soup->count), LQ_OK);
    assert_int_equal(lqi_mesh_builder_finish(&builder, &c.mesh), LQ_OK);
    assert_int_equal(lqi_topology_find(context, &c.mesh, &c.topology), LQ_OK);
    assert_int_equal(lqi_cracks_close(context, &c.mesh, &c.topology, &c.cracks), LQ_OK);
    if (!c.cracks.to) return c;
    uint32_t *to = lqi_alloc_array(context, c.mesh.vertex_count, sizeof *to); /* the weld uses its own up */
    assert_non_null(to);
    memcpy(to, c.cracks.to, c.mesh.vertex_count * sizeof *to);
    assert_int_equal(lqi_cracks_weld(context, &c.mesh, &c.cracks, &c.welded), LQ_OK);
    c.cracks.to = to;
    assert_int_equal(lqi_topology_find(context, &c.welded, &c.after), LQ_OK);
    return c;
}

static void free_closed(lq_context *context, closed *c)
{
    if (c->cracks.to) lqi_topology_free(context, &c->after);
    lqi_mesh_free(context, &c->welded);
    lqi_cracks_free(context, &c->cracks);
    lqi_topology_free(context, &c->topology);
    lqi_mesh_free(context, &c->mesh);
}

static double distance(const double *a, const double *b)
{
    return sqrt((a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]) + (a[2] - b[2]) * (a[2] - b[2]));
}

/* What holds of any answer. */
static void check_answer(const char *name, const closed *c)
{
    const lqi_cracks *k = &c->cracks;
    CHECK_INT(name, k->unbalanced_before, c->topology.odd_edges, "edges open before");
    CHECK(k->unbalanced_after <= k->unbalanced_before, "%s: more is open than before", name);
    CHECK((k->to != NULL) == (k->moved > 0) && (k->to != NULL) == (k->tolerance > 0), "%s: moved or not", name);
    if (!k->to) return;
    CHECK(k->unbalanced_after < k->unbalanced_before, "%s: welded for nothing", name);
    CHECK_INT(name, c->after.odd_edges, k->unbalanced_after, "edges open after");
    CHECK_INT(name, c->welded.triangle_count, c->mesh.triangle_count, "triangles");
    uint32_t moved = 0;
    for (uint32_t v = 0; v < c->mesh.vertex_count; v++) {
        uint32_t to = k->to[v];
        moved += to != v;
        CHECK(k->to[to] == to, "%s: who stands for another moves itself", name);
        double away = distance(c->mesh.position + (size_t)3 * v, c->mesh.position + (size_t)3 * to);
        CHECK(away <= k->tolerance, "%s: moved by %g, tolerance %g", name, away, k->tolerance);
    }
    CHECK_INT(name, k->moved, moved, "moved");
    for (size_t i = 0; i < (size_t)3 * c->mesh.triangle_count; i++)
        assert_memory_equal(c->welded.position + (size_t)3 * c->welded.corner[i],
                            c->mesh.position + (size_t)3 * k->to[c->mesh.corner[i]], 3 * sizeof(double));
}

/* Every corner of every facet by itself, up to `most` along each axis. */
static void jitter_all(solid_soup *soup, double most, uint64_t seed)
{
    for (size_t i = 0; i < soup->count * 9; i++) {
        double share = (double)(solid_random(&seed) >> 11) / 9007199254740992.0;
        soup->corners[i] = (float)((double)soup->corners[i] + most * (2 * share - 1));
    }
}

static solid_soup make_solid(int which)
{
    switch (which) {
    case 0: return solid_cube(20);
    case 1: return solid_sphere(10, 8);
    case 2: return solid_torus(20, 6, 48, 20);
    case 3: return solid_cylinder(8, 30, 40);
    default: return solid_box_with_hole(20, 8, 12);
    }
}

/* Sizes, places and orders; places move with the size, so that floats still hold the shape. The jitter is a share of
 * the diagonal for each step of the ladder. */
static void jittered_solids_are_made_whole(void **state)
{
    (void)state;
    lq_context *context;
    assert_int_equal(lq_context_create(NULL, &context), LQ_OK);
    static const double scales[] = {0.02, 1, 30}, offsets[] = {0, 4}, shares[] = {2e-7, 2e-6, 2e-5};
    for (int which = 0; which < 5; which++)
        for (int round = 0; round < 3 * 2 * 3; round++) {
            char name[64];
            double scale = scales[round % 3], offset = offsets[round / 3 % 2] * 30 * scale;
            solid_soup whole = make_solid(which);
            solid_scale(&whole, scale);
            solid_translate(&whole, offset, -offset, offset / 2);
            solid_counts counts = solid_count(&whole);
            solid_truth truth = solid_measure(&whole);
            double diagonal = 0;
            for (int k = 0; k < 3; k++)
                diagonal +=
                    ((double)truth.box_max[k] - truth.box_min[k]) * ((double)truth.box_max[k] - truth.box_min[k]);
            diagonal = sqrt(diagonal);
            double jitter = shares[round / 6] * diagonal;
            if (jitter > 0.01) jitter = 0.01;
            solid_soup soup = solid_copy(&whole);
            jitter_all(&soup, jitter, (uint64_t)round + 1);
            if (round & 1) solid_shuffle(&soup, (uint64_t)round);
            snprintf(name, sizeof name, "solid %d, round %d", which, round);
            closed c = close_soup(context, &soup);
            check_answer(name, &c);
            CHECK(c.cracks.to != NULL, "%s: nothing was welded", name);
            CHECK_INT(name, c.cracks.unbalanced_after, 0, "edges open after");
            CHECK_INT(name, c.welded.vertex_count, counts.vertices, "vertices after");
            CHECK_INT(name, c.after.manifold, 1, "manifold after");
            CHECK_INT(name, c.after.shell_count, 1, "shells after");
            CHECK_INT(name, c.after.degenerate_triangles, 0, "triangles without area after");
            free_closed(context, &c);
            solid_free(&soup);
            solid_free(&whole);
        }
    lq_context_destroy(context);
}

/* ---- what must stay apart ---- */

static void add_box(solid_soup *soup, const double corner[3], const double size[3])
{
    solid_soup box = solid_box(size[0], size[1], size[2]);
    solid_translate(&box, corner[0], corner[1], corner[2]);
    solid_append(soup, &box);
    solid_free(&box);
}

/* Nothing is open: nothing is a candidate, however near it lies to something else. */
static void closed_detail_is_not_touched(void **state)
{
    (void)state;
    lq_context *context;
    assert_int_equal(lq_context_create(NULL, &context), LQ_OK);
    static const double gaps[] = {2e-2, 1e-3, 1e-4, 1e-5};
    for (size_t i = 0; i < sizeof gaps / sizeof gaps[0]; i++) {
        solid_soup soup = solid_apart_cubes(20, gaps[i]);
        closed c = close_soup(context, &soup);
        check_answer("cubes a hair apart", &c);
        CHECK(c.cracks.to == NULL, "cubes %g apart are welded", gaps[i]);
        free_closed(context, &c);
        solid_free(&soup);
    }
    solid_soup fine = solid_torus(500, 0.02, 3000, 8); /* edges shorter than 1e-5 of the diagonal */
    closed c = close_soup(context, &fine);
    CHECK(c.cracks.to == NULL, "a fine ring is welded");
    free_closed(context, &c);
    solid_free(&fine);
    lq_context_destroy(context);
}

/* Plates nearer to each other than the last step of the ladder, cracked, with and without a hole that nothing closes.
 */
static void cracked_plates_stay_apart(void **state)
{
    (void)state;
    lq_context *context;
    assert_int_equal(lq_context_create(NULL, &context), LQ_OK);
    for (int hole = 0; hole < 2; hole++) {
        solid_soup soup = {0};
        for (int i = 0; i < 5; i++) add_box(&soup, (double[3]){0, 0, 0.52 * i}, (double[3]){300, 200, 0.5});
        jitter_all(&soup, 1e-4, 3);
        if (hole) soup.count--;
        closed c = close_soup(context, &soup);
        check_answer("plates", &c);
        CHECK(c.cracks.to != NULL && c.cracks.tolerance < 0.01, "plates: tolerance %g", c.cracks.tolerance);
        CHECK_INT("plates", c.cracks.unbalanced_after, hole ? 3 : 0, "edges open after");
        CHECK_INT("plates", c.after.shell_count, 5, "shells after");
        CHECK_INT("plates", c.welded.vertex_count, 40, "vertices after");
        free_closed(context, &c);
        solid_free(&soup);
    }
    lq_context_destroy(context);
}

/* The rim of a hole, its edges shorter than the tolerances, is no crack. */
static void rims_of_holes_stay(void **state)
{
    (void)state;
    lq_context *context;
    assert_int_equal(lq_context_create(NULL, &context), LQ_OK);
    for (int round = 0; round < 4; round++) {
        solid_soup soup = solid_cylinder(round & 1 ? 0.01 : 1, 100, 400);
        solid_soup far = solid_cube(round & 2 ? 500 : 2);
        solid_translate(&far, 200, 0, 0);
        solid_append(&soup, &far);
        solid_free(&far);
        size_t kept = 0; /* without its lid: an opening of 400 edges */
        for (size_t i = 0; i < soup.count; i++) {
            const float *p = soup.corners + 9 * i;
            bool lid = p[2] > 99 && p[5] > 99 && p[8] > 99 && p[0] < 150;
            if (!lid) memmove(soup.corners + 9 * kept++, p, 9 * sizeof *p);
        }
        soup.count = kept;
        closed c = close_soup(context, &soup);
        check_answer("rim", &c);
        CHECK_INT("rim", c.topology.open_edges, 400, "open edges");
        if (!(round & 1))
            CHECK(c.cracks.to == NULL, "a rim of edges of 0.016 mm is welded, tolerance %g", c.cracks.tolerance);
        free_closed(context, &c);
        solid_free(&soup);
    }
    lq_context_destroy(context);
}

/* ---- any order ---- */

static int compare_points(const void *a, const void *b) { return memcmp(a, b, 3 * sizeof(double)); }

static double *sorted_positions(const lqi_mesh *mesh)
{
    double *copy = malloc((size_t)mesh->vertex_count * 3 * sizeof *copy);
    assert_non_null(copy);
    memcpy(copy, mesh->position, (size_t)mesh->vertex_count * 3 * sizeof *copy);
    qsort(copy, mesh->vertex_count, 3 * sizeof *copy, compare_points);
    return copy;
}

static void any_order_and_key_give_the_same_corners(void **state)
{
    (void)state;
    solid_soup soup = solid_torus(20, 6, 90, 40);
    assert_true(solid_damage_apply(&soup, &(solid_damage){.removed = 3}, 2));
    jitter_all(&soup, 3e-4, 5);
    double *first = NULL;
    uint32_t count = 0;
    for (uint64_t round = 0; round < 6; round++) {
        uint8_t key[16] = {(uint8_t)round};
        lq_context *context;
        lq_context_options options = {.struct_size = sizeof options, .hash_key = key, .thread_count = (uint32_t)round};
        assert_int_equal(lq_context_create(&options, &context), LQ_OK);
        closed c = close_soup(context, &soup);
        check_answer("any order", &c);
        CHECK_INT("any order", c.cracks.unbalanced_after, 9, "edges open after");
        double *positions = sorted_positions(&c.welded);
        if (!first) {
            first = positions;
            count = c.welded.vertex_count;
        } else {
            CHECK_INT("any order", c.welded.vertex_count, count, "vertices after");
            assert_memory_equal(positions, first, (size_t)count * 3 * sizeof *first);
            free(positions);
        }
        free_closed(context, &c);
        lq_context_destroy(context);
        solid_shuffle(&soup, round + 1);
    }
    free(first);
    solid_free(&soup);
}

/* ---- crafted heaps of corners: every pair would be far too many ---- */

#define HEAP_FACETS 60000

static void add_facet(solid_soup *soup, const double at[3], double size)
{
    const double b[3] = {at[0] + size, at[1], at[2]}, c[3] = {at[0], at[1] + size, at[2] + size};
    solid_add(soup, at, b, c);
}

static void heaps_do_not_multiply(void **state)
{
    (void)state;
    lq_context *context;
    assert_int_equal(lq_context_create(NULL, &context), LQ_OK);
    for (int kind = 0; kind < 6; kind++) {
        solid_soup soup = solid_cube(1000);
        uint64_t seed = (uint64_t)kind + 1;
        for (int i = 0; i < HEAP_FACETS; i++) {
            double r[3];
            for (int k = 0; k < 3; k++) r[k] = (double)(solid_random(&seed) >> 11) / 9007199254740992.0;
            switch (kind) {
            case 0: add_facet(&soup, (double[3]){r[0] * 1e-4, r[1] * 1e-4, r[2] * 1e-4}, 1e-5); break; /* one cell */
            case 1: add_facet(&soup, (double[3]){r[0] * 900, 0, 0}, 0.5); break; /* along the walk */
            case 2: add_facet(&soup, (double[3]){0, r[1] * 900, 0}, 0.5); break; /* across it */
            case 3: add_facet(&soup, (double[3]){i % 40 * 5e-3, i / 40 % 40 * 5e-3, i / 1600 * 5e-3}, 2e-3); break;
            case 4: add_facet(&soup, (double[3]){500, r[1] * 900, r[2] * 900}, 0.5); break; /* a plane */
            default: add_facet(&soup, (double[3]){i % 40 * 0.018, i / 40 % 40 * 0.018, i / 1600 * 0.018}, 0.3); break;
            }
        }
        closed c = close_soup(context, &soup);
        check_answer("a heap", &c);
        free_closed(context, &c);
        solid_free(&soup);
    }
    lq_context_destroy(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jittered_solids_are_made_whole),
        cmocka_unit_test(closed_detail_is_not_touched),
        cmocka_unit_test(cracked_plates_stay_apart),
        cmocka_unit_test(rims_of_holes_stay),
        cmocka_unit_test(any_order_and_key_give_the_same_corners),
        cmocka_unit_test(heaps_do_not_multiply),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
