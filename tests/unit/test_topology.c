/* Weld and topology of random soups against the plainest reading of their definitions: every pair is compared. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/context.h"
#include "base/memory.h"
#include "libquote.h"
#include "mesh/boundary.h"
#include "mesh/builder.h"
#include "mesh/topology.h"
#include "tests/support/check.h"

#define FACETS_MAX 400

static uint64_t random_state;

static uint32_t random_below(uint32_t bound)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(random_state >> 33) % bound;
}

typedef struct soup {
    float corner[FACETS_MAX][3][3];
    uint32_t count;
} soup;

static void add_facet(soup *s, const float *a, const float *b, const float *c)
{
    if (s->count == FACETS_MAX) return;
    memcpy(s->corner[s->count][0], a, 12);
    memcpy(s->corner[s->count][1], b, 12);
    memcpy(s->corner[s->count][2], c, 12);
    s->count++;
}

/* A closed patch of the torus: every vertex has six triangles. */
static void add_torus(soup *s, uint32_t along, uint32_t around, float x)
{
    for (uint32_t i = 0; i < along; i++)
        for (uint32_t k = 0; k < around; k++) {
            uint32_t i1 = (i + 1) % along, k1 = (k + 1) % around;
            const float a[3] = {x, (float)i, (float)k}, b[3] = {x, (float)i1, (float)k},
                        c[3] = {x, (float)i1, (float)k1}, d[3] = {x, (float)i, (float)k1};
            add_facet(s, a, b, c);
            add_facet(s, a, c, d);
        }
}

/* A closed double cone: two vertices with as many triangles as there are sides. */
static void add_spindle(soup *s, uint32_t sides, float x)
{
    const float top[3] = {x, 0, 9}, bottom[3] = {x, 0, -9};
    for (uint32_t i = 0; i < sides; i++) {
        const float a[3] = {x, (float)i + 1, 1}, b[3] = {x, (float)((i + 1) % sides) + 1, 1};
        add_facet(s, a, b, top);
        add_facet(s, b, a, bottom);
    }
}

static void turn(float facet[3][3])
{
    float kept[3];
    memcpy(kept, facet[0], 12);
    memcpy(facet[0], facet[1], 12);
    memcpy(facet[1], kept, 12);
}

static void damage(soup *s, uint32_t times)
{
    for (uint32_t i = 0; i < times; i++) {
        uint32_t t = random_below(s->count), u = random_below(s->count);
        switch (random_below(6)) {
        case 0: memcpy(s->corner[t], s->corner[--s->count], sizeof s->corner[t]); break;
        case 1: memcpy(s->corner[t], s->corner[u], sizeof s->corner[t]); break;
        case 2: turn(s->corner[t]); break;
        case 3: memcpy(s->corner[t][0], s->corner[t][1], 12); break;
        case 4: memcpy(s->corner[t][0], s->corner[u][1], 12); break;
        default: memcpy(s->corner[t], s->corner[u], sizeof s->corner[t]); turn(s->corner[t]);
        }
        if (s->count < 2) return;
    }
}

static void shuffle(soup *s)
{
    for (uint32_t i = s->count; i > 1; i--) {
        uint32_t k = random_below(i);
        float kept[3][3];
        memcpy(kept, s->corner[i - 1], sizeof kept);
        memcpy(s->corner[i - 1], s->corner[k], sizeof kept);
        memcpy(s->corner[k], kept, sizeof kept);
        for (uint32_t turns = random_below(3); turns; turns--) {
            memcpy(kept[0], s->corner[k][0], 12);
            memmove(s->corner[k][0], s->corner[k][1], 24);
            memcpy(s->corner[k][2], kept[0], 12);
        }
    }
}

static void negate_zeros(soup *s)
{
    for (uint32_t t = 0; t < s->count; t++)
        for (int k = 0; k < 3; k++)
            for (int axis = 0; axis < 3; axis++)
                if (s->corner[t][k][axis] == 0 && random_below(2)) s->corner[t][k][axis] = -0.0f;
}

