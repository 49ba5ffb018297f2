#include "measure/overhang.h"

#include <math.h>
#include <string.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "measure/angle.h"
#include "measure/hull_plane.h"
#include "measure/overhang_nodes.h"

/* What is steeper is met by too few columns for an area. */
#define STEEPEST_SEEN 80

/* Rounding alone hides surface from fewer columns than one in so many. */
#define HIDDEN_LEAST 500

/* What the columns add up to. */
typedef struct scan {
    lqi_column_view view;
    lqi_overhang *out;
    lqi_overhang_nodes nodes;
    lqi_outline bed;
    double area_by_degree[LQI_DEGREES]; /* as columns see it */
    double moment[3], volume;           /* along u, v and up */
    double bed_solid, bed_columns;      /* solid over the bed; columns on it */
} scan;

/* In order of use: all that looks down in one column. */
typedef struct place {
    uint32_t column;
    double u, v, square; /* square: mm2 of a column */
} place;

static bool is_on_bed(const scan *s, const lqi_run *run, double down)
{
    return down > LQI_BED_COSINE && run->low - s->view.floor <= LQI_LAYER_MM;
}

static lq_status add_overhang(lq_context *context, scan *s, const place *at, const lqi_run *run, double down,
                              double below, bool on_part)
{
    int degree = lqi_down_degree(down);
    double area = degree < STEEPEST_SEEN ? at->square / down : 0, gap = run->low - below;
    s->area_by_degree[degree] += area;
    if (gap <= LQI_LAYER_MM) return LQ_OK;
    if (degree < LQI_OVERHANG_DEGREES) {
        lqi_overhang_nodes *nodes = &s->nodes;
        LQI_TRY(lqi_grow(context, (void **)&nodes->node, &nodes->capacity, nodes->count + 1, sizeof *nodes->node));
        nodes->node[nodes->count++] = (lqi_overhang_node){.column = at->column,
                                                          .facet = run->low_facet,
                                                          .height = run->low,
                                                          .gap = (float)gap,
                                                          .area = (float)area,
                                                          .span = INFINITY,
                                                          .on_part = on_part,
                                                          .degree = (uint8_t)degree};
        return LQ_OK;
    }
    s->out->support_by_degree[degree] += gap * at->square;
    s->out->touched_by_degree[degree] += area;
    if (on_part) s->out->on_part_by_degree[degree] += gap * at->square;
    return LQ_OK;
}

/* *stands: its first run is on the bed. */
static lq_status scan_column(lq_context *context, scan *s, const place *at, bool *stands)
{
    double below = s->view.floor;
    *stands = false;
    for (uint32_t k = 0, count = lqi_view_count(&s->view, at->column); k < count; k++) {
        lqi_run run = lqi_view_run(&s->view, at->column, k);
        double down = lqi_view_down(&s->view, run.low_facet), length = run.high - run.low;
        double volume = length * at->square;
        s->volume += volume;
        s->moment[0] += volume * at->u;
        s->moment[1] += volume * at->v;
        s->moment[2] += volume * (run.low + run.high) / 2;
        if (k == 0 && is_on_bed(s, &run, down)) {
            *stands = true;
            s->bed_solid += length;
            s->bed_columns++;
            s->out->contact_mm2 += at->square / down;
        } else if (down > 0)
            LQI_TRY(add_overhang(context, s, at, &run, down, below, k > 0));
        below = run.high;
    }
    return LQ_OK;
}

/* The outermost columns of a row are enough for what stands on the bed. */
static void add_to_bed(scan *s, const place *at)
{
    double half = s->view.axis->cell / 2;
    for (int corner = 0; corner < 4; corner++)
        lqi_outline_add(&s->bed, at->u + (corner & 1 ? half : -half), at->v + (corner & 2 ? half : -half));
}

