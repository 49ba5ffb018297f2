#include "measure/wall_patches.h"

#include <math.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "measure/spread.h"

/* A patch that is no wider than this many times its level, whose sides are not parallel and whose thickness ends in
 * nothing or is not resolved, is a sharp edge. */
#define EDGE_WIDTH 3.5
#define EDGE_PARALLEL 0.985 /* 10 degrees */
#define DECLINE 1.5         /* mean over least thickness */

/* A staircase of cells is longer than the line it follows, by 4 / pi on average over all directions. */
#define STAIRS 0.7853981633974483

/* A side holds a patch when this share of its border and this many cells look that way. */
#define HELD_SHARE 0.1
#define HELD_LEAST 2

#define NONE UINT32_MAX

/* Connected nodes that are thinner than the level at hand. */
typedef struct cluster {
    lqi_spread spread;         /* of the middle surface, weighted with area */
    double thickness, opposed; /* area times each */
    float least, single;       /* the least thickness, where a neighbour is as thin, and of any node */
    uint32_t least_node;
    uint32_t held[6]; /* sides of cells of its border, two to a cell, where something thicker goes on, towards
                         -x +x -y +y -z +z */
    uint32_t free;    /* and where nothing does */
    double settled;   /* mean thickness when it was first large enough to be a patch; INFINITY: it is not */
    bool gone;        /* part of another */
} cluster;

typedef struct clusters {
    lq_context *context;
    const lqi_dexels *dexels;
    const lqi_wall_nodes *nodes;
    uint32_t *parent;  /* per node; NONE: it is thicker than the level at hand */
    uint32_t *of_root; /* per node that is a root: its cluster */
    cluster *cluster;
    size_t count, capacity;
    double centre[3]; /* of the body: places are counted from there */
} clusters;

/* ---- growing ---- */

static uint32_t root_of(uint32_t *parent, uint32_t i)
{
    while (parent[i] != i) i = parent[i] = parent[parent[i]];
    return i;
}

static bool is_in(const clusters *c, uint32_t beside)
{
    return beside <= LQI_WALL_NODES_MAX && c->parent[beside] != NONE;
}

static uint32_t join(clusters *c, uint32_t a, uint32_t b)
{
    a = root_of(c->parent, a), b = root_of(c->parent, b);
    if (a == b) return a;
    if (c->of_root[b] < c->of_root[a]) { /* the older one stays */
        uint32_t swap = a;
        a = b;
        b = swap;
    }
    cluster *to = &c->cluster[c->of_root[a]], *from = &c->cluster[c->of_root[b]];
    lqi_spread_join(&to->spread, &from->spread);
    to->thickness += from->thickness;
    to->opposed += from->opposed;
    to->single = fminf(to->single, from->single);
    if (from->least < to->least) to->least = from->least, to->least_node = from->least_node;
    for (int side = 0; side < 6; side++) to->held[side] += from->held[side];
    to->free += from->free;
    to->settled = fmin(to->settled, from->settled);
    from->gone = true;
    c->parent[b] = a;
    return a;
}

/* A place is as thin as its thinnest neighbour at most: a single run that grazes a corner proves nothing. */
static float steady_thickness(const lqi_wall_nodes *nodes, const lqi_wall_node *node)
{
    float least = INFINITY;
    for (int side = 0; side < 4; side++) {
        uint32_t beside = node->neighbour[side];
        if (beside <= LQI_WALL_NODES_MAX) least = fminf(least, nodes->node[beside].thickness);
    }
    return fmaxf(least, node->thickness);
}

static int world_side(const lqi_wall_node *node, int side) { return 2 * ((node->axis + 1 + side / 2) % 3) + side % 2; }

static void add_to_cluster(clusters *c, uint32_t i, cluster *to)
{
    const lqi_wall_node *node = &c->nodes->node[i];
    if (!node->ends) return;
    double place[3], area = (double)node->area;
    lqi_wall_node_place(c->dexels, node, place);
    for (int k = 0; k < 3; k++) place[k] -= c->centre[k];
    lqi_spread_add(&to->spread, place, area);
    to->thickness += area * (double)node->thickness;
    to->opposed += area * (double)node->opposed;
    to->single = fminf(to->single, node->thickness);
    float steady = steady_thickness(c->nodes, node);
    if (steady < to->least) to->least = steady, to->least_node = i;
    for (int side = 0; side < 4; side++) {
        uint32_t beside = node->neighbour[side];
        if (beside == LQI_BESIDE_NOTHING)
            to->free += node->ends;
        else if (beside != LQI_BESIDE_STEEP && !is_in(c, beside))
            to->held[world_side(node, side)] += node->ends;
    }
}