static soup random_soup(void)
{
    soup s = {.count = 0};
    switch (random_below(5)) {
    case 0:
        for (uint32_t count = 1 + random_below(60), size = 2 + random_below(3); count; count--) {
            float p[3][3];
            for (int i = 0; i < 9; i++) p[i / 3][i % 3] = (float)random_below(size);
            add_facet(&s, p[0], p[1], p[2]);
        }
        break;
    case 4: /* most share nothing, some do */
        if (random_below(2)) add_torus(&s, 3, 3, 0);
        for (uint32_t count = random_below(120); count; count--) {
            float p[3][3];
            for (int i = 0; i < 9; i++) p[i / 3][i % 3] = (float)random_below(8);
            add_facet(&s, p[0], p[1], p[2]);
        }
        if (random_below(2)) add_spindle(&s, 5, 2);
        break;
    case 1: add_torus(&s, 3 + random_below(5), 3 + random_below(5), 0); break;
    case 2:
        add_spindle(&s, 3 + random_below(30), 0);
        add_torus(&s, 3, 4, (float)random_below(2));
        break;
    default:
        add_torus(&s, 3, 3, 0);
        add_spindle(&s, 2 + random_below(20), 1);
        add_torus(&s, 4, 3, 2);
    }
    if (random_below(3)) damage(&s, random_below(random_below(2) ? 4 : 30));
    if (random_below(2)) shuffle(&s);
    negate_zeros(&s);
    return s;
}

/* ---- the plain reading ---- */

typedef struct truth {
    double position[3 * FACETS_MAX][3];
    uint32_t vertex_count;
    uint32_t corner[FACETS_MAX][3];
    uint32_t shell[FACETS_MAX];
    uint64_t degenerate, duplicates, opposite, open, crowded, odd, unbalanced, shells;
    bool manifold;
} truth;

static void weld_plainly(const soup *s, truth *out)
{
    for (uint32_t i = 0; i < 3 * s->count; i++) {
        const float *p = s->corner[i / 3][i % 3];
        uint32_t v = 0;
        while (v < out->vertex_count && !(out->position[v][0] == (double)p[0] && out->position[v][1] == (double)p[1] &&
                                          out->position[v][2] == (double)p[2]))
            v++;
        for (int k = 0; k < 3; k++) out->position[v][k] = (double)p[k] + 0.0;
        if (v == out->vertex_count) out->vertex_count++;
        out->corner[i / 3][i % 3] = v;
    }
}

static bool is_flat(const uint32_t c[3]) { return c[0] == c[1] || c[1] == c[2] || c[2] == c[0]; }

/* +1, -1: how the triangle walks from a to b; 0: not at all. */
static int walks(const uint32_t c[3], uint32_t a, uint32_t b)
{
    for (int k = 0; k < 3; k++) {
        if (c[k] == a && c[(k + 1) % 3] == b) return 1;
        if (c[k] == b && c[(k + 1) % 3] == a) return -1;
    }
    return 0;
}

/* +1: the same corners in the same order, -1: in the opposite one. */
static int is_copy(const uint32_t a[3], const uint32_t b[3])
{
    for (int k = 0; k < 3; k++)
        if (a[0] == b[k] && walks(b, a[0], a[1]) && walks(b, a[1], a[2])) return walks(b, a[0], a[1]);
    return 0;
}

static void look_at_edge(const soup *s, truth *out, uint32_t t, int k)
{
    uint32_t a = out->corner[t][k], b = out->corner[t][(k + 1) % 3];
    uint64_t uses = 0;
    int64_t net = 0;
    for (uint32_t u = 0; u < s->count; u++) {
        int step = is_flat(out->corner[u]) ? 0 : walks(out->corner[u], a, b);
        if (step && u < t) return; /* seen from there */
        uses += step != 0;
        net += step;
    }
    out->open += uses == 1;
    out->crowded += uses > 2;
    out->odd += uses & 1;
    out->unbalanced += net != 0;
}

