/* Reading a selection: which items, which leaves of them count, their meshes once, their placements. */
#include <math.h>
#include <string.h>

#include "base/checked.h"
#include "base/fail.h"
#include "base/memory.h"
#include "format/threemf_inside.h"

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

/* One way from an item down to a mesh. */
typedef struct level {
    uint32_t part, object;
    size_t next;
    lqi_transform total; /* from the object's coordinates, in mm, to the build's */
} level;

typedef struct reading {
    lqi_threemf *threemf;
    const lqi_threemf_selection *selection;
    const lqi_sink *sink;
    lqi_notes *notes;
    level *levels; /* the deepest walk of the selection fits */
    size_t level_count;
    bool placing; /* second time round: meshes are there, instances are delivered */
    bool found;   /* something of the current item counts */
    uint32_t item_index;
    const char *item_name;
    uint64_t leaves;
} reading;

static const lqi_model_object *object_at(const reading *r, const level *at)
{
    return &r->threemf->parts[at->part].objects[at->object];
}

static double part_unit_mm(const reading *r, uint32_t part)
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

static lq_status check_object(reading *r, const level *at)
{
    const lqi_model_object *object = object_at(r, at);
    if (object->problem == LQI_VALUE_GOOD) return LQ_OK;
    lq_status status =
        lqi_fail(r->threemf->context, object->problem, object->offset, "%s", problem_sentence(object->problem));
    lqi_fail_part(r->threemf->context, r->threemf->parts[at->part].name);
    return status;
}

static lq_status check_use(const reading *r, uint32_t from, const lqi_model_use *use)
{
    if (!use->singular) return LQ_OK;
    lq_status status = lqi_fail(r->threemf->context, LQI_THREEMF_SINGULAR_TRANSFORM, use->offset,
                                "A placement in the model flattens the part to nothing.");
    lqi_fail_part(r->threemf->context, r->threemf->parts[from].name);
    return status;
}

/* ---- leaves ---- */

static lq_status note_left_out(reading *r, const level *at)
{
    const lqi_model_object *object = object_at(r, at);
    if (object->has_vendor_role || r->placing) return LQ_OK;
    const char *part = r->threemf->parts[at->part].name;
    if (object->type == LQI_TYPE_SURFACE)
        return lqi_threemf_note(r->notes, part, "3mf_surface_object", LQ_SEVERITY_WARN, object->offset,
                                "An open surface is part of the build; it has no volume and was left out.");
    if (object->type == LQI_TYPE_OTHER)
        return lqi_threemf_note(r->notes, part, "3mf_other_in_build", LQ_SEVERITY_WARN, object->offset,
                                "An object that is not meant to be printed is part of the build; it was left out.");
    return LQ_OK;
}

static lq_status place_leaf(reading *r, const level *at, lq_role role)
{
    double factor = part_unit_mm(r, at->part), scale = r->selection->scale;
    lqi_instance instance = {.mesh_id = object_at(r, at)->mesh_id,
                             .triangle_count = UINT32_MAX,
                             .role = role,
                             .item_index = r->item_index,
                             .object_name = r->item_name};
    for (int i = 0; i < 12; i++) {
        instance.transform[i] = at->total.m[i] * scale * (i < 9 ? factor : 1);
        if (isfinite(instance.transform[i]) && (i < 9 || fabs(instance.transform[i]) <= LQI_LENGTH_MAX_MM * scale))
            continue;
        lq_status status =
            lqi_fail(r->threemf->context, LQI_RANGE, object_at(r, at)->offset, "An object is placed out of range.");
        lqi_fail_part(r->threemf->context, r->threemf->parts[at->part].name);
        return status;
    }
    return r->sink->instance(r->sink->user, &instance);
}

static lq_status visit_leaf(reading *r, const level *at)
{
    if (++r->leaves % 4096 == 0) LQI_TRY(lqi_progress(r->threemf->context, "place", r->leaves, 0));
    lqi_model_object *object = &r->threemf->parts[at->part].objects[at->object];
    lq_role role = lqi_model_role(object);
    if (role != LQ_ROLE_MODEL && role != LQ_ROLE_NEGATIVE) return note_left_out(r, at);
    LQI_TRY(check_object(r, at));
    r->found = true;
    object->wanted = true;
    return r->placing ? place_leaf(r, at, role) : LQ_OK;
}

/* ---- walking ---- */

static void enter(reading *r, uint32_t part, uint32_t object, const lqi_transform *total)
{
    r->levels[r->level_count++] = (level){part, object, 0, *total};
}

