/* Can a process make the part? What was measured is held against what the process and the material demand. */
#ifndef LQI_PRINTABLE_H
#define LQI_PRINTABLE_H

#include "check/process_profile.h"
#include "measure/printability.h"

/* What a material demands. Its own limits win over those of the process, warnings and blockers alike; NaN: none. */
typedef struct lqi_demands {
    const lqi_process_profile *profile;
    double wall_mm, wire_mm, clearance_mm, escape_hole_mm;
} lqi_demands;

/* Something that is not as demanded. Borrows from profile and printability. */
typedef struct lqi_objection {
    const char *code; /* vocabulary of diagnostics */
    lq_severity severity;
    uint64_t count; /* places, in all copies */
    const char *measure_name, *measure_unit;
    double value, threshold; /* threshold NaN: none, it only informs */
    const char *source;      /* of the threshold; NULL: none */
    const lqi_spot *spot;    /* the worst place; NULL: it concerns the part as a whole */
} lqi_objection;

enum { LQI_OBJECTIONS_MAX = 24, LQI_OBJECTION_WORDS = 256 };

typedef struct lqi_objections {
    lqi_objection items[LQI_OBJECTIONS_MAX];
    size_t count;
} lqi_objections;

/* A value is beyond a threshold when it passes it by more than this share, which is what measures are good for: exactly
 * at the threshold is as demanded. */
#define LQI_MEASURE_SHARE 0.01

/*
 * Thin walls block where there is enough of them and they are clearly too thin: a place of LQI_BLOCKING_AREA,
 * LQI_BLOCKING_EXTENT and LQI_BLOCKING_WIDTH whose typical thickness is below LQI_BLOCKING_SHARE of the threshold.
 * Anything less is a warning: slicers print a rim or a rib of a single line, and only the part's owner knows whether it
 * matters.
 */
#define LQI_BLOCKING_SHARE 0.75
/* Nor can be made what is thin nearly everywhere, in however small places: this share of all walls (a share, so that
 * struts of a lattice count together) below half of the threshold. Own judgement. */
#define LQI_HOPELESS_SHARE 0.5
#define LQI_HOPELESS_THICKNESS 0.5
#define LQI_BLOCKING_AREA 25.0  /* mm2, both sides of the wall */
#define LQI_BLOCKING_EXTENT 5.0 /* mm */
#define LQI_BLOCKING_WIDTH 2.0  /* mm: what is lower stands out of something or is a line, as letters are */

/* What was not examined gives no objection. No allocation, a few microseconds. */
void lqi_printable_check(const lqi_printability *measured, const lqi_demands *demands, lqi_objections *found);

/* One sentence that a seller understands, in any locale. */
void lqi_objection_words(const lqi_objection *objection, char text[LQI_OBJECTION_WORDS]);

#endif
