#include "estimate/profile_machine.h"

#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "estimate/profile_keys.h"
#include "estimate/profile_values.h"

const lqi_wish lqi_no_wish = {0, -1};

/* Bounds that no real machine meets and that keep every product of an estimate far from the edge. */
#define LENGTH_MAX 1000.0
#define WIDTH_MAX 10.0
#define SPEED_MAX 10000.0
#define ACCELERATION_MAX 1e6
#define LAYERS_MAX 100000

/* ---- layers, shells, infill ---- */

static void read_layers(lqi_values *v, const lqi_wish *wish, lqi_machine *m)
{
    m->nozzle_mm = lqi_value_number(v, "nozzle_diameter", 0.05, WIDTH_MAX);
    m->filament_diameter_mm = lqi_value_number(v, "filament_diameter", 0.1, WIDTH_MAX);
    m->filament_density_g_cm3 = lqi_value_number(v, "filament_density", 0, 30);
    m->extrusion_multiplier = lqi_value_number(v, "extrusion_multiplier", 0.01, 10);
    m->layer_height_mm =
        wish->layer_height_mm > 0 ? wish->layer_height_mm : lqi_value_number(v, "layer_height", 0.01, WIDTH_MAX);
    m->first_layer_height_mm = lqi_value_part(v, "first_layer_height", m->layer_height_mm, 0, WIDTH_MAX);
    if (m->first_layer_height_mm == 0) m->first_layer_height_mm = m->layer_height_mm;
    if (m->first_layer_height_mm < 0.01)
        lqi_value_wrong(v, "first_layer_height", "a height of at least 0.01 mm is expected");
    m->xy_size_compensation_mm = lqi_value_number(v, "xy_size_compensation", -WIDTH_MAX, WIDTH_MAX);
    m->elefant_foot_compensation_mm = lqi_value_number(v, "elefant_foot_compensation", 0, WIDTH_MAX);
}

/* A vase has one wall, no top and no infill, whatever else the profile says. */
static void read_shells(lqi_values *v, const lqi_wish *wish, lqi_machine *m)
{
    bool vase = lqi_value_flag(v, "spiral_vase");
    m->perimeters = vase ? 1 : lqi_value_integer(v, "perimeters", 0, 1000);
    m->generator = lqi_value_is(v, "perimeter_generator", "classic") ? LQI_GENERATOR_CLASSIC : LQI_GENERATOR_ARACHNE;
    m->top_solid_layers = vase ? 0 : lqi_value_integer(v, "top_solid_layers", 0, LAYERS_MAX);
    m->bottom_solid_layers = lqi_value_integer(v, "bottom_solid_layers", 0, LAYERS_MAX);
    m->top_solid_min_thickness_mm = vase ? 0 : lqi_value_number(v, "top_solid_min_thickness", 0, LENGTH_MAX);
    m->bottom_solid_min_thickness_mm = lqi_value_number(v, "bottom_solid_min_thickness", 0, LENGTH_MAX);
    m->ensure_vertical_shell_thickness =
        !vase && !lqi_value_is(v, "ensure_vertical_shell_thickness", "0") &&
        !lqi_value_is(v, "ensure_vertical_shell_thickness", "disabled"); /* later versions: a word */
    m->fill_density = vase ? 0 : wish->fill_density >= 0 ? wish->fill_density : lqi_value_percent(v, "fill_density", 1);
    m->solid_infill_below_area_mm2 = vase ? 0 : lqi_value_number(v, "solid_infill_below_area", 0, 1e6);
    m->solid_infill_every_layers = vase ? 0 : lqi_value_integer(v, "solid_infill_every_layers", 0, LAYERS_MAX);
    m->infill_every_layers = lqi_value_integer(v, "infill_every_layers", 1, LAYERS_MAX);
}

typedef struct pattern_word {
    const char *word;
    lqi_pattern pattern;
} pattern_word;

