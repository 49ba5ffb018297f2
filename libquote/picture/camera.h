/* Parallel projection: lengths across the view are true, so that one scale bar holds for the whole picture. */
#ifndef LQI_CAMERA_H
#define LQI_CAMERA_H

#include <stdbool.h>

/* Canvas coordinates of a point: x to the right, y down, both in samples; depth in samples too, larger is nearer. */
typedef struct lqi_camera {
    double row[3][4]; /* x, y, depth: three factors and an offset, of file millimetres */
    double samples_per_mm;
} lqi_camera;

/* A camera that looks along -from, z upwards (y where from is along z), with no scale yet: its rows are unit vectors
 * and its offsets zero. false: from has no direction. */
bool lqi_camera_look(const double from[3], lqi_camera *camera);

/* Scales and moves so that what spans low..high in the camera's own coordinates fills width x height, `margin` samples
 * free on every side. */
void lqi_camera_fit(lqi_camera *camera, const double low[3], const double high[3], double width, double height,
                    double margin);

/* The camera in the coordinates of a mesh that `transform` places. */
lqi_camera lqi_camera_placed(const lqi_camera *camera, const double transform[12]);

static inline void lqi_camera_project(const lqi_camera *camera, const double p[3], double out[3])
{
    for (int i = 0; i < 3; i++) {
        const double *row = camera->row[i];
        out[i] = row[0] * p[0] + row[1] * p[1] + row[2] * p[2] + row[3];
    }
}

#endif
