/* Pictures: what is covered has the size it must have, the nearest is seen, and nothing depends on threads. */
#include "tests/support/check.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "corpus/stl_text.h"
#include "tests/support/lend.h"

#define SIDE 256
#define BYTES ((size_t)4 * SIDE * SIDE)

typedef struct shot {
    lq_context *context;
    lq_part *part;
    uint8_t *rgba;
    lq_status status;
} shot;

static shot shot_of(const solid_soup *soup, const lq_context_options *with)
{
    shot s = {.rgba = calloc(1, BYTES)};
    stl_bytes bytes = stl_write_binary(soup, NULL);
    lq_source source;
    lq_model *model = NULL;
    assert_non_null(s.rgba);
    assert_int_equal(lq_context_create(with, &s.context), LQ_OK);
    lq_source_memory(bytes.data, bytes.size, "solid.stl", &source);
    s.status = lq_model_open(s.context, &source, NULL, &model);
    if (s.status == LQ_OK) s.status = lq_part_read(model, NULL, &s.part);
    lq_model_close(model);
    stl_bytes_free(&bytes);
    return s;
}

static void shot_take(shot *s, lq_render_options options)
{
    options.struct_size = sizeof options;
    if (!options.width) options.width = options.height = SIDE;
    assert_int_equal(s->status, LQ_OK);
    s->status = lq_part_render(s->context, s->part, &options, s->rgba, BYTES);
}

static void shot_free(shot *s)
{
    lq_part_destroy(s->part);
    lq_context_destroy(s->context);
    free(s->rgba);
}

static const uint8_t *pixel_at(const shot *s, int x, int y) { return s->rgba + ((size_t)y * SIDE + (size_t)x) * 4; }

/* In pixels; those that are partly covered count by their share. */
static double covered(const shot *s)
{
    double sum = 0;
    for (size_t i = 3; i < BYTES; i += 4) sum += s->rgba[i] / 255.0;
    return sum;
}

/* Without a bar the part fills the picture but for its rim of 4 %. */
#define ACROSS (SIDE * 0.92)

static void silhouettes_have_their_area(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        lq_view view;
        double from[3];
        double area; /* of the silhouette of a cube of edge 1, and the longer side of what it spans */
        double across;
    } cases[] = {
        {"front", LQ_VIEW_FRONT, {0}, 1, 1},
        {"back", LQ_VIEW_BACK, {0}, 1, 1},
        {"left", LQ_VIEW_LEFT, {0}, 1, 1},
        {"right", LQ_VIEW_RIGHT, {0}, 1, 1},
        {"top", LQ_VIEW_TOP, {0}, 1, 1},
        {"bottom", LQ_VIEW_BOTTOM, {0}, 1, 1},
        {"an edge", 0, {1, 1, 0}, 1.4142135623730951, 1.4142135623730951},
        {"a corner", 0, {-2, -2, 2}, 1.7320508075688772, 1.6329931618554521}, /* a hexagon */
    };
    solid_soup cube = solid_cube(7);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        shot s = shot_of(&cube, NULL);
        shot_take(&s, (lq_render_options){.view = cases[i].view,
                                          .from = {cases[i].from[0], cases[i].from[1], cases[i].from[2]},
                                          .no_scale_bar = 1});
        CHECK_INT(cases[i].name, s.status, LQ_OK, "status");
        double scale = ACROSS / cases[i].across;
        CHECK_NEAR(cases[i].name, covered(&s), cases[i].area * scale * scale, 4 * ACROSS * 0.25, "area");
        shot_free(&s);
    }
    solid_free(&cube);
}

static void round_bodies_are_round(void **state)
{
    (void)state;
    solid_soup ball = solid_sphere(3, 24);
    solid_translate(&ball, 1000, -500, 20);
    for (int view = LQ_VIEW_THREE_QUARTER; view <= LQ_VIEW_BOTTOM; view++) {
        shot s = shot_of(&ball, NULL);
        shot_take(&s, (lq_render_options){.view = (lq_view)view, .no_scale_bar = 1});
        CHECK_NEAR("ball", covered(&s), 3.14159265 / 4 * ACROSS * ACROSS, 0.01 * ACROSS * ACROSS, "area");
        shot_free(&s);
    }
    solid_free(&ball);
}

