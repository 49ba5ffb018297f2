/* Projects of slicers, written item by item: for the tests of plates and of part roles. */
#ifndef TESTS_THREEMF_PROJECT_H
#define TESTS_THREEMF_PROJECT_H

#include "tests/unit/threemf_collect.h"

#define SETTINGS "Metadata/model_settings.config"
#define PROJECT "Metadata/project_settings.config"
#define CONFIG "Metadata/Slic3r_PE.config"
#define PRUSA3 "Metadata/PrusaSlicer3_project.json"
#define BED "\"printable_area\":[\"0x0\",\"256x0\",\"256x256\",\"0x256\"],\"printable_height\":\"250\""

/* Room for a model of many items. */
typedef struct writer {
    char text[16384];
    size_t size;
} writer;

static void put(writer *w, const char *format, ...) __attribute__((format(printf, 2, 3)));
static __attribute__((unused)) void put(writer *w, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(w->text + w->size, sizeof w->text - w->size, format, arguments);
    va_end(arguments);
    assert_true(size >= 0 && w->size + (size_t)size < sizeof w->text);
    w->size += (size_t)size;
}

static __attribute__((unused)) void begin(writer *w, const char *producer)
{
    w->size = 0;
    put(w, MODEL_BEGIN "><metadata name=\"Application\">%s</metadata><resources>" TETRA("1") "</resources><build>",
        producer);
}

/* The tetrahedron fills 10 mm from here. */
static __attribute__((unused)) void item_at(writer *w, double x, double y, double z)
{
    put(w, "<item objectid=\"1\" transform=\"1 0 0 0 1 0 0 0 1 %g %g %g\"/>", x, y, z);
}

typedef struct extra {
    const char *name, *text;
} extra;

/* Up to three files beside the model, the last of them with a NULL name if there are less. */
static __attribute__((unused)) void collect_with(collected *c, writer *w, const extra files[3], uint32_t plate)
{
    put(w, "</build></model>");
    pack_entry more[3];
    size_t count = 0, size;
    for (; count < 3 && files[count].name; count++)
        more[count] =
            (pack_entry){.name = files[count].name, .data = files[count].text, .size = strlen(files[count].text)};
    uint8_t *data = pack_3mf(w->text, more, count, &size);
    collect_bytes(c, data, size, &(collect_options){.selection = {.plate = plate}});
}

static __attribute__((unused)) void expect_note(const collected *c, const char *name, const char *code, uint64_t count,
                                                const char *part)
{
    const lqi_note *note = lqi_notes_find(&c->notes, code);
    CHECK_INT(name, note ? note->count : 0, count, code);
    if (note && part) CHECK_TEXT(name, note->part, part, "part of the note");
}

static __attribute__((unused)) void expect_items(const collected *c, const char *name, const uint32_t *plates,
                                                 size_t count)
{
    collect_good(c, name);
    CHECK_INT(name, c->contents->item_count, count, "items");
    for (size_t i = 0; i < count; i++) CHECK_INT(name, c->contents->items[i].plate, plates[i], "plate of an item");
}

static __attribute__((unused)) void put_plates(writer *w, const uint32_t *numbers, size_t count, const char *rows)
{
    w->size = 0;
    put(w, "<config>");
    for (size_t i = 0; i < count; i++)
        put(w, "<plate><metadata key=\"plater_id\" value=\"%u\"/>%s</plate>", numbers[i], i ? "" : rows);
    put(w, "</config>");
}

#define ROW(instance)                                                                                          \
    "<model_instance><metadata key=\"object_id\" value=\"1\"/><metadata key=\"instance_id\" value=\"" instance \
    "\"/></model_instance>"

#endif