static const pattern_word patterns[] = {
    {"rectilinear", LQI_PATTERN_LINES},
    {"alignedrectilinear", LQI_PATTERN_LINES},
    {"line", LQI_PATTERN_LINES},
    {"zigzag", LQI_PATTERN_LINES},
    {"monotonic", LQI_PATTERN_LINES},
    {"monotoniclines", LQI_PATTERN_LINES},
    {"grid", LQI_PATTERN_GRID},
    {"triangles", LQI_PATTERN_GRID},
    {"stars", LQI_PATTERN_GRID},
    {"cubic", LQI_PATTERN_GRID},
    {"adaptivecubic", LQI_PATTERN_GRID},
    {"supportcubic", LQI_PATTERN_GRID},
    {"lightning", LQI_PATTERN_GRID},
    {"gyroid", LQI_PATTERN_GYROID},
    {"honeycomb", LQI_PATTERN_GYROID},
    {"3dhoneycomb", LQI_PATTERN_GYROID},
    {"concentric", LQI_PATTERN_CONCENTRIC},
    {"hilbertcurve", LQI_PATTERN_CONCENTRIC},
    {"archimedeanchords", LQI_PATTERN_CONCENTRIC},
    {"octagramspiral", LQI_PATTERN_CONCENTRIC},
};

static lqi_pattern find_pattern(const lqi_values *v)
{
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++)
        if (lqi_value_is(v, "fill_pattern", patterns[i].word)) return patterns[i].pattern;
    return LQI_PATTERN_GRID;
}

/* ---- lines ---- */

/* Zero asks for the general width, and where that is zero too for one that suits the nozzle. */
static double read_width(lqi_values *v, const char *key, const lqi_machine *m, bool as_nozzle)
{
    double width = lqi_value_part(v, key, m->layer_height_mm, 0, WIDTH_MAX);
    if (width == 0) width = lqi_value_part(v, "extrusion_width", m->layer_height_mm, 0, WIDTH_MAX);
    if (width == 0) width = as_nozzle ? m->nozzle_mm : 1.125 * m->nozzle_mm;
    if (lqi_line_spacing(width, m->layer_height_mm) < 0.01)
        lqi_value_wrong(v, key, "lines of this width are too thin for the layer height");
    return width;
}

static void read_widths(lqi_values *v, lqi_machine *m)
{
    double *width = m->width_mm;
    width[LQI_ROLE_EXTERNAL_PERIMETER] = read_width(v, "external_perimeter_extrusion_width", m, false);
    width[LQI_ROLE_PERIMETER] = read_width(v, "perimeter_extrusion_width", m, false);
    width[LQI_ROLE_OVERHANG_PERIMETER] = width[LQI_ROLE_PERIMETER];
    width[LQI_ROLE_GAP_FILL] = width[LQI_ROLE_PERIMETER];
    width[LQI_ROLE_INFILL] = read_width(v, "infill_extrusion_width", m, false);
    width[LQI_ROLE_SOLID_INFILL] = read_width(v, "solid_infill_extrusion_width", m, false);
    width[LQI_ROLE_BRIDGE] = width[LQI_ROLE_SOLID_INFILL];
    width[LQI_ROLE_TOP_SOLID_INFILL] = read_width(v, "top_infill_extrusion_width", m, true);
    width[LQI_ROLE_SUPPORT] = read_width(v, "support_material_extrusion_width", m, true);
    width[LQI_ROLE_SUPPORT_INTERFACE] = width[LQI_ROLE_SUPPORT];
    static const char first[] = "first_layer_extrusion_width";
    m->first_layer_width_mm = lqi_value_part(v, first, m->first_layer_height_mm, 0, WIDTH_MAX);
    if (m->first_layer_width_mm == 0) m->first_layer_width_mm = width[LQI_ROLE_PERIMETER];
    if (lqi_line_spacing(m->first_layer_width_mm, m->first_layer_height_mm) < 0.01)
        lqi_value_wrong(v, first, "lines of this width are too thin for the first layer");
}

