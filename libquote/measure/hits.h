/* The crossings of one column in their order on the way up. */
#ifndef LQI_HITS_H
#define LQI_HITS_H

#include "measure/raster.h"

/* By height; where one place is left and entered, entered first. Equal ones keep their order. spare: room for as many.
 */
void lqi_hits_sort(lqi_hit *hits, size_t count, lqi_hit *spare);

/* In any column of a sorted raster. */
size_t lqi_hits_most(const lqi_raster *raster);

#endif
