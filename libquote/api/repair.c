/* From a part to one that can be printed from: every mesh is repaired by itself, and what is ambiguous is told. */
#include <math.h>
#include <string.h>

#include "api/flatten.h"
#include "api/objects.h"
#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "measure/shape.h"
#include "mesh/repair.h"

/* What is left, of the meshes as they will be written. */
typedef struct leftover {
    uint64_t sheets, inverted, nested, crowded_edges, unoriented;
} leftover;

/* Of repairs of one mesh: each makes it a little more of a solid, or is the last. */
#define ROUNDS_MAX 4

typedef struct repairing {
    lq_context *context;
    lq_part *part; /* the new one */
    lq_repair_options how;
    lqi_repair_counts counts;
    leftover left;
    uint64_t turned_meshes, turned_shells;
    bool any_solid;
} repairing;

/* ---- turning what faces the wrong way ---- */

static int magnitude(lq_fill fill, int winding)
{
    return fill == LQ_FILL_EVEN_ODD ? winding & 1 : winding < 0 ? -winding : winding;
}

/* Is this shell to be turned so that the mesh has the winding that the rule reads into it? */
static bool is_to_turn(const lqi_shell *shell, lq_fill fill)
{
    if (fill == LQ_FILL_POSITIVE || shell->volume == 0) return false;
    int sign = shell->volume > 0 ? 1 : -1;
    return magnitude(fill, shell->winding + sign) - magnitude(fill, shell->winding) != sign;
}

static void turn_triangle(lqi_mesh *mesh, uint32_t triangle)
{
    uint32_t *corner = mesh->corner + (size_t)3 * triangle, second = corner[1];
    corner[1] = corner[2];
    corner[2] = second;
}

static void turn_chosen(const lqi_shape *shape, lq_fill fill, lqi_mesh *mesh)
{
    for (uint32_t t = 0; t < mesh->triangle_count; t++) {
        uint32_t shell = shape->topology.shell[t];
        if (shell != LQI_NO_SHELL && is_to_turn(&shape->shells.shell[shell], fill)) turn_triangle(mesh, t);
    }
}

static uint32_t count_to_turn(const lqi_shape *shape, lq_fill fill)
{
    uint32_t count = 0;
    for (uint32_t s = 0; s < shape->shells.count; s++) count += is_to_turn(&shape->shells.shell[s], fill);
    return count;
}

/* Shells that cross each other have no place in one another: turning one changes what the others are. Then all stay. */
static lq_status turn_shells(repairing *r, const lqi_shape *shape, lqi_mesh *mesh, uint32_t *turned)
{
    *turned = count_to_turn(shape, r->how.fill);
    if (!*turned) return LQ_OK;
    turn_chosen(shape, r->how.fill, mesh);
    lqi_shape after;
    LQI_TRY(lqi_shape_measure(r->context, mesh, LQ_TOPOLOGY_FULL, r->how.fill, &after));
    bool settled = after.volume_examined && !after.inside_out && !count_to_turn(&after, r->how.fill);
    lqi_shape_free(r->context, &after);
    if (settled) return LQ_OK;
    turn_chosen(shape, r->how.fill, mesh);
    *turned = 0;
    return LQ_OK;
}

/* shape: of the mesh as it is now; its shells are those of a mesh that was turned whole if it is inside out. */
static lq_status turn(repairing *r, const lqi_shape *shape, lqi_mesh *mesh)
{
    if (!shape->volume_examined) return LQ_OK;
    for (uint32_t t = 0; shape->inside_out && t < mesh->triangle_count; t++) turn_triangle(mesh, t);
    uint32_t turned;
    LQI_TRY(turn_shells(r, shape, mesh, &turned));
    r->turned_meshes += shape->inside_out;
    r->turned_shells += turned;
    for (uint32_t s = 0; s < shape->shells.count; s++) {
        const lqi_shell *shell = &shape->shells.shell[s];
        if (turned && is_to_turn(shell, r->how.fill)) continue;
        r->left.inverted += shell->kind == LQI_SHELL_INVERTED;
        r->left.nested += shell->kind == LQI_SHELL_NESTED;
    }
    return LQ_OK;
}

/* ---- what is left ---- */