/* Thick bridges are round threads of the nozzle's width, 0.05 mm apart: as much material as this share of a layer. */
static void read_bridges(lqi_values *v, lqi_machine *m)
{
    m->bridge_flow_ratio = lqi_value_number(v, "bridge_flow_ratio", 0.01, 10);
    if (!lqi_value_flag(v, "thick_bridges")) return;
    const double quarter_pi = 0.78539816339744831, apart_mm = 0.05;
    double thread_mm = m->nozzle_mm * sqrt(m->bridge_flow_ratio);
    m->bridge_flow_ratio = quarter_pi * thread_mm * thread_mm / ((thread_mm + apart_mm) * m->layer_height_mm);
}

static void read_infill(lqi_values *v, lqi_machine *m)
{
    m->fill_pattern = find_pattern(v);
    double spacing = lqi_line_spacing(m->width_mm[LQI_ROLE_PERIMETER], m->layer_height_mm);
    m->infill_overlap_mm = lqi_value_part(v, "infill_overlap", spacing, 0, WIDTH_MAX);
}

/* ---- speeds ---- */

/* Speeds of zero are chosen so that the thinnest line runs at max_print_speed and all give the same flow. */
static void choose_speeds(lqi_values *v, lqi_machine *m)
{
    double fastest = lqi_value_number(v, "max_print_speed", 1, SPEED_MAX), thinnest = WIDTH_MAX;
    double flow_max = lqi_value_number(v, "max_volumetric_speed", 0, 1e6);
    double small = m->width_mm[LQI_ROLE_EXTERNAL_PERIMETER];
    for (int i = 0; i < LQI_ROLE_COUNT; i++)
        if (m->width_mm[i] < thinnest) thinnest = m->width_mm[i];
    double flow = fastest * lqi_line_spacing(thinnest, m->layer_height_mm) * m->layer_height_mm;
    if (flow_max > 0 && flow_max < flow) flow = flow_max;
    for (int i = 0; i < LQI_ROLE_COUNT; i++)
        if (m->speed_mm_s[i] == 0)
            m->speed_mm_s[i] = flow / (lqi_line_spacing(m->width_mm[i], m->layer_height_mm) * m->layer_height_mm);
    if (m->small_perimeter_speed_mm_s == 0)
        m->small_perimeter_speed_mm_s = flow / (lqi_line_spacing(small, m->layer_height_mm) * m->layer_height_mm);
}

static double read_speed(lqi_values *v, const char *key, double whole)
{
    return lqi_value_part(v, key, whole, 0, SPEED_MAX);
}

static void read_speeds(lqi_values *v, lqi_machine *m)
{
    double *speed = m->speed_mm_s;
    speed[LQI_ROLE_PERIMETER] = read_speed(v, "perimeter_speed", 0);
    speed[LQI_ROLE_EXTERNAL_PERIMETER] = read_speed(v, "external_perimeter_speed", speed[LQI_ROLE_PERIMETER]);
    m->small_perimeter_speed_mm_s = read_speed(v, "small_perimeter_speed", speed[LQI_ROLE_PERIMETER]);
    speed[LQI_ROLE_INFILL] = read_speed(v, "infill_speed", 0);
    speed[LQI_ROLE_SOLID_INFILL] = read_speed(v, "solid_infill_speed", speed[LQI_ROLE_INFILL]);
    speed[LQI_ROLE_TOP_SOLID_INFILL] = read_speed(v, "top_solid_infill_speed", speed[LQI_ROLE_SOLID_INFILL]);
    speed[LQI_ROLE_BRIDGE] = speed[LQI_ROLE_OVERHANG_PERIMETER] = read_speed(v, "bridge_speed", 0);
    speed[LQI_ROLE_GAP_FILL] = read_speed(v, "gap_fill_speed", 0);
    speed[LQI_ROLE_SUPPORT] = read_speed(v, "support_material_speed", 0);
    speed[LQI_ROLE_SUPPORT_INTERFACE] = read_speed(v, "support_material_interface_speed", speed[LQI_ROLE_SUPPORT]);
    choose_speeds(v, m);
    for (int i = 0; i < LQI_ROLE_COUNT; i++) {
        m->first_layer_speed_mm_s[i] = read_speed(v, "first_layer_speed", speed[i]);
        if (m->first_layer_speed_mm_s[i] == 0) m->first_layer_speed_mm_s[i] = speed[i];
        if (speed[i] < 0.01 || m->first_layer_speed_mm_s[i] < 0.01)
            lqi_value_wrong(v, speed[i] < 0.01 ? "perimeter_speed" : "first_layer_speed", "this is too slow to print");
    }
    m->travel_speed_mm_s = lqi_value_number(v, "travel_speed", 1, SPEED_MAX);
    m->travel_speed_z_mm_s = lqi_value_number(v, "travel_speed_z", 0, SPEED_MAX);
    if (m->travel_speed_z_mm_s == 0) m->travel_speed_z_mm_s = m->travel_speed_mm_s;
    double print = lqi_value_number(v, "max_volumetric_speed", 0, 1e6);
    double filament = lqi_value_number(v, "filament_max_volumetric_speed", 0, 1e6);
    m->max_volumetric_speed_mm3_s = print > 0 && (filament == 0 || print < filament) ? print : filament;
}

