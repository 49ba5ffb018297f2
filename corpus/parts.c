#include "corpus/parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "corpus/faces.h"

#define TURN 6.283185307179586476925286766559

static void must(int done)
{
    if (done) return;
    fputs("corpus: a face could not be cut into triangles\n", stderr);
    exit(5);
}

static void free_loops(face_loop *loops, size_t count)
{
    for (size_t i = 0; i < count; i++) face_loop_free(&loops[i]);
}

/* ---- the bracket: base plate along x, upright along z, both WIDE in y and THICK ---- */

#define LONG 80.0
#define TALL 60.0
#define WIDE 50.0
#define THICK 6.0
#define ROUND 14.0   /* of the free ends */
#define FILLET 8.0   /* inside the corner */
#define BEND 4.0     /* outside the corner */
#define RIB_LOW 22.5 /* the rib's two sides in y */
#define RIB_HIGH 27.5
#define RIB_LONG 54.0
#define RIB_TALL 48.0
#define END_STEPS 16
#define BEND_STEPS 10
#define HOLE_STEPS 48

static const double base_holes[2][2] = {{66, 14}, {66, 36}};    /* x, y: countersunk */
static const double upright_holes[2][2] = {{12, 44}, {38, 44}}; /* y, z: plain */

static void circle(face_loop *loop, double x, double y, double z, int axis_u, int axis_v, double radius)
{
    const double center[3] = {x, y, z};
    face_loop_arc(loop, center, axis_u, axis_v, radius, 0, 360, HOLE_STEPS);
    loop->count--; /* the last point is the first */
}

/* The rounded end of the base at height z, from (LONG - ROUND, 0) to (LONG - ROUND, WIDE). */
static void base_end(face_loop *loop, double z)
{
    face_loop_arc(loop, (const double[3]){LONG - ROUND, ROUND, z}, 0, 1, ROUND, -90, 0, END_STEPS);
    face_loop_arc(loop, (const double[3]){LONG - ROUND, WIDE - ROUND, z}, 0, 1, ROUND, 0, 90, END_STEPS);
}

/* The rounded end of the upright at x, from (WIDE, TALL - ROUND) to (0, TALL - ROUND). */
static void upright_end(face_loop *loop, double x)
{
    face_loop_arc(loop, (const double[3]){x, WIDE - ROUND, TALL - ROUND}, 1, 2, ROUND, 0, 90, END_STEPS);
    face_loop_arc(loop, (const double[3]){x, ROUND, TALL - ROUND}, 1, 2, ROUND, 90, 180, END_STEPS);
}

/* The fillet at y, from the base up to the upright. */
static void fillet(face_loop *loop, double y)
{
    const double center[3] = {THICK + FILLET, y, THICK + FILLET};
    face_loop_arc(loop, center, 0, 2, FILLET, 270, 180, BEND_STEPS);
}

/* The outer bend at y, from the upright down to the base. */
static void bend(face_loop *loop, double y)
{
    const double center[3] = {BEND, y, BEND};
    face_loop_arc(loop, center, 0, 2, BEND, 180, 270, BEND_STEPS);
}