/* The first of all triangles over the same three corners counts the pairs. */
static void count_copies(const soup *s, truth *out, uint32_t t)
{
    uint64_t same = 0, opposite = 0;
    bool first = true, first_this_way = true;
    for (uint32_t u = 0; u < s->count; u++) {
        int copy = is_flat(out->corner[u]) ? 0 : is_copy(out->corner[t], out->corner[u]);
        same += copy > 0;
        opposite += copy < 0;
        if (u < t && copy) first = false;
        if (u < t && copy > 0) first_this_way = false;
    }
    out->duplicates += !first_this_way;
    if (first) out->opposite += same < opposite ? same : opposite;
}

static bool has_one_fan(const soup *s, const truth *out, uint32_t vertex)
{
    bool reached[FACETS_MAX] = {false}, any = false, more = true;
    while (more) {
        more = false;
        for (uint32_t t = 0; t < s->count; t++) {
            const uint32_t *c = out->corner[t];
            if (reached[t] || is_flat(c) || (c[0] != vertex && c[1] != vertex && c[2] != vertex)) continue;
            bool beside = !any;
            for (uint32_t u = 0; u < s->count && !beside; u++)
                for (int k = 0; k < 3 && reached[u]; k++)
                    beside |= out->corner[u][k] != vertex && walks(c, vertex, out->corner[u][k]);
            if (!beside) continue;
            reached[t] = any = more = true;
        }
    }
    for (uint32_t t = 0; t < s->count; t++) {
        const uint32_t *c = out->corner[t];
        if (!reached[t] && !is_flat(c) && (c[0] == vertex || c[1] == vertex || c[2] == vertex)) return false;
    }
    return true;
}

static void find_shells(const soup *s, truth *out)
{
    for (uint32_t t = 0; t < s->count; t++) out->shell[t] = LQI_NO_SHELL;
    for (uint32_t first = 0; first < s->count; first++) {
        if (is_flat(out->corner[first]) || out->shell[first] != LQI_NO_SHELL) continue;
        out->shell[first] = (uint32_t)out->shells;
        for (bool more = true; more;) {
            more = false;
            for (uint32_t t = 0; t < s->count; t++) {
                if (is_flat(out->corner[t]) || out->shell[t] != LQI_NO_SHELL) continue;
                for (uint32_t u = 0; u < s->count; u++)
                    for (int k = 0; k < 3 && out->shell[u] == out->shells; k++)
                        if (walks(out->corner[t], out->corner[u][k], out->corner[u][(k + 1) % 3]))
                            out->shell[t] = (uint32_t)out->shells, more = true;
            }
        }
        out->shells++;
    }
}

static void find_truth(const soup *s, truth *out)
{
    *out = (truth){.vertex_count = 0};
    weld_plainly(s, out);
    find_shells(s, out);
    for (uint32_t t = 0; t < s->count; t++) {
        out->degenerate += is_flat(out->corner[t]);
        if (is_flat(out->corner[t])) continue;
        count_copies(s, out, t);
        for (int k = 0; k < 3; k++) look_at_edge(s, out, t, k);
    }
    out->manifold = out->shells && !out->open && !out->crowded && !out->unbalanced;
    for (uint32_t v = 0; v < out->vertex_count && out->manifold; v++) out->manifold = has_one_fan(s, out, v);
}

/* ---- the two compared ---- */

