#include <math.h>

#include "mesh/fill_loop.h"

/* Among triangulations of nearly the same area the one of the shorter edges is taken. */
#define EDGES_SHARE 1e-4

typedef struct table {
    double cost[LQI_FILL_LEAST_CORNERS_MAX][LQI_FILL_LEAST_CORNERS_MAX];
    uint8_t apex[LQI_FILL_LEAST_CORNERS_MAX][LQI_FILL_LEAST_CORNERS_MAX];
} table;

static double square(const double *a, const double *b)
{
    double sum = 0;
    for (int k = 0; k < 3; k++) sum += (a[k] - b[k]) * (a[k] - b[k]);
    return sum;
}

static double cost_of(const lqi_fill_loop *loop, uint32_t i, uint32_t j, uint32_t k)
{
    const double *a = loop->point + (size_t)3 * i, *b = loop->point + (size_t)3 * j, *c = loop->point + (size_t)3 * k;
    double u[3], v[3], twice = 0;
    for (int n = 0; n < 3; n++) u[n] = b[n] - a[n], v[n] = c[n] - a[n];
    for (int n = 0; n < 3; n++) {
        int m = (n + 1) % 3, l = (n + 2) % 3;
        double x = u[m] * v[l] - u[l] * v[m];
        twice += x * x;
    }
    return sqrt(twice) / 2 + EDGES_SHARE * (square(a, b) + square(b, c) + square(c, a));
}

/* Klincsek, Minimal triangulations of polygonal domains (1980), with the area in space for the length. */
void lqi_fill_least(const lqi_fill_loop *loop, uint32_t *triangle, uint64_t *work)
{
    table t;
    uint32_t n = loop->count, out = 0;
    double avoid = 1000 * loop->size * loop->size * n;
    for (uint32_t i = 0; i + 1 < n; i++) t.cost[i][i + 1] = 0;
    for (uint32_t span = 2; span < n; span++) {
        for (uint32_t i = 0; i + span < n; i++) {
            uint32_t j = i + span;
            double best = INFINITY;
            for (uint32_t k = i + 1; k < j; k++) {
                double cost = t.cost[i][k] + t.cost[k][j] + cost_of(loop, i, k, j);
                if (!(cost < best) && k > i + 1) continue;
                best = cost;
                t.apex[i][j] = (uint8_t)k;
            }
            bool is_side = span == n - 1;
            t.cost[i][j] = best + (!is_side && lqi_fill_edge_is_taken(loop, i, j) ? avoid : 0);
            *work += span;
        }
    }
    uint32_t waiting[2 * LQI_FILL_LEAST_CORNERS_MAX][2] = {{0, n - 1}}, waiting_count = 1;
    while (waiting_count) {
        uint32_t i = waiting[--waiting_count][0], j = waiting[waiting_count][1], k = t.apex[i][j];
        triangle[out++] = i, triangle[out++] = k, triangle[out++] = j;
        if (k - i > 1) waiting[waiting_count][0] = i, waiting[waiting_count++][1] = k;
        if (j - k > 1) waiting[waiting_count][0] = k, waiting[waiting_count++][1] = j;
    }
}