/* Shells that are open still. */
static lq_status count_sheets(repairing *r, const lqi_shape *shape)
{
    if (!shape->body.boundary.loop_count) return LQ_OK;
    uint8_t *met = lqi_alloc_zeroed(r->context, shape->body.topology->shell_count, 1);
    if (!met) return lqi_memory_status(r->context);
    for (uint32_t i = 0; i < shape->body.boundary.loop_count; i++) {
        uint8_t *shell = &met[shape->body.boundary.loop[i].shell];
        r->left.sheets += !*shell;
        *shell = 1;
    }
    lqi_free(r->context, met);
    return LQ_OK;
}

static lq_status count_left(repairing *r, const lqi_shape *shape)
{
    r->left.unoriented += shape->topology.non_orientable_patches;
    r->left.crowded_edges += shape->topology.non_manifold_edges;
    return count_sheets(r, shape);
}

/* ---- one mesh ---- */

static bool is_sound(const lqi_topology *topology)
{
    return !topology->degenerate_triangles && !topology->duplicate_triangles && !topology->opposite_pairs &&
           !topology->misoriented_triangles && !topology->unbalanced_edges;
}

/* *changed: `mesh` is another now, and its shape has to be found again. */
static lq_status mend(repairing *r, const lqi_shape *shape, lqi_mesh *mesh, bool *changed)
{
    *changed = false;
    if (is_sound(&shape->topology)) return LQ_OK;
    lqi_mesh mended;
    uint64_t steps = r->counts.steps;
    LQI_TRY(lqi_repair(r->context, mesh, !shape->sheet, &mended, &r->counts));
    lqi_mesh_free(r->context, mesh);
    *mesh = mended;
    *changed = r->counts.steps != steps;
    return LQ_OK;
}

static lq_status finish(repairing *r, const lqi_shape *shape, lqi_mesh *mesh)
{
    bool solid = !shape->sheet && !shape->volume_is_zero;
    if (solid) LQI_TRY(turn(r, shape, mesh));
    r->any_solid |= solid;
    return count_left(r, shape);
}

/* What was no solid may be one when its copies are gone, so the mesh is looked at until nothing changes. */
static lq_status look_and_turn(repairing *r, lqi_mesh *mesh)
{
    bool changed = true;
    for (int round = 0; changed && mesh->triangle_count; round++) {
        lqi_shape shape;
        LQI_TRY(lqi_shape_measure(r->context, mesh, LQ_TOPOLOGY_FULL, r->how.fill, &shape));
        changed = false;
        lq_status status = round < ROUNDS_MAX ? mend(r, &shape, mesh, &changed) : LQ_OK;
        if (status == LQ_OK && !changed) status = finish(r, &shape, mesh);
        lqi_shape_free(r->context, &shape);
        LQI_TRY(status);
    }
    return LQ_OK;
}

/* ---- telling ---- */

static lq_status tell(repairing *r, const char *code, uint64_t count, bool done, const char *message)
{
    if (!count) return LQ_OK;
    lqi_note *note;
    LQI_TRY(lqi_notes_add(&r->part->actions, code, done ? LQ_SEVERITY_INFO : LQ_SEVERITY_WARN, count, -1, &note, "%s",
                          message));
    note->repaired = done;
    return LQ_OK;
}

static lq_status tell_done(repairing *r)
{
    const lqi_repair_counts *c = &r->counts;
    LQI_TRY(tell(r, "degenerate_triangles", c->degenerate, true, "Facets without any area were left out."));
    LQI_TRY(tell(r, "duplicate_triangles", c->duplicate, true, "Extra copies of facets were left out."));
    LQI_TRY(tell(r, "opposite_triangle_pairs", c->opposite, true,
                 "Pairs of facets that lay back to back were left out: they enclosed nothing."));
    LQI_TRY(tell(r, "floating_noise_shells", c->scraps, true,
                 "Loose facets that hung on nothing and enclosed nothing were left out."));
    LQI_TRY(tell(r, "misoriented_triangles", c->misoriented, true, "Facets that faced the wrong way were turned."));
    LQI_TRY(tell(r, "cracks_within_tolerance", c->cracks, true,
                 "Corners were joined that differed by less than the tolerance."));
    LQI_TRY(tell(r, "t_junctions", c->t_junctions, true, "Edges were divided where a corner lay on them."));
    LQI_TRY(tell(r, "boundary_loops", c->loops, true, "Openings were closed."));
    LQI_TRY(tell(r, "mesh_inside_out", r->turned_meshes, true, "A body that faced inwards as a whole was turned."));
    LQI_TRY(
        tell(r, "shell_inverted", r->turned_shells, true, "Shells were turned, as the chosen fill rule reads them."));
    LQI_TRY(tell(r, "non_manifold_edges", c->edges, true, "Bodies that touched in edges were separated there."));
    return tell(r, "non_manifold_vertices", c->vertices, true, "Bodies that touched in single points were separated.");
}

