#include "estimate/cost.h"

#include <string.h>

#include "estimate/motion.h"

#define ROLES LQI_ROLE_COUNT
#define SUPPORT_FOOT_DENSITY 0.9
/* What the round edge of a bead leaves out of its rectangle, of its height: (1 - pi / 4) / 2. */
#define ROUND_EDGE 0.10730091830127584

static double least(double a, double b) { return a < b ? a : b; }
static double most(double a, double b) { return a > b ? a : b; }
/* 0 is no limit. */
static double limited(double value, double limit) { return limit > 0 && limit < value ? limit : value; }

lqi_coefficients lqi_coefficients_fitted(void)
{
    return (lqi_coefficients){
#define LQI_COEFFICIENT_VALUE(name, value) .name = value,
        LQI_COEFFICIENT_LIST(LQI_COEFFICIENT_VALUE)
#undef LQI_COEFFICIENT_VALUE
    };
}

/* What holds for one layer. */
typedef struct work {
    const lqi_machine *machine;
    const lqi_coefficients *c;
    const lqi_layer *layer;
    bool first;
    double spacing[ROLES], speed[ROLES], acceleration[ROLES];
    double small_speed;
    double jerk; /* of x and y */
    double length[ROLES], volume[ROLES], time[ROLES];
    double fill_pixel;            /* mm between the rows of runs */
    int combined;                 /* layers whose sparse infill is laid as one */
    double around_mm, around_mm3; /* skirt and brim */
    double around_speed;
    double retractions, hops, travel_mm;
} work;

static const lqi_role role_of_fill[LQI_FILL_COUNT] = {[LQI_FILL_SPARSE] = LQI_ROLE_INFILL,
                                                      [LQI_FILL_SOLID] = LQI_ROLE_SOLID_INFILL,
                                                      [LQI_FILL_TOP] = LQI_ROLE_TOP_SOLID_INFILL,
                                                      [LQI_FILL_BRIDGE] = LQI_ROLE_BRIDGE};

static void set_lines(work *w)
{
    const lqi_machine *m = w->machine;
    double h = w->layer->height_mm;
    for (int r = 0; r < ROLES; r++) {
        double width = w->first ? m->first_layer_width_mm : m->width_mm[r];
        w->spacing[r] = most(lqi_line_spacing(width, h), width / 4);
        double fastest = limited(limited(m->max_feedrate_mm_s[LQI_AXIS_X], m->max_feedrate_mm_s[LQI_AXIS_Y]),
                                 m->max_feedrate_mm_s[LQI_AXIS_Y]);
        double v = w->first ? m->first_layer_speed_mm_s[r] : m->speed_mm_s[r];
        v = limited(v, fastest);
        if (m->max_volumetric_speed_mm3_s > 0) v = least(v, m->max_volumetric_speed_mm3_s / (h * w->spacing[r]));
        w->speed[r] = v;
        double a = w->first && m->first_layer_acceleration_mm_s2 > 0 ? m->first_layer_acceleration_mm_s2
                                                                     : m->acceleration_mm_s2[r];
        w->acceleration[r] = limited(a, m->max_acceleration_extruding_mm_s2);
    }
    w->small_speed = w->first ? w->speed[LQI_ROLE_EXTERNAL_PERIMETER]
                              : least(m->small_perimeter_speed_mm_s,
                                      m->max_volumetric_speed_mm3_s > 0
                                          ? m->max_volumetric_speed_mm3_s / (h * w->spacing[LQI_ROLE_PERIMETER])
                                          : m->small_perimeter_speed_mm_s);
    w->around_speed = w->speed[LQI_ROLE_SUPPORT];
    w->combined = 1;
    while (!w->first && w->combined < m->infill_every_layers && (w->combined + 1) * h <= m->nozzle_mm + 1e-6)
        w->combined++;
    if (m->max_volumetric_speed_mm3_s > 0)
        w->speed[LQI_ROLE_INFILL] = least(
            w->speed[LQI_ROLE_INFILL], m->max_volumetric_speed_mm3_s / (h * w->combined * w->spacing[LQI_ROLE_INFILL]));
    w->jerk = least(m->max_jerk_mm_s[LQI_AXIS_X], m->max_jerk_mm_s[LQI_AXIS_Y]);
}

