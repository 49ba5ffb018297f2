/* Repair for output: what comes out is closed when it is read back, has the volume that was promised, keeps what was
 * sound to the bit, and does not change when it is repaired again. */
#include "tests/support/check.h"

#include <stdlib.h>

#include "corpus/truth.h"
#include "tests/support/mend.h"

static const lq_write_format formats[] = {LQ_WRITE_STL_BINARY, LQ_WRITE_3MF};
static const char *const format_names[] = {"STL", "3MF"};

static int volume_is_promised(const lq_facts *promised, const lq_facts *found)
{
    double slack = 1e-9 * fabs(promised->volume_mm3), low = promised->volume_low_mm3, high = promised->volume_high_mm3;
    if (isfinite(promised->volume_error_mm3)) {
        low = promised->volume_mm3 - promised->volume_error_mm3;
        high = promised->volume_mm3 + promised->volume_error_mm3;
    }
    double found_low = found->volume_low_mm3, found_high = found->volume_high_mm3;
    if (isfinite(found->volume_error_mm3)) {
        found_low = found->volume_mm3 - found->volume_error_mm3;
        found_high = found->volume_mm3 + found->volume_error_mm3;
    }
    return found_low <= high + slack && found_high >= low - slack;
}

static void check_again(const char *name, const mend_result *first, const mend_options *options)
{
    mend_options same = *options;
    same.unit = LQ_UNIT_DEFAULT; /* the written file knows */
    same.repair_only = 1;
    mend_result second = mend_bytes(first->file.data, first->file.size, &same);
    CHECK_INT(name, second.status, LQ_OK, "status of the second repair");
    CHECK(second.file.size == first->file.size && memcmp(second.file.data, first->file.data, second.file.size) == 0,
          "%s: repairing again changes the file", name);
    mend_free(&second);
}

/* Repairs and checks what must hold for everything that is a solid. */
static mend_result mend_well(const char *name, const solid_soup *soup, const mend_options *options)
{
    mend_result result = mend_soup(soup, options);
    CHECK(result.status == LQ_OK, "%s: %s", name, result.code);
    CHECK_INT(name, result.held_end, 0, "memory held at the end");
    CHECK_INT(name, result.after.closed, 1, "closed");
    CHECK_INT(name, result.after.oriented, 1, "oriented");
    CHECK_INT(name, result.after.certificate_closed, 1, "certificate closed");
    CHECK_INT(name, result.after.certificate_oriented, 1, "certificate oriented");
    CHECK_INT(name, result.after.degenerate_triangles, 0, "degenerate triangles");
    CHECK(volume_is_promised(&result.before, &result.after), "%s: the volume is %.17g, promised was %.17g (%g to %g)",
          name, result.after.volume_mm3, result.before.volume_mm3, result.before.volume_low_mm3,
          result.before.volume_high_mm3);
    check_again(name, &result, options);
    return result;
}

/* ---- positions ---- */

static int compare_points(const void *a, const void *b) { return memcmp(a, b, 3 * sizeof(float)); }

static float *sorted_points(const solid_soup *soup)
{
    float *points = malloc(soup->count * 9 * sizeof *points + 1);
    assert_non_null(points);
    for (size_t i = 0; i < soup->count * 9; i++) points[i] = soup->corners[i] + 0.0f;
    qsort(points, soup->count * 3, 3 * sizeof *points, compare_points);
    return points;
}

static void check_bits_kept(const char *name, const solid_soup *given, const mend_result *result)
{
    solid_soup written = mend_facets(result);
    float *known = sorted_points(given);
    for (size_t i = 0; i < written.count * 3; i++)
        CHECK(bsearch(written.corners + 3 * i, known, given->count * 3, 3 * sizeof *known, compare_points),
              "%s: corner %zu of the repaired file was not in the given one", name, i);
    free(known);
    solid_free(&written);
}

/* ---- damage of known kinds ---- */

typedef struct damage_case {
    const char *name;
    solid_damage damage;
    const char *code; /* the action that must be told */
    uint64_t count;
} damage_case;

