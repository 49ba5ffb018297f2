/* What hangs over air when a body is made from its bottom up: how much of it, how steep, what holds it, and how the
 * body stands. From dexel columns along one axis; areas along z from the facets themselves. */
#ifndef LQI_OVERHANG_H
#define LQI_OVERHANG_H

#include "measure/normals.h"

/* What the numbers of a report mean: a surface carries itself from so many degrees away from level on, and less than
 * such a span, held on both sides, is printed over air. Any other values can be asked for. */
#define LQI_OVERHANG_DEGREES 45
#define LQI_BRIDGE_MM 10

#define LQI_BRIDGE_SPANS 64   /* mm; longer ones count as the last */
#define LQI_BRIDGE_DEGREES 10 /* what is less level is no bridge */
#define LQI_OVERHANG_PATCHES 8

/* A connected piece of surface that needs support, by the two values above. */
typedef struct lqi_overhang_patch {
    double area_mm2, support_mm3;
    double point[3]; /* a place on it */
    lqi_box box;
    uint32_t facet; /* at that place */
    int degrees;    /* the most level of it */
} lqi_overhang_patch;

/* By degrees: [k] is of what looks down between k and k + 1 degrees away from level, as in lqi_normals. Support is the
 * air under it, down to the bed or to what lies below; gaps of less than a layer need none. Areas are those of the
 * surface. */
typedef struct lqi_overhang {
    bool examined; /* false: there are no columns, and nothing below is known */
    bool hidden;   /* facets lie inside the body: areas are those that columns see, not those of facets */
    double area_by_degree[LQI_DEGREES];
    double support_by_degree[LQI_DEGREES];   /* mm3; bridges of any length apart */
    double on_part_by_degree[LQI_DEGREES];   /* mm3; the share of it that stands on the part */
    double touched_by_degree[LQI_DEGREES];   /* mm2 that such support touches */
    double bridge_support[LQI_BRIDGE_SPANS]; /* [k]: spans of more than k and up to k + 1 mm */
    double bridge_touched[LQI_BRIDGE_SPANS];
    double bridge_longest_mm; /* 0: there is none */
    double bridge_point[3];   /* the middle of it, mm */
    /* Support, by the two values above, in hollows without a way out as far as columns along z see one. Along z only.
     */
    double trapped_mm3;
    double trapped_point[3]; /* in it, mm */
    double height_mm;
    double volume_mm3;           /* as the columns see it */
    double contact_mm2;          /* what stands on the bed */
    double contact_thickness_mm; /* mean height of solid over it: a large thin panel warps */
    double centre[3];            /* of the volume, mm */
    double tipping_degrees; /* how far it can be tilted before it falls; below 0: it does not stand. NaN: no contact */
    lqi_overhang_patch patch[LQI_OVERHANG_PATCHES]; /* the largest first; along z only */
    uint32_t patch_count;
} lqi_overhang;

/* Made along z, as the body lies. normals: of the same solids. */
lq_status lqi_overhang_measure(lq_context *context, const lqi_dexels *dexels, const lqi_normals *normals,
                               lqi_overhang *overhang);

/* Made along an axis, its end up or, `against`, its beginning; all from columns, no patches. */
lq_status lqi_overhang_along(lq_context *context, const lqi_dexels *dexels, int axis, bool against,
                             lqi_overhang *overhang);

/* Sums over what is less than so many degrees away from level; bridges shorter than bridge_mm are left out of support.
 */
double lqi_overhang_area(const lqi_overhang *overhang, double degrees);
double lqi_overhang_support(const lqi_overhang *overhang, double degrees, double bridge_mm);
double lqi_overhang_touched(const lqi_overhang *overhang, double degrees, double bridge_mm);

#endif
