#include "mesh/stars.h"

#include <string.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "kernel/kernel_list.h"
#include "mesh/star_streams.h"

/* Stars under construction: of so many vertices in a row, 256 KiB. Vertices are numbered in order of first use, so that
 * a star is complete before the window moves on where the order of the file is any good. */
#define WINDOW 4096u

/* A group of vertices leaves the window at once: a word of bits. */
#define GROUP 64u
#define GROUPS_IN_WINDOW (WINDOW / GROUP)

/* A star in the window of more steps than there is room for: they are dealt out, all of them. */
#define CROWDED (LQI_STAR_STEPS_MAX + 1)

/* The window is given up when, among so many triangles in a row, one step of so many came late and less than half of
 * the vertices that left were closed. */
#define TRIANGLES_PER_JUDGEMENT 16384u
#define LATE_SHARE 8

/*
 * A vertex leaves the window with a verdict that holds unless a further step comes: `closed` then becomes irregular, an
 * open one is `late`. The steps of the late ones that came late are in the streams; those that came in time are looked
 * for again where the vertex was in the window.
 */
typedef struct finder {
    lq_context *context;
    const lqi_mesh *mesh;
    const lqi_loose *loose;
    lqi_stars *stars;
    uint64_t *closed, *late, *crowded; /* a bit per vertex */
    uint32_t *left_at;                 /* per group: the triangle before which it left the window; UINT32_MAX: never */
    uint32_t window;                   /* its first vertex, a multiple of GROUP */
    lqi_star *star;                    /* of the window, by the low bits of the vertex */
    uint32_t *step_count;
    lqi_star_streams dealt;
    uint32_t late_steps, closed_count; /* since the last judgement */
    bool any_late;
} finder;

static unsigned bit(const uint64_t *set, uint32_t vertex) { return set[vertex / 64] >> vertex % 64 & 1; }
static void set_bit(uint64_t *set, uint32_t vertex) { set[vertex / 64] |= (uint64_t)1 << vertex % 64; }

static void leave_window(finder *f)
{
    const uint32_t first = f->window;
    uint32_t *step_count = f->step_count + first % WINDOW;
    f->window = first + GROUP;
    if (!step_count[0] && memcmp(step_count, step_count + 1, (GROUP - 1) * sizeof *step_count) == 0)
        return; /* loose facets */
    uint8_t kind[GROUP] = {0};
    uint64_t closed = 0;
    f->context->kernels->stars(f->star + first % WINDOW, step_count, GROUP, kind);
    for (uint32_t i = 0; i < GROUP; i++) {
        if (step_count[i] && step_count[i] <= LQI_STAR_STEPS_MAX && kind[i] != LQI_STAR_REGULAR)
            lqi_stars_mark(f->stars, first + i, kind[i] == LQI_STAR_CIRCLES);
        closed |= (uint64_t)(step_count[i] <= LQI_STAR_STEPS_MAX && kind[i] != LQI_STAR_OPEN) << i;
    }
    f->closed[first / GROUP] = closed;
    f->closed_count += (uint32_t)__builtin_popcountll(closed);
    memset(step_count, 0, GROUP * sizeof *step_count);
}

/* A step around a vertex that has left the window. */
static lq_status add_late_step(finder *f, uint32_t vertex, uint32_t from, uint32_t to)
{
    if (bit(f->closed, vertex)) {
        if (!lqi_is_irregular(f->stars, vertex)) lqi_stars_mark(f->stars, vertex, true);
        return LQ_OK;
    }
    if (!bit(f->late, vertex) && !bit(f->crowded, vertex)) {
        set_bit(f->late, vertex);
        f->any_late = true;
        lqi_stars_unmark(f->stars, vertex);
    }
    f->late_steps++;
    return lqi_star_streams_add(&f->dealt, vertex, from, to);
}

/* A star that is full goes by the streams. */
static lq_status add_step_to_many(finder *f, uint32_t vertex, uint32_t from, uint32_t to)
{
    const lqi_star *star = &f->star[vertex % WINDOW];
    uint32_t *count = &f->step_count[vertex % WINDOW];
    for (uint32_t i = 0; i < LQI_STAR_STEPS_MAX && *count != CROWDED; i++)
        LQI_TRY(lqi_star_streams_add(&f->dealt, vertex, star->from[i], star->to[i]));
    *count = CROWDED;
    set_bit(f->crowded, vertex);
    return lqi_star_streams_add(&f->dealt, vertex, from, to);
}

