#include "estimate/cutter.h"

#include <math.h>
#include <string.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "estimate/facets.h"
#include "estimate/row_fill.h"
#include "mesh/edges.h"

#define LAYERS_MAX 20000
/* Instead of a level, until there are any: some triangle has this vertex. */
#define USED 1
/* Of a plane, and of all layers. */
#define SIDE_MAX 4096
#define PIXELS_MAX 16e9
#define PIXEL_DOUBLINGS 5
#define CROSSINGS_MAX ((uint64_t)100 << 20)
/* Of outlines and middle lines of rows, in all layers. */
#define ROW_CROSSINGS_MAX 64e6
#define UPRIGHT_MM 1e-4

struct lqi_cutter {
    lq_context *context;
    double first_height, height;
    double bottom;
    double box[6];
    lqi_grid grid;
    int32_t layer_count, layer;
    double (*place)[3]; /* per vertex: u, v, z above the bed */
    uint32_t *level;    /* per vertex: layers whose plane lies below it */
    uint32_t *corner;   /* of the triangles that some plane meets, in order of their first layer */
    lqi_facets facets;
    uint32_t *last;        /* per triangle: the layer after its last */
    uint32_t *start;       /* per layer, and one more: its first triangle */
    uint32_t *ending;      /* per layer: triangles that it meets no more */
    int32_t *slanted_more; /* per layer: how many more triangles than before move by UPRIGHT_MM from layer to layer */
    int32_t slanted;
    uint32_t triangle_count;
    uint64_t crossings; /* of triangles and layers */
    double span_mm2;    /* of all cuts across the rows, times the height of a layer */
    bool refused;
    uint32_t *active;
    uint32_t active_count;
    double (*point)[2], (*corner_point)[2];
    size_t point_capacity, corner_point_capacity;
    lqi_loop *loop, *spare;
    size_t loop_count, loop_capacity, spare_capacity;
    uint64_t *key;
    size_t key_capacity;
    lqi_row_fill fill;
};

static uint32_t level_of(const lqi_cutter *c, double z)
{
    if (!(z > c->first_height / 2)) return 0;
    double planes = (z - c->first_height) / c->height - 0.5;
    if (planes <= 0) return 1;
    if (planes > LAYERS_MAX) return LAYERS_MAX;
    uint32_t whole = (uint32_t)planes;
    return whole + (planes > whole) + 1;
}

/* ---- what is cut ---- */

static lq_status place_vertices(lqi_cutter *c, const lqi_estimate_solid *solids, size_t solid_count)
{
    double least[3] = {INFINITY, INFINITY, INFINITY}, most[3] = {-INFINITY, -INFINITY, -INFINITY};
    size_t at = 0;
    for (size_t s = 0; s < solid_count; s++) {
        const lqi_mesh *mesh = solids[s].mesh;
        const double *t = solids[s].transform;
        for (uint32_t i = 0; i < mesh->vertex_count; i++, at++) {
            lqi_place_point(t, mesh->position + (size_t)3 * i, c->place[at]);
        }
    }
    at = 0;
    for (size_t s = 0; s < solid_count; s++) {
        const lqi_mesh *mesh = solids[s].mesh;
        for (size_t i = 0; i < (size_t)3 * mesh->triangle_count; i++) c->level[at + mesh->corner[i]] = USED;
        at += mesh->vertex_count;
    }
    for (size_t i = 0; i < at; i++) {
        if (c->level[i] != USED) continue;
        for (int k = 0; k < 3; k++) {
            if (c->place[i][k] < least[k]) least[k] = c->place[i][k];
            if (c->place[i][k] > most[k]) most[k] = c->place[i][k];
        }
    }
    for (int k = 0; k < 3; k++) {
        c->box[k] = least[k];
        c->box[3 + k] = most[k];
    }
    c->bottom = least[2];
    double middle[2] = {(least[0] + most[0]) / 2, (least[1] + most[1]) / 2};
    for (size_t i = 0; i < at; i++) {
        double x = c->place[i][0] - middle[0], y = c->place[i][1] - middle[1], z = c->place[i][2] - c->bottom;
        c->place[i][0] = (x + y) * LQI_HALF_SQRT;
        c->place[i][1] = (y - x) * LQI_HALF_SQRT;
        c->place[i][2] = z;
        c->level[i] = level_of(c, z);
    }
    c->layer_count = (int32_t)level_of(c, most[2] - least[2]);
    return LQ_OK;
}

