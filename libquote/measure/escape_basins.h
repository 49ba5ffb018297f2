/* The empty space of a body flooded from its widest places: what runs together where, and what stays behind a neck. */
#ifndef LQI_ESCAPE_BASINS_H
#define LQI_ESCAPE_BASINS_H

#include "measure/escape_neck.h"

#define LQI_BASINS_MAX 256
#define LQI_NECKS_MAX 64
#define LQI_BASIN_NONE 0    /* solid, or a crumb that nothing joins to the outside */
#define LQI_BASIN_OUTSIDE 1 /* open space; basin i of the list is LQI_BASIN_OUTSIDE + 1 + i */

/* An exit is narrower than so much of what lies behind it. */
#define LQI_NECK_SHARE 0.8

/* Space that opens to the outside, or to another basin, by a neck. */
typedef struct lqi_basin {
    size_t widest;   /* a point */
    size_t door;     /* the point where it was closed */
    double inside;   /* width there, mm */
    double diameter; /* of the neck, mm; 0: there is none, and the three that follow mean nothing */
    double neck[3];  /* its place, mm */
    uint16_t to;     /* what lies outside of it: LQI_BASIN_OUTSIDE or a basin with a lower number */
} lqi_basin;

/* A point where a basin meets the open space, or a basin of a lower number. */
typedef struct lqi_door {
    uint32_t point;
    uint16_t basin; /* as in the labels */
} lqi_door;

typedef struct lqi_basins {
    uint32_t count;
    bool limited;     /* there were more, or more than could be looked at closely */
    uint32_t refined; /* necks that were: no more than LQI_NECKS_MAX */
    lqi_basin basin[LQI_BASINS_MAX];
    uint16_t *label; /* per point: LQI_BASIN_... or a basin */
    lqi_door *door;  /* by width, falling */
    size_t door_count, door_capacity;
} lqi_basins;

/* The width of the neck near a point, and its place; the width at the point alone when too many were refined. */
lq_status lqi_basins_neck(const lqi_field *field, lqi_basins *basins, size_t point, lqi_side_fn *side, void *user,
                          double place[3], double *diameter);

/* Needs the widths of the field. The caller frees *basins when this succeeds. */
lq_status lqi_basins_find(const lqi_field *field, lqi_basins *basins);
void lqi_basins_free(lq_context *context, lqi_basins *basins);

#endif
