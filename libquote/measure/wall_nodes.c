#include "measure/wall_nodes.h"

#include <math.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/threads.h"

/* Two sides are those of a wall when their normals are this far from each other. */
#define OPPOSITE (-0.7)

/* A neighbour that is not known yet. */
#define UNKNOWN (UINT32_MAX - 3)

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
    int bin; /* the last */
    uint32_t node_count;
} axis_work;

/* ---- thickness ---- */

/* guess: often right, where walls are alike. */
static int bin_of(double t, int guess)
{
    if (t < lqi_wall_upto_mm[guess] && (guess == 0 || t >= lqi_wall_upto_mm[guess - 1])) return guess;
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
static inline bool faces(const float n[3], int k)
{
    const float own = fabsf(n[k]), x = fabsf(n[0]), y = fabsf(n[1]), z = fabsf(n[2]);
    const float before = k > 1 ? (x > y ? x : y) : k ? x : -1, behind = k < 1 ? (y > z ? y : z) : k < 2 ? z : -1;
    return (own > before) & (own >= behind);
}

typedef struct wall {
    double thickness, area, opposed;
    double rise[2];
    float level_z;
    uint8_t ends;
} wall;

/* The ball that touches one side at the end of a run, and the plane of the other side, has the diameter
 * 2 length |n2_k| / (1 - n1 . n2). The mean from both ends is exact for parallel walls and balls and bars, and nearly
 * so for tubes, where one end says too little and the other too much. */
static inline bool measure_wall(const lqi_dexels *dexels, int k, const lqi_run *run, wall *w)
{
    const float *low = dexels->normal + 3 * (size_t)run->low_facet;
    const float *high = dexels->normal + 3 * (size_t)run->high_facet;
    double dot = (double)low[0] * high[0] + (double)low[1] * high[1] + (double)low[2] * high[2];
    if (!(dot < OPPOSITE)) return false;
    double down = fabs((double)low[k]), up = fabs((double)high[k]), cell = dexels->cell;
    w->thickness = (run->high - run->low) * (down + up) / (1 - dot);
    w->opposed = -dot;
    w->level_z = fabsf(high[2]);
    bool first = faces(low, k), last = faces(high, k);
    w->area = (first ? cell * cell / down : 0) + (last ? cell * cell / up : 0);
    w->ends = (uint8_t)(first + last);
    for (int way = 0; way < 2; way++) {
        int across = (k + 1 + way) % 3;
        w->rise[way] = -((double)high[across] - (double)low[across]) / ((double)high[k] - (double)low[k]);
    }
    return true;
}

static void add_to_histogram(axis_work *work, const wall *w)
{
    int bin = work->bin = bin_of(w->thickness + work->nodes->tolerance, work->bin);
    work->area[bin] += w->area;
    if (w->thickness < work->least[bin]) work->least[bin] = w->thickness;
    if (w->thickness > work->most[bin]) work->most[bin] = w->thickness;
}

static bool is_thin(const lqi_wall_nodes *nodes, const wall *w)
{
    return w->thickness + nodes->tolerance < lqi_wall_level_mm[LQI_WALL_LEVELS - 1];
}

static lqi_wall_node node_of_wall(const axis_work *work, uint32_t column, uint32_t run, const wall *w)
{
    lqi_wall_node node = {
        .thickness = (float)w->thickness,
        .area = (float)w->area,
        .opposed = (float)w->opposed,
        .run = run,
        .level_z = w->level_z,
        .rise = {(float)w->rise[0], (float)w->rise[1]},
        .neighbour = {UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN},
        .ends = w->ends,
        .column = {(uint16_t)(column % work->axis->across[0]), (uint16_t)(column / work->axis->across[0])},
        .axis = (uint8_t)work->axis->axis};
    while (!(w->thickness + work->nodes->tolerance < lqi_wall_level_mm[node.level])) node.level++;
    return node;
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
            if (!w.ends) continue;
            add_to_histogram(work, &w);
            if (is_thin(nodes, &w)) nodes->node_of[index][r] = work->node_count++;
        }
    return LQ_OK;
}

/* Those that were counted, measured once more: they may be as many as runs, and must not be held twice. */
static lq_status make_nodes(void *user, size_t index)
{
    const axis_work *work = (axis_work *)user + index;
    const lqi_dexel_axis *axis = work->axis;
    const lqi_wall_nodes *nodes = work->nodes;
    size_t columns = (size_t)axis->across[0] * axis->across[1];
    for (uint32_t c = 0; c < columns && work->node_count; c++)
        for (uint32_t r = axis->first[c]; r < axis->first[c + 1]; r++) {
            wall w;
            if (nodes->node_of[index][r] == LQI_BESIDE_NOTHING) continue;
            if (measure_wall(work->dexels, axis->axis, &axis->run[r], &w))
                nodes->node[nodes->base[index] + nodes->node_of[index][r]] = node_of_wall(work, c, r, &w);
        }
    return LQ_OK;
}

/* ---- neighbours ---- */

