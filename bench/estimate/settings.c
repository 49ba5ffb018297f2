#include "bench/estimate/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEYS_MAX = 400, TEXT_MAX = 200 };

typedef struct settings {
    char key[KEYS_MAX][64], value[KEYS_MAX][TEXT_MAX];
    int count;
} settings;

static const char *find(const settings *s, const char *key)
{
    for (int i = s->count; i-- > 0;)
        if (!strcmp(s->key[i], key)) return s->value[i];
    return "0";
}

static double number(const settings *s, const char *key) { return atof(find(s, key)); }

/* A percentage is one of `whole`. */
static double part(const settings *s, const char *key, double whole)
{
    const char *text = find(s, key);
    return strchr(text, '%') ? atof(text) / 100 * whole : atof(text);
}

static void read_file(settings *s, const char *path)
{
    char line[4096];
    FILE *f = fopen(path, "r");
    if (!f) {
        perror(path);
        exit(1);
    }
    while (fgets(line, sizeof line, f)) {
        char *equals = strstr(line, " = ");
        if (*line == '#' || !equals || s->count == KEYS_MAX) continue;
        *equals = 0;
        equals[3 + strcspn(equals + 3, "\r\n")] = 0;
        snprintf(s->key[s->count], sizeof s->key[0], "%.63s", line);
        snprintf(s->value[s->count++], sizeof s->value[0], "%.199s", equals + 3);
    }
    fclose(f);
}

