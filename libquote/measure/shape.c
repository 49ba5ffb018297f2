#include "measure/shape.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "measure/sweep.h"

/* A solid of this little volume for its area is no solid: a 1 m sheet of a nanometre is above it. */
#define FLAT_SHARE 1e-12

/* Overlaps below this share of the volume are the rounding of coordinates, not a property of the part. */
#define NOISE_SHARE 1e-7

/* Below this share it may still be the columns' own grid that makes bodies overlap that only touch in a slanted plane:
 * both readings are in the range. */
#define TOUCH_SHARE 1e-4

/* Where the surface cannot even be oriented, a cap of half the surface is enough to call it a sheet: a Moebius strip's
 * boundary bounds no area that the other test would see. */
#define CAP_SHARE_UNORIENTED_MAX 0.5

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

/* ---- the solid: the body and its caps ---- */

/* Without caps it is the body itself. */
static lq_status make_solid(lq_context *context, lqi_shape *shape)
{
    const lqi_mesh *mesh = shape->body.mesh;
    const lqi_topology *topology = shape->body.topology;
    const lqi_boundary *boundary = &shape->body.boundary;
    shape->solid = *mesh;
    shape->solid_flag = topology->flag;
    shape->solid_shell = topology->shell;
    if (!boundary->cap_count) return LQ_OK;
    size_t own = mesh->triangle_count, count = own + boundary->cap_count;
    if (count > LQI_TRIANGLE_COUNT_MAX) return lqi_fail_over_limit(context, "triangles", LQI_TRIANGLE_COUNT_MAX, count);
    shape->own_corner = lqi_alloc_array(context, count, 3 * sizeof *shape->own_corner);
    shape->own_flag = shape->own_corner ? lqi_alloc_zeroed(context, count, 1) : NULL;
    shape->own_shell = shape->own_flag ? lqi_alloc_array(context, count, sizeof *shape->own_shell) : NULL;
    if (!shape->own_shell) return lqi_memory_status(context);
    memcpy(shape->own_corner, mesh->corner, own * 3 * sizeof *mesh->corner);
    memcpy(shape->own_flag, topology->flag, own);
    memcpy(shape->own_shell, topology->shell, own * sizeof *shape->own_shell);
    memcpy(shape->own_corner + own * 3, boundary->cap_corner, (size_t)boundary->cap_count * 3 * sizeof *mesh->corner);
    memcpy(shape->own_shell + own, boundary->cap_shell, boundary->cap_count * sizeof *shape->own_shell);
    for (size_t t = own; t < count; t++)
        if (lqi_is_degenerate(shape->own_corner + 3 * t)) shape->own_flag[t] = LQI_TRIANGLE_DEGENERATE;
    shape->solid.corner = shape->own_corner;
    shape->solid.triangle_count = (uint32_t)count;
    shape->solid_flag = shape->own_flag;
    shape->solid_shell = shape->own_shell;
    return LQ_OK;
}

/* ---- one pass for everything, another where repairs change the mesh ---- */

/* Room for what the sums of a pass become. */
typedef struct measures {
    double stored[LQI_MOMENT_COUNT], made[LQI_MOMENT_COUNT];
    lqi_chunk_sums chunks; /* what `stored` is made of, where the solid has the same triangles and more */
    lqi_slivers slivers;
    lqi_raster raster; /* columns along z */
} measures;

/* Has the solid other triangles than the file? */
static bool is_mended(const lqi_shape *shape)
{
    return shape->body.mesh != shape->mesh || shape->body.boundary.cap_count;
}

static lqi_sweep sweep_of_solid(const lqi_shape *shape)
{
    return (lqi_sweep){.mesh = &shape->solid,
                       .flag = shape->solid_flag,
                       .shell = shape->solid_shell,
                       .reference = shape->stored.reference};
}

/* Adds to a pass what is measured of the solid. */
static lq_status want_solid(lq_context *context, lqi_shape *shape, measures *m, lqi_sweep *sweep)
{
    const lqi_topology *topology = shape->body.topology;
    bool changed = topology->misoriented_triangles || topology->duplicate_triangles || topology->opposed_triangles;
    if (changed || is_mended(shape)) sweep->made = m->made;
    LQI_TRY(lqi_shells_init(context, topology->shell_count, &shape->shells));
    sweep->shells = &shape->shells;
    int across = lqi_columns_across(&shape->box, 2, shape->shells.count, shape->solid.triangle_count);
    if (!across) return LQ_OK;
    lqi_raster_init(&m->raster, context, &shape->box, 2, across, shape->solid.triangle_count);
    sweep->raster = &m->raster;
    return LQ_OK;
}

