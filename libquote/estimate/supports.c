#include "estimate/supports.h"

#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"

enum { SUPPORT_PLANES = 10 };
/* Bridges are looked for up to this many pixels, by doubling. */
#define BRIDGE_STEPS 9
/* What is held is swelled to cells of a grid, half of one on each side, and its corners are filled: fitted. */
#define CELL_GROWTH 1.5

struct lqi_supports {
    lq_context *context;
    const lqi_grid *grid;
    const lqi_machine *machine;
    lqi_layers *layers;
    lqi_plane near;    /* the part, with the gap that supports keep from it, one layer below */
    lqi_plane covered; /* that stands over the part, where supports begin on the bed alone */
    lqi_plane work[SUPPORT_PLANES - 2];
    uint64_t *bits, *scratch;
    int32_t *part_top;    /* per pixel: layers from 0 to this are behind the highest part below */
    int32_t *support_top; /* per pixel: the same for the highest support */
    double *steps;        /* per layer: columns that begin less those that end, pixels; then of the interface */
    lqi_disc gap_disc, slope_disc, cell_disc;
    int gap_layers;
};

/* |x| + |y| <= radius: a square of the slicer's grid, turned as the raster is. */
static lqi_disc diamond(double radius)
{
    lqi_disc disc = {0};
    disc.reach = radius < LQI_DISC_REACH_MAX ? (int)(radius + 0.5) : LQI_DISC_REACH_MAX;
    for (int dy = 0; dy <= disc.reach; dy++) disc.half[dy] = (uint8_t)(disc.reach - dy);
    return disc;
}

lq_status lqi_supports_create(lq_context *context, const lqi_grid *grid, const lqi_machine *machine, lqi_layers *layers,
                              lqi_supports **supports)
{
    *supports = NULL;
    lqi_supports *s = lqi_alloc_zeroed(context, 1, sizeof *s);
    if (!s) return lqi_memory_status(context);
    s->context = context;
    s->grid = grid;
    s->machine = machine;
    s->layers = layers;
    double pixel = grid->pixel_mm, h = machine->layer_height_mm;
    double line = lqi_line_spacing(machine->width_mm[LQI_ROLE_SUPPORT], h);
    s->gap_disc = lqi_disc_make(machine->support_xy_spacing_mm / pixel);
    s->slope_disc = diamond(1);
    s->cell_disc = diamond(CELL_GROWTH * (machine->support_spacing_mm + line) * LQI_HALF_SQRT / pixel);
    double gap = ceil(machine->support_contact_distance_mm / h - 1e-6);
    s->gap_layers = gap < 1000 ? (int)gap : 1000;
    size_t plane = (size_t)grid->rows * (size_t)grid->words, count = (size_t)layers->count + 1;
    const lqi_disc *const discs[] = {&s->gap_disc, &s->slope_disc, &s->cell_disc};
    size_t room = 0;
    for (size_t i = 0; i < sizeof discs / sizeof *discs; i++)
        if (lqi_disc_room(grid, discs[i]) > room) room = lqi_disc_room(grid, discs[i]);
    s->bits = lqi_alloc_zeroed(context, SUPPORT_PLANES * plane + 2, sizeof *s->bits);
    s->scratch = lqi_alloc_array(context, room, sizeof *s->scratch);
    s->part_top = lqi_alloc_zeroed(context, plane * 64, sizeof *s->part_top);
    s->support_top = lqi_alloc_zeroed(context, plane * 64, sizeof *s->support_top);
    s->steps = lqi_alloc_zeroed(context, 2 * count, sizeof *s->steps);
    if (!s->bits || !s->scratch || !s->part_top || !s->support_top || !s->steps) {
        lqi_supports_free(s);
        return lqi_memory_status(context);
    }
    s->near.bits = s->bits + 1;
    s->covered.bits = s->bits + 1 + plane;
    for (int k = 0; k < SUPPORT_PLANES - 2; k++) s->work[k].bits = s->bits + 1 + (size_t)(k + 2) * plane;
    *supports = s;
    return LQ_OK;
}