static lq_status tell_left(repairing *r)
{
    const leftover *left = &r->left;
    LQI_TRY(tell(r, "surface_not_solid", left->sheets, false,
                 "Open surfaces that enclose nothing are left as they are: give them a thickness where they were "
                 "drawn."));
    LQI_TRY(tell(r, "non_orientable", left->unoriented, false,
                 "Part of the surface has no inside and outside; it is left as it is."));
    LQI_TRY(tell(r, "hole_fill_coarse", r->counts.loops_coarse, false,
                 "Some openings were closed with the plainest cap, because a better one took too much work: raise the "
                 "limit work_units for it."));
    LQI_TRY(tell(r, "work_budget_exceeded", r->counts.unfinished, false,
                 "The work limit ended before everything was looked at: raise the limit work_units for it."));
    LQI_TRY(tell(
        r, "shell_inverted", left->inverted, false,
        "Shells face inwards and lie in no body: they are left so. The fill rule nonzero turns them into solids."));
    LQI_TRY(tell(r, "nested_solid_shell", left->nested, false,
                 "Bodies lie inside others and are left solid. The fill rule even-odd turns them into hollow spaces."));
    if (r->how.format == LQ_WRITE_3MF) return LQ_OK;
    return tell(r, "non_manifold_edges", left->crowded_edges, false,
                "Bodies touch in edges, which STL cannot tell apart: write 3MF to separate them.");
}

/* ---- the new part ---- */

static const char *copy_text(lq_part *part, const char *text, lq_status *status)
{
    if (!text) return NULL;
    char *copy = lqi_arena_alloc(&part->arena, strlen(text) + 1);
    if (copy)
        strcpy(copy, text);
    else
        *status = lqi_memory_status(part->context);
    return copy;
}

static lq_status copy_texts(lq_part *part, const lq_part *from)
{
    lq_status status = LQ_OK;
    lqi_file_facts *file = &part->file;
    const char **texts[] = {&file->name, &file->producer, &file->entry, &file->plate_name, &file->object};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) *texts[i] = copy_text(part, *texts[i], &status);
    for (size_t i = 0; i < from->item_count && status == LQ_OK; i++) {
        bool again = i && from->item_names[i] == from->item_names[i - 1];
        part->item_names[i] = again ? part->item_names[i - 1] : copy_text(part, from->item_names[i], &status);
    }
    return status;
}

static lq_status copy_mesh(lq_context *context, const lqi_mesh *from, lqi_mesh *to)
{
    *to = *from;
    to->corner = NULL;
    to->dropped_count = to->normals_against = 0;
    to->seams_closed = false;
    to->position = lqi_alloc_array(context, from->vertex_count, 3 * sizeof *to->position);
    if (to->position) to->corner = lqi_alloc_array(context, from->triangle_count, 3 * sizeof *to->corner);
    if (!to->corner) return lqi_memory_status(context);
    if (from->vertex_count) memcpy(to->position, from->position, (size_t)from->vertex_count * 3 * sizeof *to->position);
    if (from->triangle_count) memcpy(to->corner, from->corner, (size_t)from->triangle_count * 3 * sizeof *to->corner);
    return LQ_OK;
}

static lq_status copy_part(lq_context *context, const lq_part *from, lq_part *part)
{
    part->file = from->file;
    part->meshes = lqi_alloc_zeroed(context, from->mesh_count, sizeof *part->meshes);
    part->instances = part->meshes ? lqi_alloc_array(context, from->instance_count, sizeof *part->instances) : NULL;
    part->item_names = part->instances ? lqi_alloc_zeroed(context, from->item_count, sizeof *part->item_names) : NULL;
    if (!part->item_names) return lqi_memory_status(context);
    part->item_count = part->item_capacity = from->item_count;
    LQI_TRY(copy_texts(part, from));
    memcpy(part->instances, from->instances, from->instance_count * sizeof *part->instances);
    part->instance_count = part->instance_capacity = from->instance_count;
    part->mesh_count = part->mesh_capacity = from->mesh_count;
    for (size_t i = 0; i < from->mesh_count; i++) {
        if (!from->meshes[i].used) continue;
        LQI_TRY(copy_mesh(context, &from->meshes[i].mesh, &part->meshes[i].mesh));
        part->meshes[i].used = true;
    }
    return LQ_OK;
}

