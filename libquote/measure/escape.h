/* Pockets that open to the outside through something narrower than themselves: what powder or resin must leave by. */
#ifndef LQI_ESCAPE_H
#define LQI_ESCAPE_H

#include "measure/dexels.h"

#define LQI_POCKETS_LISTED 16
#define LQI_EXITS_LISTED 4

typedef struct lqi_exit {
    double diameter; /* mm, of the largest ball that goes through */
    double point[3]; /* where it is narrowest, mm */
} lqi_exit;

typedef struct lqi_pocket {
    double volume;       /* mm3, of everything behind its widest exit */
    double inside;       /* mm, diameter of the largest ball in it */
    double point[3];     /* the centre of that ball */
    uint32_t exit_count; /* separate ways out at least 0.8 times as wide as the widest */
    uint32_t listed;
    lqi_exit exit[LQI_EXITS_LISTED]; /* the widest first */
} lqi_pocket;

/* A pocket's exit is narrower than 0.8 times its inside; an open cup, a channel of one width and a through hole are
 * none. The diameter of an exit is that of a ball rolled out along the best way, right to 3 % from `resolvable` on.
 * Narrower exits may be missed, and what is narrower than that inside; a pocket that is no void (voids.h) though all
 * its exits are missed counts as narrow. Volumes are right to 2 % but for the neck, which belongs to the pocket or not.
 */
typedef struct lqi_escape {
    bool examined;
    bool limited;      /* the budget ended: coarser, or not all pockets were looked at */
    double resolvable; /* mm */
    uint32_t count;
    double volume;       /* mm3, all pockets */
    double min_diameter; /* the narrowest of the pockets' widest exits, mm; NaN: there is no pocket */
    uint32_t listed;
    lqi_pocket pocket[LQI_POCKETS_LISTED]; /* by volume, falling */
    double other_volume;                   /* mm3, of pockets that are not listed */
    double other_diameter;                 /* their narrowest; NaN: none */
    uint32_t narrow_count;                 /* not among the pockets above: all exits are narrower than resolvable */
    double narrow_volume;                  /* mm3, of all of them */
    double narrow_point[3];                /* in the largest of them, mm */
} lqi_escape;

lq_status lqi_escape_measure(const lqi_dexels *dexels, lqi_escape *escape);

/* Volume that stays inside when only exits of at least this diameter let it out, mm3: never falls as the diameter
 * grows. Pockets that are not listed count as if all were as narrow as the narrowest, narrow ones as if their exits
 * were just not resolvable. */
double lqi_escape_trapped(const lqi_escape *escape, double diameter);

#endif
