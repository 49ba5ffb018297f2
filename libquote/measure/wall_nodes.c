#include "measure/wall_nodes.h"

#include <math.h>
#include <string.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/threads.h"

/* Two sides are those of a wall when their normals are this far from each other. */
#define OPPOSITE (-0.7)

/* Runs whose ends are so steep that another axis sees them better by far are not looked at one by one. */
#define STEEP 0.35

/* A run that is no wall is thick when it is so many times as long as the wall beside it. */
#define RIM 2

/* Corners snap to 1/LQI_SUBCELLS of a cell, which moves each end by 1 of them where the surface is steepest. */
#define SNAPS 1.5

const double lqi_wall_upto_mm[LQI_WALL_BINS] = {
    0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1, 0.12, 0.15, 0.18, 0.2, 0.25, 0.3, 0.35,
    0.4,  0.45,  0.5,  0.6,  0.7,  0.8,  0.9,  1,    1.1, 1.2,  1.3,  1.5,  1.8, 2,    2.2, 2.5,
    2.8,  3,     3.5,  4,    4.5,  5,    6,    7,    8,   9,    10,   12,   15,  18,   20,  25,
    30,   35,    40,   50,   60,   70,   80,   100,  120, 150,  200,  250,  300, 400,  500, 1000};

const double lqi_wall_level_mm[LQI_WALL_LEVELS] = {0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7,
                                                   0.8, 0.9,  1,   1.1,  1.2, 1.3,  1.5, 1.8,  2,   2.5, 3};

/* One axis at work. */
typedef struct axis_work {
    const lqi_dexels *dexels;
    const lqi_dexel_axis *axis;
    lqi_wall_nodes *nodes;
    lq_context *context;
    double area[LQI_WALL_BINS], least[LQI_WALL_BINS], most[LQI_WALL_BINS];
    lqi_wall_node *node;
    size_t node_count, node_capacity;
} axis_work;

/* ---- thickness ---- */

