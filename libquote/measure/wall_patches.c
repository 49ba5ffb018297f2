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

/* Balls are tried so many thicknesses away from the rim of a patch, where it is about as thin. */
#define ROOM 0.75
#define ALIKE 1.1F

#define CONFIRM_LEAST 0.75
#define CONFIRM_MOST 1.3

/* A strip on thicker material is held along one of its two sides, a peg at one end alone. */
#define RAISED_HELD 0.25

#define NONE UINT32_MAX

/* Connected nodes that are thinner than the level at hand. */
typedef struct cluster {
    lqi_spread spread;                /* of the middle surface, weighted with area */
    double thickness, opposed, level; /* area times each; level: |n_z| */
    float least, single;              /* the least thickness, where a neighbour is as thin, and of any node */
    uint32_t least_node;
    uint32_t held[6]; /* sides of cells of its border, two to a cell, where something thicker goes on, towards
                         -x +x -y +y -z +z */
    uint32_t free;    /* and where nothing does */
    double settled;   /* mean thickness when it was first large enough to be a patch; INFINITY: it is not */
    bool gone;        /* part of another */
} cluster;

typedef struct tried {
    uint32_t node;
    double diameter; /* of the ball there */
} tried;

typedef struct clusters {
    lq_context *context;
    lqi_balls *balls;
    tried *tried;
    size_t tried_count, tried_capacity;
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

static bool is_of_axis(const clusters *c, uint32_t beside, int axis)
{
    return beside >= c->nodes->base[axis] && beside < c->nodes->base[axis + 1];
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
    to->level += from->level;
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
        if (beside > LQI_WALL_NODES_MAX || nodes->node[beside].thickness > least) continue;
        least = nodes->node[beside].thickness;
    }
    return least > node->thickness ? least : node->thickness;
}

static int world_side(const lqi_wall_node *node, int side) { return 2 * ((node->axis + 1 + side / 2) % 3) + side % 2; }

static void add_to_cluster(clusters *c, uint32_t i, cluster *to)
{
    const lqi_wall_node *node = &c->nodes->node[i];
    double place[3], area = (double)node->area;
    lqi_wall_node_place(c->dexels, node, place);
    for (int k = 0; k < 3; k++) place[k] -= c->centre[k];
    lqi_spread_add(&to->spread, place, area);
    to->thickness += area * (double)node->thickness;
    to->opposed += area * (double)node->opposed;
    to->level += area * (double)node->level_z;
    if (node->thickness < to->single) to->single = node->thickness;
    float steady = steady_thickness(c->nodes, node);
    if (steady < to->least) to->least = steady, to->least_node = i;
    for (int side = 0; side < 4; side++) {
        uint32_t beside = node->neighbour[side];
        if (beside == LQI_BESIDE_NOTHING)
            to->free += node->ends;
        else if (beside == LQI_BESIDE_THICK || (is_of_axis(c, beside, node->axis) && !is_in(c, beside)))
            to->held[world_side(node, side)] += node->ends;
    }
}

static lq_status add_node(clusters *c, uint32_t i)
{
    const lqi_wall_node *node = &c->nodes->node[i];
    const uint32_t links[5] = {node->neighbour[0], node->neighbour[1], node->neighbour[2], node->neighbour[3],
                               node->other};
    uint32_t root = NONE;
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
        if (!is_of_axis(c, links[side], node->axis) || !is_in(c, links[side])) continue;
        const lqi_wall_node *beside = &c->nodes->node[links[side]];
        if (beside->neighbour[side ^ 1] == i) own->held[world_side(beside, side ^ 1)] -= beside->ends;
    }
    return LQ_OK;
}

/* ---- confirming ---- */

/* A node of this patch in this direction, unless it is thicker than the place at hand. */
static uint32_t step_inside(const clusters *c, uint32_t node, int side, float most)
{
    uint32_t beside = c->nodes->node[node].neighbour[side];
    if (!is_of_axis(c, beside, c->nodes->node[node].axis)) return NONE;
    return c->nodes->node[beside].thickness <= most ? beside : NONE;
}

