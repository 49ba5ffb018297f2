#include "picture/camera.h"

#include <math.h>

/* Eyes closer to the vertical than this have no other "up" than y. */
#define VERTICAL_SHARE 0.999

static void cross(const double a[3], const double b[3], double out[3])
{
    for (int i = 0; i < 3; i++) out[i] = a[(i + 1) % 3] * b[(i + 2) % 3] - a[(i + 2) % 3] * b[(i + 1) % 3];
}

static bool normalise(double v[3])
{
    double largest = fmax(fabs(v[0]), fmax(fabs(v[1]), fabs(v[2])));
    if (!(largest > 0) || !isfinite(largest)) return false;
    for (int i = 0; i < 3; i++) v[i] /= largest;
    double length = sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
    for (int i = 0; i < 3; i++) v[i] /= length;
    return true;
}

bool lqi_camera_look(const double from[3], lqi_camera *camera)
{
    double nearer[3] = {from[0], from[1], from[2]}, right[3], up[3] = {0, 0, 1};
    if (!normalise(nearer)) return false;
    if (fabs(nearer[2]) > VERTICAL_SHARE) up[1] = 1, up[2] = 0;
    cross(up, nearer, right);
    if (!normalise(right)) return false;
    cross(nearer, right, up);
    for (int i = 0; i < 3; i++) {
        camera->row[0][i] = right[i];
        camera->row[1][i] = -up[i];
        camera->row[2][i] = nearer[i];
        camera->row[i][3] = 0;
    }
    camera->samples_per_mm = 1;
    return true;
}

void lqi_camera_fit(lqi_camera *camera, const double low[3], const double high[3], double width, double height,
                    double margin)
{
    const double room[2] = {fmax(width - 2 * margin, 1), fmax(height - 2 * margin, 1)};
    double scale = INFINITY;
    for (int i = 0; i < 2; i++)
        if (high[i] > low[i]) scale = fmin(scale, room[i] / (high[i] - low[i]));
    if (!isfinite(scale) || !(scale > 0)) scale = 1; /* a point, or nothing to be seen */
    const double middle[3] = {width / 2, height / 2, 0};
    for (int i = 0; i < 3; i++) {
        for (int k = 0; k < 3; k++) camera->row[i][k] *= scale;
        camera->row[i][3] = middle[i] - scale * (low[i] + high[i]) / 2;
    }
    camera->samples_per_mm = scale;
}

lqi_camera lqi_camera_placed(const lqi_camera *camera, const double transform[12])
{
    lqi_camera placed = {.samples_per_mm = camera->samples_per_mm};
    for (int i = 0; i < 3; i++) {
        const double *row = camera->row[i];
        for (int k = 0; k < 4; k++) {
            const double *column = transform + 3 * k;
            placed.row[i][k] = row[0] * column[0] + row[1] * column[1] + row[2] * column[2];
        }
        placed.row[i][3] += row[3];
    }
    return placed;
}
