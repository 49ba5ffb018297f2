/* What decides whether a part can be made, as plain numbers of no process: any threshold can be asked of them later. */
#ifndef LQI_PRINTABILITY_H
#define LQI_PRINTABILITY_H

#include "measure/walls.h"

enum { LQI_SPOTS_PER_KIND = 12, LQI_STANCES_MAX = 3, LQI_THIN_KEPT = 8 };

/* What the value of a place is: a thickness, diameter, width or span in mm, or a volume in mm3. */
typedef enum lqi_spot_kind {
    LQI_SPOT_PIN,       /* diameter */
    LQI_SPOT_DETAIL,    /* width of what stands out or is cut in */
    LQI_SPOT_CLEARANCE, /* gap between two bodies */
    LQI_SPOT_SLIT,      /* gap within one body */
    LQI_SPOT_HOLE,      /* diameter; extent: depth */
    LQI_SPOT_VOID,      /* volume that nothing can leave */
    LQI_SPOT_POCKET,    /* diameter of the way out of a hollow */
    LQI_SPOT_CUP,       /* volume that is open in one direction */
    LQI_SPOT_OVERHANG,  /* volume of the support under it */
    LQI_SPOT_BRIDGE,    /* span without support */
    LQI_SPOT_THICK,     /* of the thickest wall */
    LQI_SPOT_TRAPPED,   /* volume of support that cannot be taken out */
    LQI_SPOT_COUNT
} lqi_spot_kind;

enum { LQI_SPOTS_MAX = LQI_SPOT_COUNT * LQI_SPOTS_PER_KIND };

/* One place that matters. */
typedef struct lqi_spot {
    lqi_spot_kind kind;
    double value;
    double mean;       /* typical value over the place; NaN: as `value` */
    double extent_mm;  /* how far it reaches; a hole's depth; NaN: not known */
    double width_mm;   /* of a wall, across the extent; NaN: not known */
    double area_mm2;   /* of surface; NaN: not known */
    double volume_mm3; /* of a hollow; NaN: none */
    double point_mm[3];
    int64_t facet;   /* of the mesh as it is in the file, where that is known; else -1 */
    bool held;       /* a wall that something holds on two sides */
    bool level;      /* a wall that lies flat, as high as it is thick: its thickness is along z */
    uint32_t exits;  /* of a hollow */
    uint64_t copies; /* items that have it */
} lqi_spot;

/* Walls below one thickness: those with the most missing first, thickness times area. `value` is the least thickness.
 */
typedef struct lqi_thin {
    size_t kept;
    lqi_spot patch[LQI_THIN_KEPT];
} lqi_thin;

/* The lowest of lqi_wall_level_mm that is not below a limit, or the last. */
size_t lqi_thin_level(double limit_mm);

/* A way to put the part down. rotation: rows, to be applied to the part as it is. */
typedef struct lqi_stance {
    double rotation[9];
    double height_mm, support_volume_mm3, contact_mm2, tipping_deg;
} lqi_stance;

/* Of the whole part; lengths in mm. NaN and false: not examined. */
typedef struct lqi_printability {
    bool walls_known, overhang_known, voids_known, gaps_known, stances_known;
    bool coarser;         /* a budget ended: fewer columns than were asked for */
    double cell_mm;       /* the widest column of any item */
    double resolvable_mm; /* pins and struts below this may be missed */

    double wall_min_mm;                  /* the thinnest that is no mere edge; NaN: there is no wall */
    double wall_p01_mm;                  /* one hundredth of the walls' area is thinner */
    double wall_tolerance_mm;            /* a wall this much thinner than a limit may be as thick as it */
    double wall_area_mm2[LQI_WALL_BINS]; /* surface by wall thickness, up to lqi_wall_upto_mm */
    lqi_thin thin[LQI_WALL_LEVELS];      /* connected places below lqi_wall_level_mm */
    double sharp_edges_mm;               /* length of edges that go to nothing */
    double gap_min_mm;                   /* the narrowest gap; NaN: there is none */

    double overhang_deg; /* from level: what is flatter needs support */
    double overhang_area_mm2, support_volume_mm3, support_contact_mm2, bed_contact_mm2;
    double bed_area_mm2; /* of the box on the plate, summed over items */
    double tipping_deg;  /* the least of all items */

    uint64_t void_count;
    double void_volume_mm3;
    double escape_min_mm; /* the narrowest way out of a hollow; NaN: there is no hollow with a neck */

    double aspect_ratio;       /* longest to second shortest side of the smallest box */
    double flat_panel_ratio;   /* side of the largest level face to its thickness */
    double smallest_box_mm[3]; /* sides, falling; NaN: not known, or several items */
    double box_sum_mm;         /* x + y + z of the smallest item */

    lqi_stance stance[LQI_STANCES_MAX]; /* the best first; of parts of one item only */
    size_t stance_count;
    lqi_spot spot[LQI_SPOTS_MAX]; /* by kind, the worst first, at most LQI_SPOTS_PER_KIND of each */
    size_t spot_count;
} lqi_printability;

/* Nothing is known yet. */
void lqi_printability_begin(lqi_printability *p);

/* Takes a thin place into the list of a level unless worse ones fill it. */
void lqi_printability_add_thin(lqi_printability *p, size_t level, const lqi_spot *patch);

/* Takes a place into the list unless enough worse ones of its kind are there. */
void lqi_printability_add_spot(lqi_printability *p, const lqi_spot *spot);

/* Adds what was measured of an item to the sum of those before. first: *sum holds nothing yet. */
void lqi_printability_merge(lqi_printability *sum, const lqi_printability *item, uint64_t copies, bool first);

#endif
