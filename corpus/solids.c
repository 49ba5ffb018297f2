#include "corpus/solids.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TURN 6.283185307179586476925286766559

static void *must(void *block)
{
    if (block != NULL) return block;
    fputs("corpus: out of memory\n", stderr);
    exit(4);
}

static void reserve(solid_soup *soup, size_t count)
{
    if (count <= soup->capacity) return;
    size_t capacity = soup->capacity + soup->capacity / 2 + 64;
    if (capacity < count) capacity = count;
    soup->corners = must(realloc(soup->corners, capacity * 9 * sizeof(float)));
    soup->capacity = capacity;
}

void solid_free(solid_soup *soup)
{
    free(soup->corners);
    memset(soup, 0, sizeof *soup);
}

void solid_append(solid_soup *soup, const solid_soup *other)
{
    reserve(soup, soup->count + other->count);
    memcpy(soup->corners + 9 * soup->count, other->corners, other->count * 9 * sizeof(float));
    soup->count += other->count;
}

solid_soup solid_copy(const solid_soup *soup)
{
    solid_soup copy = {0};
    reserve(&copy, soup->count);
    solid_append(&copy, soup);
    return copy;
}

void solid_add(solid_soup *soup, const double a[3], const double b[3], const double c[3])
{
    reserve(soup, soup->count + 1);
    float *corners = soup->corners + 9 * soup->count++;
    for (int k = 0; k < 3; k++) {
        /* + 0 turns -0 into 0: a point is one point, whatever its neighbours' signs. */
        corners[k] = (float)a[k] + 0.0f;
        corners[3 + k] = (float)b[k] + 0.0f;
        corners[6 + k] = (float)c[k] + 0.0f;
    }
}

void solid_add_quad(solid_soup *soup, const double a[3], const double b[3], const double c[3], const double d[3])
{
    solid_add(soup, a, b, c);
    solid_add(soup, a, c, d);
}

/* ---- one shell ---- */

solid_soup solid_box(double x, double y, double z)
{
    static const unsigned char faces[6][4] = {{0, 2, 3, 1}, {4, 5, 7, 6}, {0, 1, 5, 4},
                                              {2, 6, 7, 3}, {0, 4, 6, 2}, {1, 3, 7, 5}};
    double points[8][3];
    for (int i = 0; i < 8; i++) {
        points[i][0] = i & 1 ? x : 0;
        points[i][1] = i & 2 ? y : 0;
        points[i][2] = i & 4 ? z : 0;
    }
    solid_soup soup = {0};
    for (int f = 0; f < 6; f++)
        solid_add_quad(&soup, points[faces[f][0]], points[faces[f][1]], points[faces[f][2]], points[faces[f][3]]);
    return soup;
}

solid_soup solid_cube(double edge) { return solid_box(edge, edge, edge); }

solid_soup solid_tetrahedron(double edge)
{
    const double points[4][3] = {{0, 0, 0}, {edge, 0, 0}, {0, edge, 0}, {0, 0, edge}};
    solid_soup soup = {0};
    solid_add(&soup, points[0], points[2], points[1]);
    solid_add(&soup, points[0], points[1], points[3]);
    solid_add(&soup, points[0], points[3], points[2]);
    solid_add(&soup, points[1], points[2], points[3]);
    return soup;
}

/* Point (i, j, k) of the grid on one face of the icosahedron. On an edge one weight is 0 and the sum of the other two
 * does not depend on their order, so both faces of the edge compute the same bits. */
static void geodesic_point(const double corners[3][3], const unsigned weight[3], double radius, double point[3])
{
    double length = 0;
    for (int axis = 0; axis < 3; axis++) {
        double terms[3];
        for (int c = 0; c < 3; c++) terms[c] = weight[c] * corners[c][axis];
        if (weight[0] == 0)
            point[axis] = terms[1] + terms[2];
        else if (weight[1] == 0)
            point[axis] = terms[0] + terms[2];
        else
            point[axis] = terms[0] + terms[1] + (weight[2] == 0 ? 0 : terms[2]);
        length += point[axis] * point[axis];
    }
    length = sqrt(length);
    for (int axis = 0; axis < 3; axis++) point[axis] *= radius / length;
}

