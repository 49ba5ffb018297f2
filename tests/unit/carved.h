/* Bodies for tests, carved: solids that add and, turned inside out, solids that take away, all turned together. What is
 * taken away twice stays away; what is added twice counts twice, so that one cut does not open it. */
#ifndef TESTS_CARVED_H
#define TESTS_CARVED_H

#include "tests/unit/body.h"

#define CARVED_PI 3.14159265358979323846

typedef struct carved {
    body body;
    int turn; /* which rotation, 0: none */
} carved;

static inline carved carved_begin(int turn) { return (carved){body_begin(1), turn}; }

static inline void carved_turn(solid_soup *soup, int turn)
{
    static const double axes[][4] = {{0, 0, 1, 0},     {0, 0, 1, 30}, {1, 0, 0, 45}, {1, 2, 3, 37},
                                     {-2, 1, 0.5, 71}, {1, 1, 1, 11}, {0, 1, 0.1, 3}};
    if (turn) solid_rotate(soup, axes[turn], axes[turn][3]);
}

#define CARVED_TURNS 7

static inline void carved_put(carved *c, solid_soup soup, double x, double y, double z, int takes)
{
    solid_translate(&soup, x, y, z);
    carved_turn(&soup, c->turn);
    if (takes) solid_invert(&soup);
    body_add(&c->body, soup, NULL);
}

/* A box from one corner. */
static inline void carved_box(carved *c, double x, double y, double z, double sx, double sy, double sz, int takes)
{
    carved_put(c, solid_box(sx, sy, sz), x, y, z, takes);
}

/* Along an axis, from the middle of its lower end; many sides, of the same area as the circle. */
static inline void carved_rod(carved *c, int axis, double x, double y, double z, double diameter, double length,
                              int takes)
{
    const unsigned sides = 96;
    double share = 2 * CARVED_PI / sides, radius = diameter / 2 * sqrt(share / sin(share));
    solid_soup soup = solid_cylinder(radius, length, sides);
    double low = soup.corners[2];
    for (size_t i = 0; i < soup.count * 3; i++) low = fmin(low, (double)soup.corners[3 * i + 2]);
    solid_translate(&soup, 0, 0, -low);
    if (axis == 0) solid_rotate(&soup, (double[]){0, 1, 0}, 90);
    if (axis == 1) solid_rotate(&soup, (double[]){1, 0, 0}, -90);
    carved_put(c, soup, x, y, z, takes);
}

static inline void carved_ball(carved *c, double x, double y, double z, double diameter, int takes)
{
    carved_put(c, solid_sphere(diameter / 2, 24), x, y, z, takes);
}

#endif
