/* Closing of cracks on solids whose truth is known: what is welded, what must not be, whatever the order. */
#include "tests/support/check.h"

#include <stdlib.h>

#include "base/context.h"
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
    assert_int_equal(lqi_cracks_weld(context, &c.mesh, &c.cracks, &c.welded), LQ_OK);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jittered_solids_are_made_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
