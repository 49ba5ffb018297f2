#include <stdbool.h>

#include "kernel/slivers.h"

static double longer(double a, double b) { return a > b ? a : b; }

static bool is_sliver(const double a[3], const double b[3], const double c[3])
{
    double u[3], v[3], w[3];
    for (int i = 0; i < 3; i++) u[i] = b[i] - a[i], v[i] = c[i] - a[i], w[i] = c[i] - b[i];
    double nx = u[1] * v[2] - u[2] * v[1], ny = u[2] * v[0] - u[0] * v[2], nz = u[0] * v[1] - u[1] * v[0];
    double uu = (u[0] * u[0] + u[1] * u[1]) + u[2] * u[2], vv = (v[0] * v[0] + v[1] * v[1]) + v[2] * v[2];
    double ww = (w[0] * w[0] + w[1] * w[1]) + w[2] * w[2], longest = longer(uu, longer(vv, ww));
    return !((nx * nx + ny * ny) + nz * nz > LQI_SLIVER_SHARE * LQI_SLIVER_SHARE * longest * longest);
}

void lqi_slivers_scalar(const lqi_rows *rows, size_t count, uint64_t mask[LQI_BLOCK_WORDS])
{
    for (size_t word = 0; word < LQI_BLOCK_WORDS; word++) mask[word] = 0;
    for (size_t i = 0; i < count; i++) {
        double p[LQI_ROW_COUNT];
        for (size_t row = 0; row < LQI_ROW_COUNT; row++) p[row] = rows->row[row][i];
        mask[i / 64] |= (uint64_t)is_sliver(p, p + 3, p + 6) << i % 64;
    }
}