static inline void put_step(lqi_star *star, uint32_t number, uint32_t from, uint32_t to)
{
    star->from[number] = from;
    star->to[number] = to;
}

static lq_status add_step(finder *f, uint32_t vertex, uint32_t from, uint32_t to)
{
    if (vertex < f->window) return add_late_step(f, vertex, from, to);
    uint32_t *count = &f->step_count[vertex % WINDOW];
    if (*count >= LQI_STAR_STEPS_MAX) return add_step_to_many(f, vertex, from, to);
    put_step(&f->star[vertex % WINDOW], (*count)++, from, to);
    return LQ_OK;
}

/* One that is not all within the window, or where a star is full. */
static lq_status add_triangle(finder *f, uint32_t number, uint32_t a, uint32_t b, uint32_t c)
{
    uint32_t last = a > b ? a : b;
    if (c > last) last = c;
    while (last >= f->window && last - f->window >= WINDOW) {
        f->left_at[f->window / GROUP] = number;
        leave_window(f);
    }
    LQI_TRY(add_step(f, a, b, c));
    LQI_TRY(add_step(f, b, c, a));
    return add_step(f, c, a, b);
}

static lq_status add_triangles(finder *f, uint32_t first, uint32_t end)
{
    const uint32_t *corner = f->mesh->corner + (size_t)3 * first;
    lqi_star *const star = f->star;
    uint32_t *const count = f->step_count, window = f->window;
    for (uint32_t t = first; t < end; t++, corner += 3) {
        uint32_t a = corner[0], b = corner[1], c = corner[2];
        if (a == b || b == c || c == a) {
            f->stars->degenerate_count++;
            continue;
        }
        uint32_t at_a = a % WINDOW, at_b = b % WINDOW, at_c = c % WINDOW;
        uint32_t steps_a = count[at_a], steps_b = count[at_b], steps_c = count[at_c];
        if (((a - window) | (b - window) | (c - window)) < WINDOW &&
            (steps_a | steps_b | steps_c) < LQI_STAR_STEPS_MAX) {
            count[at_a] = steps_a + 1, count[at_b] = steps_b + 1, count[at_c] = steps_c + 1;
            put_step(&star[at_a], steps_a, b, c);
            put_step(&star[at_b], steps_b, c, a);
            put_step(&star[at_c], steps_c, a, b);
            continue;
        }
        LQI_TRY(add_triangle(f, t, a, b, c));
        window = f->window;
    }
    return LQ_OK;
}

/* *in_order becomes false when it was given up. */
static lq_status add_gap_in_order(finder *f, lqi_loose_gap gap, bool *in_order)
{
    for (uint32_t t = gap.first_triangle, end; t < gap.end_triangle && *in_order; t = end) {
        end = gap.end_triangle - t < TRIANGLES_PER_JUDGEMENT ? gap.end_triangle : t + TRIANGLES_PER_JUDGEMENT;
        LQI_TRY(lqi_progress(f->context, "topology", t, f->mesh->triangle_count));
        const uint32_t window = f->window;
        f->late_steps = f->closed_count = 0;
        LQI_TRY(add_triangles(f, t, end));
        *in_order =
            f->late_steps <= 3 * TRIANGLES_PER_JUDGEMENT / LATE_SHARE || f->closed_count > (f->window - window) / 2;
    }
    return LQ_OK;
}

static lq_status add_in_order(finder *f, bool *in_order)
{
    for (uint32_t i = 0; i <= f->loose->run_count && *in_order; i++)
        LQI_TRY(add_gap_in_order(f, lqi_loose_gap_at(f->loose, f->mesh, i), in_order));
    if (!*in_order) return LQ_OK;
    for (uint32_t left = 0; left < WINDOW && f->window < f->mesh->vertex_count; left += GROUP) leave_window(f);
    return LQ_OK;
}

