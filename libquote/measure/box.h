/* Axis-aligned boxes of meshes, as they stand and placed. */
#ifndef LQI_BOX_H
#define LQI_BOX_H

#include "mesh/mesh.h"

typedef struct lqi_box {
    double min[3], max[3]; /* min > max: empty */
} lqi_box;

lqi_box lqi_box_empty(void);
bool lqi_box_is_empty(const lqi_box *box);
void lqi_box_add_point(lqi_box *box, const double point[3]);
void lqi_box_add(lqi_box *box, const lqi_box *other);
bool lqi_box_touches(const lqi_box *a, const lqi_box *b);
void lqi_box_centre(const lqi_box *box, double centre[3]);

/* Of the corners of triangles that are not left out; of all when none is left. flag: per triangle, LQI_TRIANGLE_...;
 * NULL: only degenerate ones are left out. any: some are. */
lqi_box lqi_box_of_mesh(const lqi_mesh *mesh, const uint8_t *flag, bool any);
bool lqi_mesh_any_degenerate(const lqi_mesh *mesh);

/* The box of a placed mesh; `box` is that of the mesh itself and is enough where axes map to axes. */
lqi_box lqi_box_placed(const lqi_mesh *mesh, const lqi_box *box, const double transform[12]);

#endif
