#include "format/stl_polygon.h"

#include <math.h>

#define FLATNESS_MAX 1e-3

static void subtract(const float *a, const float *b, double out[3])
{
    for (int i = 0; i < 3; i++) out[i] = (double)a[i] - (double)b[i];
}

static void cross(const double a[3], const double b[3], double out[3])
{
    out[0] = a[1] * b[2] - a[2] * b[1];
    out[1] = a[2] * b[0] - a[0] * b[2];
    out[2] = a[0] * b[1] - a[1] * b[0];
}

static double dot(const double a[3], const double b[3]) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

bool lqi_polygon_is_convex(const float *corners, uint32_t count)
{
    double normal[3] = {0, 0, 0}, size = 0;
    for (uint32_t i = 1; i + 1 < count; i++) {
        double a[3], b[3], c[3];
        subtract(corners + 3 * i, corners, a);
        subtract(corners + 3 * (i + 1), corners, b);
        cross(a, b, c);
        for (int k = 0; k < 3; k++) normal[k] += c[k];
        size = fmax(size, fmax(dot(a, a), dot(b, b)));
    }
    double length = sqrt(dot(normal, normal));
    size = sqrt(size);
    if (!(length > 0) || !isfinite(length)) return false;
    for (uint32_t i = 0; i < count; i++) {
        const float *here = corners + 3 * i;
        double from[3], to[3], away[3], turn[3];
        subtract(here, corners + 3 * ((i + count - 1) % count), from);
        subtract(corners + 3 * ((i + 1) % count), here, to);
        subtract(here, corners, away);
        cross(from, to, turn);
        if (fabs(dot(away, normal)) > FLATNESS_MAX * size * length) return false;
        if (dot(turn, normal) < -1e-9 * size * size * length) return false;
    }
    /* Convex at every corner could still wind twice; the fan then has a triangle that faces away. */
    for (uint32_t i = 1; i + 1 < count; i++) {
        double a[3], b[3], c[3];
        subtract(corners + 3 * i, corners, a);
        subtract(corners + 3 * (i + 1), corners, b);
        cross(a, b, c);
        if (dot(c, normal) < -1e-9 * size * size * length) return false;
    }
    return true;
}
