#include "api/overlaps.h"

#include <math.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/sort.h"

#define PAIRS_MAX ((uint64_t)1 << 22) /* some ten milliseconds */

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

/* Parts in order of where they begin along x meet only those that begin before they end. A part that does not count has
 * no volume, and so shares none. */
static double sum_shared(const lqi_placed_part *parts, const uint64_t *order, size_t count, uint64_t *pairs)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        const lqi_placed_part *a = &parts[(uint32_t)order[i]];
        uint64_t beyond = lqi_order_key(a->box.max[0]) | UINT32_MAX; /* the order knows half of each key only */
        for (size_t k = i + 1; k < count && order[k] <= beyond; k++) {
            if (++*pairs > PAIRS_MAX) return INFINITY;
            sum += shared_by_boxes(a, &parts[(uint32_t)order[k]]);
        }
    }
    return sum;
}

lq_status lqi_shared_at_most(lq_context *context, const lqi_placed_part *parts, size_t count, uint64_t *pairs,
                             double *shared)
{
    double volume = 0, largest = 0;
    uint64_t *order = lqi_alloc_array(context, count, sizeof *order);
    if (!order) return lqi_memory_status(context);
    size_t counting = 0;
    for (size_t i = 0; i < count; i++) {
        if (!(parts[i].volume_mm3 > 0)) continue;
        volume += parts[i].volume_mm3;
        largest = fmax(largest, parts[i].volume_mm3);
        order[counting++] = (lqi_order_key(parts[i].box.min[0]) & ~(uint64_t)UINT32_MAX) | i;
    }
    lqi_sort_u64(order, counting);
    *shared = fmin(sum_shared(parts, order, counting, pairs), volume - largest); /* the largest is left */
    lqi_free(context, order);
    return LQ_OK;
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
