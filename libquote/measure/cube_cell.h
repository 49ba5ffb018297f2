/* Directions in cells on the sides of a cube: cheap to find, of much the same size. */
#ifndef LQI_CUBE_CELL_H
#define LQI_CUBE_CELL_H

#include <math.h>
#include <stdint.h>

/* The cell, below 6 * side * side, of a direction of any length. Without branches: directions of neighbours differ at
 * random. */
static inline uint32_t lqi_cube_cell(const double d[3], int side)
{
    double x = fabs(d[0]), y = fabs(d[1]), z = fabs(d[2]);
    double longest = x > y ? x : y;
    longest = z > longest ? z : longest;
    if (!(longest > 0x1p-1000)) return 0; /* its inverse is no number */
    int axis = (x < longest) + ((x < longest) & (y < longest));
    const double half = 0.5 * side, share = half / longest, around[5] = {d[0], d[1], d[2], d[0], d[1]};
    int u = (int)(around[axis + 1] * share + half), v = (int)(around[axis + 2] * share + half);
    u = u < side ? u : side - 1;
    v = v < side ? v : side - 1;
    return (uint32_t)(((2 * axis + (around[axis] < 0)) * side + v) * side + u);
}

#endif
