#include "kernel/corner_rows.h"

void lqi_corner_rows_scalar(const double *xyz, const uint32_t *corner, size_t count, size_t following, lqi_rows *rows)
{
    (void)following;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < 3; k++)
            for (size_t axis = 0; axis < 3; axis++)
                rows->row[3 * k + axis][i] = xyz[(size_t)3 * corner[3 * i + k] + axis];
}
