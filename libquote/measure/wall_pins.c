#include "measure/wall_pins.h"

#include <math.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "measure/spread.h"

/* Seen along two axes a bar is about equally thick, and its sides there face different ways: a slanted plate's do not.
 */
#define ALIKE 1.5
#define OTHER_WAY 0.75

/* A bar is no wider than this across a slanted row. */
#define WIDE 2.5

/* Shorter ones are knobs. */
#define LENGTH_LEAST 1.5

/* Where it is thinner than its mean by more than this a bar is a cone or waisted. */
#define DECLINE 1.25

#define NONE UINT32_MAX

typedef struct bar {
    lqi_spread spread; /* of its middle line */
    double thickness;  /* sum, weighted like the spread */
    double least;
    uint32_t least_node;
    uint32_t middle_node; /* a node near the mean thickness */
} bar;

typedef struct bars {
    const lqi_dexels *dexels;
    const lqi_wall_nodes *nodes;
    uint32_t *parent; /* per node; NONE: no bar */
    uint32_t *of_root;
    double centre[3];
    bar *bar;
    size_t count, capacity;
} bars;

static void facing_of(const lqi_dexels *dexels, int k, uint32_t run, double facing[3])
{
    const float *low = dexels->normal + 3 * (size_t)dexels->axis[k].run[run].low_facet;
    const float *high = dexels->normal + 3 * (size_t)dexels->axis[k].run[run].high_facet;
    double square = 0;
    for (int i = 0; i < 3; i++) {
        facing[i] = (double)high[i] - (double)low[i];
        square += facing[i] * facing[i];
    }
    for (int i = 0; i < 3; i++) facing[i] /= sqrt(square);
}

/* The run along axis k through the middle of a node, if it is one of the same bar. */
static uint32_t crossing_run(const bars *b, const lqi_wall_node *node, const double place[3], int k)
{
    uint32_t run = lqi_dexel_run_at(&b->dexels->axis[k], place, 0);
    if (run == LQI_BESIDE_NOTHING) return LQI_BESIDE_NOTHING;
    double t = (double)b->nodes->thickness[k][run], own = (double)node->thickness;
    if (!(t < ALIKE * own && own < ALIKE * t)) return LQI_BESIDE_NOTHING;
    double a[3], c[3];
    facing_of(b->dexels, node->axis, node->run, a);
    facing_of(b->dexels, k, run, c);
    return fabs(a[0] * c[0] + a[1] * c[1] + a[2] * c[2]) < OTHER_WAY ? run : LQI_BESIDE_NOTHING;
}

static uint32_t root_of(uint32_t *parent, uint32_t i)
{
    while (parent[i] != i) i = parent[i] = parent[parent[i]];
    return i;
}

static void join(uint32_t *parent, uint32_t a, uint32_t b)
{
    a = root_of(parent, a), b = root_of(parent, b);
    if (a < b)
        parent[b] = a;
    else
        parent[a] = b;
}

static bool is_of_axis(const lqi_wall_nodes *nodes, uint32_t beside, int axis)
{
    return beside >= nodes->base[axis] && beside < nodes->base[axis + 1];
}

/* How many nodes lie in a row along u, for each of them. */
static void measure_rows(const lqi_wall_nodes *nodes, uint32_t *row)
{
    for (uint32_t i = 0; i < nodes->count; i++) {
        uint32_t before = nodes->node[i].neighbour[0];
        row[i] = before < i && is_of_axis(nodes, before, nodes->node[i].axis) ? row[before] + 1 : 1;
    }
    for (uint32_t i = nodes->count; i-- > 0;) {
        uint32_t next = nodes->node[i].neighbour[1];
        if (next > i && is_of_axis(nodes, next, nodes->node[i].axis)) row[i] = row[next];
    }
}

/* A bar is narrow along u, seen from one axis at least. row: of measure_rows; becomes what crosses each node. */
static void mark(bars *b, uint32_t *row)
{
    uint32_t *crossing = row;
    for (uint32_t i = 0; i < b->nodes->count; i++) {
        const lqi_wall_node *node = &b->nodes->node[i];
        double place[3], wide = row[i] * b->dexels->cell;
        b->parent[i] = crossing[i] = NONE;
        if (wide > WIDE * (double)node->thickness + 2 * b->dexels->cell) continue;
        lqi_wall_node_place(b->dexels, node, place);
        for (int way = 1; way < 3 && b->parent[i] == NONE; way++) {
            int k = (node->axis + way) % 3;
            uint32_t run = crossing_run(b, node, place, k);
            if (run == LQI_BESIDE_NOTHING) continue;
            b->parent[i] = i;
            if (b->nodes->node_of[k][run] != LQI_BESIDE_NOTHING)
                crossing[i] = b->nodes->base[k] + b->nodes->node_of[k][run];
        }
    }
}

static void link(bars *b, const uint32_t *crossing)
{
    for (uint32_t i = 0; i < b->nodes->count; i++) {
        const lqi_wall_node *node = &b->nodes->node[i];
        if (b->parent[i] == NONE) continue;
        const uint32_t links[5] = {node->neighbour[0], node->neighbour[1], node->neighbour[2], node->neighbour[3],
                                   crossing[i]};
        for (int k = 0; k < 5; k++)
            if (links[k] <= LQI_WALL_NODES_MAX && b->parent[links[k]] != NONE) join(b->parent, i, links[k]);
    }
}

