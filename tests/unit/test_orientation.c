/* Which way up: hulls, boxes and costs of bodies that are known, and the same answers for turned bodies. */
#include "tests/support/check.h"

#include "measure/hull.h"
#include "measure/hull_plane.h"
#include "measure/orientation.h"
#include "measure/orientation_samples.h"
#include "tests/support/lend.h"
#include "tests/unit/body.h"

#define PI 3.14159265358979323846

#define SHARE(name, actual, expected, share, what) CHECK_NEAR(name, actual, expected, (share) * (expected), what)

static uint64_t random_state = 7;

static double random_share(void) { return (double)(solid_random(&random_state) >> 11) * 0x1p-53; }

/* A random rotation of length 12, of a unit quaternion. */
static void random_turn(double m[12])
{
    double q[4], length = 0;
    for (int i = 0; i < 4; i++) q[i] = 2 * random_share() - 1, length += q[i] * q[i];
    for (int i = 0; i < 4; i++) q[i] /= sqrt(length);
    double w = q[0], x = q[1], y = q[2], z = q[3];
    const double turn[12] = {1 - 2 * (y * y + z * z), 2 * (x * y + w * z), 2 * (x * z - w * y), 2 * (x * y - w * z),
                             1 - 2 * (x * x + z * z), 2 * (y * z + w * x), 2 * (x * z + w * y), 2 * (y * z - w * x),
                             1 - 2 * (x * x + y * y), random_share() * 50, random_share() * 50, random_share() * 50};
    memcpy(m, turn, sizeof turn);
}

/* A box whose sides are divided into so many cells each: most of its vertices are no corners. */
static solid_soup divided_box(double x, double y, double z, int cells)
{
    solid_soup soup = {0};
    const double side[3] = {x, y, z};
    for (int face = 0; face < 6; face++)
        for (int i = 0; i < cells; i++)
            for (int k = 0; k < cells; k++) {
                int n = face / 2, u = (n + 1) % 3, v = (n + 2) % 3, far = face % 2;
                double p[4][3];
                for (int c = 0; c < 4; c++) {
                    int a = (c == 1 || c == 2) ? i + 1 : i, b = c >= 2 ? k + 1 : k;
                    p[c][n] = far * side[n];
                    p[c][far ? u : v] = (far ? a : a) * side[far ? u : v] / cells;
                    p[c][far ? v : u] = b * side[far ? v : u] / cells;
                }
                solid_add_quad(&soup, p[0], p[1], p[2], p[3]);
            }
    return soup;
}

/* Every vertex is on or under every face, and the areas are those of the body. */
static lqi_hull make_hull(body *b)
{
    lqi_hull hull;
    lqi_dexels dexels = body_dexels(b, 16);
    assert_int_equal(lqi_hull_make(b->context, b->solid, b->count, &dexels.box, &hull), LQ_OK);
    lqi_dexels_free(&dexels);
    return hull;
}

static void hulls_of_boxes(void **state)
{
    (void)state;
    for (int k = 0; k < 12; k++) {
        double turn[12];
        random_turn(turn);
        body b = body_begin(1);
        body_add(&b, divided_box(30, 20, 10, 1 + k), k ? turn : NULL);
        lqi_hull hull = make_hull(&b);
        static const double area[6] = {600, 600, 300, 300, 200, 200};
        assert_true(hull.face_count >= 6);
        for (uint32_t i = 6; i < hull.face_count; i++) /* slivers along edges, by the rounding of corners */
            CHECK(hull.face[i].area < 0.01, "box: a face of %g more", hull.face[i].area);
        for (uint32_t i = 0; i < 6; i++) {
            CHECK_NEAR("box", hull.face[i].area, area[i], 1e-3 * area[i], "area");
            int axis = i < 2 ? 2 : i < 4 ? 1 : 0;
            const double as_it_is[12] = {1, 0, 0, 0, 1, 0, 0, 0, 1}, *row = (k ? turn : as_it_is) + 3 * axis;
            const double *n = hull.face[i].normal;
            CHECK_NEAR("box", fabs(n[0] * row[0] + n[1] * row[1] + n[2] * row[2]), 1, 1e-8, "normal");
        }
        const double *z = k ? turn + 6 : (double[]){0, 0, 1};
        double back[3] = {-z[0], -z[1], -z[2]};
        CHECK_NEAR("box", lqi_hull_reach(&hull, z) + lqi_hull_reach(&hull, back), 10, 1e-4, "reach");
        lqi_hull_free(&hull);
        body_end(&b);
    }
}

