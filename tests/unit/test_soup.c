/* The weld of soup against a reference that sorts: the vertex of a corner is the rank of the first corner at its
 * position. Patterns are made to hit each way through the weld, also those that somebody would choose to make it slow.
 */
#include <float.h>
#include <stdlib.h>

#include "kernel/records.h"
#include "libquote.h"
#include "mesh/builder.h"
#include "tests/support/check.h"
#include "tests/support/lend.h"

#define FACETS 40000u
#define CORNERS (3 * FACETS)

static uint64_t random_state;

static uint32_t random_below(uint32_t bound)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(random_state >> 33) % bound;
}

typedef float facet[3][3];

/* ---- patterns: each fills all facets ---- */

static void set_point(float p[3], uint32_t x, uint32_t y, float z)
{
    p[0] = (float)x;
    p[1] = (float)y;
    p[2] = z;
}

static void grid(facet *f)
{
    const uint32_t across = 200, along = FACETS / 2 / across;
    for (uint32_t i = 0; i < FACETS / 2; i++) {
        uint32_t x = i % across, y = i / across, x1 = (x + 1) % across, y1 = (y + 1) % along;
        set_point(f[2 * i][0], x, y, 0);
        set_point(f[2 * i][1], x1, y, 0);
        set_point(f[2 * i][2], x1, y1, 0);
        memcpy(f[2 * i + 1][0], f[2 * i][0], sizeof f[0][0]);
        memcpy(f[2 * i + 1][1], f[2 * i][2], sizeof f[0][0]);
        set_point(f[2 * i + 1][2], x, y1, 0);
    }
}

static void shuffle(facet *f, uint32_t first)
{
    for (uint32_t i = FACETS; i > first + 1; i--) {
        uint32_t k = first + random_below(i - first);
        facet kept;
        memcpy(kept, f[i - 1], sizeof kept);
        memcpy(f[i - 1], f[k], sizeof kept);
        memcpy(f[k], kept, sizeof kept);
    }
}

static void shuffled(facet *f)
{
    grid(f);
    shuffle(f, 0);
}

static void half_shuffled(facet *f)
{
    grid(f);
    shuffle(f, FACETS / 2);
}

/* Stretches in order and stretches without take turns. */
static void patched(facet *f)
{
    grid(f);
    for (uint32_t i = 0; i < FACETS; i++) {
        uint32_t k = random_below(FACETS);
        if (i / 3000 % 2) memcpy(f[i], f[k], sizeof f[i]);
    }
}

static void reversed(facet *f)
{
    grid(f);
    for (uint32_t i = 0; i < FACETS / 2; i++) {
        facet kept;
        memcpy(kept, f[i], sizeof kept);
        memcpy(f[i], f[FACETS - 1 - i], sizeof kept);
        memcpy(f[FACETS - 1 - i], kept, sizeof kept);
    }
}

static void twice(facet *f)
{
    shuffled(f);
    memcpy(f[FACETS / 2], f[0], FACETS / 2 * sizeof f[0]);
}

static void all_distinct(facet *f)
{
    for (uint32_t i = 0; i < CORNERS; i++) set_point(f[i / 3][i % 3], i % 317, i / 317, (float)i);
}

/* Numbers that differ in their lowest bits alone. */
static void neighbours(facet *f)
{
    for (uint32_t i = 0; i < CORNERS; i++)
        for (int k = 0; k < 3; k++) f[i / 3][i % 3][k] = 1 + (float)random_below(1 << 5) * FLT_EPSILON;
}

static void few_points(facet *f)
{
    for (uint32_t i = 0; i < CORNERS; i++) set_point(f[i / 3][i % 3], random_below(10), random_below(10), 5);
}

static void one_point_in_common(facet *f)
{
    all_distinct(f);
    for (uint32_t i = 0; i < FACETS; i++) set_point(f[i][i % 3], 1, 1, -1);
}

