#include "measure/orientation_box.h"

#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "measure/hull_plane.h"
#include "measure/hull_points.h"

#define FACES_TRIED 24

/* Room for the work on one direction. */
typedef struct bench {
    const lqi_hull *hull;
    double (*point)[2];
    double (*corner)[2];
    uint64_t *spare;
    double least;       /* volume of the best box */
    double frame[3][3]; /* its sides' directions */
} bench;

static double dot(const double a[3], const double b[3]) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

/* Two directions across `n`, of length 1 each. */
static void find_across(const double n[3], double u[3], double v[3])
{
    int axis = fabs(n[0]) < 0.6 ? 0 : fabs(n[1]) < 0.6 ? 1 : 2;
    double length = sqrt(1 - n[axis] * n[axis]);
    for (int i = 0; i < 3; i++) u[i] = ((i == axis) - n[axis] * n[i]) / length;
    for (int i = 0; i < 3; i++) v[i] = n[(i + 1) % 3] * u[(i + 2) % 3] - n[(i + 2) % 3] * u[(i + 1) % 3];
}

static void try_direction(bench *b, const double n[3])
{
    double u[3], v[3], low = INFINITY, high = -INFINITY;
    find_across(n, u, v);
    const double *origin = b->hull->point[0]; /* far from it, rounding would bend what is straight */
    for (uint32_t i = 0; i < b->hull->point_count; i++) {
        const double *at = b->hull->point[i], p[3] = {at[0] - origin[0], at[1] - origin[1], at[2] - origin[2]};
        b->point[i][0] = dot(p, u);
        b->point[i][1] = dot(p, v);
        low = fmin(low, dot(p, n));
        high = fmax(high, dot(p, n));
    }
    uint32_t corners = lqi_hull_plane((const double(*)[2])b->point, b->hull->point_count, b->spare, b->corner);
    double side[2], along[2];
    if (corners < 3) return;
    lqi_hull_plane_rectangle((const double(*)[2])b->corner, corners, side, along);
    double volume = side[0] * side[1] * (high - low);
    if (!(volume < b->least)) return;
    b->least = volume;
    for (int i = 0; i < 3; i++) {
        b->frame[0][i] = n[i];
        b->frame[1][i] = along[0] * u[i] + along[1] * v[i];
        b->frame[2][i] = along[0] * v[i] - along[1] * u[i];
    }
}

static inline void widen(const bench *b, const double p[3], double low[3], double high[3])
{
    for (int k = 0; k < 3; k++) {
        double at = dot(b->frame[k], p);
        if (at < low[k]) low[k] = at;
        if (at > high[k]) high[k] = at;
    }
}

/* The hull of a large body holds not every vertex. */
static void measure_frame(const bench *b, const lqi_placed_solid *solids, size_t count, const lqi_box *box,
                          double side[3])
{
    double low[3] = {INFINITY, INFINITY, INFINITY}, high[3] = {-INFINITY, -INFINITY, -INFINITY};
    for (uint32_t i = 0; i < b->hull->point_count; i++) widen(b, b->hull->point[i], low, high);
    for (size_t s = 0; s < count && !b->hull->whole; s++)
        for (size_t vertex = 0; vertex < solids[s].mesh->vertex_count; vertex++) {
            double p[3];
            lqi_placed_vertex(&solids[s], vertex, box, p);
            widen(b, p, low, high);
        }
    for (int k = 0; k < 3; k++) {
        int at = k;
        for (; at && side[at - 1] < high[k] - low[k]; at--) side[at] = side[at - 1];
        side[at] = high[k] - low[k];
    }
}

lq_status lqi_smallest_box(lq_context *context, const lqi_placed_solid *solids, size_t count, const lqi_box *box,
                           const lqi_hull *hull, double side[3])
{
    bench b = {.hull = hull, .frame = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    lq_status status = LQ_OK;
    b.least = (box->max[0] - box->min[0]) * (box->max[1] - box->min[1]) * (box->max[2] - box->min[2]);
    b.point = lqi_alloc_array(context, hull->point_count, sizeof *b.point);
    b.corner = b.point ? lqi_alloc_array(context, hull->point_count, 2 * sizeof *b.corner) : NULL;
    b.spare = b.corner ? lqi_alloc_array(context, hull->point_count, 3 * sizeof *b.spare) : NULL;
    if (!b.spare) {
        status = lqi_memory_status(context);
        goto done;
    }
    for (int axis = 0; axis < 3; axis++) try_direction(&b, (double[]){axis == 0, axis == 1, axis == 2});
    for (uint32_t i = 0; i < hull->face_count && i < FACES_TRIED; i++) try_direction(&b, hull->face[i].normal);
    measure_frame(&b, solids, count, box, side);
done:
    lqi_free(context, b.spare);
    lqi_free(context, b.corner);
    lqi_free(context, b.point);
    return status;
}