static lqi_transform placed(const reading *r, uint32_t part, const lqi_model_use *use, const lqi_transform *outer)
{
    lqi_transform own = use->transform;
    for (int i = 9; i < 12; i++) own.m[i] *= part_unit_mm(r, part);
    return lqi_transform_product(&own, outer);
}

/* The counts from the bottom up have bounded this: at most limits.instances leaves, limits.component_depth deep. */
static lq_status walk(reading *r)
{
    while (r->level_count) {
        level *at = &r->levels[r->level_count - 1];
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

static lq_status walk_use(reading *r, const lqi_model_use *use)
{
    const lqi_threemf *threemf = r->threemf;
    const lqi_model_object *object = &threemf->parts[use->part].objects[use->object];
    r->item_name = object->name;
    r->found = false;
    LQI_TRY(check_use(r, threemf->root, use));
    lqi_transform total = placed(r, threemf->root, use, &lqi_transform_identity);
    enter(r, use->part, use->object, &total);
    lq_status status = walk(r);
    r->level_count = 0;
    if (r->placing && r->found) r->item_index++;
    return status;
}

/* ---- which uses ---- */

typedef struct chosen {
    lqi_model_use **uses;
    size_t count;
    lqi_model_use object; /* of a selection by object */
    lqi_model_use *only;
} chosen;

static lq_status fail_object(lqi_threemf *threemf, const char *id)
{
    lq_status status =
        lqi_fail(threemf->context, LQI_OBJECT_NOT_FOUND, -1, "There is no object %.200s in the file.", id);
    for (size_t i = 0; i < threemf->contents.object_count; i++)
        lqi_fail_candidate(threemf->context, threemf->contents.objects[i].id);
    return status;
}

static lq_status choose_object(lqi_threemf *threemf, const char *id, chosen *c)
{
    const lqi_threemf_contents *contents;
    LQI_TRY(lqi_threemf_contents_read(threemf, &contents));
    size_t index = 0;
    for (uint32_t part = 0; part < threemf->part_count; part++)
        for (uint32_t object = 0; threemf->parts[part].loaded && object < threemf->parts[part].object_count; object++) {
            if (strcmp(contents->objects[index++].id, id) != 0) continue;
            c->object = (lqi_model_use){.object_id = threemf->parts[part].objects[object].id,
                                        .part = part,
                                        .object = object,
                                        .transform = lqi_transform_identity,
                                        .offset = threemf->parts[part].objects[object].offset};
            c->only = &c->object;
            c->uses = &c->only;
            c->count = 1;
            return LQ_OK;
        }
    return fail_object(threemf, id);
}

static bool has_gcode(const lqi_zip *zip)
{
    for (size_t i = 0; i < lqi_zip_entry_count(zip); i++) {
        const char *name = lqi_zip_entry_at(zip, i)->name;
        size_t size = strlen(name);
        if (size > 6 && strcmp(name + size - 6, ".gcode") == 0) return true;
    }
    return false;
}

static lq_status fail_nothing(lqi_threemf *threemf)
{
    lq_status status =
        has_gcode(threemf->zip)
            ? lqi_fail(threemf->context, LQI_THREEMF_GCODE_ONLY, -1,
                       "This is a sliced file without a model; upload the project or the model itself.")
            : lqi_fail(threemf->context, LQI_THREEMF_EMPTY_BUILD, -1, "The model says to build nothing.");
    lqi_fail_part(threemf->context, threemf->parts[threemf->root].name);
    return status;
}

static lq_status fail_plate(lqi_threemf *threemf, uint32_t plate)
{
    for (size_t i = 0; i < threemf->plate_count; i++)
        if (threemf->plates[i].number == plate)
            return lqi_fail(threemf->context, LQI_PLATE_EMPTY, -1, "There is nothing to print on plate %u.", plate);
    lq_status status = lqi_fail(threemf->context, LQI_PLATE_NOT_FOUND, -1, "There is no plate %u in the file.", plate);
    for (size_t i = 0; i < threemf->plate_count; i++) {
        char number[12];
        size_t at = sizeof number - 1;
        number[at] = 0;
        uint32_t rest = threemf->plates[i].number;
        do number[--at] = (char)('0' + rest % 10);
        while (rest /= 10);
        lqi_fail_candidate(threemf->context, number + at);
    }
    return status;
}

static lq_status choose_items(lqi_threemf *threemf, uint32_t plate, chosen *c)
{
    LQI_TRY(lqi_model_load_root(threemf));
    LQI_TRY(lqi_threemf_find_plates(threemf));
    if (threemf->item_count == 0) return fail_nothing(threemf);
    c->uses = lqi_alloc_array(threemf->context, threemf->item_count, sizeof *c->uses);
    if (!c->uses) return lqi_memory_status(threemf->context);
    for (size_t i = 0; i < threemf->item_count; i++) {
        lqi_model_item *item = &threemf->items[i];
        if (item->printable && (plate == 0 || item->plate == plate)) c->uses[c->count++] = &item->use;
    }
    if (c->count) return LQ_OK;
    return plate ? fail_plate(threemf, plate) : fail_nothing(threemf);
}

/* ---- the steps ---- */

/* Everything reachable is loaded and counted; nothing is expanded before its size is known. */
static lq_status resolve_all(lqi_threemf *threemf, const chosen *c, size_t *depth)
{
    const lq_limits *limits = &threemf->context->limits;
    uint64_t leaves = 0, triangles = 0;
    *depth = 0;
    for (size_t i = 0; i < c->count; i++) {
        lqi_model_use *use = c->uses[i];
        LQI_TRY(lqi_model_resolve(threemf, threemf->root, use));
        const lqi_model_object *object = &threemf->parts[use->part].objects[use->object];
        leaves = lqi_add_saturated(leaves, object->leaf_count);
        triangles = lqi_add_saturated(triangles, object->placed_triangles);
        if (object->height > *depth) *depth = object->height;
        if (leaves > limits->instances) {
            lq_status status = lqi_fail(threemf->context, LQI_THREEMF_INSTANCES, use->offset,
                                        "The model repeats its objects too often.");
            lqi_fail_limit(threemf->context, limits->instances, leaves);
            lqi_fail_part(threemf->context, threemf->parts[threemf->root].name);
            return status;
        }
    }
    return triangles > limits->triangles
               ? lqi_fail_over_limit(threemf->context, "triangles", limits->triangles, triangles)
               : LQ_OK;
}

static lq_status walk_all(reading *r, const chosen *c)
{
    r->leaves = 0;
    for (size_t i = 0; i < c->count; i++) LQI_TRY(walk_use(r, c->uses[i]));
    return LQ_OK;
}

static bool lacks_meshes(const lqi_model_part *part)
{
    for (size_t i = 0; part->loaded && i < part->object_count; i++)
        if (part->objects[i].wanted && part->objects[i].mesh_id == LQI_NO_MESH) return true;
    return false;
}

static lq_status deliver_meshes(reading *r)
{
    lqi_threemf *threemf = r->threemf;
    for (uint32_t part = 0; part < threemf->part_count; part++)
        if (lacks_meshes(&threemf->parts[part])) LQI_TRY(lqi_model_part_deliver(threemf, part, r->sink));
    return LQ_OK;
}

static void forget_meshes(lqi_threemf *threemf)
{
    threemf->mesh_count = 0;
    for (size_t i = 0; i < threemf->part_count; i++)
        for (size_t k = 0; k < threemf->parts[i].object_count; k++) {
            threemf->parts[i].objects[k].mesh_id = LQI_NO_MESH;
            threemf->parts[i].objects[k].wanted = false;
        }
}

lq_status lqi_threemf_read(lqi_threemf *threemf, const lqi_threemf_selection *selection, const lqi_sink *sink,
                           lqi_notes *notes)
{
    lq_context *context = threemf->context;
    if (!(selection->scale > 0) || !isfinite(selection->scale))
        return lqi_fail(context, LQI_ARGUMENT, -1, "The scale must be a positive number.");
    reading r = {.threemf = threemf, .selection = selection, .sink = sink, .notes = notes};
    chosen c = {0};
    size_t depth;
    lq_status status;
    forget_meshes(threemf);
    threemf->sink = selection->object ? NULL : sink;
    LQI_TRY_GOTO(selection->object ? choose_object(threemf, selection->object, &c)
                                   : choose_items(threemf, selection->plate, &c));
    LQI_TRY_GOTO(resolve_all(threemf, &c, &depth));
    r.levels = lqi_alloc_array(context, depth + 1, sizeof *r.levels);
    if (!r.levels) {
        status = lqi_memory_status(context);
        goto done;
    }
    LQI_TRY_GOTO(walk_all(&r, &c));
    LQI_TRY_GOTO(deliver_meshes(&r));
    r.placing = true;
    LQI_TRY_GOTO(walk_all(&r, &c));
    LQI_TRY_GOTO(lqi_notes_append(notes, &threemf->notes));
done:
    threemf->sink = NULL;
    lqi_free(context, r.levels);
    if (c.uses != &c.only) lqi_free(context, c.uses);
    return status;
}
