/* The cube root with the same bits on every machine: that of the C library may be some units in the last place off, by
 * how much depends on how that was compiled. */
#ifndef LQI_CUBE_ROOT_H
#define LQI_CUBE_ROOT_H

#include <math.h>

/* Of x >= 0, to little more than half a unit in the last place; cubes of whole numbers give the number. What is not
 * above 0 and finite comes back as it is. */
static inline double lqi_cube_root(double x)
{
    if (!(x > 0) || isinf(x)) return x;
    int exponent;
    double m = frexp(x, &exponent);
    int rest = (exponent % 3 + 3) % 3;
    m = ldexp(m, rest); /* 0.5 .. 4 */
    double r = 0.75 + 0.25 * m;
    for (int i = 0; i < 3; i++) { /* Halley: 8 %, then 4e-4, 3e-11, all bits */
        double cube = r * r * r;
        r = r * ((cube + 2 * m) / (2 * cube + m));
    }
    double square = r * r, beyond = fma(square, r, -m) + fma(r, r, -square) * r; /* r^3 - m, nearly exact */
    r -= beyond / (3 * square); /* Newton, against what the quotients rounded away */
    return ldexp(r, (exponent - rest) / 3);
}

#endif
