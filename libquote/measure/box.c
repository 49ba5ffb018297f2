#include "measure/box.h"

#include <float.h>
#include <math.h>

#include "measure/moments.h"
#include "mesh/bounds.h"
#include "mesh/edges.h"

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

lqi_box lqi_box_of_mesh(const lqi_mesh *mesh, const uint8_t *flag, bool any)
{
    lqi_box box = lqi_box_empty();
    for (uint32_t t = 0; any && t < mesh->triangle_count; t++) {
        bool out = flag ? flag[t] & LQI_TRIANGLE_LEFT_OUT : lqi_is_degenerate(mesh->corner + (size_t)3 * t);
        for (int k = 0; k < 3 && !out; k++) lqi_box_add_point(&box, lqi_mesh_corner(mesh, t, k));
    }
    if (!lqi_box_is_empty(&box)) return box;
    lqi_bounds_of_points(mesh->position, mesh->vertex_count, box.min, box.max);
    return box;
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
