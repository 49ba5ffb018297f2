#include "estimate/cutter.h"

#include <math.h>
#include <string.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/mix.h"
#include "mesh/edges.h"

#define NONE UINT32_MAX
#define LAYERS_MAX 20000
/* Of a plane, and of all layers. */
#define SIDE_MAX 4096
#define PIXELS_MAX 16e9
#define PIXEL_DOUBLINGS 5
#define CROSSINGS_MAX ((uint64_t)100 << 20)
/* Of outlines and middle lines of rows, in all layers. */
#define ROW_CROSSINGS_MAX 64e6
/* What is nearer to the line between its neighbours is no corner. */
#define STRAIGHT_MM 0.0125
#define UPRIGHT_MM 1e-4
/* Rows of so many crossings and fewer are sorted by insertion. */
#define INSERTION_MAX 48
/* Edges that fall on so many others are left unpaired. */
#define PROBES_MAX 64

typedef struct crossing {
    int32_t row;
    int32_t step_column; /* column * 2 + (1: the winding falls) */
} crossing;

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
    uint32_t *other;    /* per half-edge: the one on the other side */
    uint32_t *last;     /* per triangle: the layer after its last */
    bool *upright;      /* per triangle: it moves less than UPRIGHT_MM from layer to layer */
    uint32_t *seen;     /* per triangle: layer + 1 */
    uint32_t *start;    /* per layer, and one more: its first triangle */
    uint32_t triangle_count;
    uint64_t crossings; /* of triangles and layers */
    bool refused;
    bool has_ends; /* some edge that is met is without its other side */
    uint32_t *active;
    uint32_t active_count;
    double (*point)[2];
    size_t point_capacity;
    lqi_loop *loop;
    size_t loop_count, loop_capacity;
    crossing *crossing;
    size_t crossing_count, crossing_capacity;
    int32_t *sorted;
    size_t sorted_capacity;
    uint32_t *row_start;
};

static uint32_t level_of(const lqi_cutter *c, double z)
{
    if (!(z > c->first_height / 2)) return 0;
    double planes = (z - c->first_height) / c->height - 0.5;
    if (planes <= 0) return 1;
    if (planes > LAYERS_MAX) return LAYERS_MAX;
    return (uint32_t)ceil(planes) + 1;
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
        for (size_t i = 0; i < (size_t)3 * mesh->triangle_count; i++) {
            const double *q = c->place[at + mesh->corner[i]];
            for (int k = 0; k < 3; k++) {
                if (q[k] < least[k]) least[k] = q[k];
                if (q[k] > most[k]) most[k] = q[k];
            }
        }
        at += mesh->vertex_count;
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

static void pair_edges(lqi_cutter *c, uint32_t *slot, uint32_t mask)
{
    size_t half_count = (size_t)3 * c->triangle_count;
    for (size_t half = 0; half < half_count; half++) {
        size_t t3 = half - half % 3;
        uint32_t a = c->corner[half], b = c->corner[t3 + (half + 1) % 3];
        if (c->level[a] == c->level[b]) continue;
        uint32_t low = a < b ? a : b, high = a < b ? b : a;
        uint32_t at = (uint32_t)lqi_mix64((uint64_t)low << 32 | high) & mask;
        for (int probe = 0; probe < PROBES_MAX; probe++, at = (at + 1) & mask) {
            uint32_t found = slot[at];
            if (found == NONE) {
                slot[at] = (uint32_t)half;
                break;
            }
            if (c->other[found] == NONE && c->corner[found] == b &&
                c->corner[found - found % 3 + (found + 1) % 3] == a) {
                c->other[found] = (uint32_t)half;
                c->other[half] = found;
                break;
            }
        }
    }
}

static bool is_upright(const lqi_cutter *c, uint32_t a, uint32_t b, uint32_t d)
{
    const double *p = c->place[a], *q = c->place[b], *r = c->place[d];
    double u[3], v[3];
    for (int k = 0; k < 3; k++) {
        u[k] = q[k] - p[k];
        v[k] = r[k] - p[k];
    }
    double x = u[1] * v[2] - u[2] * v[1], y = u[2] * v[0] - u[0] * v[2], z = u[0] * v[1] - u[1] * v[0];
    return fabs(z) * c->height <= UPRIGHT_MM * sqrt(x * x + y * y);
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
                uint32_t at = c->start[low]++;
                c->corner[(size_t)3 * at] = a;
                c->corner[(size_t)3 * at + 1] = turned ? d : b;
                c->corner[(size_t)3 * at + 2] = turned ? b : d;
                c->last[at] = high;
                c->upright[at] = is_upright(c, a, b, d);
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
        c->other = lqi_alloc_array(c->context, (size_t)3 * c->triangle_count, sizeof *c->other);
        c->last = lqi_alloc_array(c->context, c->triangle_count, sizeof *c->last);
        c->upright = lqi_alloc_array(c->context, c->triangle_count, sizeof *c->upright);
        c->seen = lqi_alloc_zeroed(c->context, c->triangle_count, sizeof *c->seen);
        c->active = lqi_alloc_array(c->context, c->triangle_count, sizeof *c->active);
        if (!c->corner || !c->other || !c->last || !c->upright || !c->seen || !c->active)
            return lqi_memory_status(c->context);
    }
    /* start[i] now is the end of layer i. */
    memmove(c->start + 1, c->start, (size_t)c->layer_count * sizeof *c->start);
    c->start[0] = 0;
    memset(c->other, 0xff, (size_t)3 * c->triangle_count * sizeof *c->other);
    uint32_t slots = 16;
    while (slots < 4 * (uint64_t)c->triangle_count && slots < 1u << 31) slots *= 2;
    uint32_t *slot = lqi_alloc_array(c->context, slots, sizeof *slot);
    if (!slot) return lqi_memory_status(c->context);
    memset(slot, 0xff, (size_t)slots * sizeof *slot);
    pair_edges(c, slot, slots - 1);
    lqi_free(c->context, slot);
    for (size_t half = 0; half < (size_t)3 * c->triangle_count && !c->has_ends; half++)
        c->has_ends = c->other[half] == NONE &&
                      c->level[c->corner[half]] != c->level[c->corner[half - half % 3 + (half + 1) % 3]];
    return LQ_OK;
}

