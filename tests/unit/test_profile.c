/* A slicer's profiles: what is read, what is refused and where, and what percentages and automatic values come to. */
#include <stdlib.h>

#include "tests/support/check.h"

#include "estimate/profile_keys.h"
#include "estimate/profile_machine.h"
#include "libquote.h"
#include "tests/support/lend.h"

static lq_context *new_context(void)
{
    lq_context *context;
    assert_int_equal(lq_context_create(NULL, &context), LQ_OK);
    return context;
}

static void end(lq_context *context)
{
    assert_int_equal(lq_context_memory_held(context), 0);
    lq_context_destroy(context);
}

/* ---- text ---- */

static void pairs(void **state)
{
    (void)state;
    lq_context *context = new_context();
    lqi_profile profile;
    lqi_profile_init(&profile, context);
    static const char text[] = "\xEF\xBB\xBF# a comment\r\n; another\r\n\r\nperimeters = 3\r\n  fill_density=15%  \r\n"
                               "start_gcode = G28 ; home = all\\nG1 Z5\r\nnotes =\r\nlayer_height = 0.2";
    assert_int_equal(lqi_profile_read(&profile, text, sizeof text - 1), LQ_OK);
    assert_int_equal(profile.count, 5);
    assert_string_equal(lqi_profile_find(&profile, "perimeters"), "3");
    assert_string_equal(lqi_profile_find(&profile, "fill_density"), "15%");
    assert_string_equal(lqi_profile_find(&profile, "start_gcode"), "G28 ; home = all\\nG1 Z5");
    assert_string_equal(lqi_profile_find(&profile, "notes"), "");
    assert_string_equal(lqi_profile_find(&profile, "layer_height"), "0.2");
    assert_null(lqi_profile_find(&profile, "bottom_solid_layers"));
    for (size_t i = 1; i < profile.count; i++) assert_true(strcmp(profile.items[i - 1].key, profile.items[i].key) < 0);

    static const char over[] = "perimeters = 4\nperimeters = 5\n";
    assert_int_equal(lqi_profile_read(&profile, over, sizeof over - 1), LQ_OK);
    assert_string_equal(lqi_profile_find(&profile, "perimeters"), "5");
    assert_int_equal(lqi_profile_set(&profile, "perimeters", "1"), LQ_OK);
    assert_int_equal(lqi_profile_set(&profile, "skirts", "2"), LQ_OK);
    assert_string_equal(lqi_profile_find(&profile, "perimeters"), "1");
    assert_int_equal(profile.count, 6);
    assert_int_equal(lqi_profile_set(&profile, "Perimeters", "1"), LQ_ERR_ARGUMENT);
    assert_string_equal(lq_context_error(context)->code, "profile_key");
    lqi_profile_free(&profile);
    end(context);
}

static void settings_behind_gcode(void **state)
{
    (void)state;
    lq_context *context = new_context();
    lqi_profile profile;
    lqi_profile_init(&profile, context);
    static const char text[] = "G28\nG1 X1 Y1 E1 ; perimeters = 9\n; estimated printing time = 1m\n"
                               "; prusaslicer_config = begin\n; perimeters = 2\n; fill_pattern = grid\n"
                               "; prusaslicer_config = end\n; perimeters = 7\n";
    assert_int_equal(lqi_profile_read(&profile, text, sizeof text - 1), LQ_OK);
    assert_int_equal(profile.count, 2);
    assert_string_equal(lqi_profile_find(&profile, "perimeters"), "2");
    lqi_profile_free(&profile);
    end(context);
}

static void one_preset_of_each_kind(void **state)
{
    (void)state;
    lq_context *context = new_context();
    lqi_profile profile;
    lqi_profile_init(&profile, context);
    static const char text[] = "[print:0.2 mm]\nperimeters = 2\n[filament:PLA]\nfilament_density = 1.24\n"
                               "[printer:mine]\nnozzle_diameter = 0.4\n[presets]\nprint = 0.2 mm\n";
    assert_int_equal(lqi_profile_read(&profile, text, sizeof text - 1), LQ_OK);
    assert_int_equal(profile.count, 3);
    lqi_profile_free(&profile);
    end(context);
}