static void take_triangle(lqi_cutter *c, const uint32_t corner[3], uint32_t low, uint32_t high)
{
    uint32_t at = c->start[low]++;
    memcpy(c->corner + (size_t)3 * at, corner, 3 * sizeof *corner);
    c->last[at] = high;
    c->ending[high]++;
    const double *p = c->place[corner[0]], *q = c->place[corner[1]], *r = c->place[corner[2]];
    double u[3], v[3];
    for (int k = 0; k < 3; k++) {
        u[k] = q[k] - p[k];
        v[k] = r[k] - p[k];
    }
    double x = u[1] * v[2] - u[2] * v[1], y = u[2] * v[0] - u[0] * v[2], z = u[0] * v[1] - u[1] * v[0];
    /* Summed over layers, what a triangle's cuts span across the rows is its area seen along them. */
    c->span_mm2 += fabs(x) / 2;
    if (z * z * (c->height * c->height) <= UPRIGHT_MM * UPRIGHT_MM * (x * x + y * y)) return;
    c->slanted_more[low]++;
    c->slanted_more[high]--;
}

static lq_status take_triangles(lqi_cutter *c, const lqi_estimate_solid *solids, size_t solid_count)
{
    uint32_t base = 0;
    for (int pass = 0; pass < 2; pass++) {
        base = 0;
        for (size_t s = 0; s < solid_count; s++) {
            const lqi_estimate_solid *solid = &solids[s];
            bool mirrored = lqi_is_mirrored(solid->transform);
            for (uint32_t i = 0; i < solid->mesh->triangle_count; i++) {
                uint8_t flag = solid->flag ? solid->flag[i] : 0;
                if (flag & LQI_TRIANGLE_LEFT_OUT) continue;
                const uint32_t *from = solid->mesh->corner + (size_t)3 * i;
                uint32_t a = base + from[0], b = base + from[1], d = base + from[2];
                uint32_t la = c->level[a], lb = c->level[b], ld = c->level[d];
                uint32_t low = la < lb ? la : lb, high = la < lb ? lb : la;
                if (ld < low) low = ld;
                if (ld > high) high = ld;
                if (low == high) continue;
                if (pass == 0) {
                    c->start[low + 1]++;
                    c->triangle_count++;
                    c->crossings += high - low;
                    continue;
                }
                bool turned = (((flag & LQI_TRIANGLE_FLIPPED) != 0) != solid->inside_out) != mirrored;
                take_triangle(c, (uint32_t[3]){a, turned ? d : b, turned ? b : d}, low, high);
            }
            base += solid->mesh->vertex_count;
        }
        if (pass == 1) break;
        if (c->crossings > CROSSINGS_MAX || c->layer_count >= LAYERS_MAX) {
            c->refused = true;
            return LQ_OK;
        }
        for (int32_t i = 0; i < c->layer_count; i++) c->start[i + 1] += c->start[i];
        c->corner = lqi_alloc_array(c->context, (size_t)3 * c->triangle_count, sizeof *c->corner);
        c->last = lqi_alloc_array(c->context, c->triangle_count, sizeof *c->last);
        c->active = lqi_alloc_array(c->context, c->triangle_count, sizeof *c->active);
        if (!c->corner || !c->last || !c->active) return lqi_memory_status(c->context);
    }
    /* start[i] now is the end of layer i. */
    memmove(c->start + 1, c->start, (size_t)c->layer_count * sizeof *c->start);
    c->start[0] = 0;
    return lqi_facets_join(c->context, c->level, base, c->corner, c->triangle_count, &c->facets);
}

static void make_grid(lqi_cutter *c, double pixel_mm)
{
    double least[2] = {0, 0}, most[2] = {0, 0}, rows_mm = c->span_mm2 / c->height;
    for (size_t i = 0; i < (size_t)3 * c->triangle_count; i++) {
        const double *p = c->place[c->corner[i]];
        for (int k = 0; k < 2; k++) {
            least[k] = p[k] < least[k] ? p[k] : least[k];
            most[k] = p[k] > most[k] ? p[k] : most[k];
        }
    }
    for (int k = 0; k < PIXEL_DOUBLINGS; k++, pixel_mm *= 2) {
        double wide = (most[0] - least[0]) / pixel_mm, high = (most[1] - least[1]) / pixel_mm;
        if (wide > SIDE_MAX || high > SIDE_MAX || wide * high * c->layer_count > PIXELS_MAX ||
            rows_mm / pixel_mm > ROW_CROSSINGS_MAX)
            continue;
        c->grid.rows = (int32_t)high + 3 + 2 * LQI_PLANE_MARGIN;
        c->grid.words = ((int32_t)wide + 3 + 2 * LQI_PLANE_MARGIN + 63) / 64;
        break;
    }
    c->grid.kernels = c->context->kernels;
    c->grid.pixel_mm = pixel_mm;
    c->refused = !c->grid.rows;
    c->grid.origin[0] = least[0] - (LQI_PLANE_MARGIN + 1) * pixel_mm;
    c->grid.origin[1] = least[1] - (LQI_PLANE_MARGIN + 1) * pixel_mm;
}

