/* What a writer is given: plain arrays, borrowed for the call, and a place for the bytes. */
#ifndef LQI_WRITE_SCENE_H
#define LQI_WRITE_SCENE_H

#include <stddef.h>
#include <stdint.h>

#include "format/write_out.h"

/* Positions are finite; every corner is below vertex_count. A mesh that no instance uses may be empty. */
typedef struct lqi_write_mesh {
    const double *position; /* 3 per vertex */
    const uint32_t *corner; /* 3 per triangle */
    uint32_t vertex_count, triangle_count;
} lqi_write_mesh;

typedef struct lqi_write_instance {
    const double *transform; /* 12 finite numbers to millimetres, row vectors as in sink.h */
    uint32_t mesh;
    uint32_t item; /* instances of one item are consecutive */
} lqi_write_instance;

typedef struct lqi_write_scene {
    const lqi_write_mesh *meshes;
    size_t mesh_count;
    const lqi_write_instance *instances;
    size_t instance_count;
    const char *const *item_names; /* UTF-8, may be empty */
    size_t item_count;
} lqi_write_scene;

#endif
