#include "estimate/layers.h"

#include <math.h>
#include <string.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "estimate/runs.h"
#include "estimate/supports.h"

#define PIXEL_MM 0.26
#define SKIN_GROWTH_MM 3.0   /* the slicer's margin for the anchors of top and bottom */
#define VOID_REACH_MM 0.9    /* how far skins grow over what is hollow: 0.3 of that margin */
#define INNER_BRIDGE_MM 1.35 /* half of what an inner bridge is wide, at least */
#define SMALL_LOOP_MM 40.84  /* 2 pi * 6.5: loops up to this run at their own speed */
#define SHELLS_MAX 200
#define WALLS_MAX 32 /* that small loops are looked for in */

/* Of one layer, while layers around it need it. */
typedef struct slot {
    bool same;           /* as the layer below */
    lqi_plane slice;     /* the cut; where it is the same, the very bits of the layer below */
    lqi_plane inside;    /* what walls leave; in the same way */
    lqi_region region;   /* of what is inside */
    uint64_t *own_slice; /* bits that this slot may write */
    uint64_t *own_inside;
    lqi_plane top;       /* exposed, grown */
    lqi_plane top_solid; /* and one line more */
    lqi_plane bottom;
    lqi_plane bottom_solid;
} slot;

enum { SLOT_PLANES = 6, WORK_PLANES = 5 };

typedef struct maker {
    lq_context *context;
    const lqi_machine *machine;
    lqi_layers *layers;
    lqi_cutter *cutter;
    const lqi_grid *grid;
    int32_t count;
    int tops, bottoms, slots;
    slot *slot;
    uint64_t *bits, *scratch;
    lqi_plane work[WORK_PLANES];
    lqi_plane sparse_before; /* sparse region of the layer below */
    lqi_disc inset_disc, core_disc, back_disc, skin_disc, void_disc, line_disc, bridge_disc, close_disc, lap_disc;
    lqi_run_work runs;
    lqi_supports *supports; /* NULL: none are wanted */
} maker;

static slot *slot_of(const maker *m, int32_t layer) { return &m->slot[layer % m->slots]; }

/* What the first wall line lies in from the outline: half a line, of which the round edge is cut off. */
static double inset_of(const lqi_machine *machine)
{
    double h = machine->layer_height_mm;
    double outer = machine->width_mm[LQI_ROLE_EXTERNAL_PERIMETER], inner = machine->width_mm[LQI_ROLE_PERIMETER];
    double so = lqi_line_spacing(outer, h), si = lqi_line_spacing(inner, h);
    if (machine->perimeters < 1) return 0;
    double between = machine->perimeters > 1 ? (so + si) / 2 + (machine->perimeters - 2) * si : 0;
    return outer / 2 + between + (machine->perimeters > 1 ? si : so) / 2 - machine->infill_overlap_mm;
}

/* By how many pixels a disc really shrinks a region: edges of parts mostly run along its diagonals. */
static double reach_of(const lqi_disc *disc)
{
    int diagonal = 0;
    for (int dy = 0; dy <= disc->reach; dy++)
        if (disc->half[dy] + dy > diagonal) diagonal = disc->half[dy] + dy;
    return (2 * LQI_HALF_SQRT * diagonal + disc->half[0]) / 3;
}

static int shell_count(int layers, double thickness, double height)
{
    if (layers < 1) return 0;
    double needed = ceil(thickness / height - 1e-6);
    if (needed > layers) layers = needed < SHELLS_MAX ? (int)needed : SHELLS_MAX;
    return layers < SHELLS_MAX ? layers : SHELLS_MAX;
}

/* ---- one layer's outlines ---- */

/* Does an odd number of lines fit across? Strips are as wide as 2 A / P, discs twice that. */
static bool has_odd_core(const lqi_loop *loop, double line, int perimeters)
{
    double round = 12.566371 * loop->area_mm2 / (loop->length_mm * loop->length_mm);
    double beads = 2 * loop->area_mm2 / loop->length_mm * (1 + round) / line;
    if (beads < 1.5 || beads >= 2 * perimeters + 1) return false;
    int count = (int)(beads + 0.5);
    return perimeters > 2 && count < 2 * perimeters && count % 2 == 1;
}