lq_status lqi_cutter_create(lq_context *context, const lqi_estimate_solid *solids, size_t solid_count,
                            const lqi_machine *machine, double pixel_mm, lqi_cutter **cutter)
{
    lq_status status = LQ_OK;
    size_t vertex_count = 0;
    *cutter = NULL;
    lqi_cutter *c = lqi_alloc_zeroed(context, 1, sizeof *c);
    if (!c) return lqi_memory_status(context);
    c->context = context;
    c->first_height = machine->first_layer_height_mm;
    c->height = machine->layer_height_mm;
    for (size_t s = 0; s < solid_count; s++) vertex_count += solids[s].mesh->vertex_count;
    c->place = lqi_alloc_array(context, vertex_count, sizeof *c->place);
    c->level = lqi_alloc_zeroed(context, vertex_count, sizeof *c->level);
    if (!c->place || !c->level) goto memory;
    LQI_TRY_GOTO(place_vertices(c, solids, solid_count));
    size_t layers = (size_t)c->layer_count + 2;
    c->start = lqi_alloc_zeroed(context, layers, sizeof *c->start);
    c->ending = lqi_alloc_zeroed(context, layers, sizeof *c->ending);
    c->slanted_more = lqi_alloc_zeroed(context, layers, sizeof *c->slanted_more);
    if (!c->start || !c->ending || !c->slanted_more) goto memory;
    LQI_TRY_GOTO(take_triangles(c, solids, solid_count));
    *cutter = c;
    if (c->refused) return LQ_OK;
    make_grid(c, pixel_mm);
    if (c->refused) return LQ_OK;
    c->fill = (lqi_row_fill){.context = context, .grid = &c->grid};
    return LQ_OK;
memory:
    status = lqi_memory_status(context);
done:
    lqi_cutter_free(c);
    *cutter = NULL;
    return status;
}

void lqi_cutter_free(lqi_cutter *c)
{
    if (!c) return;
    lq_context *context = c->context;
    void *owned[] = {c->place,  c->level, c->corner,       c->last, c->start, c->ending, c->slanted_more,
                     c->active, c->point, c->corner_point, c->loop, c->spare, c->key};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) lqi_free(context, owned[i]);
    if (c->fill.context) lqi_row_fill_free(&c->fill);
    lqi_facets_free(context, &c->facets);
    lqi_free(context, c);
}

bool lqi_cutter_refused(const lqi_cutter *c) { return c->refused; }
int32_t lqi_cutter_layer_count(const lqi_cutter *c) { return c->layer_count; }
const lqi_grid *lqi_cutter_grid(const lqi_cutter *c) { return &c->grid; }
const double *lqi_cutter_box(const lqi_cutter *c) { return c->box; }

/* ---- loops ---- */

static inline lq_status add_point(lqi_cutter *c, size_t count, const lqi_passage *edge, double z)
{
    if (count == c->point_capacity)
        LQI_TRY(lqi_grow(c->context, (void **)&c->point, &c->point_capacity, count + 1, sizeof *c->point));
    const double *p = c->place[edge->from], *q = c->place[edge->to];
    double t = (z - p[2]) / (q[2] - p[2]);
    c->point[count][0] = p[0] + t * (q[0] - p[0]);
    c->point[count][1] = p[1] + t * (q[1] - p[1]);
    return LQ_OK;
}

/* The first triangle of an outline that has ends; the one given where it has none. */
static uint32_t first_of_chain(const lqi_cutter *c, uint32_t given, uint32_t layer)
{
    uint32_t triangle = given;
    do {
        uint32_t before = c->facets.in[triangle][layer >= c->facets.facet[triangle].turn].triangle;
        if (before == LQI_FACET_NONE) break;
        triangle = before;
    } while (triangle != given);
    return triangle;
}

