#include "bench/hard_mesh.h"

#include <math.h>
#include <string.h>

#define TURN 6.283185307179586

static double from_bits(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return (double)value;
}

/* Powers of two around: a hash that folds the words of a point by xor, or takes their low bits, sees one point. */
static void make_hash_flood(solid_soup *soup, size_t count)
{
    unsigned side = 1;
    while (side < 512 && (size_t)2 * side * 2 * side * 2 <= count) side *= 2;
    unsigned other = (unsigned)(count / 2 / side);
    if (other > 2048) other = 2048;
    for (unsigned i = 0; i < side; i++)
        for (unsigned k = 0; k < other; k++) {
            double p[4][3];
            for (unsigned c = 0; c < 4; c++) {
                uint32_t x = (i + (c == 1 || c == 2)) % side, y = (k + (c >= 2)) % other;
                p[c][0] = from_bits(0x41000000u | x << 12);
                p[c][1] = from_bits(0x41000000u | y << 12);
                p[c][2] = from_bits(0x41000000u | (x ^ y) << 12);
            }
            solid_add_quad(soup, p[0], p[1], p[2], p[3]);
        }
}

static void ring(double angle, double p[3])
{
    p[0] = 50 * cos(angle);
    p[1] = 50 * sin(angle);
    p[2] = 0;
}

static void make_one_vertex(solid_soup *soup, size_t count)
{
    const double apex[3] = {0, 0, 40};
    for (size_t i = 0; i < count; i++) {
        double a[3], b[3];
        ring(TURN * (double)i / (double)(count + 1), a);
        ring(TURN * (double)(i + 1) / (double)(count + 1), b);
        solid_add(soup, apex, a, b);
    }
}

static void make_two_hubs(solid_soup *soup, size_t count)
{
    const double top[3] = {0, 0, 40}, bottom[3] = {0, 0, -40};
    size_t sides = count / 2;
    for (size_t i = 0; i < sides; i++) {
        double a[3], b[3];
        ring(TURN * (double)i / (double)sides, a);
        ring(TURN * (double)((i + 1) % sides) / (double)sides, b);
        solid_add(soup, top, a, b);
        solid_add(soup, bottom, b, a);
    }
}

static double random_coordinate(uint64_t *state) { return (double)(solid_random(state) >> 40) * (100.0 / (1 << 24)); }

static void random_point(uint64_t *state, double p[3])
{
    for (int axis = 0; axis < 3; axis++) p[axis] = random_coordinate(state);
}

static void make_degenerate(solid_soup *soup, size_t count)
{
    uint64_t state = 1;
    for (size_t i = 0; i < count; i++) {
        double a[3], b[3];
        random_point(&state, a);
        random_point(&state, b);
        solid_add(soup, a, a, b);
    }
}

static void make_distinct(solid_soup *soup, size_t count)
{
    uint64_t state = 1;
    for (size_t i = 0; i < count; i++) {
        double a[3], b[3], c[3];
        random_point(&state, a);
        random_point(&state, b);
        random_point(&state, c);
        solid_add(soup, a, b, c);
    }
}

static void make_one_edge(solid_soup *soup, size_t count)
{
    const double a[3] = {0, 0, -50}, b[3] = {0, 0, 50};
    for (size_t i = 0; i < count; i++) {
        double c[3];
        ring(TURN * (double)i / (double)count, c);
        solid_add(soup, a, b, c);
    }
}

static void make_random(solid_soup *soup, size_t count)
{
    static double points[1000][3];
    uint64_t state = 1;
    for (size_t i = 0; i < 1000; i++) random_point(&state, points[i]);
    for (size_t i = 0; i < count; i++) {
        const double *a = points[solid_random(&state) % 1000], *b = points[solid_random(&state) % 1000];
        solid_add(soup, a, b, points[solid_random(&state) % 1000]);
    }
}

int hard_mesh_make(const char *name, size_t count, solid_soup *soup)
{
    static const struct {
        const char *name;
        void (*make)(solid_soup *soup, size_t count);
    } kinds[] = {{"hash-flood", make_hash_flood}, {"one-vertex", make_one_vertex}, {"two-hubs", make_two_hubs},
                 {"degenerate", make_degenerate}, {"distinct", make_distinct},     {"one-edge", make_one_edge},
                 {"random-1000", make_random}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kinds[i].name, name) != 0) continue;
        kinds[i].make(soup, count);
        return 1;
    }
    return 0;
}