static void one_point(facet *f)
{
    for (uint32_t i = 0; i < CORNERS; i++) set_point(f[i / 3][i % 3], 7, 8, 9);
}

static void degenerate(facet *f)
{
    grid(f);
    for (uint32_t i = 0; i < FACETS; i++) memcpy(f[i][1 + i % 2], f[i][0], sizeof f[i][0]);
}

/* Far apart in the file, near in the hash if it were a simple one: one coordinate varies, by powers of two. */
static void powers_of_two(facet *f)
{
    for (uint32_t i = 0; i < CORNERS; i++) {
        uint32_t n = random_below(29 * 3 * 64);
        float p[3] = {0, 0, 0};
        p[n % 3] = (float)(1u << n / 3 % 29) * (1 + (float)(n / 87) / 64);
        memcpy(f[i / 3][i % 3], p, sizeof p);
    }
}

static void zeros_of_both_signs(facet *f)
{
    for (uint32_t i = 0; i < CORNERS; i++)
        for (int k = 0; k < 3; k++) f[i / 3][i % 3][k] = (float)random_below(12) * (random_below(2) ? 1.0f : -1.0f);
}

static const struct {
    const char *name;
    void (*fill)(facet *f);
} patterns[] = {{"grid", grid},
                {"shuffled", shuffled},
                {"half shuffled", half_shuffled},
                {"patched", patched},
                {"reversed", reversed},
                {"twice", twice},
                {"all distinct", all_distinct},
                {"neighbours", neighbours},
                {"few points", few_points},
                {"one point in common", one_point_in_common},
                {"one point", one_point},
                {"degenerate", degenerate},
                {"powers of two", powers_of_two},
                {"zeros of both signs", zeros_of_both_signs}};

/* ---- reference ---- */

typedef struct known {
    float p[3];
    uint32_t corner;
} known;

static int by_position(const void *a, const void *b)
{
    const known *x = a, *y = b;
    for (int k = 0; k < 3; k++)
        if (x->p[k] < y->p[k] || x->p[k] > y->p[k]) return x->p[k] < y->p[k] ? -1 : 1;
    return x->corner < y->corner ? -1 : 1;
}

static uint32_t expected_corner[CORNERS], expected_count;
static double expected_position[CORNERS][3];

static void weld_by_sorting(facet *f, uint32_t facets)
{
    static known sorted[CORNERS];
    static uint32_t first[CORNERS];
    uint32_t count = 3 * facets;
    for (uint32_t i = 0; i < count; i++) {
        memcpy(sorted[i].p, f[i / 3][i % 3], sizeof sorted[i].p);
        sorted[i].corner = i;
    }
    qsort(sorted, count, sizeof sorted[0], by_position);
    for (uint32_t i = 0; i < count; i++) {
        bool same = i && sorted[i].p[0] == sorted[i - 1].p[0] && sorted[i].p[1] == sorted[i - 1].p[1] &&
                    sorted[i].p[2] == sorted[i - 1].p[2];
        first[sorted[i].corner] = same ? first[sorted[i - 1].corner] : sorted[i].corner;
    }
    expected_count = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (first[i] == i) {
            for (int k = 0; k < 3; k++) {
                double x = (double)f[i / 3][i % 3][k];
                expected_position[expected_count][k] = x == 0 ? 0.0 : x;
            }
            expected_corner[i] = expected_count++;
        } else {
            expected_corner[i] = expected_corner[first[i]];
        }
    }
}

static void check_mesh(const char *name, lq_context *context, lqi_mesh_builder *builder, uint32_t facets)
{
    lqi_mesh mesh;
    CHECK_INT(name, lqi_mesh_builder_finish(builder, &mesh), LQ_OK, "status");
    CHECK_INT(name, mesh.triangle_count, facets, "triangles");
    CHECK_INT(name, mesh.vertex_count, expected_count, "vertices");
    CHECK(!memcmp(mesh.corner, expected_corner, (size_t)facets * 12), "%s: corners differ", name);
    CHECK(!memcmp(mesh.position, expected_position, (size_t)expected_count * 24), "%s: positions differ", name);
    lqi_mesh_free(context, &mesh);
    CHECK_INT(name, lq_context_memory_held(context), 0, "memory held");
}

