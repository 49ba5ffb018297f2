/* A soup as a core 3MF with shared vertices, the way slicers write it. */
#ifndef BENCH_MESH_3MF_H
#define BENCH_MESH_3MF_H

#include "corpus/solids.h"

/* Returns 0 on success. */
int mesh_write_3mf(const solid_soup *soup, const char *path);

#endif