/* So far that a ball of the wall's thickness does not meet the rim, if there is room: as far from both ends else. */
static uint32_t away_from_rim(const clusters *c, uint32_t node, int way)
{
    const lqi_wall_node *from = &c->nodes->node[node];
    const float most = ALIKE * from->thickness;
    const int wanted = (int)(ROOM * (double)from->thickness / c->dexels->cell) + 1;
    int room[2];
    for (int side = 0; side < 2; side++) {
        uint32_t at = node;
        for (room[side] = 0; room[side] < 2 * wanted; room[side]++)
            if ((at = step_inside(c, at, 2 * way + side, most)) == NONE) break;
    }
    int side = room[1] > room[0], steps = wanted - room[!side], middle = (room[side] - room[!side]) / 2;
    for (int i = 0; i < steps && i < middle; i++) node = step_inside(c, node, 2 * way + side, most);
    return node;
}

/* The thickness of a cluster by the ball that fits where it is thinnest, or NAN; *node becomes the place. */
static lq_status fit_ball(clusters *c, uint32_t *node, double *diameter)
{
    double place[3];
    *node = away_from_rim(c, away_from_rim(c, *node, 0), 1);
    for (size_t i = 0; i < c->tried_count; i++)
        if (c->tried[i].node == *node) {
            *diameter = c->tried[i].diameter;
            return LQ_OK;
        }
    lqi_wall_node_place(c->dexels, &c->nodes->node[*node], place);
    LQI_TRY(lqi_ball_at(c->balls, place, (double)c->nodes->node[*node].thickness, diameter));
    LQI_TRY(lqi_grow(c->context, (void **)&c->tried, &c->tried_capacity, c->tried_count + 1, sizeof *c->tried));
    c->tried[c->tried_count++] = (tried){*node, *diameter};
    return LQ_OK;
}

