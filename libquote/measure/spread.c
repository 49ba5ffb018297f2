#include "measure/spread.h"

#include <math.h>
#include <string.h>

/* Sweeps over the three pairs of axes: each squares what is left off the diagonal. */
#define SWEEPS 6

void lqi_spread_add(lqi_spread *spread, const double point[3], double weight)
{
    spread->weight += weight;
    for (int i = 0; i < 3; i++) {
        double moment = weight * point[i];
        spread->first[i] += moment;
        spread->second[i] += moment * point[i];
        spread->second[3 + i] += moment * point[(i + 1) % 3];
    }
}

void lqi_spread_join(lqi_spread *spread, const lqi_spread *other)
{
    spread->weight += other->weight;
    for (int i = 0; i < 3; i++) spread->first[i] += other->first[i];
    for (int i = 0; i < 6; i++) spread->second[i] += other->second[i];
}

/* One Jacobi rotation (Golub and Van Loan, Matrix Computations, 8.5): m[p][q] becomes 0. */
static void rotate(double m[3][3], double axis[3][3], int p, int q)
{
    if (m[p][q] == 0) return;
    double tau = (m[q][q] - m[p][p]) / (2 * m[p][q]);
    double t = (tau < 0 ? -1 : 1) / (fabs(tau) + sqrt(1 + tau * tau)), c = 1 / sqrt(1 + t * t), s = t * c;
    for (int i = 0; i < 3; i++) {
        double a = m[i][p], b = m[i][q];
        m[i][p] = c * a - s * b;
        m[i][q] = s * a + c * b;
    }
    for (int i = 0; i < 3; i++) {
        double a = m[p][i], b = m[q][i], x = axis[p][i], y = axis[q][i];
        m[p][i] = c * a - s * b;
        m[q][i] = s * a + c * b;
        axis[p][i] = c * x - s * y;
        axis[q][i] = s * x + c * y;
    }
}

static void swap_axes(double size[3], double axis[3][3], int a, int b)
{
    if (size[a] >= size[b]) return;
    double keep[3], length = size[a];
    size[a] = size[b];
    size[b] = length;
    memcpy(keep, axis[a], sizeof keep);
    memcpy(axis[a], axis[b], sizeof keep);
    memcpy(axis[b], keep, sizeof keep);
}

void lqi_spread_axes(const lqi_spread *spread, double size[3], double axis[3][3])
{
    double m[3][3], w = spread->weight;
    for (int i = 0; i < 3; i++) {
        int j = (i + 1) % 3;
        m[i][i] = spread->second[i] / w - spread->first[i] / w * (spread->first[i] / w);
        m[i][j] = m[j][i] = spread->second[3 + i] / w - spread->first[i] / w * (spread->first[j] / w);
        for (int k = 0; k < 3; k++) axis[i][k] = i == k;
    }
    for (int sweep = 0; sweep < SWEEPS; sweep++) rotate(m, axis, 0, 1), rotate(m, axis, 0, 2), rotate(m, axis, 1, 2);
    for (int i = 0; i < 3; i++) size[i] = sqrt(fmax(0, 12 * m[i][i])); /* of a box: its side squared over 12 */
    swap_axes(size, axis, 0, 1);
    swap_axes(size, axis, 1, 2);
    swap_axes(size, axis, 0, 1);
}

void lqi_spread_sizes(const lqi_spread *spread, double size[3])
{
    double axis[3][3];
    lqi_spread_axes(spread, size, axis);
}