static double hull_volume(const lqi_hull *hull, double *area)
{
    double volume = 0;
    *area = 0;
    for (uint32_t i = 0; i < hull->face_count; i++) {
        volume += lqi_hull_reach(hull, hull->face[i].normal) * hull->face[i].area / 3;
        *area += hull->face[i].area;
    }
    return volume;
}

static void hulls_of_round_bodies(void **state)
{
    (void)state;
    double area;
    body b = body_of(solid_cylinder(10, 40, 24)); /* 26 faces: all are kept */
    lqi_hull hull = make_hull(&b);
    double base = 12 * 100 * sin(PI / 12);
    CHECK_INT("cylinder", hull.face_count, 26, "faces");
    SHARE("cylinder", hull_volume(&hull, &area), base * 40, 1e-4, "volume");
    SHARE("cylinder", area, 2 * base + 24 * 20 * sin(PI / 24) * 40, 1e-4, "area");
    lqi_hull_free(&hull);
    body_end(&b);
    for (unsigned frequency = 4; frequency < 100; frequency *= 4) { /* the larger ones are thinned out */
        b = body_of(solid_sphere(10, frequency));
        hull = make_hull(&b);
        for (int i = 0; i < 20; i++) {
            double turn[12];
            random_turn(turn);
            CHECK_NEAR("sphere", lqi_hull_reach(&hull, turn), 10, frequency == 4 ? 0.6 : 0.1, "reach");
        }
        lqi_hull_free(&hull);
        body_end(&b);
    }
}

static void hulls_of_planes(void **state)
{
    (void)state;
    double point[400][2], corner[800][2], side[2], along[2];
    uint64_t spare[1200];
    uint32_t count = 0;
    for (int x = 0; x < 20; x++)
        for (int y = 0; y < 20; y++, count++) point[count][0] = 3.0 * x, point[count][1] = y;
    CHECK_INT("grid", lqi_hull_plane((const double(*)[2])point, count, spare, corner), 4, "corners");
    lqi_hull_plane_rectangle((const double(*)[2])corner, 4, side, along);
    CHECK_NEAR("grid", side[0] * side[1], 57 * 19, 1e-9, "area");
    CHECK_NEAR("grid", lqi_hull_plane_depth((const double(*)[2])corner, 4, (double[]){20, 4}), 4, 1e-12, "depth");
    CHECK_NEAR("grid", lqi_hull_plane_depth((const double(*)[2])corner, 4, (double[]){20, 22}), -3, 1e-12, "depth");
    CHECK_INT("none", lqi_hull_plane((const double(*)[2])point, 0, spare, corner), 0, "corners");
    CHECK_INT("one", lqi_hull_plane((const double(*)[2])point, 1, spare, corner), 1, "corners");
    CHECK_INT("line", lqi_hull_plane((const double(*)[2])point, 20, spare, corner), 2, "corners");
    for (count = 0; count < 400; count++) {
        double angle = 2 * PI * count / 400;
        point[count][0] = 10 * cos(angle), point[count][1] = 10 * sin(angle);
    }
    count = lqi_hull_plane((const double(*)[2])point, count, spare, corner);
    CHECK_INT("circle", count, 400, "corners");
    lqi_hull_plane_rectangle((const double(*)[2])corner, count, side, along);
    CHECK_NEAR("circle", side[0] * side[1], 400, 0.1, "area");
}

