#include "estimate/shell_formula.h"

#include <math.h>
#include <string.h>

#include "mesh/edges.h"

#define FLAT_COSINE 0.8988 /* of 26 degrees */

static void add_triangle(const double p[3][3], double sign, lqi_surface *surface)
{
    double u[3], v[3], n[3];
    for (int k = 0; k < 3; k++) {
        u[k] = p[1][k] - p[0][k];
        v[k] = p[2][k] - p[0][k];
    }
    n[0] = u[1] * v[2] - u[2] * v[1];
    n[1] = u[2] * v[0] - u[0] * v[2];
    n[2] = u[0] * v[1] - u[1] * v[0];
    double twice = sqrt(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]);
    surface->area_mm2 += twice / 2;
    surface->volume_mm3 += sign * (p[0][0] * n[0] + p[0][1] * n[1] + p[0][2] * n[2]) / 6;
    if (sign * n[2] > FLAT_COSINE * twice) surface->up_mm2 += twice / 2;
    if (-sign * n[2] > FLAT_COSINE * twice) surface->down_mm2 += twice / 2;
}

lqi_surface lqi_surface_of(const lqi_estimate_solid *solids, size_t solid_count)
{
    lqi_surface surface = {0};
    double low = INFINITY, high = -INFINITY;
    for (size_t s = 0; s < solid_count; s++) {
        const lqi_estimate_solid *solid = &solids[s];
        const double *t = solid->transform;
        double turned = lqi_is_mirrored(t) != solid->inside_out ? -1 : 1;
        for (uint32_t i = 0; i < solid->mesh->triangle_count; i++) {
            uint8_t flag = solid->flag ? solid->flag[i] : 0;
            if (flag & LQI_TRIANGLE_LEFT_OUT) continue;
            double p[3][3];
            for (int c = 0; c < 3; c++) {
                lqi_place_point(t, lqi_mesh_corner(solid->mesh, i, c), p[c]);
                if (p[c][2] < low) low = p[c][2];
                if (p[c][2] > high) high = p[c][2];
            }
            add_triangle(p, flag & LQI_TRIANGLE_FLIPPED ? -turned : turned, &surface);
        }
    }
    surface.height_mm = high > low ? high - low : 0;
    return surface;
}

void lqi_shell_formula(const lqi_surface *surface, const lqi_machine *machine, lqi_estimate *estimate)
{
    double h = machine->layer_height_mm;
    double line = lqi_line_spacing(machine->width_mm[LQI_ROLE_PERIMETER], h);
    double volume = fabs(surface->volume_mm3), side = surface->area_mm2 - surface->up_mm2 - surface->down_mm2;
    double walls = fmin(volume, side * line * machine->perimeters);
    double skins = fmin(volume - walls, h * (machine->top_solid_layers * surface->up_mm2 +
                                             machine->bottom_solid_layers * surface->down_mm2));
    double rest = volume - walls - skins;
    double part[LQI_ROLE_COUNT] = {[LQI_ROLE_EXTERNAL_PERIMETER] = 0.983 * fmin(walls, side * line),
                                   [LQI_ROLE_SOLID_INFILL] = 0.983 * skins,
                                   [LQI_ROLE_INFILL] = 1.24 * machine->fill_density * rest};
    part[LQI_ROLE_PERIMETER] = 0.983 * walls - part[LQI_ROLE_EXTERNAL_PERIMETER];
    if (machine->fill_density > LQI_DENSE) part[LQI_ROLE_INFILL] = 0.983 * rest;
    memcpy(estimate->volume_mm3, part, sizeof part);
    for (int r = 0; r < LQI_ROLE_COUNT; r++) {
        /* what short lines and corners leave of the speed */
        double speed = 0.5 * machine->speed_mm_s[r];
        if (machine->max_volumetric_speed_mm3_s > 0)
            speed = fmin(speed, machine->max_volumetric_speed_mm3_s / (h * line));
        estimate->time_s[r] = part[r] > 0 ? part[r] / (h * line * speed) : 0;
    }
    double layers = surface->height_mm / h;
    estimate->layers = layers < UINT32_MAX ? (uint32_t)layers : UINT32_MAX;
    estimate->travel_s = 0.5 * layers;
    estimate->retract_s = 0.5 * layers;
}
