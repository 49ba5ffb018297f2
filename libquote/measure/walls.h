/* How thick a body is: walls between two surfaces that face away from each other, pins, and sharp edges. Measured once,
 * for any limit that is asked for later. */
#ifndef LQI_WALLS_H
#define LQI_WALLS_H

#include "measure/dexels.h"

/* Edges of the histogram, rising: round numbers, the levels below among them. */
#define LQI_WALL_BINS 64
extern const double lqi_wall_upto_mm[LQI_WALL_BINS];

/* Thicknesses for which connected thin places are kept: where limits are usually put. */
#define LQI_WALL_LEVELS 22
extern const double lqi_wall_level_mm[LQI_WALL_LEVELS];

#define LQI_WALL_PATCHES 12 /* kept of each level, the worst first */
#define LQI_WALL_PINS 64

#define LQI_DETAIL_HIGH_MM 2.0

/* Connected surface, both sides of the wall, where it is thinner than some level. */
typedef struct lqi_wall_patch {
    double place[3];  /* mm: on the middle surface, where it is thinnest */
    double centre[3]; /* mm: of the middle surface; may lie beside a curved one */
    double min_mm, mean_mm;
    double area_mm2;
    double length_mm, width_mm; /* of the middle surface */
    double height_mm;           /* across it as a strip, straight or bent */
    double attached;            /* share of its border that goes on in thicker material */
    double level;               /* mean of |n_z|: 1 lies flat, 0 stands */
    bool supported;             /* thicker material holds it from opposite directions */
    bool raised;                /* a strip that stands less than LQI_DETAIL_HIGH_MM on thicker material: a detail */
    bool confirmed; /* a ball inside the body touches both sides where it is thinnest: min_mm is its diameter */
    uint32_t facet; /* at the thinnest place */
} lqi_wall_patch;

/* Patches below one level: `count` in all, of which `kept` are walls->patch[first...]. */
typedef struct lqi_wall_level {
    uint32_t first, kept, count;
    double area_mm2; /* of all */
} lqi_wall_level;

/* A bar that is thin in two directions. */
typedef struct lqi_pin {
    double place[3]; /* mm, inside of it */
    double diameter_mm, length_mm;
    uint32_t facet;
} lqi_pin;

typedef struct lqi_walls {
    lq_context *context;
    bool examined;
    double tolerance_mm;  /* a wall this much thinner than a limit may be as thick as it */
    double resolvable_mm; /* thinner pins and struts may be missed; plates are not */
    double area_mm2;      /* of surface that belongs to walls of any thickness; the sum of the histogram */
    double histogram_mm2[LQI_WALL_BINS]; /* area of walls thinner than lqi_wall_upto_mm by the tolerance at least; the
                                            last has all above */
    double least_mm[LQI_WALL_BINS], most_mm[LQI_WALL_BINS]; /* in each bin that has area */
    double min_mm;                                          /* of the thinnest wall that is no edge; NaN: no wall */
    double min_place[3];
    double p01_mm;      /* a hundredth of the area is thinner; NaN without area */
    double thickest_mm; /* the most that is seen from all three axes at one place */
    double thickest_place[3];
    double sharp_mm; /* length of edges that get thinner down to nothing */
    double sharp_place[3];
    lqi_wall_level level[LQI_WALL_LEVELS];
    lqi_wall_patch *patch;
    uint32_t patch_count;
    lqi_pin *pin; /* the thinnest first, LQI_WALL_PINS at most */
    uint32_t pin_kept, pin_count;
} lqi_walls;

/* solids: of which the dexels were made. Dexels that are not examined give walls that are not. The caller frees *walls
 * when this succeeds. */
lq_status lqi_walls_measure(lq_context *context, const lqi_dexels *dexels, const lqi_placed_solid *solids, size_t count,
                            lqi_walls *walls);
void lqi_walls_free(lqi_walls *walls);

/* Area of walls thinner than this: exact at the histogram's edges, else as if a bin were filled evenly. */
double lqi_walls_area_below(const lqi_walls *walls, double mm);

/* The level whose patches answer for a limit: the lowest not below it, or the last. The caller compares min_mm. */
const lqi_wall_level *lqi_walls_level(const lqi_walls *walls, double mm);

#endif