static void check_soup(lq_context *context, const soup *s, uint32_t block, bool told, int number)
{
    static truth want;
    char name[32];
    snprintf(name, sizeof name, "soup %d", number);
    find_truth(s, &want);
    lqi_mesh_builder builder;
    lqi_mesh mesh;
    lqi_mesh_builder_init(&builder, context);
    if (told) assert_int_equal(lqi_mesh_builder_expect(&builder, s->count), LQ_OK);
    for (uint32_t i = 0; i < s->count; i += block)
        assert_int_equal(
            lqi_mesh_builder_facets(&builder, s->corner[i][0], s->count - i < block ? s->count - i : block), LQ_OK);
    assert_int_equal(lqi_mesh_builder_finish(&builder, &mesh), LQ_OK);
    CHECK_INT(name, mesh.vertex_count, want.vertex_count, "vertices");
    CHECK_INT(name, mesh.triangle_count, s->count, "triangles");
    assert_memory_equal(mesh.corner, want.corner, s->count * 3 * sizeof *mesh.corner);
    assert_memory_equal(mesh.position, want.position, (size_t)mesh.vertex_count * 3 * sizeof *mesh.position);
    lqi_topology topology;
    lqi_boundary boundary;
    assert_int_equal(lqi_topology_find(context, &mesh, &topology), LQ_OK);
    assert_int_equal(lqi_boundary_find(context, &mesh, &topology, &boundary), LQ_OK);
    CHECK_INT(name, topology.degenerate_triangles, want.degenerate, "degenerate triangles");
    CHECK_INT(name, topology.duplicate_triangles, want.duplicates, "duplicate triangles");
    CHECK_INT(name, topology.opposite_pairs, want.opposite, "opposite pairs");
    CHECK_INT(name, topology.open_edges, want.open, "open edges");
    CHECK_INT(name, topology.non_manifold_edges, want.crowded, "non-manifold edges");
    CHECK_INT(name, topology.odd_edges, want.odd, "odd edges");
    CHECK_INT(name, topology.unbalanced_edges, want.unbalanced, "unbalanced edges");
    CHECK_INT(name, topology.shell_count, want.shells, "shells");
    CHECK_INT(name, topology.manifold, want.manifold, "manifold");
    assert_memory_equal(topology.shell, want.shell, s->count * sizeof *topology.shell);
    lqi_boundary_free(context, &boundary);
    lqi_topology_free(context, &topology);
    lqi_mesh_free(context, &mesh);
    assert_int_equal(lq_context_memory_held(context), 0);
}

static void random_soups_are_read_as_defined(void **state)
{
    (void)state;
    lq_context *context;
    assert_int_equal(lq_context_create(NULL, &context), LQ_OK);
    random_state = 1;
    for (int i = 0; i < 1500; i++) {
        soup s = random_soup();
        if (s.count) check_soup(context, &s, 1 + random_below(64), random_below(2), i);
    }
    lq_context_destroy(context);
}

/* A flipped triangle of a closed mesh is one to turn; a strip with half a twist has no orientation. */
static void sides_are_told_apart(void **state)
{
    (void)state;
    lq_context *context;
    assert_int_equal(lq_context_create(NULL, &context), LQ_OK);
    for (int twisted = 0; twisted < 2; twisted++) {
        soup s = {.count = 0};
        if (twisted) {
            for (uint32_t i = 0; i < 9; i++) {
                bool last = i == 8;
                const float a[3] = {(float)i, 0, 0}, b[3] = {(float)i, 1, 0};
                const float c[3] = {last ? 0 : (float)i + 1, last, 0}, d[3] = {last ? 0 : (float)i + 1, !last, 0};
                add_facet(&s, a, c, b);
                add_facet(&s, b, c, d);
            }
        } else {
            add_torus(&s, 5, 5, 0);
            turn(s.corner[7]);
            turn(s.corner[30]);
        }
        lqi_mesh_builder builder;
        lqi_mesh mesh;
        lqi_topology topology;
        lqi_mesh_builder_init(&builder, context);
        assert_int_equal(lqi_mesh_builder_facets(&builder, s.corner[0][0], s.count), LQ_OK);
        assert_int_equal(lqi_mesh_builder_finish(&builder, &mesh), LQ_OK);
        assert_int_equal(lqi_topology_find(context, &mesh, &topology), LQ_OK);
        assert_int_equal(topology.non_orientable_patches, twisted);
        assert_int_equal(topology.shell_count, 1);
        if (!twisted) {
            assert_int_equal(topology.misoriented_triangles, 2);
            assert_int_equal(topology.misoriented_triangle, 7);
            for (uint32_t t = 0; t < s.count; t++)
                assert_int_equal(topology.flag[t], t == 7 || t == 30 ? LQI_TRIANGLE_FLIPPED : 0);
        }
        lqi_topology_free(context, &topology);
        lqi_mesh_free(context, &mesh);
    }
    lq_context_destroy(context);
}

