#include "api/overlaps.h"

#include <math.h>

#include "base/fail.h"

#define PAIRS_MAX ((uint64_t)1 << 22) /* some ten milliseconds; beyond them nothing more is looked for */

#define WORTH_A_LOOK 0.01 /* share of the volume, as for an uncertain one */

static double shared_by_boxes(const lqi_placed_part *a, const lqi_placed_part *b)
{
    double shared = 1;
    for (int i = 0; i < 3; i++) {
        double low = fmax(a->box.min[i], b->box.min[i]), high = fmin(a->box.max[i], b->box.max[i]);
        if (!(high > low)) return 0;
        shared *= high - low;
    }
    return fmin(shared, fmin(a->volume_mm3, b->volume_mm3));
}

double lqi_shared_at_most(const lqi_placed_part *parts, size_t count)
{
    double volume = 0, largest = 0, shared = 0;
    uint64_t pairs = 0;
    for (size_t i = 0; i < count; i++) {
        volume += parts[i].volume_mm3;
        largest = fmax(largest, parts[i].volume_mm3);
        for (size_t k = 0; k < i && pairs < PAIRS_MAX; k++, pairs++) shared += shared_by_boxes(&parts[i], &parts[k]);
    }
    return fmin(shared, volume - largest); /* what is left is no less than the largest */
}

lq_status lqi_note_overlaps(lqi_notes *notes, uint64_t items, double twice, double volume)
{
    if (!items) return LQ_OK;
    lqi_note *note;
    lq_severity severity = twice > WORTH_A_LOOK * volume ? LQ_SEVERITY_WARN : LQ_SEVERITY_INFO;
    LQI_TRY(lqi_notes_add(notes, "parts_overlap", severity, items, -1, &note,
                          "Parts of one object overlap; what they share is counted in each, so the price may be too "
                          "high."));
    note->measure_name = "volume_twice_mm3";
    note->measure_value = twice;
    note->measure_unit = "mm3";
    return LQ_OK;
}