typedef struct damage {
    const char *text;
    int64_t line;
    const char *at; /* where the offset points; NULL: nowhere */
} damage;

static const damage damages[] = {
    {"", -1, NULL},
    {"\n# nothing but comments\n", -1, NULL},
    {"perimeters = 2\nperimeters\n", 2, "perimeters\n"},
    {"perimeters = 2\n= 3\n", 2, "= 3"},
    {"perimeters = 2\n\nFill Density = 3\n", 3, "Fill"},
    {"a_key_that_is_longer_than_any_slicer_would_ever_write_into_a_file_of_its = 1\n", 1, "a_key"},
    {"{\"perimeters\": 2}\n", 1, "{"},
    {"<?xml version=\"1.0\"?>\n", 1, "<"},
    {"[print:a\nperimeters = 2\n", 1, "[print"},
    {"[print:a]\nperimeters = 2\n[print:b]\nperimeters = 3\n", 3, "[print:b"},
    {"[vendor]\nname = Prusa\n[print:*common*]\nperimeters = 2\n", 1, "[vendor"},
    {"; prusaslicer_config = begin\n; perimeters 2\n", 2, "perimeters 2"},
    {"solid cube\nfacet normal 0 0 1\n", 1, "solid"},
};

static void damaged_texts(void **state)
{
    (void)state;
    lq_context *context = new_context();
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        const damage *d = &damages[i];
        lqi_profile profile;
        lqi_profile_init(&profile, context);
        assert_int_equal(lqi_profile_set(&profile, "skirts", "1"), LQ_OK);
        lq_context_reset(context);
        CHECK_INT(d->text, lqi_profile_read(&profile, d->text, strlen(d->text)), LQ_ERR_INPUT, "the status");
        const lq_error *error = lq_context_error(context);
        CHECK_TEXT(d->text, error->code, "profile_invalid", "the code");
        CHECK_INT(d->text, error->line, d->line, "the line");
        CHECK_INT(d->text, error->offset, d->at ? strstr(d->text, d->at) - d->text : -1, "the offset");
        CHECK_INT(d->text, profile.count, 1, "the number of settings afterwards");
        lqi_profile_free(&profile);
    }
    lq_context_reset(context);
    end(context);
}

static void bounds_on_size(void **state)
{
    (void)state;
    lq_context *context = new_context();
    lqi_profile profile;
    lqi_profile_init(&profile, context);
    size_t size = LQI_PROFILE_SIZE_MAX + 2;
    char *text = malloc(size);
    memset(text, '\n', size);
    memcpy(text, "skirts = 1", 10);
    assert_int_equal(lqi_profile_read(&profile, text, size), LQ_ERR_INPUT);
    assert_int_equal(lq_context_error(context)->limit, LQI_PROFILE_SIZE_MAX);
    lq_context_reset(context);
    assert_int_equal(lqi_profile_read(&profile, text, size - 2), LQ_OK);

    memset(text, 'x', LQI_PROFILE_LINE_MAX + 2);
    memcpy(text, "notes = ", 8);
    assert_int_equal(lqi_profile_read(&profile, text, LQI_PROFILE_LINE_MAX), LQ_OK);
    assert_int_equal(lqi_profile_read(&profile, text, LQI_PROFILE_LINE_MAX + 1), LQ_ERR_INPUT);
    assert_int_equal(lq_context_error(context)->line, 1);
    lq_context_reset(context);

    size = 0;
    for (int i = 0; i <= LQI_PROFILE_COUNT_MAX; i++) size += (size_t)sprintf(text + size, "k%d=1\n", i);
    assert_int_equal(lqi_profile_read(&profile, text, size), LQ_ERR_LIMIT);
    assert_int_equal(lq_context_error(context)->limit, LQI_PROFILE_COUNT_MAX);
    lq_context_reset(context);
    text[4] = 0;
    assert_int_equal(lqi_profile_read(&profile, text, 6), LQ_ERR_INPUT);
    free(text);
    lqi_profile_free(&profile);
    end(context);
}

/* ---- values ---- */