static double lines_in(const work *w, int fill)
{
    const lqi_runs *runs = &w->layer->fill[fill].runs;
    double count = 0;
    for (int k = 0; k < LQI_RUN_LENGTHS; k++) count += runs->count[k];
    double dense = fill == LQI_FILL_SPARSE ? w->machine->fill_density / w->combined : 1;
    return count * w->fill_pixel * dense / w->spacing[role_of_fill[fill]];
}

static void find_volumes(work *w)
{
    const lqi_layer *l = w->layer;
    const lqi_machine *m = w->machine;
    const lqi_coefficients *c = w->c;
    double h = l->height_mm;
    double foot = w->first ? least(m->elefant_foot_compensation_mm * l->outline_mm, l->area_mm2) : 0;
    double walls =
        l->area_mm2 - foot - l->inside_mm2 - ROUND_EDGE * h * l->outline_mm +
        (c->wall_overlap * 0.787 * m->infill_overlap_mm + c->wall_pixel * 0.787 * w->fill_pixel) * l->inside_edge_mm;
    if (m->perimeters == 1) walls += c->wall_one * l->inside_edge_mm;
    if (m->perimeters < 1) walls = 0;
    walls = most(walls, 0);
    const double *s = w->spacing;
    double length = walls / s[LQI_ROLE_PERIMETER], around = c->outer_length * l->outline_mm;
    /* Lines of constant width lie on each other where a wall is narrower than two of them. */
    bool printed = 2 * l->area_mm2 > 0.95 * m->width_mm[LQI_ROLE_EXTERNAL_PERIMETER] * l->outline_mm;
    if (m->generator == LQI_GENERATOR_CLASSIC && m->perimeters > 0 && printed) length = most(length, around);
    double outer = least(around, length), inner = length - outer;
    double over = least(c->overhang_length * l->overhang_mm2 / s[LQI_ROLE_PERIMETER], length);
    double share = length > 0 ? 1 - over / length : 0;
    w->length[LQI_ROLE_EXTERNAL_PERIMETER] = outer * share;
    w->length[LQI_ROLE_PERIMETER] = inner * share;
    w->length[LQI_ROLE_OVERHANG_PERIMETER] = over;
    for (int r = LQI_ROLE_EXTERNAL_PERIMETER; r <= LQI_ROLE_OVERHANG_PERIMETER; r++)
        w->volume[r] = h * s[LQI_ROLE_PERIMETER] * w->length[r];
    const lqi_region *f = l->fill;
    w->volume[LQI_ROLE_SOLID_INFILL] =
        h * (c->solid_area * f[LQI_FILL_SOLID].area_mm2 + c->solid_edge * f[LQI_FILL_SOLID].edge_mm);
    w->volume[LQI_ROLE_TOP_SOLID_INFILL] =
        h * (c->top_area * f[LQI_FILL_TOP].area_mm2 + c->top_edge * f[LQI_FILL_TOP].edge_mm);
    w->volume[LQI_ROLE_BRIDGE] =
        h * m->bridge_flow_ratio *
        (c->bridge_area * f[LQI_FILL_BRIDGE].area_mm2 + c->bridge_edge * f[LQI_FILL_BRIDGE].edge_mm);
    double ends = most(1 + c->sparse_dense * (m->fill_density - 0.2), 0);
    /* a line that is alone in its region has no anchors */
    double alone = 2 * f[LQI_FILL_SPARSE].parts;
    if (alone > 0) ends *= least(lines_in(w, LQI_FILL_SPARSE) / alone, 1);
    if (m->fill_density > LQI_DENSE)
        w->volume[LQI_ROLE_INFILL] =
            h * (c->solid_area * f[LQI_FILL_SPARSE].area_mm2 + c->solid_edge * f[LQI_FILL_SPARSE].edge_mm);
    else if (m->fill_density > 0)
        w->volume[LQI_ROLE_INFILL] = h * (c->sparse_area * m->fill_density * f[LQI_FILL_SPARSE].area_mm2 +
                                          c->sparse_edge * ends * f[LQI_FILL_SPARSE].edge_mm);
    if (w->combined > 1) {
        /* lines for several layers are as far apart as those for one */
        double width = m->width_mm[LQI_ROLE_INFILL], thick = lqi_line_spacing(width, w->combined * h);
        w->volume[LQI_ROLE_INFILL] *= most(thick, width / 4) / s[LQI_ROLE_INFILL];
    }
    for (int k = 0; k < LQI_FILL_COUNT; k++) {
        lqi_role r = role_of_fill[k];
        if (w->volume[r] < 0) w->volume[r] = 0;
        w->length[r] = w->volume[r] / (h * s[r] * (r == LQI_ROLE_INFILL ? w->combined : 1));
    }
}

