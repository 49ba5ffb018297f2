#include "api/overlaps.h"

#include <math.h>

#include "base/fail.h"

#define PAIRS_MAX ((uint64_t)1 << 22) /* some ten milliseconds; beyond them nothing more is looked for */
#define TRIFLE 1e-4                   /* share of the volume; coordinates of touching parts are rounded */
#define WORTH_A_LOOK 0.01             /* share from which the price is worth a look, as for an uncertain volume */

static double shared_at_most(const lqi_placed_part *a, const lqi_placed_part *b)
{
    double shared = 1;
    for (int i = 0; i < 3; i++) {
        double low = fmax(a->box.min[i], b->box.min[i]), high = fmin(a->box.max[i], b->box.max[i]);
        if (!(high > low)) return 0;
        shared *= high - low;
    }
    return fmin(shared, fmin(a->volume_mm3, b->volume_mm3));
}

typedef struct overlap {
    double volume, shared; /* of all items; shared: at most */
    uint64_t items;        /* with overlapping parts */
    uint64_t pairs;        /* looked at */
} overlap;

static void add_item(overlap *sum, const lqi_placed_part *parts, size_t count)
{
    double volume = 0, largest = 0, shared = 0;
    for (size_t i = 0; i < count; i++) {
        volume += parts[i].volume_mm3;
        largest = fmax(largest, parts[i].volume_mm3);
        for (size_t k = 0; k < i && sum->pairs < PAIRS_MAX; k++, sum->pairs++)
            shared += shared_at_most(&parts[i], &parts[k]);
    }
    sum->volume += volume;
    if (!(shared > TRIFLE * volume)) return;
    sum->shared += fmin(shared, volume - largest); /* what is left is no less than the largest */
    sum->items++;
}

lq_status lqi_note_overlaps(lqi_notes *notes, const lqi_placed_part *parts, size_t count)
{
    overlap sum = {0};
    for (size_t begin = 0, end; begin < count; begin = end) {
        for (end = begin + 1; end < count && parts[end].item == parts[begin].item; end++) continue;
        if (end - begin > 1) add_item(&sum, parts + begin, end - begin);
    }
    if (!sum.items) return LQ_OK;
    lqi_note *note;
    lq_severity severity = sum.shared > WORTH_A_LOOK * sum.volume ? LQ_SEVERITY_WARN : LQ_SEVERITY_INFO;
    LQI_TRY(
        lqi_notes_add(notes, "parts_overlap", severity, sum.items, -1, &note,
                      "Parts of one object lie in each other's boxes; where they overlap material is counted twice, "
                      "so the price may be too high."));
    note->measure_name = "volume_twice_max_mm3";
    note->measure_value = sum.shared;
    note->measure_unit = "mm3";
    return LQ_OK;
}