static lqi_machine resolve(const char *text, const lqi_wish *wish)
{
    lq_context *context = new_context();
    lqi_profile profile;
    lqi_machine machine;
    lqi_profile_mistake mistake;
    lqi_profile_init(&profile, context);
    if (*text) assert_int_equal(lqi_profile_read(&profile, text, strlen(text)), LQ_OK);
    CHECK(lqi_profile_machine(&profile, wish, &machine, &mistake), "%s: %s", mistake.key, mistake.sentence);
    lqi_profile_free(&profile);
    end(context);
    return machine;
}

static void silence_is_the_slicers_own(void **state)
{
    (void)state;
    lqi_machine m = resolve("", &lqi_no_wish);
    CHECK_NEAR("silent", m.layer_height_mm, 0.3, 0, "layer height");
    CHECK_NEAR("silent", m.first_layer_height_mm, 0.35, 0, "first layer");
    CHECK_NEAR("silent", m.width_mm[LQI_ROLE_PERIMETER], 0.45, 1e-12, "width for a nozzle of 0.4");
    CHECK_NEAR("silent", m.width_mm[LQI_ROLE_TOP_SOLID_INFILL], 0.4, 0, "width of tops");
    CHECK_NEAR("silent", m.width_mm[LQI_ROLE_SUPPORT], 0.4, 0, "width of supports");
    CHECK_NEAR("silent", m.first_layer_width_mm, 0.7, 1e-12, "width in the first layer, 200 %");
    CHECK_NEAR("silent", m.speed_mm_s[LQI_ROLE_EXTERNAL_PERIMETER], 30, 0, "half of 60 mm/s");
    CHECK_NEAR("silent", m.fill_density, 0.2, 1e-15, "infill");
    CHECK_NEAR("silent", m.acceleration_mm_s2[LQI_ROLE_INFILL], 1500, 0, "acceleration of the machine");
    CHECK_NEAR("silent", m.max_jerk_mm_s[LQI_AXIS_Z], 0.2, 0, "jerk of the first mode");
    CHECK_NEAR("silent", m.retract_speed_mm_s, m.deretract_speed_mm_s, 0, "deretraction");
    CHECK_INT("silent", m.support, false, "support");
    CHECK_INT("silent", m.perimeters, 3, "walls");
}

static void percentages_and_zeros(void **state)
{
    (void)state;
    lqi_machine m = resolve("layer_height = 0.2\nfirst_layer_height = 150%\nextrusion_width = 0.5\n"
                            "perimeter_extrusion_width = 0\nexternal_perimeter_extrusion_width = 210%\n"
                            "top_infill_extrusion_width = 0.42\nfirst_layer_extrusion_width = 0\n"
                            "perimeter_speed = 80\nexternal_perimeter_speed = 25%\nsmall_perimeter_speed = 10\n"
                            "infill_speed = 200\nsolid_infill_speed = 50%\ntop_solid_infill_speed = 50%\n"
                            "first_layer_speed = 40%\ntravel_speed = 150,90\ntravel_speed_z = 0\n"
                            "support_material_speed = 60\nsupport_material_interface_speed = 80%\n"
                            "support_material_xy_spacing = 60%\ninfill_overlap = 25%\n"
                            "max_volumetric_speed = 12\nfilament_max_volumetric_speed = 15;8\n",
                            &lqi_no_wish);
    CHECK_NEAR("given", m.first_layer_height_mm, 0.3, 1e-15, "first layer");
    CHECK_NEAR("given", m.width_mm[LQI_ROLE_PERIMETER], 0.5, 0, "the general width");
    CHECK_NEAR("given", m.width_mm[LQI_ROLE_EXTERNAL_PERIMETER], 0.42, 1e-15, "210 % of the layer height");
    CHECK_NEAR("given", m.first_layer_width_mm, 0.5, 0, "width in the first layer");
    CHECK_NEAR("given", m.speed_mm_s[LQI_ROLE_EXTERNAL_PERIMETER], 20, 0, "a quarter");
    CHECK_NEAR("given", m.speed_mm_s[LQI_ROLE_SOLID_INFILL], 100, 0, "half of infill");
    CHECK_NEAR("given", m.speed_mm_s[LQI_ROLE_TOP_SOLID_INFILL], 50, 0, "half of solid infill");
    CHECK_NEAR("given", m.first_layer_speed_mm_s[LQI_ROLE_INFILL], 80, 1e-12, "two fifths");
    CHECK_NEAR("given", m.travel_speed_mm_s, 150, 0, "the first of two");
    CHECK_NEAR("given", m.travel_speed_z_mm_s, 150, 0, "z as xy");
    CHECK_NEAR("given", m.speed_mm_s[LQI_ROLE_SUPPORT_INTERFACE], 48, 1e-12, "four fifths");
    CHECK_NEAR("given", m.support_xy_spacing_mm, 0.252, 1e-12, "60 % of the outer wall");
    CHECK_NEAR("given", m.infill_overlap_mm, 0.25 * lqi_line_spacing(0.5, 0.2), 1e-15, "a quarter of the spacing");
    CHECK_NEAR("given", m.max_volumetric_speed_mm3_s, 12, 0, "the lesser flow");
}

