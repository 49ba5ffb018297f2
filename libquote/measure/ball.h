/* The ball that fits inside a body at a place: the reference for its thickness there. */
#ifndef LQI_BALL_H
#define LQI_BALL_H

#include "measure/dexels.h"

/* Looks at triangles for all balls of one body; beyond that no ball is known. */
#define LQI_BALL_WORK 200000

typedef struct lqi_balls {
    lq_context *context;
    const lqi_dexels *dexels;
    const lqi_placed_solid *solids;
    size_t solid_count;
    uint32_t *first_facet; /* of each solid, and one more */
    double *corner;        /* 9 for each facet near the place at hand */
    uint64_t *near;        /* facets */
    size_t near_count, near_capacity, corner_capacity;
    uint64_t work;
} lqi_balls;

/* solids: of which the dexels were made. */
lq_status lqi_balls_begin(lqi_balls *balls, const lqi_dexels *dexels, const lqi_placed_solid *solids, size_t count);
void lqi_balls_end(lqi_balls *balls);

/* The ball in the middle between the sides that hold it, near a place inside that is `about` thick. Of the surface
 * those facets are seen that columns meet. *diameter: mm; NaN: not known, or twice as wide and more. */
lq_status lqi_ball_at(lqi_balls *balls, const double place[3], double about, double *diameter);

#endif
