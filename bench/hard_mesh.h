/* Meshes that are hard on somebody's data structure: what a hostile or careless upload can be, at any size. */
#ifndef BENCH_HARD_MESH_H
#define BENCH_HARD_MESH_H

#include "corpus/solids.h"

/* Fills `soup` with about `count` triangles of the kind called `name`. Returns 0 when there is no such kind.
 * hash-flood: a closed grid whose coordinates have twelve zero bits at the end and xor to one constant in every vertex.
 * one-vertex: an open fan around one point. two-hubs: a closed double cone. degenerate: two equal corners in each.
 * distinct: no two triangles share a point. one-edge: all on one edge. random-1000: any three of a thousand points. */
int hard_mesh_make(const char *name, size_t count, solid_soup *soup);

#endif
