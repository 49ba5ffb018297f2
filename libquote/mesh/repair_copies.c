#include "mesh/repair_copies.h"

#include "base/memory.h"

lq_status lqi_repair_copies(lqi_draft *draft, const lqi_topology *topology, lqi_repair_counts *counts, bool *changed)
{
    uint32_t count = draft->mesh.triangle_count;
    uint64_t dropped = 0, turned = 0;
    uint8_t *drop = lqi_alloc_array(draft->context, count, 1);
    if (!drop) return lqi_memory_status(draft->context);
    for (uint32_t t = 0; t < count; t++) {
        uint8_t flag = topology->flag[t];
        drop[t] = flag & LQI_TRIANGLE_LEFT_OUT;
        dropped += drop[t] != 0;
        counts->degenerate += (flag & LQI_TRIANGLE_DEGENERATE) != 0;
        counts->duplicate += (flag & LQI_TRIANGLE_DUPLICATE) != 0;
        if (drop[t] || !(flag & LQI_TRIANGLE_FLIPPED)) continue;
        lqi_draft_turn(draft, t);
        turned++;
    }
    if (dropped) lqi_draft_drop(draft, drop);
    counts->opposite += topology->opposed_triangles / 2;
    counts->misoriented += turned;
    *changed = dropped + turned != 0;
    lqi_free(draft->context, drop);
    return LQ_OK;
}