static void a_hole_is_seen_through(void **state)
{
    (void)state;
    solid_soup block = solid_box_with_hole(10, 4, 5);
    shot s = shot_of(&block, NULL);
    shot_take(&s, (lq_render_options){.view = LQ_VIEW_TOP, .no_scale_bar = 1});
    CHECK_NEAR("block", covered(&s), 0.84 * ACROSS * ACROSS, 2 * ACROSS * 0.25, "area");
    assert_int_equal(pixel_at(&s, SIDE / 2, SIDE / 2)[3], 0);
    shot_free(&s);
    solid_free(&block);
}

static bool look_the_same(const solid_soup *one, const solid_soup *other, lq_view view)
{
    shot a = shot_of(one, NULL), b = shot_of(other, NULL);
    shot_take(&a, (lq_render_options){.view = view, .no_scale_bar = 1});
    shot_take(&b, (lq_render_options){.view = view, .no_scale_bar = 1});
    bool same = memcmp(a.rgba, b.rgba, BYTES) == 0;
    CHECK_INT("one", a.status, LQ_OK, "status");
    CHECK_INT("other", b.status, LQ_OK, "status");
    shot_free(&b);
    shot_free(&a);
    return same;
}

/* Two facets across the whole picture, or ever more that end within a sample of each other. */
static void how_finely_a_sheet_is_cut_does_not_show(void **state)
{
    (void)state;
    solid_soup whole = solid_sheet(8, 1);
    for (unsigned cells = 2; cells <= 512; cells *= 16) {
        solid_soup cut = solid_sheet(8, cells);
        CHECK(look_the_same(&whole, &cut, LQ_VIEW_TOP), "%u cells from above", cells);
        CHECK(look_the_same(&whole, &cut, LQ_VIEW_BOTTOM), "%u cells from below", cells);
        solid_free(&cut);
    }
    solid_free(&whole);
}

/* So many facets that most of those behind are left out by what is seen in front of them. */
static void what_is_hidden_does_not_show(void **state)
{
    (void)state;
    const double axis[3] = {1, 2, 3};
    for (unsigned frequency = 4; frequency <= 64; frequency *= 4) {
        solid_soup ball = solid_sphere(10, frequency), full = solid_sphere(10, frequency), core = solid_sphere(6, 20);
        solid_soup box = solid_cube(3);
        solid_rotate(&core, axis, 40);
        solid_append(&full, &core);
        solid_append(&full, &box);
        for (int view = LQ_VIEW_THREE_QUARTER; view <= LQ_VIEW_BOTTOM; view++)
            CHECK(look_the_same(&ball, &full, (lq_view)view), "frequency %u, view %d", frequency, view);
        solid_free(&box);
        solid_free(&core);
        solid_free(&full);
        solid_free(&ball);
    }
}

/* The lower half of a ball: from above all facets are seen from behind, from the front half of them. */
static void a_bowl_is_seen_from_inside(void **state)
{
    (void)state;
    solid_soup ball = solid_sphere(10, 64), bowl = {0};
    for (size_t t = 0; t < ball.count; t++) {
        const float *c = ball.corners + 9 * t;
        const double a[3] = {c[0], c[1], c[2]}, b[3] = {c[3], c[4], c[5]}, d[3] = {c[6], c[7], c[8]};
        if (a[2] + b[2] + d[2] < 0.9) solid_add(&bowl, a, b, d); /* a facet is that high */
    }
    shot s = shot_of(&bowl, NULL);
    shot_take(&s, (lq_render_options){.view = LQ_VIEW_TOP, .no_scale_bar = 1});
    CHECK_INT("bowl", s.status, LQ_OK, "status");
    CHECK_NEAR("bowl from above", covered(&s), 3.14159265 / 4 * ACROSS * ACROSS, 0.01 * ACROSS * ACROSS, "area");
    shot_take(&s, (lq_render_options){.view = LQ_VIEW_FRONT, .no_scale_bar = 1});
    CHECK_NEAR("bowl from the front", covered(&s), 3.14159265 / 8 * ACROSS * ACROSS, 0.02 * ACROSS * ACROSS, "area");
    shot_free(&s);
    solid_free(&bowl);
    solid_free(&ball);
}

static size_t count_red(const shot *s)
{
    size_t count = 0;
    for (size_t i = 0; i < BYTES; i += 4)
        count += s->rgba[i + 3] == 255 && s->rgba[i] > 2 * s->rgba[i + 1] && s->rgba[i] > 2 * s->rgba[i + 2];
    return count;
}

/* Two facets are missing on the right side of a finely cut box: those around the opening are red, and seen from the
 * right alone. */
