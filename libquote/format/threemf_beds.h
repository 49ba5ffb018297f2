/* Where plates lie in the world of a project, and what lies on them. */
#ifndef LQI_THREEMF_BEDS_H
#define LQI_THREEMF_BEDS_H

#include "format/threemf_inside.h"

#define LQI_BEDS_MAX 9 /* of PrusaSlicer */

/* The box of an item's parts in mm. Finds and loads what the item leads to; an item that is not to be printed may lead
 * nowhere. *known: it has such a box. */
lq_status lqi_item_extent(lqi_threemf *threemf, lqi_model_item *item, lqi_extent *extent, bool *known);

/* The plate, counted from 0, that a box lies on in Bambu's square grid of `count` plates, or SIZE_MAX. *several: it
 * touches more than one. The bed is known. */
size_t lqi_grid_plate_of(const lqi_settings *settings, size_t count, const lqi_extent *extent, bool *several);

/* PrusaSlicer stores no plates: items belong to the bed that they stand on. *found: there is more than the one bed with
 * everything on it; then plates and items are set. */
lq_status lqi_beds_find(lqi_threemf *threemf, bool *found);

#endif