static double acceleration_of(lqi_values *v, const char *key, double otherwise)
{
    double value = lqi_value_part(v, key, otherwise, 0, ACCELERATION_MAX);
    return value > 0 ? value : otherwise;
}

/* Without a default acceleration the slicer sets none, whatever else stands in the profile: the machine's holds. */
static void read_accelerations(lqi_values *v, lqi_machine *m)
{
    double *of = m->acceleration_mm_s2, general = lqi_value_number(v, "default_acceleration", 0, ACCELERATION_MAX);
    m->first_layer_acceleration_mm_s2 = lqi_value_number(v, "first_layer_acceleration", 0, ACCELERATION_MAX);
    double walls = acceleration_of(v, "perimeter_acceleration", general);
    double fill = acceleration_of(v, "infill_acceleration", general);
    double solid = acceleration_of(v, "solid_infill_acceleration", fill);
    double bridges = acceleration_of(v, "bridge_acceleration", general);
    for (int i = 0; i < LQI_ROLE_COUNT; i++) of[i] = general;
    of[LQI_ROLE_PERIMETER] = walls;
    of[LQI_ROLE_EXTERNAL_PERIMETER] = acceleration_of(v, "external_perimeter_acceleration", walls);
    of[LQI_ROLE_INFILL] = fill;
    of[LQI_ROLE_SOLID_INFILL] = solid;
    of[LQI_ROLE_TOP_SOLID_INFILL] = acceleration_of(v, "top_solid_infill_acceleration", solid);
    of[LQI_ROLE_BRIDGE] = of[LQI_ROLE_OVERHANG_PERIMETER] = bridges;
    if (general > 0) return;
    const double firmware = 1500; /* what PrusaSlicer assumes of a machine that tells nothing */
    double machine = m->max_acceleration_extruding_mm_s2;
    for (int i = 0; i < LQI_ROLE_COUNT; i++) of[i] = machine > 0 ? machine : firmware;
    m->first_layer_acceleration_mm_s2 = 0;
}

/* ---- the machine ---- */

/* Where limits are not the slicer's business it assumes those that it has without a profile. */
static double read_limit(lqi_values *v, const char *key, bool known, double max)
{
    static const lqi_profile nothing = {0};
    lqi_values silent = {.profile = &nothing};
    return lqi_value_number(known ? v : &silent, key, 0, max);
}