/* ---- meshes that do not fit in the small tables ---- */

#define ALONG 300u
#define AROUND 120u
#define LARGE (2 * ALONG * AROUND)

typedef float facet[3][3];

static void make_large(facet *f, uint32_t shuffled_from)
{
    for (uint32_t i = 0; i < ALONG; i++)
        for (uint32_t k = 0; k < AROUND; k++) {
            uint32_t i1 = (i + 1) % ALONG, k1 = (k + 1) % AROUND;
            const float corner[4][3] = {
                {(float)i, (float)k, 0}, {(float)i1, (float)k, 0}, {(float)i1, (float)k1, 0}, {(float)i, (float)k1, 0}};
            static const int of[2][3] = {{0, 1, 2}, {0, 2, 3}};
            for (int half = 0; half < 2; half++)
                for (int c = 0; c < 3; c++)
                    memcpy(f[2 * (i * AROUND + k) + (uint32_t)half][c], corner[of[half][c]], 12);
        }
    for (uint32_t i = LARGE; i > shuffled_from + 1; i--) {
        uint32_t k = shuffled_from + random_below(i - shuffled_from);
        facet kept;
        memcpy(kept, f[i - 1], sizeof kept);
        memcpy(f[i - 1], f[k], sizeof kept);
        memcpy(f[k], kept, sizeof kept);
    }
}

static uint32_t place_on_grid(const float p[3]) { return (uint32_t)p[0] * AROUND + (uint32_t)p[1]; }

static lqi_mesh weld_large(lq_context *context, facet *f, uint32_t count, bool told)
{
    lqi_mesh_builder builder;
    lqi_mesh mesh;
    lqi_mesh_builder_init(&builder, context);
    if (told) assert_int_equal(lqi_mesh_builder_expect(&builder, count), LQ_OK);
    for (uint32_t i = 0, step; i < count; i += step) {
        step = 1 + random_below(700);
        if (step > count - i) step = count - i;
        assert_int_equal(lqi_mesh_builder_facets(&builder, f[i][0], step), LQ_OK);
    }
    assert_int_equal(lqi_mesh_builder_finish(&builder, &mesh), LQ_OK);
    assert_int_equal(mesh.triangle_count, count);
    return mesh;
}

/* Vertices are numbered in order of first use, whatever the order. */
static void check_numbers(const lqi_mesh *mesh, facet *f)
{
    static uint32_t number[ALONG * AROUND];
    uint32_t vertices = 0;
    memset(number, 0xFF, sizeof number);
    for (uint32_t i = 0; i < 3 * mesh->triangle_count; i++) {
        const float *p = f[i / 3][i % 3];
        uint32_t *n = &number[place_on_grid(p)];
        if (*n == UINT32_MAX) *n = vertices++;
        assert_int_equal(mesh->corner[i], *n);
        for (int k = 0; k < 3; k++) assert_true(mesh->position[(size_t)3 * *n + (size_t)k] == (double)p[k]);
    }
    assert_int_equal(mesh->vertex_count, vertices);
}