static void add_plates(solid_soup *soup)
{
    face_loop loops[3] = {{0}};

    face_loop_add(&loops[0], BEND, WIDE, 0); /* base, below: seen from below counter-clockwise */
    base_end(&loops[0], 0);
    for (size_t i = 1, j = loops[0].count - 1; i < j; i++, j--) {
        for (int k = 0; k < 3; k++) {
            double keep = loops[0].points[i][k];
            loops[0].points[i][k] = loops[0].points[j][k];
            loops[0].points[j][k] = keep;
        }
    }
    face_loop_add(&loops[0], BEND, 0, 0);
    for (int i = 0; i < 2; i++) circle(&loops[i + 1], base_holes[i][0], base_holes[i][1], 0, 0, 1, 2.75);
    must(face_add(soup, loops, 3));
    free_loops(loops, 3);

    double start = THICK + FILLET; /* base, above, with a notch where the rib stands */
    face_loop_add(&loops[0], start, 0, THICK);
    base_end(&loops[0], THICK);
    face_loop_add(&loops[0], start, WIDE, THICK);
    face_loop_add(&loops[0], start, RIB_HIGH, THICK);
    face_loop_add(&loops[0], RIB_LONG, RIB_HIGH, THICK);
    face_loop_add(&loops[0], RIB_LONG, RIB_LOW, THICK);
    face_loop_add(&loops[0], start, RIB_LOW, THICK);
    for (int i = 0; i < 2; i++) circle(&loops[i + 1], base_holes[i][0], base_holes[i][1], THICK, 0, 1, 5.25);
    must(face_add(soup, loops, 3));
    free_loops(loops, 3);

    face_loop_add(&loops[0], THICK, 0, start); /* upright, inside, with the other notch */
    face_loop_add(&loops[0], THICK, RIB_LOW, start);
    face_loop_add(&loops[0], THICK, RIB_LOW, RIB_TALL);
    face_loop_add(&loops[0], THICK, RIB_HIGH, RIB_TALL);
    face_loop_add(&loops[0], THICK, RIB_HIGH, start);
    face_loop_add(&loops[0], THICK, WIDE, start);
    upright_end(&loops[0], THICK);
    for (int i = 0; i < 2; i++) circle(&loops[i + 1], THICK, upright_holes[i][0], upright_holes[i][1], 1, 2, 3.25);
    must(face_add(soup, loops, 3));
    free_loops(loops, 3);

    face_loop_add(&loops[0], 0, 0, BEND); /* upright, outside */
    face_loop_arc(&loops[0], (const double[3]){0, ROUND, TALL - ROUND}, 1, 2, ROUND, 180, 90, END_STEPS);
    face_loop_arc(&loops[0], (const double[3]){0, WIDE - ROUND, TALL - ROUND}, 1, 2, ROUND, 90, 0, END_STEPS);
    face_loop_add(&loops[0], 0, WIDE, BEND);
    for (int i = 0; i < 2; i++) circle(&loops[i + 1], 0, upright_holes[i][0], upright_holes[i][1], 1, 2, 3.25);
    must(face_add(soup, loops, 3));
    free_loops(loops, 3);
}

static void add_rims(solid_soup *soup)
{
    face_loop a = {0}, b = {0};
    base_end(&a, 0);
    base_end(&b, THICK);
    face_add_band(soup, &a, &b, 0);
    face_loop_free(&a);
    face_loop_free(&b);
    upright_end(&a, THICK);
    upright_end(&b, 0);
    for (size_t i = 0; i + 1 < a.count; i++)
        solid_add_quad(soup, a.points[i], b.points[i], b.points[i + 1], a.points[i + 1]);
    face_loop_free(&a);
    face_loop_free(&b);
    bend(&a, WIDE);
    bend(&b, 0);
    face_add_band(soup, &a, &b, 0);
    face_loop_free(&a);
    face_loop_free(&b);
    const double sides[2][2] = {{0, RIB_LOW}, {RIB_HIGH, WIDE}};
    for (int i = 0; i < 2; i++) {
        fillet(&a, sides[i][0]);
        fillet(&b, sides[i][1]);
        for (size_t k = 0; k + 1 < a.count; k++)
            solid_add_quad(soup, a.points[k], b.points[k], b.points[k + 1], a.points[k + 1]);
        face_loop_free(&a);
        face_loop_free(&b);
    }
}

/* The L-shaped side at y; `seen_from_below` (smaller y) is the one whose outline runs as listed. */
static void add_side(solid_soup *soup, double y)
{
    face_loop loop = {0};
    bend(&loop, y);
    face_loop_add(&loop, LONG - ROUND, y, 0);
    face_loop_add(&loop, LONG - ROUND, y, THICK);
    fillet(&loop, y);
    face_loop_add(&loop, THICK, y, TALL - ROUND);
    face_loop_add(&loop, 0, y, TALL - ROUND);
    solid_soup side = {0};
    must(face_add(&side, &loop, 1));
    if (y > 0) solid_invert(&side);
    solid_append(soup, &side);
    solid_free(&side);
    face_loop_free(&loop);
}

static void add_rib(solid_soup *soup)
{
    for (int i = 0; i < 2; i++) {
        double y = i == 0 ? RIB_LOW : RIB_HIGH;
        face_loop loop = {0};
        fillet(&loop, y);
        face_loop_add(&loop, THICK, y, RIB_TALL);
        face_loop_add(&loop, RIB_LONG, y, THICK);
        solid_soup side = {0};
        must(face_add(&side, &loop, 1));
        /* The outline runs clockwise seen from smaller y, where the low side must face. */
        if (i == 0) solid_invert(&side);
        solid_append(soup, &side);
        solid_free(&side);
        face_loop_free(&loop);
    }
    solid_add_quad(soup, (const double[3]){RIB_LONG, RIB_LOW, THICK}, (const double[3]){RIB_LONG, RIB_HIGH, THICK},
                   (const double[3]){THICK, RIB_HIGH, RIB_TALL}, (const double[3]){THICK, RIB_LOW, RIB_TALL});
}