/* The first that holds a height, give or take some mm. */
static uint32_t run_near(const lqi_dexel_axis *axis, uint32_t column, double height, double slack)
{
    uint32_t low = axis->first[column], end = axis->first[column + 1], behind = end;
    while (low < end) { /* the first that does not end below */
        uint32_t middle = low + (end - low) / 2;
        if (axis->run[middle].high + slack < height)
            low = middle + 1;
        else
            end = middle;
    }
    return low < behind && axis->run[low].low - slack <= height ? low : LQI_BESIDE_NOTHING;
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

static void run_place(const lqi_dexel_axis *axis, uint32_t column, uint32_t run, double place[3])
{
    place[axis->axis] = axis->run[run].low + (axis->run[run].high - axis->run[run].low) / 2;
    place[(axis->axis + 1) % 3] = lqi_dexel_centre(axis, 0, column % axis->across[0]);
    place[(axis->axis + 2) % 3] = lqi_dexel_centre(axis, 1, column / axis->across[0]);
}

void lqi_wall_node_place(const lqi_dexels *dexels, const lqi_wall_node *node, double place[3])
{
    const lqi_dexel_axis *axis = &dexels->axis[node->axis];
    run_place(axis, (uint32_t)node->column[1] * axis->across[0] + node->column[0], node->run, place);
}

typedef struct link_work {
    const lqi_dexels *dexels;
    lqi_wall_nodes *nodes;
} link_work;

/* A thin wall of which a side is best seen along another axis: its node there. */
static uint32_t seen_from_elsewhere(const link_work *work, const lqi_dexel_axis *axis, uint32_t column, uint32_t run,
                                    double slack)
{
    const float *low = work->dexels->normal + 3 * (size_t)axis->run[run].low_facet;
    const float *high = work->dexels->normal + 3 * (size_t)axis->run[run].high_facet;
    const float *normal = faces(high, axis->axis) ? low : high;
    int k = faces(normal, 0) ? 0 : faces(normal, 1) ? 1 : 2;
    double place[3];
    run_place(axis, column, run, place);
    uint32_t found = lqi_dexel_run_at(&work->dexels->axis[k], place, slack);
    if (found == LQI_BESIDE_NOTHING || work->nodes->node_of[k][found] == LQI_BESIDE_NOTHING) return LQI_BESIDE_STEEP;
    return work->nodes->base[k] + work->nodes->node_of[k][found];
}

static double slack_of(const lqi_dexel_axis *axis, double length) { return 0.1 * axis->cell + 0.25 * length; }

/* Looks into a column at a height. length: of the run that looks. */
static uint32_t look_beside(const link_work *work, const lqi_dexel_axis *axis, uint32_t column, double height,
                            double length)
{
    const lqi_wall_nodes *nodes = work->nodes;
    double slack = slack_of(axis, length);
    uint32_t run = run_near(axis, column, height, slack);
    if (run == LQI_BESIDE_NOTHING) return LQI_BESIDE_NOTHING;
    if (nodes->node_of[axis->axis][run] != LQI_BESIDE_NOTHING)
        return nodes->base[axis->axis] + nodes->node_of[axis->axis][run];
    double t = (double)nodes->thickness[axis->axis][run] + nodes->tolerance;
    if (t < lqi_wall_level_mm[LQI_WALL_LEVELS - 1]) return seen_from_elsewhere(work, axis, column, run, slack);
    if (isfinite(t)) return LQI_BESIDE_THICK;
    /* What is not much longer and has no opposite sides is a rim, or the flank of a bar. */
    return axis->run[run].high - axis->run[run].low > RIM * length ? LQI_BESIDE_THICK : LQI_BESIDE_NOTHING;
}

static lq_status link_axis(void *user, size_t k)
{
    const link_work *work = user;
    lqi_wall_nodes *nodes = work->nodes;
    const lqi_dexel_axis *axis = &work->dexels->axis[k];
    for (uint32_t i = nodes->base[k]; i < nodes->base[k + 1]; i++) {
        lqi_wall_node *node = &nodes->node[i];
        const lqi_run *run = &axis->run[node->run];
        double length = run->high - run->low, middle = run->low + length / 2;
        uint32_t column = (uint32_t)node->column[1] * axis->across[0] + node->column[0];
        node->other = LQI_BESIDE_NOTHING;
        if (node->ends == 1) node->other = seen_from_elsewhere(work, axis, column, node->run, slack_of(axis, length));
        for (int side = 0; side < 4; side++) {
            if (node->neighbour[side] != UNKNOWN) continue;
            int way = side / 2, step = side % 2 ? 1 : -1;
            node->neighbour[side] = LQI_BESIDE_NOTHING;
            if (step > 0 ? node->column[way] + 1u == axis->across[way] : node->column[way] == 0) continue;
            uint32_t next = way ? column + (uint32_t)step * axis->across[0] : column + (uint32_t)step;
            uint32_t beside =
                look_beside(work, axis, next, middle + step * (double)node->rise[way] * axis->cell, length);
            node->neighbour[side] = beside;
            if (beside < nodes->base[k] || beside >= nodes->base[k + 1]) continue;
            if (nodes->node[beside].neighbour[side ^ 1] == UNKNOWN) nodes->node[beside].neighbour[side ^ 1] = i;
        }
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

static lq_status make_room(const axis_work work[3], lqi_wall_nodes *nodes)
{
    size_t count = 0;
    for (int k = 0; k < 3; k++) {
        nodes->base[k] = (uint32_t)count;
        count += work[k].node_count;
    }
    nodes->base[3] = nodes->count = (uint32_t)count;
    nodes->node = lqi_alloc_array(work->context, count, sizeof *nodes->node);
    return nodes->node ? LQ_OK : lqi_memory_status(work->context);
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
    LQI_TRY_GOTO(make_room(work, nodes));
    LQI_TRY_GOTO(lqi_parallel(context, 3, make_nodes, work));
    LQI_TRY_GOTO(lqi_parallel(context, 3, link_axis, &(link_work){dexels, nodes}));
done:
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