static lq_status add_node(clusters *c, uint32_t i)
{
    const lqi_wall_node *node = &c->nodes->node[i];
    uint32_t root = NONE,
             links[5] = {node->neighbour[0], node->neighbour[1], node->neighbour[2], node->neighbour[3], node->other};
    for (int link = 0; link < 5; link++)
        if (is_in(c, links[link])) root = root == NONE ? root_of(c->parent, links[link]) : join(c, root, links[link]);
    if (root == NONE) {
        LQI_TRY(lqi_grow(c->context, (void **)&c->cluster, &c->capacity, c->count + 1, sizeof *c->cluster));
        c->cluster[c->count] = (cluster){.least = INFINITY, .single = INFINITY, .settled = INFINITY};
        c->of_root[i] = (uint32_t)c->count++;
        root = i;
    }
    c->parent[i] = root;
    cluster *own = &c->cluster[c->of_root[root]];
    add_to_cluster(c, i, own);
    for (int side = 0; side < 4; side++) { /* what was the border of a neighbour is none now */
        if (!is_in(c, links[side]) || links[side] == i) continue;
        const lqi_wall_node *beside = &c->nodes->node[links[side]];
        if (beside->neighbour[side ^ 1] == i) own->held[world_side(beside, side ^ 1)] -= beside->ends;
    }
    return LQ_OK;
}

/* ---- reading ---- */

static double border_of(const clusters *c, const cluster *from, double *held)
{
    *held = 0;
    for (int side = 0; side < 6; side++) *held += from->held[side];
    double border = (*held + from->free) / 2 * c->dexels->cell * STAIRS;
    *held = *held + from->free > 0 ? *held / (*held + from->free) : 0;
    return border;
}

static bool is_supported(const cluster *from)
{
    double all = from->free;
    for (int side = 0; side < 6; side++) all += from->held[side];
    double enough = fmax(2 * HELD_LEAST, HELD_SHARE * all);
    for (int way = 0; way < 6; way += 2)
        if (from->held[way] >= enough && from->held[way + 1] >= enough) return true;
    return false;
}

static bool is_sharp_edge(const cluster *from, double border, double level, double cell)
{
    double area = from->spread.weight, mean = from->thickness / area;
    return area / border < EDGE_WIDTH * level && from->opposed / area < EDGE_PARALLEL &&
           (mean > DECLINE * (double)from->single || area / border < 2 * cell);
}

/* Where a patch ends in an edge the edge is not its thickness, but the mean of the least that makes a patch. */
static double least_of(const cluster *from)
{
    return from->settled > DECLINE * (double)from->single ? from->settled : (double)from->least;
}

static lqi_wall_patch patch_of(const clusters *c, const cluster *from)
{
    double held, size[3];
    const lqi_wall_node *node = &c->nodes->node[from->least_node];
    border_of(c, from, &held);
    lqi_spread_sizes(&from->spread, size);
    lqi_wall_patch patch = {.min_mm = least_of(from),
                            .mean_mm = from->thickness / from->spread.weight,
                            .area_mm2 = from->spread.weight,
                            .length_mm = size[0],
                            .width_mm = size[1],
                            .attached = held,
                            .supported = is_supported(from),
                            .facet = c->dexels->axis[node->axis].run[node->run].high_facet};
    lqi_wall_node_place(c->dexels, node, patch.place);
    for (int k = 0; k < 3; k++) patch.centre[k] = from->spread.first[k] / from->spread.weight + c->centre[k];
    return patch;
}

/* How much is missing to the level, over the patch: by this the worst is first. */
static double badness(const lqi_wall_patch *patch, double level)
{
    return patch->area_mm2 * (1 - patch->mean_mm / level);
}

/* Keeps the worst of a level, in order. */
static void keep(lqi_wall_patch *kept, uint32_t *count, const lqi_wall_patch *patch, double level)
{
    uint32_t at = *count;
    while (at && badness(&kept[at - 1], level) < badness(patch, level)) at--;
    if (at == LQI_WALL_PATCHES) return;
    if (*count < LQI_WALL_PATCHES) ++*count;
    for (uint32_t i = *count - 1; i > at; i--) kept[i] = kept[i - 1];
    kept[at] = *patch;
}

static void note_thinnest(const lqi_wall_patch *patch, lqi_walls *walls)
{
    if (patch->min_mm >= walls->min_mm) return;
    walls->min_mm = patch->min_mm;
    for (int k = 0; k < 3; k++) walls->min_place[k] = patch->place[k];
}