static void defects_are_painted_and_the_nearest_is_seen(void **state)
{
    (void)state;
    solid_soup ball = solid_sphere(10, 16);
    size_t drop = 0;
    for (size_t t = 1; t < ball.count; t++)
        if (ball.corners[9 * t] > ball.corners[9 * drop]) drop = t;
    memmove(ball.corners + 9 * drop, ball.corners + 9 * (ball.count - 1), 9 * sizeof(float));
    ball.count--;
    for (int defects = 0; defects < 2; defects++)
        for (int view = LQ_VIEW_LEFT; view <= LQ_VIEW_RIGHT; view++) {
            shot s = shot_of(&ball, NULL);
            shot_take(&s, (lq_render_options){.view = (lq_view)view, .defects = defects});
            assert_int_equal(s.status, LQ_OK);
            CHECK((count_red(&s) > 100) == (defects && view == LQ_VIEW_RIGHT), "view %d, defects %d: %zu red pixels",
                  view, defects, count_red(&s));
            shot_free(&s);
        }
    solid_free(&ball);
}

static void colours_and_grounds(void **state)
{
    (void)state;
    solid_soup cube = solid_cube(10);
    shot s = shot_of(&cube, NULL);
    shot_take(&s, (lq_render_options){.color = LQ_RENDER_COLOR | 0xFF0000, .ground = LQ_GROUND_WHITE});
    assert_int_equal(s.status, LQ_OK);
    const uint8_t *corner = pixel_at(&s, SIDE - 1, 0), *middle = pixel_at(&s, SIDE / 2, SIDE / 2);
    assert_memory_equal(corner, ((const uint8_t[4]){255, 255, 255, 255}), 4);
    CHECK(middle[0] > 90 && middle[1] < 90 && middle[3] == 255, "the middle is %d %d %d %d", middle[0], middle[1],
          middle[2], middle[3]);
    shot_take(&s, (lq_render_options){0});
    assert_int_equal(pixel_at(&s, SIDE - 1, 0)[3], 0);
    shot_free(&s);
    solid_free(&cube);
}

/* The bar under a cube of 10 mm: 1, 2, 5, ... mm, whichever is longest within a quarter of the picture. */
static void the_bar_has_its_length(void **state)
{
    (void)state;
    solid_soup cube = solid_cube(10);
    shot s = shot_of(&cube, NULL);
    shot_take(&s, (lq_render_options){.view = LQ_VIEW_FRONT});
    assert_int_equal(s.status, LQ_OK);
    int longest = 0, edge = 0;
    for (int y = 0; y < SIDE; y++) {
        int run = 0;
        for (int x = 0; x < SIDE; x++) {
            const uint8_t *p = pixel_at(&s, x, y);
            run = p[0] == 70 && p[1] == 76 && p[2] == 84 && p[3] == 255 ? run + 1 : 0;
            if (run > longest) longest = run;
        }
    }
    for (int x = 0; x < SIDE; x++) edge += pixel_at(&s, x, SIDE / 2)[3] == 255;
    CHECK(abs(longest * 5 - edge) <= 10, "the bar has %d pixels, the cube %d", longest, edge); /* 2 mm */
    shot_free(&s);
    solid_free(&cube);
}

static void any_thread_count_gives_the_same_bytes(void **state)
{
    (void)state;
    solid_soup torus = solid_torus(20, 7, 90, 40);
    uint8_t *first = malloc(BYTES);
    for (uint32_t threads = 1; threads <= 4; threads++) {
        const lq_context_options with = {.struct_size = sizeof with, .thread_count = threads};
        shot s = shot_of(&torus, &with);
        shot_take(&s, (lq_render_options){.defects = 1});
        assert_int_equal(s.status, LQ_OK);
        if (threads == 1) memcpy(first, s.rgba, BYTES);
        assert_memory_equal(first, s.rgba, BYTES);
        shot_free(&s);
    }
    free(first);
    solid_free(&torus);
}

