/* Narrow empty space: gaps between bodies, slits and holes within one. The rules for walls, on what is not solid. */
#ifndef LQI_CLEARANCES_H
#define LQI_CLEARANCES_H

#include "measure/walls.h"

/* The shells of one solid: per triangle a number below count; NULL: it is one. In a shape's terms `solid_shell`. */
typedef struct lqi_solid_shells {
    const uint32_t *shell;
    uint32_t count;
} lqi_solid_shells;

/* Only gaps that are closed at both ends of their column are seen. Where walls.h says thickness, here it is the width
 * of a gap; a patch is the surface on both sides of it; `supported` and `attached` tell how it goes on in wider space,
 * and a pin is a hole, closed all round, 1.5 times as deep as it is wide or more, its length the depth as far as it is
 * seen. Parallel gaps are right to 1 % in any direction, round holes to 3 % when they are `resolvable_mm` wide. */
typedef struct lqi_clearances {
    bool examined;
    uint32_t body_count; /* shells that no material joins */
    lqi_walls between;   /* of different bodies: clearances. Not examined when there is one body. */
    lqi_walls within;    /* of one: slits, and all holes whose sides are of one body */
} lqi_clearances;

/* solids: of which the dexels were made; shells: one for each. Shells that a run joins are one body: what overlaps or
 * touches, and a cavity with what it lies in. The caller frees *clearances when this succeeds. */
lq_status lqi_clearances_measure(lq_context *context, const lqi_dexels *dexels, const lqi_placed_solid *solids,
                                 const lqi_solid_shells *shells, size_t count, lqi_clearances *clearances);
void lqi_clearances_free(lqi_clearances *clearances);

#endif