/* Summed over layers, what a triangle's cuts span across the rows is its area seen along them. */
static double span_mm2(const lqi_cutter *c)
{
    double sum = 0;
    for (size_t i = 0; i < c->triangle_count; i++) {
        const uint32_t *corner = c->corner + 3 * i;
        const double *p = c->place[corner[0]], *q = c->place[corner[1]], *r = c->place[corner[2]];
        sum += fabs((q[1] - p[1]) * (r[2] - p[2]) - (q[2] - p[2]) * (r[1] - p[1])) / 2;
    }
    return sum;
}

static void make_grid(lqi_cutter *c, double pixel_mm)
{
    double least[2] = {0, 0}, most[2] = {0, 0}, rows_mm = span_mm2(c) / c->height;
    for (size_t i = 0; i < (size_t)3 * c->triangle_count; i++)
        for (int k = 0; k < 2; k++) {
            double p = c->place[c->corner[i]][k];
            if (p < least[k]) least[k] = p;
            if (p > most[k]) most[k] = p;
        }
    for (int k = 0; k < PIXEL_DOUBLINGS; k++, pixel_mm *= 2) {
        double wide = (most[0] - least[0]) / pixel_mm, high = (most[1] - least[1]) / pixel_mm;
        if (wide > SIDE_MAX || high > SIDE_MAX || wide * high * c->layer_count > PIXELS_MAX ||
            rows_mm / pixel_mm > ROW_CROSSINGS_MAX)
            continue;
        c->grid.rows = (int32_t)high + 3 + 2 * LQI_PLANE_MARGIN;
        c->grid.words = ((int32_t)wide + 3 + 2 * LQI_PLANE_MARGIN + 63) / 64 + 2;
        break;
    }
    c->grid.kernels = c->context->kernels;
    c->grid.pixel_mm = pixel_mm;
    c->refused = !c->grid.rows;
    c->grid.origin[0] = least[0] - (64 + LQI_PLANE_MARGIN + 1) * pixel_mm;
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
    c->level = lqi_alloc_array(context, vertex_count, sizeof *c->level);
    if (!c->place || !c->level) goto memory;
    LQI_TRY_GOTO(place_vertices(c, solids, solid_count));
    c->start = lqi_alloc_zeroed(context, (size_t)c->layer_count + 2, sizeof *c->start);
    if (!c->start) goto memory;
    LQI_TRY_GOTO(take_triangles(c, solids, solid_count));
    *cutter = c;
    if (c->refused) return LQ_OK;
    make_grid(c, pixel_mm);
    if (c->refused) return LQ_OK;
    c->row_start = lqi_alloc_array(context, (size_t)c->grid.rows + 1, sizeof *c->row_start);
    if (!c->row_start) goto memory;
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
    void *owned[] = {c->place, c->level,  c->corner, c->other, c->last,     c->upright, c->seen,
                     c->start, c->active, c->point,  c->loop,  c->crossing, c->sorted,  c->row_start};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) lqi_free(context, owned[i]);
    lqi_free(context, c);
}

