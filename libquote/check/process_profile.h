/* What a process can make: thresholds as data, read from JSON (process_profiles.json, compiled in). */
#ifndef LQI_PROCESS_PROFILE_H
#define LQI_PROCESS_PROFILE_H

#include <stdbool.h>

#include "base/arena.h"

/* X(NAME, key in the JSON, true: values above the threshold are wrong; false: below). Units stand in the keys. */
#define LQI_DEMAND_LIST(X)                                                        \
    X(WALL_SUPPORTED, "wall_supported_mm", false)                                 \
    X(WALL_UNSUPPORTED, "wall_unsupported_mm", false)                             \
    X(WALL_LEVEL, "wall_level_mm", false) /* lying flat; absent: as the others */ \
    X(PIN, "pin_mm", false)                                                       \
    X(DETAIL, "detail_mm", false)                                                 \
    X(CLEARANCE, "clearance_mm", false) /* of two bodies */                       \
    X(SLIT, "slit_mm", false)           /* within one */                          \
    X(HOLE, "hole_mm", false)                                                     \
    X(HOLE_DEPTH, "hole_depth_ratio", true) /* by width */                        \
    X(ESCAPE_HOLE, "escape_hole_mm", false)                                       \
    X(WALL_THICK, "wall_thick_mm", true)                                          \
    X(ENCLOSED_VOID, "enclosed_void_mm3", true)                                   \
    X(RESIN_CUP, "resin_cup_mm3", true)                                           \
    X(TRAPPED_SUPPORT, "trapped_support_mm3", true)                               \
    X(BRIDGE, "bridge_mm", true)                                                  \
    X(BED_CONTACT, "bed_contact_share", false)                                    \
    X(TIPPING, "tipping_deg", false)                                              \
    X(ASPECT, "aspect_ratio", true)                                               \
    X(FLAT_PANEL, "flat_panel_ratio", true)                                       \
    X(BOX_SUM, "box_sum_mm", false)

typedef enum lqi_demand_kind {
#define LQI_DEMAND_ENUM(name, key, above) LQI_DEMAND_##name,
    LQI_DEMAND_LIST(LQI_DEMAND_ENUM)
#undef LQI_DEMAND_ENUM
        LQI_DEMAND_COUNT
} lqi_demand_kind;

enum { LQI_PANELS_MAX = 8 };

/* Thresholds for features up to this extent. Thresholds are NaN where the process makes no such demand. */
typedef struct lqi_panel {
    double extent_mm; /* rising; the last is infinite */
    double warn, block;
} lqi_panel;

typedef struct lqi_demand {
    lqi_panel panel[LQI_PANELS_MAX]; /* one where size does not matter */
    size_t panel_count;              /* 0: no demand */
    double pair;                     /* of escape holes: this much is enough where there are two or more; NaN: never */
    const char *source;              /* where the numbers come from, in a few words */
} lqi_demand;

typedef struct lqi_process_profile {
    const char *id;     /* "fdm", "sla", ...: what a price book names */
    const char *name;   /* for people */
    double support_deg; /* surfaces nearer to level than this need support; 0: nothing does */
    const char *support_source;
    lqi_demand demand[LQI_DEMAND_COUNT];
} lqi_process_profile;

typedef struct lqi_process_profiles {
    lqi_process_profile *items;
    size_t count;
} lqi_process_profiles;

/* Reads the profiles of the library; everything lives in the arena. LQ_ERR_MEMORY; LQ_ERR_INTERNAL when they are not
 * what schema/process-profiles.schema.json says. */
lq_status lqi_process_profiles_read_default(lqi_arena *arena, lqi_process_profiles *profiles);

/* The same from any text; *mistake says what is wrong with it, "" when memory was short. */
lq_status lqi_process_profiles_read(lqi_arena *arena, const char *json, size_t size, lqi_process_profiles *profiles,
                                    const char **mistake);

/* NULL: there is none of this name. */
const lqi_process_profile *lqi_process_profiles_find(const lqi_process_profiles *profiles, const char *id);

/* The thresholds for a feature of this extent; a panel of NaNs where nothing is demanded. */
lqi_panel lqi_demand_at(const lqi_demand *demand, double extent_mm);

#endif