static lq_status measure_stored(lq_context *context, bool solid_too, lqi_shape *shape, measures *m)
{
    lqi_sweep sweep = {.mesh = shape->mesh,
                       .flag = shape->topology.flag,
                       .shell = shape->topology.shell,
                       .reference = shape->stored.reference,
                       .stored = m->stored,
                       .certificate = &shape->certificate,
                       .keep = shape->body.mesh == shape->mesh && shape->body.boundary.cap_count ? &m->chunks : NULL,
                       .slivers = shape->topology_examined ? &m->slivers : NULL};
    if (solid_too) LQI_TRY(want_solid(context, shape, m, &sweep));
    LQI_TRY(lqi_sweep_run(context, &sweep));
    double reference[3];
    memcpy(reference, shape->stored.reference, sizeof reference);
    lqi_moments_of_sums(m->stored, shape->mesh->triangle_count, reference, &shape->stored);
    shape->made = shape->stored;
    shape->sliver_triangles = m->slivers.count;
    shape->sliver_triangle = m->slivers.count ? m->slivers.first : -1;
    if (sweep.made) lqi_moments_of_sums(m->made, shape->solid.triangle_count, reference, &shape->made);
    return LQ_OK;
}

static lq_status measure_mended(lq_context *context, lqi_shape *shape, measures *m)
{
    lqi_sweep sweep = sweep_of_solid(shape);
    LQI_TRY(want_solid(context, shape, m, &sweep));
    sweep.known = &m->chunks;
    LQI_TRY(lqi_sweep_run(context, &sweep));
    lqi_moments_of_sums(m->made, shape->solid.triangle_count, shape->stored.reference, &shape->made);
    return LQ_OK;
}

/* ---- where do shells cross, where does a surface cut itself? ---- */

/* Are columns so narrow that a surface of this area crosses too many by far? A surface shows them half of its area on
 * average, and seldom less than an eighth. */
#define AREA_SHARE_SHOWN 0.125
static bool is_hopeless(const lqi_shape *shape, const lqi_raster *raster, double cell)
{
    return AREA_SHARE_SHOWN * shape->made.area > (double)raster->hits_max * cell * cell;
}

static lq_status run_raster(lq_context *context, const lqi_shape *shape, lqi_raster *raster)
{
    lqi_sweep sweep = sweep_of_solid(shape);
    sweep.raster = raster;
    return lqi_sweep_run(context, &sweep);
}

/* *raster has the crossings along one axis. Too many: coarser columns, and a larger bound that says so. Something found
 * where few columns looked for it: as many as there may be measure it. */
static lq_status look_along(lq_context *context, lqi_shape *shape, int across, lqi_raster *raster, lqi_columns *columns)
{
    const int axis = raster->up;
    bool coarser = false;
    for (;;) {
        LQI_TRY(lqi_columns_measure(raster, &shape->shells, &shape->box, lqi_shells_are_inside_out(&shape->shells),
                                    columns));
        columns->across = across;
        if (columns->examined && (coarser || !columns->found || across == LQI_COLUMNS_ACROSS)) return LQ_OK;
        coarser |= !columns->examined;
        const double wide = raster->cell * across; /* of the box */
        across = coarser ? across / 2 : LQI_COLUMNS_ACROSS;
        while (coarser && across >= LQI_COLUMNS_ACROSS_LEAST && is_hopeless(shape, raster, wide / across)) across /= 2;
        if (across < LQI_COLUMNS_ACROSS_LEAST) return LQ_OK;
        lqi_raster_free(raster);
        lqi_raster_init(raster, context, &shape->box, axis, across, shape->solid.triangle_count);
        LQI_TRY(run_raster(context, shape, raster));
    }
}

static lq_status look_along_other(lq_context *context, lqi_shape *shape, int axis, lqi_columns *columns)
{
    *columns = (lqi_columns){.examined = true}; /* where there is no width nothing can overlap */
    int across = lqi_columns_across(&shape->box, axis, shape->shells.count, shape->solid.triangle_count);
    if (!across) return LQ_OK;
    lqi_raster raster;
    lqi_raster_init(&raster, context, &shape->box, axis, across, shape->solid.triangle_count);
    lq_status status = run_raster(context, shape, &raster);
    if (status == LQ_OK) status = look_along(context, shape, across, &raster, columns);
    lqi_raster_free(&raster);
    return status;
}