static void accelerations(void **state)
{
    (void)state;
    static const char limits[] = "gcode_flavor = marlin2\nmachine_max_acceleration_extruding = 900,500\n"
                                 "machine_max_acceleration_travel = 1200\n";
    lqi_machine none = resolve("default_acceleration = 0\nperimeter_acceleration = 700\n"
                               "gcode_flavor = marlin2\nmachine_max_acceleration_extruding = 900,500\n",
                               &lqi_no_wish);
    CHECK_NEAR("none", none.acceleration_mm_s2[LQI_ROLE_PERIMETER], 900, 0, "the machine's");
    char text[400];
    snprintf(text, sizeof text,
             "%sdefault_acceleration = 1000\nperimeter_acceleration = 700\n"
             "infill_acceleration = 0\nbridge_acceleration = 500\n",
             limits);
    lqi_machine some = resolve(text, &lqi_no_wish);
    CHECK_NEAR("some", some.acceleration_mm_s2[LQI_ROLE_EXTERNAL_PERIMETER], 700, 0, "walls");
    CHECK_NEAR("some", some.acceleration_mm_s2[LQI_ROLE_INFILL], 1000, 0, "infill");
    CHECK_NEAR("some", some.acceleration_mm_s2[LQI_ROLE_OVERHANG_PERIMETER], 500, 0, "overhangs");
    CHECK_NEAR("some", some.max_acceleration_travel_mm_s2, 1200, 0, "travel");
    lqi_machine old = resolve("gcode_flavor = marlin\nmachine_max_acceleration_extruding = 900\n"
                              "machine_max_acceleration_travel = 1200\n",
                              &lqi_no_wish);
    CHECK_NEAR("old", old.max_acceleration_travel_mm_s2, 900, 0, "old Marlin travels as it prints");
    lqi_machine unknown = resolve("gcode_flavor = marlin2\nmachine_limits_usage = ignore\n"
                                  "machine_max_acceleration_extruding = 900\n",
                                  &lqi_no_wish);
    CHECK_NEAR("unknown", unknown.max_acceleration_extruding_mm_s2, 1500, 0, "what the slicer assumes");
}

static void wishes_and_overrides(void **state)
{
    (void)state;
    const lqi_wish wish = {0.1, 0.5};
    lqi_machine m = resolve("layer_height = 0.2\nfirst_layer_height = 0.25\nfill_density = 20%\n", &wish);
    CHECK_NEAR("wish", m.layer_height_mm, 0.1, 0, "layer height");
    CHECK_NEAR("wish", m.first_layer_height_mm, 0.25, 0, "first layer");
    CHECK_NEAR("wish", m.fill_density, 0.5, 0, "infill");
    lqi_machine f = resolve("retract_length = 2\nfilament_retract_length = 0.6\nretract_lift = 0.3\n"
                            "filament_retract_lift = nil\n",
                            &lqi_no_wish);
    CHECK_NEAR("filament", f.retract_length_mm, 0.6, 0, "of the filament");
    CHECK_NEAR("filament", f.retract_lift_mm, 0.3, 0, "of the printer");
    lqi_machine vase =
        resolve("spiral_vase = 1\nperimeters = 3\ntop_solid_layers = 5\nfill_density = 15%\n", &lqi_no_wish);
    CHECK_INT("vase", vase.perimeters, 1, "walls");
    CHECK_INT("vase", vase.top_solid_layers, 0, "layers on top");
    CHECK_NEAR("vase", vase.fill_density, 0, 0, "infill");
    lqi_machine painted = resolve("support_material = 1\nsupport_material_auto = 0\n", &lqi_no_wish);
    CHECK_INT("painted", painted.support, false, "support");
}