static void large_soups_in_any_order(void **state)
{
    (void)state;
    static facet f[LARGE + 2];
    static const uint32_t shuffled_from[] = {LARGE, 0, LARGE / 2, LARGE - 30000};
    lq_context *context;
    assert_int_equal(lq_context_create(NULL, &context), LQ_OK);
    random_state = 3;
    for (int round = 0; round < 16; round++) {
        make_large(f, shuffled_from[round % 4]);
        /* 0: as it is; 1: two facets lost; 2: two that meet in an edge turned; 3: a flap and a copy added */
        int defect = round / 4;
        uint32_t count = LARGE, lost = 0;
        if (defect == 1) {
            while (place_on_grid(f[lost][0]) != 50 * AROUND + 50) lost++;
            memcpy(f[lost], f[--count], sizeof f[0]);
            for (lost = 0; place_on_grid(f[lost][0]) != 90 * AROUND + 10; lost++) {
            }
            memcpy(f[lost], f[--count], sizeof f[0]);
        }
        if (defect == 2)
            for (uint32_t t = 0; t < LARGE; t++)
                if (place_on_grid(f[t][0]) == 70 * AROUND + 70) turn(f[t]);
        if (defect == 3) {
            const float flap[3][3] = {{5, 5, 0}, {6, 5, 0}, {200, 100, 0}};
            memcpy(f[count++], flap, sizeof flap);
            memcpy(f[count], f[100], sizeof f[100]);
            count++;
        }
        lqi_mesh mesh = weld_large(context, f, count, round % 3);
        check_numbers(&mesh, f);
        lqi_topology topology;
        lqi_boundary boundary;
        assert_int_equal(lqi_topology_find(context, &mesh, &topology), LQ_OK);
        assert_int_equal(lqi_boundary_find(context, &mesh, &topology, &boundary), LQ_OK);
        assert_int_equal(topology.manifold, defect == 0);
        assert_int_equal(topology.shell_count, 1);
        assert_int_equal(topology.open_edges, defect == 1 ? 6 : defect == 3 ? 2 : 0);
        assert_int_equal(topology.misoriented_triangles, defect == 2 ? 2 : 0);
        assert_int_equal(topology.non_manifold_edges, defect == 3 ? 4 : 0);
        assert_int_equal(topology.duplicate_triangles, defect == 3);
        assert_int_equal(boundary.loop_count, defect == 1 ? 2 : defect == 3);
        lqi_boundary_free(context, &boundary);
        lqi_topology_free(context, &topology);
        lqi_mesh_free(context, &mesh);
        assert_int_equal(lq_context_memory_held(context), 0);
    }
    lq_context_destroy(context);
}

/* Two closed surfaces that share one vertex: regular edges everywhere, and yet no manifold. */
static void surfaces_that_touch_in_a_vertex(void **state)
{
    (void)state;
    lq_context *context;
    assert_int_equal(lq_context_create(NULL, &context), LQ_OK);
    for (uint32_t sides = 3; sides < 14; sides++) {
        soup s = {.count = 0};
        add_spindle(&s, sides, 0);
        add_spindle(&s, 3, 20);
        for (uint32_t t = 2 * sides; t < s.count; t++)
            for (int k = 0; k < 3; k++)
                if (s.corner[t][k][2] == 9) memcpy(s.corner[t][k], (const float[3]){0, 0, 9}, 12);
        lqi_mesh mesh = weld_large(context, s.corner, s.count, true);
        lqi_topology topology;
        assert_int_equal(lqi_topology_find(context, &mesh, &topology), LQ_OK);
        assert_int_equal(topology.open_edges + topology.non_manifold_edges + topology.unbalanced_edges, 0);
        assert_int_equal(topology.shell_count, 2);
        assert_false(topology.manifold);
        lqi_topology_free(context, &topology);
        lqi_mesh_free(context, &mesh);
    }
    lq_context_destroy(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_soups_are_read_as_defined),
        cmocka_unit_test(sides_are_told_apart),
        cmocka_unit_test(large_soups_in_any_order),
        cmocka_unit_test(surfaces_that_touch_in_a_vertex),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
