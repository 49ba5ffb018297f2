/* The parts of one item as one body: a sum of their volumes counts twice what they share (3MF core 4.1, positive fill
 * rule over all shells). */
#ifndef LQI_API_UNITE_H
#define LQI_API_UNITE_H

#include "api/objects.h"
#include "measure/shape.h"

typedef struct lqi_united {
    lqi_mesh mesh;       /* all model parts, placed, in mm */
    lqi_shape shape;     /* of that mesh */
    double volume_sum;   /* of the parts */
    bool known;          /* the shape's volume is that of the union */
    size_t first, count; /* the instances it was made of */
} lqi_united;

/* Unites the model parts among `count` instances from `first` on. shapes: of the part's meshes, at full depth.
 * shared_most: volume that the parts share at most. Where a part is open, or the union does not come out between its
 * largest part and the sum, *united says that it is not known. */
lq_status lqi_unite(lq_context *context, const lq_part *part, const lqi_shape *shapes, size_t first, size_t count,
                    double shared_most, lq_fill fill, lqi_united *united);
void lqi_united_free(lq_context *context, lqi_united *united);

/* Is the body of these instances the united one, moved? */
bool lqi_united_again(const lq_part *part, const lqi_united *united, size_t first, size_t count);

#endif
