/* The estimate against what can be known without it: areas, heights, theory of walls, and a slicer's own answers. */
#include "tests/support/check.h"

#include <stdlib.h>

#include "base/context.h"
#include "corpus/solids.h"
#include "estimate/estimate.h"
#include "mesh/builder.h"

#define LAYER 0.2
#define WIDTH 0.45
/* Of a cube of 20 mm. */
#define CUBE_FILAMENT 3284.7
#define CUBE_TIME 1307

static lqi_machine usual_machine(void)
{
    lqi_machine m = {.nozzle_mm = 0.4,
                     .filament_diameter_mm = 1.75,
                     .filament_density_g_cm3 = 1.24,
                     .extrusion_multiplier = 1,
                     .bridge_flow_ratio = 1,
                     .layer_height_mm = LAYER,
                     .first_layer_height_mm = LAYER,
                     .perimeters = 2,
                     .top_solid_layers = 5,
                     .bottom_solid_layers = 4,
                     .ensure_vertical_shell_thickness = true,
                     .fill_density = 0.2,
                     .fill_pattern = LQI_PATTERN_GRID,
                     .infill_overlap_mm = 0.25 * lqi_line_spacing(WIDTH, LAYER),
                     .infill_every_layers = 1,
                     .first_layer_width_mm = WIDTH,
                     .first_layer_acceleration_mm_s2 = 800,
                     .small_perimeter_speed_mm_s = 25,
                     .travel_speed_mm_s = 180,
                     .travel_speed_z_mm_s = 12,
                     .max_volumetric_speed_mm3_s = 15,
                     .max_feedrate_mm_s = {200, 200, 12, 120},
                     .max_acceleration_mm_s2 = {1000, 1000, 200, 5000},
                     .max_jerk_mm_s = {8, 8, 0.4, 4.5},
                     .max_acceleration_extruding_mm_s2 = 1250,
                     .max_acceleration_retracting_mm_s2 = 1250,
                     .max_acceleration_travel_mm_s2 = 1250,
                     .retract_length_mm = 0.8,
                     .retract_speed_mm_s = 35,
                     .deretract_speed_mm_s = 35,
                     .retract_lift_mm = 0.4,
                     .cooling = true,
                     .slowdown_below_layer_time_s = 10,
                     .min_print_speed_mm_s = 15};
    static const double speed[LQI_ROLE_COUNT] = {25, 45, 30, 80, 80, 40, 30, 40, 50, 40};
    for (int r = 0; r < LQI_ROLE_COUNT; r++) {
        m.width_mm[r] = r == LQI_ROLE_TOP_SOLID_INFILL ? 0.4 : r >= LQI_ROLE_SUPPORT ? 0.35 : WIDTH;
        m.speed_mm_s[r] = speed[r];
        m.first_layer_speed_mm_s[r] = 20;
        m.acceleration_mm_s2[r] = r <= LQI_ROLE_PERIMETER ? 800 : 1000;
    }
    return m;
}

static lqi_estimate estimate_with(const lq_context_options *options, solid_soup soup, const lqi_machine *machine)
{
    lq_context *context = NULL;
    lqi_mesh_builder builder;
    lqi_mesh mesh = {0};
    lqi_estimate estimate;
    assert_int_equal(lq_context_create(options, &context), LQ_OK);
    lqi_mesh_builder_init(&builder, context);
    assert_int_equal(lqi_mesh_builder_facets(&builder, soup.corners, (uint32_t)soup.count), LQ_OK);
    assert_int_equal(lqi_mesh_builder_finish(&builder, &mesh), LQ_OK);
    const lqi_estimate_solid solid = {.mesh = &mesh};
    assert_int_equal(lqi_estimate_make(context, &solid, 1, machine, &estimate), LQ_OK);
    lqi_mesh_free(context, &mesh);
    lq_context_destroy(context);
    solid_free(&soup);
    return estimate;
}

static lqi_estimate estimate_soup(solid_soup soup, const lqi_machine *machine)
{
    return estimate_with(NULL, soup, machine);
}