bool lqi_cutter_refused(const lqi_cutter *c) { return c->refused; }
int32_t lqi_cutter_layer_count(const lqi_cutter *c) { return c->layer_count; }
const lqi_grid *lqi_cutter_grid(const lqi_cutter *c) { return &c->grid; }
const double *lqi_cutter_box(const lqi_cutter *c) { return c->box; }

/* ---- loops ---- */

/* By which corners lie above: the edge that goes up (edge k from corner k). Entry 0 and 7 do not occur. */
static const uint8_t edge_up[8] = {0, 2, 0, 2, 1, 1, 0, 0};
static const uint8_t edge_down[8] = {0, 0, 1, 1, 2, 0, 2, 0};

static unsigned corners_above(const lqi_cutter *c, uint32_t triangle, uint32_t layer)
{
    const uint32_t *corner = c->corner + (size_t)3 * triangle;
    return (c->level[corner[0]] > layer) | (unsigned)(c->level[corner[1]] > layer) << 1 |
           (unsigned)(c->level[corner[2]] > layer) << 2;
}

static void point_on_edge(const lqi_cutter *c, double z, uint32_t a, uint32_t b, double point[2])
{
    const double *p = c->place[a], *q = c->place[b];
    double t = (z - p[2]) / (q[2] - p[2]);
    point[0] = p[0] + t * (q[0] - p[0]);
    point[1] = p[1] + t * (q[1] - p[1]);
}

/* The winding changes where an outline passes the middle line of a row. */
static lq_status cross_rows(lqi_cutter *c, const double a[2], const double b[2])
{
    double scale = 1 / c->grid.pixel_mm;
    double va = (a[1] - c->grid.origin[1]) * scale - 0.5, vb = (b[1] - c->grid.origin[1]) * scale - 0.5;
    int32_t ra = (int32_t)ceil(va), rb = (int32_t)ceil(vb);
    if (ra == rb) return LQ_OK;
    int32_t falls = rb < ra;
    int32_t first = falls ? rb : ra, end = falls ? ra : rb;
    LQI_TRY(lqi_grow(c->context, (void **)&c->crossing, &c->crossing_capacity,
                     c->crossing_count + (size_t)(end - first), sizeof *c->crossing));
    double ua = (a[0] - c->grid.origin[0]) * scale - 0.5, slope = (b[0] - a[0]) / (b[1] - a[1]);
    for (int32_t row = first; row < end; row++)
        c->crossing[c->crossing_count++] = (crossing){row, (int32_t)ceil(ua + (row - va) * slope) * 2 + falls};
    return LQ_OK;
}

static int turn_class(const double a[2], const double b[2])
{
    double du = b[0] - a[0], dv = b[1] - a[1];
    double x = fabs(du - dv) * LQI_HALF_SQRT, y = fabs(du + dv) * LQI_HALF_SQRT;
    double most = x > y ? x : y;
    int k = 0;
    for (double limit = 1.42; k < LQI_PIECE_TURNS - 1 && most < limit; limit /= 2) k++;
    return k;
}

static int length_class(double length)
{
    int k = 0;
    for (double limit = LQI_PIECE_LENGTH_LEAST_MM; k < LQI_PIECE_LENGTHS - 1 && length >= limit; limit *= 2) k++;
    return k;
}

