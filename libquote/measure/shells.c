#include "measure/shells.h"

#include <math.h>
#include <string.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/sort.h"

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
    if (in->flag[triangle] & LQI_TRIANGLE_LEFT_OUT) return;
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

void lqi_shells_classify(lqi_shells *shells)
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
        if (shell->around || fabs(shell->volume) <= speck) continue;
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
    lqi_shells_classify(shells);
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