static void every_defect_is_mended(void **state)
{
    (void)state;
    static const damage_case cases[] = {
        {"nothing", {0}, NULL, 0},
        {"one removed", {.removed = 1}, "boundary_loops", 1},
        {"nine removed", {.removed = 9}, "boundary_loops", 9},
        {"eight flipped", {.flipped = 8}, "misoriented_triangles", 8},
        {"five twice", {.duplicated = 5}, "duplicate_triangles", 5},
        {"one opposed", {.opposed = 1}, "opposite_triangle_pairs", 1},
        {"three T-junctions", {.split = 3}, "t_junctions", 3},
        {"four degenerate", {.degenerate = 4}, "degenerate_triangles", 4},
        {"six of each",
         {.removed = 6, .flipped = 6, .duplicated = 6, .split = 6, .degenerate = 6},
         "boundary_loops",
         6},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (int solid = 0; solid < 2; solid++) {
            solid_soup soup = solid ? solid_sphere(10, 9) : solid_torus(20, 6, 40, 24);
            solid_truth truth = solid_measure(&soup);
            assert_true(solid_damage_apply(&soup, &cases[i].damage, 7));
            for (int f = 0; f < 2; f++) {
                char name[128];
                snprintf(name, sizeof name, "%s, %s, %s", cases[i].name, solid ? "sphere" : "torus", format_names[f]);
                mend_options options = {.format = formats[f]};
                mend_result result = mend_well(name, &soup, &options);
                CHECK_INT(name, result.after.manifold, 1, "manifold");
                CHECK_INT(name, result.after.shells, 1, "shells");
                CHECK_INT(name, result.after.duplicate_triangles, 0, "duplicates");
                double tolerance = result.after.volume_error_mm3;
                /* The two triangles that one opposed leaves open are closed over the same three points. */
                if (!cases[i].damage.split)
                    CHECK_NEAR(name, result.after.volume_mm3, truth.volume, tolerance, "volume");
                if (cases[i].code)
                    CHECK_INT(name, mend_count(&result, cases[i].code, 1), cases[i].count, cases[i].code);
                else
                    CHECK_INT(name, result.action_count, 0, "actions");
                if (f == 0) check_bits_kept(name, &soup, &result);
                mend_free(&result);
            }
            solid_free(&soup);
        }
    }
}

static void a_sound_file_keeps_its_bytes(void **state)
{
    (void)state;
    solid_soup solids[] = {solid_cube(20), solid_torus(20, 6, 40, 24), solid_nested(20, 10), solid_apart_cubes(10, 5)};
    for (size_t i = 0; i < sizeof solids / sizeof *solids; i++) {
        mend_options options = {.format = LQ_WRITE_STL_BINARY};
        mend_result result = mend_well("sound", &solids[i], &options);
        solid_soup written = mend_facets(&result);
        CHECK_INT("sound", result.action_count, 0, "actions");
        CHECK_INT("sound", written.count, solids[i].count, "facets");
        CHECK(memcmp(written.corners, solids[i].corners, written.count * 9 * sizeof(float)) == 0,
              "solid %zu: the facets are others", i);
        solid_free(&written);
        mend_free(&result);
        solid_free(&solids[i]);
    }
}

static void cracks_are_closed(void **state)
{
    (void)state;
    solid_soup soup = solid_torus(20, 6, 40, 24);
    solid_truth truth = solid_measure(&soup);
    const solid_damage damage = {.jittered = 12, .jitter = 2e-5f};
    assert_true(solid_damage_apply(&soup, &damage, 3));
    mend_options options = {.format = LQ_WRITE_STL_BINARY};
    mend_result result = mend_well("cracks", &soup, &options);
    CHECK_INT("cracks", mend_count(&result, "cracks_within_tolerance", 1), 12, "cracks");
    CHECK_INT("cracks", result.after.manifold, 1, "manifold");
    CHECK_NEAR("cracks", result.after.volume_mm3, truth.volume, 2e-5 * (double)truth.area, "volume");
    check_bits_kept("cracks", &soup, &result);
    mend_free(&result);
    solid_free(&soup);
}

/* ---- holes ---- */

