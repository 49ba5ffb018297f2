#include "mesh/cap.h"

#include <math.h>

static inline void subtract(const double a[3], const double b[3], double out[3])
{
    for (int i = 0; i < 3; i++) out[i] = a[i] - b[i];
}

static inline void cross(const double a[3], const double b[3], double out[3])
{
    out[0] = a[1] * b[2] - a[2] * b[1];
    out[1] = a[2] * b[0] - a[0] * b[2];
    out[2] = a[0] * b[1] - a[1] * b[0];
}

static inline double dot(const double a[3], const double b[3]) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

static inline double squared_distance(const double *a, const double *b)
{
    double d[3];
    subtract(a, b, d);
    return dot(d, d);
}

static inline double distance(const double *a, const double *b) { return sqrt(squared_distance(a, b)); }

static inline double larger(double a, double b) { return b > a ? b : a; }

/* By the distance as it is rounded; where its square is not larger it is not either. */
static uint32_t farthest(const double *points, uint32_t count, const double *from)
{
    uint32_t best = 0;
    double most = -1, most_squared = -1;
    for (uint32_t i = 0; i < count; i++) {
        double squared = squared_distance(points + (size_t)3 * i, from);
        if (!(squared > most_squared) || !(sqrt(squared) > most)) continue;
        most = sqrt(squared), most_squared = squared;
        best = i;
    }
    return best;
}

typedef struct zipper {
    const double *points;
    lqi_boundary_loop *loop;
    uint32_t *corner; /* out */
    uint32_t triangle_count;
} zipper;

static void add_triangle(zipper *z, uint32_t a, uint32_t b, uint32_t c)
{
    double u[3], v[3], n[3];
    subtract(z->points + (size_t)3 * b, z->points + (size_t)3 * a, u);
    subtract(z->points + (size_t)3 * c, z->points + (size_t)3 * a, v);
    cross(u, v, n);
    for (int i = 0; i < 3; i++) z->loop->vector_area[i] += n[i] / 2;
    z->loop->cap_area += sqrt(dot(n, n)) / 2;
    uint32_t *out = z->corner + (size_t)3 * z->triangle_count++;
    out[0] = a, out[1] = b, out[2] = c;
}

/* Zips the two sides between the far ends, always over the shorter rung. Returns the widest rung. */
static double zip_sides(zipper *z, uint32_t count, uint32_t start, uint32_t end)
{
    uint32_t left = start, right = start; /* left goes against the facets' walk, right with it */
    double widest = 0;
    while (left != end || right != end) {
        uint32_t left_next = left == 0 ? count - 1 : left - 1, right_next = right + 1 == count ? 0 : right + 1;
        const double *l = z->points + (size_t)3 * left, *r = z->points + (size_t)3 * right;
        const double *l_next = z->points + (size_t)3 * left_next, *r_next = z->points + (size_t)3 * right_next;
        bool go_left = right == end || (left != end && distance(l_next, r) <= distance(l, r_next));
        /* The cap walks each edge against the facets: left -> left_next, right_next -> right. */
        if (go_left) {
            if (right != left && right != left_next) add_triangle(z, right, left, left_next);
            left = left_next;
        } else {
            if (left != right && left != right_next) add_triangle(z, right_next, right, left);
            right = right_next;
        }
        widest = larger(widest, distance(z->points + (size_t)3 * left, z->points + (size_t)3 * right));
    }
    return widest;
}

uint32_t lqi_cap_measure(const double *points, uint32_t count, lqi_boundary_loop *loop, uint32_t *corner)
{
    double centre[3] = {0, 0, 0}, flatness = 0;
    for (uint32_t i = 0; i < count; i++) {
        loop->length += distance(points + (size_t)3 * i, points + (size_t)3 * (i + 1 < count ? i + 1 : 0));
        for (int k = 0; k < 3; k++) centre[k] += points[(size_t)3 * i + (size_t)k] / count;
    }
    uint32_t start = farthest(points, count, centre);
    uint32_t end = farthest(points, count, points + (size_t)3 * start);
    if (start == end) return 0;
    zipper z = {points, loop, corner, 0};
    double widest = zip_sides(&z, count, start, end);
    double size = sqrt(dot(loop->vector_area, loop->vector_area));
    for (uint32_t i = 0; i < count; i++) {
        double from[3];
        subtract(points + (size_t)3 * i, centre, from);
        flatness = larger(flatness, size > 0 ? fabs(dot(from, loop->vector_area)) / size : sqrt(dot(from, from)));
    }
    loop->slack = flatness < widest ? flatness : widest;
    return z.triangle_count;
}
