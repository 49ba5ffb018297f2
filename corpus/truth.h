/*
 * What a triangle soup is, by the plainest means: long double sums and sorted lists. It shares nothing with the
 * library, so that agreement means something.
 */
#ifndef CORPUS_TRUTH_H
#define CORPUS_TRUTH_H

#include "corpus/solids.h"

typedef struct solid_truth {
    long double volume; /* signed tetrahedra about the box centre */
    long double area;
    long double centroid[3]; /* meaningful for closed soups of non-zero volume */
    long double inertia[6];  /* xx yy zz xy yz zx, unit density, about the centroid */
    float box_min[3], box_max[3];
} solid_truth;
solid_truth solid_measure(const solid_soup *soup);

/* Counts of the mesh as it stands. Triangles with two equal corners are counted and then left out. */
typedef struct solid_counts {
    size_t triangles, vertices; /* vertices: distinct positions; -0 equals 0 */
    size_t degenerate;
    size_t duplicate;          /* extra copies: same three positions, same orientation */
    size_t open_edges;         /* used by exactly one triangle */
    size_t non_manifold_edges; /* used by more than two */
    size_t uneven_edges;       /* used an odd number of times */
    size_t misoriented_edges;  /* not walked equally often both ways, although used evenly */
    size_t boundary_loops;     /* connected groups of open edges; equals loops where no point has more than two */
    size_t shells;             /* connected through edges */
    int closed, oriented, manifold;
} solid_counts;
solid_counts solid_count(const solid_soup *soup);

/* Numbers the distinct positions: *vertex_of gets 3 numbers per triangle, to be freed. Returns how many there are. */
size_t solid_weld(const solid_soup *soup, uint32_t **vertex_of);

#endif