/* A prism over a star of `points` points, without its lid. */
static solid_soup open_star(unsigned points, double outer, double inner, double height, double *lid)
{
    solid_soup soup = {0};
    unsigned count = 2 * points;
    double(*ring)[3] = malloc(count * sizeof *ring);
    assert_non_null(ring);
    const double centre[3] = {0, 0, 0};
    *lid = 0;
    for (unsigned i = 0; i < count; i++) {
        double angle = 2 * acos(-1) * i / count, radius = i % 2 ? inner : outer;
        volatile float x = (float)(radius * cos(angle)), y = (float)(radius * sin(angle)); /* as the file has them */
        ring[i][0] = (double)x;
        ring[i][1] = (double)y;
        ring[i][2] = 0;
    }
    for (unsigned i = 0; i < count; i++) {
        const double *a = ring[i], *b = ring[(i + 1) % count];
        const double a_top[3] = {a[0], a[1], height}, b_top[3] = {b[0], b[1], height};
        *lid += (a[0] * b[1] - a[1] * b[0]) / 2;
        solid_add(&soup, b, a, centre);
        solid_add_quad(&soup, a, b, b_top, a_top);
    }
    free(ring);
    return soup;
}

/* Every triangulation of a flat polygon has its area; one that folds has more. */
static void flat_holes_are_closed_without_folds(void **state)
{
    (void)state;
    static const unsigned points[] = {2, 3, 5, 16, 40, 200, 1500};
    for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
        char name[64];
        double lid;
        solid_soup soup = open_star(points[i], 50, 17, 100, &lid);
        solid_truth open = solid_measure(&soup);
        for (int turned = 0; turned < 2; turned++) {
            snprintf(name, sizeof name, "star of %u%s", points[i], turned ? ", turned" : "");
            if (turned) solid_rotate(&soup, (const double[3]){1, 2, 3}, 37);
            mend_options options = {.format = LQ_WRITE_STL_BINARY};
            mend_result result = mend_well(name, &soup, &options);
            CHECK_INT(name, mend_count(&result, "boundary_loops", 1), 1, "loops");
            CHECK_INT(name, result.after.manifold, 1, "manifold");
            CHECK_INT(name, result.after.triangle_count, soup.count + 2 * points[i] - 2, "triangles");
            CHECK_NEAR(name, result.after.volume_mm3, 100 * lid, turned ? 1 : 1e-3, "volume");
            CHECK_NEAR(name, result.after.area_mm2, (double)open.area + lid, turned ? 0.5 : 1e-3, "area");
            mend_free(&result);
        }
        solid_free(&soup);
    }
}

/* A ball without a cap: every loop is a ring around the missing part, and not flat. */
static void curved_holes_are_closed(void **state)
{
    (void)state;
    static const unsigned frequency[] = {6, 12, 40};
    for (size_t i = 0; i < sizeof frequency / sizeof *frequency; i++) {
        solid_soup ball = solid_sphere(30, frequency[i]), soup = {0};
        for (size_t t = 0; t < ball.count; t++) {
            double p[3][3], x = 0;
            for (size_t c = 0; c < 3; c++)
                for (size_t k = 0; k < 3; k++) p[c][k] = (double)ball.corners[9 * t + 3 * c + k];
            for (size_t c = 0; c < 3; c++) x += p[c][0] / 3;
            if (x < 22) solid_add(&soup, p[0], p[1], p[2]);
        }
        for (int f = 0; f < 2; f++) {
            mend_options options = {.format = formats[f]};
            mend_result result = mend_well("ball", &soup, &options);
            CHECK_INT("ball", mend_count(&result, "boundary_loops", 1), 1, "loops");
            CHECK_INT("ball", result.after.manifold, 1, "manifold");
            double cap = acos(-1) * 8 * 8 * (3 * 30 - 8) / 3, whole = 4 * acos(-1) * 27000 / 3;
            CHECK_NEAR("ball", result.after.volume_mm3, whole - cap, 0.05 * whole, "volume");
            mend_free(&result);
        }
        solid_free(&soup);
        solid_free(&ball);
    }
}

