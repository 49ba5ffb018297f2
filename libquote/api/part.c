/* Reading a selection: plugs a mesh builder into a format's sink. */
#include <math.h>
#include <string.h>

#include "api/objects.h"
#include "api/opened.h"
#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "format/stl.h"
#include "mesh/builder.h"
#include "mesh/submesh.h"

/* Beyond this no part is left, only rounding. */
#define SCALE_MIN 1e-9

/* Names are shown, not looked up: a hundred thousand items must not carry four kilobytes each. */
#define ITEM_NAME_SIZE_MAX 200

_Static_assert(LQI_SINK_RECORDS % LQI_MOMENT_CHUNK == 0, "sums do not depend on the length of runs");

typedef struct receiver {
    lq_part *part;
    lqi_mesh_builder builder;
    lqi_pass soup; /* instead of the builder, where the proof alone is asked for */
    uint32_t source_meshes;
    const char *name_last, *name_copy; /* the name given last, and its copy in the part */
    uint32_t *range_slot; /* ranges already cut out: index + 1 of the part's mesh, by hash of mesh and range */
    uint32_t range_slots, range_count;
    uint64_t instance_triangles; /* with repeats, against the limit */
} receiver;

static lq_status add_mesh(lq_part *part, uint32_t source_mesh, uint32_t first, uint32_t count, lqi_mesh *mesh,
                          uint32_t *index)
{
    LQI_TRY(lqi_grow(part->context, (void **)&part->meshes, &part->mesh_capacity, part->mesh_count + 1,
                     sizeof *part->meshes));
    *index = (uint32_t)part->mesh_count;
    part->meshes[part->mesh_count++] =
        (lqi_part_mesh){.mesh = *mesh, .source_mesh = source_mesh, .first = first, .count = count};
    *mesh = (lqi_mesh){0};
    return LQ_OK;
}

/* ---- sink ---- */

static lq_status begin_mesh(void *user)
{
    receiver *r = user;
    lqi_mesh_builder_init(&r->builder, r->part->context);
    return LQ_OK;
}

static lq_status expect_facets(void *user, uint64_t count)
{
    return lqi_mesh_builder_expect(&((receiver *)user)->builder, count);
}

static lq_status take_facets(void *user, const float *corners, uint32_t count)
{
    return lqi_mesh_builder_facets(&((receiver *)user)->builder, corners, count);
}

static void take_normals(void *user, uint32_t against, uint32_t first)
{
    lqi_mesh_builder_normals(&((receiver *)user)->builder, against, first);
}

static lq_status take_records(void *user, const uint8_t *records, uint64_t count, bool swapped,
                              lqi_dropped_facets *dropped)
{
    return lqi_mesh_builder_records(&((receiver *)user)->builder, records, count, swapped, dropped);
}

static lq_status take_indexed(void *user, lqi_sink_mesh *mesh)
{
    lqi_indexed indexed = {mesh->xyz, mesh->corner, mesh->vertex_count, mesh->triangle_count};
    lq_status status = lqi_mesh_builder_take(&((receiver *)user)->builder, &indexed);
    mesh->xyz = indexed.xyz;
    mesh->corner = indexed.corner;
    return status;
}

/* ---- sink of a part that is measured while it is read ---- */

static lq_status begin_soup(void *user)
{
    receiver *r = user;
    lqi_pass_init(&r->soup, r->part->context);
    return LQ_OK;
}

static lq_status measure_records(void *user, const uint8_t *records, uint64_t count, bool swapped,
                                 lqi_dropped_facets *dropped)
{
    receiver *r = user;
    uint64_t after = r->soup.facet_count + count;
    if (after > LQI_TRIANGLE_COUNT_MAX)
        return lqi_fail_over_limit(r->part->context, "triangles", LQI_TRIANGLE_COUNT_MAX, after);
    return lqi_pass_add(&r->soup, records, count, swapped, dropped);
}

static lq_status end_soup(void *user)
{
    receiver *r = user;
    lq_context *context = r->part->context;
    lqi_mesh counts = {.triangle_count = (uint32_t)(r->soup.facet_count - r->soup.dropped_count)};
    lqi_pass_measures *measures = lqi_alloc(context, sizeof *measures);
    if (!measures) return lqi_memory_status(context);
    lqi_pass_finish(&r->soup, measures);
    uint32_t index;
    lq_status status = add_mesh(r->part, r->source_meshes++, 0, UINT32_MAX, &counts, &index);
    if (status == LQ_OK)
        r->part->meshes[index].soup = measures;
    else
        lqi_free(context, measures);
    return status;
}

