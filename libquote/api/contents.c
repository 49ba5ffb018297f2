#include "api/contents.h"

#include <string.h>

#include "api/opened.h"
#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "format/stl_layout.h"

/* An STL is one object on one plate. Only binary ones say how many facets they have without being read. */
static lq_status fill_from_stl(lq_context *context, const lqi_opened *opened, const char *name, lq_contents *contents)
{
    contents->objects = lqi_arena_alloc(&contents->arena, sizeof *contents->objects);
    contents->plates = lqi_arena_alloc(&contents->arena, sizeof *contents->plates);
    contents->plate_items = lqi_arena_alloc(&contents->arena, sizeof *contents->plate_items);
    lq_plate_item *item = lqi_arena_alloc(&contents->arena, sizeof *item);
    if (!contents->objects || !contents->plates || !contents->plate_items || !item) return lqi_memory_status(context);
    uint64_t count = LQ_COUNT_UNKNOWN;
    if (opened->kind == LQI_KIND_STL_BINARY) count = (opened->bytes.size - LQI_STL_HEADER_SIZE) / LQI_STL_RECORD_SIZE;
    contents->objects[0] = (lq_object){.id = "1", .name = name, .triangle_count = count, .role = LQ_ROLE_MODEL};
    *item = (lq_plate_item){.object_id = "1", .name = name, .printable = 1, .painted = -1};
    contents->plate_items[0] = item;
    contents->plates[0] = (lq_plate){.number = 1,
                                     .name = "",
                                     .source = LQ_PLATE_IMPLICIT,
                                     .item_count = 1,
                                     .printable_item_count = 1,
                                     .sliced_time_s = -1,
                                     .sliced_mass_g = -1,
                                     .painted = -1};
    contents->object_count = contents->plate_count = 1;
    return LQ_OK;
}

