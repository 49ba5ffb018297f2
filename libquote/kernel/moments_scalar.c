#include <math.h>

#include "kernel/moments.h"

void lqi_moments_scalar(const lqi_rows *rows, const double reference[3], const double *weight, size_t count,
                        double sum[LQI_MOMENT_COUNT][LQI_LANES])
{
    for (size_t i = 0; i < count; i++) {
        double p[LQI_ROW_COUNT];
        for (int row = 0; row < LQI_ROW_COUNT; row++) p[row] = rows->row[row][i] - reference[row % 3];
        double ux = p[3] - p[0], uy = p[4] - p[1], uz = p[5] - p[2];
        double vx = p[6] - p[0], vy = p[7] - p[1], vz = p[8] - p[2];
        double nx = uy * vz - uz * vy, ny = uz * vx - ux * vz, nz = ux * vy - uy * vx;
        double w = weight ? weight[i] : 1, w_abs = fabs(w);
        double tx = p[0] * nx, ty = p[1] * ny, tz = p[2] * nz;
        double d = w * ((tx + ty) + tz);
        double sx = (p[0] + p[3]) + p[6], sy = (p[1] + p[4]) + p[7], sz = (p[2] + p[5]) + p[8];
        size_t lane = i % LQI_LANES;
        sum[LQI_MOMENT_AREA][lane] += w_abs * sqrt((nx * nx + ny * ny) + nz * nz);
        sum[LQI_MOMENT_VECTOR_X][lane] += w * nx;
        sum[LQI_MOMENT_VECTOR_Y][lane] += w * ny;
        sum[LQI_MOMENT_VECTOR_Z][lane] += w * nz;
        sum[LQI_MOMENT_VOLUME][lane] += d;
        sum[LQI_MOMENT_ABSOLUTE][lane] += w_abs * ((fabs(tx) + fabs(ty)) + fabs(tz));
        sum[LQI_MOMENT_X][lane] += d * sx;
        sum[LQI_MOMENT_Y][lane] += d * sy;
        sum[LQI_MOMENT_Z][lane] += d * sz;
        sum[LQI_MOMENT_XX][lane] += d * (sx * sx + ((p[0] * p[0] + p[3] * p[3]) + p[6] * p[6]));
        sum[LQI_MOMENT_YY][lane] += d * (sy * sy + ((p[1] * p[1] + p[4] * p[4]) + p[7] * p[7]));
        sum[LQI_MOMENT_ZZ][lane] += d * (sz * sz + ((p[2] * p[2] + p[5] * p[5]) + p[8] * p[8]));
        sum[LQI_MOMENT_XY][lane] += d * (sx * sy + ((p[0] * p[1] + p[3] * p[4]) + p[6] * p[7]));
        sum[LQI_MOMENT_YZ][lane] += d * (sy * sz + ((p[1] * p[2] + p[4] * p[5]) + p[7] * p[8]));
        sum[LQI_MOMENT_ZX][lane] += d * (sz * sx + ((p[2] * p[0] + p[5] * p[3]) + p[8] * p[6]));
    }
}