static void add_holes(solid_soup *soup)
{
    face_loop rings[3] = {{0}};
    for (int i = 0; i < 2; i++) {
        double x = base_holes[i][0], y = base_holes[i][1];
        circle(&rings[0], x, y, 0, 0, 1, 2.75);
        circle(&rings[1], x, y, 3.5, 0, 1, 2.75);
        circle(&rings[2], x, y, THICK, 0, 1, 5.25);
        face_add_band(soup, &rings[1], &rings[0], 1);
        face_add_band(soup, &rings[2], &rings[1], 1);
        free_loops(rings, 3);
        circle(&rings[0], 0, upright_holes[i][0], upright_holes[i][1], 1, 2, 3.25);
        circle(&rings[1], THICK, upright_holes[i][0], upright_holes[i][1], 1, 2, 3.25);
        face_add_band(soup, &rings[1], &rings[0], 1);
        free_loops(rings, 3);
    }
}

solid_soup part_bracket(void)
{
    solid_soup soup = {0};
    add_plates(&soup);
    add_rims(&soup);
    add_side(&soup, 0);
    add_side(&soup, WIDE);
    add_rib(&soup);
    add_holes(&soup);
    return soup;
}

/* ---- the knob ---- */

#define KNOB_STEPS 96

static void knob_ring(face_loop *loop, double radius, double lobe, double z)
{
    for (unsigned i = 0; i < KNOB_STEPS; i++) {
        double u = TURN * i / KNOB_STEPS, r = radius + lobe * cos(8 * u);
        face_loop_add(loop, r * cos(u), r * sin(u), z);
    }
}

/* A circle of 6 mm with a flat: the shaft of a potentiometer. */
static void knob_bore(face_loop *loop, double z)
{
    face_loop_arc(loop, (const double[3]){0, 0, z}, 0, 1, 3, 60, 300, 40);
}

solid_soup part_knob(void)
{
    static const double profile[][3] = {/* radius, lobe, z */
                                        {17.5, 1.2, 0},    {18, 1.2, 0.5},    {17.6, 1.2, 6},    {17.2, 1.1, 11},
                                        {16.8, 0.9, 13.5}, {16.1, 0.7, 15.2}, {14.8, 0.4, 16.6}, {13, 0.2, 17.5},
                                        {9, 0, 18.2},      {4.5, 0, 18.6}};
    const size_t rings = sizeof profile / sizeof profile[0];
    solid_soup soup = {0};
    face_loop below = {0}, above = {0}, bottom[2] = {{0}};
    for (size_t i = 0; i + 1 < rings; i++) {
        knob_ring(&below, profile[i][0], profile[i][1], profile[i][2]);
        knob_ring(&above, profile[i + 1][0], profile[i + 1][1], profile[i + 1][2]);
        face_add_band(&soup, &below, &above, 1);
        if (i + 2 == rings) {
            const double top[3] = {0, 0, 18.7};
            for (size_t k = 0; k < above.count; k++)
                solid_add(&soup, above.points[k], above.points[(k + 1) % above.count], top);
        }
        face_loop_free(&below);
        face_loop_free(&above);
    }
    knob_ring(&bottom[0], profile[0][0], profile[0][1], 0);
    knob_bore(&bottom[1], 0);
    solid_soup floor_face = {0};
    must(face_add(&floor_face, bottom, 2));
    solid_invert(&floor_face);
    solid_append(&soup, &floor_face);
    solid_free(&floor_face);
    free_loops(bottom, 2);

    knob_bore(&below, 0);
    knob_bore(&above, 11);
    face_add_band(&soup, &above, &below, 1);
    solid_soup ceiling = {0};
    must(face_add(&ceiling, &above, 1));
    solid_invert(&ceiling);
    solid_append(&soup, &ceiling);
    solid_free(&ceiling);
    face_loop_free(&below);
    face_loop_free(&above);
    return soup;
}
