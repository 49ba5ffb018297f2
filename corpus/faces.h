/*
 * Flat faces with holes, cut into triangles: what a CAD kernel does to make an STL. No points are added on edges, so a
 * body whose faces share their edges is closed and manifold by construction.
 */
#ifndef CORPUS_FACES_H
#define CORPUS_FACES_H

#include "corpus/solids.h"

#define FACE_POINTS_MAX 4096

/* A closed polygon in space, under construction. */
typedef struct face_loop {
    double (*points)[3];
    size_t count;
    size_t capacity;
} face_loop;

void face_loop_free(face_loop *loop);
void face_loop_add(face_loop *loop, double x, double y, double z);

/* Adds an arc of a circle about `center` in the plane of two of the axes (0, 1, 2), from and to in degrees, both ends
 * included; every third coordinate is center's. */
void face_loop_arc(face_loop *loop, const double center[3], int axis_u, int axis_v, double radius, double from,
                   double to, unsigned steps);

/* Adds the inside of loops[0], less loops[1...], to the soup; all lie in one plane, do not touch, and face the side
 * from which loops[0] runs counter-clockwise. The direction of the holes does not matter. Returns 0 if it cannot. */
int face_add(solid_soup *soup, const face_loop *loops, size_t count);

/* Adds the band of quadrilaterals between two loops of the same number of points; closed: from last to first too.
 * Outside is where a[i], a[i+1], b[i+1], b[i] runs counter-clockwise. */
void face_add_band(solid_soup *soup, const face_loop *a, const face_loop *b, int closed);

#endif
