/* Which vertices are inside one closed fan, against a reference that knows nothing of the order of the triangles:
 * meshes of more vertices than are looked at together, in any order, with defects. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/context.h"
#include "mesh/stars.h"

#define AROUND 130u
#define GRID (AROUND * AROUND)
#define ROOM (2 * GRID + 4000)

static uint32_t corner[ROOM][3];
static uint32_t count;

static uint64_t random_state;
static uint32_t random_below(uint32_t limit)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(random_state >> 33) % limit;
}

static void add(uint32_t a, uint32_t b, uint32_t c)
{
    assert_true(count < ROOM);
    const uint32_t triangle[3] = {a, b, c};
    memcpy(corner[count++], triangle, sizeof triangle);
}

static void add_torus(void)
{
    for (uint32_t i = 0; i < AROUND; i++)
        for (uint32_t k = 0; k < AROUND; k++) {
            uint32_t up = (i + 1) % AROUND, right = (k + 1) % AROUND;
            add(i * AROUND + k, up * AROUND + k, i * AROUND + right);
            add(i * AROUND + right, up * AROUND + k, up * AROUND + right);
        }
}

static void swap(uint32_t a, uint32_t b)
{
    uint32_t kept[3];
    memcpy(kept, corner[a], sizeof kept);
    memcpy(corner[a], corner[b], sizeof kept);
    memcpy(corner[b], kept, sizeof kept);
}

enum { IN_ORDER, SOME_LATE, NEARBY, REVERSED, ANY_ORDER, HALF_IN_ORDER, ORDERS };

static void put_in_order(int order)
{
    switch (order) {
    case SOME_LATE:
        for (uint32_t i = 0; i < 40; i++) swap(random_below(count), count - 1 - i);
        break;
    case NEARBY:
        for (uint32_t i = 0; i + 700 < count; i++) swap(i, i + random_below(700));
        break;
    case REVERSED:
        for (uint32_t i = 0; i < count / 2; i++) swap(i, count - 1 - i);
        break;
    case ANY_ORDER:
        for (uint32_t i = count; i > 1; i--) swap(i - 1, random_below(i));
        break;
    case HALF_IN_ORDER:
        for (uint32_t i = count; i > count / 2 + 1; i--) swap(i - 1, count / 2 + random_below(i - count / 2));
    }
}

/* By first use, as meshes are; without that the numbers are any. */
static uint32_t renumber(void)
{
    static uint32_t number[2 * ROOM];
    uint32_t used = 0;
    memset(number, 0xFF, sizeof number);
    for (uint32_t t = 0; t < count; t++)
        for (int k = 0; k < 3; k++) {
            uint32_t *n = &number[corner[t][k]];
            if (*n == UINT32_MAX) *n = used++;
            corner[t][k] = *n;
        }
    return used;
}

/* ---- the reference ---- */

typedef struct step {
    uint32_t vertex, from, to;
} step;

static int by_vertex_and_from(const void *a, const void *b)
{
    const step *x = a, *y = b;
    if (x->vertex != y->vertex) return x->vertex < y->vertex ? -1 : 1;
    return x->from < y->from ? -1 : x->from > y->from;
}

/* Steps of one vertex by where they begin. */
static int closes(const step *first, size_t steps)
{
    size_t walked = 0;
    uint32_t at = first->from;
    if (steps < 3) return 0;
    for (size_t i = 1; i < steps; i++)
        if (first[i].from == first[i - 1].from) return 0;
    do {
        const step key = {first->vertex, at, 0};
        const step *next = bsearch(&key, first, steps, sizeof key, by_vertex_and_from);
        if (!next || walked == steps) return 0;
        at = next->to;
        walked++;
    } while (at != first->from);
    return walked == steps;
}

