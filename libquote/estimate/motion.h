/* How long moves take: trapezoids of speed, as planners of firmware make them. */
#ifndef LQI_MOTION_H
#define LQI_MOTION_H

#include <math.h>

/* A straight move of `length` mm at up to `speed`, that begins and ends at `ends` (less where speed is less), with
 * `acceleration`. */
static inline double lqi_move_time(double length, double speed, double acceleration, double ends)
{
    if (!(length > 0)) return 0;
    double j = ends < speed ? ends : speed;
    double rise = speed * speed - j * j;
    if (length * acceleration >= rise) return length / speed + (speed - j) * (speed - j) / (acceleration * speed);
    return 2 * (sqrt(j * j + acceleration * length) - j) / acceleration;
}

#endif