static void read_limits(lqi_values *v, lqi_machine *m)
{
    static const char *const feedrates[LQI_AXIS_COUNT] = {"machine_max_feedrate_x", "machine_max_feedrate_y",
                                                          "machine_max_feedrate_z", "machine_max_feedrate_e"};
    static const char *const accelerations[LQI_AXIS_COUNT] = {
        "machine_max_acceleration_x", "machine_max_acceleration_y", "machine_max_acceleration_z",
        "machine_max_acceleration_e"};
    static const char *const jerks[LQI_AXIS_COUNT] = {"machine_max_jerk_x", "machine_max_jerk_y", "machine_max_jerk_z",
                                                      "machine_max_jerk_e"};
    bool legacy = lqi_value_is(v, "gcode_flavor", "marlin");
    bool known = (legacy || lqi_value_is(v, "gcode_flavor", "marlin2") ||
                  lqi_value_is(v, "gcode_flavor", "reprapfirmware") || lqi_value_is(v, "gcode_flavor", "klipper")) &&
                 !lqi_value_is(v, "machine_limits_usage", "ignore");
    for (int i = 0; i < LQI_AXIS_COUNT; i++) {
        m->max_feedrate_mm_s[i] = read_limit(v, feedrates[i], known, SPEED_MAX);
        m->max_acceleration_mm_s2[i] = read_limit(v, accelerations[i], known, ACCELERATION_MAX);
        m->max_jerk_mm_s[i] = read_limit(v, jerks[i], known, SPEED_MAX);
    }
    m->max_acceleration_extruding_mm_s2 = read_limit(v, "machine_max_acceleration_extruding", known, ACCELERATION_MAX);
    m->max_acceleration_retracting_mm_s2 =
        read_limit(v, "machine_max_acceleration_retracting", known, ACCELERATION_MAX);
    m->max_acceleration_travel_mm_s2 = legacy && known
                                           ? m->max_acceleration_extruding_mm_s2
                                           : read_limit(v, "machine_max_acceleration_travel", known, ACCELERATION_MAX);
    double travel = lqi_value_number(v, "travel_acceleration", 0, ACCELERATION_MAX);
    if (travel > 0 && (travel < m->max_acceleration_travel_mm_s2 || m->max_acceleration_travel_mm_s2 == 0))
        m->max_acceleration_travel_mm_s2 = travel;
}

/* A filament may have its own retraction; "nil" leaves the printer's. */
static const char *of_filament(const lqi_values *v, const char *filament, const char *printer)
{
    return lqi_value_is(v, filament, "nil") ? printer : filament;
}

static void read_retraction(lqi_values *v, lqi_machine *m)
{
    m->retract_length_mm =
        lqi_value_number(v, of_filament(v, "filament_retract_length", "retract_length"), 0, LENGTH_MAX);
    m->retract_speed_mm_s =
        lqi_value_number(v, of_filament(v, "filament_retract_speed", "retract_speed"), 0.1, SPEED_MAX);
    m->deretract_speed_mm_s =
        lqi_value_number(v, of_filament(v, "filament_deretract_speed", "deretract_speed"), 0, SPEED_MAX);
    if (m->deretract_speed_mm_s == 0) m->deretract_speed_mm_s = m->retract_speed_mm_s;
    m->retract_lift_mm = lqi_value_number(v, of_filament(v, "filament_retract_lift", "retract_lift"), 0, LENGTH_MAX);
    m->retract_restart_extra_mm = lqi_value_number(
        v, of_filament(v, "filament_retract_restart_extra", "retract_restart_extra"), -LENGTH_MAX, LENGTH_MAX);
}

static void read_cooling(lqi_values *v, lqi_machine *m)
{
    m->cooling = lqi_value_flag(v, "cooling");
    m->slowdown_below_layer_time_s = lqi_value_number(v, "slowdown_below_layer_time", 0, 1e5);
    m->min_print_speed_mm_s = lqi_value_number(v, "min_print_speed", 0, SPEED_MAX);
}