/* Without room for better caps the plainest is taken, and told. */
static void a_spent_budget_still_closes(void **state)
{
    (void)state;
    double lid;
    solid_soup soup = open_star(200, 50, 17, 100, &lid);
    lq_limits limits = {.struct_size = sizeof limits, .work_units = 1000};
    mend_options options = {.format = LQ_WRITE_STL_BINARY, .limits = &limits};
    mend_result result = mend_well("budget", &soup, &options);
    CHECK_INT("budget", mend_count(&result, "hole_fill_coarse", 0), 1, "coarse caps");
    CHECK_NEAR("budget", result.after.volume_mm3, 100 * lid, 1e-3, "volume");
    mend_free(&result);
    solid_free(&soup);
}

/* Every corner lies on all longer edges: a small file, and the square of its facets in places to divide. */
static void edges_on_each_other_take_no_flood_of_memory(void **state)
{
    (void)state;
    solid_soup soup = {0};
    for (int i = 1; i <= 3000; i++) {
        const double from[3] = {-i, 0, 0}, to[3] = {i, 0, 0}, apex[3] = {0, 10000 + i, 3 * i};
        solid_add(&soup, from, to, apex);
    }
    lq_limits limits = {.struct_size = sizeof limits, .memory_bytes = (uint64_t)64 << 20};
    mend_options options = {.format = LQ_WRITE_STL_BINARY, .limits = &limits, .repair_only = 1};
    mend_result result = mend_soup(&soup, &options);
    assert_int_equal(result.status, LQ_ERR_INPUT);
    assert_string_equal(result.code, "surface_not_solid");
    mend_free(&result);
    solid_free(&soup);
}

/* ---- bodies that touch ---- */

static void touching_bodies_are_separated_where_the_format_can(void **state)
{
    (void)state;
    for (int kind = 0; kind < 2; kind++) {
        solid_soup soup = kind ? solid_touching_vertex(10) : solid_touching_edge(10);
        const char *code = kind ? "non_manifold_vertices" : "non_manifold_edges";
        for (int f = 0; f < 2; f++) {
            mend_options options = {.format = formats[f]};
            mend_result result = mend_well(code, &soup, &options);
            CHECK_NEAR(code, result.after.volume_mm3, 2000, 1e-3, "volume");
            CHECK_INT(code, result.after.triangle_count, 24, "triangles");
            CHECK_INT(code, result.made.manifold, f == 1, "manifold by its own corners");
            CHECK_INT(code, result.after.manifold, 0, "manifold by position");
            CHECK_INT(code, mend_count(&result, code, 1), f == 1, "done");
            CHECK_INT(code, mend_count(&result, code, 0), f == 0 && kind == 0, "left");
            if (f == 1) CHECK_INT(code, result.made.shells, 2, "shells by their own corners");
            mend_free(&result);
        }
        solid_free(&soup);
    }
}

static void a_wall_between_bodies_is_left_out(void **state)
{
    (void)state;
    solid_soup soup = solid_touching_face(10);
    for (int f = 0; f < 2; f++) {
        mend_options options = {.format = formats[f]};
        mend_result result = mend_well("touching face", &soup, &options);
        CHECK_INT("touching face", mend_count(&result, "opposite_triangle_pairs", 1), 2, "pairs");
        CHECK_INT("touching face", result.after.manifold, 1, "manifold");
        CHECK_INT("touching face", result.after.shells, 1, "shells");
        CHECK_NEAR("touching face", result.after.volume_mm3, 2000, 1e-3, "volume");
        mend_free(&result);
    }
    solid_free(&soup);
}

/* ---- inside and outside ---- */

static void what_is_inside_out_is_turned(void **state)
{
    (void)state;
    solid_soup soup = solid_nested(20, 10);
    solid_invert(&soup);
    for (int f = 0; f < 2; f++) {
        mend_options options = {.format = formats[f]};
        mend_result result = mend_well("inside out", &soup, &options);
        CHECK_INT("inside out", mend_count(&result, "mesh_inside_out", 1), 1, "turned");
        CHECK_NEAR("inside out", result.after.volume_signed_mm3, 7000, 1e-6, "signed volume");
        CHECK_INT("inside out", result.after.cavities, 1, "cavities");
        mend_free(&result);
    }
    solid_free(&soup);
}

typedef struct reading {
    lq_fill fill;
    double signed_volume;
    uint64_t turned, left;
} reading;

