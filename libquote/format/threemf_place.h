/* Expanding a use of an object into placed meshes. Done twice: once to see what is wanted and whether all is well, once
 * to deliver. */
#ifndef LQI_THREEMF_PLACE_H
#define LQI_THREEMF_PLACE_H

#include "format/threemf_inside.h"

/* One step of the way from an item down to a mesh. */
typedef struct lqi_place_level {
    uint32_t part, object;
    size_t next;         /* component to look at */
    lqi_transform total; /* from the object's coordinates, in mm, to the build's */
} lqi_place_level;

typedef struct lqi_placing {
    lqi_threemf *threemf;
    const lqi_threemf_selection *selection;
    const lqi_sink *sink;
    lqi_notes *notes;
    lqi_place_level *levels; /* room for the deepest way */
    size_t level_count;
    bool delivering; /* second time round: the meshes are there */
    bool found;      /* something of the current item counts */
    uint32_t item_index;
    const char *item_name;
    uint64_t steps;
} lqi_placing;

/* The use is resolved. */
lq_status lqi_place_use(lqi_placing *placing, const lqi_model_use *use);

/* ---- threemf_roles.c ---- */

struct lqi_vendor_part;

/* What the vendor's file tells about the mesh at the end of this way, or NULL. */
const struct lqi_vendor_part *lqi_vendor_part_below(const lqi_threemf *threemf, const lqi_place_level *levels,
                                                    size_t count);

#endif
