/* Reading a selection: which items, their meshes once, their placements. */
#include <math.h>
#include <string.h>

#include "base/checked.h"
#include "base/fail.h"
#include "base/memory.h"
#include "format/threemf_place.h"
#include "format/threemf_plates.h"

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
    while (index < contents->object_count && strcmp(contents->objects[index].id, id) != 0) index++;
    if (index == contents->object_count) return fail_object(threemf, id);
    c->object = threemf->listed[index];
    c->only = &c->object;
    c->uses = &c->only;
    c->count = 1;
    return LQ_OK;
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
    lq_status status = has_gcode(threemf->zip) ? lqi_fail_gcode_only(threemf)
                                               : lqi_fail(threemf->context, LQI_THREEMF_EMPTY_BUILD, -1,
                                                          "The model says to build nothing.");
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
        if (item->printable && (plate ? item->plate == plate : item->plate != 0)) c->uses[c->count++] = &item->use;
    }
    if (c->count) return LQ_OK;
    return plate ? fail_plate(threemf, plate) : fail_nothing(threemf);
}

/* ---- what it leads to ---- */

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
    threemf->placed_triangles = triangles;
    return triangles > limits->triangles
               ? lqi_fail_over_limit(threemf->context, "triangles", limits->triangles, triangles)
               : LQ_OK;
}

static lq_status walk_all(lqi_placing *r, const chosen *c)
{
    r->steps = 0;
    for (size_t i = 0; i < c->count; i++) LQI_TRY(lqi_place_use(r, c->uses[i]));
    return LQ_OK;
}

/* ---- meshes ---- */

static lq_status copy_mesh(lq_context *context, const lqi_sink_mesh *mesh, lqi_sink_mesh *copy)
{
    *copy = *mesh;
    copy->xyz = lqi_alloc_array(context, mesh->vertex_count, 3 * sizeof *mesh->xyz);
    copy->corner = copy->xyz ? lqi_alloc_array(context, mesh->triangle_count, 3 * sizeof *mesh->corner) : NULL;
    if (!copy->corner) {
        lqi_free(context, copy->xyz);
        return lqi_memory_status(context);
    }
    if (mesh->vertex_count) memcpy(copy->xyz, mesh->xyz, (size_t)mesh->vertex_count * 3 * sizeof *mesh->xyz);
    if (mesh->triangle_count)
        memcpy(copy->corner, mesh->corner, (size_t)mesh->triangle_count * 3 * sizeof *mesh->corner);
    return LQ_OK;
}

static lq_status deliver(lq_context *context, lqi_sink_mesh *mesh, bool keep, const lqi_sink *sink)
{
    lqi_sink_mesh given = *mesh;
    LQI_TRY(sink->mesh_begin(sink->user));
    if (keep)
        LQI_TRY(copy_mesh(context, mesh, &given));
    else
        *mesh = (lqi_sink_mesh){0};
    lq_status status = sink->indexed(sink->user, &given);
    lqi_threemf_mesh_free(context, &given);
    return status == LQ_OK ? sink->mesh_end(sink->user) : status;
}

static bool was_given_back(const lqi_model_object *object) { return object->triangle_count && !object->mesh.corner; }

static lq_status deliver_part(lqi_threemf *threemf, uint32_t part, bool keep, const lqi_sink *sink,
                              uint32_t *mesh_count)
{
    for (size_t i = 0; i < threemf->parts[part].object_count; i++) {
        lqi_model_object *object = &threemf->parts[part].objects[i];
        if (!object->wanted) continue;
        if (was_given_back(object)) LQI_TRY(lqi_model_part_reload(threemf, part));
        object->mesh_id = (*mesh_count)++;
        LQI_TRY(deliver(threemf->context, &object->mesh, keep, sink));
    }
    return LQ_OK;
}

/* A file that holds one thing to quote is read once: its meshes need not be kept. */
static void give_back(lqi_threemf *threemf, uint32_t part)
{
    for (size_t i = 0; i < threemf->parts[part].object_count; i++)
        lqi_threemf_mesh_free(threemf->context, &threemf->parts[part].objects[i].mesh);
}