void lqi_supports_free(lqi_supports *s)
{
    if (!s) return;
    lqi_free(s->context, s->bits);
    lqi_free(s->context, s->scratch);
    lqi_free(s->context, s->part_top);
    lqi_free(s->context, s->support_top);
    lqi_free(s->context, s->steps);
    lqi_free(s->context, s);
}

/* ---- bridges ---- */

/* Bits that leave the row are lost. */
static void shift_row(const uint64_t *from, int32_t words, int columns, uint64_t *to)
{
    int32_t whole = (columns < 0 ? -columns : columns) / 64, end = words - whole;
    int bits = (columns < 0 ? -columns : columns) % 64;
    if (end < 1) {
        memset(to, 0, (size_t)words * sizeof *to);
        return;
    }
    if (columns < 0) {
        const uint64_t *near = from + whole;
        if (bits) {
            for (int32_t i = 0; i < end - 1; i++) to[i] = near[i] >> bits | near[i + 1] << (64 - bits);
            to[end - 1] = near[end - 1] >> bits;
        } else
            memcpy(to, near, (size_t)end * sizeof *to);
        memset(to + end, 0, (size_t)whole * sizeof *to);
    } else {
        uint64_t *at = to + whole;
        if (bits) {
            at[0] = from[0] << bits;
            for (int32_t i = 1; i < end; i++) at[i] = from[i] << bits | from[i - 1] >> (64 - bits);
        } else
            memcpy(at, from, (size_t)end * sizeof *to);
        memset(to, 0, (size_t)whole * sizeof *to);
    }
}

/* Moves by (rows, columns), each in -255..255, inside the rows [first, end) of `a`. */
static void shift(const lqi_grid *grid, const lqi_plane *a, int32_t first, int32_t end, int rows, int columns,
                  lqi_plane *to)
{
    for (int32_t row = first; row < end; row++) {
        uint64_t *p = lqi_plane_row(grid, to, row);
        int32_t from = row - rows;
        if (from < a->first || from >= a->end)
            memset(p, 0, (size_t)grid->words * sizeof *p);
        else
            shift_row(lqi_plane_row(grid, a, from), grid->words, columns, p);
    }
    to->first = first;
    to->end = end;
}

/* What a straight way from `anchor` in one direction reaches through `through`: by doubling. `reach` is the result;
 * open, moved: scratch. */
static void reach_from(const lqi_grid *grid, const lqi_plane *anchor, const lqi_plane *through, int rows, int columns,
                       lqi_plane *reach, lqi_plane *open, lqi_plane *moved)
{
    int32_t first = through->first, end = through->end;
    lqi_plane_copy(grid, through, open);
    shift(grid, anchor, first, end, rows, columns, moved);
    lqi_plane_and(grid, moved, through, reach);
    reach->first = first, reach->end = end;
    for (int step = 0, by = 1; step < BRIDGE_STEPS - 1 && by < 256; step++, by *= 2) {
        shift(grid, reach, first, end, rows * by, columns * by, moved);
        lqi_plane_and(grid, moved, open, moved);
        lqi_plane_or(grid, reach, moved, reach);
        shift(grid, open, first, end, rows * by, columns * by, moved);
        lqi_plane_and(grid, moved, open, open);
    }
}

/* Takes from `contact` what is held on two sides in the direction that bridges most. */
static void remove_bridges(lqi_supports *s, const lqi_plane *over, const lqi_plane *below, lqi_plane *contact)
{
    static const int direction[4][2] = {{1, 1}, {1, -1}, {0, 1}, {1, 0}};
    const lqi_grid *grid = s->grid;
    lqi_plane *there = &s->work[3], *back = &s->work[4], *best = &s->work[5], *open = &s->work[6], *moved = &s->work[7];
    uint64_t most = 0;
    for (int d = 0; d < 4; d++) {
        int rows = direction[d][0], columns = direction[d][1];
        reach_from(grid, below, over, rows, columns, there, open, moved);
        reach_from(grid, below, over, -rows, -columns, back, open, moved);
        lqi_plane_and(grid, there, back, there);
        uint64_t count = lqi_plane_count(grid, there);
        if (count <= most) continue;
        most = count;
        lqi_plane_copy(grid, there, best);
    }
    if (most) lqi_plane_and_not(grid, contact, best, contact);
}

