#include "measure/clearances.h"

#include "base/fail.h"
#include "base/memory.h"
#include "measure/voids_space.h"
#include "mesh/union_find.h"

/* Bodies are numbered by their first shell, shells over all solids. */
typedef struct bodies {
    const lqi_dexels *dexels;
    const lqi_solid_shells *shells;
    size_t solid_count;
    uint32_t *first_facet, *first_shell; /* per solid, and one more */
    uint32_t *parent;                    /* per shell */
} bodies;

static uint32_t body_of(const bodies *b, uint32_t facet)
{
    size_t low = 0, high = b->solid_count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (facet < b->first_facet[middle])
            high = middle;
        else
            low = middle;
    }
    uint32_t own = b->shells[low].shell ? b->shells[low].shell[facet - b->first_facet[low]] : 0;
    uint32_t count = b->first_shell[low + 1] - b->first_shell[low];
    return lqi_find(b->parent, b->first_shell[low] + (own < count ? own : 0));
}

static lq_status find_bodies(bodies *b, const lqi_placed_solid *solids, uint32_t *body_count)
{
    lq_context *context = b->dexels->context;
    b->first_facet = lqi_alloc_array(context, b->solid_count + 1, sizeof *b->first_facet);
    b->first_shell = lqi_alloc_array(context, b->solid_count + 1, sizeof *b->first_shell);
    if (!b->first_facet || !b->first_shell) return lqi_memory_status(context);
    b->first_facet[0] = b->first_shell[0] = 0;
    for (size_t i = 0; i < b->solid_count; i++) {
        uint32_t shells = b->shells[i].shell && b->shells[i].count ? b->shells[i].count : 1;
        b->first_facet[i + 1] = b->first_facet[i] + solids[i].mesh->triangle_count;
        b->first_shell[i + 1] = b->first_shell[i] + shells;
    }
    uint32_t shells = b->first_shell[b->solid_count];
    b->parent = lqi_alloc_array(context, shells, sizeof *b->parent);
    if (!b->parent) return lqi_memory_status(context);
    for (uint32_t i = 0; i < shells; i++) b->parent[i] = i;
    for (int k = 0; k < 3 && shells > 1; k++) {
        const lqi_dexel_axis *axis = &b->dexels->axis[k];
        for (uint32_t i = 0; i < axis->first[(size_t)axis->across[0] * axis->across[1]]; i++)
            lqi_unite(b->parent, body_of(b, axis->run[i].low_facet), body_of(b, axis->run[i].high_facet));
    }
    for (uint32_t i = 0; i < shells; i++) *body_count += lqi_find(b->parent, i) == i;
    return LQ_OK;
}

/* The gaps of one axis as runs. A gap's facets change places, so that each looks as a run's does: the one below down.
 */
static lq_status turn_axis(const bodies *b, bool one_body, int k, bool between, lqi_dexel_axis *turned)
{
    const lqi_dexel_axis *axis = &b->dexels->axis[k];
    size_t columns = (size_t)axis->across[0] * axis->across[1];
    uint32_t count = 0;
    *turned = *axis;
    turned->first = lqi_alloc_array(b->dexels->context, columns + 1, sizeof *turned->first);
    turned->run = lqi_alloc_array(b->dexels->context, axis->first[columns], sizeof *turned->run);
    if (!turned->first || !turned->run) return lqi_memory_status(b->dexels->context);
    for (size_t c = 0; c < columns; c++) {
        turned->first[c] = count;
        for (uint32_t i = 1; i + 1 < lqi_gap_count(axis, c); i++) {
            lqi_gap gap = lqi_gap_at(axis, c, i);
            bool differ = !one_body && body_of(b, gap.low_facet) != body_of(b, gap.high_facet);
            if (differ != between) continue;
            turned->run[count++] = (lqi_run){gap.low, gap.high, gap.high_facet, gap.low_facet};
        }
    }
    turned->first[columns] = count;
    return LQ_OK;
}

static lq_status measure(const bodies *b, bool one_body, const lqi_placed_solid *solids, bool between, lqi_walls *walls)
{
    lq_context *context = b->dexels->context;
    lqi_dexels turned = *b->dexels;
    lq_status status = LQ_OK;
    for (int k = 0; k < 3; k++) turned.axis[k].first = NULL, turned.axis[k].run = NULL;
    for (int k = 0; k < 3; k++) LQI_TRY_GOTO(turn_axis(b, one_body, k, between, &turned.axis[k]));
    status = lqi_walls_measure(context, &turned, solids, b->solid_count, walls);
done:
    for (int k = 0; k < 3; k++) {
        lqi_free(context, turned.axis[k].first);
        lqi_free(context, turned.axis[k].run);
    }
    return status;
}

lq_status lqi_clearances_measure(lq_context *context, const lqi_dexels *dexels, const lqi_placed_solid *solids,
                                 const lqi_solid_shells *shells, size_t count, lqi_clearances *clearances)
{
    bodies b = {.dexels = dexels, .shells = shells, .solid_count = count};
    *clearances = (lqi_clearances){.examined = dexels->examined};
    if (!dexels->examined) return LQ_OK;
    lq_status status;
    LQI_TRY_GOTO(find_bodies(&b, solids, &clearances->body_count));
    bool one_body = clearances->body_count == 1;
    if (!one_body) LQI_TRY_GOTO(measure(&b, one_body, solids, true, &clearances->between));
    LQI_TRY_GOTO(measure(&b, one_body, solids, false, &clearances->within));
done:
    lqi_free(context, b.first_facet);
    lqi_free(context, b.first_shell);
    lqi_free(context, b.parent);
    if (status != LQ_OK) lqi_clearances_free(clearances);
    return status;
}

void lqi_clearances_free(lqi_clearances *clearances)
{
    lqi_walls_free(&clearances->between);
    lqi_walls_free(&clearances->within);
    *clearances = (lqi_clearances){0};
}
