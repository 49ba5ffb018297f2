/* From an item down to its meshes: which leaves count and as what, and where they are placed. */
#include "format/threemf_place.h"

#include <math.h>

#include "base/fail.h"
#include "format/threemf_vendor.h"

lq_role lqi_model_role(const lqi_model_object *object)
{
    if (object->has_vendor_role) return object->vendor_role;
    switch (object->type) {
    case LQI_TYPE_SOLID_SUPPORT:
    case LQI_TYPE_SUPPORT: return LQ_ROLE_SUPPORT;
    case LQI_TYPE_SURFACE:
    case LQI_TYPE_OTHER: return LQ_ROLE_OTHER;
    default: return LQ_ROLE_MODEL;
    }
}

static const lqi_model_object *object_at(const lqi_placing *r, const lqi_place_level *at)
{
    return &r->threemf->parts[at->part].objects[at->object];
}

static double part_unit_mm(const lqi_placing *r, uint32_t part)
{
    lq_unit unit = r->selection->unit;
    return unit == LQ_UNIT_DEFAULT ? r->threemf->parts[part].unit_mm : lqi_threemf_unit_mm(unit);
}

/* ---- what a used object must not have ---- */

static const char *problem_sentence(lqi_reason problem)
{
    switch (problem) {
    case LQI_THREEMF_NO_CONTENT: return "An object of the model has no shape.";
    case LQI_THREEMF_BOTH_CONTENT: return "An object of the model has two shapes at once.";
    case LQI_THREEMF_LOWRES_MESH: return "The model holds only a coarse stand-in of the shape.";
    case LQI_THREEMF_BEAMLATTICE: return "The shape is a beam lattice, which is not supported.";
    case LQI_THREEMF_BOOLEAN: return "The shape is a combination of others (boolean), which is not supported.";
    case LQI_THREEMF_DISPLACEMENT: return "The shape has a displaced surface, which is not supported.";
    case LQI_THREEMF_VOLUMETRIC: return "The shape is given by a formula (volumetric), which is not supported.";
    default: return "The shape is a mirrored mesh, which is not supported.";
    }
}

static lq_status check_object(lqi_placing *r, const lqi_place_level *at)
{
    const lqi_model_object *object = object_at(r, at);
    if (object->problem == LQI_VALUE_GOOD) return LQ_OK;
    lq_status status =
        lqi_fail(r->threemf->context, object->problem, object->offset, "%s", problem_sentence(object->problem));
    lqi_fail_part(r->threemf->context, r->threemf->parts[at->part].name);
    return status;
}

static lq_status check_use(const lqi_placing *r, uint32_t from, const lqi_model_use *use)
{
    if (!use->singular) return LQ_OK;
    lq_status status = lqi_fail(r->threemf->context, LQI_THREEMF_SINGULAR_TRANSFORM, use->offset,
                                "A placement in the model flattens the part to nothing.");
    lqi_fail_part(r->threemf->context, r->threemf->parts[from].name);
    return status;
}

/* ---- leaves ---- */

static lq_status note_left_out(lqi_placing *r, const lqi_place_level *at)
{
    const lqi_model_object *object = object_at(r, at);
    if (r->delivering) return LQ_OK;
    const char *part = r->threemf->parts[at->part].name;
    if (object->type == LQI_TYPE_SURFACE)
        return lqi_threemf_note(r->notes, part, "3mf_surface_object", LQ_SEVERITY_WARN, object->offset,
                                "An open surface is part of the build; it has no volume and was left out.");
    if (object->type == LQI_TYPE_OTHER)
        return lqi_threemf_note(r->notes, part, "3mf_other_in_build", LQ_SEVERITY_WARN, object->offset,
                                "An object that is not meant to be printed is part of the build; it was left out.");
    if (lqi_model_role(object) == LQ_ROLE_SUPPORT)
        return lqi_threemf_note(r->notes, part, "object_type_not_model", LQ_SEVERITY_INFO, object->offset,
                                "Supports are part of the build; they are not priced.");
    return LQ_OK;
}

