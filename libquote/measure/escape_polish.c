#include "measure/escape_polish.h"

#include <string.h>

#include "base/memory.h"

/* Columns looked at along each side of the neck's surroundings. */
#define ACROSS 40
#define SITES_MAX 4096

#define STEPS 48

typedef struct surroundings {
    double (*site)[3]; /* where columns meet the surface */
    size_t count;
} surroundings;

static double dot(const double a[3], const double b[3]) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

static void add_column(const lqi_dexel_axis *axis, size_t column, const double point[3], double place[3], double reach,
                       surroundings *around)
{
    const int up = axis->axis;
    double u = place[(up + 1) % 3] - point[(up + 1) % 3], v = place[(up + 2) % 3] - point[(up + 2) % 3];
    double square = reach * reach - u * u - v * v;
    if (square <= 0) return;
    double half = sqrt(square), low = point[up] - half, high = point[up] + half;
    for (uint32_t run = lqi_run_at(axis, column, low); run < axis->first[column + 1]; run++) {
        if (axis->run[run].low > high) break;
        for (int end = 0; end < 2; end++) {
            place[up] = end ? axis->run[run].high : axis->run[run].low;
            if (place[up] < low || place[up] > high || around->count == SITES_MAX) continue;
            memcpy(around->site[around->count++], place, 3 * sizeof *place);
        }
    }
}

static void gather(const lqi_dexels *dexels, const double point[3], double reach, surroundings *around)
{
    uint32_t step = (uint32_t)fmin(2 * reach / dexels->cell / ACROSS, 1e6) + 1;
    for (int up = 0; up < 3; up++) {
        const lqi_dexel_axis *axis = &dexels->axis[up];
        const int u = (up + 1) % 3, v = (up + 2) % 3;
        uint32_t first_u = lqi_lattice_from(dexels, u, point[u] - reach), first_v;
        double place[3];
        first_v = lqi_lattice_from(dexels, v, point[v] - reach);
        for (uint32_t k = first_v; k < axis->across[1]; k += step) {
            place[v] = lqi_dexel_centre(axis, 1, k);
            if (place[v] > point[v] + reach) break;
            for (uint32_t i = first_u; i < axis->across[0]; i += step) {
                place[u] = lqi_dexel_centre(axis, 0, i);
                if (place[u] > point[u] + reach) break;
                add_column(axis, (size_t)k * axis->across[0] + i, point, place, reach, around);
            }
        }
    }
}

static double distance2(const double a[3], const double b[3])
{
    double x = a[0] - b[0], y = a[1] - b[1], z = a[2] - b[2];
    return x * x + y * y + z * z;
}

static size_t nearest(const surroundings *around, const double point[3], double *distance)
{
    size_t best = 0;
    double least = INFINITY;
    for (size_t i = 0; i < around->count; i++) {
        double d = distance2(around->site[i], point);
        if (d < least) least = d, best = i;
    }
    *distance = sqrt(least);
    return best;
}

/* Away from the nearest place, again and again, in ever smaller steps. */
static double widen(const surroundings *around, const double way[3], double step, double point[3])
{
    double best[3], widest, distance;
    memcpy(best, point, sizeof best);
    size_t near = nearest(around, point, &widest);
    for (int i = 0; i < STEPS; i++, step *= 0.93) {
        double away[3], length;
        for (int k = 0; k < 3; k++) away[k] = point[k] - around->site[near][k];
        double along = dot(away, way);
        for (int k = 0; k < 3; k++) away[k] -= along * way[k];
        length = sqrt(dot(away, away));
        if (!(length > 0)) break;
        for (int k = 0; k < 3; k++) point[k] += away[k] * step / length;
        near = nearest(around, point, &distance);
        if (distance > widest) {
            widest = distance;
            memcpy(best, point, sizeof best);
        }
    }
    memcpy(point, best, sizeof best);
    return widest;
}

lq_status lqi_neck_polish(const lqi_dexels *dexels, const double way[3], double reach, double point[3],
                          double *diameter)
{
    surroundings around = {.site = lqi_alloc_array(dexels->context, SITES_MAX, sizeof *around.site)};
    if (!around.site) return lqi_memory_status(dexels->context);
    gather(dexels, point, *diameter / 2 + 3 * reach, &around);
    if (around.count) {
        double widest = 2 * widen(&around, way, reach, point);
        *diameter = fmin(fmax(widest, *diameter - 2 * reach), *diameter + 2 * reach);
    }
    lqi_free(dexels->context, around.site);
    return LQ_OK;
}
