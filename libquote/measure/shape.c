#include "measure/shape.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"

/* A solid of this little volume for its area is no solid: a 1 m sheet of a nanometre is above it. */
#define FLAT_SHARE 1e-12

/* Overlaps below this share of the volume are the rounding of coordinates, not a property of the part. */
#define NOISE_SHARE 1e-7

/* Where the surface cannot even be oriented, a cap of half the surface is enough to call it a sheet: a Moebius strip's
 * boundary bounds no area that the other test would see. */
#define CAP_SHARE_UNORIENTED_MAX 0.5

/* A triangle lower than this share of its longest edge is a sliver. */
#define SLIVER_SHARE 1e-12

static void count_kinds(lqi_shape *shape)
{
    shape->shells_solid = shape->shells_cavity = shape->shells_nested = shape->shells_inverted = 0;
    for (uint32_t s = 0; s < shape->shells.count; s++) {
        switch (shape->shells.shell[s].kind) {
        case LQI_SHELL_SOLID: shape->shells_solid++; break;
        case LQI_SHELL_CAVITY: shape->shells_cavity++; break;
        case LQI_SHELL_NESTED: shape->shells_nested++; break;
        case LQI_SHELL_INVERTED: shape->shells_inverted++; break;
        case LQI_SHELL_SHEET: break;
        }
    }
}

static void count_slivers(lqi_shape *shape)
{
    const lqi_mesh *mesh = shape->mesh;
    shape->sliver_triangle = -1;
    for (uint32_t t = 0; t < mesh->triangle_count; t++) {
        const double *a = lqi_mesh_corner(mesh, t, 0), *b = lqi_mesh_corner(mesh, t, 1),
                     *c = lqi_mesh_corner(mesh, t, 2);
        double u[3], v[3], w[3];
        for (int i = 0; i < 3; i++) u[i] = b[i] - a[i], v[i] = c[i] - a[i], w[i] = c[i] - b[i];
        double nx = u[1] * v[2] - u[2] * v[1], ny = u[2] * v[0] - u[0] * v[2], nz = u[0] * v[1] - u[1] * v[0];
        double uu = u[0] * u[0] + u[1] * u[1] + u[2] * u[2], vv = v[0] * v[0] + v[1] * v[1] + v[2] * v[2];
        double ww = w[0] * w[0] + w[1] * w[1] + w[2] * w[2], longest = fmax(uu, fmax(vv, ww));
        if (nx * nx + ny * ny + nz * nz > SLIVER_SHARE * SLIVER_SHARE * longest * longest) continue;
        if (lqi_is_degenerate(mesh->corner + (size_t)3 * t)) continue;
        if (!shape->sliver_triangles++) shape->sliver_triangle = t;
    }
}

/* ---- the solid: the mesh and its caps ---- */

static lq_status make_solid(lq_context *context, lqi_shape *shape)
{
    const lqi_mesh *mesh = shape->mesh;
    const lqi_boundary *boundary = &shape->boundary;
    shape->solid = *mesh;
    shape->solid.corner = NULL;
    size_t own = mesh->triangle_count, count = own + boundary->cap_count;
    if (count > LQI_TRIANGLE_COUNT_MAX) return lqi_fail_over_limit(context, "triangles", LQI_TRIANGLE_COUNT_MAX, count);
    shape->solid.triangle_count = (uint32_t)count;
    shape->solid.corner = lqi_alloc_array(context, count, 3 * sizeof *shape->solid.corner);
    shape->solid_flag = shape->solid.corner ? lqi_alloc_zeroed(context, count, 1) : NULL;
    shape->solid_shell = shape->solid_flag ? lqi_alloc_array(context, count, sizeof *shape->solid_shell) : NULL;
    if (!shape->solid_shell) return lqi_memory_status(context);
    memcpy(shape->solid.corner, mesh->corner, own * 3 * sizeof *mesh->corner);
    memcpy(shape->solid_flag, shape->topology.flag, own);
    memcpy(shape->solid_shell, shape->topology.shell, own * sizeof *shape->solid_shell);
    if (!boundary->cap_count) return LQ_OK;
    memcpy(shape->solid.corner + own * 3, boundary->cap_corner, (size_t)boundary->cap_count * 3 * sizeof *mesh->corner);
    memcpy(shape->solid_shell + own, boundary->cap_shell, boundary->cap_count * sizeof *shape->solid_shell);
    for (size_t t = own; t < count; t++)
        if (lqi_is_degenerate(shape->solid.corner + 3 * t)) shape->solid_flag[t] = LQI_TRIANGLE_DEGENERATE;
    return LQ_OK;
}