static lq_status fail_far(lqi_placing *r, const lqi_place_level *at)
{
    lq_status status =
        lqi_fail(r->threemf->context, LQI_RANGE, object_at(r, at)->offset, "An object is placed out of range.");
    lqi_fail_part(r->threemf->context, r->threemf->parts[at->part].name);
    return status;
}

static lq_status place(lqi_placing *r, const lqi_place_level *at, lq_role role, uint32_t first, uint32_t count)
{
    if (!r->delivering) return LQ_OK;
    double factor = part_unit_mm(r, at->part), scale = r->selection->scale;
    lqi_instance instance = {.mesh_id = object_at(r, at)->mesh_id,
                             .triangle_first = first,
                             .triangle_count = count,
                             .role = role,
                             .item_index = r->item_index,
                             .object_name = r->item_name};
    for (int i = 0; i < 12; i++) {
        instance.transform[i] = at->total.m[i] * scale * (i < 9 ? factor : 1);
        if (!isfinite(instance.transform[i])) return fail_far(r, at);
        if (i >= 9 && fabs(instance.transform[i]) > LQI_LENGTH_MAX_MM * scale) return fail_far(r, at);
    }
    return r->sink->instance(r->sink->user, &instance);
}

/* Leaves and ranges together: what the counts from the bottom up do not know are the ranges of vendors' files. */
static lq_status count_step(lqi_placing *r)
{
    uint64_t limit = r->threemf->context->limits.instances;
    if (++r->steps % 4096 == 0) LQI_TRY(lqi_progress(r->threemf->context, "place", r->steps, 0));
    if (r->steps <= limit) return LQ_OK;
    lq_status status =
        lqi_fail(r->threemf->context, LQI_THREEMF_INSTANCES, -1, "The model repeats its objects too often.");
    lqi_fail_limit(r->threemf->context, limit, r->steps);
    return status;
}

static bool counts(lq_role role) { return role == LQ_ROLE_MODEL || role == LQ_ROLE_NEGATIVE; }

static lq_status visit_whole(lqi_placing *r, const lqi_place_level *at, lq_role role, bool told)
{
    if (!counts(role)) return told ? LQ_OK : note_left_out(r, at);
    LQI_TRY(check_object(r, at));
    r->found = true;
    r->threemf->parts[at->part].objects[at->object].wanted = true;
    return place(r, at, role, 0, UINT32_MAX);
}

static lq_status check_range(lqi_placing *r, const char *file, const lqi_vendor_part *part, uint64_t triangle_count)
{
    if (part->first <= part->last && part->last < triangle_count) return LQ_OK;
    lq_status status =
        lqi_fail(r->threemf->context, LQI_PRUSA_BAD_RANGE, part->offset,
                 "The slicer's list of parts does not fit the model: it names triangles that are not there.");
    lqi_fail_part(r->threemf->context, file);
    return status;
}

/* Neighbouring ranges of one kind are placed as one: mostly that is the whole mesh. */
static lq_status visit_ranges(lqi_placing *r, const lqi_place_level *at, const lqi_vendor_object *told)
{
    const lqi_vendor_part *parts = r->threemf->vendor->parts + told->part_first;
    uint64_t triangle_count = object_at(r, at)->triangle_count, covered = 0;
    LQI_TRY(check_object(r, at));
    for (size_t i = 0; i < told->part_count;) {
        LQI_TRY(count_step(r));
        LQI_TRY(check_range(r, told->file, &parts[i], triangle_count));
        lq_role role = parts[i].role;
        uint32_t first = parts[i].first, last = parts[i].last;
        for (i++; i < told->part_count && parts[i].role == role && parts[i].first == last + 1; i++) {
            LQI_TRY(count_step(r));
            LQI_TRY(check_range(r, told->file, &parts[i], triangle_count));
            last = parts[i].last;
        }
        covered += (uint64_t)last - first + 1;
        if (!counts(role)) continue;
        r->found = true;
        r->threemf->parts[at->part].objects[at->object].wanted = true;
        bool whole = first == 0 && (uint64_t)last + 1 == triangle_count;
        LQI_TRY(place(r, at, role, first, whole ? UINT32_MAX : last - first + 1));
    }
    if (covered == triangle_count || r->delivering) return LQ_OK;
    return lqi_threemf_note(r->notes, told->file, "prusa_gap", LQ_SEVERITY_WARN, -1,
                            "Some triangles belong to no part in the slicer's list; they were left out.");
}