/* doubt: other volume that is not known. */
static bool is_worth_a_closer_look(const lqi_shape *shape, int rule, double doubt)
{
    const lqi_columns *columns = &shape->columns;
    const double bound = columns->bound[rule][lqi_shells_are_inside_out(&shape->shells)];
    const double volume = fabs(shape->made.volume);
    return columns->examined && columns->found && columns->across >= LQI_COLUMNS_ACROSS &&
           columns->across < LQI_COLUMNS_ACROSS_MOST && bound > LQI_COLUMNS_SHARE_KNOWN * volume &&
           bound < LQI_COLUMNS_SHARE_LOST * volume && doubt < bound;
}

/* Room for the crossings, and for their spans, of which there are fewer. */
static bool has_room(lq_context *context, uint64_t hit_count)
{
    void *room = lqi_try_alloc(context, (size_t)hit_count * (sizeof(lqi_hit) + sizeof(lqi_span)));
    lqi_free(context, room);
    return room != NULL;
}

/* What was found, measured by columns half as wide, until it is known well or that would be too much work. */
static lq_status look_closer(lq_context *context, lqi_shape *shape, int rule, double doubt)
{
    lqi_columns *columns = &shape->columns;
    while (is_worth_a_closer_look(shape, rule, doubt)) {
        const uint64_t hit_count = 4 * columns->hit_count;
        if (hit_count > LQI_COLUMNS_HITS_FINE || !has_room(context, hit_count)) return LQ_OK;
        lqi_raster raster;
        lqi_columns finer;
        const int across = 2 * columns->across;
        lqi_raster_init(&raster, context, &shape->box, columns->axis, across, shape->solid.triangle_count);
        if (raster.hits_max < hit_count + hit_count / 4) raster.hits_max = hit_count + hit_count / 4; /* borders */
        lq_status status = run_raster(context, shape, &raster);
        if (status == LQ_OK)
            status = lqi_columns_measure(&raster, &shape->shells, &shape->box,
                                         lqi_shells_are_inside_out(&shape->shells), &finer);
        lqi_raster_free(&raster);
        LQI_TRY(status);
        if (!finer.examined || !finer.found) return LQ_OK;
        finer.crossed |= columns->crossed;
        finer.cell = columns->cell;
        finer.across = across;
        *columns = finer;
    }
    return LQ_OK;
}

/* Columns along z; with several shells along x and y as well, because thin overlaps may hide between columns. The axis
 * that sees the most is kept. */
