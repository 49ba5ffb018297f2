/* What is wrong with a mesh, said so that a seller understands: the facts of a shape become notes. */
#ifndef LQI_FINDINGS_H
#define LQI_FINDINGS_H

#include "base/notes.h"
#include "measure/shape.h"

/* Adds the findings of one distinct mesh. transform: its first placement, for locations and lengths in mm; copies: how
 * often it is placed, which multiplies the counts. */
lq_status lqi_findings_of_shape(lqi_notes *notes, const lqi_shape *shape, const double transform[12], uint64_t copies);

/* Findings about the whole part: several solids, suspicious units, an uncertain or empty volume. */
typedef struct lqi_whole {
    double volume, volume_low, volume_high;
    double box_size[3];
    uint64_t solid_count;
    bool unit_assumed;
    const char **unit_suspect; /* out: "inch" or "m", or NULL */
} lqi_whole;
lq_status lqi_findings_of_whole(lqi_notes *notes, const lqi_whole *whole);

/* The verdict over all notes. */
lq_verdict lqi_findings_verdict(const lqi_notes *notes);

/* Is this note a repair of the mesh (and not of how the file was read)? */
bool lqi_note_is_repair(const lqi_note *note);

#endif