/* ---- where do shells cross, where does a surface cut itself? ---- */

static lq_status look_along(lq_context *context, lqi_shape *shape, int axis, lqi_columns *columns)
{
    lqi_columns_request request = {.mesh = &shape->solid,
                                   .flag = shape->solid_flag,
                                   .shell = shape->solid_shell,
                                   .shells = &shape->shells,
                                   .box = &shape->box,
                                   .axis = axis,
                                   .turned_too = shape->made.volume < 0};
    return lqi_columns_measure(context, &request, columns);
}

/* Columns along z; with several shells along x and y as well, because thin overlaps may hide between columns. The axis
 * that sees the most is kept. */
static lq_status measure_columns(lq_context *context, lqi_shape *shape)
{
    LQI_TRY(look_along(context, shape, 2, &shape->columns));
    for (int axis = 0; axis < 2 && shape->shells.count > 1 && shape->columns.examined; axis++) {
        lqi_columns other;
        LQI_TRY(look_along(context, shape, axis, &other));
        bool crossed = shape->columns.crossed || other.crossed;
        if (!other.examined || other.overlap > shape->columns.overlap) shape->columns = other;
        shape->columns.crossed = crossed;
    }
    return LQ_OK;
}

/* ---- volume by rule ---- */

static double *rule_of(lqi_volume_by_rule *volume, int rule)
{
    return rule == LQI_RULE_POSITIVE  ? &volume->positive
           : rule == LQI_RULE_NONZERO ? &volume->nonzero
                                      : &volume->even_odd;
}

/* The nesting of shells gives exact volumes as long as no shell crosses another or itself. Where one does, the columns
 * say what the signed volume must be corrected by. */
static lqi_volume_by_rule settle(const lqi_shape *shape, double signed_volume, int turned, bool *sampled)
{
    lqi_volume_by_rule volume = lqi_shells_volume_by_rule(&shape->shells, signed_volume);
    const lqi_columns *c = &shape->columns;
    double noise = NOISE_SHARE * lqi_shells_size(&shape->shells);
    for (int rule = 0; rule < LQI_RULE_COUNT && c->examined; rule++) {
        double *by_nesting = rule_of(&volume, rule), correction = c->correction[rule][turned];
        double bound = *by_nesting == signed_volume ? 0 : c->bound[rule][turned];
        if (!c->crossed && fabs(signed_volume + correction - *by_nesting) <= bound + noise) continue;
        if (fabs(correction) <= noise && *by_nesting == signed_volume) continue; /* they touch, and no more */
        *by_nesting = fmax(0, signed_volume + correction);
        *sampled = true;
    }
    return volume;
}

/* If every nested solid were a cavity whose normals are wrong. */
static double volume_if_cavities(const lqi_shells *shells)
{
    double sum = 0;
    for (uint32_t s = 0; s < shells->count; s++)
        sum += shells->shell[s].kind == LQI_SHELL_NESTED ? -shells->shell[s].volume : shells->shell[s].volume;
    return sum;
}

/* Leaves out or turns the shells that the rule reads otherwise than their sign, so that area, centroid and inertia are
 * of the same body as the volume. */