/* ---- columns ---- */

static void mark(const lqi_supports *s, const lqi_plane *plane, int32_t *map, int32_t value)
{
    for (int32_t row = plane->first; row < plane->end; row++) {
        const uint64_t *p = lqi_plane_row(s->grid, plane, row);
        for (int32_t i = 0; i < s->grid->words; i++)
            for (uint64_t bits = p[i]; bits; bits &= bits - 1)
                map[((size_t)row * (size_t)s->grid->words + (size_t)i) * 64 + (size_t)__builtin_ctzll(bits)] = value;
    }
}

static void add_columns(lqi_supports *s, const lqi_plane *columns, int32_t layer)
{
    int32_t to = layer - s->gap_layers;
    int interfaces = s->machine->support_interface_layers;
    double *interface = s->steps + s->layers->count + 1;
    for (int32_t row = columns->first; row < columns->end; row++) {
        const uint64_t *p = lqi_plane_row(s->grid, columns, row);
        for (int32_t i = 0; i < s->grid->words; i++)
            for (uint64_t bits = p[i]; bits; bits &= bits - 1) {
                size_t at = ((size_t)row * (size_t)s->grid->words + (size_t)i) * 64 + (size_t)__builtin_ctzll(bits);
                int32_t from = s->part_top[at];
                if (from > 0) from += s->gap_layers;
                if (s->support_top[at] > from) from = s->support_top[at];
                if (to <= from || (s->machine->support_buildplate_only && s->part_top[at] > 0)) continue;
                s->support_top[at] = to;
                int32_t base = to - interfaces > from ? to - interfaces : from;
                s->steps[from]++;
                s->steps[base]--;
                interface[base]++;
                interface[to]--;
            }
    }
}

void lqi_supports_add(lqi_supports *s, int32_t layer, const lqi_plane *slice, const lqi_plane *below)
{
    const lqi_grid *grid = s->grid;
    lqi_plane *over = &s->work[0], *contact = &s->work[1], *grown = &s->work[2];
    if (layer == 1) lqi_plane_dilate(grid, below, &s->gap_disc, s->scratch, &s->near);
    lqi_plane_dilate(grid, below, &s->slope_disc, s->scratch, grown);
    lqi_plane_and_not(grid, slice, grown, contact);
    if (s->machine->support_buildplate_only) {
        lqi_plane_or(grid, &s->covered, below, &s->covered);
        lqi_plane_and_not(grid, contact, &s->covered, contact);
    }
    if (lqi_plane_trim(grid, contact)) {
        lqi_plane_and_not(grid, slice, below, over);
        lqi_plane_trim(grid, over);
        /* back to the part, so that what is held is what hangs over */
        lqi_plane_dilate(grid, contact, &s->slope_disc, s->scratch, grown);
        lqi_plane_and(grid, grown, over, contact);
        if (s->machine->dont_support_bridges) remove_bridges(s, over, below, contact);
        if (lqi_plane_trim(grid, contact)) {
            lqi_plane_dilate(grid, contact, &s->cell_disc, s->scratch, grown);
            lqi_plane_and_not(grid, grown, &s->near, grown);
            add_columns(s, grown, layer);
        }
    }
    /* the part ends where this layer leaves what the one below held */
    lqi_plane_dilate(grid, slice, &s->gap_disc, s->scratch, grown);
    lqi_plane_and_not(grid, &s->near, grown, over);
    mark(s, over, s->part_top, layer);
    lqi_plane_copy(grid, grown, &s->near);
}

void lqi_supports_finish(lqi_supports *s)
{
    double pixel = s->grid->pixel_mm * s->grid->pixel_mm, base = 0, interface = 0;
    for (int32_t i = 0; i < s->layers->count; i++) {
        base += s->steps[i];
        interface += s->steps[s->layers->count + 1 + i];
        s->layers->layer[i].support_mm2 = base * pixel;
        s->layers->layer[i].interface_mm2 = interface * pixel;
    }
}
