/*
 * Any bytes as one of the slicers' own files beside a model that is fine. The first byte picks the file, the rest is
 * it. What must hold:
 *  - the model is read, or refused for one of the few reasons that such a file can give; never is a whole model lost
 *    because its settings are damaged;
 *  - plates come in order, items lie on plates that are there or on none, filaments are counted through;
 *  - items use filaments that are listed, plates those of their items; pictures are entries, and are handed out or not
 *    without a trace;
 *  - the plates one by one give what all of them give together;
 *  - reading gives the same a second time and after listing; memory is balanced.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "base/memory.h"
#include "corpus/pack.h"
#include "format/threemf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int holds, const char *what)
{
    if (holds) return;
    fprintf(stderr, "fuzz_vendor: %s\n", what);
    abort();
}

/* ---- the model ---- */

#define TETRA(id)                                                                                                    \
    "<object id=\"" id                                                                                               \
    "\"><mesh><vertices><vertex x=\"0\" y=\"0\" z=\"0\"/><vertex x=\"10\" y=\"0\" z=\"0\"/><vertex "                 \
    "x=\"0\" y=\"10\" z=\"0\"/><vertex x=\"0\" y=\"0\" z=\"10\"/></vertices><triangles><triangle v1=\"0\" v2=\"2\" " \
    "v3=\"1\"/><triangle v1=\"0\" v2=\"1\" v3=\"3\"/><triangle v1=\"1\" v2=\"2\" v3=\"3\"/><triangle v1=\"2\" "      \
    "v2=\"0\" v3=\"3\"/></triangles></mesh></object>"
#define ITEM(id, x, y) "<item objectid=\"" id "\" transform=\"1 0 0 0 1 0 0 0 1 " x " " y " 0\"/>"

static const char model[] =
    "<model xmlns=\"http://schemas.microsoft.com/3dmanufacturing/core/2015/02\"><metadata "
    "name=\"Application\">PrusaSlicer-2.9.0</metadata><resources>" TETRA("1")
        TETRA("2") "<object id=\"3\"><components><component objectid=\"1\"/></components></object>"
                   "<object id=\"4\"><components><component objectid=\"3\"/><component objectid=\"2\" transform=\"0 1 "
                   "0 -1 0 0 0 0 1 5 "
                   "0 0\"/></components></object></resources><build>" ITEM("4", "0", "0") ITEM("4", "320", "0")
                       ITEM("4", "0", "-300") ITEM("1", "350", "320") ITEM("1", "250", "10")
                           ITEM("2", "-900", "0") "</build></model>";

static const char settings[] =
    "<config><object id=\"4\"><part id=\"3\" subtype=\"normal_part\"/><part id=\"2\" subtype=\"normal_part\"/></object>"
    "<plate><metadata key=\"plater_id\" value=\"1\"/><model_instance><metadata key=\"object_id\" "
    "value=\"4\"/><metadata "
    "key=\"instance_id\" value=\"0\"/></model_instance></plate><plate><metadata key=\"plater_id\" value=\"2\"/></plate>"
    "<plate><metadata key=\"plater_id\" value=\"3\"/></plate></config>";
static const char project[] = "{\"printable_area\":[\"0x0\",\"256x0\",\"256x256\",\"0x256\"]}";
static const char config[] = "; bed_shape = 0x0,250x0,250x210,0x210\n";

static const struct {
    const char *name, *beside, *beside_text;
} files[] = {{"Metadata/model_settings.config", "Metadata/project_settings.config", project},
             {"Metadata/project_settings.config", "Metadata/model_settings.config", settings},
             {"Metadata/slice_info.config", "Metadata/model_settings.config", settings},
             {"Metadata/Slic3r_PE_model.config", "Metadata/Slic3r_PE.config", config},
             {"Metadata/Slic3r_PE.config", NULL, NULL},
             {"Metadata/SuperSlicer_model.config", "Metadata/model_settings.config", settings},
             {"Metadata/PrusaSlicer3_project.json", "Metadata/Slic3r_PE.config", config},
             {"Metadata/thumbnail.png", "Metadata/model_settings.config", settings}};

#define FILE_COUNT (sizeof files / sizeof *files)

/* ---- sink ---- */

typedef struct received {
    size_t mesh_count, instance_count;
    double triangles; /* placed */
} received;

static lq_status mesh_begin(void *user)
{
    ((received *)user)->mesh_count++;
    return LQ_OK;
}

static lq_status indexed(void *user, lqi_sink_mesh *mesh)
{
    (void)user, (void)mesh;
    return LQ_OK;
}

static lq_status mesh_end(void *user)
{
    (void)user;
    return LQ_OK;
}

