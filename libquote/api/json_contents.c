/* libquote.contents/1 */
#include <math.h>

#include "api/objects.h"
#include "api/opened.h"
#include "base/context.h"
#include "base/fail.h"
#include "base/text.h"

/* null when there is none. What is not known about it is null, too. */
static void add_thumbnail(lqi_text *text, const lq_contents *contents, size_t plate_index)
{
    lq_thumbnail thumbnail = {0};
    if (!contents || lq_contents_thumbnail(contents, plate_index, &thumbnail) != LQ_OK || !thumbnail.entry) {
        lqi_json_null(text, "thumbnail");
        return;
    }
    lqi_json_open(text, "thumbnail", '{');
    lqi_json_string(text, "entry", thumbnail.entry);
    lqi_json_integer(text, "bytes", (int64_t)thumbnail.size);
    lqi_json_string(text, "format", lq_picture_format_name(thumbnail.format));
    lqi_json_count(text, "width", thumbnail.width ? (int64_t)thumbnail.width : -1);
    lqi_json_count(text, "height", thumbnail.height ? (int64_t)thumbnail.height : -1);
    lqi_json_close(text, '}');
}

/* Left out where the project does not say. */
static void add_filaments_of(lqi_text *text, const uint32_t *filaments, size_t count, int painted)
{
    if (count == 0) return;
    lqi_json_open(text, "filaments", '[');
    for (size_t i = 0; i < count; i++) lqi_json_integer(text, NULL, filaments[i]);
    lqi_json_close(text, ']');
    lqi_json_bool(text, "painted", painted);
}

static void add_names(lqi_text *text, const char *key, const char *const *names, size_t count)
{
    lqi_json_open(text, key, '[');
    for (size_t i = 0; i < count; i++) lqi_json_string(text, NULL, names[i]);
    lqi_json_close(text, ']');
}

static void add_sliced(lqi_text *text, const lq_plate *plate)
{
    if (plate->sliced_time_s < 0 && plate->sliced_mass_g < 0 && plate->sliced_filament_count == 0 &&
        plate->sliced_object_count == 0 && plate->skipped_count == 0) {
        lqi_json_null(text, "sliced");
        return;
    }
    lqi_json_open(text, "sliced", '{');
    if (plate->sliced_time_s >= 0) lqi_json_number(text, "time_s", plate->sliced_time_s);
    if (plate->sliced_mass_g >= 0) lqi_json_number(text, "mass_g", plate->sliced_mass_g);
    lqi_json_open(text, "filaments", '[');
    for (size_t i = 0; i < plate->sliced_filament_count; i++) {
        const lq_filament_use *use = &plate->sliced_filaments[i];
        lqi_json_open(text, NULL, '{');
        lqi_json_integer(text, "index", use->index);
        lqi_json_number(text, "used_m", use->used_m < 0 ? NAN : use->used_m);
        lqi_json_number(text, "used_g", use->used_g < 0 ? NAN : use->used_g);
        lqi_json_close(text, '}');
    }
    lqi_json_close(text, ']');
    add_names(text, "objects", plate->sliced_objects, plate->sliced_object_count);
    add_names(text, "skipped", plate->skipped, plate->skipped_count);
    lqi_json_close(text, '}');
}

static void add_file(lqi_text *text, lq_model *model, const lq_contents *contents)
{
    lqi_json_open(text, "file", '{');
    lqi_json_string(text, "name", model->name);
    lqi_json_integer(text, "bytes", (int64_t)model->size);
    lqi_json_string(text, "xxh3_128", lqi_digest_text(&model->digest));
    lqi_json_string(text, "format", lq_format_name(lq_model_format(model)));
    lqi_json_string(text, "container",
                    lqi_opened_is_plain_archive(&model->top) ? "zip"
                    : model->top.gzipped                     ? "gzip"
                                                             : NULL);
    lqi_json_string(text, "family", contents ? contents->family : NULL);
    lqi_json_string(text, "producer", contents ? contents->producer : NULL);
    add_thumbnail(text, contents, LQ_WHOLE_FILE);
    lqi_json_close(text, '}');
}

