#include "mesh/cap.h"

#include <math.h>

static void subtract(const double a[3], const double b[3], double out[3])
{
    for (int i = 0; i < 3; i++) out[i] = a[i] - b[i];
}

static void cross(const double a[3], const double b[3], double out[3])
{
    out[0] = a[1] * b[2] - a[2] * b[1];
    out[1] = a[2] * b[0] - a[0] * b[2];
    out[2] = a[0] * b[1] - a[1] * b[0];
}

static double dot(const double a[3], const double b[3]) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

static double distance(const double *a, const double *b)
{
    double d[3];
    subtract(a, b, d);
    return sqrt(dot(d, d));
}

static uint32_t farthest(const double *points, uint32_t count, const double *from)
{
    uint32_t best = 0;
    double most = -1;
    for (uint32_t i = 0; i < count; i++) {
        double away = distance(points + (size_t)3 * i, from);
        if (away > most) most = away, best = i;
    }
    return best;
}

static void add_triangle(const double *a, const double *b, const double *c, const double reference[3], lqi_boundary_loop *loop)
{
    double u[3], v[3], n[3], from[3];
    subtract(b, a, u);
    subtract(c, a, v);
    cross(u, v, n);
    subtract(a, reference, from);
    for (int i = 0; i < 3; i++) loop->vector_area[i] += n[i] / 2;
    loop->cap_area += sqrt(dot(n, n)) / 2;
    loop->cap_volume += dot(from, n) / 6;
}

/* Zips the two sides between the far ends, always over the shorter rung. Returns the widest rung. */
static double zip_sides(const double *points, uint32_t count, uint32_t start, uint32_t end, const double reference[3],
                        lqi_boundary_loop *loop)
{
    uint32_t left = start, right = start; /* left goes against the facets' walk, right with it */
    double widest = 0;
    while (left != end || right != end) {
        uint32_t left_next = left == 0 ? count - 1 : left - 1, right_next = right + 1 == count ? 0 : right + 1;
        const double *l = points + (size_t)3 * left, *r = points + (size_t)3 * right;
        const double *l_next = points + (size_t)3 * left_next, *r_next = points + (size_t)3 * right_next;
        bool go_left = right == end || (left != end && distance(l_next, r) <= distance(l, r_next));
        /* The cap walks each edge against the facets: left -> left_next, right_next -> right. */
        if (go_left) {
            add_triangle(r, l, l_next, reference, loop);
            left = left_next;
        } else {
            add_triangle(r_next, r, l, reference, loop);
            right = right_next;
        }
        widest = fmax(widest, distance(points + (size_t)3 * left, points + (size_t)3 * right));
    }
    return widest;
}

void lqi_cap_measure(const double *points, uint32_t count, const double reference[3], lqi_boundary_loop *loop)
{
    double centre[3] = {0, 0, 0}, flatness = 0;
    for (uint32_t i = 0; i < count; i++) {
        loop->length += distance(points + (size_t)3 * i, points + (size_t)3 * ((i + 1) % count));
        for (int k = 0; k < 3; k++) centre[k] += points[(size_t)3 * i + (size_t)k] / count;
    }
    uint32_t start = farthest(points, count, centre);
    uint32_t end = farthest(points, count, points + (size_t)3 * start);
    if (start == end) return; /* all corners in one place */
    double widest = zip_sides(points, count, start, end, reference, loop);
    double size = sqrt(dot(loop->vector_area, loop->vector_area));
    for (uint32_t i = 0; i < count; i++) {
        double from[3];
        subtract(points + (size_t)3 * i, centre, from);
        flatness = fmax(flatness, size > 0 ? fabs(dot(from, loop->vector_area)) / size : sqrt(dot(from, from)));
    }
    loop->slack = fmin(flatness, widest);
}
