/* Volume, area, centroid and inertia of a mesh, with a bound on the rounding error. */
#ifndef LQI_MEASURE_MOMENTS_H
#define LQI_MEASURE_MOMENTS_H

#include "kernel/moments.h"
#include "mesh/mesh.h"

/* Triangles whose sums are taken lane by lane before chunks are added pairwise. Borders depend on the mesh only, so
 * that the sum does not depend on the number of threads. */
#define LQI_MOMENT_CHUNK ((size_t)4096)

/* Integrals about `reference`, in the mesh's own unit of length. */
typedef struct lqi_moments {
    double reference[3];
    double area;
    double vector_area[3]; /* 0 for a closed mesh; dV/d(reference) = -vector_area / 3 for an open one */
    double volume;
    double volume_error; /* of the summation; |computed - exact| is below */
    double first[3];     /* x y z */
    double second[6];    /* xx yy zz xy yz zx */
} lqi_moments;

/* The lanes of one chunk as one sum. */
void lqi_moments_sum_lanes(double lanes[LQI_MOMENT_COUNT][LQI_LANES], double sum[LQI_MOMENT_COUNT]);

/* Adds the sums of all chunks, neighbours first; the sums are used up. */
void lqi_moments_sum_chunks(double (*sums)[LQI_MOMENT_COUNT], size_t count, double total[LQI_MOMENT_COUNT]);

/* The integrals from the kernel's sums over so many triangles. */
void lqi_moments_of_sums(const double total[LQI_MOMENT_COUNT], size_t triangle_count, const double reference[3],
                         lqi_moments *moments);

/* Turns the mesh inside out. */
void lqi_moments_negate(lqi_moments *moments);

/* The same part placed by a transform (3MF order, row vectors; mirrored ones keep the volume's sign). Volume and its
 * moments follow from the integrals; the area is given, because only similar transforms scale it. */
void lqi_moments_place(const lqi_moments *moments, const double transform[12], double area, lqi_moments *placed);

/* Sums moments about different references; the result is about `reference`. */
void lqi_moments_add(lqi_moments *sum, const lqi_moments *part);

/* Does the transform keep shapes similar? Then *factor is its scale. */
bool lqi_transform_is_similar(const double transform[12], double *factor);

double lqi_transform_determinant(const double transform[12]);
bool lqi_transform_is_identity(const double transform[12]);

static inline void lqi_transform_point(const double transform[12], const double in[3], double out[3])
{
    const double *m = transform, x = in[0], y = in[1], z = in[2];
    for (int i = 0; i < 3; i++) out[i] = ((x * m[i] + y * m[3 + i]) + z * m[6 + i]) + m[9 + i];
}

#endif
