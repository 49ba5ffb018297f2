#include "kernel/tetrahedra.h"

void lqi_tetrahedra_scalar(const lqi_rows *rows, size_t count, const double origin[3], double *volume, double box[6])
{
    for (size_t i = 0; i < count; i++) {
        double p[LQI_ROW_COUNT];
        for (size_t row = 0; row < LQI_ROW_COUNT; row++) {
            double x = rows->row[row][i];
            p[row] = x - origin[row % 3];
            if (x < box[row % 3]) box[row % 3] = x;
            if (x > box[3 + row % 3]) box[3 + row % 3] = x;
        }
        double det = (p[0] * (p[4] * p[8] - p[5] * p[7]) - p[1] * (p[3] * p[8] - p[5] * p[6])) +
                     p[2] * (p[3] * p[7] - p[4] * p[6]);
        volume[i] = det / 6;
    }
}