/* A thread of 0.4 mm with 0.05 mm between is 0.2793 mm high on average: 1.396 layers of 0.2 mm. */
static void thick_bridges(void **state)
{
    (void)state;
    lqi_machine thin = resolve("layer_height = 0.2\nthick_bridges = 0\nbridge_flow_ratio = 0.9\n", &lqi_no_wish);
    lqi_machine thick = resolve("layer_height = 0.2\nthick_bridges = 1\n", &lqi_no_wish);
    CHECK_NEAR("thin", thin.bridge_flow_ratio, 0.9, 0, "flow");
    CHECK_NEAR("thick", thick.bridge_flow_ratio, 1.396, 0.001, "flow");
}

/* Without speeds every line takes the flow of the thinnest at the fastest. */
static void automatic_speeds(void **state)
{
    (void)state;
    lqi_machine m = resolve("layer_height = 0.2\nperimeter_speed = 0\ninfill_speed = 0\nmax_print_speed = 80\n"
                            "extrusion_width = 0.6\nexternal_perimeter_extrusion_width = 0.4\n"
                            "top_infill_extrusion_width = 0.6\nsupport_material_extrusion_width = 0.6\n",
                            &lqi_no_wish);
    double outer = lqi_line_spacing(0.4, 0.2), inner = lqi_line_spacing(0.6, 0.2);
    CHECK_NEAR("auto", m.speed_mm_s[LQI_ROLE_EXTERNAL_PERIMETER], 80, 1e-9, "the thinnest");
    CHECK_NEAR("auto", m.speed_mm_s[LQI_ROLE_PERIMETER], 80 * outer / inner, 1e-9, "a wide one");
    CHECK_NEAR("auto", m.speed_mm_s[LQI_ROLE_INFILL], 80 * outer / inner, 1e-9, "as infill");
}

static const char *const wrong[][2] = {
    {"perimeters", "two"},
    {"perimeters", "2.5"},
    {"perimeters", "-1"},
    {"perimeters", "1e300"},
    {"layer_height", "0"},
    {"layer_height", "nan"},
    {"layer_height", "0.2mm"},
    {"layer_height", "50%"},
    {"fill_density", "120%"},
    {"fill_density", "much"},
    {"extrusion_width", "-1"},
    {"extrusion_width", "1000000"},
    {"external_perimeter_extrusion_width", "0.05"},
    {"perimeter_speed", "fast"},
    {"perimeter_speed", "1e9"},
    {"travel_speed", "0"},
    {"cooling", "maybe"},
    {"support_material", "2"},
    {"skirts", "-1"},
    {"nozzle_diameter", ""},
    {"printer_technology", "SLA"},
    {"machine_max_jerk_x", "x,8"},
    {"retract_speed", "0"},
};

static void wrong_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        lq_context *context = new_context();
        lq_profile *profile;
        assert_int_equal(lq_profile_create(context, &profile), LQ_OK);
        assert_int_equal(lq_profile_set(profile, "gcode_flavor", "marlin2"), LQ_OK);
        assert_int_equal(lq_profile_set(profile, wrong[i][0], wrong[i][1]), LQ_OK);
        if (!*wrong[i][1]) { /* nothing said is as if it were not there */
            assert_int_equal(lq_profile_check(profile), LQ_OK);
        } else {
            CHECK_INT(wrong[i][0], lq_profile_check(profile), LQ_ERR_INPUT, "the status");
            CHECK_TEXT(wrong[i][0], lq_context_error(context)->code, "profile_invalid", "the code");
            CHECK_TEXT(wrong[i][0], lq_context_error(context)->part, wrong[i][0], "the setting");
        }
        lq_profile_destroy(profile);
        end(context);
    }
}

/* ---- what is not understood ---- */