static lq_status sum(lq_context *context, bars *b)
{
    for (uint32_t i = 0; i < b->nodes->count; i++) {
        if (b->parent[i] == NONE) continue;
        uint32_t root = root_of(b->parent, i); /* the smallest of all, and therefore the first */
        if (root == i) {
            LQI_TRY(lqi_grow(context, (void **)&b->bar, &b->capacity, b->count + 1, sizeof *b->bar));
            b->bar[b->count] = (bar){.least = INFINITY};
            b->of_root[i] = (uint32_t)b->count++;
        }
        bar *to = &b->bar[b->of_root[root]];
        const lqi_wall_node *node = &b->nodes->node[i];
        double place[3], t = (double)node->thickness, area = (double)node->area;
        lqi_wall_node_place(b->dexels, node, place);
        for (int k = 0; k < 3; k++) place[k] -= b->centre[k];
        lqi_spread_add(&to->spread, place, area);
        to->thickness += area * t;
        if (t < to->least) to->least = t, to->least_node = i;
    }
    return LQ_OK;
}

/* The node nearest to the middle of each bar. */
static void find_middles(bars *b, double *nearest)
{
    for (size_t i = 0; i < b->count; i++) nearest[i] = INFINITY;
    for (uint32_t i = 0; i < b->nodes->count; i++) {
        if (b->parent[i] == NONE) continue;
        uint32_t of = b->of_root[root_of(b->parent, i)];
        const lqi_spread *spread = &b->bar[of].spread;
        double place[3], square = 0;
        lqi_wall_node_place(b->dexels, &b->nodes->node[i], place);
        for (int k = 0; k < 3; k++) {
            double away = place[k] - b->centre[k] - spread->first[k] / spread->weight;
            square += away * away;
        }
        if (square < nearest[of]) nearest[of] = square, b->bar[of].middle_node = i;
    }
}

/* The thinnest first. */
static void keep(const lqi_pin *pin, lqi_walls *walls)
{
    walls->pin_count++;
    uint32_t at = walls->pin_kept;
    while (at && walls->pin[at - 1].diameter_mm > pin->diameter_mm) at--;
    if (at == LQI_WALL_PINS) return;
    if (walls->pin_kept < LQI_WALL_PINS) walls->pin_kept++;
    for (uint32_t i = walls->pin_kept - 1; i > at; i--) walls->pin[i] = walls->pin[i - 1];
    walls->pin[at] = *pin;
}

static lq_status read_bar(const bars *b, const bar *from, lqi_balls *balls, lqi_walls *walls)
{
    double size[3], mean = from->thickness / from->spread.weight, diameter;
    bool even = mean < DECLINE * from->least;
    lqi_pin pin = {.diameter_mm = even ? mean : from->least};
    lqi_spread_sizes(&from->spread, size);
    if (size[0] < LENGTH_LEAST * pin.diameter_mm) return LQ_OK;
    const lqi_wall_node *node = &b->nodes->node[even ? from->middle_node : from->least_node];
    pin.length_mm = size[0];
    pin.facet = b->dexels->axis[node->axis].run[node->run].high_facet;
    lqi_wall_node_place(b->dexels, node, pin.place);
    LQI_TRY(lqi_ball_at(balls, pin.place, pin.diameter_mm, &diameter));
    if (fabs(diameter - pin.diameter_mm) < (DECLINE - 1) * pin.diameter_mm) pin.diameter_mm = diameter;
    keep(&pin, walls);
    return LQ_OK;
}

lq_status lqi_wall_pins_find(lq_context *context, const lqi_dexels *dexels, const lqi_wall_nodes *nodes,
                             lqi_balls *balls, lqi_walls *walls)
{
    bars b = {.dexels = dexels, .nodes = nodes};
    double *nearest = NULL;
    lq_status status = LQ_OK;
    lqi_box_centre(&dexels->box, b.centre);
    b.parent = lqi_alloc_array(context, nodes->count, sizeof *b.parent);
    b.of_root = b.parent ? lqi_alloc_array(context, nodes->count, sizeof *b.of_root) : NULL;
    walls->pin = b.of_root ? lqi_alloc_array(context, LQI_WALL_PINS, sizeof *walls->pin) : NULL;
    if (!walls->pin) {
        status = lqi_memory_status(context);
        goto done;
    }
    measure_rows(nodes, b.of_root);
    mark(&b, b.of_root); /* holds what crosses each node until the bars are known */
    link(&b, b.of_root);
    LQI_TRY_GOTO(sum(context, &b));
    nearest = lqi_alloc_array(context, b.count, sizeof *nearest);
    if (!nearest) {
        status = lqi_memory_status(context);
        goto done;
    }
    find_middles(&b, nearest);
    for (size_t i = 0; i < b.count; i++) LQI_TRY_GOTO(read_bar(&b, &b.bar[i], balls, walls));
done:
    lqi_free(context, nearest);
    lqi_free(context, b.bar);
    lqi_free(context, b.of_root);
    lqi_free(context, b.parent);
    return status;
}
