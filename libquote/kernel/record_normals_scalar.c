#include <math.h>

#include "base/bytes.h"
#include "kernel/records.h"

static float sum_of_sizes(const float v[3]) { return fabsf(v[0]) + fabsf(v[1]) + fabsf(v[2]); }

static bool is_against(const float p[12])
{
    const float *n = p, *a = p + 3, *b = p + 6, *c = p + 9;
    float u[3], v[3], most = 0;
    for (int k = 0; k < 3; k++) u[k] = b[k] - a[k], v[k] = c[k] - a[k];
    for (int k = 3; k < 12; k++) most = fabsf(p[k]) > most ? fabsf(p[k]) : most;
    float x = u[1] * v[2] - u[2] * v[1], y = u[2] * v[0] - u[0] * v[2], z = u[0] * v[1] - u[1] * v[0];
    float rounding = most * LQI_NORMAL_ROUNDING * ((sum_of_sizes(u) + sum_of_sizes(v)) * sum_of_sizes(n));
    return n[0] * x + n[1] * y + n[2] * z < -rounding && most <= LQI_RECORD_COORDINATE_MAX;
}

size_t lqi_record_normals_scalar(const uint8_t *records, size_t count)
{
    size_t against = 0;
    for (size_t i = 0; i < count; i++) {
        float p[12];
        for (size_t k = 0; k < 12; k++) p[k] = lqi_float_of_bits(lqi_load_u32(records + i * LQI_RECORD_SIZE + 4 * k));
        against += is_against(p);
    }
    return against;
}
