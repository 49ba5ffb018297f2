/* Quickhull (Barber, Dobkin, Huhdanpaa 1996) in whole numbers: without rounding no tolerance is needed, and what lies
 * in the plane of a facet is under it. */
#include "measure/hull.h"

#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/sort.h"
#include "measure/hull_points.h"

#define NONE UINT32_MAX

#define SAME_PLANE 0.99996192306417 /* cosine of half a degree */

typedef struct facet {
    uint32_t corner[3], beside[3]; /* beside[k] lies across the edge from corner k to the next */
    int64_t normal[3];             /* not of length 1; below 2^41 */
    uint32_t above;                /* first of the list of points above it, or NONE */
    bool alive, seen;
} facet;

typedef struct edge {
    uint32_t from, to, beside;
} edge;

typedef struct builder {
    lq_context *context;
    const lqi_hull_points *in;
    facet *facet;
    size_t facet_count, facet_capacity;
    uint32_t *unused; /* facets to be used again */
    size_t unused_count, unused_capacity;
    uint32_t *stack; /* of the search for what a point sees */
    size_t stack_capacity;
    uint32_t *visible;
    size_t visible_count, visible_capacity;
    edge *horizon;
    size_t horizon_count, horizon_capacity;
    uint32_t *pending; /* facets with points above them */
    size_t pending_count, pending_capacity;
    uint32_t *next; /* per point: in the list of its facet */
    uint32_t *from; /* per point: the new facet whose horizon edge begins there */
} builder;

/* Six times the volume over a facet; above 0: the point is outside. */
static int64_t height(const builder *b, const facet *f, uint32_t point)
{
    const int32_t *p = b->in->whole[point], *a = b->in->whole[f->corner[0]];
    return f->normal[0] * (p[0] - a[0]) + f->normal[1] * (p[1] - a[1]) + f->normal[2] * (p[2] - a[2]);
}

static void whole_cross(const int32_t *a, const int32_t *b, const int32_t *c, int64_t out[3])
{
    for (int i = 0; i < 3; i++) {
        int j = (i + 1) % 3, k = (i + 2) % 3;
        out[i] = (int64_t)(b[j] - a[j]) * (c[k] - a[k]) - (int64_t)(b[k] - a[k]) * (c[j] - a[j]);
    }
}

static lq_status add_facet(builder *b, uint32_t c0, uint32_t c1, uint32_t c2, uint32_t *number)
{
    if (b->unused_count)
        *number = b->unused[--b->unused_count];
    else {
        LQI_TRY(lqi_grow(b->context, (void **)&b->facet, &b->facet_capacity, b->facet_count + 1, sizeof *b->facet));
        *number = (uint32_t)b->facet_count++;
    }
    facet *f = &b->facet[*number];
    *f = (facet){.corner = {c0, c1, c2}, .beside = {NONE, NONE, NONE}, .above = NONE, .alive = true};
    whole_cross(b->in->whole[c0], b->in->whole[c1], b->in->whole[c2], f->normal);
    return LQ_OK;
}

static lq_status make_pending(builder *b, uint32_t number)
{
    if (b->facet[number].above == NONE) return LQ_OK;
    LQI_TRY(lqi_grow(b->context, (void **)&b->pending, &b->pending_capacity, b->pending_count + 1, sizeof *b->pending));
    b->pending[b->pending_count++] = number;
    return LQ_OK;
}

static uint32_t farthest_of_all(const builder *b, const double score[])
{
    uint32_t best = 0;
    for (uint32_t i = 1; i < b->in->count; i++)
        if (score[i] > score[best]) best = i;
    return best;
}

