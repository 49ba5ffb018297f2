#include "format/threemf_details.h"

#include "base/fail.h"
#include "base/memory.h"

lq_status lqi_threemf_details_read(lqi_threemf *threemf, lqi_arena *arena, lqi_threemf_details *details)
{
    const lqi_threemf_contents *contents;
    LQI_TRY(lqi_threemf_contents_read(threemf, &contents));
    lqi_picture *pictures = lqi_arena_alloc(arena, contents->plate_count * sizeof *pictures);
    lqi_filament_list *of_plates = lqi_arena_alloc(arena, contents->plate_count * sizeof *of_plates);
    lqi_filament_list *of_items = lqi_arena_alloc(arena, contents->item_count * sizeof *of_items);
    if (!pictures || !of_plates || !of_items) return lqi_memory_status(threemf->context);
    *details =
        (lqi_threemf_details){.plate_pictures = pictures, .plate_filaments = of_plates, .item_filaments = of_items};
    LQI_TRY(lqi_pictures_find(threemf, &details->picture, pictures));
    return lqi_filaments_find(threemf, arena, of_items, of_plates);
}
