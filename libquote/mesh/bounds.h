/* How far points reach along the axes. */
#ifndef LQI_BOUNDS_H
#define LQI_BOUNDS_H

#include <stddef.h>

static inline void lqi_bounds_add(const double *point, double low[3], double high[3])
{
    for (int k = 0; k < 3; k++) {
        low[k] = point[k] < low[k] ? point[k] : low[k];
        high[k] = point[k] > high[k] ? point[k] : high[k];
    }
}

/* Widens low and high by `count` points of 3 doubles each. */
void lqi_bounds_of_points(const double *position, size_t count, double low[3], double high[3]);

#endif