static int bin_of(double t)
{
    int low = 0, high = LQI_WALL_BINS - 1;
    while (low < high) {
        int middle = (low + high) / 2;
        if (t < lqi_wall_upto_mm[middle])
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* Each piece of surface counts along the axis that it faces most, the first of equals. */
static bool faces(const float n[3], int k)
{
    float own = fabsf(n[k]);
    for (int i = 0; i < 3; i++)
        if (i < k ? fabsf(n[i]) >= own : fabsf(n[i]) > own) return false;
    return true;
}

typedef struct wall {
    double thickness, area, opposed;
    bool steep;
    uint8_t ends;
} wall;

/* The ball that touches one side at the end of a run, and the plane of the other side, has the diameter
 * 2 length |n2_k| / (1 - n1 . n2). The mean from both ends is exact for parallel walls and balls and bars, and nearly
 * so for tubes, where one end says too little and the other too much. */
static bool measure_wall(const lqi_dexels *dexels, int k, const lqi_run *run, wall *w)
{
    const float *low = dexels->normal + 3 * (size_t)run->low_facet;
    const float *high = dexels->normal + 3 * (size_t)run->high_facet;
    double dot = (double)low[0] * high[0] + (double)low[1] * high[1] + (double)low[2] * high[2];
    if (!(dot < OPPOSITE)) return false;
    double down = fabs((double)low[k]), up = fabs((double)high[k]), cell = dexels->cell;
    w->thickness = (run->high - run->low) * (down + up) / (1 - dot);
    w->opposed = -dot;
    bool first = faces(low, k), last = faces(high, k);
    w->area = (first ? cell * cell / down : 0) + (last ? cell * cell / up : 0);
    w->ends = (uint8_t)(first + last);
    w->steep = !(down > STEEP && up > STEEP);
    return true;
}

static void add_to_histogram(axis_work *work, const wall *w)
{
    int bin = bin_of(w->thickness + work->nodes->tolerance);
    work->area[bin] += w->area;
    work->least[bin] = fmin(work->least[bin], w->thickness);
    work->most[bin] = fmax(work->most[bin], w->thickness);
}

static lq_status add_node(axis_work *work, uint32_t column, uint32_t run, const wall *w)
{
    double t = w->thickness + work->nodes->tolerance;
    if (w->steep || !(t < lqi_wall_level_mm[LQI_WALL_LEVELS - 1])) return LQ_OK;
    if (work->node_count == work->node_capacity)
        LQI_TRY(lqi_grow(work->context, (void **)&work->node, &work->node_capacity, work->node_count + 1,
                         sizeof *work->node));
    lqi_wall_node *node = &work->node[work->node_count];
    *node = (lqi_wall_node){
        .thickness = (float)w->thickness,
        .area = (float)w->area,
        .opposed = (float)w->opposed,
        .run = run,
        .other = LQI_BESIDE_NOTHING,
        .ends = w->ends,
        .column = {(uint16_t)(column % work->axis->across[0]), (uint16_t)(column / work->axis->across[0])},
        .axis = (uint8_t)work->axis->axis};
    while (!(t < lqi_wall_level_mm[node->level])) node->level++;
    work->nodes->node_of[work->axis->axis][run] = (uint32_t)work->node_count++;
    return LQ_OK;
}

static lq_status measure_axis(void *user, size_t index)
{
    axis_work *work = (axis_work *)user + index;
    const lqi_dexel_axis *axis = work->axis;
    lqi_wall_nodes *nodes = work->nodes;
    size_t columns = (size_t)axis->across[0] * axis->across[1], runs = axis->first[columns];
    for (int bin = 0; bin < LQI_WALL_BINS; bin++) work->area[bin] = work->most[bin] = 0, work->least[bin] = INFINITY;
    nodes->thickness[index] = lqi_alloc_array(work->context, runs, sizeof **nodes->thickness);
    nodes->node_of[index] =
        nodes->thickness[index] ? lqi_alloc_array(work->context, runs, sizeof **nodes->node_of) : NULL;
    if (!nodes->node_of[index]) return lqi_memory_status(work->context);
    for (uint32_t c = 0; c < columns; c++)
        for (uint32_t r = axis->first[c]; r < axis->first[c + 1]; r++) {
            wall w;
            nodes->thickness[index][r] = INFINITY;
            nodes->node_of[index][r] = LQI_BESIDE_NOTHING;
            if (!measure_wall(work->dexels, axis->axis, &axis->run[r], &w)) continue;
            nodes->thickness[index][r] = (float)w.thickness;
            if (w.ends) add_to_histogram(work, &w);
            LQI_TRY(add_node(work, c, r, &w));
        }
    return LQ_OK;
}

/* ---- neighbours ---- */

static uint32_t run_near(const lqi_dexel_axis *axis, uint32_t column, double height, double slack)
{
    for (uint32_t r = axis->first[column]; r < axis->first[column + 1]; r++)
        if (axis->run[r].low - slack <= height && height <= axis->run[r].high + slack) return r;
    return LQI_BESIDE_NOTHING;
}

uint32_t lqi_dexel_run_at(const lqi_dexel_axis *axis, const double place[3], double slack)
{
    uint32_t column[2];
    for (int way = 0; way < 2; way++) {
        double at = (place[(axis->axis + 1 + way) % 3] - axis->origin[way]) / axis->cell;
        if (!(at >= 0 && at < axis->across[way])) return LQI_BESIDE_NOTHING;
        column[way] = (uint32_t)at;
    }
    return run_near(axis, column[1] * axis->across[0] + column[0], place[axis->axis], slack);
}

void lqi_wall_node_place(const lqi_dexels *dexels, const lqi_wall_node *node, double place[3])
{
    const lqi_dexel_axis *axis = &dexels->axis[node->axis];
    const lqi_run *run = &axis->run[node->run];
    place[node->axis] = run->low + (run->high - run->low) / 2;
    for (int way = 0; way < 2; way++)
        place[(node->axis + 1 + way) % 3] = lqi_dexel_centre(axis, way, node->column[way]);
}

/* How far the middle of a wall rises from one column to the next along u and v, in cells. */
static void find_rise(const lqi_dexels *dexels, const lqi_wall_node *node, double rise[2])
{
    const lqi_run *run = &dexels->axis[node->axis].run[node->run];
    const float *low = dexels->normal + 3 * (size_t)run->low_facet;
    const float *high = dexels->normal + 3 * (size_t)run->high_facet;
    int k = node->axis;
    for (int way = 0; way < 2; way++) {
        int across = (k + 1 + way) % 3;
        rise[way] = -((double)low[across] / low[k] + (double)high[across] / high[k]) / 2;
    }
}

/* length: of the run that looks. What is not much longer and has no opposite sides is a rim, or the flank of a bar. */
static uint32_t what_is_beside(const lqi_wall_nodes *nodes, const lqi_dexel_axis *axis, uint32_t run, double length)
{
    int k = axis->axis;
    if (run == LQI_BESIDE_NOTHING) return LQI_BESIDE_NOTHING;
    if (nodes->node_of[k][run] != LQI_BESIDE_NOTHING) return nodes->base[k] + nodes->node_of[k][run];
    double t = (double)nodes->thickness[k][run] + nodes->tolerance;
    if (t < lqi_wall_level_mm[LQI_WALL_LEVELS - 1]) return LQI_BESIDE_STEEP;
    if (isfinite(t)) return LQI_BESIDE_THICK;
    return axis->run[run].high - axis->run[run].low > RIM * length ? LQI_BESIDE_THICK : LQI_BESIDE_NOTHING;
}

/* The node of the axis that sees this wall second best, so that patches go on where the best one changes. */
static uint32_t find_other(const lqi_dexels *dexels, const lqi_wall_nodes *nodes, const lqi_wall_node *node,
                           const double rise[2], double slack)
{
    int way = fabs(rise[1]) > fabs(rise[0]), k = (node->axis + 1 + way) % 3;
    if (fabs(rise[way]) < 0.5) return LQI_BESIDE_NOTHING;
    double place[3];
    lqi_wall_node_place(dexels, node, place);
    uint32_t beside = what_is_beside(nodes, &dexels->axis[k], lqi_dexel_run_at(&dexels->axis[k], place, slack), 0);
    return beside <= LQI_WALL_NODES_MAX ? beside : LQI_BESIDE_NOTHING;
}

typedef struct link_work {
    const lqi_dexels *dexels;
    lqi_wall_nodes *nodes;
} link_work;

static lq_status link_axis(void *user, size_t k)
{
    const link_work *work = user;
    lqi_wall_nodes *nodes = work->nodes;
    const lqi_dexel_axis *axis = &work->dexels->axis[k];
    for (uint32_t i = nodes->base[k]; i < nodes->base[k + 1]; i++) {
        lqi_wall_node *node = &nodes->node[i];
        const lqi_run *run = &axis->run[node->run];
        double length = run->high - run->low, middle = run->low + length / 2, rise[2];
        double slack = 0.1 * axis->cell + 0.25 * length;
        find_rise(work->dexels, node, rise);
        for (int side = 0; side < 4; side++) {
            int way = side / 2, step = side % 2 ? 1 : -1;
            uint32_t column = (uint32_t)node->column[1] * axis->across[0] + node->column[0];
            uint32_t found = LQI_BESIDE_NOTHING;
            if (step > 0 ? node->column[way] + 1u < axis->across[way] : node->column[way] > 0)
                found = run_near(axis, way ? column + (uint32_t)step * axis->across[0] : column + (uint32_t)step,
                                 middle + step * rise[way] * axis->cell, slack);
            node->neighbour[side] = what_is_beside(nodes, axis, found, length);
        }
        node->other = find_other(work->dexels, nodes, node, rise, slack);
    }
    return LQ_OK;
}

/* ---- the whole ---- */

static void finish_histogram(const axis_work work[3], lqi_walls *walls)
{
    for (int bin = 0; bin < LQI_WALL_BINS; bin++) {
        walls->histogram_mm2[bin] = work[0].area[bin] + work[1].area[bin] + work[2].area[bin];
        walls->least_mm[bin] = fmin(work[0].least[bin], fmin(work[1].least[bin], work[2].least[bin]));
        walls->most_mm[bin] = fmax(work[0].most[bin], fmax(work[1].most[bin], work[2].most[bin]));
        walls->area_mm2 += walls->histogram_mm2[bin];
    }
}

static lq_status gather_nodes(axis_work work[3], lqi_wall_nodes *nodes)
{
    size_t count = 0;
    for (int k = 0; k < 3; k++) {
        nodes->base[k] = (uint32_t)count;
        count += work[k].node_count;
    }
    nodes->base[3] = nodes->count = (uint32_t)count;
    nodes->node = lqi_alloc_array(work->context, count, sizeof *nodes->node);
    if (!nodes->node) return lqi_memory_status(work->context);
    for (int k = 0; k < 3; k++)
        if (work[k].node_count)
            memcpy(nodes->node + nodes->base[k], work[k].node, work[k].node_count * sizeof *nodes->node);
    return LQ_OK;
}

lq_status lqi_wall_nodes_find(lq_context *context, const lqi_dexels *dexels, lqi_walls *walls, lqi_wall_nodes *nodes)
{
    axis_work work[3];
    lq_status status;
    *nodes = (lqi_wall_nodes){.tolerance = SNAPS * dexels->cell / LQI_SUBCELLS + dexels->same_place};
    walls->tolerance_mm = nodes->tolerance;
    for (int k = 0; k < 3; k++)
        work[k] = (axis_work){.dexels = dexels, .axis = &dexels->axis[k], .nodes = nodes, .context = context};
    LQI_TRY_GOTO(lqi_parallel(context, 3, measure_axis, work));
    finish_histogram(work, walls);
    LQI_TRY_GOTO(gather_nodes(work, nodes));
    LQI_TRY_GOTO(lqi_parallel(context, 3, link_axis, &(link_work){dexels, nodes}));
done:
    for (int k = 0; k < 3; k++) lqi_free(context, work[k].node);
    if (status != LQ_OK) lqi_wall_nodes_free(context, nodes);
    return status;
}

void lqi_wall_nodes_free(lq_context *context, lqi_wall_nodes *nodes)
{
    for (int k = 0; k < 3; k++) {
        lqi_free(context, nodes->thickness[k]);
        lqi_free(context, nodes->node_of[k]);
    }
    lqi_free(context, nodes->node);
    *nodes = (lqi_wall_nodes){0};
}
