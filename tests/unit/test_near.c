/* Groups of near points against the plainest reading of their definition: every pair is compared. */
#include "tests/support/check.h"

#include <stdlib.h>

#include "base/context.h"
#include "corpus/solids.h"
#include "mesh/near.h"

#define POINTS_MAX 3000

static uint64_t random_state;

static uint32_t random_below(uint32_t bound) { return (uint32_t)(solid_random(&random_state) >> 33) % bound; }

/* Points with whole coordinates, so that a tolerance between two roots of whole numbers is never a matter of rounding.
 */
typedef struct cloud {
    double position[POINTS_MAX][3];
    uint32_t count;
} cloud;

static bool is_before(const double *a, const double *b)
{
    for (int k = 0; k < 3; k++)
        if (a[k] != b[k]) return a[k] < b[k];
    return false;
}

static uint32_t leader_by_definition[POINTS_MAX];

static void group_by_definition(const cloud *c, double tolerance)
{
    static uint32_t order[POINTS_MAX];
    for (uint32_t i = 0; i < c->count; i++) {
        uint32_t k = i;
        for (; k && is_before(c->position[i], c->position[order[k - 1]]); k--) order[k] = order[k - 1];
        order[k] = i;
    }
    for (uint32_t i = 0; i < c->count; i++) leader_by_definition[i] = UINT32_MAX;
    for (uint32_t i = 0; i < c->count; i++) {
        uint32_t leader = order[i];
        if (leader_by_definition[leader] != UINT32_MAX) continue;
        for (uint32_t k = i; k < c->count; k++) {
            const double *a = c->position[leader], *b = c->position[order[k]];
            double x = a[0] - b[0], y = a[1] - b[1], z = a[2] - b[2];
            bool near = x * x + y * y + z * z <= tolerance * tolerance;
            if (near && leader_by_definition[order[k]] == UINT32_MAX) leader_by_definition[order[k]] = leader;
        }
    }
}

static void check_cloud(lq_context *context, const cloud *c, double extent, double tolerance, const char *name)
{
    const double low[3] = {0, 0, 0}, high[3] = {extent, extent, extent};
    static uint32_t to[POINTS_MAX], whole[POINTS_MAX];
    memset(to, 0, sizeof to);
    lqi_near near;
    assert_int_equal(lqi_near_init(&near, context, c->position[0], to, c->count, c->count, low, high), LQ_OK);
    CHECK_INT(name, near.count, c->count, "points");
    lqi_near_groups groups;
    uint32_t expected = 0;
    double farthest = 0;
    assert_int_equal(lqi_near_group(&near, c->count, tolerance, whole, &groups), LQ_OK);
    group_by_definition(c, tolerance);
    for (uint32_t i = 0; i < c->count; i++) {
        uint32_t vertex = near.point[i].vertex, leader = whole[vertex];
        double away[3];
        expected += leader_by_definition[vertex] != vertex;
        for (int k = 0; k < 3; k++) away[k] = c->position[vertex][k] - c->position[leader_by_definition[vertex]][k];
        farthest = fmax(farthest, sqrt(away[0] * away[0] + away[1] * away[1] + away[2] * away[2]));
        const double *found = c->position[leader], *right = c->position[leader_by_definition[vertex]];
        CHECK(memcmp(found, right, sizeof c->position[0]) == 0,
              "%s, tolerance %g: (%g, %g, %g) is led by (%g, %g, %g), not (%g, %g, %g)", name, tolerance,
              c->position[vertex][0], c->position[vertex][1], c->position[vertex][2], found[0], found[1], found[2],
              right[0], right[1], right[2]);
    }
    CHECK_INT(name, groups.joined, expected, "joined");
    CHECK_NEAR(name, groups.farthest, farthest, 1e-3, "the farthest");
    /* A beginning of the walk groups its points as the whole walk does, and knows which groups are done. */
    uint32_t half = c->count / 2;
    bool any;
    assert_int_equal(lqi_near_group(&near, half, tolerance, to, &groups), LQ_OK);
    for (uint32_t i = 0; i < half; i++)
        CHECK_INT(name, to[near.point[i].vertex], whole[near.point[i].vertex], "leader at the beginning");
    for (uint32_t i = half; i < c->count; i++) {
        uint32_t leader = whole[near.point[i].vertex];
        if (is_before(c->position[leader], c->position[near.point[half].vertex]))
            CHECK(!lqi_near_is_complete(&near, leader, half, tolerance), "%s: not complete", name);
    }
    assert_int_equal(lqi_near_any(&near, tolerance, to, &any), LQ_OK);
    CHECK_INT(name, any, expected > 0, "any");
    lqi_near_free(&near);
}

static void make_cloud(cloud *c, uint32_t count, uint32_t sides[3], uint32_t clusters)
{
    c->count = count;
    for (uint32_t i = 0; i < count; i++) {
        const double *middle = c->position[clusters && i >= clusters ? i % clusters : i];
        for (int k = 0; k < 3; k++) {
            double at = clusters && i >= clusters ? middle[k] + random_below(7) - 3 : random_below(sides[k]);
            c->position[i][k] = fmin(fmax(at, 0), sides[k] - 1);
        }
    }
}

static void every_pair_decides_alike(void **state)
{
    (void)state;
    lq_context *context;
    assert_int_equal(lq_context_create(NULL, &context), LQ_OK);
    static const struct {
        const char *name;
        uint32_t sides[3], clusters;
    } cases[] = {
        {"clusters", {1 << 20, 1 << 20, 1 << 20}, 200},
        {"clusters in a plane", {1, 1 << 20, 1 << 20}, 200},
        {"a few planes", {4, 2000, 2000}, 0},
        {"a line along the walk", {40000, 1, 1}, 0},
        {"a line across the walk", {1, 40000, 1}, 0},
        {"one heap", {12, 12, 12}, 0},
        {"all in one place", {1, 1, 1}, 0},
        {"columns", {3, 3, 100000}, 40},
    };
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++)
        for (uint32_t round = 0; round < 12; round++) {
            static cloud points;
            random_state = c * 100 + round;
            uint32_t sides[3];
            for (int k = 0; k < 3; k++) sides[k] = cases[c].sides[(k + (int)round) % 3];
            make_cloud(&points, round < 6 ? 1 + random_below(60) : POINTS_MAX / (1 + round % 4), sides,
                       cases[c].clusters);
            static const double squares[] = {0.5, 1.5, 3.5, 9.5, 27.5, 200.5};
            check_cloud(context, &points, 1 << 20, sqrt(squares[round % 6]), cases[c].name);
        }
    lq_context_destroy(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_pair_decides_alike)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