static lq_status note_mixed(lqi_placing *r, const lqi_vendor_object *left_out)
{
    if (r->delivering) return LQ_OK;
    return lqi_threemf_note(r->notes, left_out->file, "mixed_metadata", LQ_SEVERITY_WARN, -1,
                            "The files of two slicers tell different things about an object; %s was left out.",
                            left_out->file);
}

static lq_status visit_leaf(lqi_placing *r, const lqi_place_level *at)
{
    LQI_TRY(count_step(r));
    const lqi_threemf *threemf = r->threemf;
    const lqi_model_object *object = object_at(r, at);
    if (object->has_vendor_role) return visit_whole(r, at, object->vendor_role, object->vendor_role != LQ_ROLE_SUPPORT);
    const lqi_vendor_object *ranges = at->part == threemf->root ? lqi_vendor_object_of(threemf, object->id) : NULL;
    const lqi_vendor_part *told = lqi_vendor_part_below(threemf, r->levels, r->level_count);
    if (ranges && ranges->has_ranges) {
        if (!told) return visit_ranges(r, at, ranges);
        LQI_TRY(note_mixed(r, ranges)); /* the file of components comes before that of ranges */
    }
    return told ? visit_whole(r, at, told->role, true) : visit_whole(r, at, lqi_model_role(object), false);
}

/* ---- walking ---- */

static void enter(lqi_placing *r, uint32_t part, uint32_t object, const lqi_transform *total)
{
    r->threemf->parts[part].used = true;
    r->levels[r->level_count++] = (lqi_place_level){part, object, 0, *total};
}

static lqi_transform placed(const lqi_placing *r, uint32_t part, const lqi_model_use *use, const lqi_transform *outer)
{
    lqi_transform own = use->transform;
    for (int i = 9; i < 12; i++) own.m[i] *= part_unit_mm(r, part);
    return lqi_transform_product(&own, outer);
}

/* The counts from the bottom up have bounded this: at most limits.instances leaves, limits.component_depth deep. */
static lq_status walk(lqi_placing *r)
{
    while (r->level_count) {
        lqi_place_level *at = &r->levels[r->level_count - 1];
        const lqi_model_object *object = object_at(r, at);
        if (!object->has_components) {
            LQI_TRY(visit_leaf(r, at));
            r->level_count--;
            continue;
        }
        if (at->next == 0) LQI_TRY(check_object(r, at));
        if (at->next == object->component_count) {
            r->level_count--;
        } else {
            const lqi_model_use *use = &r->threemf->parts[at->part].uses[object->component_first + at->next++];
            LQI_TRY(check_use(r, at->part, use));
            lqi_transform total = placed(r, at->part, use, &at->total);
            enter(r, use->part, use->object, &total);
        }
    }
    return LQ_OK;
}

lq_status lqi_place_use(lqi_placing *r, const lqi_model_use *use)
{
    const lqi_threemf *threemf = r->threemf;
    const lqi_model_object *object = &threemf->parts[use->part].objects[use->object];
    r->item_name = lqi_object_name(threemf, use->part, object);
    r->found = false;
    LQI_TRY(check_use(r, threemf->root, use));
    lqi_transform total = placed(r, threemf->root, use, &lqi_transform_identity);
    enter(r, use->part, use->object, &total);
    lq_status status = walk(r);
    r->level_count = 0;
    if (r->delivering && r->found) r->item_index++;
    return status;
}
