#include "measure/shells.h"

#include <math.h>
#include <string.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/sort.h"
#include "kernel/kernel_list.h"

/* Shells of less than this share of the whole do not decide what is inside and what is outside. */
#define SPECK_SHARE 1e-6

/* Thousands of shells in one another's boxes: what is not looked at by then is not claimed to be exact anyway. */
#define UNSEEN_PAIRS_MAX 4000000

/* ---- measures per shell, in triangle order, so that they do not depend on threads ---- */

static void consider_lowest(lqi_shell *shell, const lqi_mesh *mesh, uint32_t triangle)
{
    for (int k = 0; k < 3; k++) {
        uint32_t v = mesh->corner[(size_t)3 * triangle + (size_t)k];
        double z = mesh->position[(size_t)3 * v + 2], low = mesh->position[(size_t)3 * shell->lowest_vertex + 2];
        if (z < low || (z == low && v < shell->lowest_vertex)) shell->lowest_vertex = v;
    }
}

static void begin_shell(lqi_shell *shell, const lqi_mesh *mesh, uint32_t triangle)
{
    if (shell->triangle_count) return;
    shell->first_triangle = triangle;
    shell->lowest_vertex = mesh->corner[(size_t)3 * triangle];
}

static void add_one(lqi_shell *shell, const lqi_shelled *in, uint32_t triangle, double volume)
{
    begin_shell(shell, in->mesh, triangle);
    consider_lowest(shell, in->mesh, triangle);
    for (int k = 0; k < 3; k++) lqi_box_add_point(&shell->box, lqi_mesh_corner(in->mesh, triangle, k));
    shell->triangle_count++;
    if (in->flag[triangle] & LQI_TRIANGLE_DUPLICATE) return;
    shell->volume += in->flag[triangle] & LQI_TRIANGLE_FLIPPED ? -volume : volume;
}

static void add_alike(lqi_shell *shell, const lqi_shelled *in, const lqi_shell_block *block)
{
    uint32_t first = (uint32_t)block->first, last = first + (uint32_t)block->count;
    begin_shell(shell, in->mesh, first);
    bool may_be_lowest = block->box.min[2] <= in->mesh->position[(size_t)3 * shell->lowest_vertex + 2];
    for (uint32_t t = first; may_be_lowest && t < last; t++) consider_lowest(shell, in->mesh, t);
    lqi_box_add(&shell->box, &block->box);
    shell->triangle_count += block->count;
    double volume = shell->volume;
    for (size_t i = 0; i < block->count; i++) volume += block->volume[i];
    shell->volume = volume;
}

void lqi_shells_add(lqi_shells *shells, const lqi_shelled *in, const lqi_shell_block *block)
{
    if (block->alike) {
        add_alike(&shells->shell[in->shell[block->first]], in, block);
        return;
    }
    for (size_t i = 0; i < block->count; i++) {
        uint32_t t = (uint32_t)(block->first + i);
        if (in->flag[t] & LQI_TRIANGLE_DEGENERATE) continue;
        add_one(&shells->shell[in->shell[t]], in, t, block->volume[i]);
    }
}

/* ---- nesting: one ray down from the lowest vertex of each shell ---- */

typedef struct query {
    double x, y, z;
    uint32_t shell;
} query;

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

/* First query whose x is not below the given one. */
static uint32_t first_at_least(const query *queries, uint32_t count, double x)
{
    uint32_t low = 0, high = count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (queries[middle].x < x)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Sorted by x: first by the lower halves of the keys, then by the upper ones with the rank so far, so that equal upper
 * halves keep the order of the lower ones. */
static lq_status make_queries(lq_context *context, const lqi_mesh *mesh, const lqi_shells *shells, query *queries)
{
    uint64_t *low = lqi_alloc_array(context, shells->count, 2 * sizeof *low);
    if (!low) return lqi_memory_status(context);
    uint64_t *high = low + shells->count;
    for (uint32_t s = 0; s < shells->count; s++)
        low[s] = lqi_order_key(mesh->position[(size_t)3 * shells->shell[s].lowest_vertex]) << 32 | s;
    lqi_sort_u64(low, shells->count);
    for (uint32_t rank = 0; rank < shells->count; rank++) {
        uint32_t v = shells->shell[(uint32_t)low[rank]].lowest_vertex;
        high[rank] = (lqi_order_key(mesh->position[(size_t)3 * v]) >> 32) << 32 | rank;
    }
    lqi_sort_u64(high, shells->count);
    for (uint32_t i = 0; i < shells->count; i++) {
        uint32_t s = (uint32_t)low[(uint32_t)high[i]];
        const double *p = mesh->position + (size_t)3 * shells->shell[s].lowest_vertex;
        queries[i] = (query){p[0], p[1], p[2], s};
    }
    lqi_free(context, low);
    return LQ_OK;
}

static double least(double a, double b, double c) { return a < b ? (a < c ? a : c) : (b < c ? b : c); }
static double most(double a, double b, double c) { return a > b ? (a > c ? a : c) : (b > c ? b : c); }

/* A block of triangles, and the rays that it may meet. Returns how many were looked at. */
static uint64_t cross_block(const lqi_shelled *in, const lqi_rows *rows, uint32_t first, uint32_t count,
                            const query *queries, lqi_shells *shells)
{
    uint64_t work = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t t = first + i;
        if (in->flag[t] & (LQI_TRIANGLE_DEGENERATE | LQI_TRIANGLE_DUPLICATE)) continue;
        double low[3], high[3];
        for (int axis = 0; axis < 3; axis++) {
            double a = rows->row[axis][i], b = rows->row[3 + axis][i], c = rows->row[6 + axis][i];
            low[axis] = least(a, b, c), high[axis] = most(a, b, c);
        }
        for (uint32_t k = first_at_least(queries, shells->count, low[0]); k < shells->count && queries[k].x <= high[0];
             k++) {
            work++;
            const query *q = &queries[k];
            if (q->y < low[1] || q->y > high[1] || q->z < low[2] || in->shell[t] == q->shell) continue;
            shells->shell[q->shell].winding += facet_winding(in->mesh, t, in->flag[t] & LQI_TRIANGLE_FLIPPED, q);
        }
    }
    return work;
}