static void layers_are_counted(void **state)
{
    (void)state;
    lqi_machine m = usual_machine();
    static const struct {
        double height;
        unsigned layers;
    } cases[] = {{20, 100}, {0.8, 4}, {1.05, 5}, {1.11, 6}, {0.11, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CHECK_INT("box", estimate_soup(solid_box(10, 10, cases[i].height), &m).layers, cases[i].layers, "layers");
    m.first_layer_height_mm = 0.3;
    CHECK_INT("high first layer", estimate_soup(solid_box(10, 10, 0.9), &m).layers, 4, "layers");
    CHECK_INT("flat", estimate_soup(solid_box(10, 10, 0.05), &m).flags, LQI_ESTIMATE_EMPTY, "flags");
}

/* Walls of a box follow from theory: two beads around, whose outer edge is rounded. */
static void walls_of_a_box(void **state)
{
    (void)state;
    lqi_machine m = usual_machine();
    double line = lqi_line_spacing(WIDTH, LAYER);
    for (int n = 1; n <= 4; n++) {
        m.perimeters = n;
        lqi_estimate e = estimate_soup(solid_box(60, 50, 10), &m);
        double theory = 0;
        for (int k = 0; k < n; k++) theory += 2 * (60 + 50) - 8 * (WIDTH / 2 + k * line);
        theory *= LAYER * line * 50;
        double walls = e.volume_mm3[LQI_ROLE_EXTERNAL_PERIMETER] + e.volume_mm3[LQI_ROLE_PERIMETER];
        CHECK_NEAR("box", walls / theory, 1, 0.04, "share of walls");
    }
}

static void full_infill_fills(void **state)
{
    (void)state;
    lqi_machine m = usual_machine();
    m.fill_density = 1;
    m.fill_pattern = LQI_PATTERN_LINES;
    CHECK_NEAR("box", estimate_soup(solid_box(40, 30, 20), &m).filament_mm3, 40 * 30 * 20, 0.02 * 40 * 30 * 20,
               "filament");
    CHECK_NEAR("sphere", estimate_soup(solid_sphere(15, 20), &m).filament_mm3, 14137, 0.03 * 14137, "filament");
}

/* A slicer's answers (PrusaSlicer 2.5.0, the same settings). */
static void agrees_with_a_slicer(void **state)
{
    (void)state;
    lqi_machine m = usual_machine();
    lqi_estimate e = estimate_soup(solid_cube(20), &m);
    CHECK(e.filament_range_mm3.low <= CUBE_FILAMENT && CUBE_FILAMENT <= e.filament_range_mm3.high,
          "cube: filament is %g", e.filament_mm3);
    CHECK(e.time_range_s.low <= CUBE_TIME && CUBE_TIME <= e.time_range_s.high, "cube: time is %g", e.total_s);
    CHECK_NEAR("cube", e.filament_g, e.filament_mm3 * 1.24e-3, 1e-9, "grams");
    CHECK_NEAR("cube", e.filament_mm, e.filament_mm3 / 2.405281875, 1e-3, "length");
}

static void place_does_not_matter(void **state)
{
    (void)state;
    lqi_machine m = usual_machine();
    solid_soup box = solid_box(40, 20, 10), moved = solid_copy(&box), turned = solid_copy(&box),
               shuffled = solid_copy(&box);
    solid_translate(&moved, 512, -256, 64);
    solid_rotate(&turned, (const double[]){0, 0, 1}, 30);
    solid_shuffle(&shuffled, 5);
    lqi_estimate e = estimate_soup(box, &m), other = estimate_soup(moved, &m);
    CHECK_NEAR("moved", other.filament_mm3, e.filament_mm3, 1e-6, "filament");
    CHECK_NEAR("moved", other.total_s, e.total_s, 1e-6, "time");
    other = estimate_soup(turned, &m);
    CHECK_NEAR("turned", other.filament_mm3 / e.filament_mm3, 1, 0.02, "filament");
    CHECK_NEAR("turned", other.total_s / e.total_s, 1, 0.04, "time");
    other = estimate_soup(shuffled, &m);
    CHECK_NEAR("shuffled", other.filament_mm3, e.filament_mm3, 1e-6, "filament");
}

static void every_instruction_set_answers_alike(void **state)
{
    (void)state;
    lqi_machine m = usual_machine();
    m.support = true;
    m.support_spacing_mm = 2;
    const lq_context_options scalar = {.struct_size = sizeof scalar, .isa_mask = LQ_ISA_SCALAR, .thread_count = 1};
    lqi_estimate want = estimate_with(&scalar, solid_torus(20, 6, 60, 30), &m);
    lqi_estimate got = estimate_soup(solid_torus(20, 6, 60, 30), &m);
    assert_memory_equal(&want, &got, sizeof want);
}

static void two_take_twice(void **state)
{
    (void)state;
    lqi_machine m = usual_machine();
    m.cooling = false;
    lqi_estimate one = estimate_soup(solid_cube(20), &m), two = estimate_soup(solid_apart_cubes(20, 30), &m);
    CHECK_NEAR("two", two.filament_mm3 / one.filament_mm3, 2, 0.02, "filament");
    CHECK(two.total_s > 1.95 * one.total_s && two.total_s < 2.15 * one.total_s, "time of two is %g, of one %g",
          two.total_s, one.total_s);
}

static void more_of_a_setting_takes_more(void **state)
{
    (void)state;
    const lqi_machine m = usual_machine();
    lqi_machine other[6];
    for (int i = 0; i < 6; i++) other[i] = m;
    other[0].perimeters = 3;
    other[1].fill_density = 0.4;
    other[2].top_solid_layers = 8;
    other[3].bottom_solid_min_thickness_mm = 2;
    other[4].solid_infill_every_layers = 10;
    other[5].infill_overlap_mm += 0.1;
    lqi_estimate usual = estimate_soup(solid_cube(30), &m);
    for (int i = 0; i < 5; i++) {
        lqi_estimate e = estimate_soup(solid_cube(30), &other[i]);
        CHECK(e.filament_mm3 > 1.01 * usual.filament_mm3, "setting %d: filament is %g, was %g", i, e.filament_mm3,
              usual.filament_mm3);
        CHECK(e.total_s > usual.total_s, "setting %d: time is %g, was %g", i, e.total_s, usual.total_s);
    }
    lqi_machine slow = m;
    slow.slowdown_below_layer_time_s = 20;
    CHECK_NEAR("slow layers", estimate_soup(solid_cube(20), &slow).total_s, 2250, 300, "time");
}

static void what_cannot_be_printed_is_flagged(void **state)
{
    (void)state;
    lqi_machine m = usual_machine();
    solid_soup inside_out = solid_cube(20), open;
    solid_invert(&inside_out);
    lqi_estimate sound = estimate_soup(solid_cube(20), &m), e = estimate_soup(inside_out, &m);
    CHECK_INT("sound", sound.flags, 0, "flags");
    CHECK(e.flags & LQI_ESTIMATE_INVERTED, "inside out: flags %u", e.flags);
    double usual = sound.filament_range_mm3.high / sound.filament_mm3;
    CHECK(e.filament_range_mm3.high / e.filament_mm3 > usual, "inside out: no wider range");
    for (int side = 0; side < 6; side++) {
        open = solid_cube(20);
        memmove(open.corners + 18 * side, open.corners + 18 * (side + 1), (size_t)(5 - side) * 18 * sizeof(float));
        open.count -= 2;
        e = estimate_soup(open, &m);
        bool level = e.layers == 100 && !(e.flags & LQI_ESTIMATE_OPEN);
        CHECK(level || e.filament_range_mm3.high > usual * e.filament_mm3, "open side %d: no wider range", side);
    }
    solid_soup tip = solid_tetrahedron(20);
    solid_rotate(&tip, (const double[]){1, -1, 0}, 125.264);
    e = estimate_soup(tip, &m);
    CHECK(e.flags & LQI_ESTIMATE_NOTHING_IN_FIRST_LAYER, "on its tip: flags %u", e.flags);
}

/* Two pillars and a slab on them: what they hold on both sides is a bridge. Without one pillar it needs support. */
static void supports_hold_what_hangs(void **state)
{
    (void)state;
    lqi_machine m = usual_machine();
    m.support = true;
    m.support_spacing_mm = 2;
    m.support_contact_distance_mm = 0.2;
    m.support_xy_spacing_mm = 0.27;
    m.support_interface_layers = 2;
    m.support_interface_spacing_mm = 0.2;
    m.dont_support_bridges = true;
    for (int pillars = 1; pillars <= 2; pillars++) {
        solid_soup soup = solid_box(10, 20, 30), slab = solid_box(60, 20, 5);
        solid_translate(&slab, 0, 0, 30);
        solid_append(&soup, &slab);
        if (pillars == 2) {
            solid_soup other = solid_box(10, 20, 30);
            solid_translate(&other, 50, 0, 0);
            solid_append(&soup, &other);
            solid_free(&other);
        }
        solid_free(&slab);
        lqi_estimate e = estimate_soup(solid_copy(&soup), &m);
        double support = e.volume_mm3[LQI_ROLE_SUPPORT] + e.volume_mm3[LQI_ROLE_SUPPORT_INTERFACE];
        if (pillars == 1)
            CHECK(support > 0.1 * 50 * 20 * 30 && support < 0.6 * 50 * 20 * 30, "support is %g", support);
        else
            CHECK(support < 100, "a bridge has support: %g", support);
        m.dont_support_bridges = false;
        e = estimate_soup(soup, &m);
        CHECK(e.volume_mm3[LQI_ROLE_SUPPORT] > 0.1 * 40 * 20 * 30, "bridges are wanted held: %g",
              e.volume_mm3[LQI_ROLE_SUPPORT]);
        m.dont_support_bridges = true;
    }
    lqi_estimate steep = estimate_soup(solid_box(20, 20, 20), &m);
    CHECK(steep.volume_mm3[LQI_ROLE_SUPPORT] == 0, "a box has support");
    solid_soup step = solid_box(60, 60, 10), post = solid_box(10, 10, 20), roof = solid_box(40, 40, 5);
    solid_translate(&post, 25, 25, 10);
    solid_translate(&roof, 10, 10, 30);
    solid_append(&step, &post);
    solid_append(&step, &roof);
    solid_free(&post);
    solid_free(&roof);
    lqi_estimate anywhere = estimate_soup(solid_copy(&step), &m);
    m.support_buildplate_only = true;
    lqi_estimate bed = estimate_soup(step, &m);
    CHECK(anywhere.volume_mm3[LQI_ROLE_SUPPORT] > 1000, "on the part: %g", anywhere.volume_mm3[LQI_ROLE_SUPPORT]);
    CHECK(bed.volume_mm3[LQI_ROLE_SUPPORT] == 0, "on the bed alone: %g", bed.volume_mm3[LQI_ROLE_SUPPORT]);
    /* A roof that ends where its base ends stands over the part; what it stands out by is held. */
    for (int out = 0; out <= 20; out += 20) {
        solid_soup base = solid_box(60, 60, 10), wall = solid_box(10, 60, 20), over = solid_box(60 + out, 60, 5);
        solid_translate(&wall, 0, 0, 10);
        solid_translate(&over, 0, 0, 30);
        solid_append(&base, &wall);
        solid_append(&base, &over);
        solid_free(&wall);
        solid_free(&over);
        double held = estimate_soup(base, &m).volume_mm3[LQI_ROLE_SUPPORT], space = out * 60.0 * 30;
        CHECK(held >= 0.1 * space && held <= 0.6 * space, "stands out by %d mm, support is %g", out, held);
    }
}

/* The skin of a ledge is anchored 3 mm under what stands on it, in infill. Where there is none, only along the walls.
 */
static void skins_do_not_hang_in_the_hollow(void **state)
{
    (void)state;
    lqi_machine m = usual_machine();
    double top[2], across = 60 - 2 * 0.734;
    for (int filled = 0; filled <= 1; filled++) {
        m.fill_density = filled ? 0.2 : 0;
        solid_soup soup = solid_box(60, 60, 10), half = solid_box(30, 60, 10);
        solid_translate(&half, 0, 0, 10);
        solid_append(&soup, &half);
        solid_free(&half);
        top[filled] = estimate_soup(soup, &m).volume_mm3[LQI_ROLE_TOP_SOLID_INFILL];
    }
    double grown = LAYER * (3 * across - 2 * 3 * 0.9);
    CHECK_NEAR("ledge", top[1] - top[0], grown, 0.15 * grown, "skin under the step");
}

/* Loops around a square of 20 mm: each longer than the square by the circle of its distance. */
static void skirt_and_brim_by_hand(void **state)
{
    (void)state;
    const double circle = 6.283185307, line = lqi_line_spacing(WIDTH, LAYER);
    lqi_machine m = usual_machine();
    lqi_estimate bare = estimate_soup(solid_cube(20), &m);
    m.brim_width_mm = 5;
    m.brim_outside = true;
    lqi_estimate brim = estimate_soup(solid_cube(20), &m);
    double loops = floor(5 / line), length = loops * (80 + circle * line * loops / 2);
    CHECK_NEAR("brim", brim.filament_mm3 - bare.filament_mm3, length * line * LAYER, 1e-6, "filament");
    m.brim_width_mm = 0;
    m.skirts = 2;
    m.skirt_height_layers = 3;
    m.skirt_distance_mm = 6;
    lqi_estimate skirt = estimate_soup(solid_cube(20), &m);
    length = 3 * 2 * (80 + circle * (6 + line));
    CHECK_NEAR("skirt", skirt.filament_mm3 - bare.filament_mm3, length * line * LAYER, 0.01 * length * line * LAYER,
               "filament");
    m.skirts = 1;
    m.skirt_height_layers = 1;
    m.min_skirt_length_mm = 100; /* of filament */
    lqi_estimate longer = estimate_soup(solid_cube(20), &m);
    double taken = longer.filament_mm - bare.filament_mm;
    CHECK(taken >= 100 && taken < 110, "the skirt takes %g mm of filament", taken);
    CHECK(longer.total_s > bare.total_s + 100 * 2.405 / (LAYER * line) / 60, "a skirt takes time: %g s more",
          longer.total_s - bare.total_s);
}

static void outlines_grow(void **state)
{
    (void)state;
    lqi_machine m = usual_machine(), grown = m;
    for (int side = -1; side <= 1; side += 2) {
        grown.xy_size_compensation_mm = side * 0.5;
        const solid_soup small[] = {solid_box(30, 20, 10), solid_torus(20, 6, 48, 24)};
        const solid_soup large[] = {solid_box(30 + side, 20 + side, 10), solid_torus(20, 6, 48, 24)};
        lqi_estimate e = estimate_soup(small[0], &grown), truth = estimate_soup(large[0], &m);
        CHECK_NEAR("box", e.filament_mm3, truth.filament_mm3, 0.01 * truth.filament_mm3, "filament");
        lqi_estimate ring = estimate_soup(small[1], &grown), plain = estimate_soup(large[1], &m);
        CHECK(side * (ring.filament_mm3 - plain.filament_mm3) > 0.02 * plain.filament_mm3, "ring: %g, %g mm3",
              ring.filament_mm3, plain.filament_mm3);
    }
    grown.xy_size_compensation_mm = -6;
    lqi_estimate gone = estimate_soup(solid_box(10, 10, 10), &grown);
    CHECK(gone.filament_mm3 == 0, "a box that shrinks to nothing takes %g mm3", gone.filament_mm3);
}

/* 7 mm across is less than 70 mm2, and solid; lines for two layers are half as many, and as thick as the width lets
 * them be. */
static void infill_by_area_and_by_layers(void **state)
{
    (void)state;
    lqi_machine m = usual_machine();
    m.solid_infill_below_area_mm2 = 70;
    solid_soup soup = solid_box(30, 30, 20), pin = solid_box(8.5, 8.5, 20);
    lqi_estimate alone = estimate_soup(solid_box(8.5, 8.5, 20), &m);
    CHECK(alone.volume_mm3[LQI_ROLE_INFILL] == 0, "a small box has %g mm3 of infill",
          alone.volume_mm3[LQI_ROLE_INFILL]);
    CHECK_NEAR("small", alone.filament_mm3, 8.5 * 8.5 * 20, 0.05 * 8.5 * 8.5 * 20, "filament");
    lqi_estimate large = estimate_soup(solid_box(30, 30, 20), &m);
    CHECK(large.volume_mm3[LQI_ROLE_INFILL] > 1000, "a large one has %g mm3", large.volume_mm3[LQI_ROLE_INFILL]);
    solid_translate(&pin, 40, 0, 0);
    solid_append(&soup, &pin);
    solid_free(&pin);
    lqi_estimate both = estimate_soup(soup, &m);
    CHECK_NEAR("both", both.filament_mm3, alone.filament_mm3 + large.filament_mm3, 0.01 * both.filament_mm3,
               "filament");
    lqi_machine two = m;
    two.infill_every_layers = 2;
    lqi_estimate thick = estimate_soup(solid_box(30, 30, 20), &two);
    double share = lqi_line_spacing(WIDTH, 2 * LAYER) / lqi_line_spacing(WIDTH, LAYER);
    CHECK_NEAR("thick", thick.volume_mm3[LQI_ROLE_INFILL], share * large.volume_mm3[LQI_ROLE_INFILL],
               1e-4 * large.volume_mm3[LQI_ROLE_INFILL], "infill");
    CHECK_NEAR("thick", thick.time_s[LQI_ROLE_INFILL], 0.5 * large.time_s[LQI_ROLE_INFILL],
               0.1 * large.time_s[LQI_ROLE_INFILL], "time of infill");
}

/* Too many crossings for layers: the shell formula answers, and says so. */
static void work_is_bounded(void **state)
{
    (void)state;
    lqi_machine m = usual_machine();
    m.layer_height_mm = m.first_layer_height_mm = 0.001;
    lqi_estimate e = estimate_soup(solid_box(30, 30, 100), &m);
    CHECK(e.flags & LQI_ESTIMATE_COARSE, "flags %u", e.flags);
    m = usual_machine();
    lqi_estimate fine = estimate_soup(solid_box(2000, 2000, 30), &m);
    CHECK(fine.filament_mm3 > 0.2 * 2000 * 2000 * 30 && fine.filament_mm3 < 0.35 * 2000 * 2000 * 30, "filament is %g",
          fine.filament_mm3);
}

static solid_soup field_of_boxes(int side, double edge, double apart)
{
    solid_soup soup = {0};
    for (int i = 0; i < side * side; i++) {
        solid_soup one = solid_cube(edge);
        solid_translate(&one, i % side * apart, (double)(i / side) * apart, 0);
        solid_append(&soup, &one);
        solid_free(&one);
    }
    return soup;
}

/* Rows of pixels pass far more outlines than in usual parts; nothing overlaps, so sums are those of one box. */
static void many_in_a_row(void **state)
{
    (void)state;
    enum { SIDE = 50 };
    lqi_machine m = usual_machine();
    lqi_estimate one = estimate_soup(solid_cube(3), &m), many = estimate_soup(field_of_boxes(SIDE, 3, 4), &m);
    CHECK_INT("boxes", many.flags, one.flags, "flags");
    CHECK_NEAR("boxes", many.filament_mm3 / one.filament_mm3 / (SIDE * SIDE), 1, 0.03, "filament");
    lqi_estimate buried = estimate_soup(field_of_boxes(16, 20, 0.25), &m);
    lqi_estimate block = estimate_soup(solid_box(23.75, 23.75, 20), &m);
    CHECK(buried.flags & LQI_ESTIMATE_OVERLAPS, "flags %u", buried.flags);
    CHECK_NEAR("what overlaps", buried.filament_mm3 / block.filament_mm3, 1, 0.05, "filament");
}

/* Pixels are as coarse as millimetres there, so each setting makes another step the widest. */
static void settings_of_huge_parts(void **state)
{
    (void)state;
    const lqi_machine usual = usual_machine();
    lqi_machine m[6];
    for (int i = 0; i < 6; i++) {
        m[i] = usual;
        m[i].support = i > 0;
        m[i].support_spacing_mm = i > 1 ? 2 : 0;
    }
    m[2].nozzle_mm = 9;
    m[3].infill_overlap_mm = 9;
    for (int r = 0; r < LQI_ROLE_COUNT; r++) m[4].width_mm[r] = 9;
    m[5].perimeters = 1000;
    for (int i = 0; i < 6; i++) {
        lqi_estimate e = estimate_soup(solid_box(1500, 1500, 1500), &m[i]);
        double share = e.filament_mm3 / 1500 / 1500 / 1500;
        CHECK(share > 0.2 && share <= (i == 5 ? 1.01 : 0.3), "case %d: filament is %g of the box", i, share);
        estimate_soup(solid_box(0.3, 0.3, 0.3), &m[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layers_are_counted),
        cmocka_unit_test(walls_of_a_box),
        cmocka_unit_test(full_infill_fills),
        cmocka_unit_test(agrees_with_a_slicer),
        cmocka_unit_test(place_does_not_matter),
        cmocka_unit_test(every_instruction_set_answers_alike),
        cmocka_unit_test(two_take_twice),
        cmocka_unit_test(more_of_a_setting_takes_more),
        cmocka_unit_test(what_cannot_be_printed_is_flagged),
        cmocka_unit_test(supports_hold_what_hangs),
        cmocka_unit_test(skins_do_not_hang_in_the_hollow),
        cmocka_unit_test(skirt_and_brim_by_hand),
        cmocka_unit_test(outlines_grow),
        cmocka_unit_test(infill_by_area_and_by_layers),
        cmocka_unit_test(work_is_bounded),
        cmocka_unit_test(many_in_a_row),
        cmocka_unit_test(settings_of_huge_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
