/* The settings a slicer saves with a project: filaments, and how large the bed is. */
#ifndef LQI_THREEMF_SETTINGS_H
#define LQI_THREEMF_SETTINGS_H

#include <stdbool.h>

#include "format/threemf.h"

#define LQI_FILAMENTS_MAX 256 /* a machine has sixteen; a multiple of 64 */

typedef struct lqi_settings {
    lqi_threemf_filament *filaments;
    size_t filament_count;
    size_t extruder_count; /* what a part's number may go up to; 0: not known */
    bool has_bed;
    double bed_low[2],
        bed_high[2];   /* box of the printable area in mm, at the first plate; at least 1 mm wide and deep */
    double bed_height; /* 0: not told */
} lqi_settings;

/* project_settings.config of Bambu Studio and its kin, else the .config of the Slic3r family. What cannot be read
 * is left out with a note. */
lq_status lqi_settings_read(lqi_threemf *threemf);

#endif
