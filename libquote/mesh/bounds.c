#include "mesh/bounds.h"

#include "kernel/unroll.h"

/* As wide as three registers of most machines: coordinates of one axis come round in the same lanes. */
#define POINTS_AT_ONCE 4
#define LANES ((size_t)3 * POINTS_AT_ONCE)

void lqi_bounds_of_points(const double *position, size_t count, double low[3], double high[3])
{
    double least[LANES], most[LANES];
    for (size_t i = 0; i < LANES; i++) least[i] = low[i % 3], most[i] = high[i % 3];
    for (; count >= POINTS_AT_ONCE; count -= POINTS_AT_ONCE, position += LANES) {
        LQI_UNROLL
        for (size_t i = 0; i < LANES; i++) {
            least[i] = position[i] < least[i] ? position[i] : least[i];
            most[i] = position[i] > most[i] ? position[i] : most[i];
        }
    }
    for (size_t i = 0; i < LANES; i++) {
        low[i % 3] = least[i] < low[i % 3] ? least[i] : low[i % 3];
        high[i % 3] = most[i] > high[i % 3] ? most[i] : high[i % 3];
    }
    for (; count; count--, position += 3) lqi_bounds_add(position, low, high);
}