static void note_piece(lqi_pieces *pieces, double length, int turn_a, int turn_b)
{
    int k = length_class(length);
    pieces->count[k][(turn_a + turn_b) / 2]++;
    pieces->length_mm[k] += length;
}

/* Drops what lies straight between its neighbours, then tells the pieces. Returns the length. */
static double measure_loop(double (*point)[2], size_t count, lqi_pieces *pieces, double *area)
{
    double length = 0, sum = 0;
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        const double *a = point[i], *b = point[(i + 1) % count];
        double du = b[0] - a[0], dv = b[1] - a[1];
        length += sqrt(du * du + dv * dv);
        sum += a[0] * b[1] - a[1] * b[0];
        if (kept) {
            const double *p = point[kept - 1];
            double pu = b[0] - p[0], pv = b[1] - p[1], far = pu * pu + pv * pv;
            double off = (a[0] - p[0]) * pv - (a[1] - p[1]) * pu;
            double ahead = (a[0] - p[0]) * pu + (a[1] - p[1]) * pv;
            if (off * off <= STRAIGHT_MM * STRAIGHT_MM * far && ahead >= 0 && ahead <= far) continue;
        }
        double keep[2] = {a[0], a[1]};
        memcpy(point[kept++], keep, sizeof keep);
    }
    *area = sum / 2;
    if (kept < 2) return length;
    double way[2], first_way[2] = {0, 0}, before[2] = {0, 0}, step_length = 0, first_length = 0;
    int turn = 0, first_turn = 0;
    for (size_t i = 0; i <= kept; i++) {
        const double *a = point[i % kept], *b = point[(i + 1) % kept];
        double du = b[0] - a[0], dv = b[1] - a[1], step = sqrt(du * du + dv * dv);
        double scale = step > 0 ? 1 / step : 0;
        way[0] = du * scale;
        way[1] = dv * scale;
        if (i == 0) {
            memcpy(first_way, way, sizeof way);
            first_length = step;
        } else if (i < kept) {
            int now = turn_class(before, way);
            if (i == 1)
                first_turn = now;
            else
                note_piece(pieces, step_length, turn, now);
            turn = now;
        } else {
            int now = turn_class(before, first_way);
            note_piece(pieces, step_length, turn, now);
            note_piece(pieces, first_length, now, first_turn);
        }
        memcpy(before, way, sizeof way);
        step_length = step;
    }
    return length;
}

static bool lies_before(const double a[2], const double b[2]) { return a[0] < b[0] || (a[0] == b[0] && a[1] < b[1]); }

static void reverse_points(double (*point)[2], size_t first, size_t end)
{
    for (; first + 1 < end; first++, end--)
        for (int k = 0; k < 2; k++) {
            double kept = point[first][k];
            point[first][k] = point[end - 1][k];
            point[end - 1][k] = kept;
        }
}

/* A loop begins at its least point, whatever triangle it was found by. */
static void begin_at_least(double (*point)[2], size_t count)
{
    size_t least = 0;
    for (size_t i = 1; i < count; i++)
        if (lies_before(point[i], point[least])) least = i;
    if (!least) return;
    reverse_points(point, 0, least);
    reverse_points(point, least, count);
    reverse_points(point, 0, count);
}

/* Loops in the order of their beginnings: a sort in place (Floyd's heap), for there may be very many. */
static void sift(lqi_loop *loop, size_t at, size_t count)
{
    for (size_t child = 2 * at + 1; child < count; at = child, child = 2 * at + 1) {
        if (child + 1 < count && lies_before(loop[child].at, loop[child + 1].at)) child++;
        if (!lies_before(loop[at].at, loop[child].at)) return;
        lqi_loop kept = loop[at];
        loop[at] = loop[child];
        loop[child] = kept;
    }
}

static void sort_loops(lqi_loop *loop, size_t count)
{
    for (size_t i = count / 2; i-- > 0;) sift(loop, i, count);
    for (size_t left = count; left > 1; left--) {
        lqi_loop kept = loop[0];
        loop[0] = loop[left - 1];
        loop[left - 1] = kept;
        sift(loop, 0, left - 1);
    }
}