/* Two readings: nothing is turned unless the caller says which. */
static void ambiguous_shells_are_turned_only_as_told(void **state)
{
    (void)state;
    static const reading inverted[] = {
        {LQ_FILL_POSITIVE, 0, 0, 1}, {LQ_FILL_NONZERO, 2000, 1, 0}, {LQ_FILL_EVEN_ODD, 2000, 1, 0}};
    static const reading nested[] = {
        {LQ_FILL_POSITIVE, 9000, 0, 1}, {LQ_FILL_NONZERO, 9000, 0, 1}, {LQ_FILL_EVEN_ODD, 7000, 1, 0}};
    for (size_t i = 0; i < 3; i++) {
        solid_soup soup = solid_cube(10), other = solid_cube(10);
        solid_invert(&other);
        solid_translate(&other, 30, 0, 0);
        solid_append(&soup, &other);
        mend_options options = {.format = LQ_WRITE_STL_BINARY, .fill = inverted[i].fill};
        mend_result result = mend_well("inverted", &soup, &options);
        CHECK_NEAR("inverted", result.after.volume_signed_mm3, inverted[i].signed_volume, 1e-6, "signed volume");
        CHECK_INT("inverted", mend_count(&result, "shell_inverted", 1), inverted[i].turned, "turned");
        CHECK_INT("inverted", mend_count(&result, "shell_inverted", 0), inverted[i].left, "left");
        mend_free(&result);
        solid_free(&soup);
        solid_free(&other);

        soup = solid_cube(20);
        other = solid_cube(10);
        solid_translate(&other, 5, 5, 5);
        solid_append(&soup, &other);
        options.fill = nested[i].fill;
        result = mend_well("nested", &soup, &options);
        CHECK_NEAR("nested", result.after.volume_signed_mm3, nested[i].signed_volume, 1e-6, "signed volume");
        CHECK_INT("nested", mend_count(&result, "shell_inverted", 1), nested[i].turned, "turned");
        CHECK_INT("nested", mend_count(&result, "nested_solid_shell", 0), nested[i].left, "left");
        mend_free(&result);
        solid_free(&soup);
        solid_free(&other);
    }
}

/* Shells in shells in shells, all the wrong way: each rule's volume is that of the file, and then of the signs. */
static void turned_shells_give_every_reader_the_volume_of_the_rule(void **state)
{
    (void)state;
    for (unsigned signs = 0; signs < 16; signs++) {
        solid_soup soup = {0};
        for (int level = 0; level < 4; level++) {
            double edge = 40 - 10 * level;
            solid_soup cube = solid_cube(edge);
            solid_translate(&cube, -edge / 2, -edge / 2, -edge / 2);
            if (signs >> level & 1) solid_invert(&cube);
            solid_append(&soup, &cube);
            solid_free(&cube);
        }
        for (lq_fill fill = LQ_FILL_NONZERO; fill <= LQ_FILL_EVEN_ODD; fill++) {
            char name[64];
            snprintf(name, sizeof name, "signs %u, rule %d", signs, (int)fill);
            mend_options options = {.format = LQ_WRITE_STL_BINARY, .fill = fill};
            mend_result result = mend_well(name, &soup, &options);
            CHECK_NEAR(name, result.after.volume_mm3, result.before.volume_mm3, 1e-6, "volume");
            CHECK_NEAR(name, result.after.volume_positive_mm3, result.before.volume_mm3, 1e-6, "volume to others");
            mend_free(&result);
        }
        solid_free(&soup);
    }
}

/* ---- what is no solid ---- */