/* A surface that is almost clean is closed without a mesh: its records are gone through once more. */
typedef struct second_look {
    const lqi_pass *pass;
    lqi_sketch sketch;
} second_look;

static lq_status begin_nothing(void *user)
{
    (void)user;
    return LQ_OK;
}

static lq_status look_again(void *user, const uint8_t *records, uint64_t count, bool swapped,
                            lqi_dropped_facets *dropped)
{
    second_look *look = user;
    *dropped = LQI_NONE_DROPPED;
    lqi_pass_look_again(look->pass, records, count, swapped, &look->sketch);
    return LQ_OK;
}

static lq_status close_soup(const lqi_view *bytes, int lenient, const receiver *r)
{
    lq_context *context = r->part->context;
    lqi_pass_measures *measures = r->part->meshes[0].soup;
    if (measures->certificate.closed && measures->certificate.oriented) return LQ_OK;
    second_look look = {.pass = &r->soup};
    lqi_notes told_before;
    const lqi_sink sink = {
        .user = &look, .mesh_begin = begin_nothing, .mesh_end = begin_nothing, .records = look_again};
    LQI_TRY(lqi_sketch_init(context, &look.sketch));
    lqi_notes_init(&told_before, context);
    lq_status status = lqi_stl_read_binary(context, bytes->data, bytes->size, lenient, NULL, &sink, &told_before);
    if (status == LQ_OK) status = lqi_pass_close(&r->soup, &look.sketch, measures);
    lqi_notes_free(&told_before);
    lqi_sketch_free(&look.sketch);
    return status;
}

static lq_status end_mesh(void *user)
{
    receiver *r = user;
    lqi_mesh mesh;
    LQI_TRY(lqi_mesh_builder_finish(&r->builder, &mesh));
    uint32_t index;
    lq_status status = add_mesh(r->part, r->source_meshes, 0, UINT32_MAX, &mesh, &index);
    if (status != LQ_OK) lqi_mesh_free(r->part->context, &mesh);
    r->source_meshes++;
    return status;
}

/* ---- ranges of triangles as meshes of their own ---- */

static uint32_t range_hash(uint32_t mesh, uint32_t first, uint32_t count)
{
    uint64_t h = ((uint64_t)mesh << 32 ^ first) * 0x9FB21C651E98DF25u;
    h = (h ^ h >> 32 ^ count) * 0xD6E8FEB86659FD93u;
    return (uint32_t)(h >> 32);
}

/* The slot that holds this range, or the free one where it belongs. */
static uint32_t *range_slot(const receiver *r, uint32_t mesh, uint32_t first, uint32_t count)
{
    for (uint32_t i = range_hash(mesh, first, count);; i++) {
        uint32_t *slot = &r->range_slot[i & (r->range_slots - 1)];
        if (!*slot) return slot;
        const lqi_part_mesh *known = &r->part->meshes[*slot - 1];
        if (known->source_mesh == mesh && known->first == first && known->count == count) return slot;
    }
}

static lq_status grow_range_slots(receiver *r)
{
    if (2 * (r->range_count + 1) <= r->range_slots) return LQ_OK;
    uint32_t slots = r->range_slots ? r->range_slots * 2 : 64;
    uint32_t *grown = lqi_alloc_zeroed(r->part->context, slots, sizeof *grown);
    if (!grown) return lqi_memory_status(r->part->context);
    lqi_free(r->part->context, r->range_slot);
    r->range_slot = grown;
    r->range_slots = slots;
    for (size_t i = r->source_meshes; i < r->part->mesh_count; i++) {
        const lqi_part_mesh *mesh = &r->part->meshes[i];
        *range_slot(r, mesh->source_mesh, mesh->first, mesh->count) = (uint32_t)i + 1;
    }
    return LQ_OK;
}

/* The part's mesh for a range of a source mesh; ranges are cut out on first use. Formats deliver all meshes before the
 * first instance, so whole meshes stand at their own number and ranges behind them. */