/* The skirt is as wide in all layers as in the first. */
static void find_around(work *w, const lqi_around *around, int32_t layer)
{
    const lqi_machine *m = w->machine;
    double h = w->layer->height_mm, quarter_pi = 0.78539816339744831;
    double spacing = most(lqi_line_spacing(m->first_layer_width_mm, h), m->first_layer_width_mm / 4);
    double share = h * spacing / (quarter_pi * m->filament_diameter_mm * m->filament_diameter_mm);
    w->around_mm = lqi_around_length(around, m, layer, spacing, share);
    w->around_mm3 = h * spacing * w->around_mm;
}

/* Columns are filled thinly, more densely below what they hold. The first layer is a foot of lines side by side. */
static void find_supports(work *w)
{
    const lqi_layer *l = w->layer;
    const lqi_machine *m = w->machine;
    const lqi_coefficients *c = w->c;
    double h = l->height_mm, s = w->spacing[LQI_ROLE_SUPPORT], si = w->spacing[LQI_ROLE_SUPPORT_INTERFACE];
    double dense = s / (s + m->support_spacing_mm), dense_interface = si / (si + m->support_interface_spacing_mm);
    w->volume[LQI_ROLE_SUPPORT] =
        h * l->support_mm2 * (w->first ? c->support_foot * SUPPORT_FOOT_DENSITY : c->support_area * dense);
    w->volume[LQI_ROLE_SUPPORT_INTERFACE] = h * c->interface_area * dense_interface * l->interface_mm2;
    for (int r = LQI_ROLE_SUPPORT; r <= LQI_ROLE_SUPPORT_INTERFACE; r++)
        w->length[r] = w->volume[r] / (h * w->spacing[r]);
    w->retractions += c->moves_support * (l->support_mm2 + l->interface_mm2);
}

static void find_moves(work *w)
{
    const lqi_layer *l = w->layer;
    const lqi_machine *m = w->machine;
    const lqi_coefficients *c = w->c;
    double sparse_lines = m->fill_density > 0 ? lines_in(w, LQI_FILL_SPARSE) : 0;
    double loops = l->outers + l->holes;
    double n = 1 + c->moves_loops * most(loops - 1, 0) + c->moves_odd * l->odd_cores +
               c->moves_inside * (l->inside_parts + l->inside_openings) +
               c->moves_solid * l->fill[LQI_FILL_SOLID].parts +
               c->moves_sparse * (m->fill_density > 0 ? l->fill[LQI_FILL_SPARSE].parts : 0) +
               c->moves_bridge * l->fill[LQI_FILL_BRIDGE].parts + c->moves_top * l->fill[LQI_FILL_TOP].parts +
               c->moves_lines * sparse_lines + c->moves_outline * l->outline_mm;
    w->retractions = most(n, 1);
    w->hops = c->hops_loops * loops * most(m->perimeters - 1, 0) + c->hops_outline * l->outline_mm;
    w->travel_mm = w->retractions * c->travel_box * sqrt(most(l->area_mm2, 0)) + c->travel_way * l->way_mm;
}

static bool may_slow(int r) { return r != LQI_ROLE_BRIDGE && r != LQI_ROLE_OVERHANG_PERIMETER; }

static double small_share(const work *w, int wall)
{
    double length = w->length[wall ? LQI_ROLE_PERIMETER : LQI_ROLE_EXTERNAL_PERIMETER];
    return length > 0 ? least(w->c->small_loops * w->layer->small_loops_mm[wall] / length, 1) : 0;
}