/* Whatever a row's end is a multiple of; and nothing is written behind the last pixel. */
static void a_picture_has_any_size(void **state)
{
    (void)state;
    solid_soup ball = solid_sphere(10, 8);
    shot s = shot_of(&ball, NULL);
    for (uint32_t width = 1; width <= 67; width++) {
        const uint32_t height = 1 + (width * 29) % 41;
        const size_t size = (size_t)4 * width * height;
        s.rgba[size] = 77;
        shot_take(&s, (lq_render_options){.width = width, .height = height, .ground = LQ_GROUND_WHITE});
        CHECK(s.status == LQ_OK && s.rgba[size] == 77 && s.rgba[size - 1] == 255, "%u x %u", width, height);
    }
    const lq_render_options wide = {.struct_size = sizeof wide, .width = 1023, .height = 11};
    uint8_t *row = malloc((size_t)4 * wide.width * wide.height);
    assert_int_equal(lq_part_render(s.context, s.part, &wide, row, (size_t)4 * wide.width * wide.height), LQ_OK);
    free(row);
    shot_free(&s);
    solid_free(&ball);
}

static void wrong_arguments_are_told(void **state)
{
    (void)state;
    solid_soup cube = solid_cube(10);
    shot s = shot_of(&cube, NULL);
    lq_render_options good = {.struct_size = sizeof good, .width = SIDE, .height = SIDE}, bad = good;
    assert_int_equal(lq_part_render(NULL, s.part, &good, s.rgba, BYTES), LQ_ERR_ARGUMENT);
    assert_int_equal(lq_part_render(s.context, NULL, &good, s.rgba, BYTES), LQ_ERR_ARGUMENT);
    assert_int_equal(lq_part_render(s.context, s.part, &good, NULL, BYTES), LQ_ERR_ARGUMENT);
    assert_int_equal(lq_part_render(s.context, s.part, &good, s.rgba, BYTES - 1), LQ_ERR_ARGUMENT);
    assert_int_equal(lq_part_render(s.context, s.part, NULL, s.rgba, BYTES), LQ_ERR_ARGUMENT); /* 1024 x 1024 */
    bad.width = LQ_RENDER_SIDE_MAX + 1;
    assert_int_equal(lq_part_render(s.context, s.part, &bad, s.rgba, SIZE_MAX), LQ_ERR_ARGUMENT);
    bad = good, bad.view = (lq_view)7;
    assert_int_equal(lq_part_render(s.context, s.part, &bad, s.rgba, BYTES), LQ_ERR_ARGUMENT);
    bad = good, bad.from[1] = (double)NAN;
    assert_int_equal(lq_part_render(s.context, s.part, &bad, s.rgba, BYTES), LQ_ERR_ARGUMENT);
    shot_take(&s, (lq_render_options){.width = 1, .height = 1});
    assert_int_equal(s.status, LQ_OK);
    shot_free(&s);
    solid_free(&cube);
}

/* Facets across the whole picture, thousands upon each other: coarser, but drawn. */
static void the_work_is_limited(void **state)
{
    (void)state;
    solid_soup pile = {0};
    for (int i = 0; i < 4000; i++) {
        double z = i * 0.001;
        solid_add(&pile, (const double[]){0, 0, z}, (const double[]){100, 0, z}, (const double[]){0, 100, z});
    }
    const lq_limits limits = {.struct_size = sizeof limits, .work_units = 100000};
    const lq_context_options with = {.struct_size = sizeof with, .limits = &limits};
    shot s = shot_of(&pile, &with);
    shot_take(&s, (lq_render_options){.view = LQ_VIEW_TOP, .no_scale_bar = 1});
    CHECK_INT("pile", s.status, LQ_OK, "status");
    CHECK_NEAR("pile", covered(&s), ACROSS * ACROSS / 2, 0.25 * ACROSS * ACROSS, "area");
    shot_free(&s);
    solid_free(&pile);
}

/* What is painted in a colour looks as a part of that colour does. */
static bool looks_like(const solid_soup *soup, lq_render_options options, uint32_t color, int x, int y)
{
    shot painted = shot_of(soup, NULL), plain = shot_of(soup, NULL);
    shot_take(&painted, options);
    shot_take(&plain, (lq_render_options){.view = options.view,
                                          .no_scale_bar = options.no_scale_bar,
                                          .color = LQ_RENDER_COLOR | color});
    bool same = memcmp(pixel_at(&painted, x, y), pixel_at(&plain, x, y), 4) == 0;
    CHECK_INT("painted", painted.status, LQ_OK, "status");
    shot_free(&plain);
    shot_free(&painted);
    return same;
}