static lq_status mesh_of_range(receiver *r, const lqi_instance *instance, uint32_t *index)
{
    lq_part *part = r->part;
    *index = instance->mesh_id;
    if (instance->mesh_id >= r->source_meshes)
        return lqi_fail(part->context, LQI_INTERNAL, -1, "An instance refers to a mesh that was not read.");
    const lqi_mesh *from = &part->meshes[instance->mesh_id].mesh;
    uint32_t first = instance->triangle_first, count = instance->triangle_count;
    if (first > from->triangle_count) first = from->triangle_count;
    if (count > from->triangle_count - first) count = from->triangle_count - first;
    if (first == 0 && count == from->triangle_count) return LQ_OK;
    LQI_TRY(grow_range_slots(r));
    uint32_t *slot = range_slot(r, instance->mesh_id, first, count);
    if (*slot) {
        *index = *slot - 1;
        return LQ_OK;
    }
    lqi_mesh cut;
    LQI_TRY(lqi_submesh(part->context, from, first, count, &cut));
    lq_status status = add_mesh(part, instance->mesh_id, first, count, &cut, index);
    if (status != LQ_OK) {
        lqi_mesh_free(part->context, &cut);
        return status;
    }
    *slot = *index + 1;
    r->range_count++;
    return LQ_OK;
}

static lq_status name_item(receiver *r, uint32_t item, const char *name)
{
    lq_part *part = r->part;
    if (item < part->item_count) return LQ_OK;
    LQI_TRY(lqi_grow(part->context, (void **)&part->item_names, &part->item_capacity, (size_t)item + 1,
                     sizeof *part->item_names));
    if (!r->name_copy || name != r->name_last) { /* the items of one object share its name */
        size_t size = name ? strnlen(name, ITEM_NAME_SIZE_MAX) : 0;
        while (size == ITEM_NAME_SIZE_MAX && size && ((unsigned char)name[size] & 0xC0) == 0x80) size--;
        r->name_copy = lqi_arena_text(&part->arena, name ? name : "", size);
        r->name_last = name;
        if (!r->name_copy) return lqi_memory_status(part->context);
    }
    while (part->item_count <= item) part->item_names[part->item_count++] = r->name_copy;
    return LQ_OK;
}

static lq_status take_instance(void *user, const lqi_instance *instance)
{
    receiver *r = user;
    lq_part *part = r->part;
    if (instance->role != LQ_ROLE_MODEL && instance->role != LQ_ROLE_NEGATIVE) return LQ_OK;
    for (int i = 0; i < 12; i++)
        if (!isfinite(instance->transform[i]))
            return lqi_fail(part->context, LQI_RANGE, -1, "A placement is out of range.");
    uint32_t mesh = 0;
    LQI_TRY(mesh_of_range(r, instance, &mesh));
    r->instance_triangles = r->instance_triangles + part->meshes[mesh].mesh.triangle_count;
    if (r->instance_triangles > part->context->limits.triangles)
        return lqi_fail_over_limit(part->context, "triangles", part->context->limits.triangles, r->instance_triangles);
    if (part->instance_count >= part->context->limits.instances)
        return lqi_fail_over_limit(part->context, "instances", part->context->limits.instances,
                                   part->instance_count + 1);
    LQI_TRY(lqi_grow(part->context, (void **)&part->instances, &part->instance_capacity, part->instance_count + 1,
                     sizeof *part->instances));
    LQI_TRY(name_item(r, instance->item_index, instance->object_name));
    lqi_part_instance *added = &part->instances[part->instance_count++];
    *added = (lqi_part_instance){.mesh = mesh, .item = instance->item_index, .role = instance->role};
    memcpy(added->transform, instance->transform, sizeof added->transform);
    part->meshes[mesh].used = true;
    return LQ_OK;
}

/* ---- formats ---- */

