#include "measure/shape.h"

#include <float.h>
#include <math.h>

#include "base/context.h"
#include "base/fail.h"

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

static void turn_shells(lqi_shells *shells)
{
    for (uint32_t s = 0; s < shells->count; s++) {
        lqi_shell *shell = &shells->shell[s];
        shell->volume = -shell->volume;
        shell->winding = -shell->winding;
        bool in_material = shell->winding >= 1;
        if (shell->volume > 0)
            shell->kind = in_material ? LQI_SHELL_NESTED : LQI_SHELL_SOLID;
        else if (shell->volume < 0)
            shell->kind = in_material ? LQI_SHELL_CAVITY : LQI_SHELL_INVERTED;
    }
}

static double by_fill(const lqi_volume_by_rule *volume, lq_fill fill)
{
    return fill == LQ_FILL_NONZERO ? volume->nonzero : fill == LQ_FILL_EVEN_ODD ? volume->even_odd : volume->positive;
}

/* The nesting of shells gives exact volumes as long as no shell cuts another or itself; the columns say whether one does,
 * and then what the cut is worth. Where both agree the exact number stands. */
static double settle(double by_nesting, double signed_volume, double correction, double bound, bool *sampled)
{
    double noise = NOISE_SHARE * fabs(signed_volume);
    bool agrees = by_nesting == signed_volume ? fabs(correction) <= noise
                                              : fabs(signed_volume + correction - by_nesting) <= bound + noise;
    if (agrees) return by_nesting;
    *sampled = true;
    return fmax(0, signed_volume + correction);
}

