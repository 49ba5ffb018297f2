/* What hangs over air: bodies whose overhangs, bridges, contact and balance are known. */
#include "tests/support/check.h"

#include "measure/angle.h"
#include "measure/overhang.h"
#include "tests/unit/body.h"

#define PI 3.14159265358979323846

/* A closed wedge along y over [0, length]: a convex outline in x and z, counter-clockwise seen from -y. */
static solid_soup prism(const double (*corner)[2], size_t count, double length)
{
    solid_soup soup = {0};
    for (size_t i = 0; i < count; i++) {
        const double *a = corner[i], *b = corner[(i + 1) % count];
        solid_add_quad(&soup, (double[]){a[0], 0, a[1]}, (double[]){a[0], length, a[1]}, (double[]){b[0], length, b[1]},
                       (double[]){b[0], 0, b[1]});
        if (i == 0 || i + 1 == count) continue;
        solid_add(&soup, (double[]){corner[0][0], 0, corner[0][1]}, (double[]){a[0], 0, a[1]},
                  (double[]){b[0], 0, b[1]});
        solid_add(&soup, (double[]){corner[0][0], length, corner[0][1]}, (double[]){b[0], length, b[1]},
                  (double[]){a[0], length, a[1]});
    }
    return soup;
}

/* About z and aside: no measure may change. */
static const double askew[12] = {0.8, 0.6, 0, -0.6, 0.8, 0, 0, 0, 1, 31, -17, 5};

static void add_block(body *b, double x, double y, double z, double at_x, double at_y, double at_z, const double m[12])
{
    solid_soup soup = solid_box(x, y, z);
    solid_translate(&soup, at_x, at_y, at_z);
    body_add(b, soup, m);
}

static lqi_overhang measure(body *b)
{
    lqi_dexels dexels = body_dexels(b, 0);
    lqi_normals normals;
    lqi_overhang overhang;
    assert_int_equal(lqi_normals_gather(b->context, b->solid, b->count, &dexels.box, &normals), LQ_OK);
    assert_int_equal(lqi_overhang_measure(b->context, &dexels, &normals, &overhang), LQ_OK);
    assert_true(overhang.examined);
    lqi_dexels_free(&dexels);
    body_end(b);
    return overhang;
}

#define SHARE(name, actual, expected, share, what) CHECK_NEAR(name, actual, expected, (share) * (expected), what)

static void angles_of_tangents(void **state)
{
    (void)state;
    for (double degrees = -89.5; degrees < 90; degrees += 0.25)
        CHECK_NEAR("angle", lqi_degrees_of_tangent(tan(degrees * PI / 180)), degrees, 1e-9, "degrees");
}

static void a_cube_needs_nothing(void **state)
{
    (void)state;
    body b = body_of(solid_cube(20));
    lqi_overhang o = measure(&b);
    CHECK_NEAR("cube", lqi_overhang_area(&o, 90), 0, 0, "area");
    CHECK_NEAR("cube", lqi_overhang_support(&o, 90, 0), 0, 0, "support");
    CHECK_NEAR("cube", o.contact_mm2, 400, 1e-9, "contact");
    CHECK_NEAR("cube", o.contact_thickness_mm, 20, 1e-6, "thickness");
    CHECK_NEAR("cube", o.tipping_degrees, 45, 0.3, "tipping");
    CHECK_INT("cube", o.patch_count, 0, "patches");
}