static void note_loops(const maker *m, const lqi_cut *cut, lqi_layer *layer)
{
    const lqi_machine *machine = m->machine;
    double width = machine->width_mm[LQI_ROLE_EXTERNAL_PERIMETER];
    double line = lqi_line_spacing(machine->width_mm[LQI_ROLE_PERIMETER], layer->height_mm);
    for (size_t i = 0; i < cut->loop_count; i++) {
        const lqi_loop *loop = &cut->loops[i];
        bool hole = loop->area_mm2 < 0;
        if (hole)
            layer->holes++;
        else
            layer->outers++;
        if (!hole && has_odd_core(loop, line, machine->perimeters)) layer->odd_cores++;
        if (i) {
            double du = loop->at[0] - loop[-1].at[0], dv = loop->at[1] - loop[-1].at[1];
            layer->way_mm += sqrt(du * du + dv * dv);
        }
        for (int wall = 0; wall < machine->perimeters && wall < WALLS_MAX; wall++) {
            double in = width / 2 + wall * line, length = loop->length_mm + (hole ? 6.2832 : -6.2832) * in;
            if (length > 0 && length <= SMALL_LOOP_MM) layer->small_loops_mm[wall > 0] += length;
        }
    }
}

static void swap_bits(uint64_t **a, uint64_t **b)
{
    uint64_t *kept = *a;
    *a = *b;
    *b = kept;
}

/* Layers that are alike share their bits; the uppermost owns them, for it is the last that is needed. */
static void take_from_below(slot *s, slot *below)
{
    s->slice = below->slice;
    s->inside = below->inside;
    s->region = below->region;
    swap_bits(&s->own_slice, &below->own_slice);
    swap_bits(&s->own_inside, &below->own_inside);
}

static lq_status cut_layer(maker *m, int32_t index)
{
    slot *s = slot_of(m, index);
    lqi_layer *layer = &m->layers->layer[index];
    lqi_cut cut = {.plane.bits = s->own_slice};
    LQI_TRY(lqi_cutter_next(m->cutter, &cut));
    s->same = cut.same;
    if (s->same) {
        *layer = layer[-1];
        layer->height_mm = m->machine->layer_height_mm;
        layer->same = true;
        take_from_below(s, slot_of(m, index - 1));
        return LQ_OK;
    }
    s->slice = cut.plane;
    s->inside.bits = s->own_inside;
    layer->height_mm = index ? m->machine->layer_height_mm : m->machine->first_layer_height_mm;
    double pixel = m->grid->pixel_mm;
    double raster = (double)cut.pixels * pixel * pixel;
    layer->area_mm2 = cut.overlaps ? raster : fabs(cut.area_mm2);
    layer->outline_mm = cut.overlaps ? (double)lqi_plane_starts(m->grid, &s->slice) * pixel * 0.785 : cut.outline_mm;
    layer->pieces = cut.pieces;
    layer->signed_area_mm2 = cut.area_mm2;
    if (cut.overlaps) m->layers->overlaps = true;
    if (cut.open) m->layers->open = true;
    note_loops(m, &cut, layer);
    /* Walls widen where less than one line of infill would fit between them. */
    lqi_plane_erode(m->grid, &s->slice, &m->inset_disc, m->scratch, &m->work[0]);
    lqi_plane_trim(m->grid, &m->work[0]);
    lqi_plane_erode(m->grid, &m->work[0], &m->core_disc, m->scratch, &m->work[1]);
    lqi_plane_dilate(m->grid, &m->work[1], &m->back_disc, m->scratch, &m->work[2]);
    lqi_plane_and(m->grid, &m->work[2], &m->work[0], &s->inside);
    lqi_plane_trim(m->grid, &s->inside);
    lqi_region inside;
    LQI_TRY(lqi_region_measure(m->context, m->grid, &s->inside, &m->runs, &inside));
    s->region = inside;
    double scale = raster > 0 ? layer->area_mm2 / raster : 1;
    scale = scale < 0.7 ? 0.7 : scale > 1.4 ? 1.4 : scale;
    layer->inside_mm2 = inside.area_mm2 * scale;
    layer->inside_edge_mm = inside.edge_mm;
    layer->inside_parts = inside.parts;
    layer->inside_openings = inside.openings;
    return LQ_OK;
}

/* ---- exposed skins ---- */

/* Of `other`, the neighbour above or below, NULL when there is none. Skins do not grow over `hollow`. */
static void expose(maker *m, const slot *s, const lqi_plane *other, const lqi_plane *hollow, lqi_plane *skin,
                   lqi_plane *solid)
{
    const lqi_grid *grid = m->grid;
    if (other)
        lqi_plane_and_not(grid, &s->inside, other, &m->work[0]);
    else
        lqi_plane_copy(grid, &s->inside, &m->work[0]);
    if (lqi_plane_trim(grid, &m->work[0])) {
        lqi_plane_dilate(grid, &m->work[0], &m->skin_disc, m->scratch, &m->work[1]);
        lqi_plane_and(grid, &m->work[1], &s->inside, skin);
        lqi_plane_and_not(grid, skin, hollow, skin);
        lqi_plane_dilate(grid, skin, &m->line_disc, m->scratch, solid);
        return;
    }
    skin->first = skin->end = solid->first = solid->end = 0;
}