/* Two points far from each other, a third far from their line, a fourth from their plane. false: the body is flat. */
static bool find_first_four(const builder *b, double *score, uint32_t four[4])
{
    int32_t(*p)[3] = b->in->whole;
    uint32_t count = b->in->count;
    for (int side = 0; side < 2; side++) {
        for (uint32_t i = 0; i < count; i++) {
            int64_t sum = (int64_t)p[i][0] * 5 + (int64_t)p[i][1] * 3 + p[i][2];
            score[i] = (double)(side ? -sum : sum);
        }
        four[side] = farthest_of_all(b, score);
    }
    for (uint32_t i = 0; i < count; i++) {
        int64_t n[3];
        whole_cross(p[four[0]], p[four[1]], p[i], n);
        score[i] = (double)n[0] * (double)n[0] + (double)n[1] * (double)n[1] + (double)n[2] * (double)n[2];
    }
    four[2] = farthest_of_all(b, score);
    if (!(score[four[2]] > 0)) return false;
    facet base = {.corner = {four[0], four[1], four[2]}};
    whole_cross(p[four[0]], p[four[1]], p[four[2]], base.normal);
    for (uint32_t i = 0; i < count; i++) score[i] = fabs((double)height(b, &base, i));
    four[3] = farthest_of_all(b, score);
    if (!(score[four[3]] > 0)) return false;
    if (height(b, &base, four[3]) > 0) { /* the fourth lies under the others */
        uint32_t swap = four[0];
        four[0] = four[1];
        four[1] = swap;
    }
    return true;
}

static void put_above(builder *b, uint32_t point, const uint32_t *facets, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        facet *f = &b->facet[facets[i]];
        if (height(b, f, point) <= 0) continue;
        b->next[point] = f->above;
        f->above = point;
        return;
    }
}

static lq_status begin(builder *b, const uint32_t four[4])
{
    static const uint8_t side[4][3] = {{0, 1, 2}, {0, 3, 1}, {1, 3, 2}, {2, 3, 0}};
    uint32_t made[4];
    for (int i = 0; i < 4; i++) LQI_TRY(add_facet(b, four[side[i][0]], four[side[i][1]], four[side[i][2]], &made[i]));
    for (uint32_t i = 0; i < 4; i++)
        for (uint32_t k = 0; k < 3; k++)
            for (uint32_t other = 0; other < 12; other++)
                if (side[other / 3][other % 3] == side[i][(k + 1) % 3] &&
                    side[other / 3][(other + 1) % 3] == side[i][k])
                    b->facet[made[i]].beside[k] = made[other / 3];
    for (uint32_t point = 0; point < b->in->count; point++) put_above(b, point, made, 4);
    for (int i = 0; i < 4; i++) LQI_TRY(make_pending(b, made[i]));
    return LQ_OK;
}

static uint32_t highest_above(const builder *b, const facet *f)
{
    uint32_t best = f->above;
    int64_t most = height(b, f, best);
    for (uint32_t point = b->next[best]; point != NONE; point = b->next[point]) {
        int64_t here = height(b, f, point);
        if (here > most || (here == most && point < best)) most = here, best = point;
    }
    return best;
}

/* All facets that a point is above, and the edges around them. */
static lq_status find_visible(builder *b, uint32_t first, uint32_t point)
{
    size_t stacked = 0;
    b->visible_count = b->horizon_count = 0;
    LQI_TRY(lqi_grow(b->context, (void **)&b->stack, &b->stack_capacity, 1, sizeof *b->stack));
    b->stack[stacked++] = first;
    b->facet[first].seen = true;
    while (stacked) {
        uint32_t number = b->stack[--stacked];
        LQI_TRY(
            lqi_grow(b->context, (void **)&b->visible, &b->visible_capacity, b->visible_count + 1, sizeof *b->visible));
        b->visible[b->visible_count++] = number;
        LQI_TRY(lqi_grow(b->context, (void **)&b->stack, &b->stack_capacity, stacked + 3, sizeof *b->stack));
        for (uint32_t k = 0; k < 3; k++) {
            const facet *f = &b->facet[number];
            facet *beside = &b->facet[f->beside[k]];
            if (beside->seen) continue;
            if (height(b, beside, point) > 0) {
                beside->seen = true;
                b->stack[stacked++] = f->beside[k];
                continue;
            }
            LQI_TRY(lqi_grow(b->context, (void **)&b->horizon, &b->horizon_capacity, b->horizon_count + 1,
                             sizeof *b->horizon));
            b->horizon[b->horizon_count++] = (edge){f->corner[k], f->corner[(k + 1) % 3], f->beside[k]};
        }
    }
    return LQ_OK;
}

/* The facet across its edge to `from` becomes `number`. */
static void join_beside(facet *f, uint32_t from, uint32_t number)
{
    for (uint32_t k = 0; k < 3; k++)
        if (f->corner[(k + 1) % 3] == from) f->beside[k] = number;
}

/* New facets from the horizon to the point replace the visible ones, which leave their points to them. made: as many as
 * the horizon has edges. */
