#include "measure/ball.h"

#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/sort.h"
#include "measure/moments.h"

/* Steps are this share of the thickness in the end. */
#define STILL 1e-4

/* Facets near one place; more would tell nothing new. */
#define NEAR_MAX 4096

/* Columns that are looked at across a place. */
#define COLUMNS_MAX 33

static double dot(const double a[3], const double b[3]) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

static void minus(const double a[3], const double b[3], double out[3])
{
    for (int i = 0; i < 3; i++) out[i] = a[i] - b[i];
}

/* ---- what is near ---- */

static lq_status add_near(lqi_balls *b, uint32_t facet)
{
    if (b->near_count && b->near[b->near_count - 1] == facet) return LQ_OK;
    LQI_TRY(lqi_grow(b->context, (void **)&b->near, &b->near_capacity, b->near_count + 1, sizeof *b->near));
    b->near[b->near_count++] = facet;
    return LQ_OK;
}

/* The ends of runs within `reach` of the place, along one axis. */
static lq_status add_axis(lqi_balls *b, const lqi_dexel_axis *axis, const double place[3], double reach)
{
    double height = place[axis->axis];
    uint32_t from[2], to[2], step = 1;
    for (int way = 0; way < 2; way++) {
        double at = (place[(axis->axis + 1 + way) % 3] - axis->origin[way]) / axis->cell, wide = reach / axis->cell;
        from[way] = (uint32_t)fmax(0, floor(at - wide));
        to[way] = (uint32_t)fmin(axis->across[way], fmax(0, ceil(at + wide)));
        while (2 * wide > COLUMNS_MAX * step) step++;
    }
    for (uint32_t v = from[1]; v < to[1]; v += step)
        for (uint32_t u = from[0]; u < to[0]; u += step) {
            const uint32_t *first = axis->first + (size_t)v * axis->across[0] + u;
            for (uint32_t r = first[0]; r < first[1]; r++) {
                const lqi_run *run = &axis->run[r];
                if (fabs(run->low - height) <= reach) LQI_TRY(add_near(b, run->low_facet));
                if (fabs(run->high - height) <= reach) LQI_TRY(add_near(b, run->high_facet));
            }
        }
    return LQ_OK;
}

static void place_facet(const lqi_balls *b, uint32_t facet, double corner[9])
{
    size_t low = 0, high = b->solid_count;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (facet < b->first_facet[middle])
            high = middle;
        else
            low = middle;
    }
    const lqi_placed_solid *solid = &b->solids[low];
    for (int k = 0; k < 3; k++) {
        const double *p = lqi_mesh_corner(solid->mesh, facet - b->first_facet[low], k);
        if (solid->transform)
            lqi_transform_point(solid->transform, p, corner + 3 * k);
        else
            memcpy(corner + 3 * k, p, 3 * sizeof *p);
    }
}

static lq_status gather(lqi_balls *b, const double place[3], double reach)
{
    b->near_count = 0;
    for (int k = 0; k < 3; k++) LQI_TRY(add_axis(b, &b->dexels->axis[k], place, reach));
    lqi_sort_u64(b->near, b->near_count);
    size_t kept = 0;
    for (size_t i = 0; i < b->near_count; i++)
        if (!kept || b->near[kept - 1] != b->near[i]) b->near[kept++] = b->near[i];
    b->near_count = kept < NEAR_MAX ? kept : 0;
    LQI_TRY(lqi_grow(b->context, (void **)&b->corner, &b->corner_capacity, b->near_count, 9 * sizeof *b->corner));
    for (size_t i = 0; i < b->near_count; i++) place_facet(b, (uint32_t)b->near[i], b->corner + 9 * i);
    return LQ_OK;
}

/* ---- distance ---- */