/* The steps of late vertices from the time when they were in the window. */
static lq_status add_early_steps(finder *f)
{
    const lqi_mesh *mesh = f->mesh;
    uint32_t t = 0, groups = mesh->vertex_count / GROUP + 1;
    for (uint32_t group = 0; group < groups && f->any_late; group++) {
        if (!f->late[group]) continue;
        uint32_t entered = group < GROUPS_IN_WINDOW ? 0 : f->left_at[group - GROUPS_IN_WINDOW];
        uint32_t end = f->left_at[group] < mesh->triangle_count ? f->left_at[group] : mesh->triangle_count;
        if (t < entered) t = entered;
        for (; t < end; t++) {
            const uint32_t *corner = mesh->corner + (size_t)3 * t;
            if (!(bit(f->late, corner[0]) | bit(f->late, corner[1]) | bit(f->late, corner[2]))) continue;
            if (lqi_is_degenerate(corner)) continue;
            for (uint32_t k = 0; k < 3; k++) {
                uint32_t vertex = corner[k];
                if (!bit(f->late, vertex) || t >= f->left_at[vertex / GROUP]) continue;
                LQI_TRY(lqi_star_streams_add(&f->dealt, vertex, corner[(k + 1) % 3], corner[(k + 2) % 3]));
            }
        }
    }
    return LQ_OK;
}

static lq_status deal_out_all(finder *f)
{
    const lqi_mesh *mesh = f->mesh;
    lqi_star_streams_free(&f->dealt);
    LQI_TRY(lqi_star_streams_init(&f->dealt, f->context, mesh->vertex_count));
    memset(f->stars->irregular, 0, ((size_t)mesh->vertex_count / 64 + 1) * sizeof *f->stars->irregular);
    f->stars->irregular_count = f->stars->pinched_count = f->stars->degenerate_count = 0;
    for (uint32_t i = 0; i <= f->loose->run_count; i++) {
        const lqi_loose_gap gap = lqi_loose_gap_at(f->loose, mesh, i);
        for (uint32_t t = gap.first_triangle, end; t < gap.end_triangle; t = end) {
            end = gap.end_triangle - t < TRIANGLES_PER_JUDGEMENT ? gap.end_triangle : t + TRIANGLES_PER_JUDGEMENT;
            LQI_TRY(lqi_progress(f->context, "topology", t, mesh->triangle_count));
            LQI_TRY(lqi_star_streams_add_triangles(&f->dealt, mesh, t, end, &f->stars->degenerate_count));
        }
    }
    return LQ_OK;
}

static lq_status prepare(finder *f)
{
    lq_context *context = f->context;
    size_t words = (size_t)f->mesh->vertex_count / 64 + 1;
    f->stars->irregular = lqi_alloc_zeroed(context, words, sizeof *f->stars->irregular);
    f->closed = f->stars->irregular ? lqi_alloc_zeroed(context, words, sizeof *f->closed) : NULL;
    f->late = f->closed ? lqi_alloc_zeroed(context, words, sizeof *f->late) : NULL;
    f->crowded = f->late ? lqi_alloc_zeroed(context, words, sizeof *f->crowded) : NULL;
    f->left_at = f->crowded ? lqi_alloc_array(context, words, sizeof *f->left_at) : NULL;
    f->star = f->left_at ? lqi_alloc_array(context, WINDOW, sizeof *f->star) : NULL;
    f->step_count = f->star ? lqi_alloc_zeroed(context, WINDOW, sizeof *f->step_count) : NULL;
    if (!f->step_count) return lqi_memory_status(context);
    memset(f->left_at, 0xFF, words * sizeof *f->left_at);
    return lqi_star_streams_init(&f->dealt, context, f->mesh->vertex_count);
}

lq_status lqi_stars_find(lq_context *context, const lqi_mesh *mesh, const lqi_loose *loose, lqi_stars *stars)
{
    *stars = (lqi_stars){0};
    finder f = {.context = context, .mesh = mesh, .loose = loose, .stars = stars};
    lq_status status;
    bool in_order = true;
    LQI_TRY_GOTO(prepare(&f));
    LQI_TRY_GOTO(add_in_order(&f, &in_order));
    LQI_TRY_GOTO(in_order ? add_early_steps(&f) : deal_out_all(&f));
    status = lqi_star_streams_judge(&f.dealt, mesh->vertex_count, stars);
done:
    lqi_star_streams_free(&f.dealt);
    lqi_free(context, f.closed);
    lqi_free(context, f.late);
    lqi_free(context, f.crowded);
    lqi_free(context, f.left_at);
    lqi_free(context, f.star);
    lqi_free(context, f.step_count);
    if (status != LQ_OK) lqi_stars_free(context, stars);
    return status;
}

void lqi_stars_free(lq_context *context, lqi_stars *stars)
{
    lqi_free(context, stars->irregular);
    *stars = (lqi_stars){0};
}