static lq_status instance(void *user, const lqi_instance *placed)
{
    received *r = user;
    require(placed->mesh_id < r->mesh_count, "an instance of no mesh");
    require(placed->role == LQ_ROLE_MODEL || placed->role == LQ_ROLE_NEGATIVE, "an instance of another role");
    uint64_t end = (uint64_t)placed->triangle_first + placed->triangle_count;
    require(placed->triangle_count == UINT32_MAX ? placed->triangle_first < 4 : end <= 4, "a range beyond the mesh");
    r->instance_count++;
    r->triangles += placed->triangle_count == UINT32_MAX ? 4 - placed->triangle_first : placed->triangle_count;
    return LQ_OK;
}

/* ---- one run ---- */

typedef struct outcome {
    lq_status status;
    char code[64];
    int64_t offset;
    size_t instance_count, note_count;
    double triangles;
} outcome;

static void check_contents(const lqi_threemf_contents *contents)
{
    require(contents->plate_count > 0 && contents->item_count == 6, "plates or items are missing");
    for (size_t i = 0; i < contents->plate_count; i++) {
        require(contents->plates[i].number > 0 && contents->plates[i].name, "a plate without number or name");
        require(i == 0 || contents->plates[i].number > contents->plates[i - 1].number, "plates out of order");
        require(contents->plates[i].sliced_time_s == -1 || contents->plates[i].sliced_time_s >= 0, "a negative time");
    }
    for (size_t i = 0; i < contents->item_count; i++) {
        int found = contents->items[i].plate == 0;
        for (size_t k = 0; k < contents->plate_count; k++)
            found |= contents->plates[k].number == contents->items[i].plate;
        require(found, "an item on a plate that is not there");
    }
    for (size_t i = 0; i < contents->filament_count; i++)
        require(contents->filaments[i].index == i + 1, "filaments are not counted through");
}

static void check_slices(const lqi_threemf_plate *plate)
{
    require(plate->sliced_filament_count <= 256, "more filaments than there can be");
    for (size_t i = 0; i < plate->sliced_filament_count; i++) {
        const lq_filament_use *use = &plate->sliced_filaments[i];
        require(use->index > 0 && (use->used_m == -1 || use->used_m >= 0) && (use->used_g == -1 || use->used_g >= 0),
                "a senseless use of a filament");
    }
    for (size_t i = 0; i < plate->sliced_object_count; i++)
        require(plate->sliced_objects[i] != NULL, "a sliced object without name");
    for (size_t i = 0; i < plate->skipped_count; i++)
        require(plate->skipped[i] != NULL, "a skipped object without name");
}

static int holds(const lqi_filament_list *list, uint32_t filament)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i] == filament) return 1;
    return 0;
}

static void check_filaments(const lqi_threemf_contents *contents, const lqi_threemf_details *details)
{
    for (size_t i = 0; i < contents->item_count; i++) {
        const lqi_filament_list *list = &details->item_filaments[i];
        require(contents->filament_count || !list->count, "filaments of an item, but none of the project");
        for (size_t k = 0; k < list->count; k++) {
            require(list->items[k] > 0 && list->items[k] <= contents->filament_count, "a filament that is not listed");
            require(k == 0 || list->items[k] > list->items[k - 1], "filaments out of order");
            for (size_t p = 0; p < contents->plate_count; p++)
                if (contents->items[i].printable && contents->plates[p].number == contents->items[i].plate)
                    require(holds(&details->plate_filaments[p], list->items[k]), "a plate without its item's filament");
        }
    }
}

static void check_picture(lqi_threemf *threemf, lq_context *context, const lqi_picture *picture)
{
    if (!picture->told.entry) return;
    uint64_t held = lq_context_memory_held(context);
    uint8_t *data;
    size_t size;
    lq_status status = lqi_threemf_picture_read(threemf, picture, &data, &size);
    require((status == LQ_OK) == (data != NULL), "a picture without bytes");
    if (status == LQ_OK)
        require(size == picture->told.size && picture->told.format != LQ_PICTURE_UNKNOWN, "not the picture told of");
    lqi_free(context, data);
    lqi_begin(context);
    require(lq_context_memory_held(context) == held, "a picture left memory behind");
}

static void check_details(lqi_threemf *threemf, lq_context *context, const lqi_threemf_contents *contents)
{
    lqi_arena arena;
    lqi_threemf_details details;
    lqi_arena_init(&arena, context);
    require(lqi_threemf_details_read(threemf, &arena, &details) == LQ_OK, "no details");
    check_filaments(contents, &details);
    check_picture(threemf, context, &details.picture);
    for (size_t i = 0; i < contents->plate_count; i++) {
        check_slices(&contents->plates[i]);
        check_picture(threemf, context, &details.plate_pictures[i]);
    }
    lqi_arena_free(&arena);
}