static void surfaces_are_refused_or_left(void **state)
{
    (void)state;
    solid_soup surfaces[] = {solid_sheet(20, 4), solid_moebius(20, 5, 60)};
    for (int i = 0; i < 2; i++) {
        mend_result result = mend_soup(&surfaces[i], NULL);
        CHECK_INT("surface", result.status, LQ_ERR_INPUT, "status");
        CHECK_TEXT("surface", result.code, "surface_not_solid", "code");
        CHECK_INT("surface", result.held_end, 0, "memory held at the end");
        mend_free(&result);
        solid_free(&surfaces[i]);
    }
    solid_soup soup = solid_cube(20), sheet = solid_sheet(10, 3);
    solid_translate(&sheet, 0, 0, 50);
    solid_append(&soup, &sheet);
    mend_options options = {.format = LQ_WRITE_STL_BINARY};
    mend_result result = mend_soup(&soup, &options);
    solid_soup written = mend_facets(&result);
    CHECK_INT("cube and sheet", result.status, LQ_OK, "status");
    CHECK_INT("cube and sheet", mend_count(&result, "surface_not_solid", 0), 1, "left");
    CHECK_INT("cube and sheet", written.count, soup.count, "facets");
    CHECK(memcmp(written.corners, soup.corners, soup.count * 9 * sizeof(float)) == 0, "the facets are others");
    check_again("cube and sheet", &result, &options);
    solid_free(&written);
    solid_free(&soup);
    solid_free(&sheet);
    mend_free(&result);
}

static void loose_facets_are_left_out(void **state)
{
    (void)state;
    solid_soup soup = solid_cube(20);
    solid_add(&soup, (const double[3]){30, 0, 0}, (const double[3]){40, 0, 0}, (const double[3]){30, 10, 0});
    mend_options options = {.format = LQ_WRITE_STL_BINARY};
    mend_result result = mend_well("loose facet", &soup, &options);
    CHECK_INT("loose facet", mend_count(&result, "floating_noise_shells", 1), 1, "facets");
    CHECK_INT("loose facet", result.after.manifold, 1, "manifold");
    mend_free(&result);
    solid_free(&soup);
}

/* ---- the same whatever the circumstances ---- */

static solid_soup badly_damaged(void)
{
    solid_soup soup = solid_torus(20, 6, 60, 36);
    const solid_damage damage = {.removed = 15,
                                 .flipped = 15,
                                 .duplicated = 10,
                                 .opposed = 10,
                                 .jittered = 15,
                                 .split = 15,
                                 .degenerate = 10,
                                 .jitter = 2e-5f};
    assert_true(solid_damage_apply(&soup, &damage, 5));
    return soup;
}

static int compare_facets(const void *a, const void *b) { return memcmp(a, b, 9 * sizeof(float)); }

/* Facets from their smallest corner on, sorted: what does not depend on the order. */
static solid_soup canonical(const mend_result *result)
{
    solid_soup soup = mend_facets(result);
    for (size_t t = 0; t < soup.count; t++) {
        float turned[9], *facet = soup.corners + 9 * t;
        size_t first = 0;
        for (size_t c = 1; c < 3; c++)
            if (memcmp(facet + 3 * c, facet + 3 * first, 3 * sizeof *facet) < 0) first = c;
        for (size_t i = 0; i < 9; i++) turned[i] = facet[(i + 3 * first) % 9];
        memcpy(facet, turned, sizeof turned);
    }
    qsort(soup.corners, soup.count, 9 * sizeof(float), compare_facets);
    return soup;
}

static void threads_and_order_decide_nothing(void **state)
{
    (void)state;
    solid_soup soup = badly_damaged();
    mend_options options = {.format = LQ_WRITE_STL_BINARY};
    mend_result first = mend_well("order", &soup, &options);
    solid_soup known = canonical(&first);
    for (uint32_t threads = 2; threads <= 7; threads += 5) {
        options.threads = threads;
        mend_result other = mend_soup(&soup, &options);
        CHECK(other.file.size == first.file.size && memcmp(other.file.data, first.file.data, first.file.size) == 0,
              "%u threads give another file", threads);
        mend_free(&other);
    }
    for (uint64_t seed = 1; seed <= 5; seed++) {
        solid_shuffle(&soup, seed);
        mend_result other = mend_soup(&soup, &options);
        solid_soup found = canonical(&other);
        CHECK_INT("order", found.count, known.count, "facets");
        CHECK(memcmp(found.corners, known.corners, known.count * 9 * sizeof(float)) == 0,
              "another order of the facets gives other facets");
        solid_free(&found);
        mend_free(&other);
    }
    solid_free(&known);
    solid_free(&soup);
    mend_free(&first);
}

