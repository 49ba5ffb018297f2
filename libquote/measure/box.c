#include "measure/box.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "measure/moments.h"

lqi_box lqi_box_empty(void) { return (lqi_box){{DBL_MAX, DBL_MAX, DBL_MAX}, {-DBL_MAX, -DBL_MAX, -DBL_MAX}}; }

bool lqi_box_is_empty(const lqi_box *box) { return box->min[0] > box->max[0]; }

void lqi_box_add_point(lqi_box *box, const double point[3])
{
    for (int i = 0; i < 3; i++) {
        if (point[i] < box->min[i]) box->min[i] = point[i];
        if (point[i] > box->max[i]) box->max[i] = point[i];
    }
}

void lqi_box_add(lqi_box *box, const lqi_box *other)
{
    if (lqi_box_is_empty(other)) return;
    lqi_box_add_point(box, other->min);
    lqi_box_add_point(box, other->max);
}

bool lqi_box_touches(const lqi_box *a, const lqi_box *b)
{
    for (int i = 0; i < 3; i++)
        if (a->min[i] > b->max[i] || b->min[i] > a->max[i]) return false;
    return true;
}

void lqi_box_centre(const lqi_box *box, double centre[3])
{
    for (int i = 0; i < 3; i++) centre[i] = box->min[i] + (box->max[i] - box->min[i]) / 2;
}

bool lqi_mesh_any_degenerate(const lqi_mesh *mesh)
{
    for (uint32_t t = 0; t < mesh->triangle_count; t++)
        if (lqi_is_degenerate(mesh->corner + (size_t)3 * t)) return true;
    return false;
}

/* As wide as three registers of most machines: points come round in the same lanes. */
#define POINTS_AT_ONCE 4
typedef double twelve[3 * POINTS_AT_ONCE];

static lqi_box box_of_points(const double *position, size_t count)
{
    lqi_box box = lqi_box_empty();
    size_t v = 0;
    if (count >= POINTS_AT_ONCE) {
        twelve low, high;
        memcpy(low, position, sizeof low);
        memcpy(high, position, sizeof high);
        for (; v + POINTS_AT_ONCE <= count; v += POINTS_AT_ONCE)
            for (size_t i = 0; i < 3 * POINTS_AT_ONCE; i++) {
                double x = position[3 * v + i];
                low[i] = x < low[i] ? x : low[i];
                high[i] = x > high[i] ? x : high[i];
            }
        for (size_t i = 0; i < POINTS_AT_ONCE; i++) {
            lqi_box_add_point(&box, low + 3 * i);
            lqi_box_add_point(&box, high + 3 * i);
        }
    }
    for (; v < count; v++) lqi_box_add_point(&box, position + 3 * v);
    return box;
}

lqi_box lqi_box_of_mesh(const lqi_mesh *mesh, bool any_degenerate)
{
    lqi_box box = lqi_box_empty();
    for (uint32_t t = 0; any_degenerate && t < mesh->triangle_count; t++)
        for (int k = 0; k < 3 && !lqi_is_degenerate(mesh->corner + (size_t)3 * t); k++)
            lqi_box_add_point(&box, lqi_mesh_corner(mesh, t, k));
    if (!lqi_box_is_empty(&box)) return box;
    return box_of_points(mesh->position, mesh->vertex_count);
}

static bool maps_axes_to_axes(const double m[12])
{
    for (int row = 0; row < 3; row++) {
        int filled = 0;
        for (int column = 0; column < 3; column++) filled += m[3 * row + column] != 0;
        if (filled > 1) return false;
    }
    return true;
}

lqi_box lqi_box_placed(const lqi_mesh *mesh, const lqi_box *box, const double transform[12])
{
    lqi_box placed = lqi_box_empty();
    double point[3];
    if (lqi_box_is_empty(box)) return placed;
    if (maps_axes_to_axes(transform)) {
        lqi_transform_point(transform, box->min, point);
        lqi_box_add_point(&placed, point);
        lqi_transform_point(transform, box->max, point);
        lqi_box_add_point(&placed, point);
        return placed;
    }
    for (size_t v = 0; v < mesh->vertex_count; v++) {
        lqi_transform_point(transform, mesh->position + 3 * v, point);
        lqi_box_add_point(&placed, point);
    }
    return placed;
}