static lq_status scan_columns(lq_context *context, scan *s)
{
    const lqi_dexel_axis *axis = s->view.axis;
    uint32_t column = 0;
    for (uint32_t row = 0; row < axis->across[1]; row++) {
        place at = {.v = lqi_dexel_centre(axis, 1, row), .square = axis->cell * axis->cell}, last = at;
        bool any = false;
        if (row % 16 == 0) LQI_TRY(lqi_progress(context, "overhang", row, axis->across[1]));
        for (uint32_t i = 0; i < axis->across[0]; i++, column++) {
            bool stands;
            at.column = column;
            at.u = lqi_dexel_centre(axis, 0, i);
            s->nodes.first[column] = (uint32_t)s->nodes.count;
            LQI_TRY(scan_column(context, s, &at, &stands));
            if (!stands) continue;
            if (!any) add_to_bed(s, &at);
            any = true;
            last = at;
        }
        if (any) add_to_bed(s, &last);
    }
    s->nodes.first[column] = (uint32_t)s->nodes.count;
    return LQ_OK;
}

/* From the heights of a view to millimetres of the body. */
static void place_of_node(const lqi_column_view *view, const lqi_overhang_node *node, double point[3])
{
    const lqi_dexel_axis *axis = view->axis;
    int up = axis->axis;
    point[(up + 1) % 3] = lqi_dexel_centre(axis, 0, node->column % axis->across[0]);
    point[(up + 2) % 3] = lqi_dexel_centre(axis, 1, node->column / axis->across[0]);
    point[up] = view->against ? -node->height : node->height;
}

static void add_nodes(scan *s)
{
    double square = s->view.axis->cell * s->view.axis->cell;
    lqi_overhang *out = s->out;
    for (size_t i = 0; i < s->nodes.count; i++) {
        const lqi_overhang_node *node = &s->nodes.node[i];
        double volume = (double)node->gap * square;
        if (isfinite(node->span)) {
            int k = node->span < LQI_BRIDGE_SPANS ? (int)ceilf(node->span) - 1 : LQI_BRIDGE_SPANS - 1;
            out->bridge_support[k < 0 ? 0 : k] += volume;
            out->bridge_touched[k < 0 ? 0 : k] += (double)node->area;
            if ((double)node->span <= out->bridge_longest_mm) continue;
            out->bridge_longest_mm = (double)node->span;
            place_of_node(&s->view, node, out->bridge_point);
        } else {
            out->support_by_degree[node->degree] += volume;
            out->touched_by_degree[node->degree] += (double)node->area;
            if (node->on_part) out->on_part_by_degree[node->degree] += volume;
        }
    }
}

static lq_status find_tipping(lq_context *context, const scan *s)
{
    lqi_overhang *out = s->out;
    const int up = s->view.axis->axis, u = (up + 1) % 3, v = (up + 2) % 3;
    out->volume_mm3 = s->volume;
    out->tipping_degrees = NAN;
    if (!(s->volume > 0)) return LQ_OK;
    double height = s->moment[2] / s->volume;
    out->centre[u] = s->moment[0] / s->volume;
    out->centre[v] = s->moment[1] / s->volume;
    out->centre[up] = s->view.against ? -height : height;
    if (!(s->bed_columns > 0)) return LQ_OK;
    out->contact_thickness_mm = s->bed_solid / s->bed_columns;
    uint64_t *spare = lqi_alloc_array(context, LQI_OUTLINE_POINTS, 3 * sizeof *spare);
    if (!spare) return lqi_memory_status(context);
    double corner[2 * LQI_OUTLINE_POINTS][2];
    uint32_t corners = lqi_outline_hull(&s->bed, spare, corner);
    lqi_free(context, spare);
    const double foot[2] = {out->centre[u], out->centre[v]};
    double depth = lqi_hull_plane_depth((const double(*)[2])corner, corners, foot);
    out->tipping_degrees = lqi_degrees_of_tangent(depth / (height - s->view.floor));
    return LQ_OK;
}

