/* From a use of an object down to its meshes: finds and loads what is referred to, refuses cycles, and counts from the
 * leaves up what expanding would give, before anything is expanded. */
#include "base/checked.h"
#include "base/fail.h"
#include "base/memory.h"
#include "format/threemf_inside.h"

typedef struct frame {
    uint32_t part, object;
    size_t next; /* component to look at */
} frame;

typedef struct walk {
    lqi_threemf *threemf;
    frame *frames;
    size_t count, capacity;
} walk;

static lqi_model_object *object_of(lqi_threemf *threemf, uint32_t part, uint32_t object)
{
    return &threemf->parts[part].objects[object];
}

static lq_status in_part(lqi_threemf *threemf, uint32_t from, lq_status status)
{
    lqi_fail_part(threemf->context, threemf->parts[from].name);
    return status;
}

static lq_status find_object(lqi_threemf *threemf, uint32_t from, lqi_model_use *use)
{
    if (use->object != LQI_NO_OBJECT) return LQ_OK;
    if (use->part == LQI_NO_PART)
        return in_part(threemf, from,
                       lqi_fail(threemf->context, LQI_OPC_MISSING_PART, use->offset,
                                "The model refers to a part that is not in the file (%.200s).", use->path));
    LQI_TRY(lqi_model_part_load(threemf, use->part));
    use->object = lqi_model_object_of_id(&threemf->parts[use->part], use->object_id);
    if (use->object != LQI_NO_OBJECT) return LQ_OK;
    return in_part(threemf, from,
                   lqi_fail(threemf->context, LQI_THREEMF_BAD_REF, use->offset,
                            "The model refers to object %u, which is not there.", (unsigned)use->object_id));
}

static lq_status push(walk *w, uint32_t part, uint32_t object)
{
    LQI_TRY(lqi_grow(w->threemf->context, (void **)&w->frames, &w->capacity, w->count + 1, sizeof *w->frames));
    w->frames[w->count++] = (frame){part, object, 0};
    lqi_model_object *opened = object_of(w->threemf, part, object);
    opened->visit = LQI_VISIT_OPEN;
    opened->height = 0;
    opened->leaf_count = opened->has_components ? 0 : 1;
    opened->placed_triangles = opened->has_components ? 0 : opened->triangle_count;
    opened->extent = lqi_extent_none;
    if (!opened->has_components && lqi_model_role(opened) == LQ_ROLE_MODEL) {
        lqi_transform unit = lqi_transform_identity;
        for (int i = 0; i < 9; i += 4) unit.m[i] = w->threemf->parts[part].unit_mm;
        lqi_extent_add(&opened->extent, &opened->mesh_extent, &unit);
    }
    return LQ_OK;
}

static lq_status add_child(lqi_threemf *threemf, frame *at, const lqi_model_use *use)
{
    lqi_model_object *parent = object_of(threemf, at->part, at->object);
    const lqi_model_object *child = object_of(threemf, use->part, use->object);
    parent->leaf_count = lqi_add_saturated(parent->leaf_count, child->leaf_count);
    parent->placed_triangles = lqi_add_saturated(parent->placed_triangles, child->placed_triangles);
    lqi_transform placement = use->transform;
    for (int i = 9; i < 12; i++) placement.m[i] *= threemf->parts[at->part].unit_mm;
    lqi_extent_add(&parent->extent, &child->extent, &placement);
    if (parent->height <= child->height) parent->height = child->height + 1;
    uint64_t limit = threemf->context->limits.component_depth;
    if (parent->height <= limit) return LQ_OK;
    lq_status status =
        lqi_fail(threemf->context, LQI_THREEMF_DEPTH, use->offset, "The model's components are nested too deeply.");
    lqi_fail_limit(threemf->context, limit, parent->height);
    return in_part(threemf, at->part, status);
}

/* Looks at the next component of the newest frame, or closes the frame. */
static lq_status step(walk *w)
{
    lqi_threemf *threemf = w->threemf;
    frame *at = &w->frames[w->count - 1];
    const lqi_model_object *object = object_of(threemf, at->part, at->object);
    if (!object->has_components || at->next == object->component_count) {
        object_of(threemf, at->part, at->object)->visit = LQI_VISIT_DONE;
        w->count--;
        return LQ_OK;
    }
    lqi_model_use *use = &threemf->parts[at->part].uses[object->component_first + at->next];
    LQI_TRY(find_object(threemf, at->part, use));
    switch (object_of(threemf, use->part, use->object)->visit) {
    case LQI_VISIT_NEW: return push(w, use->part, use->object); /* looked at again when it is done */
    case LQI_VISIT_OPEN:
        return in_part(
            threemf, at->part,
            lqi_fail(threemf->context, LQI_THREEMF_CYCLE, use->offset, "An object of the model contains itself."));
    case LQI_VISIT_DONE: break;
    }
    at->next++;
    return add_child(threemf, at, use);
}

lq_status lqi_model_resolve(lqi_threemf *threemf, uint32_t from, lqi_model_use *use)
{
    LQI_TRY(find_object(threemf, from, use));
    if (object_of(threemf, use->part, use->object)->visit == LQI_VISIT_DONE) return LQ_OK;
    walk w = {.threemf = threemf};
    lq_status status;
    LQI_TRY_GOTO(push(&w, use->part, use->object));
    for (uint64_t steps = 0; w.count; steps++) {
        LQI_TRY_GOTO(step(&w));
        if (steps % 65536 == 65535) LQI_TRY_GOTO(lqi_progress(threemf->context, "resolve", steps, 0));
    }
done:
    /* After a failure the objects on the way down are as if never seen, so that the next read tells the same. */
    for (size_t i = 0; i < w.count; i++)
        object_of(threemf, w.frames[i].part, w.frames[i].object)->visit = LQI_VISIT_NEW;
    lqi_free(threemf->context, w.frames);
    return status;
}

/* ---- root model ---- */

static lq_status load_as_root(lqi_threemf *threemf, size_t entry)
{
    LQI_TRY(lqi_model_part_of_entry(threemf, entry, &threemf->root));
    threemf->item_count = 0;
    LQI_TRY(lqi_package_read_model_relationships(threemf, entry));
    return lqi_model_part_load(threemf, threemf->root);
}

/* Of several candidates the first, unless it builds nothing and exactly one other does. */
static lq_status choose_root(lqi_threemf *threemf, size_t *chosen)
{
    size_t built = SIZE_MAX, built_count = 0;
    lq_status status = LQ_OK;
    for (size_t i = 0; i < threemf->start_count && status == LQ_OK; i++) {
        status = load_as_root(threemf, threemf->start_entries[i]);
        if (status != LQ_OK) break;
        lqi_model_part_free(threemf, &threemf->parts[threemf->root]);
        if (threemf->item_count && built_count++ == 0) built = i;
    }
    *chosen = threemf->start_entries[built_count == 1 ? built : 0];
    return status;
}

lq_status lqi_model_load_root(lqi_threemf *threemf)
{
    if (threemf->root_loaded) return LQ_OK;
    size_t entry = threemf->start_entries[0];
    if (threemf->start_count > 1) LQI_TRY(choose_root(threemf, &entry));
    LQI_TRY(load_as_root(threemf, entry));
    threemf->root_loaded = true;
    return LQ_OK;
}