/* Plates come sorted by number. SIZE_MAX: the item is outside them all. */
static size_t find_plate(const lqi_threemf_contents *from, uint32_t number)
{
    size_t low = 0, high = from->plate_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (from->plates[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low < from->plate_count && from->plates[low].number == number ? low : SIZE_MAX;
}

static int painted(const lqi_filament_list *list) { return list->count ? list->painted : -1; }

static lq_plate public_plate(const lqi_threemf_plate *plate, const lqi_filament_list *filaments)
{
    return (lq_plate){.number = plate->number,
                      .name = plate->name,
                      .source = plate->source,
                      .sliced_time_s = plate->sliced_time_s,
                      .sliced_mass_g = plate->sliced_mass_g,
                      .sliced_filaments = plate->sliced_filaments,
                      .sliced_filament_count = plate->sliced_filament_count,
                      .sliced_objects = plate->sliced_objects,
                      .sliced_object_count = plate->sliced_object_count,
                      .skipped = plate->skipped,
                      .skipped_count = plate->skipped_count,
                      .filaments = filaments->items,
                      .filament_count = filaments->count,
                      .painted = painted(filaments)};
}

static lq_plate_item public_item(const lqi_threemf_item *item, const lqi_filament_list *filaments)
{
    return (lq_plate_item){.object_id = item->object_id,
                           .instance = item->instance,
                           .name = item->name,
                           .printable = item->printable,
                           .filaments = filaments->items,
                           .filament_count = filaments->count,
                           .painted = painted(filaments)};
}

/* The list that an item stands in: of its plate, or of those on none. */
static lq_plate_item *next_of_list(lq_contents *contents, size_t plate, int printable)
{
    if (plate == SIZE_MAX) return &contents->outside[contents->outside_count++];
    contents->plates[plate].printable_item_count += printable != 0;
    return &contents->plate_items[plate][contents->plates[plate].item_count++];
}

static lq_status make_lists(lq_context *context, const lqi_threemf_contents *from, lq_contents *contents)
{
    for (size_t i = 0; i < from->item_count; i++) {
        size_t plate = find_plate(from, from->items[i].plate);
        (*(plate == SIZE_MAX ? &contents->outside_count : &contents->plates[plate].item_count))++;
    }
    contents->outside = lqi_arena_alloc(&contents->arena, contents->outside_count * sizeof *contents->outside);
    if (!contents->outside) return lqi_memory_status(context);
    contents->outside_count = 0;
    for (size_t i = 0; i < from->plate_count; i++) {
        contents->plate_items[i] =
            lqi_arena_alloc(&contents->arena, contents->plates[i].item_count * sizeof(lq_plate_item));
        if (!contents->plate_items[i]) return lqi_memory_status(context);
        contents->plates[i].item_count = 0;
    }
    return LQ_OK;
}

static lq_status fill_plates(lq_context *context, const lqi_threemf_contents *from, const lqi_threemf_details *details,
                             lq_contents *contents)
{
    for (size_t i = 0; i < from->plate_count; i++)
        contents->plates[i] = public_plate(&from->plates[i], &details->plate_filaments[i]);
    LQI_TRY(make_lists(context, from, contents));
    for (size_t i = 0; i < from->item_count; i++) {
        const lqi_threemf_item *item = &from->items[i];
        *next_of_list(contents, find_plate(from, item->plate), item->printable) =
            public_item(item, &details->item_filaments[i]);
    }
    return LQ_OK;
}

static lq_status fill_from_threemf(lq_context *context, const lqi_opened *opened, lq_contents *contents)
{
    const lqi_threemf_contents *from;
    lqi_threemf_details details;
    LQI_TRY(lqi_threemf_contents_read(opened->threemf, &from));
    LQI_TRY(lqi_threemf_details_read(opened->threemf, &contents->arena, &details));
    contents->threemf = opened->threemf;
    contents->picture = details.picture;
    contents->plate_pictures = details.plate_pictures;
    contents->family = from->family;
    contents->producer = from->producer;
    contents->objects = lqi_arena_alloc(&contents->arena, from->object_count * sizeof *contents->objects);
    contents->plates = lqi_arena_alloc(&contents->arena, from->plate_count * sizeof *contents->plates);
    contents->plate_items = lqi_arena_alloc(&contents->arena, from->plate_count * sizeof *contents->plate_items);
    if (!contents->objects || !contents->plates || !contents->plate_items) return lqi_memory_status(context);
    for (size_t i = 0; i < from->object_count; i++) {
        const lqi_threemf_object *object = &from->objects[i];
        contents->objects[i] = (lq_object){object->id, object->name, object->triangle_count, object->role};
    }
    contents->object_count = from->object_count;
    LQI_TRY(fill_plates(context, from, &details, contents));
    contents->plate_count = from->plate_count;
    contents->filaments = lqi_arena_alloc(&contents->arena, from->filament_count * sizeof *contents->filaments);
    if (!contents->filaments) return lqi_memory_status(context);
    for (size_t i = 0; i < from->filament_count; i++) {
        const lqi_threemf_filament *filament = &from->filaments[i];
        contents->filaments[i] =
            (lq_filament){filament->index, filament->type, filament->color, filament->density_g_cm3};
    }
    contents->filament_count = from->filament_count;
    return LQ_OK;
}

lq_status lqi_contents_make(lq_model *model, lqi_opened *opened, const char *name, lq_contents **out)
{
    lq_context *context = model->context;
    lq_contents *contents = lqi_alloc_zeroed(context, 1, sizeof *contents);
    if (!contents) return lqi_memory_status(context);
    lqi_arena_init(&contents->arena, context);
    contents->context = context;
    contents->family = "generic";
    lq_status status =
        opened->threemf ? fill_from_threemf(context, opened, contents) : fill_from_stl(context, opened, name, contents);
    if (status != LQ_OK) {
        lqi_contents_free(context, contents);
        return status;
    }
    *out = contents;
    return LQ_OK;
}

void lqi_contents_free(lq_context *context, lq_contents *contents)
{
    if (!contents) return;
    lqi_arena_free(&contents->arena);
    lqi_free(context, contents);
}

lq_status lq_model_contents(lq_model *model, const char *entry, const lq_contents **out)
{
    if (!model || !out) return LQ_ERR_ARGUMENT;
    *out = NULL;
    lqi_begin(model->context);
    lqi_opened *opened;
    const char *name;
    LQI_TRY(lqi_model_choose(model, entry, &opened, &name));
    size_t key = name ? model->inner_entry : SIZE_MAX - 1;
    if (!model->contents || model->contents_entry != key) {
        lqi_contents_free(model->context, model->contents);
        model->contents = NULL;
        LQI_TRY(lqi_contents_make(model, opened, name ? name : model->name, &model->contents));
        model->contents_entry = key;
    }
    *out = model->contents;
    return LQ_OK;
}

lq_status lq_model_may_have_plates(lq_model *model, const char *entry, int *may)
{
    if (!model || !may) return LQ_ERR_ARGUMENT;
    lqi_begin(model->context);
    lqi_opened *opened;
    const char *name;
    LQI_TRY(lqi_model_choose(model, entry, &opened, &name));
    *may = opened->threemf && lqi_threemf_may_have_plates(opened->threemf);
    return LQ_OK;
}

const char *lq_contents_family(const lq_contents *contents) { return contents->family; }
const char *lq_contents_producer(const lq_contents *contents) { return contents->producer; }

size_t lq_contents_object_count(const lq_contents *contents) { return contents->object_count; }

lq_status lq_contents_object(const lq_contents *contents, size_t index, lq_object *object)
{
    if (index >= contents->object_count) return LQ_ERR_ARGUMENT;
    *object = contents->objects[index];
    return LQ_OK;
}

size_t lq_contents_plate_count(const lq_contents *contents) { return contents->plate_count; }

lq_status lq_contents_plate(const lq_contents *contents, size_t index, lq_plate *plate)
{
    if (index >= contents->plate_count) return LQ_ERR_ARGUMENT;
    *plate = contents->plates[index];
    return LQ_OK;
}

lq_status lq_contents_plate_item(const lq_contents *contents, size_t plate_index, size_t item_index,
                                 lq_plate_item *item)
{
    if (plate_index >= contents->plate_count || item_index >= contents->plates[plate_index].item_count)
        return LQ_ERR_ARGUMENT;
    *item = contents->plate_items[plate_index][item_index];
    return LQ_OK;
}

size_t lq_contents_outside_count(const lq_contents *contents) { return contents->outside_count; }

lq_status lq_contents_outside(const lq_contents *contents, size_t index, lq_plate_item *item)
{
    if (index >= contents->outside_count) return LQ_ERR_ARGUMENT;
    *item = contents->outside[index];
    return LQ_OK;
}

size_t lq_contents_filament_count(const lq_contents *contents) { return contents->filament_count; }

lq_status lq_contents_filament(const lq_contents *contents, size_t index, lq_filament *filament)
{
    if (index >= contents->filament_count) return LQ_ERR_ARGUMENT;
    *filament = contents->filaments[index];
    return LQ_OK;
}

/* ---- pictures ---- */

const char *lq_picture_format_name(lq_picture_format format)
{
    return format == LQ_PICTURE_PNG ? "png" : format == LQ_PICTURE_JPEG ? "jpeg" : NULL;
}

static const lqi_picture *picture_of(const lq_contents *contents, size_t plate_index)
{
    static const lqi_picture none = {0};
    if (plate_index == LQ_WHOLE_FILE) return &contents->picture;
    if (plate_index >= contents->plate_count) return NULL;
    return contents->plate_pictures ? &contents->plate_pictures[plate_index] : &none;
}

lq_status lq_contents_thumbnail(const lq_contents *contents, size_t plate_index, lq_thumbnail *thumbnail)
{
    const lqi_picture *picture = picture_of(contents, plate_index);
    if (!picture) return LQ_ERR_ARGUMENT;
    *thumbnail = picture->told;
    return LQ_OK;
}

lq_status lq_contents_thumbnail_read(const lq_contents *contents, size_t plate_index, void **bytes, size_t *size)
{
    if (!contents || !bytes || !size) return LQ_ERR_ARGUMENT;
    *bytes = NULL;
    *size = 0;
    lqi_begin(contents->context);
    const lqi_picture *picture = picture_of(contents, plate_index);
    if (!picture || !picture->told.entry)
        return lqi_fail(contents->context, LQI_ARGUMENT, -1, "There is no such picture in the file.");
    uint8_t *data;
    LQI_TRY(lqi_threemf_picture_read(contents->threemf, picture, &data, size));
    *bytes = data;
    return LQ_OK;
}

void lq_bytes_free(lq_context *context, void *bytes) { lqi_free(context, bytes); }
