#include "mesh/repair_near.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/sort.h"

#define LEAF_POINTS 8
#define DEPTH_MAX 64 /* ranges are halved */

static void find_box(const lqi_near *near, lqi_near_node *node)
{
    for (int k = 0; k < 3; k++) node->low[k] = INFINITY, node->high[k] = -INFINITY;
    for (uint32_t i = node->first; i < node->first + node->count; i++) {
        const double *p = near->position + (size_t)3 * near->point[i];
        for (int k = 0; k < 3; k++) {
            node->low[k] = fmin(node->low[k], p[k]);
            node->high[k] = fmax(node->high[k], p[k]);
        }
    }
}

/* The points of a node in order along its longest side, as well as the upper half of a number tells. */
static void sort_points(lqi_near *near, const lqi_near_node *node, uint64_t *key)
{
    int axis = 0;
    for (int k = 1; k < 3; k++)
        if (node->high[k] - node->low[k] > node->high[axis] - node->low[axis]) axis = k;
    for (uint32_t i = 0; i < node->count; i++) {
        uint32_t vertex = near->point[node->first + i];
        key[i] = (lqi_order_key(near->position[(size_t)3 * vertex + (size_t)axis]) >> 32) << 32 | vertex;
    }
    lqi_sort_u64(key, node->count);
    for (uint32_t i = 0; i < node->count; i++) near->point[node->first + i] = (uint32_t)key[i];
}

lq_status lqi_near_build(lq_context *context, const double *position, const uint32_t *vertex, uint32_t count,
                         lqi_near *near)
{
    *near = (lqi_near){.position = position};
    uint64_t *key = lqi_alloc_array(context, count, sizeof *key);
    near->point = key ? lqi_alloc_array(context, count, sizeof *near->point) : NULL;
    /* A leaf holds more than a quarter of LEAF_POINTS, and there are fewer inner nodes than leaves. */
    near->node = near->point ? lqi_alloc_array(context, (size_t)count + 2, sizeof *near->node) : NULL;
    if (!near->node) {
        lqi_free(context, key);
        lqi_near_free(context, near);
        return lqi_memory_status(context);
    }
    if (count) memcpy(near->point, vertex, count * sizeof *vertex);
    near->node[near->node_count++] = (lqi_near_node){.count = count};
    for (uint32_t n = 0; n < near->node_count; n++) {
        lqi_near_node *node = &near->node[n];
        find_box(near, node);
        if (node->count <= LEAF_POINTS) continue;
        sort_points(near, node, key);
        uint32_t half = node->count / 2;
        node->child = near->node_count;
        near->node[near->node_count++] = (lqi_near_node){.first = node->first, .count = half};
        near->node[near->node_count++] = (lqi_near_node){.first = node->first + half, .count = node->count - half};
    }
    lqi_free(context, key);
    return LQ_OK;
}

void lqi_near_free(lq_context *context, lqi_near *near)
{
    lqi_free(context, near->point);
    lqi_free(context, near->node);
    *near = (lqi_near){0};
}

/* Does the segment meet the box, widened by `distance`? */
static bool meets(const lqi_near_node *node, const double a[3], const double b[3], double distance)
{
    double from = 0, to = 1;
    for (int k = 0; k < 3; k++) {
        double low = node->low[k] - distance - a[k], high = node->high[k] + distance - a[k], along = b[k] - a[k];
        if (along == 0) {
            if (low > 0 || high < 0) return false;
            continue;
        }
        double enter = (along > 0 ? low : high) / along, leave = (along > 0 ? high : low) / along;
        from = fmax(from, enter);
        to = fmin(to, leave);
    }
    return from <= to;
}

lq_status lqi_near_segment(const lqi_near *near, const double a[3], const double b[3], double distance,
                           lqi_near_visit visit, void *user, uint64_t *work)
{
    uint32_t waiting[DEPTH_MAX], waiting_count = 1;
    waiting[0] = 0;
    while (waiting_count) {
        const lqi_near_node *node = &near->node[waiting[--waiting_count]];
        ++*work;
        if (!meets(node, a, b, distance)) continue;
        if (node->child) {
            waiting[waiting_count++] = node->child;
            waiting[waiting_count++] = node->child + 1;
            continue;
        }
        *work += node->count;
        for (uint32_t i = 0; i < node->count; i++) LQI_TRY(visit(user, near->point[node->first + i]));
    }
    return LQ_OK;
}