/* A top of 60 x 40 x 4 on four legs of 5 x 5 x 30: nothing but air under it. */
static void a_table_stands_on_legs(void **state)
{
    (void)state;
    for (int k = 0; k < 2; k++) {
        const double *m = k ? askew : NULL;
        body b = body_begin(1);
        add_block(&b, 60, 40, 4, 0, 0, 30, m);
        for (int leg = 0; leg < 4; leg++) add_block(&b, 5, 5, 30, leg & 1 ? 55 : 0, leg & 2 ? 35 : 0, 0, m);
        lqi_overhang o = measure(&b);
        double air = 60 * 40 - 4 * 25;
        SHARE("table", lqi_overhang_area(&o, 45), air, 0.02, "area"); /* the legs' ends are inside: from columns */
        SHARE("table", lqi_overhang_support(&o, 45, 0), air * 30, 0.02, "support");
        SHARE("table", lqi_overhang_touched(&o, 45, 0), air, 0.02, "touched");
        SHARE("table", o.contact_mm2, 100, 0.1, "contact");
        SHARE("table", o.contact_thickness_mm, 34, 1e-6, "thickness");
        CHECK_NEAR("table", o.height_mm, 34, 1e-9, "height");
        /* 20 mm from the middle to the edge between the legs */
        double height = (60 * 40 * 4 * 32.0 + 4 * 750 * 15.0) / (60 * 40 * 4 + 4 * 750);
        CHECK_NEAR("table", o.tipping_degrees, atan(20 / height) * 180 / PI, 0.5, "tipping");
        CHECK_NEAR("table", o.centre[2] - (k ? 5 : 0), height, 0.3, "height of the centre");
        /* Between legs the two short sides hold a bridge of 30 and the long ones of 50; the rest is open. */
        CHECK(lqi_overhang_support(&o, 45, 20) > 0.99 * lqi_overhang_support(&o, 45, 0), "table: short bridges");
        assert_true(o.patch_count >= 1);
        CHECK_NEAR("table", o.patch[0].point[2] - (k ? 5 : 0), 30, 1e-4, "height of the patch");
        CHECK_INT("table", o.patch[0].degrees, 0, "degrees of the patch");
    }
}

/* Undersides that rise at a known angle from a foot: below 45 degrees from level they need support, above none. */
static void wedges_of_known_angle(void **state)
{
    (void)state;
    static const int degrees[] = {5, 20, 30, 44, 45, 46, 60, 80};
    for (size_t i = 0; i < sizeof degrees / sizeof degrees[0]; i++)
        for (int k = 0; k < 2; k++) {
            double slope = tan(degrees[i] * PI / 180), run = 15 / fmax(slope, 1), rise = run * slope;
            /* Not convex together: two prisms that meet in a face. */
            const double foot[][2] = {{0, 0}, {10, 0}, {10, 5}, {0, 5}};
            const double head[][2] = {{0, 5}, {10, 5}, {10 + run, 5 + rise}, {0, 5 + rise}};
            body b = body_begin(1);
            body_add(&b, prism(foot, 4, 12), k ? askew : NULL);
            body_add(&b, prism(head, 4, 12), k ? askew : NULL);
            lqi_overhang o = measure(&b);
            char name[32];
            snprintf(name, sizeof name, "wedge of %d degrees", degrees[i]);
            double area = 12 * sqrt(run * run + rise * rise), support = 12 * run * (5 + rise / 2);
            bool steep = degrees[i] >= 45;
            double slack = 0.02 * area + 1;
            CHECK_NEAR(name, lqi_overhang_area(&o, 45), steep ? 0 : area, slack, "area");
            CHECK_NEAR(name, lqi_overhang_support(&o, 45, 10), steep ? 0 : support, 0.02 * support, "support");
            CHECK_NEAR(name, lqi_overhang_support(&o, degrees[i], 10), 0, 1e-9, "support, at the angle itself");
            CHECK_NEAR(name, lqi_overhang_support(&o, degrees[i] + 1, 10), support, 0.02 * support + 1e-9,
                       "support, a degree more");
            if (degrees[i] < 80) CHECK_NEAR(name, lqi_overhang_touched(&o, degrees[i] + 1, 10), area, slack, "touched");
        }
}

/* Two blocks, `span` apart, under a deck as broad as they. */
static void bridges_of_known_span(void **state)
{
    (void)state;
    static const double span[] = {3.5, 8.5, 12.5, 20.5, 30.5};
    for (size_t i = 0; i < sizeof span / sizeof span[0]; i++)
        for (int k = 0; k < 2; k++) {
            body b = body_begin(1);
            add_block(&b, 10, 15, 12, 0, 0, 0, k ? askew : NULL);
            add_block(&b, 10, 15, 12, 10 + span[i], 0, 0, k ? askew : NULL);
            add_block(&b, 20 + span[i], 15, 3, 0, 0, 12, k ? askew : NULL);
            lqi_overhang o = measure(&b);
            double cell = (20 + span[i]) * 1.4 / 256;
            CHECK_NEAR("bridge", o.bridge_longest_mm, span[i], 0.03 * span[i] + 2 * cell, "span");
            CHECK_NEAR("bridge", o.bridge_point[2] - (k ? 5 : 0), 12, 1e-4, "height");
            double support = 15 * 12 * span[i];
            CHECK_NEAR("bridge", lqi_overhang_support(&o, 45, 0), support, 0.03 * support, "support of all");
            bool left_out = span[i] < 9;
            CHECK_NEAR("bridge", lqi_overhang_support(&o, 45, 10), left_out ? 0 : support, 0.05 * support, "support");
            CHECK_NEAR("bridge", lqi_overhang_touched(&o, 45, 10), left_out ? 0 : 15 * span[i], 0.7 * span[i] + 1,
                       "touched");
        }
}