/* The point of a triangle nearest to p (Ericson, Real-Time Collision Detection, 5.1.5). */
static void nearest_of(const double corner[9], const double p[3], double out[3])
{
    const double *a = corner, *b = corner + 3, *c = corner + 6;
    double ab[3], ac[3], ap[3], bp[3], cp[3], v = 0, w = 0;
    minus(b, a, ab), minus(c, a, ac), minus(p, a, ap), minus(p, b, bp), minus(p, c, cp);
    double d1 = dot(ab, ap), d2 = dot(ac, ap), d3 = dot(ab, bp), d4 = dot(ac, bp), d5 = dot(ab, cp), d6 = dot(ac, cp);
    double va = d3 * d6 - d5 * d4, vb = d5 * d2 - d1 * d6, vc = d1 * d4 - d3 * d2;
    if (d1 <= 0 && d2 <= 0)
        v = w = 0;
    else if (d3 >= 0 && d4 <= d3)
        v = 1;
    else if (vc <= 0 && d1 >= 0 && d3 <= 0)
        v = d1 / (d1 - d3);
    else if (d6 >= 0 && d5 <= d6)
        w = 1;
    else if (vb <= 0 && d2 >= 0 && d6 <= 0)
        w = d2 / (d2 - d6);
    else if (va <= 0 && d4 - d3 >= 0 && d5 - d6 >= 0)
        w = (d4 - d3) / ((d4 - d3) + (d5 - d6)), v = 1 - w;
    else
        v = vb / (va + vb + vc), w = vc / (va + vb + vc);
    for (int i = 0; i < 3; i++) out[i] = a[i] + ab[i] * v + ac[i] * w;
}

/* Of all that is near; INFINITY when nothing is. */
static double nearest(lqi_balls *b, const double p[3], double out[3])
{
    double best = INFINITY;
    for (size_t i = 0; i < b->near_count; i++) {
        double at[3], from[3];
        nearest_of(b->corner + 9 * i, p, at);
        minus(at, p, from);
        double square = dot(from, from);
        if (!(square < best)) continue;
        best = square;
        memcpy(out, at, sizeof at);
    }
    b->work += b->near_count;
    return sqrt(best);
}

/* ---- the ball ---- */

/* A ball that is held between two sides or more grows no further when its centre moves away from the nearest: it stays
 * on the middle surface, and does not roll along it to where there is more room. Tangent balls that shrink (Ma, Bae,
 * Choi, 2012) would do the same on smooth surfaces, but on the facets of a bar they find the edges between them. */
lq_status lqi_ball_at(lqi_balls *b, const double place[3], double about, double *diameter)
{
    double centre[3], touch[3];
    *diameter = NAN;
    if (b->work >= LQI_BALL_WORK) return LQ_OK;
    LQI_TRY(gather(b, place, about + b->dexels->cell));
    memcpy(centre, place, sizeof centre);
    double radius = nearest(b, centre, touch);
    if (!(radius > 0 && radius < about)) return LQ_OK;
    for (double step = about / 8; step > STILL * about && b->work < LQI_BALL_WORK;) {
        double moved[3], touched[3], away = step / radius;
        for (int k = 0; k < 3; k++) moved[k] = centre[k] + away * (centre[k] - touch[k]);
        double larger = nearest(b, moved, touched);
        if (larger > radius) {
            radius = larger;
            memcpy(centre, moved, sizeof centre);
            memcpy(touch, touched, sizeof touch);
            step *= 0.75;
        } else {
            step /= 2;
        }
    }
    *diameter = 2 * radius;
    return LQ_OK;
}

lq_status lqi_balls_begin(lqi_balls *b, const lqi_dexels *dexels, const lqi_placed_solid *solids, size_t count)
{
    *b = (lqi_balls){.context = dexels->context, .dexels = dexels, .solids = solids, .solid_count = count};
    b->first_facet = lqi_alloc_array(b->context, count + 1, sizeof *b->first_facet);
    if (!b->first_facet) return lqi_memory_status(b->context);
    b->first_facet[0] = 0;
    for (size_t i = 0; i < count; i++) b->first_facet[i + 1] = b->first_facet[i] + solids[i].mesh->triangle_count;
    return LQ_OK;
}

void lqi_balls_end(lqi_balls *b)
{
    if (!b->context) return;
    lqi_free(b->context, b->first_facet);
    lqi_free(b->context, b->corner);
    lqi_free(b->context, b->near);
    *b = (lqi_balls){0};
}