static void expose_layer(maker *m, int32_t index)
{
    slot *s = slot_of(m, index);
    s->top.first = s->top.end = s->top_solid.first = s->top_solid.end = 0;
    s->bottom.first = s->bottom.end = s->bottom_solid.first = s->bottom_solid.end = 0;
    const slot *above = index + 1 < m->count ? slot_of(m, index + 1) : NULL;
    const slot *below = index ? slot_of(m, index - 1) : NULL;
    bool tops = m->tops && !(above && above->same), bottoms = m->bottoms && !s->same;
    lqi_plane *hollow = &m->work[2];
    hollow->first = hollow->end = 0;
    if ((tops || bottoms) && above && below && !(m->machine->fill_density > 0)) {
        /* inside both neighbours, away from the walls of the one below */
        lqi_plane_and(m->grid, &below->inside, &s->slice, &m->work[0]);
        lqi_plane_erode(m->grid, &m->work[0], &m->void_disc, m->scratch, hollow);
        lqi_plane_and(m->grid, hollow, &above->slice, hollow);
    }
    if (tops) expose(m, s, above ? &above->slice : NULL, hollow, &s->top, &s->top_solid);
    if (bottoms) expose(m, s, below ? &below->slice : NULL, hollow, &s->bottom, &s->bottom_solid);
    m->layers->layer[index].overhang_mm2 = 0;
    if (!below || s->same) return;
    /* walls over air: what the layer below does not reach, but for half a line */
    lqi_plane_and_not(m->grid, &s->slice, &s->inside, &m->work[0]);
    lqi_plane_dilate(m->grid, &below->slice, &m->lap_disc, m->scratch, &m->work[1]);
    lqi_plane_and_not(m->grid, &m->work[0], &m->work[1], &m->work[0]);
    m->layers->layer[index].overhang_mm2 =
        (double)lqi_plane_count(m->grid, &m->work[0]) * m->grid->pixel_mm * m->grid->pixel_mm;
}

/* ---- solid regions ---- */

/* Into work[0]. */
static void find_solid(maker *m, int32_t index)
{
    const lqi_grid *grid = m->grid;
    slot *s = slot_of(m, index);
    lqi_plane *solid = &m->work[0], *between = &m->work[1];
    int32_t low = index - (m->bottoms ? m->bottoms - 1 : 0), high = index + (m->tops ? m->tops - 1 : 0);
    if (low < 0) low = 0;
    if (high >= m->count) high = m->count - 1;
    solid->first = solid->end = 0;
    if (m->machine->ensure_vertical_shell_thickness) {
        lqi_plane_copy(grid, &s->inside, between);
        for (int32_t j = low; j <= high; j++)
            if (!(slot_of(m, j)->same && j > low) && slot_of(m, j)->inside.bits != s->inside.bits)
                lqi_plane_and(grid, between, &slot_of(m, j)->inside, between);
        lqi_plane_and_not(grid, &s->inside, between, solid);
        lqi_plane_trim(grid, solid);
    }
    for (int32_t j = index; j <= high && m->tops; j++) lqi_plane_or(grid, solid, &slot_of(m, j)->top_solid, solid);
    for (int32_t j = low; j <= index && m->bottoms; j++) lqi_plane_or(grid, solid, &slot_of(m, j)->bottom_solid, solid);
    lqi_plane_and(grid, solid, &s->inside, solid);
    if (!lqi_plane_trim(grid, solid)) return;
    lqi_plane_open(grid, solid, between, solid);
    if (!lqi_plane_trim(grid, solid)) return;
    lqi_plane_dilate(grid, solid, &m->close_disc, m->scratch, between);
    lqi_plane_erode(grid, between, &m->close_disc, m->scratch, &m->work[2]);
    lqi_plane_or(grid, solid, &m->work[2], solid);
    lqi_plane_and(grid, solid, &s->inside, solid);
}