typedef struct answers {
    lqi_overhang overhang;
    lqi_orientations ways;
} answers;

static answers find(body *b)
{
    answers a;
    lqi_dexels dexels = body_dexels(b, 0);
    lqi_normals normals;
    assert_int_equal(lqi_normals_gather(b->context, b->solid, b->count, &dexels.box, &normals), LQ_OK);
    assert_int_equal(lqi_overhang_measure(b->context, &dexels, &normals, &a.overhang), LQ_OK);
    assert_int_equal(lqi_orientations_find(b->context, b->solid, b->count, &dexels, &normals, &a.overhang, &a.ways),
                     LQ_OK);
    assert_true(a.ways.examined);
    lqi_dexels_free(&dexels);
    body_end(b);
    return a;
}

static void check_rotation(const char *name, const lqi_orientation *way)
{
    const double *r = way->rotation;
    for (int i = 0; i < 3; i++) {
        double low = r[3 * i] * way->down[0] + r[3 * i + 1] * way->down[1] + r[3 * i + 2] * way->down[2];
        CHECK_NEAR(name, low, i == 2 ? -1 : 0, 1e-12, "what points down, turned");
        for (int k = 0; k < 3; k++) {
            double product = r[3 * i] * r[3 * k] + r[3 * i + 1] * r[3 * k + 1] + r[3 * i + 2] * r[3 * k + 2];
            CHECK_NEAR(name, product, i == k, 1e-12, "rows of a rotation");
        }
    }
    double volume =
        r[0] * (r[4] * r[8] - r[5] * r[7]) - r[1] * (r[3] * r[8] - r[5] * r[6]) + r[2] * (r[3] * r[7] - r[4] * r[6]);
    CHECK_NEAR(name, volume, 1, 1e-12, "determinant");
}

static void a_cube_stays(void **state)
{
    (void)state;
    body b = body_of(solid_cube(20));
    answers a = find(&b);
    CHECK_INT("cube", a.ways.count, 3, "ways");
    for (int i = 0; i < 9; i++) CHECK_NEAR("cube", a.ways.best[0].rotation[i], i % 4 == 0, 0, "rotation");
    for (int i = 0; i < 3; i++) {
        check_rotation("cube", &a.ways.best[i]);
        CHECK_NEAR("cube", a.ways.best[i].support_mm3, 0, 1e-9, "support");
        SHARE("cube", a.ways.best[i].contact_mm2, 400, 0.01, "contact");
        CHECK_NEAR("cube", a.ways.smallest_box_mm[i], 20, 1e-9, "box");
    }
}

/* A plate that stands askew is best laid down; the box around it is its own. */
static void a_turned_plate_lies_down(void **state)
{
    (void)state;
    for (int k = 0; k < 6; k++) {
        double turn[12];
        random_turn(turn);
        for (int i = 9; k == 5 && i < 12; i++) turn[i] += 1e6; /* far away */
        body b = body_begin(1);
        body_add(&b, divided_box(60, 40, 8, k < 3 ? 2 : 40), turn);
        answers a = find(&b);
        const lqi_orientation *best = &a.ways.best[0];
        check_rotation("plate", best);
        CHECK_NEAR("plate", best->height_mm, 8, 0.02, "height");
        SHARE("plate", best->contact_mm2, 2400, 0.02, "contact");
        CHECK_NEAR("plate", best->support_mm3, 0, 1, "support");
        CHECK_NEAR("plate", best->tipping_degrees, atan(20 / 4.0) * 180 / PI, 1, "tipping");
        CHECK(a.ways.given.cost > best->cost, "plate: cost");
        static const double side[3] = {60, 40, 8};
        for (int i = 0; i < 3; i++) CHECK_NEAR("plate", a.ways.smallest_box_mm[i], side[i], 0.01, "box");
    }
}

