#include <math.h>

#include "base/fail.h"
#include "base/memory.h"
#include "measure/overhang_nodes.h"
#include "mesh/union_find.h"

/* Neighbours on a surface of less than 45 degrees lie so near to each other, in columns. */
#define NEAR_COLUMNS 1.5

static bool needs_support(const lqi_overhang_node *node) { return node->span >= LQI_BRIDGE_MM; }

static void join_column(const lqi_overhang_nodes *nodes, uint32_t i, uint32_t column, double near, uint32_t *parent)
{
    double height = nodes->node[i].height;
    for (uint32_t k = lqi_first_node_above(nodes, column, height - near); k < nodes->first[column + 1]; k++) {
        if (nodes->node[k].height > height + near) break;
        if (needs_support(&nodes->node[k])) lqi_unite(parent, i, k);
    }
}

static void join(const lqi_column_view *view, const lqi_overhang_nodes *nodes, uint32_t *parent)
{
    uint32_t across = view->axis->across[0];
    double near = NEAR_COLUMNS * view->axis->cell;
    for (uint32_t i = 0; i < nodes->count; i++) parent[i] = i;
    for (uint32_t i = 0; i < nodes->count; i++) {
        const lqi_overhang_node *node = &nodes->node[i];
        if (!needs_support(node)) continue;
        if (node->column % across) join_column(nodes, i, node->column - 1, near, parent);
        if (node->column >= across) join_column(nodes, i, node->column - across, near, parent);
    }
}

/* The largest patches come first; equal ones in order of columns. */
static void keep_patch(lqi_overhang *overhang, const lqi_overhang_patch *patch)
{
    uint32_t at = overhang->patch_count;
    if (at == LQI_OVERHANG_PATCHES) {
        if (patch->area_mm2 <= overhang->patch[at - 1].area_mm2) return;
        at--;
    } else
        overhang->patch_count++;
    for (; at && overhang->patch[at - 1].area_mm2 < patch->area_mm2; at--)
        overhang->patch[at] = overhang->patch[at - 1];
    overhang->patch[at] = *patch;
}

/* members: of each patch, counted up to its middle one, which gives the place. */
static void add_to_patch(const lqi_column_view *view, const lqi_overhang_node *node, bool middle,
                         lqi_overhang_patch *patch)
{
    const lqi_dexel_axis *axis = view->axis;
    const double at[3] = {lqi_dexel_centre(axis, 0, node->column % axis->across[0]),
                          lqi_dexel_centre(axis, 1, node->column / axis->across[0]), node->height};
    patch->area_mm2 += node->area;
    patch->support_mm3 += (double)node->gap * axis->cell * axis->cell;
    lqi_box_add_point(&patch->box, at);
    if (node->degree < patch->degrees) patch->degrees = node->degree;
    if (!middle) return;
    patch->facet = node->facet;
    for (int i = 0; i < 3; i++) patch->point[i] = at[i];
}

lq_status lqi_overhang_find_patches(lq_context *context, const lqi_column_view *view, const lqi_overhang_nodes *nodes,
                                    lqi_overhang *overhang)
{
    if (!nodes->count) return LQ_OK;
    size_t count = nodes->count, patches = 0;
    lq_status status = LQ_OK;
    lqi_overhang_patch *patch = NULL;
    uint32_t *parent = lqi_alloc_array(context, count, 3 * sizeof *parent);
    if (!parent) return lqi_memory_status(context);
    uint32_t *number = parent + count, *left = number + count;
    join(view, nodes, parent);
    for (uint32_t i = 0; i < count; i++) { /* roots come first among their members */
        if (!needs_support(&nodes->node[i])) continue;
        uint32_t root = lqi_find(parent, i);
        if (root == i) left[number[i] = (uint32_t)patches++] = 0;
        left[number[root]]++;
    }
    patch = lqi_alloc_zeroed(context, patches, sizeof *patch);
    if (!patch) {
        status = lqi_memory_status(context);
        goto done;
    }
    for (size_t i = 0; i < patches; i++) {
        patch[i].box = lqi_box_empty();
        patch[i].degrees = LQI_DEGREES;
        left[i] /= 2;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (!needs_support(&nodes->node[i])) continue;
        uint32_t own = number[lqi_find(parent, i)];
        add_to_patch(view, &nodes->node[i], left[own]-- == 0, &patch[own]);
    }
    for (size_t i = 0; i < patches; i++) keep_patch(overhang, &patch[i]);
done:
    lqi_free(context, patch);
    lqi_free(context, parent);
    return status;
}