/* Are all layers alike that this one and the one below depend on? */
static bool divides_alike(const maker *m, int32_t index)
{
    int every = m->machine->solid_infill_every_layers;
    if (every > 0 && (index % every == 0 || (index - 1) % every <= 1)) return false;
    int32_t low = index - m->bottoms - 1, high = index + m->tops;
    if (low < 1 || high >= m->count) return false;
    for (int32_t j = low; j <= high; j++)
        if (!m->layers->layer[j].same) return false;
    return true;
}

static lq_status divide_layer(maker *m, int32_t index)
{
    const lqi_grid *grid = m->grid;
    slot *s = slot_of(m, index);
    lqi_layer *layer = &m->layers->layer[index];
    lqi_plane *solid = &m->work[0], *sparse = &m->work[1], *bridge = &m->work[2], *top = &m->work[3];
    if (divides_alike(m, index)) {
        memcpy(layer->fill, layer[-1].fill, sizeof layer->fill);
        return LQ_OK;
    }
    int every = m->machine->solid_infill_every_layers;
    if (every > 0 && index % every == 0)
        lqi_plane_copy(grid, &s->inside, solid);
    else
        find_solid(m, index);
    lqi_plane_copy(grid, &s->bottom, bridge);
    lqi_plane_and(grid, bridge, solid, bridge);
    if (!index) bridge->first = bridge->end = 0;
    if (index && m->machine->fill_density < LQI_DENSE) {
        /* over sparse infill or none, where it is wide enough */
        lqi_plane_and(grid, solid, &m->sparse_before, top);
        if (lqi_plane_trim(grid, top)) {
            lqi_plane_erode(grid, top, &m->bridge_disc, m->scratch, sparse);
            if (lqi_plane_trim(grid, sparse)) {
                lqi_plane_dilate(grid, sparse, &m->bridge_disc, m->scratch, top);
                lqi_plane_and(grid, top, solid, top);
                lqi_plane_or(grid, bridge, top, bridge);
            }
        }
    }
    lqi_plane_and(grid, &s->top, solid, top);
    lqi_plane_and_not(grid, top, bridge, top);
    lqi_plane_and_not(grid, &s->inside, solid, sparse);
    bool all_sparse = solid->end <= solid->first;
    lqi_plane_trim(grid, sparse);
    lqi_plane_copy(grid, sparse, &m->sparse_before);
    lqi_plane_and_not(grid, solid, bridge, solid);
    lqi_plane_and_not(grid, solid, top, solid);
    const lqi_plane *fill[LQI_FILL_COUNT] = {
        [LQI_FILL_SPARSE] = sparse, [LQI_FILL_SOLID] = solid, [LQI_FILL_TOP] = top, [LQI_FILL_BRIDGE] = bridge};
    double sum = 0;
    for (int k = 0; k < LQI_FILL_COUNT; k++) {
        if (k == LQI_FILL_SPARSE && all_sparse)
            layer->fill[k] = s->region;
        else
            LQI_TRY(lqi_region_measure(m->context, grid, fill[k], &m->runs, &layer->fill[k]));
        sum += layer->fill[k].area_mm2;
    }
    double scale = sum > 0 ? layer->inside_mm2 / sum : 1;
    for (int k = 0; k < LQI_FILL_COUNT; k++) layer->fill[k].area_mm2 *= scale;
    return LQ_OK;
}

/* ---- all layers ---- */

static lq_status make_room(maker *m)
{
    size_t plane = (size_t)m->grid->rows * (size_t)m->grid->words;
    size_t planes = (size_t)m->slots * SLOT_PLANES + WORK_PLANES + 1;
    m->slot = lqi_alloc_zeroed(m->context, (size_t)m->slots, sizeof *m->slot);
    m->bits = lqi_alloc_zeroed(m->context, planes * plane + 2, sizeof *m->bits);
    const lqi_disc *const discs[] = {&m->inset_disc,  &m->core_disc,  &m->back_disc, &m->skin_disc, &m->line_disc,
                                     &m->bridge_disc, &m->close_disc, &m->lap_disc,  &m->void_disc};
    size_t room = 0;
    for (size_t i = 0; i < sizeof discs / sizeof *discs; i++)
        if (lqi_disc_room(m->grid, discs[i]) > room) room = lqi_disc_room(m->grid, discs[i]);
    m->scratch = lqi_alloc_array(m->context, room, sizeof *m->scratch);
    if (!m->slot || !m->bits || !m->scratch) return lqi_memory_status(m->context);
    uint64_t *at = m->bits + 1;
    for (int i = 0; i < m->slots; i++) {
        slot *s = &m->slot[i];
        uint64_t **of[SLOT_PLANES] = {&s->own_slice,      &s->own_inside,  &s->top.bits,
                                      &s->top_solid.bits, &s->bottom.bits, &s->bottom_solid.bits};
        for (int k = 0; k < SLOT_PLANES; k++, at += plane) *of[k] = at;
    }
    for (int k = 0; k < WORK_PLANES; k++, at += plane) m->work[k].bits = at;
    m->sparse_before.bits = at;
    return LQ_OK;
}