static void read_support(lqi_values *v, lqi_machine *m)
{
    double width = m->width_mm[LQI_ROLE_EXTERNAL_PERIMETER];
    bool wanted = lqi_value_flag(v, "support_material");
    m->support = wanted && lqi_value_flag(v, "support_material_auto"); /* else only where it was painted */
    m->support_buildplate_only = lqi_value_flag(v, "support_material_buildplate_only");
    m->support_spacing_mm = lqi_value_number(v, "support_material_spacing", 0, LENGTH_MAX);
    m->support_contact_distance_mm = lqi_value_number(v, "support_material_contact_distance", 0, WIDTH_MAX);
    m->support_xy_spacing_mm = lqi_value_part(v, "support_material_xy_spacing", width, 0, LENGTH_MAX);
    m->support_interface_layers = lqi_value_integer(v, "support_material_interface_layers", 0, LAYERS_MAX);
    m->support_interface_spacing_mm = lqi_value_number(v, "support_material_interface_spacing", 0, LENGTH_MAX);
    m->dont_support_bridges = lqi_value_flag(v, "dont_support_bridges");
}

static void read_adhesion(lqi_values *v, lqi_machine *m)
{
    m->brim_width_mm = lqi_value_is(v, "brim_type", "no_brim") ? 0 : lqi_value_number(v, "brim_width", 0, LENGTH_MAX);
    m->brim_outside = !lqi_value_is(v, "brim_type", "inner_only");
    m->brim_inside = lqi_value_is(v, "brim_type", "inner_only") || lqi_value_is(v, "brim_type", "outer_and_inner");
    m->skirts = lqi_value_integer(v, "skirts", 0, 1000);
    m->skirt_height_layers = lqi_value_integer(v, "skirt_height", 0, LAYERS_MAX);
    if (lqi_value_is(v, "draft_shield", "enabled")) m->skirt_height_layers = LAYERS_MAX;
    m->skirt_distance_mm = lqi_value_number(v, "skirt_distance", 0, LENGTH_MAX);
    m->min_skirt_length_mm = lqi_value_number(v, "min_skirt_length", 0, 1e6);
}

bool lqi_profile_machine(const lqi_profile *profile, const lqi_wish *wish, lqi_machine *machine,
                         lqi_profile_mistake *mistake)
{
    lqi_values values = {.profile = profile};
    lqi_machine made = {0};
    if (!lqi_value_is(&values, "printer_technology", "FFF"))
        lqi_value_wrong(&values, "printer_technology", "a profile for filament (FFF) is expected");
    read_layers(&values, wish, &made);
    read_shells(&values, wish, &made);
    read_widths(&values, &made);
    read_bridges(&values, &made);
    read_infill(&values, &made);
    read_speeds(&values, &made);
    read_limits(&values, &made);
    read_accelerations(&values, &made);
    read_retraction(&values, &made);
    read_cooling(&values, &made);
    read_support(&values, &made);
    read_adhesion(&values, &made);
    *mistake = values.mistake;
    if (!mistake->key) *machine = made;
    return !mistake->key;
}

lq_status lqi_profile_fail(lq_context *context, const lqi_profile *profile, const lqi_profile_mistake *mistake)
{
    const lqi_values values = {.profile = profile};
    lq_status status = lqi_fail(context, LQI_PROFILE_INVALID, -1, "The profile's %s is \"%.80s\": %s.", mistake->key,
                                lqi_value_text(&values, mistake->key), mistake->sentence);
    lqi_fail_part(context, mistake->key);
    return status;
}

/* ---- what is not in the machine ---- */

static bool reads_as(const char *text, const char *word)
{
    size_t size = strcspn(text, ",;"), expected = strlen(word);
    bool quoted = size == expected + 2 && text[0] == '"';
    return (size == expected && memcmp(text, word, size) == 0) || (quoted && memcmp(text + 1, word, expected) == 0);
}

const char *lqi_profile_ignored(const lqi_profile *profile, size_t *index)
{
    while (*index < profile->count) {
        const lqi_setting *setting = &profile->items[(*index)++];
        const char *neutral;
        lqi_key_kind kind = lqi_profile_key(setting->key, &neutral);
        if (kind == LQI_KEY_UNKNOWN) return setting->key;
        if (kind == LQI_KEY_MATTERS && *setting->value && !reads_as(setting->value, neutral)) return setting->key;
    }
    return NULL;
}
