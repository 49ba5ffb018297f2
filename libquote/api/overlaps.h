/* Parts of one item that may share room, which a sum of volumes counts twice. */
#ifndef LQI_API_OVERLAPS_H
#define LQI_API_OVERLAPS_H

#include "base/notes.h"
#include "measure/box.h"

/* A placed part of an item; those of one item follow each other. */
typedef struct lqi_placed_part {
    uint32_t item;
    double volume_mm3; /* 0: does not count */
    lqi_box box;
} lqi_placed_part;

/* Volume that the parts of one item share at most: two parts no more than their boxes and than the smaller of them.
 * *pairs counts the boxes that were compared, of all items of a report; beyond a bound nothing is compared any more,
 * and all parts may lie in the largest. */
lq_status lqi_shared_at_most(lq_context *context, const lqi_placed_part *parts, size_t count, uint64_t *pairs,
                             double *shared);

/* Adds parts_overlap for so many items. twice: what their parts share, counted in each of them; volume: of all. */
lq_status lqi_note_overlaps(lqi_notes *notes, uint64_t items, double twice, double volume);

#endif