static lq_status find_windings(lq_context *context, const lqi_shelled *in, lqi_shells *shells)
{
    const lqi_mesh *mesh = in->mesh;
    query *queries = lqi_alloc_array(context, shells->count, sizeof *queries);
    if (!queries) return lqi_memory_status(context);
    uint64_t work = 0;
    lq_status status;
    LQI_TRY_GOTO(make_queries(context, mesh, shells, queries));
    shells->nested_examined = true;
    for (uint32_t t = 0; t < mesh->triangle_count && shells->nested_examined; t += LQI_BLOCK) {
        if (t % 4096 == 0) LQI_TRY_GOTO(lqi_progress(context, "shells", t, mesh->triangle_count));
        uint32_t left = mesh->triangle_count - t, count = left < LQI_BLOCK ? left : LQI_BLOCK;
        lqi_rows rows;
        context->kernels->corner_rows(mesh->position, mesh->corner + (size_t)3 * t, count, left - count, &rows);
        work += cross_block(in, &rows, t, count, queries, shells);
        shells->nested_examined = work <= context->limits.work_units;
    }
done:
    if (!shells->nested_examined)
        for (uint32_t s = 0; s < shells->count; s++) shells->shell[s].winding = 0;
    lqi_free(context, queries);
    return status;
}

static bool box_within(const lqi_box *a, const lqi_box *b)
{
    for (int i = 0; i < 3; i++)
        if (a->min[i] < b->min[i] || a->max[i] > b->max[i]) return false;
    return true;
}

/* A shell that begins in the material of another but reaches beyond its box crosses it, and is no mistaken cavity. The
 * largest is asked first: it holds most. */
static void tell_crossing_from_nested(lqi_shells *shells)
{
    uint32_t largest = 0;
    uint64_t pairs = 0;
    for (uint32_t s = 1; s < shells->count; s++)
        if (shells->shell[s].volume > shells->shell[largest].volume) largest = s;
    for (uint32_t s = 0; s < shells->count; s++) {
        lqi_shell *shell = &shells->shell[s];
        if (shell->kind != LQI_SHELL_NESTED) continue;
        bool within = s != largest && box_within(&shell->box, &shells->shell[largest].box);
        for (uint32_t o = 0; o < shells->count && !within && pairs < UNSEEN_PAIRS_MAX; o++, pairs++)
            within =
                o != s && shells->shell[o].volume > shell->volume && box_within(&shell->box, &shells->shell[o].box);
        if (!within && pairs < UNSEEN_PAIRS_MAX) shell->kind = LQI_SHELL_SOLID;
    }
}

static void classify(lqi_shells *shells)
{
    for (uint32_t s = 0; s < shells->count; s++) {
        lqi_shell *shell = &shells->shell[s];
        if (shell->volume == 0)
            shell->kind = LQI_SHELL_SHEET;
        else if (shell->winding >= 1)
            shell->kind = shell->volume > 0 ? LQI_SHELL_NESTED : LQI_SHELL_CAVITY;
        else
            shell->kind = shell->volume > 0 && shell->winding == 0 ? LQI_SHELL_SOLID : LQI_SHELL_INVERTED;
    }
    tell_crossing_from_nested(shells);
}

