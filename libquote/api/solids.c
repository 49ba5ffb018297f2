#include "api/solids.h"

#include "base/fail.h"
#include "base/memory.h"

/* Closed and oriented as they are: their facets can be cut as they stand. */
static bool is_sound(const lq_report *report)
{
    const lq_facts *facts = &report->facts;
    return facts->closed == 1 && facts->oriented == 1 && facts->verdict == LQ_VERDICT_OK;
}

/* Only the thorough look tells which facets close a mesh and which are turned. */
static lq_status measure(lq_context *context, const lq_part *part, lqi_solids *solids)
{
    solids->shapes = lqi_alloc_zeroed(context, part->mesh_count, sizeof *solids->shapes);
    if (!solids->shapes) return lqi_memory_status(context);
    solids->shape_count = part->mesh_count;
    for (size_t i = 0; i < part->mesh_count; i++)
        if (part->meshes[i].used)
            LQI_TRY(lqi_shape_measure(context, &part->meshes[i].mesh, LQ_TOPOLOGY_FULL, LQ_FILL_POSITIVE,
                                      &solids->shapes[i]));
    return LQ_OK;
}

/* Axes change places; where that mirrors, y is turned round: it stays a rotation. */
static void place(const double transform[12], const int turn[3], double turned[12])
{
    bool mirrors = (turn[0] == 0) + (turn[1] == 1) + (turn[2] == 2) == 1;
    for (int row = 0; row < 4; row++)
        for (int axis = 0; axis < 3; axis++) {
            double value = transform[3 * row + turn[axis]];
            turned[3 * row + axis] = mirrors && axis == 1 ? -value : value;
        }
}

lq_status lqi_solids_make(lq_context *context, const lq_part *part, const lq_report *report, const int turn[3],
                          lqi_solids *solids)
{
    *solids = (lqi_solids){0};
    if (lqi_part_is_soup(part))
        return lqi_fail(context, LQI_ARGUMENT, -1,
                        "A part that was measured while it was read has no triangles left to estimate.");
    solids->items = lqi_alloc_array(context, part->instance_count, sizeof *solids->items);
    solids->transforms = lqi_alloc_array(context, part->instance_count, sizeof *solids->transforms);
    if (!solids->items || !solids->transforms) return lqi_memory_status(context);
    if (!is_sound(report)) LQI_TRY(measure(context, part, solids));
    for (size_t i = 0; i < part->instance_count; i++) {
        const lqi_part_instance *instance = &part->instances[i];
        if (instance->role == LQ_ROLE_NEGATIVE) continue;
        const lqi_shape *shape = solids->shapes ? &solids->shapes[instance->mesh] : NULL;
        lqi_estimate_solid *solid = &solids->items[solids->count];
        place(instance->transform, turn, solids->transforms[solids->count]);
        *solid = (lqi_estimate_solid){.mesh = &part->meshes[instance->mesh].mesh,
                                      .transform = solids->transforms[solids->count]};
        if (shape && shape->solid_flag) {
            solid->mesh = &shape->solid;
            solid->flag = shape->solid_flag;
        }
        solid->inside_out = shape && shape->inside_out;
        solids->count++;
    }
    return LQ_OK;
}

void lqi_solids_free(lq_context *context, lqi_solids *solids)
{
    for (size_t i = 0; i < solids->shape_count; i++) lqi_shape_free(context, &solids->shapes[i]);
    lqi_free(context, solids->shapes);
    lqi_free(context, solids->transforms);
    lqi_free(context, solids->items);
    *solids = (lqi_solids){0};
}