solid_soup solid_sphere(double radius, unsigned frequency)
{
    static const unsigned char faces[20][3] = {{0, 11, 5}, {0, 5, 1},  {0, 1, 7},   {0, 7, 10}, {0, 10, 11},
                                               {1, 5, 9},  {5, 11, 4}, {11, 10, 2}, {10, 7, 6}, {7, 1, 8},
                                               {3, 9, 4},  {3, 4, 2},  {3, 2, 6},   {3, 6, 8},  {3, 8, 9},
                                               {4, 9, 5},  {2, 4, 11}, {6, 2, 10},  {8, 6, 7},  {9, 8, 1}};
    const double g = 1.6180339887498948482;
    const double points[12][3] = {{-1, g, 0},  {1, g, 0},  {-1, -g, 0}, {1, -g, 0}, {0, -1, g},  {0, 1, g},
                                  {0, -1, -g}, {0, 1, -g}, {g, 0, -1},  {g, 0, 1},  {-g, 0, -1}, {-g, 0, 1}};
    unsigned n = frequency == 0 ? 1 : frequency;
    solid_soup soup = {0};
    reserve(&soup, (size_t)20 * n * n);
    for (int f = 0; f < 20; f++) {
        double corners[3][3];
        for (int c = 0; c < 3; c++) memcpy(corners[c], points[faces[f][c]], sizeof corners[c]);
        for (unsigned i = 0; i < n; i++) {
            for (unsigned j = 0; i + j < n; j++) {
                unsigned k = n - i - j;
                double a[3], b[3], c[3], d[3];
                geodesic_point(corners, (const unsigned[3]){k, i, j}, radius, a);
                geodesic_point(corners, (const unsigned[3]){k - 1, i + 1, j}, radius, b);
                geodesic_point(corners, (const unsigned[3]){k - 1, i, j + 1}, radius, c);
                solid_add(&soup, a, b, c);
                if (k < 2) continue;
                geodesic_point(corners, (const unsigned[3]){k - 2, i + 1, j + 1}, radius, d);
                solid_add(&soup, b, d, c);
            }
        }
    }
    return soup;
}

static void torus_point(double ring, double tube, double u, double v, double point[3])
{
    point[0] = (ring + tube * cos(v)) * cos(u);
    point[1] = (ring + tube * cos(v)) * sin(u);
    point[2] = tube * sin(v);
}

solid_soup solid_torus(double ring, double tube, unsigned along, unsigned around)
{
    solid_soup soup = {0};
    reserve(&soup, (size_t)2 * along * around);
    for (unsigned i = 0; i < along; i++) {
        double u0 = TURN * i / along, u1 = TURN * ((i + 1) % along) / along;
        for (unsigned j = 0; j < around; j++) {
            double v0 = TURN * j / around, v1 = TURN * ((j + 1) % around) / around;
            double p[4][3];
            torus_point(ring, tube, u0, v0, p[0]);
            torus_point(ring, tube, u1, v0, p[1]);
            torus_point(ring, tube, u1, v1, p[2]);
            torus_point(ring, tube, u0, v1, p[3]);
            solid_add_quad(&soup, p[0], p[1], p[2], p[3]);
        }
    }
    return soup;
}