static uint32_t check(lq_context *context, uint32_t vertices, const char *what, int order)
{
    static step steps[3 * ROOM];
    size_t total = 0;
    uint32_t degenerate = 0, irregular = 0;
    for (uint32_t t = 0; t < count; t++) {
        const uint32_t *c = corner[t];
        if (lqi_is_degenerate(c)) {
            degenerate++;
            continue;
        }
        for (int k = 0; k < 3; k++) steps[total++] = (step){c[k], c[(k + 1) % 3], c[(k + 2) % 3]};
    }
    qsort(steps, total, sizeof *steps, by_vertex_and_from);
    lqi_mesh mesh = {.corner = corner[0], .vertex_count = vertices, .triangle_count = count};
    lqi_stars stars;
    assert_int_equal(lqi_stars_find(context, &mesh, &(lqi_loose){0}, &stars), LQ_OK);
    for (size_t first = 0, last; first < total; first = last) {
        last = first + 1;
        while (last < total && steps[last].vertex == steps[first].vertex) last++;
        int want = !closes(steps + first, last - first);
        if (lqi_is_irregular(&stars, steps[first].vertex) != want)
            fail_msg("%s, order %d: vertex %u is %s", what, order, steps[first].vertex, want ? "irregular" : "regular");
        irregular += (uint32_t)want;
    }
    assert_int_equal(stars.irregular_count, irregular);
    assert_int_equal(stars.degenerate_count, degenerate);
    uint32_t pinched = stars.pinched_count;
    lqi_stars_free(context, &stars);
    assert_int_equal(lq_context_memory_held(context), 0);
    return pinched;
}

/* ---- the defects ---- */

static void drop_some(void)
{
    for (int i = 0; i < 300; i++) swap(random_below(count), count - 1), count--;
}

static void turn_and_copy_some(void)
{
    for (int i = 0; i < 200; i++) {
        uint32_t *c = corner[random_below(count)], kept = c[0];
        c[0] = c[1], c[1] = kept;
    }
    for (int i = 0; i < 200; i++) {
        const uint32_t *c = corner[random_below(count)];
        add(c[0], c[1], c[2]);
    }
}

static void flatten_some(void)
{
    for (int i = 0; i < 200; i++) {
        uint32_t *c = corner[random_below(count)];
        c[1] = c[0];
    }
}

/* Closed fans of many triangles, each over a ring of its own; and open ones. */
static void add_fans(void)
{
    uint32_t vertex = GRID;
    for (uint32_t steps = 3; steps < 60; steps++) {
        uint32_t ring = vertex + 1;
        for (uint32_t i = 0; i + (steps % 5 == 0) < steps; i++) add(vertex, ring + i, ring + (i + 1) % steps);
        vertex = ring + steps;
    }
}

/* The closed fan of a vertex once more around another one. */
static void pinch(void)
{
    for (uint32_t i = 0; i < 3; i++) add(5, GRID + i, GRID + (i + 1) % 3);
    for (uint32_t i = 0; i < 3; i++) add(GRID + 3, GRID + (i + 1) % 3, GRID + i);
}

static void nothing(void) {}

static void stars_in_any_order(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        void (*make)(void);
    } defect[] = {{"closed", nothing},          {"dropped", drop_some}, {"turned and copied", turn_and_copy_some},
                  {"degenerate", flatten_some}, {"fans", add_fans},     {"pinched", pinch}};
    lq_context *context;
    assert_int_equal(lq_context_create(NULL, &context), LQ_OK);
    random_state = 7;
    for (size_t d = 0; d < sizeof defect / sizeof *defect; d++)
        for (int order = 0; order < ORDERS; order++)
            for (int renumbered = 0; renumbered < 2; renumbered++) {
                count = 0;
                add_torus();
                defect[d].make();
                put_in_order(order);
                uint32_t vertices = renumbered ? renumber() : ROOM;
                uint32_t pinched = check(context, vertices, defect[d].name, order);
                if (d == 0) assert_int_equal(pinched, 0);
                if (d == 5) assert_int_equal(pinched, 1);
            }
    lq_context_destroy(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(stars_in_any_order)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