static lq_status run(maker *m)
{
    int32_t ahead = m->tops ? m->tops - 1 : 0;
    for (int32_t i = 0; i < m->count + ahead + 1; i++) {
        if (i < m->count) LQI_TRY(cut_layer(m, i));
        if (i >= 1 && i <= m->count) expose_layer(m, i - 1);
        if (i >= 1 && i < m->count && m->supports)
            lqi_supports_add(m->supports, i, &slot_of(m, i)->slice, &slot_of(m, i - 1)->slice);
        int32_t ready = i - 1 - ahead;
        if (ready >= 0 && ready < m->count) LQI_TRY(divide_layer(m, ready));
        if (i % 16 == 0) LQI_TRY(lqi_progress(m->context, "estimate", (uint64_t)i, (uint64_t)m->count));
    }
    return LQ_OK;
}

lq_status lqi_layers_make(lq_context *context, const lqi_estimate_solid *solids, size_t solid_count,
                          const lqi_machine *machine, lqi_layers *layers)
{
    lq_status status = LQ_OK;
    maker m = {.context = context, .machine = machine, .layers = layers};
    double inset = inset_of(machine);
    m.inset_disc = lqi_disc_make(inset > 0 ? ceil(inset / PIXEL_MM) + 0.25 : 0);
    double pixel = inset > 0 ? inset / reach_of(&m.inset_disc) : PIXEL_MM;
    *layers = (lqi_layers){0};
    LQI_TRY_GOTO(lqi_cutter_create(context, solids, solid_count, machine, pixel, &m.cutter));
    if (lqi_cutter_refused(m.cutter)) {
        layers->refused = true;
        goto done;
    }
    m.grid = lqi_cutter_grid(m.cutter);
    m.count = layers->count = lqi_cutter_layer_count(m.cutter);
    memcpy(layers->box, lqi_cutter_box(m.cutter), sizeof layers->box);
    m.tops = shell_count(machine->top_solid_layers, machine->top_solid_min_thickness_mm, machine->layer_height_mm);
    m.bottoms =
        shell_count(machine->bottom_solid_layers, machine->bottom_solid_min_thickness_mm, machine->layer_height_mm);
    m.slots = m.tops + m.bottoms + 3;
    if (m.grid->pixel_mm > pixel) m.inset_disc = lqi_disc_make(inset / m.grid->pixel_mm);
    layers->pixel_mm = pixel = m.grid->pixel_mm;
    m.core_disc = lqi_disc_make(1.5);
    m.back_disc = lqi_disc_make(2.5);
    m.skin_disc = lqi_disc_make(SKIN_GROWTH_MM / pixel);
    m.void_disc = lqi_disc_make(VOID_REACH_MM / pixel);
    m.line_disc =
        lqi_disc_make(lqi_line_spacing(machine->width_mm[LQI_ROLE_SOLID_INFILL], machine->layer_height_mm) / pixel);
    m.bridge_disc = lqi_disc_make(INNER_BRIDGE_MM / pixel);
    m.close_disc = lqi_disc_make(0.26 / pixel);
    m.lap_disc = lqi_disc_make(machine->nozzle_mm / pixel);
    layers->layer = lqi_alloc_zeroed(context, (size_t)layers->count + 1, sizeof *layers->layer);
    if (!layers->layer) {
        status = lqi_memory_status(context);
        goto done;
    }
    LQI_TRY_GOTO(make_room(&m));
    if (machine->support) LQI_TRY_GOTO(lqi_supports_create(context, m.grid, machine, layers, &m.supports));
    LQI_TRY_GOTO(run(&m));
    if (m.supports) lqi_supports_finish(m.supports);
done:
    lqi_cutter_free(m.cutter);
    lqi_free(context, m.slot);
    lqi_free(context, m.bits);
    lqi_free(context, m.scratch);
    lqi_run_work_free(context, &m.runs);
    lqi_supports_free(m.supports);
    if (status != LQ_OK) lqi_layers_free(context, layers);
    return status;
}

void lqi_layers_free(lq_context *context, lqi_layers *layers)
{
    lqi_free(context, layers->layer);
    *layers = (lqi_layers){0};
}