lq_status lqi_shells_init(lq_context *context, uint32_t shell_count, lqi_shells *shells)
{
    *shells = (lqi_shells){.count = shell_count, .nested_examined = true};
    shells->shell = lqi_alloc_array(context, shells->count, sizeof *shells->shell);
    if (!shells->shell) return lqi_memory_status(context);
    for (uint32_t s = 0; s < shells->count; s++)
        shells->shell[s] = (lqi_shell){.box = lqi_box_empty(), .first_triangle = UINT32_MAX};
    return LQ_OK;
}

lq_status lqi_shells_nest(lq_context *context, const lqi_shelled *in, lqi_shells *shells)
{
    if (shells->count > 1) LQI_TRY(find_windings(context, in, shells));
    classify(shells);
    return LQ_OK;
}

static double thin_overlap(const lqi_box *a, const lqi_box *b, double cell)
{
    double volume = 1;
    int thin = 0;
    for (int i = 0; i < 3; i++) {
        double length = fmin(a->max[i], b->max[i]) - fmax(a->min[i], b->min[i]);
        if (!(length > 0)) return 0;
        volume *= length;
        thin += length < 2 * cell;
    }
    return thin >= 2 ? volume : 0;
}

/* Shells in order of where they begin along x meet only those that begin before they end. */
lq_status lqi_shells_unseen_overlap(lq_context *context, const lqi_shells *shells, double cell, double *volume)
{
    *volume = 0;
    if (shells->count < 2) return LQ_OK;
    uint64_t *order = lqi_alloc_array(context, shells->count, sizeof *order);
    if (!order) return lqi_memory_status(context);
    for (uint32_t s = 0; s < shells->count; s++)
        order[s] = (lqi_order_key(shells->shell[s].box.min[0]) & ~(uint64_t)UINT32_MAX) | s;
    lqi_sort_u64(order, shells->count);
    uint64_t pairs = 0;
    for (uint32_t i = 0; i < shells->count && pairs < UNSEEN_PAIRS_MAX; i++) {
        const lqi_box *a = &shells->shell[(uint32_t)order[i]].box;
        uint64_t beyond = lqi_order_key(a->max[0]) | UINT32_MAX; /* the order knows the upper half of each key only */
        for (uint32_t k = i + 1; k < shells->count && order[k] <= beyond && pairs < UNSEEN_PAIRS_MAX; k++, pairs++)
            *volume += thin_overlap(a, &shells->shell[(uint32_t)order[k]].box, cell);
    }
    lqi_free(context, order);
    return LQ_OK;
}

double lqi_shells_size(const lqi_shells *shells)
{
    double size = 0;
    for (uint32_t s = 0; s < shells->count; s++) size += fabs(shells->shell[s].volume);
    return size;
}

bool lqi_shells_are_inside_out(const lqi_shells *shells)
{
    double speck = SPECK_SHARE * lqi_shells_size(shells);
    bool any_outer = false;
    for (uint32_t s = 0; s < shells->count; s++) {
        const lqi_shell *shell = &shells->shell[s];
        if (shell->winding != 0 || fabs(shell->volume) <= speck) continue;
        if (shell->volume > 0) return false;
        any_outer = true;
    }
    return any_outer;
}

void lqi_shells_turn(lqi_shells *shells)
{
    for (uint32_t s = 0; s < shells->count; s++) {
        shells->shell[s].volume = -shells->shell[s].volume;
        shells->shell[s].winding = -shells->shell[s].winding;
    }
    classify(shells);
}

void lqi_shells_free(lq_context *context, lqi_shells *shells)
{
    lqi_free(context, shells->shell);
    *shells = (lqi_shells){0};
}

/* How the fill rules see a winding number. */
static int is_solid(int rule, int winding) { return rule == 0 ? winding >= 1 : rule == 1 ? winding != 0 : winding & 1; }

int lqi_shell_counts(const lqi_shell *shell, int rule)
{
    int sign = (shell->volume > 0) - (shell->volume < 0);
    return is_solid(rule, shell->winding + sign) - is_solid(rule, shell->winding);
}

static double volume_by(const lqi_shells *shells, int rule, double signed_volume)
{
    double sum = 0;
    bool as_signed = true, as_negated = true;
    for (uint32_t s = 0; s < shells->count; s++) {
        const lqi_shell *shell = &shells->shell[s];
        int sign = (shell->volume > 0) - (shell->volume < 0), counts = lqi_shell_counts(shell, rule);
        sum += fabs(shell->volume) * counts;
        as_signed &= counts == sign;
        as_negated &= counts == -sign;
    }
    return as_signed ? signed_volume : as_negated ? -signed_volume : sum;
}

lqi_volume_by_rule lqi_shells_volume_by_rule(const lqi_shells *shells, double signed_volume)
{
    return (lqi_volume_by_rule){volume_by(shells, 0, signed_volume), volume_by(shells, 1, signed_volume),
                                volume_by(shells, 2, signed_volume)};
}