static lq_status measure_by_rule(lq_context *context, lqi_shape *shape, int rule)
{
    bool any = false;
    for (uint32_t t = 0; t < shape->solid.triangle_count; t++) {
        if (shape->solid_flag[t] & LQI_TRIANGLE_DEGENERATE) continue;
        const lqi_shell *shell = &shape->shells.shell[shape->solid_shell[t]];
        int sign = (shell->volume > 0) - (shell->volume < 0), counts = lqi_shell_counts(shell, rule);
        if (counts == sign) continue;
        any = true;
        if (counts == 0)
            shape->solid_flag[t] |= LQI_TRIANGLE_DUPLICATE;
        else
            shape->solid_flag[t] ^= LQI_TRIANGLE_FLIPPED;
    }
    if (!any) return LQ_OK;
    LQI_TRY(lqi_moments_measure(context, &shape->solid, shape->solid_flag, shape->stored.reference, &shape->made));
    if (shape->inside_out) lqi_moments_negate(&shape->made);
    return LQ_OK;
}

/* A union has at least the volume of its largest member. */
static double largest_shell(const lqi_shells *shells)
{
    double largest = 0;
    for (uint32_t s = 0; s < shells->count; s++) largest = fmax(largest, shells->shell[s].volume);
    return largest;
}

static lq_status decide_volume(lq_context *context, lq_fill fill, lqi_shape *shape)
{
    int rule = fill == LQ_FILL_NONZERO    ? LQI_RULE_NONZERO
               : fill == LQ_FILL_EVEN_ODD ? LQI_RULE_EVEN_ODD
                                          : LQI_RULE_POSITIVE;
    bool sampled = false;
    shape->volume_examined = shape->shells.nested_examined && shape->columns.examined;
    shape->by_rule = settle(shape, shape->made.volume, 0, &sampled);
    shape->inside_out = lqi_shells_are_inside_out(&shape->shells);
    lqi_volume_by_rule made = shape->by_rule;
    if (shape->inside_out) {
        lqi_shells_turn(&shape->shells);
        lqi_moments_negate(&shape->made);
        sampled = false;
        made = settle(shape, shape->made.volume, 1, &sampled);
    }
    count_kinds(shape);
    double unseen;
    LQI_TRY(lqi_shells_unseen_overlap(context, &shape->shells, shape->columns.cell, &unseen));
    if (shape->shells_nested) shape->volume_cavity = volume_if_cavities(&shape->shells);
    shape->volume_solid = made.nonzero;
    shape->overlaps = sampled;
    shape->moments_known = !sampled && shape->volume_examined;
    double volume = *rule_of(&made, rule), bound = 0, least = 0, most = lqi_shells_size(&shape->shells);
    if (sampled) {
        if (rule == LQI_RULE_POSITIVE && !shape->shells_cavity && !shape->shells_inverted)
            least = largest_shell(&shape->shells);
        bound = shape->columns.bound[rule][shape->inside_out] + shape->made.volume_error + unseen;
        shape->made.volume = fmin(fmax(volume, least), most);
    } else {
        LQI_TRY(measure_by_rule(context, shape, rule));
        most = shape->made.volume;
        shape->made.volume_error += unseen;
    }
    shape->volume_low = fmax(least, shape->made.volume - bound);
    shape->volume_high = fmin(most, shape->made.volume + bound);
    if (!shape->volume_examined) {
        shape->volume_low = 0;
        shape->volume_high = lqi_shells_size(&shape->shells);
    } else if (shape->shells_inverted) { /* nothing or solid: both readings are in the range */
        shape->volume_low = fmin(shape->volume_low, fmin(made.positive, fmin(made.nonzero, made.even_odd)));
        shape->volume_high = fmax(shape->volume_high, fmax(made.positive, fmax(made.nonzero, made.even_odd)));
    }
    return LQ_OK;
}

typedef struct openings {
    double cap_area;
    double uncertain; /* volume between this cap and another */
    double least;     /* area that any caps have at least */
} openings;

static openings sum_openings(const lqi_boundary *boundary)
{
    openings sum = {0, 0, 0};
    for (uint32_t i = 0; i < boundary->loop_count; i++) {
        const lqi_boundary_loop *loop = &boundary->loop[i];
        const double *v = loop->vector_area;
        sum.cap_area += loop->cap_area;
        sum.uncertain += loop->cap_area * loop->slack;
        sum.least += sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
    }
    return sum;
}