/* Up to so many loops the way between them goes to the nearest that is left, as a slicer's does. */
#define NEAREST_MAX 64

static void order_loops(lqi_loop *loop, size_t count)
{
    sort_loops(loop, count);
    for (size_t i = 1; i + 1 < count && count <= NEAREST_MAX; i++) {
        size_t nearest = i;
        double least = INFINITY;
        for (size_t k = i; k < count; k++) {
            double du = loop[k].at[0] - loop[i - 1].at[0], dv = loop[k].at[1] - loop[i - 1].at[1];
            if (du * du + dv * dv < least) least = du * du + dv * dv, nearest = k;
        }
        lqi_loop kept = loop[nearest];
        for (size_t k = nearest; k > i; k--) loop[k] = loop[k - 1];
        loop[i] = kept;
    }
}

static lq_status add_point(lqi_cutter *c, size_t count, double z, uint32_t triangle, uint32_t k)
{
    LQI_TRY(lqi_grow(c->context, (void **)&c->point, &c->point_capacity, count + 1, sizeof *c->point));
    const uint32_t *corner = c->corner + (size_t)3 * triangle;
    point_on_edge(c, z, corner[k], corner[(k + 1) % 3], c->point[count]);
    return LQ_OK;
}

/* The first triangle of an outline that has ends; the one given where it has none. */
static uint32_t first_of_chain(const lqi_cutter *c, uint32_t given, uint32_t layer)
{
    uint32_t triangle = given;
    do {
        uint32_t other = c->other[(size_t)3 * triangle + edge_down[corners_above(c, triangle, layer)]];
        if (other == NONE) break;
        triangle = other / 3;
    } while (triangle != given);
    return triangle;
}

static lq_status walk_loop(lqi_cutter *c, uint32_t first, uint32_t layer, double z, lqi_cut *cut)
{
    size_t count = 0;
    uint32_t triangle = first;
    if (c->has_ends) {
        triangle = first = first_of_chain(c, first, layer);
        uint32_t k = edge_down[corners_above(c, first, layer)];
        if (c->other[(size_t)3 * first + k] == NONE) LQI_TRY(add_point(c, count++, z, first, k));
    }
    do {
        c->seen[triangle] = layer + 1;
        uint32_t k = edge_up[corners_above(c, triangle, layer)];
        LQI_TRY(add_point(c, count++, z, triangle, k));
        uint32_t other = c->other[(size_t)3 * triangle + k];
        if (other == NONE) {
            cut->open = true;
            break;
        }
        triangle = other / 3;
    } while (triangle != first);
    for (size_t i = 0; i < count; i++) LQI_TRY(cross_rows(c, c->point[i], c->point[(i + 1) % count]));
    LQI_TRY(lqi_grow(c->context, (void **)&c->loop, &c->loop_capacity, c->loop_count + 1, sizeof *c->loop));
    lqi_loop *loop = &c->loop[c->loop_count++];
    if (!cut->open) begin_at_least(c->point, count);
    memcpy(loop->at, c->point[0], sizeof loop->at);
    loop->length_mm = measure_loop(c->point, count, &cut->pieces, &loop->area_mm2);
    return LQ_OK;
}

/* ---- rows ---- */

static void set_bits(uint64_t *row, int32_t from, int32_t to)
{
    int32_t a = from >> 6, b = to >> 6;
    uint64_t head = ~(uint64_t)0 << (from & 63), tail = (to & 63) ? ~(uint64_t)0 >> (64 - (to & 63)) : 0;
    if (a == b) {
        row[a] |= head & tail;
        return;
    }
    row[a] |= head;
    for (int32_t i = a + 1; i < b; i++) row[i] = ~(uint64_t)0;
    if (tail) row[b] |= tail;
}

static void insertion_sort(int32_t *items, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        int32_t value = items[i];
        uint32_t k = i;
        for (; k && items[k - 1] > value; k--) items[k] = items[k - 1];
        items[k] = value;
    }
}