static void add_entries(lqi_text *text, const lq_model *model)
{
    lqi_json_open(text, "entries", '[');
    for (size_t i = 0; i < model->entry_count; i++) {
        const lq_entry *entry = &model->entries[i].entry;
        lqi_json_open(text, NULL, '{');
        lqi_json_string(text, "name", entry->name);
        lqi_json_integer(text, "bytes", (int64_t)entry->size);
        lqi_json_string(text, "format", lq_format_name(entry->format));
        lqi_json_bool(text, "quotable", entry->quotable);
        if (entry->reason) lqi_json_string(text, "reason", entry->reason);
        if (entry->detected) lqi_json_string(text, "detected", entry->detected);
        lqi_json_close(text, '}');
    }
    lqi_json_close(text, ']');
}

static void add_objects(lqi_text *text, const lq_contents *contents)
{
    lqi_json_open(text, "objects", '[');
    for (size_t i = 0; contents && i < contents->object_count; i++) {
        const lq_object *object = &contents->objects[i];
        lqi_json_open(text, NULL, '{');
        lqi_json_string(text, "id", object->id);
        lqi_json_string(text, "name", object->name);
        lqi_json_count(text, "triangles",
                       object->triangle_count == LQ_COUNT_UNKNOWN ? -1 : (int64_t)object->triangle_count);
        lqi_json_string(text, "role", lq_role_name(object->role));
        lqi_json_close(text, '}');
    }
    lqi_json_close(text, ']');
}

static void add_item(lqi_text *text, const lq_plate_item *item)
{
    lqi_json_open(text, NULL, '{');
    lqi_json_string(text, "object_id", item->object_id);
    lqi_json_integer(text, "instance", item->instance);
    lqi_json_string(text, "name", item->name);
    lqi_json_bool(text, "printable", item->printable);
    add_filaments_of(text, item->filaments, item->filament_count, item->painted);
    lqi_json_close(text, '}');
}

static void add_plate(lqi_text *text, const lq_contents *contents, size_t index)
{
    static const char *const sources[] = {"implicit", "file", "geometry"};
    const lq_plate *plate = &contents->plates[index];
    lqi_json_open(text, NULL, '{');
    lqi_json_integer(text, "index", plate->number);
    lqi_json_string(text, "name", plate->name);
    lqi_json_string(text, "source", sources[plate->source]);
    lqi_json_open(text, "items", '[');
    for (size_t i = 0; i < plate->item_count; i++) add_item(text, &contents->plate_items[index][i]);
    lqi_json_close(text, ']');
    add_sliced(text, plate);
    add_filaments_of(text, plate->filaments, plate->filament_count, plate->painted);
    add_thumbnail(text, contents, index);
    lqi_json_close(text, '}');
}

static void write_contents(lqi_text *text, lq_model *model, const lq_contents *contents)
{
    lqi_json_open(text, NULL, '{');
    lqi_json_string(text, "schema", "libquote.contents/1");
    add_file(text, model, contents);
    add_entries(text, model);
    add_objects(text, contents);
    lqi_json_open(text, "plates", '[');
    for (size_t i = 0; contents && i < contents->plate_count; i++) add_plate(text, contents, i);
    lqi_json_close(text, ']');
    lqi_json_open(text, "outside", '[');
    for (size_t i = 0; contents && i < contents->outside_count; i++) add_item(text, &contents->outside[i]);
    lqi_json_close(text, ']');
    lqi_json_open(text, "filaments", '[');
    for (size_t i = 0; contents && i < contents->filament_count; i++) {
        const lq_filament *filament = &contents->filaments[i];
        lqi_json_open(text, NULL, '{');
        lqi_json_integer(text, "index", filament->index);
        lqi_json_string(text, "type", filament->type);
        lqi_json_string(text, "color", filament->color);
        if (filament->density_g_cm3 > 0) lqi_json_number(text, "density_g_cm3", filament->density_g_cm3);
        lqi_json_close(text, '}');
    }
    lqi_json_close(text, ']');
    lqi_json_close(text, '}');
}

lq_status lq_contents_json(lq_model *model, const char *entry, char **out, size_t *size)
{
    if (!model || !out) return LQ_ERR_ARGUMENT;
    *out = NULL;
    lqi_begin(model->context);
    const lq_contents *contents = NULL;
    size_t quotable = 0;
    for (size_t i = 0; i < model->entry_count; i++) quotable += model->entries[i].entry.quotable != 0;
    /* An archive of several models, or of none, is listed by its entries alone. */
    if (entry || !lqi_opened_is_plain_archive(&model->top) || quotable == 1)
        LQI_TRY(lq_model_contents(model, entry, &contents));
    lqi_text text;
    lqi_text_init(&text, model->context);
    write_contents(&text, model, contents);
    return lqi_text_take(&text, out, size);
}