void settings_read(const char *const *files, int count, lqi_machine *m)
{
    settings *s = calloc(1, sizeof *s);
    for (int i = 0; i < count; i++) read_file(s, files[i]);
    *m = (lqi_machine){0};
    m->nozzle_mm = number(s, "nozzle_diameter");
    m->filament_diameter_mm = number(s, "filament_diameter");
    m->filament_density_g_cm3 = number(s, "filament_density");
    m->extrusion_multiplier = number(s, "extrusion_multiplier");
    m->bridge_flow_ratio = part(s, "bridge_flow_ratio", 1);
    m->layer_height_mm = number(s, "layer_height");
    m->first_layer_height_mm = part(s, "first_layer_height", m->layer_height_mm);
    m->perimeters = (int)number(s, "perimeters");
    m->generator = strcmp(find(s, "perimeter_generator"), "classic") ? LQI_GENERATOR_ARACHNE : LQI_GENERATOR_CLASSIC;
    m->top_solid_layers = (int)number(s, "top_solid_layers");
    m->bottom_solid_layers = (int)number(s, "bottom_solid_layers");
    m->top_solid_min_thickness_mm = number(s, "top_solid_min_thickness");
    m->bottom_solid_min_thickness_mm = number(s, "bottom_solid_min_thickness");
    m->ensure_vertical_shell_thickness = number(s, "ensure_vertical_shell_thickness") != 0;
    m->gap_fill = number(s, "gap_fill_enabled") != 0;
    m->fill_density = part(s, "fill_density", 1);
    const char *pattern = find(s, "fill_pattern");
    m->fill_pattern = !strcmp(pattern, "gyroid") ? LQI_PATTERN_GYROID
                      : !strcmp(pattern, "grid") ? LQI_PATTERN_GRID
                                                 : LQI_PATTERN_LINES;
    m->infill_anchor_mm = number(s, "infill_anchor");
    m->infill_anchor_max_mm = number(s, "infill_anchor_max");
    m->infill_every_layers = 1;
    static const char *const width[LQI_ROLE_COUNT] = {
        "external_perimeter_extrusion_width", "perimeter_extrusion_width",
        "perimeter_extrusion_width",          "infill_extrusion_width",
        "solid_infill_extrusion_width",       "top_infill_extrusion_width",
        "solid_infill_extrusion_width",       "perimeter_extrusion_width",
        "support_material_extrusion_width",   "support_material_extrusion_width"};
    static const char *const speed[LQI_ROLE_COUNT] = {"external_perimeter_speed",
                                                      "perimeter_speed",
                                                      "bridge_speed",
                                                      "infill_speed",
                                                      "solid_infill_speed",
                                                      "top_solid_infill_speed",
                                                      "bridge_speed",
                                                      "gap_fill_speed",
                                                      "support_material_speed",
                                                      "support_material_interface_speed"};
    for (int r = 0; r < LQI_ROLE_COUNT; r++) {
        bool wall = r <= LQI_ROLE_PERIMETER;
        m->width_mm[r] = number(s, width[r]);
        m->speed_mm_s[r] = part(s, speed[r], number(s, "support_material_speed"));
        m->first_layer_speed_mm_s[r] = part(s, "first_layer_speed", m->speed_mm_s[r]);
        double a = number(s, wall                                                       ? "perimeter_acceleration"
                             : r == LQI_ROLE_BRIDGE || r == LQI_ROLE_OVERHANG_PERIMETER ? "bridge_acceleration"
                             : r >= LQI_ROLE_INFILL && r <= LQI_ROLE_TOP_SOLID_INFILL   ? "infill_acceleration"
                                                                                        : "default_acceleration");
        m->acceleration_mm_s2[r] = a > 0 ? a : number(s, "default_acceleration");
    }
    m->infill_overlap_mm =
        part(s, "infill_overlap",
             lqi_line_spacing(m->width_mm[m->perimeters > 1 ? LQI_ROLE_PERIMETER : LQI_ROLE_EXTERNAL_PERIMETER],
                              m->layer_height_mm));
    m->first_layer_width_mm = number(s, "first_layer_extrusion_width");
    m->first_layer_acceleration_mm_s2 = number(s, "first_layer_acceleration");
    m->small_perimeter_speed_mm_s = number(s, "small_perimeter_speed");
    m->travel_speed_mm_s = number(s, "travel_speed");
    m->travel_speed_z_mm_s = number(s, "travel_speed_z");
    m->max_volumetric_speed_mm3_s = number(s, "filament_max_volumetric_speed");
    static const char axis[] = "xyze";
    for (int k = 0; k < LQI_AXIS_COUNT; k++) {
        char key[64];
        snprintf(key, sizeof key, "machine_max_feedrate_%c", axis[k]);
        m->max_feedrate_mm_s[k] = number(s, key);
        snprintf(key, sizeof key, "machine_max_acceleration_%c", axis[k]);
        m->max_acceleration_mm_s2[k] = number(s, key);
        snprintf(key, sizeof key, "machine_max_jerk_%c", axis[k]);
        m->max_jerk_mm_s[k] = number(s, key);
    }
    m->max_acceleration_extruding_mm_s2 = number(s, "machine_max_acceleration_extruding");
    m->max_acceleration_retracting_mm_s2 = number(s, "machine_max_acceleration_retracting");
    m->max_acceleration_travel_mm_s2 = number(s, "machine_max_acceleration_travel");
    m->retract_length_mm = number(s, "retract_length");
    m->retract_speed_mm_s = number(s, "retract_speed");
    m->deretract_speed_mm_s = number(s, "deretract_speed");
    if (!(m->deretract_speed_mm_s > 0)) m->deretract_speed_mm_s = m->retract_speed_mm_s;
    m->retract_lift_mm = number(s, "retract_lift");
    m->retract_before_travel_mm = number(s, "retract_before_travel");
    m->retract_layer_change = number(s, "retract_layer_change") != 0;
    m->cooling = number(s, "cooling") != 0;
    m->slowdown_below_layer_time_s = number(s, "slowdown_below_layer_time");
    m->min_print_speed_mm_s = number(s, "min_print_speed");
    m->support = number(s, "support_material") != 0;
    m->support_threshold_deg = number(s, "support_material_threshold");
    m->support_buildplate_only = number(s, "support_material_buildplate_only") != 0;
    m->support_spacing_mm = number(s, "support_material_spacing");
    m->support_contact_distance_mm = number(s, "support_material_contact_distance");
    m->support_xy_spacing_mm = part(s, "support_material_xy_spacing", m->width_mm[LQI_ROLE_EXTERNAL_PERIMETER]);
    m->support_interface_layers = (int)number(s, "support_material_interface_layers");
    m->support_bottom_interface_layers = (int)number(s, "support_material_bottom_interface_layers");
    m->support_interface_spacing_mm = number(s, "support_material_interface_spacing");
    m->support_sheath = number(s, "support_material_with_sheath") != 0;
    m->dont_support_bridges = number(s, "dont_support_bridges") != 0;
    free(s);
}