/* ---- ways in ---- */

static void check_facets(const char *name, lq_context *context, facet *f, uint32_t block)
{
    lqi_mesh_builder builder;
    lqi_mesh_builder_init(&builder, context);
    for (uint32_t i = 0, step; i < FACETS; i += step) {
        step = block ? block : 1 + random_below(700);
        if (step > FACETS - i) step = FACETS - i;
        CHECK_INT(name, lqi_mesh_builder_facets(&builder, f[i][0], step), LQ_OK, "status");
    }
    check_mesh(name, context, &builder, FACETS);
}

static void put_number(uint8_t *to, float value, bool swapped)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    for (int i = 0; i < 4; i++) to[swapped ? 3 - i : i] = (uint8_t)(bits >> 8 * i);
}

static void put_records(facet *f, uint32_t count, bool swapped, uint8_t *records)
{
    for (uint32_t i = 0; i < count; i++, records += LQI_RECORD_SIZE) {
        memset(records, 0xA5, LQI_RECORD_SIZE);
        for (int k = 0; k < 9; k++) put_number(records + LQI_RECORD_CORNERS + 4 * k, f[i][k / 3][k % 3], swapped);
    }
}

static lend_guard guard;
static uint8_t records[FACETS * LQI_RECORD_SIZE];

/* From a block whose end is the end of memory. */
static void check_records(const char *name, lq_context *context, facet *f, bool swapped, bool told)
{
    lqi_mesh_builder builder;
    lqi_dropped_facets dropped;
    put_records(f, FACETS, swapped, records);
    const uint8_t *at = lend_guard_put(&guard, records, sizeof records);
    lqi_mesh_builder_init(&builder, context);
    if (told) assert_int_equal(lqi_mesh_builder_expect(&builder, FACETS), LQ_OK);
    assert_int_equal(lqi_mesh_builder_records(&builder, at, FACETS, swapped, &dropped), LQ_OK);
    CHECK(!dropped.nonfinite && !dropped.out_of_range, "%s: facets were dropped", name);
    check_mesh(name, context, &builder, FACETS);
}

static void patterns_are_welded_as_sorting_welds_them(void **state)
{
    (void)state;
    static facet f[FACETS];
    static const uint32_t isa[] = {0, LQ_ISA_SCALAR};
    assert_true(lend_guard_open(&guard, sizeof records));
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
        random_state = i + 1;
        patterns[i].fill(f);
        weld_by_sorting(f, FACETS);
        for (uint32_t way = 0; way < 6; way++) {
            char name[64];
            const uint8_t key[16] = {(uint8_t)way, (uint8_t)i};
            const lq_context_options options = {sizeof options, .thread_count = 1 + way % 3, .isa_mask = isa[way / 3],
                                                .hash_key = way == 5 ? NULL : key};
            lq_context *context;
            snprintf(name, sizeof name, "%s, way %u", patterns[i].name, way);
            assert_int_equal(lq_context_create(&options, &context), LQ_OK);
            check_facets(name, context, f, way < 2 ? 512 : 0);
            check_records(name, context, f, way % 2, way % 3);
            lq_context_destroy(context);
        }
    }
    lend_guard_close(&guard);
}