solid_soup solid_cylinder(double radius, double height, unsigned sides)
{
    solid_soup soup = {0};
    const double bottom[3] = {0, 0, 0}, top[3] = {0, 0, height};
    for (unsigned i = 0; i < sides; i++) {
        double u0 = TURN * i / sides, u1 = TURN * ((i + 1) % sides) / sides;
        double a[3] = {radius * cos(u0), radius * sin(u0), 0}, b[3] = {radius * cos(u1), radius * sin(u1), 0};
        double c[3] = {b[0], b[1], height}, d[3] = {a[0], a[1], height};
        solid_add_quad(&soup, a, b, c, d);
        solid_add(&soup, bottom, b, a);
        solid_add(&soup, top, d, c);
    }
    return soup;
}

solid_soup solid_box_with_hole(double edge, double hole, double height)
{
    double low = (edge - hole) / 2, high = (edge + hole) / 2;
    const double outer[4][2] = {{0, 0}, {edge, 0}, {edge, edge}, {0, edge}};
    const double inner[4][2] = {{low, low}, {high, low}, {high, high}, {low, high}};
    solid_soup soup = {0};
    for (int i = 0; i < 4; i++) {
        int j = (i + 1) % 4;
        double o0[3] = {outer[i][0], outer[i][1], 0}, o1[3] = {outer[j][0], outer[j][1], 0};
        double n0[3] = {inner[i][0], inner[i][1], 0}, n1[3] = {inner[j][0], inner[j][1], 0};
        double O0[3] = {o0[0], o0[1], height}, O1[3] = {o1[0], o1[1], height};
        double N0[3] = {n0[0], n0[1], height}, N1[3] = {n1[0], n1[1], height};
        solid_add_quad(&soup, o0, o1, O1, O0);
        solid_add_quad(&soup, n1, n0, N0, N1);
        solid_add_quad(&soup, O0, O1, N1, N0);
        solid_add_quad(&soup, o1, o0, n0, n1);
    }
    return soup;
}

/* ---- several shells ---- */

static solid_soup two_of(const solid_soup *first, double x, double y, double z)
{
    solid_soup second = solid_copy(first), both = solid_copy(first);
    solid_translate(&second, x, y, z);
    solid_append(&both, &second);
    solid_free(&second);
    return both;
}

solid_soup solid_nested(double edge, double cavity)
{
    solid_soup soup = solid_cube(edge), hollow = solid_cube(cavity);
    double shift = (edge - cavity) / 2;
    solid_translate(&hollow, shift, shift, shift);
    solid_invert(&hollow);
    solid_append(&soup, &hollow);
    solid_free(&hollow);
    return soup;
}

static solid_soup two_cubes(double edge, double x, double y, double z)
{
    solid_soup cube = solid_cube(edge), both = two_of(&cube, x, y, z);
    solid_free(&cube);
    return both;
}

solid_soup solid_overlapping_spheres(double radius, double distance, unsigned frequency)
{
    solid_soup sphere = solid_sphere(radius, frequency), both = two_of(&sphere, distance, 0, 0);
    solid_free(&sphere);
    return both;
}

solid_soup solid_apart_cubes(double edge, double gap) { return two_cubes(edge, edge + gap, 0, 0); }
solid_soup solid_touching_edge(double edge) { return two_cubes(edge, edge, edge, 0); }
solid_soup solid_touching_vertex(double edge) { return two_cubes(edge, edge, edge, edge); }

solid_soup solid_touching_face(double edge)
{
    /* The second cube is a mirror image, so that the two faces in the same place have the same diagonal. */
    solid_soup both = solid_cube(edge), second = solid_cube(edge);
    for (size_t i = 0; i < second.count * 9; i += 3) second.corners[i] = (float)(2 * edge) - second.corners[i];
    solid_invert(&second);
    solid_append(&both, &second);
    solid_free(&second);
    return both;
}

/* ---- not solids ---- */

static void moebius_point(double ring, double width, unsigned step, unsigned steps, int side, double point[3])
{
    /* After one turn the sides have changed places: the last step ends where the first began, crossed. */
    if (step == steps) {
        step = 0;
        side = -side;
    }
    double u = TURN * step / steps, w = side * width / 2;
    point[0] = (ring + w * cos(u / 2)) * cos(u);
    point[1] = (ring + w * cos(u / 2)) * sin(u);
    point[2] = w * sin(u / 2);
}

