#include "estimate/around.h"

#include <math.h>

#include "base/fail.h"
#include "base/memory.h"

#define TWO_PI 6.2831853071795865
/* Loops that a least length of the skirt asks for. */
#define LOOPS_MAX 1000

static double most(double a, double b) { return a > b ? a : b; }

/* ---- hull ---- */

lq_status lqi_row_hull_add(lq_context *context, const lqi_grid *grid, const lqi_plane *plane, lqi_row_hull *hull)
{
    if (!hull->left) {
        hull->left = lqi_alloc_array(context, (size_t)grid->rows, sizeof *hull->left);
        hull->right = lqi_alloc_array(context, (size_t)grid->rows, sizeof *hull->right);
        hull->chain = lqi_alloc_array(context, (size_t)grid->rows, 2 * sizeof *hull->chain);
        if (!hull->left || !hull->right || !hull->chain) return lqi_memory_status(context);
        for (int32_t row = 0; row < grid->rows; row++) {
            hull->left[row] = INT32_MAX;
            hull->right[row] = 0;
        }
    }
    for (int32_t row = plane->first; row < plane->end; row++) {
        const uint64_t *p = lqi_plane_row(grid, plane, row);
        int32_t low = 0, high = grid->words - 1;
        while (low <= high && !p[low]) low++;
        while (high > low && !p[high]) high--;
        if (low > high) continue;
        int32_t left = low * 64 + __builtin_ctzll(p[low]), right = high * 64 + 64 - __builtin_clzll(p[high]);
        if (left < hull->left[row]) hull->left[row] = left;
        if (right > hull->right[row]) hull->right[row] = right;
    }
    return LQ_OK;
}

static int64_t turn(const int32_t a[2], const int32_t b[2], const int32_t c[2])
{
    return (int64_t)(b[0] - a[0]) * (c[1] - a[1]) - (int64_t)(b[1] - a[1]) * (c[0] - a[0]);
}

/* Of the way along one side, from row to row, in pixels. side: 1 where the hull bulges to larger columns, else -1. */
static double side_length(const lqi_grid *grid, const lqi_row_hull *hull, const int32_t *column, int side)
{
    int32_t(*chain)[2] = hull->chain;
    size_t kept = 0;
    for (int32_t row = 0; row < grid->rows; row++) {
        if (!hull->right[row]) continue;
        for (int32_t end = 0; end < 2; end++) {
            const int32_t now[2] = {column[row], row + end};
            while (kept > 1 && side * turn(chain[kept - 2], chain[kept - 1], now) <= 0) kept--;
            chain[kept][0] = now[0];
            chain[kept++][1] = now[1];
        }
    }
    double length = 0;
    for (size_t i = 1; i < kept; i++) {
        double dx = chain[i][0] - chain[i - 1][0], dy = chain[i][1] - chain[i - 1][1];
        length += sqrt(dx * dx + dy * dy);
    }
    return length;
}

double lqi_row_hull_length(const lqi_grid *grid, const lqi_row_hull *hull)
{
    int32_t first = 0, last = grid->rows - 1;
    if (!hull->right) return 0;
    while (first <= last && !hull->right[first]) first++;
    while (last > first && !hull->right[last]) last--;
    if (first > last) return 0;
    double caps = (hull->right[first] - hull->left[first]) + (hull->right[last] - hull->left[last]);
    return (side_length(grid, hull, hull->left, -1) + side_length(grid, hull, hull->right, 1) + caps) * grid->pixel_mm;
}

void lqi_row_hull_free(lq_context *context, lqi_row_hull *hull)
{
    lqi_free(context, hull->left);
    lqi_free(context, hull->right);
    lqi_free(context, hull->chain);
}

/* ---- lines ---- */

/* A loop around what is round or has corners is longer than what it stands around by the circle of its distance. */
static double loops_length(double inner_mm, double bodies, double first_mm, double step_mm, double count)
{
    return count * (inner_mm + bodies * TWO_PI * (first_mm + (count - 1) / 2 * step_mm));
}

double lqi_around_length(const lqi_around *around, const lqi_machine *machine, int32_t layer, double spacing_mm,
                         double filament_share)
{
    double length = 0, loops = machine->skirts, brim_mm = layer ? 0 : machine->brim_width_mm;
    if (loops > 0 && around->hull_mm > 0 && layer < most(machine->skirt_height_layers, 1)) {
        double far = machine->skirt_distance_mm + machine->brim_width_mm + spacing_mm / 2;
        length = loops_length(around->hull_mm, 1, far, spacing_mm, loops);
        for (int more = 0; layer == 0 && more < LOOPS_MAX; more++) {
            if (length * filament_share >= machine->min_skirt_length_mm) break;
            length = loops_length(around->hull_mm, 1, far, spacing_mm, ++loops);
        }
    }
    if (brim_mm > 0)
        length += most(0, loops_length(around->outline_mm, around->bodies, spacing_mm / 2, spacing_mm,
                                       floor(brim_mm / spacing_mm)));
    return length;
}
