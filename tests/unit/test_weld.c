/* The indexed weld against the plainest reading of its definition: every pair is compared, every edge counted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/context.h"
#include "base/memory.h"
#include "libquote.h"
#include "mesh/builder.h"
#include "tests/support/check.h"

#define VERTICES_MAX 300
#define TRIANGLES_MAX 300

static uint64_t random_state;

static uint32_t random_below(uint32_t bound)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(random_state >> 33) % bound;
}

typedef struct given {
    double xyz[VERTICES_MAX][3];
    uint32_t corner[TRIANGLES_MAX][3];
    uint32_t vertex_count, triangle_count;
} given;

static lq_status build(lq_context *context, const given *g, lqi_mesh *mesh)
{
    lqi_indexed indexed = {.vertex_count = g->vertex_count, .triangle_count = g->triangle_count};
    indexed.xyz = lqi_alloc_array(context, g->vertex_count, sizeof g->xyz[0]);
    indexed.corner = lqi_alloc_array(context, g->triangle_count, sizeof g->corner[0]);
    memcpy(indexed.xyz, g->xyz, g->vertex_count * sizeof g->xyz[0]);
    memcpy(indexed.corner, g->corner, g->triangle_count * sizeof g->corner[0]);
    lqi_mesh_builder builder;
    lqi_mesh_builder_init(&builder, context);
    assert_int_equal(lqi_mesh_builder_take(&builder, &indexed), LQ_OK);
    assert_null(indexed.xyz);
    return lqi_mesh_builder_finish(&builder, mesh);
}

static int equal(const double *a, const double *b) { return a[0] == b[0] && a[1] == b[1] && a[2] == b[2]; }

/* By position, or by the given numbers. */
static uint32_t count_open(const given *g, int by_position)
{
    uint32_t open = 0, name[TRIANGLES_MAX][3];
    for (uint32_t t = 0; t < g->triangle_count; t++)
        for (int k = 0; k < 3; k++) {
            uint32_t v = g->corner[t][k], first = 0;
            while (!equal(g->xyz[first], g->xyz[v])) first++;
            name[t][k] = by_position ? first : v;
        }
    for (uint32_t i = 0; i < 3 * g->triangle_count; i++) {
        uint32_t uses = 0;
        for (uint32_t j = 0; j < 3 * g->triangle_count; j++) {
            const uint32_t *p = name[i / 3], *q = name[j / 3];
            if (q[0] == q[1] || q[1] == q[2] || q[2] == q[0]) continue;
            uint32_t a = p[i % 3], b = p[(i + 1) % 3], c = q[j % 3], d = q[(j + 1) % 3];
            uses += (a == c && b == d) || (a == d && b == c);
        }
        const uint32_t *p = name[i / 3];
        open += uses == 1 && p[0] != p[1] && p[1] != p[2] && p[2] != p[0];
    }
    return open;
}

static void check_mesh(const char *name, const given *g)
{
    lq_context *context;
    assert_int_equal(lqi_context_create(NULL, &context), LQ_OK);
    lqi_mesh mesh;
    assert_int_equal(build(context, g, &mesh), LQ_OK);
    CHECK_INT(name, mesh.triangle_count, g->triangle_count, "triangles");
    CHECK_INT(name, mesh.index_vertices, g->vertex_count, "given vertices");
    uint32_t next = 0;
    for (uint32_t i = 0; i < 3 * g->triangle_count; i++) {
        const double *xyz = g->xyz[g->corner[i / 3][i % 3]];
        uint32_t known = 0;
        while (known < next && !equal(mesh.position + (size_t)3 * known, xyz)) known++;
        CHECK_INT(name, mesh.corner[i], known, "the vertex of a corner");
        if (known < next) continue;
        for (int k = 0; k < 3; k++) {
            double expected = xyz[k] == 0 ? 0.0 : xyz[k];
            assert_memory_equal(&mesh.position[(size_t)3 * next + (size_t)k], &expected, sizeof expected);
        }
        next++;
    }
    CHECK_INT(name, mesh.vertex_count, next, "vertices");
    CHECK_INT(name, mesh.seams_closed, count_open(g, 1) < count_open(g, 0), "seams");
    lqi_mesh_free(context, &mesh);
    assert_int_equal(lq_context_memory_held(context), 0);
    lq_context_destroy(context);
}