static lq_status read_stl(lq_part *part, const lqi_opened *opened, lq_model *model, const lq_selection *selection,
                          const lqi_sink *sink)
{
    lq_context *context = part->context;
    const lqi_view *bytes = &opened->bytes;
    lqi_digest *digest = opened == &model->top && !opened->gzipped ? &model->digest : NULL;
    if (selection->object && strcmp(selection->object, "1") != 0) {
        lq_status status =
            lqi_fail(context, LQI_OBJECT_NOT_FOUND, -1, "There is no object %s in the file.", selection->object);
        lqi_fail_candidate(context, "1");
        return status;
    }
    if (selection->plate > 1) {
        lq_status status =
            lqi_fail(context, LQI_PLATE_NOT_FOUND, -1, "There is no plate %u in the file.", selection->plate);
        lqi_fail_candidate(context, "1");
        return status;
    }
    if (opened->kind == LQI_KIND_STL_BINARY)
        LQI_TRY(lqi_stl_read_binary(context, bytes->data, bytes->size, model->lenient, digest, sink, &part->notes));
    else
        LQI_TRY(lqi_stl_read_ascii(context, bytes->data, bytes->size, model->lenient, sink, &part->notes));
    const lqi_note *dropped = lqi_notes_find(&part->notes, "stl_nonfinite");
    const lqi_note *far = lqi_notes_find(&part->notes, "coordinate_out_of_range");
    part->meshes[0].mesh.dropped_count = (dropped ? dropped->count : 0) + (far ? far->count : 0);
    double scale = lqi_unit_mm(selection->unit) * selection->scale;
    lqi_instance instance = {.triangle_count = UINT32_MAX,
                             .transform = {scale, 0, 0, 0, scale, 0, 0, 0, scale, 0, 0, 0},
                             .object_name = part->file.entry ? part->file.entry : part->file.name};
    return sink->instance(sink->user, &instance);
}

static lq_status read_threemf(lq_part *part, const lqi_opened *opened, const lq_selection *selection,
                              const lqi_sink *sink)
{
    lqi_threemf_selection chosen = {selection->plate, selection->object, selection->unit, selection->scale};
    LQI_TRY(lqi_threemf_read(opened->threemf, &chosen, sink, &part->notes));
    part->placed_triangles = lqi_threemf_placed_triangles(opened->threemf);
    lqi_threemf_about about;
    lqi_threemf_about_read(opened->threemf, &chosen, &about);
    part->file.family = about.family;
    if (about.producer) {
        part->file.producer = lqi_arena_text(&part->arena, about.producer, strlen(about.producer));
        if (!part->file.producer) return lqi_memory_status(part->context);
    }
    if (selection->unit == LQ_UNIT_DEFAULT) part->file.unit = about.unit;
    if (about.plate) {
        part->file.plate = about.plate->number;
        part->file.plate_name = lqi_arena_text(&part->arena, about.plate->name, strlen(about.plate->name));
        if (!part->file.plate_name) return lqi_memory_status(part->context);
        bool as_sliced = selection->scale == 1 && selection->unit == LQ_UNIT_DEFAULT;
        if (as_sliced) part->file.claim = lqi_claim_of_plate(&about);
    }
    return LQ_OK;
}

/* A negative part alone is nothing. */
static bool has_material(const lq_part *part)
{
    for (size_t i = 0; i < part->instance_count; i++)
        if (part->instances[i].role == LQ_ROLE_MODEL) return true;
    return false;
}

/* Meshes that no chosen instance uses are not kept. */
static void drop_unused_meshes(lq_part *part)
{
    for (size_t i = 0; i < part->mesh_count; i++)
        if (!part->meshes[i].used) lqi_mesh_free(part->context, &part->meshes[i].mesh);
}

static lq_status describe_file(lq_part *part, const lq_model *model, const lqi_opened *opened, const char *entry,
                               const lq_selection *selection)
{
    lqi_file_facts *file = &part->file;
    *file = (lqi_file_facts){
        .bytes = model->size, .format = lqi_opened_format(opened), .family = "generic", .open_ms = model->open_ms};
    file->claim = lqi_claim_none;
    file->name = lqi_arena_text(&part->arena, model->name, strlen(model->name));
    if (entry) file->entry = lqi_arena_text(&part->arena, entry, strlen(entry));
    if (selection->object) file->object = lqi_arena_text(&part->arena, selection->object, strlen(selection->object));
    if (!file->name || (entry && !file->entry) || (selection->object && !file->object))
        return lqi_memory_status(part->context);
    file->container = entry ? "zip" : opened->gzipped ? "gzip" : NULL;
    bool is_stl = !opened->threemf;
    file->unit = selection->unit != LQ_UNIT_DEFAULT ? selection->unit : LQ_UNIT_MM;
    file->unit_source = selection->unit != LQ_UNIT_DEFAULT ? "option" : is_stl ? "assumed" : "file";
    if (!opened->gzipped) return LQ_OK;
    return lqi_notes_add(&part->notes, "gzip", LQ_SEVERITY_INFO, 1, 0, NULL, "The file was compressed with gzip.");
}