/* A deck held on one side is no bridge, and support under it that stands on a foot stands on the part. */
static void a_shelf_over_a_foot(void **state)
{
    (void)state;
    body b = body_begin(1);
    add_block(&b, 40, 20, 5, 0, 0, 0, NULL);
    add_block(&b, 5, 20, 25, 0, 0, 5, NULL);
    add_block(&b, 30, 20, 5, 0, 0, 25, NULL);
    lqi_overhang o = measure(&b);
    double area = 25 * 20, support = area * 20, on_part = 0;
    for (int d = 0; d < 45; d++) on_part += o.on_part_by_degree[d];
    CHECK_NEAR("shelf", o.bridge_longest_mm, 0, 0, "bridge");
    SHARE("shelf", lqi_overhang_support(&o, 45, 10), support, 0.02, "support");
    SHARE("shelf", on_part, support, 0.02, "support on the part");
    CHECK_INT("shelf", o.patch_count, 1, "patches");
    SHARE("shelf", o.patch[0].area_mm2, area, 0.02, "area of the patch");
    SHARE("shelf", o.patch[0].support_mm3, support, 0.02, "support of the patch");
}

/* The ceiling of a closed hollow needs support that stays inside; one hole in its side, and it can be taken out. */
static void support_in_a_hollow(void **state)
{
    (void)state;
    for (int k = 0; k < 3; k++) {
        const double *m = k == 1 ? askew : NULL;
        body b = body_begin(1);
        add_block(&b, 40, 40, 5, 0, 0, 0, m);
        add_block(&b, 40, 40, 5, 0, 0, 25, m);
        for (int side = 0; side < 2; side++) {
            add_block(&b, 40, 5, 20, 0, side * 35, 5, m);
            if (k < 2 || side) {
                add_block(&b, 5, 30, 20, side * 35, 5, 5, m);
            } else { /* a slot of 4 */
                add_block(&b, 5, 13, 20, 0, 5, 5, m);
                add_block(&b, 5, 13, 20, 0, 22, 5, m);
            }
        }
        lqi_overhang o = measure(&b);
        double held = 30 * 30 * 20;
        /* the corners of the ceiling are held on two sides, less than 10 mm apart */
        CHECK_NEAR("hollow", o.trapped_mm3, k < 2 ? 0.88 * held : 0, 0.06 * held * (k < 2), "trapped support");
        if (k == 2) continue;
        CHECK(o.trapped_point[2] > 5 && o.trapped_point[2] < 30, "hollow: the place is outside");
        SHARE("hollow", lqi_overhang_support(&o, 45, 0), held, 0.04, "support");
    }
}

/* Half of a sphere hangs over: the zone below 45 degrees of latitude has 2 pi r^2 (1 - cos 45) of surface. */
static void a_sphere_on_the_bed(void **state)
{
    (void)state;
    const double r = 20, h = sqrt(0.5) * r;
    for (int k = 0; k < 2; k++) {
        body b = body_begin(1);
        body_add(&b, solid_sphere(r, 60), k ? askew : NULL);
        lqi_overhang o = measure(&b);
        double zone = 2 * PI * r * (r - h), bed = 2 * PI * r * LQI_LAYER_MM;
        SHARE("sphere", lqi_overhang_area(&o, 45) + o.contact_mm2, zone, 0.005, "area");
        CHECK_NEAR("sphere", o.contact_mm2, bed, 0.15 * bed, "contact");
        /* the air under the zone: a cylinder of radius h less the cap that hangs into it */
        double a = r - h, cap = PI * a * a * (3 * r - a) / 3, support = PI * h * h * a - cap;
        SHARE("sphere", lqi_overhang_support(&o, 45, 10), support, 0.01, "support");
        CHECK_NEAR("sphere", o.tipping_degrees, 8, 3, "tipping"); /* a cap of 2.8 mm under 20 mm */
    }
}

