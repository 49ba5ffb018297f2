/* Area under a transform that is no similarity. A file may place one mesh ten thousand times like that, so what does
 * not depend on the transform, the normals, is kept with the shape. */
#include "measure/placed_area.h"

#include <math.h>

#include "base/fail.h"
#include "base/memory.h"

#define LANES 8

static bool counts(const lqi_shape *shape, uint32_t t)
{
    return !shape->solid_flag || !(shape->solid_flag[t] & LQI_TRIANGLE_LEFT_OUT);
}

/* Rows of all x, all y, all z of (b - a) x (c - a), with zeros up to a whole number of lanes. */
static lq_status find_normals(lq_context *context, lqi_shape *shape)
{
    const lqi_mesh *mesh = shape->solid_flag ? &shape->solid : shape->mesh;
    size_t padded = ((size_t)mesh->triangle_count + LANES - 1) / LANES * LANES;
    shape->normals = lqi_alloc_zeroed(context, padded, 3 * sizeof *shape->normals);
    if (!shape->normals) return lqi_memory_status(context);
    shape->normal_count = padded;
    double *x = shape->normals, *y = x + padded, *z = y + padded;
    for (uint32_t t = 0; t < mesh->triangle_count; t++) {
        if (!counts(shape, t)) continue;
        const double *a = lqi_mesh_corner(mesh, t, 0), *b = lqi_mesh_corner(mesh, t, 1),
                     *c = lqi_mesh_corner(mesh, t, 2);
        double u[3], v[3];
        for (int i = 0; i < 3; i++) u[i] = b[i] - a[i], v[i] = c[i] - a[i];
        x[t] = u[1] * v[2] - u[2] * v[1];
        y[t] = u[2] * v[0] - u[0] * v[2];
        z[t] = u[0] * v[1] - u[1] * v[0];
    }
    return LQ_OK;
}

/* Normals follow the cofactors of the transform: rows of `c`. */
static void find_cofactors(const double m[12], double c[3][3])
{
    for (int i = 0; i < 3; i++) {
        int j = (i + 1) % 3, k = (i + 2) % 3;
        for (int axis = 0; axis < 3; axis++) {
            int p = (axis + 1) % 3, q = (axis + 2) % 3;
            c[i][axis] = m[3 * p + j] * m[3 * q + k] - m[3 * q + j] * m[3 * p + k];
        }
    }
}

lq_status lqi_shape_area_placed(lq_context *context, lqi_shape *shape, const double transform[12], double *area)
{
    if (!shape->normals) LQI_TRY(find_normals(context, shape));
    const double *x = shape->normals, *y = x + shape->normal_count, *z = y + shape->normal_count;
    double c[3][3], sum[LANES] = {0};
    find_cofactors(transform, c);
    for (size_t t = 0; t < shape->normal_count; t += LANES)
        for (size_t lane = 0; lane < LANES; lane++) {
            double a = x[t + lane], b = y[t + lane], d = z[t + lane];
            double nx = c[0][0] * a + c[0][1] * b + c[0][2] * d, ny = c[1][0] * a + c[1][1] * b + c[1][2] * d,
                   nz = c[2][0] * a + c[2][1] * b + c[2][2] * d;
            sum[lane] += sqrt(nx * nx + ny * ny + nz * nz);
        }
    *area = (((sum[0] + sum[4]) + (sum[2] + sum[6])) + ((sum[1] + sum[5]) + (sum[3] + sum[7]))) / 2;
    return LQ_OK;
}
