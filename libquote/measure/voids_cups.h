/* Cups: what would hold water, the body standing as it does or upside down. */
#ifndef LQI_VOIDS_CUPS_H
#define LQI_VOIDS_CUPS_H

#include "measure/dexels.h"

#define LQI_CUPS_LISTED 8

typedef struct lqi_cup {
    double volume;   /* mm3 below the level where it runs over */
    double depth;    /* mm, from there to its deepest place */
    double point[3]; /* that place, mm */
} lqi_cup;

/* Cups deeper than two spacings; voids without any way out are none. */
typedef struct lqi_cups {
    uint32_t count;
    double volume; /* mm3, all together */
    uint32_t listed;
    lqi_cup largest[LQI_CUPS_LISTED]; /* by volume, falling */
} lqi_cups;

typedef struct lqi_cups_both {
    bool examined;
    double spacing; /* mm between the columns looked at: a leak wider than 1.5 of them is seen */
    lqi_cups up;    /* open upwards: hold water as the body stands */
    lqi_cups down;  /* open towards the plate: hold air, or resin where the part hangs in a vat */
} lqi_cups_both;

/* Columns along z, 128 across. Volumes are right to 4 % where a cup is 20 spacings wide. */
lq_status lqi_cups_measure(const lqi_dexels *dexels, lqi_cups_both *cups);

#endif