/* What cannot be used is left out, told with the number of the first, and shifts no vertex. */
static void unusable_records_are_left_out(void **state)
{
    (void)state;
    static facet f[FACETS], kept[FACETS];
    static const float numbers[] = {(float)NAN, INFINITY, -INFINITY, 1.1e9f, -FLT_MAX};
    assert_true(lend_guard_open(&guard, sizeof records));
    for (int way = 0; way < 4; way++) {
        char name[64];
        snprintf(name, sizeof name, "way %d", way);
        random_state = 77 + (uint64_t)way;
        lqi_dropped_facets dropped, expected = LQI_NONE_DROPPED;
        uint32_t count = 0;
        (way & 1 ? shuffled : grid)(f);
        for (uint32_t i = 0; i < FACETS; i++) {
            uint32_t kind = random_below(4000) < 5 ? random_below(6) : 5;
            if (kind < 5) f[i][random_below(3)][random_below(3)] = numbers[kind];
            if (kind == 3 && random_below(2)) f[i][0][0] = (float)NAN, kind = 0; /* the worse of both counts */
            if (kind < 3 && !expected.nonfinite++) expected.first_nonfinite = i;
            if ((kind == 3 || kind == 4) && !expected.out_of_range++) expected.first_out_of_range = i;
            if (kind == 5) memcpy(kept[count++], f[i], sizeof f[i]);
        }
        CHECK(expected.nonfinite > 5 && expected.out_of_range > 5, "%s: too few are unusable", name);
        weld_by_sorting(kept, count);
        put_records(f, FACETS, way & 2, records);
        lq_context *context;
        lqi_mesh_builder builder;
        assert_int_equal(lq_context_create(NULL, &context), LQ_OK);
        lqi_mesh_builder_init(&builder, context);
        const uint8_t *at = lend_guard_put(&guard, records, sizeof records);
        assert_int_equal(lqi_mesh_builder_records(&builder, at, FACETS, way & 2, &dropped), LQ_OK);
        CHECK_INT(name, dropped.nonfinite, expected.nonfinite, "not finite");
        CHECK_INT(name, dropped.out_of_range, expected.out_of_range, "out of range");
        CHECK_INT(name, dropped.first_nonfinite, expected.first_nonfinite, "the first that is not finite");
        CHECK_INT(name, dropped.first_out_of_range, expected.first_out_of_range, "the first out of range");
        check_mesh(name, context, &builder, count);
        lq_context_destroy(context);
    }
    lend_guard_close(&guard);
}

/* In records, what is too small to be a normal number is 0. */
static void tiny_numbers_are_zero(void **state)
{
    (void)state;
    static const float tiny[] = {0, -0.0f, FLT_MIN / 2, -FLT_MIN / 2, FLT_MIN / (1 << 23), -FLT_MIN * 0.999f};
    facet f[4] = {{{1, 0, 0}, {1, 0, 0}, {1, FLT_MIN, 0}}};
    uint8_t record[4 * LQI_RECORD_SIZE];
    for (int i = 1; i < 4; i++)
        for (int c = 0; c < 3; c++) {
            f[i][c][0] = 1;
            for (int k = 1; k < 3; k++) f[i][c][k] = tiny[(2 * (3 * i + c) + k) % 6];
        }
    for (int swapped = 0; swapped < 2; swapped++) {
        lq_context *context;
        lqi_mesh_builder builder;
        lqi_mesh mesh;
        lqi_dropped_facets dropped;
        put_records(f, 4, swapped, record);
        assert_int_equal(lq_context_create(NULL, &context), LQ_OK);
        lqi_mesh_builder_init(&builder, context);
        assert_int_equal(lqi_mesh_builder_records(&builder, record, 4, swapped, &dropped), LQ_OK);
        assert_int_equal(lqi_mesh_builder_finish(&builder, &mesh), LQ_OK);
        assert_int_equal(mesh.vertex_count, 2);
        for (int i = 0; i < 12; i++) assert_int_equal(mesh.corner[i], i == 2);
        const double zero[2] = {0, 0};
        assert_memory_equal(&mesh.position[1], zero, sizeof zero);
        lqi_mesh_free(context, &mesh);
        lq_context_destroy(context);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(patterns_are_welded_as_sorting_welds_them),
                                       cmocka_unit_test(unusable_records_are_left_out),
                                       cmocka_unit_test(tiny_numbers_are_zero)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
