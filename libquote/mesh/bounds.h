/* How far points reach along the axes. */
#ifndef LQI_BOUNDS_H
#define LQI_BOUNDS_H

#include <stddef.h>

/* Widens low and high by `count` points of 3 doubles each. */
void lqi_bounds_of_points(const double *position, size_t count, double low[3], double high[3]);

#endif