static void add_box(given *g, double at)
{
    static const uint8_t face[12][3] = {{0, 2, 1}, {1, 2, 3}, {4, 5, 6}, {5, 7, 6}, {0, 1, 4}, {1, 5, 4},
                                        {2, 6, 3}, {3, 6, 7}, {0, 4, 2}, {2, 4, 6}, {1, 3, 5}, {3, 7, 5}};
    for (uint32_t i = 0; i < 8; i++) {
        double *p = g->xyz[g->vertex_count + i];
        for (int k = 0; k < 3; k++) p[k] = at + (i >> k & 1);
    }
    for (int t = 0; t < 12; t++)
        for (int k = 0; k < 3; k++) g->corner[g->triangle_count + (uint32_t)t][k] = g->vertex_count + face[t][k];
    g->vertex_count += 8;
    g->triangle_count += 12;
}

/* Some corners get vertices of their own, as exporters do it at seams, or everywhere. */
static void tear(given *g, uint32_t share)
{
    for (uint32_t i = 0; i < 3 * g->triangle_count && g->vertex_count < VERTICES_MAX; i++) {
        if (random_below(100) >= share) continue;
        uint32_t *corner = &g->corner[i / 3][i % 3];
        memcpy(g->xyz[g->vertex_count], g->xyz[*corner], sizeof g->xyz[0]);
        for (int k = 0; k < 3; k++)
            if (g->xyz[g->vertex_count][k] == 0 && random_below(2)) g->xyz[g->vertex_count][k] = -0.0;
        *corner = g->vertex_count++;
    }
}

static void shuffle(given *g)
{
    for (uint32_t i = g->triangle_count; i > 1; i--) {
        uint32_t other = random_below(i), held[3];
        memcpy(held, g->corner[other], sizeof held);
        memcpy(g->corner[other], g->corner[i - 1], sizeof held);
        memcpy(g->corner[i - 1], held, sizeof held);
    }
}

static void random_meshes_are_welded_as_defined(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 300; seed++) {
        random_state = seed;
        given g = {0};
        uint32_t boxes = 1 + random_below(4);
        for (uint32_t i = 0; i < boxes; i++) add_box(&g, random_below(3) - 1.0);
        if (random_below(3) == 0) g.triangle_count -= random_below(5); /* open */
        if (random_below(3) == 0) memcpy(g.corner[0], (uint32_t[3]){1, 2, 3}, sizeof g.corner[0]);
        if (random_below(2)) tear(&g, (uint32_t[]){3, 30, 100}[random_below(3)]);
        if (random_below(4) == 0) g.corner[1][0] = g.corner[1][1];
        if (random_below(2)) shuffle(&g);
        char name[32];
        snprintf(name, sizeof name, "seed %u", seed);
        check_mesh(name, &g);
    }
}

/* Nothing to renumber, and vertices at the end that nobody uses. */
static void vertices_in_order_stay(void **state)
{
    (void)state;
    given g = {.vertex_count = 6, .triangle_count = 2};
    for (uint32_t i = 0; i < 6; i++) g.xyz[i][0] = i * 0.1, g.xyz[i][1] = i == 1, g.xyz[i][2] = -0.0;
    memcpy(g.corner, (uint32_t[2][3]){{0, 1, 2}, {2, 1, 3}}, sizeof(uint32_t[2][3]));
    check_mesh("in order", &g);
    check_mesh("nothing", &(given){0});
    g.triangle_count = 0;
    check_mesh("no triangles", &g);
}

static void indices_are_checked(void **state)
{
    (void)state;
    static const uint32_t wrong[][2][3] = {
        {{0, 1, 2}, {2, 1, 3}}, {{0, 1, 2}, {2, 1, UINT32_MAX}}, {{2, 1, 0}, {1, 3, 0}}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        lq_context *context;
        assert_int_equal(lqi_context_create(NULL, &context), LQ_OK);
        given g = {.vertex_count = 3, .triangle_count = 2};
        memcpy(g.corner, wrong[i], sizeof wrong[i]);
        lqi_mesh mesh;
        CHECK(build(context, &g, &mesh) != LQ_OK, "case %zu: taken", i);
        assert_string_equal(lq_context_error(context)->code, "3mf_bad_index");
        assert_int_equal(lq_context_memory_held(context), 0);
        lq_context_destroy(context);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_meshes_are_welded_as_defined),
        cmocka_unit_test(vertices_in_order_stay),
        cmocka_unit_test(indices_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
