/* Angles in degrees with the same bits on every machine. */
#ifndef LQI_ANGLE_H
#define LQI_ANGLE_H

#include <math.h>

/* Of a tangent, -90 .. 90; right to 1e-9 degrees. Halved twice, then the series. */
static inline double lqi_degrees_of_tangent(double tangent)
{
    double t = fabs(tangent);
    int beyond = t > 1;
    if (beyond) t = 1 / t;
    t = t / (1 + sqrt(1 + t * t));
    t = t / (1 + sqrt(1 + t * t));
    double s = t * t, sum = 0;
    for (int n = 15; n > 0; n -= 2) sum = 1.0 / n - s * sum;
    double degrees = t * sum * (4 * 57.295779513082323);
    if (beyond) degrees = 90 - degrees;
    return tangent < 0 ? -degrees : degrees;
}

#endif
