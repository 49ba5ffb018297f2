/* A machine with its process, as the estimate reads it. Every percentage, automatic and inherited value of a slicer's
 * profile is already resolved: millimetres, mm/s, mm/s2, seconds, fractions. Of values given per extruder or per mode
 * the first holds. Names and rules follow PrusaSlicer 2.5. */
#ifndef LQI_MACHINE_H
#define LQI_MACHINE_H

#include <stdbool.h>

/* What a line is printed for. The first ten are the features of an estimate that take material. */
typedef enum lqi_role {
    LQI_ROLE_EXTERNAL_PERIMETER,
    LQI_ROLE_PERIMETER,          /* with skirt and brim */
    LQI_ROLE_OVERHANG_PERIMETER, /* over nothing, with bridge_speed */
    LQI_ROLE_INFILL,
    LQI_ROLE_SOLID_INFILL,
    LQI_ROLE_TOP_SOLID_INFILL,
    LQI_ROLE_BRIDGE, /* over air and over sparse infill */
    LQI_ROLE_GAP_FILL,
    LQI_ROLE_SUPPORT,
    LQI_ROLE_SUPPORT_INTERFACE,
    LQI_ROLE_COUNT
} lqi_role;

typedef enum lqi_generator { LQI_GENERATOR_ARACHNE, LQI_GENERATOR_CLASSIC } lqi_generator;

/* How a sparse pattern covers its area. What is not here is nearest to one of these. */
typedef enum lqi_pattern {
    LQI_PATTERN_LINES,     /* one direction a layer: rectilinear, line, aligned rectilinear, zigzag */
    LQI_PATTERN_GRID,      /* both directions in every layer: grid, triangles, stars, cubic and its kin */
    LQI_PATTERN_GYROID,    /* curves: gyroid, honeycomb, 3D honeycomb */
    LQI_PATTERN_CONCENTRIC /* loops; also the two spirals */
} lqi_pattern;

enum { LQI_AXIS_X, LQI_AXIS_Y, LQI_AXIS_Z, LQI_AXIS_E, LQI_AXIS_COUNT };

typedef struct lqi_machine {
    /* filament */
    double nozzle_mm;
    double filament_diameter_mm;
    double filament_density_g_cm3;
    double extrusion_multiplier;
    double bridge_flow_ratio;

    /* layers and shells */
    double layer_height_mm;
    double first_layer_height_mm;
    int perimeters;
    lqi_generator generator;
    int top_solid_layers, bottom_solid_layers;                        /* 0: none */
    double top_solid_min_thickness_mm, bottom_solid_min_thickness_mm; /* more layers where these ask for them */
    bool ensure_vertical_shell_thickness;
    double xy_size_compensation_mm;      /* every layer grows by this; negative: shrinks */
    double elefant_foot_compensation_mm; /* the first layer shrinks by this */

    /* infill */
    double fill_density; /* 0..1 */
    lqi_pattern fill_pattern;
    double infill_overlap_mm;
    double solid_infill_below_area_mm2;
    int solid_infill_every_layers; /* 0: never */
    int infill_every_layers;       /* at least 1 */

    /* lines: width of each role, of the first layer (all roles), speeds and accelerations */
    double width_mm[LQI_ROLE_COUNT];
    double first_layer_width_mm;
    double speed_mm_s[LQI_ROLE_COUNT]; /* nominal; max_volumetric_speed_mm3_s holds as well */
    double acceleration_mm_s2[LQI_ROLE_COUNT];
    double small_perimeter_speed_mm_s;
    double first_layer_speed_mm_s[LQI_ROLE_COUNT]; /* what each role runs at in the first layer */
    double first_layer_acceleration_mm_s2;         /* 0: as elsewhere */
    double travel_speed_mm_s, travel_speed_z_mm_s;
    double max_volumetric_speed_mm3_s; /* the lesser of print and filament; 0: no limit */

    /* limits of the machine. What it does not tell the slicer is 0: no limit. */
    double max_feedrate_mm_s[LQI_AXIS_COUNT];
    double max_acceleration_mm_s2[LQI_AXIS_COUNT];
    double max_jerk_mm_s[LQI_AXIS_COUNT];
    double max_acceleration_extruding_mm_s2;
    double max_acceleration_retracting_mm_s2;
    double max_acceleration_travel_mm_s2;

    /* retraction */
    double retract_length_mm; /* 0: never */
    double retract_speed_mm_s, deretract_speed_mm_s;
    double retract_lift_mm;
    double retract_restart_extra_mm;

    /* cooling */
    bool cooling;
    double slowdown_below_layer_time_s;
    double min_print_speed_mm_s;

    /* supports */
    bool support;
    bool support_buildplate_only;
    double support_spacing_mm; /* free width between lines */
    double support_contact_distance_mm;
    double support_xy_spacing_mm;
    int support_interface_layers;
    double support_interface_spacing_mm;
    bool dont_support_bridges;

    /* around the first layer */
    double brim_width_mm;
    bool brim_outside, brim_inside; /* of outer outlines, in holes */
    int skirts, skirt_height_layers;
    double skirt_distance_mm, min_skirt_length_mm;
} lqi_machine;

/* Sparse infill from here on is as full as solid. */
#define LQI_DENSE 0.995

/* Width between the middles of neighbouring lines: a line of height h is a rectangle with half circles at its ends. */
static inline double lqi_line_spacing(double width_mm, double height_mm)
{
    return width_mm - height_mm * (1 - 0.78539816339744831);
}

#endif