/* Sharp edges are as long as their strip is where its width is a few cells. */
static bool tells_sharp_edges(const clusters *c, int level)
{
    double least = 3 * c->dexels->cell;
    if (lqi_wall_level_mm[level] < least) return level + 1 == LQI_WALL_LEVELS;
    return level == 0 || lqi_wall_level_mm[level - 1] < least;
}

static void read_level(const clusters *c, int index, lqi_walls *walls)
{
    lqi_wall_level *level = &walls->level[index];
    double most_sharp = 0, upto = lqi_wall_level_mm[index], least_area = 4 * c->dexels->cell * c->dexels->cell;
    bool found_before = isfinite(walls->min_mm);
    level->first = walls->patch_count;
    for (size_t i = 0; i < c->count; i++) {
        cluster *from = &c->cluster[i];
        if (from->gone || from->spread.weight <= least_area || !isfinite(from->least)) continue;
        double held, border = border_of(c, from, &held);
        if (is_sharp_edge(from, border, upto, c->dexels->cell)) {
            if (!tells_sharp_edges(c, index)) continue;
            double size[3], length;
            lqi_spread_sizes(&from->spread, size);
            walls->sharp_mm += length = fmax(size[0], border / 2 - from->spread.weight / border); /* straight or bent */
            if (length <= most_sharp) continue;
            most_sharp = length;
            lqi_wall_node_place(c->dexels, &c->nodes->node[from->least_node], walls->sharp_place);
            continue;
        }
        if (!isfinite(from->settled)) from->settled = from->thickness / from->spread.weight;
        lqi_wall_patch patch = patch_of(c, from);
        if (patch.length_mm <= patch.min_mm) continue;
        level->count++;
        level->area_mm2 += patch.area_mm2;
        if (!found_before) note_thinnest(&patch, walls);
        keep(walls->patch + level->first, &level->kept, &patch, upto);
    }
    walls->patch_count += level->kept;
}

/* The nodes of each level, in their order. */
static lq_status sort_by_level(lq_context *context, const lqi_wall_nodes *nodes, uint32_t first[LQI_WALL_LEVELS + 1],
                               uint32_t **order)
{
    uint32_t place[LQI_WALL_LEVELS] = {0}, sum = 0;
    *order = lqi_alloc_array(context, nodes->count, sizeof **order);
    if (!*order) return lqi_memory_status(context);
    for (uint32_t i = 0; i < nodes->count; i++) place[nodes->node[i].level]++;
    for (int level = 0; level < LQI_WALL_LEVELS; level++) {
        first[level] = sum;
        sum += place[level];
        place[level] = first[level];
    }
    first[LQI_WALL_LEVELS] = sum;
    for (uint32_t i = 0; i < nodes->count; i++) (*order)[place[nodes->node[i].level]++] = i;
    return LQ_OK;
}

lq_status lqi_wall_patches_find(lq_context *context, const lqi_dexels *dexels, const lqi_wall_nodes *nodes,
                                lqi_walls *walls)
{
    clusters c = {.context = context, .dexels = dexels, .nodes = nodes};
    uint32_t first[LQI_WALL_LEVELS + 1], *order = NULL;
    lq_status status;
    lqi_box_centre(&dexels->box, c.centre);
    c.parent = lqi_alloc_array(context, nodes->count, sizeof *c.parent);
    c.of_root = c.parent ? lqi_alloc_array(context, nodes->count, sizeof *c.of_root) : NULL;
    walls->patch =
        c.of_root ? lqi_alloc_array(context, LQI_WALL_LEVELS * LQI_WALL_PATCHES, sizeof *walls->patch) : NULL;
    if (!walls->patch) {
        status = lqi_memory_status(context);
        goto done;
    }
    for (uint32_t i = 0; i < nodes->count; i++) c.parent[i] = NONE;
    LQI_TRY_GOTO(sort_by_level(context, nodes, first, &order));
    for (int level = 0; level < LQI_WALL_LEVELS; level++) {
        LQI_TRY_GOTO(lqi_progress(context, "walls", first[level], nodes->count));
        for (uint32_t i = first[level]; i < first[level + 1]; i++) LQI_TRY_GOTO(add_node(&c, order[i]));
        read_level(&c, level, walls);
    }
done:
    lqi_free(context, order);
    lqi_free(context, c.cluster);
    lqi_free(context, c.of_root);
    lqi_free(context, c.parent);
    return status;
}