/* Lying, a cylinder hangs over along its lower quarter; standing, not at all. */
static void cylinders(void **state)
{
    (void)state;
    const double r = 10, length = 50;
    body b = body_of(solid_cylinder(r, length, 720));
    lqi_overhang o = measure(&b);
    CHECK_NEAR("standing", lqi_overhang_support(&o, 89, 0), 0, 1e-9, "support");
    SHARE("standing", o.contact_mm2, PI * r * r, 1e-3, "contact");
    CHECK_NEAR("standing", o.tipping_degrees, atan(r / (length / 2)) * 180 / PI, 0.6, "tipping");
    solid_soup lying = solid_cylinder(r, length, 720);
    solid_rotate(&lying, (double[]){1, 0, 0}, 90);
    b = body_of(lying);
    o = measure(&b);
    SHARE("lying", lqi_overhang_area(&o, 45) + o.contact_mm2, PI / 2 * r * length, 0.01, "area");
    double half = sqrt(0.5) * r, support = length * (2 * half * r - (PI / 4 * r * r + half * half));
    double layer = length * 2 / 3 * LQI_LAYER_MM * sqrt(2 * r * LQI_LAYER_MM); /* gaps so low need none */
    SHARE("lying", lqi_overhang_support(&o, 45, 10), support - layer, 0.025, "support");
}

/* A tower falls where its top leans out; what does not stand on the bed at all has no angle. */
static void towers(void **state)
{
    (void)state;
    body b = body_begin(1);
    add_block(&b, 10, 10, 100, 0, 0, 0, NULL);
    lqi_overhang o = measure(&b);
    CHECK_NEAR("tower", o.tipping_degrees, atan(5.0 / 50) * 180 / PI, 0.3, "tipping");
    b = body_begin(1);
    add_block(&b, 10, 10, 50, 0, 0, 0, NULL);
    add_block(&b, 60, 10, 10, 0, 0, 50, NULL);
    o = measure(&b);
    double middle = (5000.0 * 5 + 6000 * 30) / 11000, height = (5000.0 * 25 + 6000 * 55) / 11000;
    CHECK_NEAR("leaning", o.tipping_degrees, atan((10 - middle) / height) * 180 / PI, 0.3, "tipping");
    CHECK(o.tipping_degrees < 0, "leaning: it stands");
}

/* The same body along another axis, and upside down. */
static void along_other_axes(void **state)
{
    (void)state;
    static const double turns[2][12] = {{0, 0, 1, 1, 0, 0, 0, 1, 0}, {0, 1, 0, 0, 0, 1, 1, 0, 0}}; /* z to y, z to x */
    for (int k = 0; k < 4; k++) {
        body b = body_begin(1);
        const double *m = k % 2 ? turns[1] : turns[0];
        add_block(&b, 20, 20, 4, 0, 0, 0, m);
        add_block(&b, 6, 20, 30, 7, 0, 4, m);
        lqi_dexels dexels = body_dexels(&b, 0);
        lqi_overhang o;
        bool against = k >= 2;
        assert_int_equal(lqi_overhang_along(b.context, &dexels, k % 2 ? 0 : 1, against, &o), LQ_OK);
        double support = against ? 14 * 20 * 30 : 0, contact = against ? 120 : 400;
        CHECK_NEAR("T", lqi_overhang_support(&o, 45, 10), support, 0.02 * support, "support");
        SHARE("T", o.contact_mm2, contact, 0.02, "contact");
        CHECK_NEAR("T", o.height_mm, 34, 1e-9, "height");
        lqi_dexels_free(&dexels);
        body_end(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(angles_of_tangents),
        cmocka_unit_test(a_cube_needs_nothing),
        cmocka_unit_test(a_table_stands_on_legs),
        cmocka_unit_test(wedges_of_known_angle),
        cmocka_unit_test(bridges_of_known_span),
        cmocka_unit_test(a_shelf_over_a_foot),
        cmocka_unit_test(support_in_a_hollow),
        cmocka_unit_test(a_sphere_on_the_bed),
        cmocka_unit_test(cylinders),
        cmocka_unit_test(towers),
        cmocka_unit_test(along_other_axes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
