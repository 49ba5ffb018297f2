#include "mesh/repair_tree.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/sort.h"

#define LEAF_POINTS 8
#define DEPTH_MAX 64 /* ranges are halved */

static void find_box(const lqi_tree *tree, lqi_tree_node *node)
{
    for (int k = 0; k < 3; k++) node->low[k] = INFINITY, node->high[k] = -INFINITY;
    for (uint32_t i = node->first; i < node->first + node->count; i++) {
        const double *p = tree->position + (size_t)3 * tree->point[i];
        for (int k = 0; k < 3; k++) {
            node->low[k] = fmin(node->low[k], p[k]);
            node->high[k] = fmax(node->high[k], p[k]);
        }
    }
}

/* The points of a node in order along its longest side, as well as the upper half of a number tells. */
static void sort_points(lqi_tree *tree, const lqi_tree_node *node, uint64_t *key)
{
    int axis = 0;
    for (int k = 1; k < 3; k++)
        if (node->high[k] - node->low[k] > node->high[axis] - node->low[axis]) axis = k;
    for (uint32_t i = 0; i < node->count; i++) {
        uint32_t vertex = tree->point[node->first + i];
        key[i] = (lqi_order_key(tree->position[(size_t)3 * vertex + (size_t)axis]) >> 32) << 32 | vertex;
    }
    lqi_sort_u64(key, node->count);
    for (uint32_t i = 0; i < node->count; i++) tree->point[node->first + i] = (uint32_t)key[i];
}

lq_status lqi_tree_build(lq_context *context, const double *position, const uint32_t *vertex, uint32_t count,
                         lqi_tree *tree)
{
    *tree = (lqi_tree){.position = position};
    uint64_t *key = lqi_alloc_array(context, count, sizeof *key);
    tree->point = key ? lqi_alloc_array(context, count, sizeof *tree->point) : NULL;
    /* A leaf holds more than a quarter of LEAF_POINTS, and there are fewer inner nodes than leaves. */
    tree->node = tree->point ? lqi_alloc_array(context, (size_t)count + 2, sizeof *tree->node) : NULL;
    if (!tree->node) {
        lqi_free(context, key);
        lqi_tree_free(context, tree);
        return lqi_memory_status(context);
    }
    if (count) memcpy(tree->point, vertex, count * sizeof *vertex);
    tree->node[tree->node_count++] = (lqi_tree_node){.count = count};
    for (uint32_t n = 0; n < tree->node_count; n++) {
        lqi_tree_node *node = &tree->node[n];
        find_box(tree, node);
        if (node->count <= LEAF_POINTS) continue;
        sort_points(tree, node, key);
        uint32_t half = node->count / 2;
        node->child = tree->node_count;
        tree->node[tree->node_count++] = (lqi_tree_node){.first = node->first, .count = half};
        tree->node[tree->node_count++] = (lqi_tree_node){.first = node->first + half, .count = node->count - half};
    }
    lqi_free(context, key);
    return LQ_OK;
}

void lqi_tree_free(lq_context *context, lqi_tree *tree)
{
    lqi_free(context, tree->point);
    lqi_free(context, tree->node);
    *tree = (lqi_tree){0};
}

/* Does the segment meet the box, widened by `distance`? */
static bool meets(const lqi_tree_node *node, const double a[3], const double b[3], double distance)
{
    double from = 0, to = 1;
    for (int k = 0; k < 3; k++) {
        double low = node->low[k] - distance - a[k], high = node->high[k] + distance - a[k], along = b[k] - a[k];
        if (along == 0) {
            if (low > 0 || high < 0) return false;
            continue;
        }
        double enter = (along > 0 ? low : high) / along, leave = (along > 0 ? high : low) / along;
        from = enter > from ? enter : from;
        to = leave < to ? leave : to;
    }
    return from <= to;
}

lq_status lqi_tree_segment(const lqi_tree *tree, const double a[3], const double b[3], double distance,
                           lqi_tree_visit visit, void *user, uint64_t *work)
{
    uint32_t waiting[DEPTH_MAX], waiting_count = 1;
    waiting[0] = 0;
    while (waiting_count) {
        const lqi_tree_node *node = &tree->node[waiting[--waiting_count]];
        ++*work;
        if (!meets(node, a, b, distance)) continue;
        if (node->child) {
            waiting[waiting_count++] = node->child;
            waiting[waiting_count++] = node->child + 1;
            continue;
        }
        *work += node->count;
        for (uint32_t i = 0; i < node->count; i++) LQI_TRY(visit(user, tree->point[node->first + i]));
    }
    return LQ_OK;
}