static lq_status deliver_meshes(lqi_threemf *threemf, const lqi_sink *sink)
{
    const bool keep = threemf->plate_count > 1;
    uint32_t mesh_count = 0;
    for (size_t i = 0; i < threemf->part_count; i++) {
        uint32_t part = threemf->order[i];
        if (!threemf->parts[part].loaded) continue;
        LQI_TRY(deliver_part(threemf, part, keep, sink, &mesh_count));
        if (!keep) give_back(threemf, part);
    }
    return LQ_OK;
}

static void forget_last_read(lqi_threemf *threemf)
{
    for (size_t i = 0; i < threemf->part_count; i++) {
        threemf->parts[i].used = false;
        for (size_t k = 0; k < threemf->parts[i].object_count; k++) {
            threemf->parts[i].objects[k].mesh_id = LQI_NO_MESH;
            threemf->parts[i].objects[k].wanted = false;
        }
    }
}

/* Of the package, and of the parts that this selection needs. */
static lq_status tell_notes(lqi_threemf *threemf, lqi_notes *notes)
{
    LQI_TRY(lqi_notes_append(notes, &threemf->notes));
    for (size_t i = 0; i < threemf->part_count; i++) {
        const lqi_model_part *part = &threemf->parts[threemf->order[i]];
        if (part->used || threemf->order[i] == threemf->root) LQI_TRY(lqi_notes_append(notes, &part->notes));
    }
    return LQ_OK;
}

lq_status lqi_threemf_read(lqi_threemf *threemf, const lqi_threemf_selection *selection, const lqi_sink *sink,
                           lqi_notes *notes)
{
    lq_context *context = threemf->context;
    if (!(selection->scale > 0) || !isfinite(selection->scale))
        return lqi_fail(context, LQI_ARGUMENT, -1, "The scale must be a positive number.");
    lqi_placing r = {.threemf = threemf, .selection = selection, .sink = sink, .notes = notes};
    chosen c = {0};
    size_t depth;
    lq_status status;
    forget_last_read(threemf);
    LQI_TRY_GOTO(selection->object ? choose_object(threemf, selection->object, &c)
                                   : choose_items(threemf, selection->plate, &c));
    LQI_TRY_GOTO(lqi_model_look_ahead(threemf, c.uses, c.count));
    LQI_TRY_GOTO(resolve_all(threemf, &c, &depth));
    if (selection->object) lqi_list_roles(threemf); /* with the names that vendors give to parts just read */
    r.levels = lqi_alloc_array(context, depth + 1, sizeof *r.levels);
    if (!r.levels) {
        status = lqi_memory_status(context);
        goto done;
    }
    LQI_TRY_GOTO(walk_all(&r, &c));
    LQI_TRY_GOTO(lqi_model_order_parts(threemf));
    LQI_TRY_GOTO(deliver_meshes(threemf, sink));
    r.delivering = true;
    LQI_TRY_GOTO(walk_all(&r, &c));
    LQI_TRY_GOTO(tell_notes(threemf, notes));
done:
    lqi_free(context, r.levels);
    if (c.uses != &c.only) lqi_free(context, c.uses);
    return status;
}

uint64_t lqi_threemf_placed_triangles(const lqi_threemf *threemf) { return threemf->placed_triangles; }

void lqi_threemf_about_read(const lqi_threemf *threemf, const lqi_threemf_selection *selection,
                            lqi_threemf_about *about)
{
    *about = (lqi_threemf_about){.family = threemf->family,
                                 .producer = threemf->producer,
                                 .unit = threemf->parts[threemf->root].unit,
                                 .filaments = threemf->settings.filaments,
                                 .filament_count = threemf->settings.filament_count};
    if (selection->object) return;
    for (size_t i = 0; i < threemf->plate_count; i++)
        if (threemf->plates[i].number == selection->plate || (selection->plate == 0 && threemf->plate_count == 1))
            about->plate = &threemf->plates[i];
}
