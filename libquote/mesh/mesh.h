/* A mesh: distinct positions and triangles over them, as stored in the file and in the file's coordinates. */
#ifndef LQI_MESH_H
#define LQI_MESH_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libquote.h"

/* Half-edge numbers are packed with a direction bit into 32 bits. */
#define LQI_TRIANGLE_COUNT_MAX 700000000u

typedef struct lqi_mesh {
    double *position; /* 3 per vertex; -0 is stored as 0; in order of first use. No two are equal, but where repair.h
                         separates bodies that touch */
    uint32_t *corner; /* 3 per triangle */
    uint32_t vertex_count;
    uint32_t triangle_count;  /* triangles in `corner` */
    uint64_t dropped_count;   /* facets of the file that are not in `corner` (not finite, out of range) */
    bool indexed;             /* the format gave indices (3MF) */
    uint64_t index_vertices;  /* vertices as the format gave them, when indexed */
    uint64_t normals_against; /* normals of binary STL (little-endian) that face against the corners */
    uint32_t normals_first;   /* triangle of the first of them */
    bool seams_closed;        /* by those indices more edges are open than by position */
} lqi_mesh;

void lqi_mesh_free(lq_context *context, lqi_mesh *mesh);

static inline const double *lqi_mesh_corner(const lqi_mesh *mesh, uint32_t triangle, int k)
{
    return mesh->position + (size_t)3 * mesh->corner[(size_t)3 * triangle + (size_t)k];
}

static inline double lqi_triangle_area(const lqi_mesh *mesh, uint32_t triangle)
{
    const double *a = lqi_mesh_corner(mesh, triangle, 0), *b = lqi_mesh_corner(mesh, triangle, 1),
                 *c = lqi_mesh_corner(mesh, triangle, 2);
    double sum = 0;
    for (int i = 0; i < 3; i++) {
        int j = (i + 1) % 3, k = (i + 2) % 3;
        double normal = (b[j] - a[j]) * (c[k] - a[k]) - (b[k] - a[k]) * (c[j] - a[j]);
        sum += normal * normal;
    }
    return sqrt(sum) / 2;
}

static inline bool lqi_is_degenerate(const uint32_t corner[3])
{
    return corner[0] == corner[1] || corner[1] == corner[2] || corner[2] == corner[0];
}

#endif