static outcome read_selection(lqi_threemf *threemf, lq_context *context, uint32_t plate)
{
    received r = {0};
    const lqi_sink sink = {
        .user = &r, .mesh_begin = mesh_begin, .indexed = indexed, .mesh_end = mesh_end, .instance = instance};
    const lqi_threemf_selection selection = {.plate = plate, .scale = 1};
    lqi_notes notes;
    lqi_notes_init(&notes, context);
    outcome out = {.status = lqi_threemf_read(threemf, &selection, &sink, &notes), .note_count = notes.count};
    const lq_error *error = lq_context_error(context);
    require(error->status == out.status, "the context tells another status");
    if (out.status != LQ_OK) {
        out.offset = error->offset;
        snprintf(out.code, sizeof out.code, "%s", error->code);
        r = (received){0};
    }
    out.instance_count = r.instance_count;
    out.triangles = r.triangles;
    lqi_notes_free(&notes);
    return out;
}

/* Every plate by itself, all together as much as the whole. */
static void check_plates(lqi_threemf *threemf, lq_context *context, const lqi_threemf_contents *contents,
                         const outcome *whole)
{
    outcome sum = {0};
    uint32_t asked = 0, last = 0;
    for (size_t i = 0; i < contents->item_count; i++) { /* plates without items give nothing */
        uint32_t plate = UINT32_MAX;
        for (size_t k = 0; k < contents->item_count; k++)
            if (contents->items[k].plate > last && contents->items[k].plate < plate) plate = contents->items[k].plate;
        if (plate == UINT32_MAX) break;
        last = plate;
        outcome one = read_selection(threemf, context, plate);
        if (one.status != LQ_OK) require(strcmp(one.code, "plate_empty") == 0, "a plate that cannot be read alone");
        lqi_begin(context);
        sum.instance_count += one.instance_count;
        sum.triangles += one.triangles;
        asked++;
    }
    require(asked > 0 && sum.instance_count == whole->instance_count && sum.triangles == whole->triangles,
            "the plates give something else than the whole");
}

static outcome run(const uint8_t *data, size_t size, int contents_first)
{
    lq_limits limits = {.struct_size = sizeof limits, .memory_bytes = 256 << 20, .inflated_bytes = 16 << 20};
    lq_context_options options = {.struct_size = sizeof options, .limits = &limits};
    lq_context *context = NULL;
    require(lqi_context_create(&options, &context) == LQ_OK, "no context");
    lq_source source;
    lq_source_memory(data, size, "fuzz.3mf", &source);
    lqi_zip *zip = NULL;
    lqi_threemf *threemf = NULL;
    const lqi_threemf_contents *contents = NULL;
    require(lqi_zip_open(context, &source, &zip) == LQ_OK, "no archive");
    require(lqi_threemf_open(context, zip, 0, &threemf) == LQ_OK, "no package");
    if (contents_first) require(lqi_threemf_contents_read(threemf, &contents) == LQ_OK, "no contents");
    outcome out = read_selection(threemf, context, 0);
    lqi_begin(context);
    require(lqi_threemf_contents_read(threemf, &contents) == LQ_OK, "no contents");
    check_contents(contents);
    check_details(threemf, context, contents);
    if (out.status == LQ_OK) check_plates(threemf, context, contents, &out);
    lqi_threemf_close(threemf);
    lqi_zip_close(zip);
    lqi_begin(context);
    require(lq_context_memory_held(context) == 0, "memory is not balanced");
    lq_context_destroy(context);
    return out;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 || size > 1 << 16) return 0;
    unsigned file = (unsigned)(uint8_t)(data[0] - '0') % FILE_COUNT;
    const pack_entry more[2] = {{.name = files[file].name, .data = data + 1, .size = size - 1, .stored = 1},
                                {.name = files[file].beside,
                                 .data = files[file].beside_text,
                                 .size = files[file].beside_text ? strlen(files[file].beside_text) : 0,
                                 .stored = 1}};
    size_t packed_size;
    uint8_t *packed = pack_3mf(model, more, files[file].beside ? 2 : 1, &packed_size);
    outcome first = run(packed, packed_size, 0), again = run(packed, packed_size, 0),
            listed = run(packed, packed_size, 1);
    require(first.status == again.status && first.offset == again.offset && first.note_count == again.note_count &&
                first.triangles == again.triangles && strcmp(first.code, again.code) == 0,
            "another result the second time");
    require(first.status == listed.status && first.triangles == listed.triangles &&
                strcmp(first.code, listed.code) == 0 && first.note_count == listed.note_count,
            "another result after listing");
    if (first.status != LQ_OK)
        require(strcmp(first.code, "prusa_bad_range") == 0 || strcmp(first.code, "3mf_empty_build") == 0,
                "a model lost because of its settings");
    free(packed);
    return 0;
}
