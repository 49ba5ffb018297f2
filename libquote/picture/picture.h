/* A picture of placed meshes: a small software renderer. */
#ifndef LQI_PICTURE_H
#define LQI_PICTURE_H

#include "picture/heat.h"
#include "picture/shade.h"

typedef struct lqi_picture_instance {
    const lqi_canvas_mesh *mesh;
    const double *transform; /* 12 numbers, to millimetres */
} lqi_picture_instance;

typedef struct lqi_picture_order {
    const lqi_picture_instance *instance;
    size_t instance_count;
    double from[3]; /* from the part to the eye; any length */
    uint32_t width, height;
    uint8_t paint[LQI_PAINT_COUNT][3];
    uint8_t ground[4];
    bool scale_bar;
    const lqi_dexels *walls; /* of all instances; NULL: walls are not painted */
    bool overhangs;
} lqi_picture_order;

/* rgba: width * height * 4 bytes. *coarse: pixels per sample each way; more than 1 where the facets are too many and
 * too large for the work limit. Nothing to be seen gives an empty picture. */
lq_status lqi_picture_render(lq_context *context, const lqi_picture_order *order, uint8_t *rgba, uint32_t *coarse);

#endif
