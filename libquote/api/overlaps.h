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

/* Adds parts_overlap when boxes overlap by more than a trifle: two parts share at most what their boxes share, and at
 * most the smaller of them. Looks at a bounded number of pairs. */
lq_status lqi_note_overlaps(lqi_notes *notes, const lqi_placed_part *parts, size_t count);

#endif