static lq_status raise(builder *b, uint32_t point, uint32_t *made)
{
    for (size_t i = 0; i < b->horizon_count; i++) {
        const edge e = b->horizon[i];
        LQI_TRY(add_facet(b, e.from, e.to, point, &made[i]));
        b->from[e.from] = made[i];
        b->facet[made[i]].beside[0] = e.beside;
        join_beside(&b->facet[e.beside], e.from, made[i]);
    }
    for (size_t i = 0; i < b->horizon_count; i++) {
        uint32_t following = b->from[b->horizon[i].to];
        b->facet[made[i]].beside[1] = following;
        b->facet[following].beside[2] = made[i];
    }
    LQI_TRY(lqi_grow(b->context, (void **)&b->unused, &b->unused_capacity, b->unused_count + b->visible_count,
                     sizeof *b->unused));
    for (size_t i = 0; i < b->visible_count; i++) {
        facet *f = &b->facet[b->visible[i]];
        for (uint32_t p = f->above; p != NONE;) {
            uint32_t following = b->next[p];
            if (p != point) put_above(b, p, made, b->horizon_count);
            p = following;
        }
        f->alive = false;
        b->unused[b->unused_count++] = b->visible[i];
    }
    for (size_t i = 0; i < b->horizon_count; i++) LQI_TRY(make_pending(b, made[i]));
    return LQ_OK;
}

static lq_status grow_hull(builder *b)
{
    lq_status status = LQ_OK;
    uint32_t *made = NULL;
    size_t made_capacity = 0;
    while (b->pending_count) {
        uint32_t number = b->pending[--b->pending_count];
        if (!b->facet[number].alive || b->facet[number].above == NONE) continue;
        uint32_t point = highest_above(b, &b->facet[number]);
        LQI_TRY_GOTO(find_visible(b, number, point));
        LQI_TRY_GOTO(lqi_grow(b->context, (void **)&made, &made_capacity, b->horizon_count, sizeof *made));
        LQI_TRY_GOTO(raise(b, point, made));
    }
done:
    lqi_free(b->context, made);
    return status;
}

/* ---- planes ---- */

/* Twice the area along the outward normal, from the corners as they are. */
static void area_vector(const builder *b, const facet *f, double out[3])
{
    const double *p = b->in->at[f->corner[0]], *q = b->in->at[f->corner[1]], *r = b->in->at[f->corner[2]];
    for (int i = 0; i < 3; i++) {
        int j = (i + 1) % 3, k = (i + 2) % 3;
        out[i] = (q[j] - p[j]) * (r[k] - p[k]) - (q[k] - p[k]) * (r[j] - p[j]);
    }
}

static double length_of(const double v[3]) { return sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]); }

/* Gathers what lies beside a facet in the same plane. */
static lq_status gather_face(builder *b, uint32_t first, lqi_hull_face *face)
{
    double seed[3], sum[3] = {0};
    area_vector(b, &b->facet[first], seed);
    double seed_length = length_of(seed);
    size_t stacked = 0;
    LQI_TRY(lqi_grow(b->context, (void **)&b->stack, &b->stack_capacity, 1, sizeof *b->stack));
    b->stack[stacked++] = first;
    b->facet[first].seen = true;
    while (stacked) {
        const facet *f = &b->facet[b->stack[--stacked]];
        double own[3];
        area_vector(b, f, own);
        for (int i = 0; i < 3; i++) sum[i] += own[i];
        LQI_TRY(lqi_grow(b->context, (void **)&b->stack, &b->stack_capacity, stacked + 3, sizeof *b->stack));
        for (uint32_t k = 0; k < 3; k++) {
            facet *beside = &b->facet[f->beside[k]];
            double next[3];
            area_vector(b, beside, next);
            double dot = seed[0] * next[0] + seed[1] * next[1] + seed[2] * next[2];
            if (beside->seen || dot < SAME_PLANE * seed_length * length_of(next)) continue;
            beside->seen = true;
            b->stack[stacked++] = f->beside[k];
        }
    }
    double length = length_of(sum);
    *face = (lqi_hull_face){.area = length / 2};
    for (int i = 0; i < 3; i++) face->normal[i] = sum[i] / length;
    return LQ_OK;
}