/* Points of the outline through a triangle. open: it has ends, and begins at one. */
static lq_status walk_loop(lqi_cutter *c, uint32_t first, uint32_t layer, double z, size_t *count, bool *open)
{
    size_t n = 0;
    *open = false;
    if (c->facets.in) {
        first = first_of_chain(c, first, layer);
        const lqi_passage *in = &c->facets.in[first][layer >= c->facets.facet[first].turn];
        if (in->triangle == LQI_FACET_NONE) LQI_TRY(add_point(c, n++, in, z));
    }
    uint32_t triangle = first;
    do {
        lqi_facet *facet = &c->facets.facet[triangle];
        const lqi_passage *out = &facet->out[layer >= facet->turn];
        facet->seen = layer + 1;
        LQI_TRY(add_point(c, n++, out, z));
        triangle = out->triangle;
        *open = triangle == LQI_FACET_NONE;
    } while (triangle != first && !*open);
    *count = n;
    return LQ_OK;
}

static bool lies_before(const double a[2], const double b[2]) { return a[0] < b[0] || (a[0] == b[0] && a[1] < b[1]); }

static lq_status take_loop(lqi_cutter *c, uint32_t triangle, uint32_t layer, double z, lqi_piece_sums *pieces,
                           lqi_cut *cut)
{
    size_t count, first = 0;
    bool open;
    LQI_TRY(walk_loop(c, triangle, layer, z, &count, &open));
    const double(*point)[2] = (const double(*)[2])c->point;
    LQI_TRY(lqi_row_fill_add(&c->fill, point, count));
    /* A loop begins at its least point, whatever triangle it was found by. */
    for (size_t i = 1; i < count && !open; i++)
        if (lies_before(point[i], point[first])) first = i;
    cut->open = cut->open || open;
    LQI_TRY(lqi_grow(c->context, (void **)&c->corner_point, &c->corner_point_capacity, count, sizeof *c->corner_point));
    LQI_TRY(lqi_grow(c->context, (void **)&c->loop, &c->loop_capacity, c->loop_count + 1, sizeof *c->loop));
    lqi_outline_measure(point, count, first, c->corner_point, pieces, &c->loop[c->loop_count++]);
    return LQ_OK;
}

static lq_status order_loops(lqi_cutter *c, lqi_cut *cut)
{
    size_t count = c->loop_count;
    LQI_TRY(lqi_grow(c->context, (void **)&c->spare, &c->spare_capacity, count, sizeof *c->spare));
    LQI_TRY(lqi_grow(c->context, (void **)&c->key, &c->key_capacity, count, sizeof *c->key));
    lqi_outlines_order(c->loop, count, c->key, c->spare);
    cut->loops = c->loop;
    cut->loop_count = count;
    for (size_t i = 0; i < count; i++) {
        cut->area_mm2 += cut->loops[i].area_mm2;
        cut->outline_mm += cut->loops[i].length_mm;
    }
    return LQ_OK;
}

lq_status lqi_cutter_next(lqi_cutter *c, lqi_cut *cut)
{
    uint32_t layer = (uint32_t)c->layer++;
    double z = layer ? c->first_height + (layer - 0.5) * c->height : c->first_height / 2;
    uint64_t *bits = cut->plane.bits;
    *cut = (lqi_cut){.plane.bits = bits};
    c->slanted += c->slanted_more[layer];
    bool none_begins = c->start[layer] == c->start[layer + 1];
    cut->same = layer && none_begins && !c->ending[layer] && !c->slanted;
    if (cut->same) return LQ_OK;
    lqi_piece_sums pieces = {0};
    uint32_t kept = 0;
    c->loop_count = 0;
    LQI_TRY(lqi_row_fill_begin(&c->fill));
    for (uint32_t i = 0; i < c->active_count; i++)
        if (c->last[c->active[i]] > layer) c->active[kept++] = c->active[i];
    for (uint32_t t = c->start[layer]; t < c->start[layer + 1]; t++) c->active[kept++] = t;
    c->active_count = kept;
    for (uint32_t i = 0; i < kept; i++)
        if (c->facets.facet[c->active[i]].seen != layer + 1)
            LQI_TRY(take_loop(c, c->active[i], layer, z, &pieces, cut));
    LQI_TRY(order_loops(c, cut));
    memcpy(cut->pieces.count, pieces.count, sizeof pieces.count);
    for (int k = 0; k < LQI_PIECE_LENGTHS; k++) cut->pieces.length_mm[k] = (double)pieces.length[k] * LQI_PIECE_UNIT_MM;
    return lqi_row_fill_end(&c->fill, &cut->plane, &cut->pixels, &cut->overlaps);
}