/* Instances of meshes of which nothing is left. */
static void drop_empty(lq_part *part)
{
    size_t kept = 0;
    for (size_t i = 0; i < part->instance_count; i++)
        if (part->meshes[part->instances[i].mesh].mesh.triangle_count) part->instances[kept++] = part->instances[i];
    part->instance_count = kept;
    for (size_t i = 0; i < part->mesh_count; i++) part->meshes[i].used = part->meshes[i].mesh.triangle_count != 0;
}

static lq_status make_flat(repairing *r)
{
    lq_part *part = r->part;
    if (lqi_is_flat(part)) return LQ_OK;
    lqi_mesh mesh;
    LQI_TRY(lqi_flatten(r->context, part, &mesh));
    for (size_t i = 0; i < part->mesh_count; i++) lqi_mesh_free(r->context, &part->meshes[i].mesh);
    part->mesh_count = 1;
    part->meshes[0] = (lqi_part_mesh){.mesh = mesh, .count = UINT32_MAX, .used = true};
    part->instance_count = 1;
    part->instances[0] =
        (lqi_part_instance){.item = part->instances[0].item, .transform = {1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0}};
    r->left = (leftover){0};
    LQI_TRY(look_and_turn(r, &part->meshes[0].mesh));
    drop_empty(part);
    return LQ_OK;
}

static lq_status separate_all(repairing *r)
{
    for (size_t i = 0; i < r->part->mesh_count; i++)
        if (r->part->meshes[i].used) LQI_TRY(lqi_repair_separate(r->context, &r->part->meshes[i].mesh, &r->counts));
    return LQ_OK;
}

static lq_status repair_part(repairing *r, const lq_part *from)
{
    LQI_TRY(copy_part(r->context, from, r->part));
    for (size_t i = 0; i < r->part->mesh_count; i++)
        if (r->part->meshes[i].used) LQI_TRY(look_and_turn(r, &r->part->meshes[i].mesh));
    drop_empty(r->part);
    bool is_3mf = r->how.format == LQ_WRITE_3MF;
    if (r->any_solid && !is_3mf) LQI_TRY(make_flat(r));
    if (!r->any_solid || !r->part->instance_count)
        return lqi_fail(r->context, LQI_SURFACE_NOT_SOLID, -1,
                        "This is a surface that encloses no volume: there is no solid to repair.");
    if (is_3mf) LQI_TRY(separate_all(r));
    LQI_TRY(tell_done(r));
    return tell_left(r);
}

static lq_status check_options(lq_context *context, const lq_repair_options *given, lq_repair_options *how)
{
    lqi_copy_options(how, sizeof *how, given);
    if (!how->format) how->format = LQ_WRITE_3MF;
    bool known = (int)how->format >= LQ_WRITE_STL_BINARY && how->format <= LQ_WRITE_3MF && (int)how->fill >= 0 &&
                 how->fill <= LQ_FILL_EVEN_ODD;
    return known ? LQ_OK : lqi_fail(context, LQI_ARGUMENT, -1, "The fill rule or the format is not known.");
}

lq_status lq_part_repair(lq_context *context, const lq_part *part, const lq_repair_options *options, lq_part **out)
{
    if (!context || !part || !out) return LQ_ERR_ARGUMENT;
    *out = NULL;
    lqi_begin(context);
    repairing r = {.context = context};
    LQI_TRY(check_options(context, options, &r.how));
    if (lqi_part_is_soup(part))
        return lqi_fail(context, LQI_ARGUMENT, -1, "The part was read for the certificate alone: it has no triangles.");
    r.part = lqi_alloc_zeroed(context, 1, sizeof *r.part);
    if (!r.part) return lqi_memory_status(context);
    r.part->context = context;
    lqi_arena_init(&r.part->arena, context);
    lqi_notes_init(&r.part->notes, context);
    lqi_notes_init(&r.part->actions, context);
    lq_status status = repair_part(&r, part);
    if (status != LQ_OK) {
        lq_part_destroy(r.part);
        return status;
    }
    *out = r.part;
    return LQ_OK;
}

/* ---- what was done ---- */

size_t lq_part_action_count(const lq_part *part) { return part->actions.count; }

lq_status lq_part_action(const lq_part *part, size_t index, lq_repair_action *action)
{
    if (index >= part->actions.count) return LQ_ERR_ARGUMENT;
    const lqi_note *note = &part->actions.items[index];
    *action = (lq_repair_action){note->code, note->count, note->message, note->repaired};
    return LQ_OK;
}
