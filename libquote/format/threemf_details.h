/* What a listing shows beside the contents, each found by a file of its own. */
#ifndef LQI_THREEMF_DETAILS_H
#define LQI_THREEMF_DETAILS_H

#include "format/threemf_inside.h"

/* ---- threemf_pictures.c ---- */

/* The picture of the file, and one for each plate. What cannot be looked at is told without format and size. */
lq_status lqi_pictures_find(lqi_threemf *threemf, lqi_picture *whole, lqi_picture *of_plates);

/* ---- threemf_filaments.c ---- */

/* For each item and plate, in the arena; all empty when the project lists no filaments. Printable items count for their
 * plate. A number beyond the list is the first one, as slicers read it. */
lq_status lqi_filaments_find(lqi_threemf *threemf, lqi_arena *arena, lqi_filament_list *of_items,
                             lqi_filament_list *of_plates);

#endif