static void keep_face(lqi_hull *hull, const lqi_hull_face *face)
{
    uint32_t at = hull->face_count;
    if (at == LQI_HULL_FACES_MAX && face->area <= hull->face[at - 1].area) return;
    if (at < LQI_HULL_FACES_MAX)
        hull->face_count++;
    else
        at--;
    for (; at && hull->face[at - 1].area < face->area; at--) hull->face[at] = hull->face[at - 1];
    hull->face[at] = *face;
}

/* From the largest facet down, so that a sliver never says how a plane lies. */
static lq_status find_faces(builder *b, lqi_hull *hull)
{
    uint64_t *order = lqi_alloc_array(b->context, b->facet_count, sizeof *order);
    if (!order) return lqi_memory_status(b->context);
    lq_status status = LQ_OK;
    size_t count = 0;
    for (size_t i = 0; i < b->facet_count; i++) {
        b->facet[i].seen = false;
        double area[3];
        if (b->facet[i].alive) area_vector(b, &b->facet[i], area);
        if (b->facet[i].alive && length_of(area) > 0)
            order[count++] = (~lqi_order_key(length_of(area)) & ~(uint64_t)UINT32_MAX) | i;
    }
    lqi_sort_u64(order, count);
    for (size_t i = 0; i < count; i++) {
        lqi_hull_face face;
        if (b->facet[(uint32_t)order[i]].seen) continue;
        LQI_TRY_GOTO(gather_face(b, (uint32_t)order[i], &face));
        keep_face(hull, &face);
    }
done:
    lqi_free(b->context, order);
    return status;
}

/* ---- the whole ---- */

static void keep_corners(const builder *b, lqi_hull *hull)
{
    for (uint32_t i = 0; i < b->in->count; i++) b->next[i] = 0;
    for (size_t i = 0; i < b->facet_count; i++)
        for (int k = 0; b->facet[i].alive && k < 3; k++) b->next[b->facet[i].corner[k]] = 1;
    for (uint32_t i = 0; i < b->in->count; i++)
        if (b->next[i] || !b->facet_count) memcpy(hull->point[hull->point_count++], b->in->at[i], sizeof *hull->point);
}

static lq_status build(builder *b, lqi_hull *hull)
{
    uint32_t count = b->in->count, four[4];
    lq_context *context = b->context;
    lq_status status = LQ_OK;
    double *score = lqi_alloc_array(context, count, sizeof *score);
    b->next = score ? lqi_alloc_array(context, count, sizeof *b->next) : NULL;
    b->from = b->next ? lqi_alloc_array(context, count, sizeof *b->from) : NULL;
    hull->point = b->from ? lqi_alloc_array(context, count, sizeof *hull->point) : NULL;
    if (!hull->point) {
        status = lqi_memory_status(context);
        goto done;
    }
    if (count >= 4 && find_first_four(b, score, four)) {
        LQI_TRY_GOTO(begin(b, four));
        LQI_TRY_GOTO(grow_hull(b));
        LQI_TRY_GOTO(find_faces(b, hull));
    }
    keep_corners(b, hull);
done:
    lqi_free(context, score);
    return status;
}

lq_status lqi_hull_make(lq_context *context, const lqi_placed_solid *solids, size_t count, const lqi_box *box,
                        lqi_hull *hull)
{
    *hull = (lqi_hull){.context = context};
    lqi_hull_points points = {0};
    LQI_TRY(lqi_hull_points_gather(context, solids, count, box, &points));
    builder b = {.context = context, .in = &points};
    hull->whole = points.all;
    lq_status status = build(&b, hull);
    void *const owned[] = {b.facet, b.unused, b.stack, b.visible, b.horizon, b.pending, b.next, b.from};
    for (size_t i = 0; i < sizeof owned / sizeof owned[0]; i++) lqi_free(context, owned[i]);
    lqi_hull_points_free(context, &points);
    if (status != LQ_OK) lqi_hull_free(hull);
    return status;
}

void lqi_hull_free(lqi_hull *hull)
{
    if (hull->context) lqi_free(hull->context, hull->point);
    *hull = (lqi_hull){0};
}

double lqi_hull_reach(const lqi_hull *hull, const double direction[3])
{
    double most = -INFINITY;
    for (uint32_t i = 0; i < hull->point_count; i++) {
        const double *p = hull->point[i];
        most = fmax(most, p[0] * direction[0] + p[1] * direction[1] + p[2] * direction[2]);
    }
    return most;
}
