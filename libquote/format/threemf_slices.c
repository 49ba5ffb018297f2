/* slice_info.config of Bambu Studio and its kin: what slicing a plate found. Claims of whoever wrote the file. */
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/print_words.h"
#include "format/threemf_plates.h"
#include "format/threemf_vendor.h"

#define NAME_MAX_SIZE 256

typedef struct name_list {
    const char **items;
    size_t count, capacity;
} name_list;

typedef struct reader {
    lqi_threemf *threemf;
    size_t depth;
    bool in_plate;
    uint32_t number; /* of the current plate element */
    lqi_threemf_plate found;
    lq_filament_use *filaments;
    size_t filament_count, filament_capacity;
    name_list objects, skipped;
} reader;

/* Anything that is no plain number means that there is no claim. */
static double claimed(const char *text)
{
    double value;
    uint64_t commas = 0;
    return text && lqi_number_of(text, false, &commas, &value) == LQI_VALUE_GOOD && value >= 0 && value < 1e12 ? value
                                                                                                               : -1;
}

static void take_metadata(reader *r, const char *key, const char *value)
{
    if (!key || !value) return;
    if (strcmp(key, "index") == 0 && lqi_index_of(value, &r->number) != LQI_VALUE_GOOD) r->number = 0;
    if (strcmp(key, "prediction") == 0) r->found.sliced_time_s = claimed(value);
    if (strcmp(key, "weight") == 0) r->found.sliced_mass_g = claimed(value);
    if (strcmp(key, "support_used") == 0) r->found.sliced_with_support = strcmp(value, "true") == 0;
}

static lq_status take_filament(reader *r, const char *const *attributes)
{
    const char *id = lqi_xml_attribute(attributes, "id");
    lq_filament_use use = {.used_m = claimed(lqi_xml_attribute(attributes, "used_m")),
                           .used_g = claimed(lqi_xml_attribute(attributes, "used_g"))};
    if (!id || lqi_index_of(id, &use.index) != LQI_VALUE_GOOD || use.index == 0) return LQ_OK;
    if (r->filament_count == LQI_FILAMENTS_MAX) return LQ_OK;
    LQI_TRY(lqi_grow(r->threemf->context, (void **)&r->filaments, &r->filament_capacity, r->filament_count + 1,
                     sizeof *r->filaments));
    r->filaments[r->filament_count++] = use;
    return LQ_OK;
}

static lq_status take_object(reader *r, const char *const *attributes)
{
    const char *name = lqi_xml_attribute(attributes, "name"), *skipped = lqi_xml_attribute(attributes, "skipped");
    name_list *list = skipped && strcmp(skipped, "true") == 0 ? &r->skipped : &r->objects;
    LQI_TRY(
        lqi_grow(r->threemf->context, (void **)&list->items, &list->capacity, list->count + 1, sizeof *list->items));
    const char *copy = lqi_arena_text(&r->threemf->arena, name ? name : "", name ? strnlen(name, NAME_MAX_SIZE) : 0);
    if (!copy) return lqi_memory_status(r->threemf->context);
    list->items[list->count++] = copy;
    return LQ_OK;
}

static lq_status on_start(void *user, lqi_xml *xml, const char *name, const char *const *attributes)
{
    (void)xml;
    reader *r = user;
    r->depth++;
    if (r->depth == 2) {
        r->in_plate = strcmp(name, "plate") == 0;
        r->number = 0;
        r->found = (lqi_threemf_plate){.sliced_time_s = -1, .sliced_mass_g = -1};
        r->filament_count = r->objects.count = r->skipped.count = 0;
    }
    if (r->depth != 3 || !r->in_plate) return LQ_OK;
    if (strcmp(name, "filament") == 0) return take_filament(r, attributes);
    if (strcmp(name, "object") == 0) return take_object(r, attributes);
    if (strcmp(name, "metadata") == 0)
        take_metadata(r, lqi_xml_attribute(attributes, "key"), lqi_xml_attribute(attributes, "value"));
    return LQ_OK;
}

static lq_status keep(lqi_arena *arena, const void *items, size_t size, const void **copy)
{
    void *block = lqi_arena_alloc(arena, size);
    if (!block) return lqi_memory_status(arena->context);
    if (size) memcpy(block, items, size);
    *copy = block;
    return LQ_OK;
}

static lq_status keep_names(lqi_arena *arena, const name_list *names, const char *const **copy)
{
    return keep(arena, names->items, names->count * sizeof *names->items, (const void **)copy);
}

static lq_status on_end(void *user, lqi_xml *xml)
{
    (void)xml;
    reader *r = user;
    if (r->depth-- != 2 || !r->in_plate) return LQ_OK;
    lqi_threemf_plate *plate = lqi_plate_of_number(r->threemf, r->number);
    if (!plate) return LQ_OK;
    lqi_arena *arena = &r->threemf->arena;
    plate->sliced_time_s = r->found.sliced_time_s;
    plate->sliced_mass_g = r->found.sliced_mass_g;
    plate->sliced_with_support = r->found.sliced_with_support;
    LQI_TRY(
        keep(arena, r->filaments, r->filament_count * sizeof *r->filaments, (const void **)&plate->sliced_filaments));
    LQI_TRY(keep_names(arena, &r->objects, &plate->sliced_objects));
    LQI_TRY(keep_names(arena, &r->skipped, &plate->skipped));
    plate->sliced_filament_count = r->filament_count;
    plate->sliced_object_count = r->objects.count;
    plate->skipped_count = r->skipped.count;
    return LQ_OK;
}

lq_status lqi_slices_read(lqi_threemf *threemf)
{
    static const lqi_xml_handler handler = {.start = on_start, .end = on_end, .raw_names = true};
    reader r = {.threemf = threemf};
    bool read;
    lq_status status = lqi_vendor_parse(threemf, "Metadata/slice_info.config", &handler, &r, &read);
    lqi_free(threemf->context, r.filaments);
    lqi_free(threemf->context, r.objects.items);
    lqi_free(threemf->context, r.skipped.items);
    return status;
}

lq_status lqi_fail_gcode_only(lqi_threemf *threemf)
{
    double time_s = 0, mass_g = 0;
    char time[32] = "", mass[32] = "";
    bool any_time = false, any_mass = false;
    for (size_t i = 0; i < threemf->plate_count; i++) {
        const lqi_threemf_plate *plate = &threemf->plates[i];
        if (plate->sliced_time_s >= 0) time_s += plate->sliced_time_s, any_time = true;
        if (plate->sliced_mass_g >= 0) mass_g += plate->sliced_mass_g, any_mass = true;
    }
    if (any_time) lqi_time_words(time_s, time);
    if (any_mass) lqi_mass_words(mass_g, mass);
    const char *between = *time && *mass ? ", " : "";
    bool any = *time || *mass;
    return lqi_fail(threemf->context, LQI_THREEMF_GCODE_ONLY, -1,
                    "This is a sliced file without a model%s%s%s%s%s; upload the project or the model itself.",
                    any ? " (its slicer says: " : "", time, between, mass, any ? ")" : "");
}
