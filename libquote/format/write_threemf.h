/* 3MF core for other programs: a package of one model part in millimetres. Every distinct mesh stands in it once, with
 * its positions to the bit; items place it. */
#ifndef LQI_WRITE_THREEMF_H
#define LQI_WRITE_THREEMF_H

#include "format/write_scene.h"

/* Triangles with a repeated corner are left out, as the specification asks, and meshes without any other triangle.
 * Fails with mesh_empty when nothing is left. */
lq_status lqi_write_threemf(lq_context *context, const lqi_write_scene *scene, const lqi_out *out);

#endif