/* A surface whose openings are too large to be closed encloses nothing. */
static bool is_sheet(const lqi_shape *shape, const openings *open)
{
    double surface = shape->stored.area;
    return open->least > LQI_CAP_SHARE_MAX * surface ||
           (shape->topology.non_orientable_patches && open->cap_area > CAP_SHARE_UNORIENTED_MAX * surface);
}

static lq_status measure_solid(lq_context *context, lq_fill fill, const openings *open, lqi_shape *shape)
{
    LQI_TRY(make_solid(context, shape));
    if (shape->topology.misoriented_triangles || shape->topology.duplicate_triangles || shape->boundary.cap_count)
        LQI_TRY(lqi_moments_measure(context, &shape->solid, shape->solid_flag, shape->stored.reference, &shape->made));
    LQI_TRY(lqi_shells_measure(context, &shape->solid, shape->solid_flag, shape->solid_shell,
                               shape->topology.shell_count, &shape->shells));
    LQI_TRY(measure_columns(context, shape));
    LQI_TRY(decide_volume(context, fill, shape));
    if (!shape->closed_after_repair) {
        double half_range = open->uncertain + shape->made.volume_error;
        shape->volume_low = fmax(0, shape->volume_low - half_range);
        shape->volume_high += half_range;
    }
    double flat = FLAT_SHARE * shape->made.area * sqrt(shape->made.area) + shape->made.volume_error;
    shape->volume_is_zero = shape->made.volume <= flat;
    return LQ_OK;
}

static lq_status examine_topology(lq_context *context, lq_fill fill, lqi_shape *shape)
{
    LQI_TRY(lqi_topology_find(context, shape->mesh, &shape->topology));
    shape->topology_examined = true;
    shape->volume_is_zero = !shape->topology.any_triangle;
    if (!shape->topology.any_triangle) return LQ_OK;
    count_slivers(shape);
    LQI_TRY(lqi_boundary_find(context, shape->mesh, &shape->topology, &shape->boundary));
    shape->closed_after_repair = shape->boundary.loop_count == 0;
    openings open = sum_openings(&shape->boundary);
    shape->sheet = is_sheet(shape, &open);
    if (!shape->sheet) return measure_solid(context, fill, &open, shape);
    shape->made.volume = 0;
    shape->volume_is_zero = true;
    shape->volume_examined = true;
    shape->moments_known = false;
    return LQ_OK;
}

lq_status lqi_shape_measure(lq_context *context, const lqi_mesh *mesh, lq_topology depth, lq_fill fill,
                            lqi_shape *shape)
{
    *shape = (lqi_shape){.mesh = mesh, .box = lqi_box_of_mesh(mesh), .volume_cavity = NAN, .sliver_triangle = -1};
    lq_status status;
    double reference[3];
    lqi_box_centre(&shape->box, reference);
    LQI_TRY_GOTO(lqi_mesh_certify(context, mesh, &shape->certificate));
    LQI_TRY_GOTO(lqi_moments_measure(context, mesh, NULL, reference, &shape->stored));
    shape->made = shape->stored;
    shape->moments_known = true;
    if (depth == LQ_TOPOLOGY_FULL) {
        status = examine_topology(context, fill, shape);
    } else {
        /* The streaming proof says nothing about overlaps: the signed volume, turned if need be, is all there is. */
        shape->inside_out = shape->made.volume < 0;
        if (shape->inside_out) lqi_moments_negate(&shape->made);
        shape->closed_after_repair = shape->certificate.closed && shape->certificate.oriented;
        shape->volume_low = shape->volume_high = NAN;
    }
done:
    if (status != LQ_OK) lqi_shape_free(context, shape);
    return status;
}

void lqi_shape_free(lq_context *context, lqi_shape *shape)
{
    if (shape->topology_examined) lqi_topology_free(context, &shape->topology);
    lqi_boundary_free(context, &shape->boundary);
    lqi_shells_free(context, &shape->shells);
    lqi_free(context, shape->solid.corner);
    lqi_free(context, shape->solid_flag);
    lqi_free(context, shape->solid_shell);
    *shape = (lqi_shape){0};
}