static void walls_are_painted_by_their_thickness(void **state)
{
    (void)state;
    static const struct {
        double thickness;
        uint32_t color; /* of the first limit above it; 0: the part's own */
    } plates[] = {{0.3, 0x9E002B}, {0.5, 0xD73027}, {1.1, 0xFEE070}, {2.9, 0x4C9FC8}, {3.1, 0}};
    const double upright[3] = {1, 0, 0}, leaning[3] = {0.3, 1, 0.2};
    for (size_t i = 0; i < sizeof plates / sizeof plates[0]; i++)
        for (int turned = 0; turned < 3; turned++) {
            solid_soup plate = solid_box(40, 30, plates[i].thickness);
            if (turned) solid_rotate(&plate, turned == 1 ? upright : leaning, turned == 1 ? 90 : 33);
            const lq_view view = turned == 1 ? LQ_VIEW_FRONT : LQ_VIEW_TOP;
            uint32_t color = plates[i].color ? plates[i].color : 0x8CA3B8;
            CHECK(looks_like(&plate, (lq_render_options){.view = view, .no_scale_bar = 1, .walls = 1}, color, SIDE / 2,
                             SIDE / 2),
                  "a plate of %g mm, turned %d", plates[i].thickness, turned);
            solid_free(&plate);
        }
}

static void walls_of_a_mesh_that_is_inside_out_are_found(void **state)
{
    (void)state;
    solid_soup plate = solid_box(40, 30, 1.1);
    solid_invert(&plate);
    assert_true(looks_like(&plate, (lq_render_options){.view = LQ_VIEW_TOP, .no_scale_bar = 1, .walls = 1}, 0xFEE070,
                           SIDE / 2, SIDE / 2));
    solid_free(&plate);
}

static void overhangs_are_painted_where_they_face_down(void **state)
{
    (void)state;
    solid_soup ball = solid_sphere(10, 40);
    const lq_render_options below = {.view = LQ_VIEW_BOTTOM, .no_scale_bar = 1, .overhangs = 1};
    const int radius = (int)(ACROSS / 2);
    const uint32_t over = 0xE07A5F, own = 0x8CA3B8;
    assert_true(looks_like(&ball, below, own, SIDE / 2, SIDE / 2)); /* it stands there */
    assert_true(looks_like(&ball, below, over, SIDE / 2 + radius * 5 / 10, SIDE / 2));
    assert_true(looks_like(&ball, below, own, SIDE / 2 + radius * 8 / 10, SIDE / 2)); /* steeper than 45 degrees */
    assert_true(looks_like(&ball, (lq_render_options){.view = LQ_VIEW_TOP, .no_scale_bar = 1, .overhangs = 1}, own,
                           SIDE / 2 + radius * 5 / 10, SIDE / 2));
    solid_free(&ball);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    solid_soup cube = solid_cube(10);
    int done = 0;
    for (uint64_t fail_at = 1; !done; fail_at++) {
        lend_allocator lent = {0};
        const lq_allocator allocator = lend_allocator_of(&lent);
        const lq_context_options with = {.struct_size = sizeof with, .allocator = &allocator};
        shot s = shot_of(&cube, &with);
        assert_int_equal(s.status, LQ_OK);
        lent.fail_at = lent.calls + fail_at;
        shot_take(&s, (lq_render_options){.defects = 1, .walls = 1, .overhangs = 1});
        done = s.status == LQ_OK;
        CHECK(done || s.status == LQ_ERR_MEMORY, "allocation %d: status %d", (int)fail_at, (int)s.status);
        assert_true(fail_at < 1000);
        shot_free(&s);
        CHECK_INT("cube", lent.held, 0, "bytes held");
    }
    solid_free(&cube);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(silhouettes_have_their_area),
        cmocka_unit_test(round_bodies_are_round),
        cmocka_unit_test(a_hole_is_seen_through),
        cmocka_unit_test(how_finely_a_sheet_is_cut_does_not_show),
        cmocka_unit_test(what_is_hidden_does_not_show),
        cmocka_unit_test(a_bowl_is_seen_from_inside),
        cmocka_unit_test(defects_are_painted_and_the_nearest_is_seen),
        cmocka_unit_test(colours_and_grounds),
        cmocka_unit_test(the_bar_has_its_length),
        cmocka_unit_test(any_thread_count_gives_the_same_bytes),
        cmocka_unit_test(a_picture_has_any_size),
        cmocka_unit_test(wrong_arguments_are_told),
        cmocka_unit_test(walls_are_painted_by_their_thickness),
        cmocka_unit_test(walls_of_a_mesh_that_is_inside_out_are_found),
        cmocka_unit_test(overhangs_are_painted_where_they_face_down),
        cmocka_unit_test(the_work_is_limited),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
