#include <math.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/mix.h"
#include "kernel/kernel_list.h"
#include "measure/shells.h"

/* ---- one ray down from the lowest vertex of each shell ---- */

/* Rays are filed by the cells of a square grid, of which there are no more than rays. */
#define CELLS_ACROSS_MAX 1024

/* What a look at one ray costs, in operations. So many for each triangle are linear, and not counted. */
#define WORK_PER_LOOK 64
#define LOOKS_UNCOUNTED 4

typedef struct query {
    double x, y, z;
    uint32_t shell;
} query;

typedef struct query_grid {
    query *query;    /* by cell */
    uint32_t *first; /* per cell, row by row, and one more: its first query */
    uint32_t across; /* cells in a row, and rows */
    double low[2];   /* of all queries */
    double high[2];
    double per_length[2]; /* cells; 0: the queries have no width */
} query_grid;

/* Never falls as x rises, so that a query between two bounds lies in their cells or between. */
static uint32_t cell_of(const query_grid *grid, double x, int axis)
{
    double cell = (x - grid->low[axis]) * grid->per_length[axis];
    if (cell >= grid->across - 1) return grid->across - 1;
    return cell > 0 ? (uint32_t)cell : 0;
}

/* Does the ray from (x, y) towards +x cross the projected segment? Each edge is judged the same way from both of its
 * triangles (ends in a fixed order), so that a ray through an edge or a corner counts once. */
static int crossing(const double *a, const double *b, double x, double y)
{
    if ((a[1] > y) == (b[1] > y)) return 0;
    int sign = b[1] > a[1] ? 1 : -1;
    const double *low = sign > 0 ? a : b, *high = sign > 0 ? b : a;
    double side = (high[0] - low[0]) * (y - low[1]) - (high[1] - low[1]) * (x - low[0]);
    return side > 0 ? sign : 0;
}

static bool plane_is_below(const double *a, const double *b, const double *c, double x, double y, double z)
{
    double ux = b[0] - a[0], uy = b[1] - a[1], uz = b[2] - a[2], vx = c[0] - a[0], vy = c[1] - a[1], vz = c[2] - a[2];
    double nx = uy * vz - uz * vy, ny = uz * vx - ux * vz, nz = ux * vy - uy * vx;
    if (nz == 0) return false;
    return a[2] - (nx * (x - a[0]) + ny * (y - a[1])) / nz < z;
}

/* +1 when the downward ray leaves material through this facet (it faces down), -1 when it enters; 0 when it misses. */
static int facet_winding(const lqi_mesh *mesh, uint32_t t, bool flipped, const query *q)
{
    const double *a = lqi_mesh_corner(mesh, t, 0), *b = lqi_mesh_corner(mesh, t, 1), *c = lqi_mesh_corner(mesh, t, 2);
    int turns = crossing(a, b, q->x, q->y) + crossing(b, c, q->x, q->y) + crossing(c, a, q->x, q->y);
    if (turns == 0 || !plane_is_below(a, b, c, q->x, q->y, q->z)) return 0;
    return flipped ? turns : -turns;
}

static uint32_t cell_of_shell(const query_grid *grid, const lqi_mesh *mesh, const lqi_shell *shell)
{
    const double *p = mesh->position + (size_t)3 * shell->lowest_vertex;
    return cell_of(grid, p[1], 1) * grid->across + cell_of(grid, p[0], 0);
}

static void find_bounds(const lqi_mesh *mesh, const lqi_shells *shells, query_grid *grid)
{
    for (int axis = 0; axis < 2; axis++) {
        grid->low[axis] = INFINITY, grid->high[axis] = -INFINITY;
        for (uint32_t s = 0; s < shells->count; s++) {
            double x = mesh->position[(size_t)3 * shells->shell[s].lowest_vertex + (size_t)axis];
            grid->low[axis] = x < grid->low[axis] ? x : grid->low[axis];
            grid->high[axis] = x > grid->high[axis] ? x : grid->high[axis];
        }
        double per_length = grid->across / (grid->high[axis] - grid->low[axis]);
        grid->per_length[axis] = isfinite(per_length) ? per_length : 0;
    }
}

/* A counting sort. grid: freed by the caller whatever comes of it. */
static lq_status make_grid(lq_context *context, const lqi_mesh *mesh, const lqi_shells *shells, query_grid *grid)
{
    *grid = (query_grid){.across = (uint32_t)fmin(CELLS_ACROSS_MAX, sqrt(shells->count))};
    size_t cells = (size_t)grid->across * grid->across;
    find_bounds(mesh, shells, grid);
    grid->query = lqi_alloc_array(context, shells->count, sizeof *grid->query);
    grid->first = grid->query ? lqi_alloc_zeroed(context, cells + 2, sizeof *grid->first) : NULL;
    if (!grid->first) return lqi_memory_status(context);
    uint32_t *place = grid->first + 1; /* counts, then first places, then, each counted up, the next cell's */
    for (uint32_t s = 0; s < shells->count; s++) place[cell_of_shell(grid, mesh, &shells->shell[s]) + 1]++;
    for (size_t cell = 0; cell < cells; cell++) place[cell + 1] += place[cell];
    for (uint32_t s = 0; s < shells->count; s++) {
        const double *p = mesh->position + (size_t)3 * shells->shell[s].lowest_vertex;
        grid->query[place[cell_of_shell(grid, mesh, &shells->shell[s])]++] = (query){p[0], p[1], p[2], s};
    }
    return LQ_OK;
}