/* patches: along z only. The columns' areas are left in the scan. */
static lq_status run_scan(lq_context *context, scan *s, bool patches)
{
    const lqi_dexel_axis *axis = s->view.axis;
    const int up = axis->axis, u = (up + 1) % 3, v = (up + 2) % 3;
    const lqi_box *box = &s->view.body->box;
    const double low[2] = {box->min[u], box->min[v]}, high[2] = {box->max[u], box->max[v]};
    s->out->height_mm = box->max[up] - box->min[up];
    lqi_outline_begin(low, high, &s->bed);
    s->nodes.first = lqi_alloc_array(context, (size_t)axis->across[0] * axis->across[1] + 1, sizeof *s->nodes.first);
    lq_status status = s->nodes.first ? LQ_OK : lqi_memory_status(context);
    if (status == LQ_OK) status = scan_columns(context, s);
    if (status == LQ_OK) status = lqi_bridges_find(context, &s->view, &s->nodes);
    if (status == LQ_OK && patches) status = lqi_overhang_find_patches(context, &s->view, &s->nodes, s->out);
    if (status == LQ_OK && patches) status = lqi_overhang_find_trapped(context, &s->view, &s->nodes, s->out);
    if (status == LQ_OK) add_nodes(s);
    if (status == LQ_OK) status = find_tipping(context, s);
    lqi_free(context, s->nodes.first);
    lqi_free(context, s->nodes.node);
    s->out->examined = status == LQ_OK;
    return status;
}

static scan begin_scan(const lqi_dexels *dexels, int axis, bool against, lqi_overhang *overhang)
{
    double floor = against ? -dexels->box.max[axis] : dexels->box.min[axis];
    *overhang = (lqi_overhang){.tipping_degrees = NAN};
    return (scan){.view = {dexels, &dexels->axis[axis], against, floor}, .out = overhang};
}

lq_status lqi_overhang_along(lq_context *context, const lqi_dexels *dexels, int axis, bool against,
                             lqi_overhang *overhang)
{
    scan s = begin_scan(dexels, axis, against, overhang);
    if (!dexels->examined) return LQ_OK;
    LQI_TRY(run_scan(context, &s, false));
    memcpy(overhang->area_by_degree, s.area_by_degree, sizeof s.area_by_degree);
    return LQ_OK;
}

static bool hides_surface(const lqi_dexels *dexels)
{
    uint64_t runs = 0, inner = 0;
    for (int i = 0; i < 3; i++) {
        runs += lqi_dexel_run_count(&dexels->axis[i]);
        inner += dexels->axis[i].inner;
    }
    return inner * HIDDEN_LEAST > runs;
}

lq_status lqi_overhang_measure(lq_context *context, const lqi_dexels *dexels, const lqi_normals *normals,
                               lqi_overhang *overhang)
{
    scan s = begin_scan(dexels, 2, false, overhang);
    if (!dexels->examined) return LQ_OK;
    LQI_TRY(run_scan(context, &s, true));
    overhang->hidden = hides_surface(dexels);
    memcpy(overhang->area_by_degree, overhang->hidden ? s.area_by_degree : normals->down, sizeof s.area_by_degree);
    if (!overhang->hidden) overhang->contact_mm2 = normals->bed;
    return LQ_OK;
}

/* ---- questions ---- */

/* Within a degree as if it were spread evenly. */
static double sum_below(const double by_degree[LQI_DEGREES], double degrees)
{
    double sum = 0;
    for (int k = 0; k < LQI_DEGREES && k < degrees; k++) sum += by_degree[k] * fmin(degrees - k, 1);
    return sum;
}

static double sum_from(const double by_span[LQI_BRIDGE_SPANS], double bridge_mm)
{
    double sum = 0;
    for (int k = LQI_BRIDGE_SPANS - 1; k >= 0 && k + 1 > bridge_mm; k--) sum += by_span[k] * fmin(k + 1 - bridge_mm, 1);
    return sum;
}

double lqi_overhang_area(const lqi_overhang *overhang, double degrees)
{
    return sum_below(overhang->area_by_degree, degrees);
}

double lqi_overhang_support(const lqi_overhang *overhang, double degrees, double bridge_mm)
{
    return sum_below(overhang->support_by_degree, degrees) + sum_from(overhang->bridge_support, bridge_mm);
}

double lqi_overhang_touched(const lqi_overhang *overhang, double degrees, double bridge_mm)
{
    return sum_below(overhang->touched_by_degree, degrees) + sum_from(overhang->bridge_touched, bridge_mm);
}