solid_soup solid_moebius(double ring, double width, unsigned steps)
{
    solid_soup soup = {0};
    for (unsigned i = 0; i < steps; i++) {
        double p[4][3];
        moebius_point(ring, width, i, steps, -1, p[0]);
        moebius_point(ring, width, i + 1, steps, -1, p[1]);
        moebius_point(ring, width, i + 1, steps, 1, p[2]);
        moebius_point(ring, width, i, steps, 1, p[3]);
        solid_add_quad(&soup, p[0], p[1], p[2], p[3]);
    }
    return soup;
}

solid_soup solid_sheet(double edge, unsigned cells)
{
    solid_soup soup = {0};
    for (unsigned i = 0; i < cells; i++) {
        double x0 = edge * i / cells, x1 = edge * (i + 1) / cells;
        for (unsigned j = 0; j < cells; j++) {
            double y0 = edge * j / cells, y1 = edge * (j + 1) / cells;
            solid_add_quad(&soup, (const double[3]){x0, y0, 0}, (const double[3]){x1, y0, 0},
                           (const double[3]){x1, y1, 0}, (const double[3]){x0, y1, 0});
        }
    }
    return soup;
}

/* ---- changes ---- */

void solid_translate(solid_soup *soup, double x, double y, double z)
{
    const double shift[3] = {x, y, z};
    for (size_t i = 0; i < soup->count * 9; i++) soup->corners[i] = (float)(soup->corners[i] + shift[i % 3]) + 0.0f;
}

void solid_scale(solid_soup *soup, double factor)
{
    for (size_t i = 0; i < soup->count * 9; i++) soup->corners[i] = (float)(soup->corners[i] * factor);
}

void solid_rotate(solid_soup *soup, const double axis[3], double degrees)
{
    double length = sqrt(axis[0] * axis[0] + axis[1] * axis[1] + axis[2] * axis[2]);
    double x = axis[0] / length, y = axis[1] / length, z = axis[2] / length;
    double c = cos(degrees * TURN / 360), s = sin(degrees * TURN / 360), d = 1 - c;
    const double m[3][3] = {{c + x * x * d, x * y * d - z * s, x * z * d + y * s},
                            {y * x * d + z * s, c + y * y * d, y * z * d - x * s},
                            {z * x * d - y * s, z * y * d + x * s, c + z * z * d}};
    for (size_t i = 0; i < soup->count * 9; i += 3) {
        double p[3] = {soup->corners[i], soup->corners[i + 1], soup->corners[i + 2]};
        for (int k = 0; k < 3; k++)
            soup->corners[i + (size_t)k] = (float)(m[k][0] * p[0] + m[k][1] * p[1] + m[k][2] * p[2]) + 0.0f;
    }
}

static void swap_points(float *a, float *b)
{
    float keep[3];
    memcpy(keep, a, sizeof keep);
    memcpy(a, b, sizeof keep);
    memcpy(b, keep, sizeof keep);
}

void solid_invert(solid_soup *soup)
{
    for (size_t i = 0; i < soup->count; i++) swap_points(soup->corners + 9 * i + 3, soup->corners + 9 * i + 6);
}

uint64_t solid_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

void solid_shuffle(solid_soup *soup, uint64_t seed)
{
    uint64_t state = seed;
    for (size_t i = soup->count; i > 0; i--) {
        float *last = soup->corners + 9 * (i - 1);
        float *pick = soup->corners + 9 * (solid_random(&state) % i);
        float keep[9];
        memcpy(keep, pick, sizeof keep);
        memmove(pick, last, sizeof keep);
        size_t turn = 3 * (solid_random(&state) % 3);
        for (size_t k = 0; k < 9; k++) last[k] = keep[(k + turn) % 9];
    }
}