static void add_block(body *b, double x, double y, double z, double at_x, double at_y, double at_z, const double m[12])
{
    solid_soup soup = solid_box(x, y, z);
    solid_translate(&soup, at_x, at_y, at_z);
    body_add(b, soup, m);
}

/* A mushroom on its stem is best turned over. */
static void a_mushroom_turns_over(void **state)
{
    (void)state;
    for (int k = 0; k < 4; k++) {
        double turn[12];
        random_turn(turn);
        body b = body_begin(1);
        add_block(&b, 8, 8, 20, 16, 16, 0, k ? turn : NULL);
        add_block(&b, 40, 40, 6, 0, 0, 20, k ? turn : NULL);
        answers a = find(&b);
        const lqi_orientation *best = &a.ways.best[0];
        const double *up = k ? turn + 6 : (double[]){0, 0, 1};
        double along = best->down[0] * up[0] + best->down[1] * up[1] + best->down[2] * up[2];
        CHECK_NEAR("mushroom", along, 1, 1e-6, "what points down");
        CHECK_NEAR("mushroom", best->support_mm3, 0, 20, "support");
        SHARE("mushroom", best->contact_mm2, 1600, 0.02, "contact");
        CHECK_NEAR("mushroom", best->height_mm, 26, 1e-3, "height");
        if (k) continue;
        SHARE("mushroom", a.ways.given.support_mm3, (1600 - 64) * 20, 0.02, "support as given");
        CHECK(a.ways.given.cost > best->cost, "mushroom: cost");
    }
}

/* What samples of the surface say of a way is what columns say of the body when it is turned that way. */
static void samples_agree_with_columns(void **state)
{
    (void)state;
    for (int k = 0; k < 8; k++) {
        body b = body_begin(1), turned = body_begin(1);
        double turn[12];
        random_turn(turn);
        for (int side = 0; side < 2; side++) {
            body *to = side ? &turned : &b;
            const double *m = side ? turn : NULL;
            if (k % 2) {
                body_add(to, solid_torus(30, 8, 200, 80), m);
            } else {
                add_block(to, 60, 40, 3, 0, 0, 0, m);
                add_block(to, 3, 40, 50, 0, 0, 3, m);
                add_block(to, 40, 20, 2, 3, 10, 40, m);
            }
        }
        lqi_dexels dexels = body_dexels(&b, 0);
        lqi_samples samples;
        lqi_normals normals;
        assert_int_equal(lqi_normals_gather(b.context, b.solid, b.count, &dexels.box, &normals), LQ_OK);
        lqi_hull hull;
        lqi_overhang given;
        lqi_orientation way = {.down = {-turn[2], -turn[5], -turn[8]}};
        for (int i = 0; i < 9; i++) way.rotation[i] = turn[i % 3 * 3 + i / 3];
        assert_int_equal(lqi_overhang_along(b.context, &dexels, 2, false, &given), LQ_OK);
        assert_int_equal(lqi_samples_gather(b.context, &dexels, &normals, &samples), LQ_OK);
        assert_int_equal(lqi_hull_make(b.context, b.solid, b.count, &dexels.box, &hull), LQ_OK);
        assert_int_equal(lqi_samples_rate(&samples, &hull, given.centre, &way), LQ_OK);
        answers a = find(&turned);
        double support = lqi_overhang_support(&a.overhang, 45, 0);
        SHARE("samples", way.support_mm3, support, 0.05, "support");
        SHARE("samples", way.overhang_mm2, lqi_overhang_area(&a.overhang, 45), 0.05, "overhang");
        CHECK_NEAR("samples", way.height_mm, a.overhang.height_mm, 0.02 * a.overhang.height_mm, "height");
        lqi_hull_free(&hull);
        lqi_samples_free(&samples);
        lqi_dexels_free(&dexels);
        body_end(&b);
    }
}