static void units_are_baked_into_stl(void **state)
{
    (void)state;
    solid_soup soup = badly_damaged();
    for (int f = 0; f < 2; f++) {
        mend_options options = {.format = formats[f], .unit = LQ_UNIT_INCH};
        mend_result result = mend_well("inch", &soup, &options);
        CHECK_NEAR("inch", result.after.volume_mm3 / (25.4 * 25.4 * 25.4), 2 * acos(-1) * acos(-1) * 20 * 36, 250,
                   "volume");
        CHECK_INT("inch", result.after.manifold, 1, "manifold");
        mend_free(&result);
    }
    solid_free(&soup);
}

/* ---- when the world is unkind ---- */

static void every_failing_allocation_is_survived(void **state)
{
    (void)state;
    solid_soup soup = solid_touching_edge(10), torus = solid_torus(20, 6, 8, 6);
    const solid_damage damage = {.removed = 1, .flipped = 1, .duplicated = 1, .split = 1};
    assert_true(solid_damage_apply(&torus, &damage, 5));
    solid_translate(&torus, 60, 0, 0);
    solid_append(&soup, &torus);
    for (int f = 0; f < 2; f++) {
        for (uint64_t n = 1;; n++) {
            lend_allocator allocator = {.fail_at = n};
            mend_options options = {
                .format = formats[f], .allocator = &allocator, .repair_only = 1, .unit = LQ_UNIT_INCH};
            mend_result result = mend_soup(&soup, &options);
            uint64_t calls = allocator.calls, blocks = allocator.blocks;
            if (result.status != LQ_OK) CHECK_INT("allocation", result.status, LQ_ERR_MEMORY, "status");
            CHECK_INT("allocation", result.held_end, 0, "memory held at the end");
            CHECK_INT("allocation", blocks, 0, "blocks left");
            mend_free(&result);
            if (calls < n) break;
        }
    }
    solid_free(&torus);
    solid_free(&soup);
}

static void it_stops_when_told(void **state)
{
    (void)state;
    solid_soup soup = badly_damaged();
    for (uint64_t n = 1;; n++) {
        lend_stopper stopper = {.stop_at = n};
        mend_options options = {.stopper = &stopper, .repair_only = 1};
        mend_result result = mend_soup(&soup, &options);
        lq_status status = result.status;
        CHECK_INT("cancel", result.held_end, 0, "memory held at the end");
        mend_free(&result);
        if (status == LQ_OK) break;
        CHECK_INT("cancel", status, LQ_ERR_CANCELLED, "status");
    }
    solid_free(&soup);
}

static void wrong_options_are_refused(void **state)
{
    (void)state;
    solid_soup soup = solid_cube(10);
    mend_options options = {.format = (lq_write_format)9};
    mend_result result = mend_soup(&soup, &options);
    CHECK_INT("format 9", result.status, LQ_ERR_ARGUMENT, "status");
    CHECK_TEXT("format 9", result.code, "argument", "code");
    mend_free(&result);
    solid_free(&soup);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_defect_is_mended),
        cmocka_unit_test(a_sound_file_keeps_its_bytes),
        cmocka_unit_test(cracks_are_closed),
        cmocka_unit_test(flat_holes_are_closed_without_folds),
        cmocka_unit_test(curved_holes_are_closed),
        cmocka_unit_test(a_spent_budget_still_closes),
        cmocka_unit_test(edges_on_each_other_take_no_flood_of_memory),
        cmocka_unit_test(touching_bodies_are_separated_where_the_format_can),
        cmocka_unit_test(a_wall_between_bodies_is_left_out),
        cmocka_unit_test(what_is_inside_out_is_turned),
        cmocka_unit_test(ambiguous_shells_are_turned_only_as_told),
        cmocka_unit_test(turned_shells_give_every_reader_the_volume_of_the_rule),
        cmocka_unit_test(surfaces_are_refused_or_left),
        cmocka_unit_test(loose_facets_are_left_out),
        cmocka_unit_test(threads_and_order_decide_nothing),
        cmocka_unit_test(units_are_baked_into_stl),
        cmocka_unit_test(every_failing_allocation_is_survived),
        cmocka_unit_test(it_stops_when_told),
        cmocka_unit_test(wrong_options_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
