/* Does a part go into the machine, and if so, which way round? */
#ifndef LQI_FIT_H
#define LQI_FIT_H

#include "price/book.h"

typedef enum lqi_fit { LQI_FITS, LQI_FITS_TURNED, LQI_TOO_LARGE, LQI_TOO_SMALL } lqi_fit;

/*
 * Tries the six right-angle turns of a box in a fixed order: as it stands, turned about z, then lying down, lowest
 * first. turn[i] is the axis of the part that lies along axis i of the machine; as it stands unless LQI_FITS_TURNED.
 */
lqi_fit lqi_fit_box(const lqi_limits *limits, const int64_t box_um[3], int turn[3]);

#endif
