/*
 * Integrals over the tetrahedra between a reference point and each triangle.
 * Defined as eight lanes: triangle i of a block adds to lane i mod 8, in order, each operation rounded once (no fused
 * multiply-add). Every variant therefore gives the same bits.
 */
#ifndef LQI_MOMENTS_KERNEL_H
#define LQI_MOMENTS_KERNEL_H

#include "kernel/corner_rows.h"

/* With a, b, c the corners as seen from the reference, n = (b-a) x (c-a), d = a . n, s = a+b+c, w the weight: */
typedef enum lqi_moment {
    LQI_MOMENT_AREA,     /* |w| |n|                      twice the area */
    LQI_MOMENT_VECTOR_X, /* w n                          twice the vector area */
    LQI_MOMENT_VECTOR_Y,
    LQI_MOMENT_VECTOR_Z,
    LQI_MOMENT_VOLUME,   /* w d                          six times the volume */
    LQI_MOMENT_ABSOLUTE, /* |w| (|ax nx| + |ay ny| + |az nz|), for the error bound */
    LQI_MOMENT_X,        /* w d s                        24 times the first moments */
    LQI_MOMENT_Y,
    LQI_MOMENT_Z,
    LQI_MOMENT_XX, /* w d (s s + aa + bb + cc)     120 times the second moments */
    LQI_MOMENT_YY,
    LQI_MOMENT_ZZ,
    LQI_MOMENT_XY,
    LQI_MOMENT_YZ,
    LQI_MOMENT_ZX,
    LQI_MOMENT_COUNT
} lqi_moment;

/* weight: one row of -1, 0 or 1; NULL: all 1. Only the first `count` of each row are used; count is a multiple of
 * LQI_LANES (pad with triangles whose three corners are one point: they add nothing). Adds to sum. */
typedef void lqi_moments_fn(const lqi_rows *rows, const double reference[3], const double *weight, size_t count,
                            double sum[LQI_MOMENT_COUNT][LQI_LANES]);

lqi_moments_fn lqi_moments_scalar;
lqi_moments_fn lqi_moments_avx2;
lqi_moments_fn lqi_moments_avx512;
lqi_moments_fn lqi_moments_neon;

#endif