/* A ball as thick as the runs say, or nearly so, is the thickness. */
static bool confirms(double diameter, double thickness)
{
    return diameter > CONFIRM_LEAST * thickness && diameter < CONFIRM_MOST * thickness;
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

static bool ends_in_edge(const cluster *from) { return from->settled > DECLINE * (double)from->single; }

/* Where a patch ends in an edge the edge is not its thickness, but the mean of the least that makes a patch. */
static double least_of(const cluster *from) { return ends_in_edge(from) ? from->settled : (double)from->least; }

/* The side of the spread that area over border says: both are rough alone. A bent strip's is the third. */
static double height_of(const cluster *from, const double size[3], double border)
{
    double strip = from->spread.weight / border;
    if (!(border > 0)) return size[1];
    for (int k = 1; k < 3; k++)
        if (size[k] > 0.7 * strip && size[k] < 1.4 * strip) return size[k];
    return fmin(strip, size[1]);
}

static lq_status make_patch(clusters *c, const cluster *from, lqi_wall_patch *patch)
{
    double held, size[3], diameter = NAN;
    uint32_t at = from->least_node;
    if (!ends_in_edge(from)) LQI_TRY(fit_ball(c, &at, &diameter));
    const lqi_wall_node *node = &c->nodes->node[at];
    double border = border_of(c, from, &held);
    lqi_spread_sizes(&from->spread, size);
    *patch = (lqi_wall_patch){.min_mm = least_of(from),
                              .mean_mm = from->thickness / from->spread.weight,
                              .area_mm2 = from->spread.weight,
                              .length_mm = size[0],
                              .width_mm = size[1],
                              .height_mm = height_of(from, size, border),
                              .attached = held,
                              .level = from->level / from->spread.weight,
                              .supported = is_supported(from),
                              .confirmed = confirms(diameter, least_of(from)),
                              .facet = c->dexels->axis[node->axis].run[node->run].high_facet};
    if (patch->confirmed) patch->min_mm = diameter;
    patch->raised = !patch->supported && held > RAISED_HELD && patch->height_mm < LQI_DETAIL_HIGH_MM;
    lqi_wall_node_place(c->dexels, node, patch->place);
    for (int k = 0; k < 3; k++) patch->centre[k] = from->spread.first[k] / from->spread.weight + c->centre[k];
    return LQ_OK;
}

/* Is it longer than this? The sides of a box that spreads alike are needed in the few doubtful cases only. */
static bool is_longer(const lqi_spread *spread, double length)
{
    double w = spread->weight, squares = 0, size[3];
    for (int i = 0; i < 3; i++) squares += 12 * (spread->second[i] / w - spread->first[i] / w * (spread->first[i] / w));
    if (squares > 3 * length * length) return true;
    if (squares <= length * length) return false;
    lqi_spread_sizes(spread, size);
    return size[0] > length;
}

/* How much is missing to the level, over the patch: by this the worst is first. */
static double badness(double area, double mean, double level) { return area * (1 - mean / level); }

/* The worst of a level, in order. */
typedef struct worst {
    const cluster *cluster[LQI_WALL_PATCHES];
    uint32_t count;
} worst;

static double how_bad(const cluster *from, double level)
{
    return badness(from->spread.weight, from->thickness / from->spread.weight, level);
}

static void keep(const cluster *from, double level, worst *kept)
{
    uint32_t at = kept->count;
    double bad = how_bad(from, level);
    while (at && how_bad(kept->cluster[at - 1], level) < bad) at--;
    if (at == LQI_WALL_PATCHES) return;
    if (kept->count < LQI_WALL_PATCHES) kept->count++;
    for (uint32_t i = kept->count - 1; i > at; i--) kept->cluster[i] = kept->cluster[i - 1];
    kept->cluster[at] = from;
}

/* A ball that is as thick as the level after all takes the patch away. */
static lq_status make_patches(clusters *c, const worst *kept, double upto, lqi_wall_level *level, lqi_walls *walls)
{
    for (uint32_t i = 0; i < kept->count; i++) {
        lqi_wall_patch *patch = &walls->patch[walls->patch_count];
        LQI_TRY(make_patch(c, kept->cluster[i], patch));
        if (patch->min_mm + walls->tolerance_mm < upto) {
            level->kept++;
            walls->patch_count++;
        } else {
            level->count--;
            level->area_mm2 -= patch->area_mm2;
        }
    }
    if (kept->count && !level->kept) level->count = 0, level->area_mm2 = 0; /* the others are less bad */
    return LQ_OK;
}

static lq_status note_thinnest(clusters *c, const cluster *from, lqi_walls *walls)
{
    double diameter = NAN, least = least_of(from);
    uint32_t at = from->least_node;
    if (!ends_in_edge(from)) LQI_TRY(fit_ball(c, &at, &diameter));
    walls->min_mm = confirms(diameter, least) ? diameter : least;
    lqi_wall_node_place(c->dexels, &c->nodes->node[at], walls->min_place);
    return LQ_OK;
}

/* Sharp edges are as long as their strip is where its width is a few cells. */
static bool tells_sharp_edges(const clusters *c, int level)
{
    double least = 3 * c->dexels->cell;
    if (lqi_wall_level_mm[level] < least) return level + 1 == LQI_WALL_LEVELS;
    return level == 0 || lqi_wall_level_mm[level - 1] < least;
}

static lq_status read_level(clusters *c, int index, lqi_walls *walls)
{
    lqi_wall_level *level = &walls->level[index];
    double most_sharp = 0, upto = lqi_wall_level_mm[index], least_area = 4 * c->dexels->cell * c->dexels->cell;
    const cluster *thinnest = NULL;
    worst kept = {.count = 0};
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
        if (!is_longer(&from->spread, least_of(from))) continue;
        level->count++;
        level->area_mm2 += from->spread.weight;
        if (!thinnest || least_of(from) < least_of(thinnest)) thinnest = from;
        keep(from, upto, &kept);
    }
    if (thinnest && !isfinite(walls->min_mm)) LQI_TRY(note_thinnest(c, thinnest, walls));
    return make_patches(c, &kept, upto, level, walls);
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
                                lqi_balls *balls, lqi_walls *walls)
{
    clusters c = {.context = context, .balls = balls, .dexels = dexels, .nodes = nodes};
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
        LQI_TRY_GOTO(read_level(&c, level, walls));
    }
done:
    lqi_free(context, order);
    lqi_free(context, c.tried);
    lqi_free(context, c.cluster);
    lqi_free(context, c.of_root);
    lqi_free(context, c.parent);
    return status;
}
