/* The sketch of signed edges against a plain list of all edges, sorted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "libquote.h"
#include "mesh/sketch.h"
#include "tests/support/check.h"

#define SIDE 120 /* 28,800 facets: more edges at once than the sketch keeps at hand */
#define FACET_COUNT (2 * SIDE * SIDE)

typedef uint32_t facet[3][3];

static uint64_t random_state;

static uint32_t random_below(uint32_t bound)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(random_state >> 33) % bound;
}

/* Any three words that tell positions apart will do; these are the bits of large and small numbers alike. */
static void set_corner(uint32_t corner[3], uint32_t i, uint32_t k)
{
    corner[0] = 0xFF000000u - i % SIDE;
    corner[1] = (k % SIDE) * 2654435761u;
    corner[2] = 7;
}

static void make_torus(facet *facets)
{
    for (uint32_t i = 0; i < SIDE; i++)
        for (uint32_t k = 0; k < SIDE; k++) {
            facet *two = facets + 2 * (i * SIDE + k);
            for (int f = 0; f < 2; f++) {
                set_corner(two[f][0], i, k);
                set_corner(two[f][1], i + 1, k + (f ? 1 : 0));
                set_corner(two[f][2], i + (f ? 0 : 1), k + 1);
            }
        }
}

static void shuffle(facet *facets)
{
    for (uint32_t i = FACET_COUNT - 1; i > 0; i--) {
        uint32_t other = random_below(i + 1);
        facet kept;
        memcpy(kept, facets[i], sizeof kept);
        memcpy(facets[i], facets[other], sizeof kept);
        memcpy(facets[other], kept, sizeof kept);
    }
}

/* ---- the reference ---- */

typedef struct walked {
    uint32_t end[2][3];
    int64_t step;
} walked;

static int compare(const void *a, const void *b)
{
    const walked *x = a, *y = b;
    for (int i = 0; i < 6; i++)
        if (x->end[i / 3][i % 3] != y->end[i / 3][i % 3]) return x->end[i / 3][i % 3] < y->end[i / 3][i % 3] ? -1 : 1;
    return 0;
}

static size_t list_plainly(facet *facets, lqi_signed_edge *out)
{
    static walked all[3 * FACET_COUNT];
    size_t count = 0, listed = 0;
    for (uint32_t t = 0; t < FACET_COUNT; t++)
        for (int k = 0; k < 3; k++) {
            walked w = {.step = 1}, back = {.step = -1};
            memcpy(w.end[0], facets[t][k], 12);
            memcpy(w.end[1], facets[t][(k + 1) % 3], 12);
            memcpy(back.end[0], w.end[1], 12);
            memcpy(back.end[1], w.end[0], 12);
            if (memcmp(w.end[0], w.end[1], 12) == 0) continue;
            all[count++] = compare(&w, &back) < 0 ? w : back;
        }
    qsort(all, count, sizeof *all, compare);
    for (size_t first = 0, last; first < count; first = last) {
        int64_t net = 0;
        for (last = first; last < count && compare(&all[first], &all[last]) == 0; last++) net += all[last].step;
        if (!net) continue;
        memcpy(out[listed].end, all[first].end, sizeof all[first].end);
        out[listed++].net = net;
    }
    return listed;
}

/* ---- damage ---- */

static void damage(facet *facets, uint32_t dropped, uint32_t flipped, uint32_t doubled)
{
    for (uint32_t i = 0; i < dropped; i++) {
        uint32_t t = random_below(FACET_COUNT);
        memcpy(facets[t][1], facets[t][0], 12); /* without area it is no part of the surface */
    }
    for (uint32_t i = 0; i < flipped; i++) {
        uint32_t t = random_below(FACET_COUNT), kept[3];
        memcpy(kept, facets[t][1], 12);
        memcpy(facets[t][1], facets[t][2], 12);
        memcpy(facets[t][2], kept, 12);
    }
    for (uint32_t i = 0; i < doubled; i++) {
        uint32_t from = random_below(FACET_COUNT), to = random_below(FACET_COUNT);
        memcpy(facets[to], facets[from], sizeof(facet));
    }
}

static facet facets[FACET_COUNT];
static lqi_signed_edge expected[3 * FACET_COUNT], found[LQI_SKETCH_EDGES_MAX];

static void check_list(lqi_sketch *sketch)
{
    size_t count = 0, should = list_plainly(facets, expected);
    bool complete = false;
    for (uint32_t t = 0; t < FACET_COUNT; t++) lqi_sketch_add(sketch, (const uint32_t(*)[3])facets[t]);
    lqi_sketch_list(sketch, found, &count, &complete);
    assert_int_equal(complete, should <= LQI_SKETCH_EDGES_MAX);
    assert_int_equal(count, complete ? should : 0);
    for (size_t i = 0; i < count; i++) {
        assert_memory_equal(found[i].end, expected[i].end, sizeof found[i].end);
        assert_int_equal(found[i].net, expected[i].net);
    }
}

static void lists_what_is_unbalanced(void **state)
{
    (void)state;
    static const uint32_t cases[][3] = {{0, 0, 0},   {1, 0, 0},     {0, 1, 0}, {0, 0, 1},   {7, 3, 2},
                                        {50, 9, 4},  {300, 0, 0},   {0, 0, 0}, {0, 160, 0}, {0, 0, 90},
                                        {99, 99, 9}, {20000, 0, 0}, {5, 5, 5}};
    lq_context *context = NULL;
    assert_int_equal(lq_context_create(NULL, &context), LQ_OK);
    lqi_sketch sketch;
    assert_int_equal(lqi_sketch_init(context, &sketch), LQ_OK);
    random_state = 5;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (int order = 0; order < 2; order++) {
            make_torus(facets);
            damage(facets, cases[i][0], cases[i][1], cases[i][2]);
            if (order) shuffle(facets);
            check_list(&sketch); /* the same sketch again: listing empties it */
        }
    lqi_sketch_free(&sketch);
    lq_context_destroy(context);
}

/* 400 surfaces at the limit: none may fail to be listed. */
static void lists_up_to_the_limit(void **state)
{
    (void)state;
    lq_context *context = NULL;
    assert_int_equal(lq_context_create(NULL, &context), LQ_OK);
    lqi_sketch sketch;
    assert_int_equal(lqi_sketch_init(context, &sketch), LQ_OK);
    random_state = 11;
    for (int trial = 0; trial < 400; trial++) {
        for (uint32_t t = 0; t < LQI_SKETCH_EDGES_MAX / 3; t++) {
            uint32_t corner[3][3];
            for (int i = 0; i < 9; i++) corner[i / 3][i % 3] = random_below(UINT32_MAX);
            lqi_sketch_add(&sketch, (const uint32_t(*)[3])corner);
        }
        size_t count = 0;
        bool complete = false;
        lqi_sketch_list(&sketch, found, &count, &complete);
        assert_true(complete);
        assert_int_equal(count, LQI_SKETCH_EDGES_MAX);
    }
    lqi_sketch_free(&sketch);
    lq_context_destroy(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(lists_what_is_unbalanced),
                                       cmocka_unit_test(lists_up_to_the_limit)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
