/* How a finding about one distinct mesh becomes a note. */
#ifndef LQI_TELLER_H
#define LQI_TELLER_H

#include "base/notes.h"
#include "measure/shape.h"

typedef struct lqi_teller {
    lqi_notes *notes;
    const lqi_shape *shape;
    const double *transform; /* of its first placement */
    double volume_scale, length_scale;
    uint64_t copies; /* how often it is placed */
} lqi_teller;

/* A note, or more of the same: count is of one copy; triangle: where, or -1. repaired: 1 when the measures already are
 * those of the mended part. */
lq_status lqi_tell(const lqi_teller *t, const char *code, lq_severity severity, uint64_t count, int64_t triangle,
                   int repaired, lqi_note **out, const char *message);

/* Measures of the same note are added up. */
void lqi_tell_measure(lqi_note *note, const char *name, double value, const char *unit);

/* Of one copy, in the units of the mesh's placement; all copies are added up. */
void lqi_tell_effect(const lqi_teller *t, lqi_note *note, double volume_delta, double area_delta, double confidence);

/* The place of a finding that belongs to no facet, in the mesh's own coordinates; the first one is kept. */
void lqi_tell_place(const lqi_teller *t, lqi_note *note, const double place[3]);

/* What the repairs together add to the stored measures, by a finding without which there would be nothing to add. */
void lqi_tell_effect_of_repair(const lqi_teller *t, lqi_note *note, double confidence);

/* Half the range of the volume. */
double lqi_uncertainty(const lqi_shape *shape);

/* The findings about shells and volume: findings_shells.c. */
lq_status lqi_tell_shells(const lqi_teller *t);

#endif
