/*
 * Solids as plain float triangles, the same on every run: what tests, fuzz seeds and benches measure.
 * Coordinates are computed in double and rounded once; a point that two triangles share is computed the same way for
 * both, so that closed solids are closed to the bit. Running out of memory ends the program: nothing here is shipped.
 */
#ifndef CORPUS_SOLIDS_H
#define CORPUS_SOLIDS_H

#include <stddef.h>
#include <stdint.h>

/* 9 floats per triangle, counter-clockwise seen from outside. Zero-initialise; solid_free gives the memory back. */
typedef struct solid_soup {
    float *corners;
    size_t count; /* triangles */
    size_t capacity;
} solid_soup;

void solid_free(solid_soup *soup);
solid_soup solid_copy(const solid_soup *soup);
void solid_append(solid_soup *soup, const solid_soup *other);
void solid_add(solid_soup *soup, const double a[3], const double b[3], const double c[3]);
void solid_add_quad(solid_soup *soup, const double a[3], const double b[3], const double c[3], const double d[3]);

/* ---- closed, manifold, outward: one shell unless said otherwise ---- */

solid_soup solid_box(double x, double y, double z); /* 12 triangles, one corner at the origin */
solid_soup solid_cube(double edge);
solid_soup solid_tetrahedron(double edge);                  /* 4: the corner of a cube, volume edge^3/6 */
solid_soup solid_sphere(double radius, unsigned frequency); /* 20*frequency^2, geodesic */
solid_soup solid_torus(double ring, double tube, unsigned along, unsigned around); /* 2*along*around */
solid_soup solid_cylinder(double radius, double height, unsigned sides);           /* 4*sides */
solid_soup solid_box_with_hole(double edge, double hole, double height); /* 32: a square hole through a square block */

/* ---- several shells ---- */

solid_soup solid_nested(double edge, double cavity); /* a cube with a cubic void inside: 24, 2 shells, 1 cavity */
solid_soup solid_overlapping_spheres(double radius, double distance, unsigned frequency); /* 2 shells */
solid_soup solid_apart_cubes(double edge, double gap);                                    /* 2 shells */
solid_soup solid_touching_edge(double edge);   /* two cubes sharing one edge, used four times, balanced */
solid_soup solid_touching_vertex(double edge); /* two cubes sharing one point */
solid_soup solid_touching_face(double edge);   /* two cubes with one face each in the same place, opposite */

/* ---- not solids ---- */

solid_soup solid_moebius(double ring, double width, unsigned steps); /* non-orientable, one boundary */
solid_soup solid_sheet(double edge, unsigned cells);                 /* an open square, 2*cells^2 triangles */

/* ---- changes in place ---- */

void solid_translate(solid_soup *soup, double x, double y, double z);
void solid_scale(solid_soup *soup, double factor);
/* About an axis that need not be a unit vector. Rounds each corner by itself, so shared points stay shared. */
void solid_rotate(solid_soup *soup, const double axis[3], double degrees);
void solid_invert(solid_soup *soup); /* inside out */
/* Random triangle order and random first corner; orientation stays. */
void solid_shuffle(solid_soup *soup, uint64_t seed);

/* How many of each defect. Every defect gets a triangle of its own, and no two of them share a point, so the counts
 * that follow are exact. Returns 0 when the soup has not enough such triangles, and then changes nothing. */
typedef struct solid_damage {
    size_t removed;    /* 3 open edges and 1 loop each */
    size_t flipped;    /* 1 misoriented triangle each; stays closed */
    size_t duplicated; /* 1 duplicate, 3 non-manifold edges each */
    size_t opposed;    /* a reversed copy: 3 non-manifold edges each */
    size_t jittered;   /* one corner moved by jitter: 4 open edges, 1 loop each */
    size_t split;      /* T-junction: cut at the middle of one edge: 3 open edges, 1 loop, 1 triangle more each */
    size_t degenerate; /* an extra triangle with two equal corners each */
    float jitter;
} solid_damage;
int solid_damage_apply(solid_soup *soup, const solid_damage *damage, uint64_t seed);

/* splitmix64 (Steele, Lea, Flood 2014): the one source of randomness here. */
uint64_t solid_random(uint64_t *state);

#endif