static double least(double a, double b, double c) { return a < b ? (a < c ? a : c) : (b < c ? b : c); }
static double most(double a, double b, double c) { return a > b ? (a > c ? a : c) : (b > c ? b : c); }

/* One triangle within this box, and the rays that it may meet. Returns the work. */
static uint64_t cross_triangle(const lqi_shelled *in, uint32_t t, const double low[3], const double high[3],
                               const query_grid *grid, lqi_shells *shells)
{
    for (int axis = 0; axis < 2; axis++)
        if (high[axis] < grid->low[axis] || low[axis] > grid->high[axis]) return 0;
    uint32_t left = cell_of(grid, low[0], 0), right = cell_of(grid, high[0], 0), row_last = cell_of(grid, high[1], 1);
    uint64_t looks = 0, work = 0;
    for (uint32_t row = cell_of(grid, low[1], 1); row <= row_last; row++) {
        const uint32_t *first = grid->first + (size_t)row * grid->across;
        looks += first[right + 1] - first[left];
        work++;
        for (uint32_t k = first[left]; k < first[right + 1]; k++) {
            const query *q = &grid->query[k];
            if (q->x < low[0] || q->x > high[0] || q->y < low[1] || q->y > high[1]) continue;
            if (q->z < low[2] || in->shell[t] == q->shell) continue;
            int turns = facet_winding(in->mesh, t, in->flag[t] & LQI_TRIANGLE_FLIPPED, q);
            shells->shell[q->shell].winding += turns;
            if (turns) shells->shell[q->shell].around += (uint64_t)(int64_t)turns * lqi_mix64(in->shell[t] + 1);
        }
    }
    return looks > LOOKS_UNCOUNTED ? work + (looks - LOOKS_UNCOUNTED) * WORK_PER_LOOK : work;
}

/* Ends behind the triangle whose work is too much. */
static uint64_t cross_block(const lqi_shelled *in, const lqi_rows *rows, uint32_t first, uint32_t count,
                            const query_grid *grid, uint64_t work_left, lqi_shells *shells)
{
    uint64_t work = 0;
    for (uint32_t i = 0; i < count && work <= work_left; i++) {
        uint32_t t = first + i;
        if (in->flag[t] & LQI_TRIANGLE_LEFT_OUT) continue;
        double low[3], high[3];
        for (int axis = 0; axis < 3; axis++) {
            double a = rows->row[axis][i], b = rows->row[3 + axis][i], c = rows->row[6 + axis][i];
            low[axis] = least(a, b, c), high[axis] = most(a, b, c);
        }
        work += cross_triangle(in, t, low, high, grid, shells);
    }
    return work;
}

static lq_status find_windings(lq_context *context, const lqi_shelled *in, lqi_shells *shells)
{
    const lqi_mesh *mesh = in->mesh;
    query_grid grid;
    uint64_t work = 0;
    lq_status status;
    LQI_TRY_GOTO(make_grid(context, mesh, shells, &grid));
    shells->nested_examined = true;
    for (uint32_t t = 0; t < mesh->triangle_count && shells->nested_examined; t += LQI_BLOCK) {
        if (t % 4096 == 0) LQI_TRY_GOTO(lqi_progress(context, "shells", t, mesh->triangle_count));
        uint32_t left = mesh->triangle_count - t, count = left < LQI_BLOCK ? left : LQI_BLOCK;
        lqi_rows rows;
        context->kernels->corner_rows(mesh->position, mesh->corner + (size_t)3 * t, count, left - count, &rows);
        work += cross_block(in, &rows, t, count, &grid, context->limits.work_units - work, shells);
        shells->nested_examined = work <= context->limits.work_units;
    }
done:
    if (!shells->nested_examined)
        for (uint32_t s = 0; s < shells->count; s++) shells->shell[s].winding = 0, shells->shell[s].around = 0;
    lqi_free(context, grid.query);
    lqi_free(context, grid.first);
    return status;
}

lq_status lqi_shells_nest(lq_context *context, const lqi_shelled *in, lqi_shells *shells)
{
    if (shells->count > 1) LQI_TRY(find_windings(context, in, shells));
    lqi_shells_classify(shells);
    return LQ_OK;
}