static void sink(int32_t *items, uint32_t at, uint32_t count)
{
    int32_t value = items[at];
    for (uint32_t child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && items[child + 1] > items[child]) child++;
        if (items[child] <= value) break;
        items[at] = items[child];
    }
    items[at] = value;
}

/* Rows are short but where thousands of shells overlap: those go through a heap. */
static void sort_row(int32_t *items, uint32_t count)
{
    if (count <= INSERTION_MAX) {
        insertion_sort(items, count);
        return;
    }
    for (uint32_t i = count / 2; i-- > 0;) sink(items, i, count);
    for (uint32_t end = count - 1; end > 0; end--) {
        int32_t largest = items[0];
        items[0] = items[end];
        items[end] = largest;
        sink(items, 0, end);
    }
}

static lq_status fill_plane(lqi_cutter *c, lqi_cut *cut)
{
    const lqi_grid *grid = &c->grid;
    int32_t first = grid->rows, end = 0;
    for (size_t i = 0; i < c->crossing_count; i++) {
        if (c->crossing[i].row < first) first = c->crossing[i].row;
        if (c->crossing[i].row >= end) end = c->crossing[i].row + 1;
    }
    if (end <= first) first = end = 0;
    lqi_plane_clear(grid, &cut->plane, first, end);
    if (c->crossing_count > c->sorted_capacity)
        LQI_TRY(lqi_grow(c->context, (void **)&c->sorted, &c->sorted_capacity, c->crossing_count, sizeof *c->sorted));
    memset(c->row_start, 0, ((size_t)grid->rows + 1) * sizeof *c->row_start);
    for (size_t i = 0; i < c->crossing_count; i++) c->row_start[c->crossing[i].row + 1]++;
    for (int32_t row = first; row < end; row++) c->row_start[row + 1] += c->row_start[row];
    for (size_t i = 0; i < c->crossing_count; i++)
        c->sorted[c->row_start[c->crossing[i].row]++] = c->crossing[i].step_column;
    uint32_t from = 0;
    for (int32_t row = first; row < end; row++) {
        uint32_t to = c->row_start[row];
        int32_t *p = c->sorted + from;
        uint32_t count = to - from;
        sort_row(p, count);
        uint64_t *bits = lqi_plane_row(grid, &cut->plane, row);
        int32_t winding = 0, open = 0;
        for (uint32_t i = 0; i < count; i++) {
            int32_t column = p[i] >> 1, before = winding;
            winding += p[i] & 1 ? 1 : -1;
            if (!before)
                open = column;
            else if (!winding && column > open)
                set_bits(bits, open, column);
            if ((winding > 1 || winding < 0) && i + 1 < count && p[i + 1] >> 1 > column + 1) cut->overlaps = true;
        }
        from = to;
    }
    return LQ_OK;
}

lq_status lqi_cutter_next(lqi_cutter *c, lqi_cut *cut)
{
    uint32_t layer = (uint32_t)c->layer++;
    double z = layer ? c->first_height + (layer - 0.5) * c->height : c->first_height / 2;
    uint64_t *bits = cut->plane.bits;
    *cut = (lqi_cut){.plane.bits = bits};
    c->loop_count = c->crossing_count = 0;
    uint32_t kept = 0;
    bool same = layer && c->start[layer] == c->start[layer + 1];
    for (uint32_t i = 0; i < c->active_count; i++) {
        same = same && c->upright[c->active[i]];
        if (c->last[c->active[i]] > layer) c->active[kept++] = c->active[i];
    }
    cut->same = same && kept == c->active_count;
    if (cut->same) return LQ_OK;
    for (uint32_t t = c->start[layer]; t < c->start[layer + 1]; t++) c->active[kept++] = t;
    c->active_count = kept;
    for (uint32_t i = 0; i < kept; i++)
        if (c->seen[c->active[i]] != layer + 1) LQI_TRY(walk_loop(c, c->active[i], layer, z, cut));
    order_loops(c->loop, c->loop_count);
    cut->loops = c->loop;
    cut->loop_count = c->loop_count;
    for (size_t i = 0; i < c->loop_count; i++) {
        cut->area_mm2 += c->loop[i].area_mm2;
        cut->outline_mm += c->loop[i].length_mm;
    }
    return fill_plane(c, cut);
}