static void ignored_keys(void **state)
{
    (void)state;
    lq_context *context = new_context();
    lq_profile *profile;
    static const char text[] = "perimeters = 2\nwipe = 1,0\nironing = 0\ntemperature = 215\nstart_gcode = G28\n"
                               "perimeter_loop = 1\nfuzzy_skin = external\nthin_walls = 0\n";
    assert_int_equal(lq_profile_create(context, &profile), LQ_OK);
    assert_int_equal(lq_profile_read(profile, text, sizeof text - 1, "a.ini"), LQ_OK);
    size_t at = 0;
    assert_string_equal(lq_profile_next_ignored(profile, &at), "fuzzy_skin");
    assert_string_equal(lq_profile_next_ignored(profile, &at), "perimeter_loop");
    assert_string_equal(lq_profile_next_ignored(profile, &at), "wipe");
    assert_null(lq_profile_next_ignored(profile, &at));
    lq_profile_destroy(profile);
    end(context);
}

/* Searched by halves: one that stands in the wrong place would not be found. */
static void table_of_keys(void **state)
{
    (void)state;
    static const char *const matter[] = {"allow_empty_layers",   "complete_objects", "fuzzy_skin", "infill_first",
                                         "interface_shells",     "ironing",          "overhangs",  "raft_layers",
                                         "slicing_mode",         "thin_walls",       "wipe",       "wipe_tower",
                                         "wall_transition_angle"};
    for (size_t i = 0; i < sizeof matter / sizeof matter[0]; i++)
        CHECK_INT(matter[i], lqi_profile_key(matter[i], NULL), LQI_KEY_MATTERS, "the kind");
    assert_int_equal(lqi_profile_key("temperature", NULL), LQI_KEY_NEUTRAL);
    assert_int_equal(lqi_profile_key("between_objects_gcode", NULL), LQI_KEY_NEUTRAL);
    assert_int_equal(lqi_profile_key("wipe_tower_x", NULL), LQI_KEY_NEUTRAL);
    assert_int_equal(lqi_profile_key("nonsense", NULL), LQI_KEY_UNKNOWN);
}

static void flags(void **state)
{
    (void)state;
    static const char *const cases[][2] = {{"spiral_vase = 1", "spiral_vase"},
                                           {"raft_layers = 3", "raft"},
                                           {"ironing = 1", "ironing"},
                                           {"fuzzy_skin = all", "fuzzy_skin"},
                                           {"nozzle_diameter = 0.6", "nozzle_not_fitted"},
                                           {"fill_pattern = lightning", "infill_pattern"},
                                           {"infill_extruder = 2", "multi_material"},
                                           {"support_material = 1\nsupport_material_style = organic", "support_style"},
                                           {"perimeters = 2", NULL},
                                           {"support_material_style = organic", NULL}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        lq_context *context = new_context();
        lqi_profile profile;
        lqi_notes notes;
        lqi_profile_init(&profile, context);
        lqi_notes_init(&notes, context);
        assert_int_equal(lqi_profile_read(&profile, cases[i][0], strlen(cases[i][0])), LQ_OK);
        lqi_profile_doubt doubt;
        assert_int_equal(lqi_profile_flags(&profile, &notes, &doubt), LQ_OK);
        CHECK((doubt.filament > 0 || doubt.time > 0) == (cases[i][1] != NULL), "%s: the doubt", cases[i][0]);
        CHECK_INT(cases[i][0], notes.count, cases[i][1] != NULL, "the number of flags");
        if (notes.count) CHECK_TEXT(cases[i][0], notes.items[0].code, cases[i][1], "the flag");
        lqi_notes_free(&notes);
        lqi_profile_free(&profile);
        end(context);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs),
        cmocka_unit_test(settings_behind_gcode),
        cmocka_unit_test(one_preset_of_each_kind),
        cmocka_unit_test(damaged_texts),
        cmocka_unit_test(bounds_on_size),
        cmocka_unit_test(silence_is_the_slicers_own),
        cmocka_unit_test(percentages_and_zeros),
        cmocka_unit_test(accelerations),
        cmocka_unit_test(wishes_and_overrides),
        cmocka_unit_test(thick_bridges),
        cmocka_unit_test(automatic_speeds),
        cmocka_unit_test(wrong_values),
        cmocka_unit_test(ignored_keys),
        cmocka_unit_test(table_of_keys),
        cmocka_unit_test(flags),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