static lq_status check_selection(lq_context *context, const lq_selection *given, lq_selection *selection)
{
    lqi_copy_options(selection, sizeof *selection, given);
    if (selection->scale == 0) selection->scale = 1;
    if (!(selection->scale >= SCALE_MIN && selection->scale <= 1 / SCALE_MIN))
        return lqi_fail(context, LQI_ARGUMENT, -1, "The scale must be a number between 1e-9 and 1e9.");
    if ((int)selection->unit < LQ_UNIT_DEFAULT || selection->unit > LQ_UNIT_FOOT)
        return lqi_fail(context, LQI_ARGUMENT, -1, "The unit is not known.");
    if ((int)selection->topology < LQ_TOPOLOGY_FULL || selection->topology > LQ_TOPOLOGY_CERTIFICATE)
        return lqi_fail(context, LQI_ARGUMENT, -1, "The depth is not known.");
    return LQ_OK;
}

lq_status lq_part_read(lq_model *model, const lq_selection *given, lq_part **out)
{
    if (!model || !out) return LQ_ERR_ARGUMENT;
    *out = NULL;
    lq_context *context = model->context;
    lqi_begin(context);
    double start = lqi_clock_ms();
    lq_selection selection;
    LQI_TRY(check_selection(context, given, &selection));
    lqi_opened *opened;
    const char *entry;
    LQI_TRY(lqi_model_choose(model, selection.entry, &opened, &entry));
    lq_part *part = lqi_alloc_zeroed(context, 1, sizeof *part);
    if (!part) return lqi_memory_status(context);
    part->context = context;
    lqi_arena_init(&part->arena, context);
    lqi_notes_init(&part->notes, context);
    receiver receive = {.part = part};
    const lqi_sink meshes = {&receive, begin_mesh,    take_facets,   take_normals, take_indexed,
                             end_mesh, take_instance, expect_facets, take_records};
    const lqi_sink soup = {&receive, begin_soup, NULL, NULL, NULL, end_soup, take_instance, NULL, measure_records};
    bool proof_alone = selection.topology == LQ_TOPOLOGY_CERTIFICATE && opened->kind == LQI_KIND_STL_BINARY;
    lq_status status;
    LQI_TRY_GOTO(describe_file(part, model, opened, entry, &selection));
    if (model->top.zip) LQI_TRY_GOTO(lqi_notes_append(&part->notes, lqi_zip_notes(model->top.zip)));
    if (opened->threemf)
        LQI_TRY_GOTO(read_threemf(part, opened, &selection, &meshes));
    else
        LQI_TRY_GOTO(read_stl(part, opened, model, &selection, proof_alone ? &soup : &meshes));
    if (proof_alone) LQI_TRY_GOTO(close_soup(&opened->bytes, model->lenient, &receive));
    if (!has_material(part)) {
        status = lqi_fail(context, LQI_MESH_EMPTY, -1, "The selection holds no facet.");
        goto done;
    }
    drop_unused_meshes(part);
    memcpy(part->file.hash, lqi_digest_text(&model->digest), sizeof part->file.hash);
done:
    lqi_mesh_builder_free(&receive.builder);
    lqi_pass_free(&receive.soup);
    lqi_free(context, receive.range_slot);
    if (status != LQ_OK) {
        if (entry) lqi_fail_part(context, entry);
        lq_part_destroy(part);
        return status;
    }
    part->file.read_ms = lqi_clock_ms() - start;
    *out = part;
    return LQ_OK;
}

void lq_part_destroy(lq_part *part)
{
    if (!part) return;
    lq_context *context = part->context;
    for (size_t i = 0; i < part->mesh_count; i++) {
        lqi_mesh_free(context, &part->meshes[i].mesh);
        lqi_free(context, part->meshes[i].soup);
    }
    lqi_free(context, part->meshes);
    lqi_free(context, part->instances);
    lqi_free(context, part->item_names);
    lqi_notes_free(&part->notes);
    lqi_notes_free(&part->actions);
    lqi_arena_free(&part->arena);
    lqi_free(context, part);
}