static lq_status measure_columns(lq_context *context, lqi_shape *shape, lqi_raster *raster)
{
    int across = lqi_columns_across(&shape->box, 2, shape->shells.count, shape->solid.triangle_count);
    shape->columns.examined = true;
    if (across) LQI_TRY(look_along(context, shape, across, raster, &shape->columns));
    bool several = shape->shells.count > 1 && shape->shells.nested_examined;
    for (int axis = 0; axis < 2 && several && shape->columns.examined; axis++) {
        lqi_columns other;
        LQI_TRY(look_along_other(context, shape, axis, &other));
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

/* How the rule counts a shell, where that is not what its sign says. */
static bool counts_otherwise(const lqi_shape *shape, uint32_t triangle, int rule, int *counts)
{
    if (shape->solid_flag[triangle] & LQI_TRIANGLE_DEGENERATE) return false;
    const lqi_shell *shell = &shape->shells.shell[shape->solid_shell[triangle]];
    int sign = (shell->volume > 0) - (shell->volume < 0);
    *counts = lqi_shell_counts(shell, rule);
    return *counts != sign;
}

static bool rule_follows_signs(const lqi_shells *shells, int rule)
{
    for (uint32_t s = 0; s < shells->count; s++) {
        const lqi_shell *shell = &shells->shell[s];
        if (lqi_shell_counts(shell, rule) != (shell->volume > 0) - (shell->volume < 0)) return false;
    }
    return true;
}

/* Leaves out or turns the shells that the rule reads otherwise than their sign, so that area, centroid and inertia are
 * of the same body as the volume. */
static lq_status measure_by_rule(lq_context *context, lqi_shape *shape, int rule)
{
    if (rule_follows_signs(&shape->shells, rule)) return LQ_OK;
    if (!shape->own_flag) { /* the topology keeps its own */
        shape->own_flag = lqi_alloc_array(context, shape->solid.triangle_count, 1);
        if (!shape->own_flag) return lqi_memory_status(context);
        memcpy(shape->own_flag, shape->solid_flag, shape->solid.triangle_count);
        shape->solid_flag = shape->own_flag;
    }
    for (uint32_t t = 0; t < shape->solid.triangle_count; t++) {
        int counts;
        if (!counts_otherwise(shape, t, rule, &counts)) continue;
        if (counts == 0)
            shape->own_flag[t] |= LQI_TRIANGLE_DUPLICATE;
        else
            shape->own_flag[t] ^= LQI_TRIANGLE_FLIPPED;
    }
    double sums[LQI_MOMENT_COUNT];
    lqi_sweep sweep = sweep_of_solid(shape);
    sweep.made = sums;
    LQI_TRY(lqi_sweep_run(context, &sweep));
    lqi_moments_of_sums(sums, shape->solid.triangle_count, shape->stored.reference, &shape->made);
    if (shape->inside_out) lqi_moments_negate(&shape->made);
    return LQ_OK;
}

static int rule_of_fill(lq_fill fill)
{
    return fill == LQ_FILL_NONZERO    ? LQI_RULE_NONZERO
           : fill == LQ_FILL_EVEN_ODD ? LQI_RULE_EVEN_ODD
                                      : LQI_RULE_POSITIVE;
}

static lq_status decide_volume(lq_context *context, int rule, lqi_shape *shape)
{
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
    double unseen = 0;
    if (shape->volume_examined)
        LQI_TRY(lqi_shells_unseen_overlap(context, &shape->shells, shape->columns.cell, &unseen));
    if (shape->shells_nested) shape->volume_cavity = volume_if_cavities(&shape->shells);
    shape->volume_solid = made.nonzero;
    shape->overlaps = sampled;
    shape->moments_known = !sampled && shape->volume_examined;
    double volume = *rule_of(&made, rule), bound = 0, most = lqi_shells_size(&shape->shells);
    if (sampled) {
        double correction = fabs(shape->columns.correction[rule][shape->inside_out]);
        if (correction <= TOUCH_SHARE * lqi_shells_size(&shape->shells)) bound = correction;
        bound += shape->columns.bound[rule][shape->inside_out] + shape->made.volume_error + unseen;
        shape->made.volume = fmin(fmax(volume, 0), most);
    } else {
        LQI_TRY(measure_by_rule(context, shape, rule));
        most = shape->made.volume;
        shape->made.volume_error += unseen;
    }
    shape->volume_low = fmax(0, shape->made.volume - bound);
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

/* A surface whose openings are too large to be closed encloses nothing. */
static bool is_sheet(const lqi_shape *shape, const lqi_openings *open)
{
    double surface = shape->stored.area;
    return open->least > LQI_CAP_SHARE_MAX * surface ||
           (shape->body.topology->non_orientable_patches && open->cap_area > CAP_SHARE_UNORIENTED_MAX * surface);
}

static double box_volume(const lqi_box *box)
{
    return (box->max[0] - box->min[0]) * (box->max[1] - box->min[1]) * (box->max[2] - box->min[2]);
}

static lq_status decide_solid(lq_context *context, lq_fill fill, const lqi_openings *open, lqi_raster *raster,
                              lqi_shape *shape)
{
    const lqi_shelled shelled = {&shape->solid, shape->solid_flag, shape->solid_shell};
    LQI_TRY(lqi_shells_nest(context, &shelled, &shape->shells));
    LQI_TRY(measure_columns(context, shape, raster));
    const int rule = rule_of_fill(fill);
    LQI_TRY(look_closer(context, shape, rule, open->uncertain + shape->body.doubt));
    LQI_TRY(decide_volume(context, rule, shape));
    double flat = FLAT_SHARE * shape->made.area * sqrt(shape->made.area) + shape->made.volume_error;
    shape->volume_is_zero = shape->made.volume <= flat;
    if (!(shape->made.area > 0)) shape->made.area = shape->stored.area; /* nothing but pairs: they are all there is */
    double doubt = open->uncertain + shape->body.doubt;
    shape->made.volume_error += doubt;
    if (!shape->closed_after_repair) doubt = shape->made.volume_error;
    if (!shape->closed_after_repair || shape->volume_low != shape->volume_high) {
        shape->volume_low = fmax(0, shape->volume_low - doubt);
        shape->volume_high += doubt;
    }
    if (shape->body.topology->freed_edges) { /* turned another way it is another body, but none larger than its box */
        shape->volume_low = 0;
        shape->volume_high = fmax(shape->volume_high, box_volume(&shape->box));
    }
    return LQ_OK;
}

static void call_it_a_sheet(lq_context *context, lqi_shape *shape)
{
    lqi_shells_free(context, &shape->shells);
    shape->solid_flag = NULL;
    shape->made = shape->stored;
    shape->made.volume = 0;
    shape->volume_is_zero = true;
    shape->volume_examined = true;
    shape->moments_known = false;
}

static lq_status measure_examined(lq_context *context, lq_fill fill, lqi_shape *shape)
{
    measures m = {.slivers = {0, -1}};
    shape->volume_is_zero = !shape->topology.any_triangle;
    if (!shape->topology.any_triangle) return measure_stored(context, false, shape, &m);
    lqi_openings open = lqi_boundary_openings(&shape->body.boundary);
    bool mended = is_mended(shape);
    lq_status status;
    shape->closed_after_repair = shape->body.whole;
    if (!mended) LQI_TRY_GOTO(make_solid(context, shape));
    LQI_TRY_GOTO(measure_stored(context, !mended, shape, &m));
    shape->sheet = is_sheet(shape, &open);
    if (shape->sheet) {
        call_it_a_sheet(context, shape);
        goto done;
    }
    if (mended) LQI_TRY_GOTO(make_solid(context, shape));
    if (mended) LQI_TRY_GOTO(measure_mended(context, shape, &m));
    status = decide_solid(context, fill, &open, &m.raster, shape);
done:
    lqi_free(context, m.chunks.sum);
    lqi_raster_free(&m.raster);
    return status;
}

/* The streaming proof says nothing about overlaps: the signed volume, turned if need be, is all there is. */
static void decide_unexamined(lqi_shape *shape)
{
    shape->made = shape->stored;
    shape->inside_out = shape->made.volume < 0;
    if (shape->inside_out) lqi_moments_negate(&shape->made);
    shape->closed_after_repair = shape->certificate.closed && shape->certificate.oriented;
    shape->moments_known = shape->closed_after_repair;
    shape->volume_low = shape->volume_high = NAN;
}

static lq_status measure_unexamined(lq_context *context, lqi_shape *shape)
{
    measures m = {.slivers = {0, -1}};
    LQI_TRY(measure_stored(context, false, shape, &m));
    decide_unexamined(shape);
    return LQ_OK;
}

static lqi_shape empty_shape(const lqi_mesh *mesh)
{
    return (lqi_shape){
        .mesh = mesh, .body = {.mesh = mesh}, .volume_cavity = NAN, .sliver_triangle = -1, .moments_known = true};
}

/* As caps close a mesh. */
static void close_by_patch(lqi_shape *shape, const lqi_patch *patch)
{
    shape->patch = patch;
    shape->made = patch->whole;
    shape->inside_out = shape->made.volume < 0;
    if (shape->inside_out) lqi_moments_negate(&shape->made);
    shape->made.volume_error += patch->doubt;
    shape->moments_known = true;
    if (!(patch->doubt > 0)) return;
    shape->volume_low = fmax(0, shape->made.volume - shape->made.volume_error);
    shape->volume_high = shape->made.volume + shape->made.volume_error;
}

void lqi_shape_of_soup(const lqi_mesh *mesh, const lqi_pass_measures *soup, lqi_shape *shape)
{
    *shape = empty_shape(mesh);
    shape->box = soup->box;
    shape->certificate = soup->certificate;
    shape->stored = soup->stored;
    decide_unexamined(shape);
    if (soup->patch.closes) close_by_patch(shape, &soup->patch);
}

lq_status lqi_shape_measure(lq_context *context, const lqi_mesh *mesh, lq_topology depth, lq_fill fill,
                            lqi_shape *shape)
{
    *shape = empty_shape(mesh);
    lq_status status;
    if (depth == LQ_TOPOLOGY_FULL) {
        LQI_TRY_GOTO(lqi_topology_find(context, mesh, &shape->topology));
        shape->topology_examined = true;
        LQI_TRY_GOTO(lqi_body_make(context, mesh, &shape->topology, &shape->body));
    }
    const lqi_topology *topology = shape->body.topology;
    bool any_left_out =
        topology ? topology->degenerate_triangles || topology->opposed_triangles : lqi_mesh_any_degenerate(mesh);
    shape->box = lqi_box_of_mesh(shape->body.mesh, topology ? topology->flag : NULL, any_left_out);
    lqi_box_centre(&shape->box, shape->stored.reference);
    status = depth == LQ_TOPOLOGY_FULL ? measure_examined(context, fill, shape) : measure_unexamined(context, shape);
done:
    if (status != LQ_OK) lqi_shape_free(context, shape);
    return status;
}

void lqi_shape_free(lq_context *context, lqi_shape *shape)
{
    lqi_body_free(context, &shape->body);
    if (shape->topology_examined) lqi_topology_free(context, &shape->topology);
    lqi_shells_free(context, &shape->shells);
    lqi_free(context, shape->own_corner);
    lqi_free(context, shape->own_flag);
    lqi_free(context, shape->own_shell);
    lqi_free(context, shape->normals);
    *shape = (lqi_shape){0};
}