/* What the slicer believes a layer takes: no acceleration. */
static double naive_time(const work *w, double cap)
{
    double sum = w->travel_mm / w->machine->travel_speed_mm_s;
    if (w->machine->retract_length_mm > 0)
        sum += w->retractions * (w->machine->retract_length_mm / w->machine->retract_speed_mm_s +
                                 w->machine->retract_length_mm / w->machine->deretract_speed_mm_s +
                                 2 * w->machine->retract_lift_mm / w->machine->travel_speed_z_mm_s);
    if (w->around_mm > 0) sum += w->around_mm / least(w->around_speed, cap);
    for (int r = 0; r < ROLES; r++) {
        double small = r <= LQI_ROLE_PERIMETER ? small_share(w, r) : 0;
        double v = may_slow(r) ? least(w->speed[r], cap) : w->speed[r];
        sum += w->length[r] * ((1 - small) / v + small / least(w->small_speed, cap));
    }
    return sum;
}

/* The common cap of speeds that makes the layer last long enough; INFINITY: none is needed. */
static double find_cap(const work *w)
{
    const lqi_machine *m = w->machine;
    if (!m->cooling || naive_time(w, INFINITY) >= m->slowdown_below_layer_time_s) return INFINITY;
    double low = m->min_print_speed_mm_s, high = 1000;
    if (!(low > 1)) low = 1;
    if (naive_time(w, low) <= m->slowdown_below_layer_time_s) return low;
    for (int i = 0; i < 30; i++) {
        double middle = (low + high) / 2;
        if (naive_time(w, middle) > m->slowdown_below_layer_time_s)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* Of one millimetre of outline, with its corners. */
static double outline_time(const work *w, double v, double a)
{
    const lqi_pieces *p = &w->layer->pieces;
    double time = 0, length = 0;
    for (int k = 0; k < LQI_PIECE_LENGTHS; k++) {
        if (!(p->length_mm[k] > 0)) continue;
        length += p->length_mm[k];
        double count = 0;
        for (int t = 0; t < LQI_PIECE_TURNS; t++) count += p->count[k][t];
        double mean = p->length_mm[k] / count, pass = w->c->corner_jerk * w->jerk * 0.5;
        for (int t = 0; t < LQI_PIECE_TURNS; t++, pass *= 2)
            if (p->count[k][t]) time += p->count[k][t] * lqi_move_time(mean, v, a, pass);
    }
    return length > 0 ? time / length : 1 / v;
}

static double fill_time(const work *w, int fill, double v, double a)
{
    const lqi_coefficients *c = w->c;
    lqi_role r = role_of_fill[fill];
    if (!(w->length[r] > 0)) return 0;
    double lines[LQI_FILL_COUNT] = {[LQI_FILL_SPARSE] = c->sparse_lines,
                                    [LQI_FILL_SOLID] = c->solid_lines,
                                    [LQI_FILL_TOP] = c->top_lines,
                                    [LQI_FILL_BRIDGE] = c->bridge_lines};
    double j = c->fill_jerk * w->jerk;
    if (fill == LQI_FILL_SPARSE && w->machine->fill_pattern == LQI_PATTERN_GYROID)
        return w->length[r] / c->gyroid_piece * lqi_move_time(c->gyroid_piece, v, a, j);
    const lqi_runs *runs = &w->layer->fill[fill].runs;
    double dense = fill == LQI_FILL_SPARSE ? w->machine->fill_density / w->combined : 1;
    double per_run = w->fill_pixel * dense / w->spacing[r] * lines[fill];
    double time = 0, length = 0, links = 0;
    for (int k = 0; k < LQI_RUN_LENGTHS; k++) {
        if (!runs->count[k]) continue;
        double mean = runs->length_mm[k] / runs->count[k], count = runs->count[k] * per_run;
        time += count * lqi_move_time(mean, v, a, j);
        length += count * mean;
        links += count;
    }
    if (length > w->length[r]) return time * w->length[r] / length;
    /* what joins the ends of lines: a piece for each line */
    links *= c->links;
    if (links > 0) time += links * lqi_move_time((w->length[r] - length) / links, v, a, j);
    return time;
}

static void find_times(work *w, double cap)
{
    for (int r = 0; r < ROLES; r++) {
        if (!(w->length[r] > 0)) continue;
        double v = may_slow(r) ? least(w->speed[r], cap) : w->speed[r], a = w->acceleration[r];
        if (r <= LQI_ROLE_OVERHANG_PERIMETER) {
            double small = r <= LQI_ROLE_PERIMETER ? small_share(w, r) : 0;
            double small_v = least(w->small_speed, cap);
            double time = (1 - small) * outline_time(w, v, a);
            if (small > 0) time += small * outline_time(w, small_v, a);
            w->time[r] = w->c->wall_time * w->length[r] * time;
        }
    }
    for (int k = 0; k < LQI_FILL_COUNT; k++) {
        int r = (int)role_of_fill[k];
        w->time[r] = fill_time(w, k, may_slow(r) ? least(w->speed[r], cap) : w->speed[r], w->acceleration[r]);
    }
    for (int r = LQI_ROLE_SUPPORT; r <= LQI_ROLE_SUPPORT_INTERFACE; r++)
        w->time[r] = w->length[r] / least(w->speed[r], cap) *
                     (r == LQI_ROLE_SUPPORT ? w->c->support_time : w->c->interface_time);
}

static double axis_move(const lqi_machine *m, int axis, double length, double speed, double acceleration)
{
    double v = limited(speed, m->max_feedrate_mm_s[axis]);
    return lqi_move_time(length, v, limited(acceleration, m->max_acceleration_mm_s2[axis]), m->max_jerk_mm_s[axis] / 2);
}

void lqi_cost_of_layers(const lqi_layers *layers, const lqi_machine *m, const lqi_coefficients *c, lqi_cost *cost)
{
    *cost = (lqi_cost){0};
    double travel_a = limited(m->max_acceleration_travel_mm_s2 > 0 ? m->max_acceleration_travel_mm_s2 : 1000,
                              1.15 * m->max_acceleration_mm_s2[LQI_AXIS_X]);
    double lift = axis_move(m, LQI_AXIS_Z, m->retract_lift_mm, m->travel_speed_z_mm_s, INFINITY);
    double back =
        axis_move(m, LQI_AXIS_E, m->retract_length_mm, m->retract_speed_mm_s, m->max_acceleration_retracting_mm_s2) +
        axis_move(m, LQI_AXIS_E, m->retract_length_mm + m->retract_restart_extra_mm, m->deretract_speed_mm_s,
                  m->max_acceleration_retracting_mm_s2);
    for (int32_t i = 0; i < layers->count; i++) {
        work w = {.machine = m, .c = c, .layer = &layers->layer[i], .first = i == 0, .fill_pixel = layers->pixel_mm};
        set_lines(&w);
        find_volumes(&w);
        find_moves(&w);
        find_supports(&w);
        find_around(&w, &layers->around, i);
        double cap = w.first ? INFINITY : find_cap(&w);
        if (cap < INFINITY) cost->slowed_layers++;
        find_times(&w, cap);
        for (int r = 0; r < ROLES; r++) {
            cost->volume_mm3[r] += w.volume[r];
            cost->time_s[r] += w.time[r];
            cost->length_mm[r] += w.length[r];
        }
        cost->volume_mm3[LQI_ROLE_PERIMETER] += w.around_mm3;
        cost->length_mm[LQI_ROLE_PERIMETER] += w.around_mm;
        cost->time_s[LQI_ROLE_PERIMETER] += w.around_mm / least(w.around_speed, cap);
        double jerk = w.jerk;
        if (w.retractions > 0)
            cost->travel_s +=
                w.retractions * lqi_move_time(w.travel_mm / w.retractions, m->travel_speed_mm_s, travel_a, jerk);
        cost->travel_s += w.hops * lqi_move_time(0.5, m->travel_speed_mm_s, travel_a, jerk);
        cost->travel_mm += w.travel_mm;
        cost->retractions += w.retractions;
        cost->retract_s += c->retract_time * w.retractions * back;
        cost->lift_s += c->lift_time * (w.retractions - 1) * 2 * lift + c->layer_time * 2 * lift;
    }
    if (layers->count) cost->slowed_layers /= layers->count;
}