static lq_status try_all(const body *b, answers *a)
{
    lqi_dexels dexels;
    lqi_normals normals;
    lq_status status = lqi_dexels_make(b->context, b->solid, b->count, 40, &dexels);
    if (status != LQ_OK) return status;
    status = lqi_normals_gather(b->context, b->solid, b->count, &dexels.box, &normals);
    if (status == LQ_OK) status = lqi_overhang_measure(b->context, &dexels, &normals, &a->overhang);
    if (status == LQ_OK)
        status = lqi_orientations_find(b->context, b->solid, b->count, &dexels, &normals, &a->overhang, &a->ways);
    lqi_dexels_free(&dexels);
    return status;
}

static solid_soup askew_torus(void)
{
    solid_soup soup = solid_torus(20, 6, 60, 40); /* more vertices than a hull takes */
    solid_rotate(&soup, (double[]){1, 2, 3}, 40);
    return soup;
}

/* Whichever allocation fails, and whenever somebody cancels: a status, and nothing is left behind. */
static void where_memory_fails(void **state)
{
    (void)state;
    for (int cancelling = 0; cancelling < 2; cancelling++) {
        lq_status status = LQ_ERR_MEMORY;
        for (uint64_t n = 1; status != LQ_OK; n++) {
            lend_allocator lent = {0};
            lend_stopper stopper = {0};
            lq_allocator allocator = lend_allocator_of(&lent);
            lq_context_options options = {.struct_size = sizeof options,
                                          .thread_count = 1,
                                          .allocator = &allocator,
                                          .progress = lend_stop,
                                          .progress_user = &stopper};
            body b = {0};
            assert_int_equal(lq_context_create(&options, &b.context), LQ_OK);
            body_add(&b, askew_torus(), NULL);
            b.solid[0].mesh = &b.mesh[0];
            uint64_t held = lent.held;
            answers a;
            if (cancelling)
                stopper.stop_at = stopper.calls + n;
            else
                lent.fail_at = lent.calls + n;
            status = try_all(&b, &a);
            if (status != LQ_OK) assert_int_equal(status, cancelling ? LQ_ERR_CANCELLED : LQ_ERR_MEMORY);
            CHECK_INT("torus", lent.held, held, "bytes held");
            assert_true(n < 1000);
            body_end(&b);
        }
    }
}

static void any_number_of_threads(void **state)
{
    (void)state;
    answers a[2];
    for (int k = 0; k < 2; k++) {
        body b = body_begin(k ? 5 : 1);
        body_add(&b, askew_torus(), NULL);
        a[k] = find(&b);
    }
    assert_memory_equal(a[0].ways.best, a[1].ways.best, sizeof a[0].ways.best);
    assert_memory_equal(a[0].ways.smallest_box_mm, a[1].ways.smallest_box_mm, sizeof a[0].ways.smallest_box_mm);
    assert_memory_equal(a[0].overhang.support_by_degree, a[1].overhang.support_by_degree,
                        sizeof a[0].overhang.support_by_degree);
}

/* Flat bodies, lines of columns, nothing at all: an answer or none, never a crash. */
static void odd_bodies(void **state)
{
    (void)state;
    for (int k = 0; k < 3; k++) {
        body b = body_begin(1);
        add_block(&b, 50, k ? 50 : 1e-5, k > 1 ? 1e-6 : 50, 0, 0, 0, NULL);
        answers a = find(&b);
        CHECK(a.ways.smallest_box_mm[0] >= 49.9, "odd: box");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hulls_of_boxes),
        cmocka_unit_test(hulls_of_round_bodies),
        cmocka_unit_test(hulls_of_planes),
        cmocka_unit_test(a_cube_stays),
        cmocka_unit_test(a_turned_plate_lies_down),
        cmocka_unit_test(a_mushroom_turns_over),
        cmocka_unit_test(samples_agree_with_columns),
        cmocka_unit_test(odd_bodies),
        cmocka_unit_test(where_memory_fails),
        cmocka_unit_test(any_number_of_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
