#include "parts/derive_work.h"

#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "parts/analyse.h"
#include "parts/child.h"

typedef struct work {
    const sv_derivation *asked;
    lq_context *context;
    lq_model *model;
    FILE *out;
} work;

static int put(void *user, const void *bytes, size_t size) { return fwrite(bytes, 1, size, user) != size; }

/* ---- pictures ---- */

static void stay_silent(png_structp png, png_const_charp message)
{
    (void)png;
    (void)message;
}

static void jump_back(png_structp png, png_const_charp message)
{
    (void)message;
    png_longjmp(png, 1);
}

static bool write_png(FILE *file, const uint8_t *rgba, uint32_t side)
{
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, jump_back, stay_silent);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    if (!info || setjmp(png_jmpbuf(png))) return false; /* the process ends: nothing is given back */
    png_init_io(png, file);
    png_set_compression_level(png, 3);
    png_set_filter(png, 0, PNG_FILTER_SUB);
    png_set_IHDR(png, info, side, side, 8, PNG_COLOR_TYPE_RGB_ALPHA, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    png_set_sRGB(png, info, PNG_sRGB_INTENT_PERCEPTUAL);
    png_write_info(png, info);
    for (uint32_t y = 0; y < side; y++) png_write_row(png, rgba + (size_t)y * side * 4);
    png_write_end(png, info);
    return true;
}

static bool make_picture(const work *w)
{
    const uint32_t side = w->asked->side;
    const lq_render_options options = {.struct_size = sizeof options, .width = side, .height = side, .no_scale_bar = 1};
    const size_t size = (size_t)side * side * 4;
    uint8_t *rgba = sv_alloc(size, 1);
    lq_part *part = NULL;
    return lq_part_read(w->model, &w->asked->selection, &part) == LQ_OK &&
           lq_part_render(w->context, part, &options, rgba, size) == LQ_OK && write_png(w->out, rgba, side);
}

/* ---- repaired files ---- */

static bool make_repaired(const work *w)
{
    const lq_write_format format = w->asked->kind == SV_REPAIRED_STL ? LQ_WRITE_STL_BINARY : LQ_WRITE_3MF;
    const lq_repair_options options = {.struct_size = sizeof options, .format = format};
    const lq_sink sink = {.struct_size = sizeof sink, .user = w->out, .write = put};
    lq_part *part = NULL, *repaired = NULL;
    return lq_part_read(w->model, &w->asked->selection, &part) == LQ_OK &&
           lq_part_repair(w->context, part, &options, &repaired) == LQ_OK &&
           lq_part_write(w->context, repaired, format, &sink) == LQ_OK;
}

/* ---- plates ---- */

/* Of what would be printed of it; null: nothing would. */
static json_t *box_of(const work *w, uint32_t plate)
{
    const lq_analyse_options options = {
        .struct_size = sizeof options, .topology = LQ_TOPOLOGY_CERTIFICATE, .no_printability = 1};
    lq_selection selection = w->asked->selection;
    lq_part *part = NULL;
    lq_report *report = NULL;
    json_t *box = NULL;
    selection.plate = plate;
    selection.topology = LQ_TOPOLOGY_CERTIFICATE;
    if (lq_part_read(w->model, &selection, &part) == LQ_OK &&
        lq_part_analyse(w->context, part, &options, &report) == LQ_OK) {
        const lq_facts *facts = lq_report_facts(report);
        box = json_object();
        for (int i = 0; i < 3; i++)
            json_object_set_new(box,
                                i == 0   ? "x"
                                : i == 1 ? "y"
                                         : "z",
                                sv_json_measure(facts->box_max_mm[i] - facts->box_min_mm[i]));
    }
    lq_report_destroy(report);
    lq_part_destroy(part);
    return box ? box : json_null();
}

/* A plate's number and name are copied before its geometry is read. */
static bool make_plates(const work *w)
{
    const lq_contents *contents;
    const char *entry = w->asked->selection.entry;
    json_t *plates = json_array(), *plate;
    lq_plate facts;
    char id[24];
    size_t index;
    if (lq_model_contents(w->model, entry, &contents) != LQ_OK) return false;
    for (size_t i = 0; lq_contents_plate(contents, i, &facts) == LQ_OK; i++) {
        snprintf(id, sizeof id, "plate_%u", facts.number);
        json_array_append_new(plates, json_pack("{s:s, s:s?, s:I}", "id", id, "name",
                                                facts.name && *facts.name ? facts.name : NULL, "objects",
                                                (json_int_t)facts.printable_item_count));
    }
    const bool alone = json_array_size(plates) == 1; /* may be one that no file has numbered */
    json_array_foreach(plates, index, plate)
    {
        uint32_t number = (uint32_t)strtoul(sv_json_text(plate, "id") + strlen("plate_"), NULL, 10);
        json_object_set_new(plate, "bbox_mm", box_of(w, alone ? 0 : number));
    }
    char *text = sv_json_print(plates);
    return put(w->out, text, strlen(text)) == 0;
}

/* ---- the child ---- */

void sv_derive_in_child(void *what, int answers)
{
    const sv_derive_work *given = what;
    work w = {.asked = given->asked, .context = sv_engine_context(given->config), .out = fdopen(given->out, "wb")};
    const size_t size = (size_t)given->size;
    void *bytes = size ? mmap(NULL, size, PROT_READ, MAP_PRIVATE, given->file, 0) : MAP_FAILED;
    lq_source source;
    if (!w.context || !w.out || bytes == MAP_FAILED) _exit(1);
    lq_source_memory(bytes, size, NULL, &source);
    bool good = lq_model_open(w.context, &source, NULL, &w.model) == LQ_OK &&
                (given->asked->kind == SV_PICTURE  ? make_picture(&w)
                 : given->asked->kind == SV_PLATES ? make_plates(&w)
                                                   : make_repaired(&w));
    const lq_error *error = lq_context_error(w.context);
    const bool chosen_wrong = error->status == LQ_ERR_SELECTION;
    if (fflush(w.out) != 0) good = false;
    sv_child_say(answers, good ? json_pack("{s:b}", "made", 1)
                               : json_pack("{s:b, s:b, s:s, s:s}", "made", 0, "selection", chosen_wrong, "code",
                                           error->code, "message", error->message));
}