static lqi_volume_by_rule settle_all(const lqi_shape *shape, double signed_volume, int turned, bool *sampled)
{
    lqi_volume_by_rule volume = lqi_shells_volume_by_rule(&shape->shells, signed_volume);
    const lqi_columns *c = &shape->columns;
    if (!c->examined) return volume;
    volume.positive = settle(volume.positive, signed_volume, c->correction[LQI_RULE_POSITIVE][turned],
                             c->bound[LQI_RULE_POSITIVE][turned], sampled);
    volume.nonzero = settle(volume.nonzero, signed_volume, c->correction[LQI_RULE_NONZERO][turned],
                            c->bound[LQI_RULE_NONZERO][turned], sampled);
    volume.even_odd = settle(volume.even_odd, signed_volume, c->correction[LQI_RULE_EVEN_ODD][turned],
                             c->bound[LQI_RULE_EVEN_ODD][turned], sampled);
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

static void decide_closed_volume(lqi_shape *shape, lq_fill fill)
{
    bool sampled = false;
    shape->by_rule = settle_all(shape, shape->made.volume, 0, &sampled);
    shape->by_rule_known = shape->shells.nested_examined && shape->columns.examined;
    count_kinds(shape);
    shape->inside_out = shape->made.volume < 0 && shape->shells_solid == 0 && shape->shells_inverted > 0;
    lqi_volume_by_rule made = shape->by_rule;
    if (shape->inside_out) {
        turn_shells(&shape->shells);
        lqi_moments_negate(&shape->made);
        sampled = false;
        made = settle_all(shape, shape->made.volume, 1, &sampled);
        count_kinds(shape);
    }
    shape->overlaps = sampled;
    if (shape->shells_nested) shape->volume_cavity = volume_if_cavities(&shape->shells);
    shape->made.volume = by_fill(&made, fill);
    shape->volume_low = shape->volume_high = shape->made.volume;
    if (sampled) {
        int rule = fill == LQ_FILL_NONZERO ? LQI_RULE_NONZERO : fill == LQ_FILL_EVEN_ODD ? LQI_RULE_EVEN_ODD : LQI_RULE_POSITIVE;
        double bound = shape->columns.bound[rule][shape->inside_out] + shape->made.volume_error;
        shape->volume_low = fmax(0, shape->made.volume - bound);
        shape->volume_high = shape->made.volume + bound;
    }
    if (shape->shells_inverted) { /* nothing or solid: both readings are in the range */
        shape->volume_low = fmin(shape->volume_low, fmin(made.positive, fmin(made.nonzero, made.even_odd)));
        shape->volume_high = fmax(shape->volume_high, fmax(made.positive, fmax(made.nonzero, made.even_odd)));
    }
    double flat = FLAT_SHARE * shape->made.area * sqrt(shape->made.area) + shape->made.volume_error;
    shape->volume_is_zero = shape->made.volume <= flat;
}

static void decide_open_volume(lqi_shape *shape)
{
    double cap_area = 0, cap_volume = 0, uncertain = 0, opening = 0;
    for (uint32_t i = 0; i < shape->boundary.loop_count; i++) {
        const lqi_boundary_loop *loop = &shape->boundary.loop[i];
        cap_area += loop->cap_area;
        cap_volume += loop->cap_volume;
        uncertain += loop->cap_area * loop->slack;
        const double *v = loop->vector_area; /* the least any cap of this loop can have; one over a ragged loop has more */
        opening += sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
    }
    shape->made.volume += cap_volume;
    shape->sheet = opening > LQI_CAP_SHARE_MAX * shape->made.area ||
                   (shape->topology.non_orientable_patches && cap_area > CAP_SHARE_UNORIENTED_MAX * shape->made.area);
    shape->inside_out = !shape->sheet && shape->made.volume < 0;
    if (shape->inside_out) {
        lqi_moments_negate(&shape->made);
        turn_shells(&shape->shells);
    }
    count_kinds(shape);
    shape->made.area += cap_area;
    double half_range = uncertain + shape->made.volume_error;
    shape->volume_low = fmax(0, shape->made.volume - half_range);
    shape->volume_high = shape->made.volume + half_range;
    double flat = FLAT_SHARE * shape->made.area * sqrt(shape->made.area) + shape->made.volume_error;
    shape->volume_is_zero = shape->made.volume <= flat;
}

static void count_slivers(lqi_shape *shape)
{
    const lqi_mesh *mesh = shape->mesh;
    shape->sliver_triangle = -1;
    for (uint32_t t = 0; t < mesh->triangle_count; t++) {
        const double *a = lqi_mesh_corner(mesh, t, 0), *b = lqi_mesh_corner(mesh, t, 1), *c = lqi_mesh_corner(mesh, t, 2);
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

static lq_status examine_topology(lq_context *context, const double reference[3], lqi_shape *shape)
{
    const lqi_mesh *mesh = shape->mesh;
    LQI_TRY(lqi_topology_find(context, mesh, &shape->topology));
    shape->topology_examined = true;
    if (!shape->topology.any_triangle) return LQ_OK;
    LQI_TRY(lqi_boundary_find(context, mesh, &shape->topology, reference, &shape->boundary));
    shape->closed_after_repair = shape->boundary.loop_count == 0;
    LQI_TRY(lqi_shells_measure(context, mesh, &shape->topology, shape->closed_after_repair, &shape->shells));
    count_slivers(shape);
    return LQ_OK;
}

lq_status lqi_shape_measure(lq_context *context, const lqi_mesh *mesh, lq_topology depth, lq_fill fill, lqi_shape *shape)
{
    *shape = (lqi_shape){.mesh = mesh, .box = lqi_box_of_mesh(mesh), .volume_cavity = NAN, .sliver_triangle = -1};
    lq_status status;
    double reference[3];
    lqi_box_centre(&shape->box, reference);
    LQI_TRY_GOTO(lqi_mesh_certify(context, mesh, &shape->certificate));
    LQI_TRY_GOTO(lqi_moments_measure(context, mesh, NULL, reference, &shape->stored));
    shape->made = shape->stored;
    if (depth == LQ_TOPOLOGY_FULL) LQI_TRY_GOTO(examine_topology(context, reference, shape));
    if (!shape->topology_examined) {
        shape->inside_out = shape->made.volume < 0;
        if (shape->inside_out) lqi_moments_negate(&shape->made);
        shape->volume_low = shape->volume_high = shape->made.volume;
        shape->closed_after_repair = shape->certificate.closed && shape->certificate.oriented;
        status = LQ_OK;
        goto done;
    }
    if (!shape->topology.any_triangle) {
        shape->volume_is_zero = true;
        goto done;
    }
    if (shape->topology.misoriented_triangles || shape->topology.duplicate_triangles)
        LQI_TRY_GOTO(lqi_moments_measure(context, mesh, shape->topology.flag, reference, &shape->made));
    if (shape->closed_after_repair) {
        bool turned_too = shape->made.volume < 0; /* only such a mesh can turn out to be inside out */
        LQI_TRY_GOTO(lqi_columns_measure(context, mesh, shape->topology.flag, &shape->box, turned_too, &shape->columns));
        decide_closed_volume(shape, fill);
    } else {
        decide_open_volume(shape);
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
    *shape = (lqi_shape){0};
}
