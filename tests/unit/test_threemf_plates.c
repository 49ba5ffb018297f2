/* 3MF of slicers: what lies on which plate, the project's settings, files of several slicers in one package. */
#include "format/threemf_beds.h"
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
static void put(writer *w, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(w->text + w->size, sizeof w->text - w->size, format, arguments);
    va_end(arguments);
    assert_true(size >= 0 && w->size + (size_t)size < sizeof w->text);
    w->size += (size_t)size;
}

static void begin(writer *w, const char *producer)
{
    w->size = 0;
    put(w, MODEL_BEGIN "><metadata name=\"Application\">%s</metadata><resources>" TETRA("1") "</resources><build>",
        producer);
}

/* The tetrahedron fills 10 mm from here. */
static void item_at(writer *w, double x, double y, double z)
{
    put(w, "<item objectid=\"1\" transform=\"1 0 0 0 1 0 0 0 1 %g %g %g\"/>", x, y, z);
}

typedef struct extra {
    const char *name, *text;
} extra;

/* Up to three files beside the model, the last of them with a NULL name if there are less. */
static void collect_with(collected *c, writer *w, const extra files[3], uint32_t plate)
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

static void expect_note(const collected *c, const char *name, const char *code, uint64_t count, const char *part)
{
    const lqi_note *note = lqi_notes_find(&c->notes, code);
    CHECK_INT(name, note ? note->count : 0, count, code);
    if (note && part) CHECK_TEXT(name, note->part, part, "part of the note");
}

static void expect_items(const collected *c, const char *name, const uint32_t *plates, size_t count)
{
    collect_good(c, name);
    CHECK_INT(name, c->contents->item_count, count, "items");
    for (size_t i = 0; i < count; i++) CHECK_INT(name, c->contents->items[i].plate, plates[i], "plate of an item");
}

static void put_plates(writer *w, const uint32_t *numbers, size_t count, const char *rows)
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

/* ---- Bambu ---- */

static void test_four_items_one_row(void **state)
{
    (void)state;
    static const uint32_t numbers[] = {1, 2, 3, 4};
    writer model, settings;
    put_plates(&settings, numbers, 4, ROW("0"));
    begin(&model, "BambuStudio-2");
    item_at(&model, 300, -300, 0); /* the row wins over the place */
    item_at(&model, 320, 10, 0);
    item_at(&model, 10, -300, 0);
    item_at(&model, 400, -300, 0);
    collected c;
    collect_with(&c, &model, (extra[3]){{SETTINGS, settings.text}, {PROJECT, "{" BED "}"}}, 0);
    expect_items(&c, "four", (uint32_t[]){1, 2, 3, 4}, 4);
    expect_note(&c, "four", "plate_by_geometry", 3, SETTINGS);
    assert_int_equal(lqi_notes_find(&c.notes, "plate_by_geometry")->severity, LQ_SEVERITY_INFO);
    assert_int_equal(c.notes.count, 1);
    assert_int_equal(c.instance_count, 4);
    for (size_t i = 0; i < 4; i++) assert_int_equal(c.contents->plates[i].source, LQ_PLATE_FILE);
    collect_free(&c);
    /* Without the bed's size only the copies' plate is known. */
    begin(&model, "BambuStudio-2");
    for (int i = 0; i < 4; i++) item_at(&model, 310 * i, 0, 0);
    collect_with(&c, &model, (extra[3]){{SETTINGS, settings.text}}, 1);
    expect_items(&c, "four", (uint32_t[]){1, 1, 1, 1}, 4);
    expect_note(&c, "four", "plate_guessed", 3, SETTINGS);
    assert_int_equal(c.instance_count, 4);
    collect_free(&c);
}

/* Two, three and five plates: 2, 2 and 3 columns, rows going down. */
static void test_known_grids(void **state)
{
    (void)state;
    static const struct {
        size_t count;
        uint32_t numbers[5];
        int cells[5][2];
    } grids[] = {{2, {1, 2}, {{0, 0}, {1, 0}}},
                 {3, {1, 2, 3}, {{0, 0}, {1, 0}, {0, 1}}},
                 {5, {1, 2, 3, 4, 5}, {{0, 0}, {1, 0}, {2, 0}, {0, 1}, {1, 1}}},
                 {3, {2, 3, 5}, {{0, 0}, {1, 0}, {0, 1}}}};
    for (size_t g = 0; g < sizeof grids / sizeof *grids; g++) {
        writer model, settings;
        put_plates(&settings, grids[g].numbers, grids[g].count, "");
        begin(&model, "BambuStudio-2");
        uint32_t plates[8];
        for (size_t i = 0; i < grids[g].count; i++) {
            item_at(&model, grids[g].cells[i][0] * 307.2 + 123, grids[g].cells[i][1] * -307.2 + 200, 0);
            plates[i] = grids[g].numbers[i];
        }
        /* Where a short last row has no plate, above the first row, in a gap, and over the machine: outside. */
        size_t count = grids[g].count;
        item_at(&model, 4 * 307.2, 0, 0), plates[count++] = 0;
        item_at(&model, 10, 307.2, 0), plates[count++] = 0;
        item_at(&model, 270, 10, 0), plates[count++] = 0;
        collected c;
        collect_with(&c, &model, (extra[3]){{SETTINGS, settings.text}, {PROJECT, "{" BED "}"}}, 0);
        expect_items(&c, "grid", plates, count);
        expect_note(&c, "grid", "plate_by_geometry", grids[g].count, SETTINGS);
        expect_note(&c, "grid", "item_outside_plates", 3, NULL);
        assert_int_equal(c.instance_count, grids[g].count);
        collect_free(&c);
    }
}

static void test_borders(void **state)
{
    (void)state;
    static const uint32_t numbers[] = {1, 2, 3};
    writer model, settings;
    put_plates(&settings, numbers, 3, "");
    begin(&model, "BambuStudio-2");
    item_at(&model, 256, 0, 0);                                                     /* touches the edge: closed boxes */
    item_at(&model, 0, 0, 250);                                                     /* touches the height */
    item_at(&model, 0, 0, 250.5);                                                   /* above it */
    item_at(&model, 0, 0, -11);                                                     /* below the plate */
    item_at(&model, 307.2, -307.2, 0);                                              /* the last row is short */
    put(&model, "<item objectid=\"1\" transform=\"20 0 0 0 1 0 0 0 1 220 0 0\"/>"); /* both, more of it on the second */
    put(&model, "<item objectid=\"1\" transform=\"6 0 0 0 1 0 0 0 1 250 0 0\"/>");  /* both, middle between them */
    put(&model, "<item objectid=\"1\" printable=\"0\" transform=\"1 0 0 0 1 0 0 0 1 320 0 0\"/>");
    put(&model, "<item objectid=\"9\" printable=\"0\"/>"); /* leads nowhere, but is not to be printed */
    static const uint32_t plates[] = {1, 1, 0, 0, 0, 2, 1};
    pack_entry more[] = {{.name = SETTINGS, .data = settings.text, .size = strlen(settings.text)},
                         {.name = PROJECT, .data = "{" BED "}", .size = strlen("{" BED "}")}};
    put(&model, "</build></model>");
    size_t size;
    collected c;
    uint8_t *data = pack_3mf(model.text, more, 2, &size);
    collect_bytes(&c, data, size, NULL);
    /* The read succeeds; only listing wants the object that is not there. */
    assert_int_equal(c.status, LQ_ERR_INPUT);
    assert_string_equal(lq_context_error(c.context)->code, "3mf_bad_ref");
    assert_int_equal(c.instance_count, 4);
    for (size_t i = 0; i < 4; i++) assert_true(c.instances[i].transform[9] == ((double[]){256, 0, 220, 250})[i]);
    expect_note(&c, "borders", "plate_guessed", 2, SETTINGS);
    expect_note(&c, "borders", "plate_by_geometry", 3, SETTINGS);
    expect_note(&c, "borders", "item_outside_plates", 3, NULL);
    collect_free(&c);
    char *missing = strstr(model.text, "<item objectid=\"9\"");
    memcpy(missing, "</build></model>", sizeof "</build></model>");
    data = pack_3mf(model.text, more, 2, &size);
    collect_bytes(&c, data, size, NULL);
    expect_items(&c, "borders",
                 (uint32_t[]){plates[0], plates[1], plates[2], plates[3], plates[4], plates[5], plates[6], 2}, 8);
    collect_free(&c);
}

/* Against the plainest statement of the rule. */
static void test_grid_by_search(void **state)
{
    (void)state;
    static const size_t counts[] = {1, 2, 3, 4, 5, 6, 7, 9, 10, 17, 36};
    uint32_t seed = 1;
    for (int round = 0; round < 20000; round++) {
        size_t count = counts[round % 11], columns = 1;
        while (columns * columns < count) columns++;
        lqi_settings bed = {.has_bed = true, .bed_low = {-20.5, 10}, .bed_high = {100.25, 110.75}, .bed_height = 100};
        double number[4];
        for (int i = 0; i < 4; i++) number[i] = (double)((seed = seed * 1664525 + 1013904223) >> 8) / (1 << 24);
        lqi_extent box = {{(number[0] - 0.1) * 1000, -(number[1] - 0.1) * 1000, 0}, {0, 0, 10}};
        box.high[0] = box.low[0] + number[2] * number[2] * 400;
        box.high[1] = box.low[1] + number[3] * number[3] * 400;
        size_t first = SIZE_MAX, middle = SIZE_MAX, touched = 0;
        double mx = (box.low[0] + box.high[0]) / 2, my = (box.low[1] + box.high[1]) / 2;
        for (size_t i = 0; i < count; i++) {
            double x = (double)(i % columns) * 1.2 * 120, y = -(double)(i / columns) * 1.2 * 100;
            double low[2] = {bed.bed_low[0] + x, bed.bed_low[1] + y},
                   high[2] = {bed.bed_high[0] + x, bed.bed_high[1] + y};
            if (box.low[0] > high[0] || box.high[0] < low[0] || box.low[1] > high[1] || box.high[1] < low[1]) continue;
            if (touched++ == 0) first = i;
            if (middle == SIZE_MAX && mx >= low[0] && mx <= high[0] && my >= low[1] && my <= high[1]) middle = i;
        }
        bool several;
        size_t got = lqi_grid_plate_of(&bed, count, &box, &several);
        assert_int_equal(several, touched > 1);
        assert_int_equal(got, touched > 1 && middle != SIZE_MAX ? middle : first);
    }
    lqi_settings bed = {.has_bed = true, .bed_high = {100, 100}};
    bool several;
    lqi_extent far = {{1e300, -1e300, 0}, {1.5e300, -1e299, 1}};
    assert_true(lqi_grid_plate_of(&bed, 3, &far, &several) == SIZE_MAX && !several);
    far = (lqi_extent){{-1e300, -1e300, 0}, {1e300, 1e300, 1}};
    assert_true(lqi_grid_plate_of(&bed, 3, &far, &several) == 0 && several);
}

static void test_no_plates(void **state)
{
    (void)state;
    writer model;
    collected c;
    begin(&model, "BambuStudio-2");
    item_at(&model, 5000, 0, 0);
    collect_with(&c, &model, (extra[3]){{SETTINGS, "<config/>"}, {PROJECT, "{" BED "}"}}, 0);
    expect_items(&c, "no plates", (uint32_t[]){1}, 1);
    assert_int_equal(c.contents->plates[0].source, LQ_PLATE_IMPLICIT);
    expect_note(&c, "no plates", "no_plates", 1, SETTINGS);
    assert_int_equal(lqi_notes_find(&c.notes, "no_plates")->severity, LQ_SEVERITY_INFO);
    assert_int_equal(c.instance_count, 1);
    collect_free(&c);
}

/* ---- settings ---- */

static void test_filaments(void **state)
{
    (void)state;
    static const struct {
        const char *name, *file, *text;
        const char *filaments[4][2];
        size_t count, notes;
    } cases[] = {
        {"bambu",
         PROJECT,
         "{\"filament_type\":[\"PLA\",\"PETG-CF\"],\"filament_colour\":[\"#00AE42\",\"#2850E0FF\"]}",
         {{"PLA", "#00AE42"}, {"PETG-CF", "#2850E0FF"}},
         2,
         0},
        {"first repeated",
         PROJECT,
         "{\"filament_settings_id\":[\"a\",\"b\",\"c\"],\"filament_type\":[\"PLA\"],\"filament_colour\":[\"#1\",\"#2\"]"
         "}",
         {{"PLA", "#1"}, {"PLA", "#2"}, {"PLA", "#1"}},
         3,
         0},
        {"not told",
         PROJECT,
         "{\"filament_type\":[\"PLA\",7,\"\"]}",
         {{"PLA", NULL}, {NULL, NULL}, {NULL, NULL}},
         3,
         0},
        {"other kinds", PROJECT, "{\"filament_type\":\"PLA\",\"filament_colour\":{\"a\":1}}", {{NULL, NULL}}, 0, 0},
        {"twice", PROJECT, "{\"filament_type\":[\"ABS\"],\"filament_type\":[\"PLA\"]}", {{"PLA", NULL}}, 1, 1},
        {"prusa",
         CONFIG,
         "; generated by PrusaSlicer\n\n; filament_colour = #FF8000;#29B2B2\r\n; filament_type = PETG;\"PVA\"\r\n; "
         "filament_type_x = A;B;C\n",
         {{"PETG", "#FF8000"}, {"PVA", "#29B2B2"}},
         2,
         0},
        {"slic3r", "Metadata/Slic3r.config", "filament_type=PLA", {{"PLA", NULL}}, 1, 0},
        {"superslicer",
         "Metadata/SuperSlicer.config",
         "; filament_type = A;B;C\n; filament_colour = #1",
         {{"A", "#1"}, {"B", "#1"}, {"C", "#1"}},
         3,
         0},
        {"nothing", CONFIG, "; filament_type\n=\n;\n", {{NULL, NULL}}, 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        writer model;
        collected c;
        begin(&model, "x");
        item_at(&model, 0, 0, 0);
        collect_with(&c, &model, (extra[3]){{cases[i].file, cases[i].text}}, 0);
        collect_good(&c, cases[i].name);
        CHECK_INT(cases[i].name, c.notes.count, cases[i].notes, "notes");
        CHECK_INT(cases[i].name, c.contents->filament_count, cases[i].count, "filaments");
        for (size_t k = 0; k < cases[i].count; k++) {
            const lqi_threemf_filament *filament = &c.contents->filaments[k];
            CHECK_INT(cases[i].name, filament->index, k + 1, "index");
            const char *got[2] = {filament->type, filament->color};
            for (int j = 0; j < 2; j++)
                CHECK_TEXT(cases[i].name, got[j] ? got[j] : "none",
                           cases[i].filaments[k][j] ? cases[i].filaments[k][j] : "none", "type or colour");
        }
        collect_free(&c);
    }
}

#define OPEN8 "[[[[[[[["
#define CLOSE8 "]]]]]]]]"

static void test_broken_json(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t offset;
    } broken[] = {{"[]", 0},
                  {"{\"a\":NaN}", -2},
                  {"{\"filament_type\":[\"PLA\"]", 24},
                  {"\xEF\xBB\xBF{\"filament_type\":[\"PLA\"]}", -2},
                  {"{\"a\":" OPEN8 OPEN8 CLOSE8 CLOSE8 "}", 20},
                  {"{\"a\":\"\\u0000\"}", -2},
                  {"no JSON", -2}};
    static const char *const names[] = {PROJECT, PRUSA3};
    for (size_t i = 0; i < 2 * sizeof broken / sizeof *broken; i++) {
        writer model;
        collected c;
        const char *text = broken[i / 2].text;
        begin(&model, "x");
        item_at(&model, 0, 0, 0);
        collect_with(&c, &model, (extra[3]){{names[i % 2], text}}, 0);
        collect_good(&c, text);
        expect_note(&c, text, "metadata_ignored", 1, names[i % 2]);
        int64_t offset = lqi_notes_find(&c.notes, "metadata_ignored")->offset;
        if (broken[i / 2].offset != -2) CHECK_INT(text, offset, broken[i / 2].offset, "offset");
        CHECK(offset >= 0, "%s: no offset", text);
        CHECK_INT(text, c.contents->filament_count, 0, "filaments");
        CHECK_INT(text, c.instance_count, 1, "instances");
        CHECK_INT(text, lq_context_error(c.context)->status, LQ_OK, "status");
        collect_free(&c);
    }
    /* More than 4 MiB, and more values than a project can have. */
    for (int many = 0; many < 2; many++) {
        size_t size = many ? 500000 : ((size_t)4 << 20) + 1, packed;
        char *text = malloc(size);
        for (size_t i = 0; i < size; i++) text[i] = !many ? ' ' : i == 0 ? '[' : i % 2 ? '1' : ',';
        pack_entry more = {.name = PROJECT, .data = text, .size = size, .stored = 1};
        collected c;
        uint8_t *data =
            pack_3mf(MODEL_BEGIN "><resources>" TETRA("1") "</resources><build><item objectid=\"1\"/></build></model>",
                     &more, 1, &packed);
        collect_bytes(&c, data, packed, NULL);
        collect_good(&c, "large");
        expect_note(&c, "large", "metadata_ignored", 1, PROJECT);
        assert_int_equal(lqi_notes_find(&c.notes, "metadata_ignored")->offset, many ? 399998 : 4 << 20);
        collect_free(&c);
        free(text);
    }
}

/* ---- PrusaSlicer ---- */

#define SHAPE "; bed_shape = 0x0,250x0,250x210,0x210\n"

static void test_beds(void **state)
{
    (void)state;
    static const double cells[9][2] = {{0, 0}, {1, 0}, {0, 1}, {1, 1}, {2, 0}, {2, 1}, {0, 2}, {1, 2}, {2, 2}};
    writer model;
    collected c;
    double gap = 0.3 * sqrt(250.0 * 250 + 210.0 * 210); /* 97.9: below the most of 100 */
    uint32_t plates[10];
    begin(&model, "PrusaSlicer-2.9.0+linux");
    for (uint32_t i = 0; i < 9; i++) {
        item_at(&model, cells[i][0] * (250 + gap) + 100, cells[i][1] * (210 + gap) + 100, 0);
        plates[i] = i + 1;
    }
    item_at(&model, -50, 0, 0);
    plates[9] = 0;
    collect_with(&c, &model, (extra[3]){{CONFIG, SHAPE}}, 0);
    expect_items(&c, "nine beds", plates, 10);
    assert_int_equal(c.contents->plate_count, 9);
    assert_int_equal(c.contents->plates[8].source, LQ_PLATE_GEOMETRY);
    assert_int_equal(c.instance_count, 9);
    expect_note(&c, "nine beds", "item_outside_plates", 1, "3D/3dmodel.model");
    assert_int_equal(c.notes.count, 1);
    collect_free(&c);
    /* Numbers stay when a bed between is empty. */
    static const struct {
        uint32_t plate;
        size_t instances;
        const char *code;
    } selections[] = {{0, 2, ""}, {1, 1, ""}, {2, 0, "plate_not_found"}, {3, 1, ""}};
    for (size_t i = 0; i < 4; i++) {
        begin(&model, "PrusaSlicer-2.9.1");
        item_at(&model, 0, 0, 0);
        item_at(&model, 0, 210 + gap, 0);
        collect_with(&c, &model, (extra[3]){{CONFIG, SHAPE}}, selections[i].plate);
        assert_string_equal(lq_context_error(c.context)->code, selections[i].code);
        assert_int_equal(c.instance_count, selections[i].instances);
        if (selections[i].plate == 2) assert_string_equal(lq_context_error_candidate(c.context, 1), "3");
        if (i == 0) {
            expect_items(&c, "bed between", (uint32_t[]){1, 3}, 2);
            assert_int_equal(c.contents->plate_count, 2);
            assert_int_equal(c.contents->plates[1].number, 3);
            assert_int_equal(c.notes.count, 0);
        }
        collect_free(&c);
    }
}

static void test_bed_rules(void **state)
{
    (void)state;
    static const struct {
        const char *name, *producer, *config;
        double x, y; /* of the second item; the first is on bed 1 */
        uint32_t plate;
        lq_plate_source source;
    } cases[] = {
        {"linear row", "PrusaSlicer-2.8.1+win64", SHAPE, 300, 0, 2, LQ_PLATE_GEOMETRY},
        {"linear row, third", "PrusaSlicer-2.6.0-beta1", SHAPE, 600, 100, 3, LQ_PLATE_GEOMETRY},
        {"no second row before", "PrusaSlicer-2.8.1", SHAPE, 0, 310, 0, LQ_PLATE_GEOMETRY},
        {"in the gap", "PrusaSlicer-2.9.2", SHAPE, 260, 0, 0, LQ_PLATE_GEOMETRY},
        {"gap of at most 100", "PrusaSlicer-2.9.2", "; bed_shape = 0x0,400x0,400x400,0x400", 500, 0, 2,
         LQ_PLATE_GEOMETRY},
        {"origin in the middle", "PrusaSlicer-2.9.2", "; bed_shape = -90x-90,90x-90,90x90,-90x90", 256, 0, 2,
         LQ_PLATE_GEOMETRY},
        {"the middle counts", "PrusaSlicer-2.9.2", SHAPE, 244, 0, 1, LQ_PLATE_IMPLICIT},
        {"one bed", "PrusaSlicer-2.9.2", SHAPE, 100, 100, 1, LQ_PLATE_IMPLICIT},
        {"no bed", "PrusaSlicer-2.9.2", "; layer_height = 0.2", 5000, 0, 1, LQ_PLATE_IMPLICIT},
        {"no rectangle", "PrusaSlicer-2.9.2", "; bed_shape = 0x0,250x0,250,0x210", 5000, 0, 1, LQ_PLATE_IMPLICIT},
        {"flat bed", "PrusaSlicer-2.9.2", "; bed_shape = 0x0,250x0", 5000, 0, 1, LQ_PLATE_IMPLICIT},
        {"a bed without end", "PrusaSlicer-2.9.2", "; bed_shape = 0x0,1e300x0,1e300x210", 5000, 0, 1,
         LQ_PLATE_IMPLICIT},
        {"another program", "Slic3r 1.3", SHAPE, 5000, 0, 1, LQ_PLATE_IMPLICIT},
        {"no version", "PrusaSlicer-", SHAPE, 5000, 0, 1, LQ_PLATE_IMPLICIT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        writer model;
        collected c;
        begin(&model, cases[i].producer);
        item_at(&model, 10, 10, 0);
        item_at(&model, cases[i].x, cases[i].y, 0);
        collect_with(&c, &model, (extra[3]){{CONFIG, cases[i].config}}, 0);
        expect_items(&c, cases[i].name, (uint32_t[]){1, cases[i].plate}, 2);
        CHECK_INT(cases[i].name, c.contents->plates[0].source, cases[i].source, "source");
        CHECK_INT(cases[i].name, c.instance_count, cases[i].plate ? 2 : 1, "instances");
        CHECK_INT(cases[i].name, c.notes.count, cases[i].plate == 0, "notes");
        collect_free(&c);
    }
    /* Nothing on any bed: the places tell nothing, and all is priced. */
    writer model;
    collected c;
    begin(&model, "PrusaSlicer-2.9.2");
    item_at(&model, -200, 0, 0);
    item_at(&model, 4000, 0, 0);
    collect_with(&c, &model, (extra[3]){{CONFIG, SHAPE}}, 0);
    expect_items(&c, "no item on a bed", (uint32_t[]){1, 1}, 2);
    assert_int_equal(c.instance_count, 2);
    assert_int_equal(c.notes.count, 0);
    collect_free(&c);
}

/* Components, units, turns: where an item is, is where its parts are. */
static void test_extents(void **state)
{
    (void)state;
    static const char model[] =
        MODEL_BEGIN "unit=\"centimeter\"><metadata name=\"Application\">PrusaSlicer-2.9.0</metadata><resources>" TETRA(
            "1") "<object id=\"2\" type=\"other\">" TETRA_MESH "</object>"
                 "<object id=\"3\"><components><component objectid=\"1\" transform=\"0 1 0 -1 0 0 0 0 1 2 1 0\"/>"
                 "<component objectid=\"2\" transform=\"1 0 0 0 1 0 0 0 1 900 0 0\"/></components></object>"
                 "<object id=\"4\" type=\"other\">" TETRA_MESH "</object></resources><build>"
                 "<item objectid=\"3\" transform=\"2 0 0 0 1 0 0 0 1 45 0 0\"/><item objectid=\"3\"/>"
                 "<item objectid=\"4\"/></build></model>";
    collected c;
    size_t size;
    pack_entry more = {.name = CONFIG, .data = SHAPE, .size = sizeof SHAPE - 1};
    uint8_t *data = pack_3mf(model, &more, 1, &size);
    collect_bytes(&c, data, size, NULL);
    expect_items(&c, "extents", (uint32_t[]){2, 0, 1}, 3);
    const lqi_extent *extent = &c.threemf->parts[c.threemf->root].objects[2].extent;
    static const double low[3] = {-80, 10, 0}, high[3] = {20, 110, 100};
    for (int i = 0; i < 3; i++) {
        CHECK_NEAR("extent", extent->low[i], low[i], 1e-12, "low");
        CHECK_NEAR("extent", extent->high[i], high[i], 1e-12, "high");
    }
    collect_free(&c);
}

/* ---- PrusaSlicer 3 ---- */

#define WRAPPED                                                                                                        \
    MODEL_BEGIN "><resources>" TETRA("1") TETRA("2")                                                                   \
        TETRA("3") "<object id=\"11\"><components><component objectid=\"1\"/></components></object>"                   \
                   "<object id=\"12\"><components><component objectid=\"2\"/></components></object>"                   \
                   "<object id=\"13\"><components><component objectid=\"3\"/></components></object>"                   \
                   "<object id=\"20\"><components><component objectid=\"11\"/><component objectid=\"12\"/><component " \
                   "objectid=\"13\"/></components></object></resources><build><item objectid=\"20\"/><item "           \
                   "objectid=\"20\"/>"                                                                                 \
                   "<item objectid=\"1\"/></build></model>"

static void collect_wrapped(collected *c, const extra files[2])
{
    pack_entry more[2];
    size_t count = 0, size;
    for (; count < 2 && files[count].name; count++)
        more[count] =
            (pack_entry){.name = files[count].name, .data = files[count].text, .size = strlen(files[count].text)};
    uint8_t *data = pack_3mf(WRAPPED, more, count, &size);
    collect_bytes(c, data, size, NULL);
}

static void test_prusa3(void **state)
{
    (void)state;
    static const char project[] =
        "{\"project\":{},\"config_containers\":[],\"objects\":[{\"id\":20,\"name\":\"gear\",\"volumes\":[{\"id\":11,"
        "\"type\":\"ModelPart\"},{\"id\":12,\"type\":\"NegativeVolume\"},{\"id\":13,\"type\":\"SupportBlocker\"}],"
        "\"instances\":[{\"ord\":1,\"printable\":false},{\"ord\":0},{\"ord\":99,\"printable\":false},{\"ord\":-1,"
        "\"printable\":false},7]},{\"id\":\"x\"},5]}";
    collected c;
    collect_wrapped(&c, (extra[2]){{PRUSA3, project}});
    collect_good(&c, "prusa3");
    assert_string_equal(c.contents->family, "prusa3");
    assert_int_equal(c.notes.count, 0);
    assert_int_equal(c.instance_count, 3);
    static const lq_role roles[] = {LQ_ROLE_MODEL, LQ_ROLE_NEGATIVE, LQ_ROLE_MODEL};
    for (size_t i = 0; i < 3; i++) assert_int_equal(c.instances[i].role, roles[i]);
    assert_int_equal(c.instances[2].item_index, 1);
    assert_string_equal(c.names[0], "gear");
    static const int printable[] = {1, 0, 1};
    for (size_t i = 0; i < 3; i++) assert_int_equal(c.contents->items[i].printable, printable[i]);
    collect_free(&c);
    static const char unknown[] = "{\"objects\":[{\"id\":20,\"volumes\":[{\"id\":12,\"type\":\"Thing\"},{\"id\":11,"
                                  "\"type\":\"ParameterModifier\"},{\"type\":\"NegativeVolume\"}]}]}";
    collect_wrapped(&c, (extra[2]){{PRUSA3, unknown}});
    collect_good(&c, "prusa3 by id");
    expect_note(&c, "prusa3 by id", "3mf_unknown_subtype", 1, PRUSA3);
    assert_int_equal(c.instance_count, 5);
    collect_free(&c);
}

/* ---- several files ---- */

#define PARTS(a, b, c)                                                                                                 \
    "<config><object id=\"20\"><part id=\"11\" subtype=\"" a "\"/><part id=\"12\" subtype=\"" b "\"/><part id=\"13\" " \
    "subtype=\"" c "\"/></object></config>"
#define NORMAL "normal_part"
#define NEGATIVE "negative_part"

static void test_mixed(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        extra files[2];
        size_t negatives;
        const char *mixed; /* the part of the note */
    } cases[] = {
        {"agree",
         {{SETTINGS, PARTS(NORMAL, NEGATIVE, NORMAL)},
          {"Metadata/Slic3r_PE_model.config", PARTS(NORMAL, NEGATIVE, NORMAL)}},
         1,
         NULL},
        {"Bambu first",
         {{SETTINGS, PARTS(NORMAL, NEGATIVE, NORMAL)},
          {"Metadata/Slic3r_PE_model.config", PARTS(NORMAL, NORMAL, NORMAL)}},
         1,
         "Metadata/Slic3r_PE_model.config"},
        {"Prusa before SuperSlicer",
         {{"Metadata/SuperSlicer_model.config", PARTS(NEGATIVE, NEGATIVE, NORMAL)},
          {"Metadata/Slic3r_PE_model.config", PARTS(NORMAL, NORMAL, NORMAL)}},
         0,
         "Metadata/SuperSlicer_model.config"},
        {"SuperSlicer before Slic3r",
         {{"Metadata/Slic3r_model.config", PARTS(NORMAL, NORMAL, NORMAL)},
          {"Metadata/SuperSlicer_model.config", PARTS(NEGATIVE, NEGATIVE, NORMAL)}},
         2,
         "Metadata/Slic3r_model.config"},
        {"the first covers another object",
         {{SETTINGS, "<config><object id=\"7\"><part id=\"1\" subtype=\"negative_part\"/></object></config>"},
          {"Metadata/Slic3r_model.config", PARTS(NORMAL, NEGATIVE, NORMAL)}},
         1,
         NULL},
        {"the first has no parts",
         {{SETTINGS, "<config><object id=\"20\"/></config>"},
          {"Metadata/Slic3r_model.config", PARTS(NORMAL, NEGATIVE, NORMAL)}},
         1,
         NULL},
        {"the first is damaged",
         {{SETTINGS, "<config><object id=\"20\"><part id=\"11\" subtype=\"negative_part\"/>"},
          {"Metadata/Slic3r_model.config", PARTS(NORMAL, NEGATIVE, NORMAL)}},
         1,
         NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        collected c;
        collect_wrapped(&c, cases[i].files);
        collect_good(&c, cases[i].name);
        size_t negatives = 0;
        for (size_t k = 0; k < c.instance_count; k++) negatives += c.instances[k].role == LQ_ROLE_NEGATIVE;
        CHECK_INT(cases[i].name, negatives, 2 * cases[i].negatives, "negative parts of two items");
        expect_note(&c, cases[i].name, "mixed_metadata", cases[i].mixed != NULL, cases[i].mixed);
        collect_free(&c);
    }
    /* Plates are Bambu's alone. */
    collected c;
    collect_wrapped(&c, (extra[2]){{"Metadata/Slic3r_model.config",
                                    "<config><plate><metadata key=\"plater_id\" value=\"3\"/></plate></config>"}});
    collect_good(&c, "plates of another");
    assert_int_equal(c.contents->plates[0].source, LQ_PLATE_IMPLICIT);
    assert_int_equal(c.instance_count, 7);
    collect_free(&c);
}

/* ---- failures of ours ---- */

static lq_status list_lent(const uint8_t *data, size_t size, const lq_allocator *allocator)
{
    lq_context_options options = {.struct_size = sizeof options, .allocator = allocator};
    lq_context *context = NULL;
    lqi_zip *zip = NULL;
    lqi_threemf *threemf = NULL;
    const lqi_threemf_contents *contents;
    lq_source source;
    lq_source_memory(data, size, NULL, &source);
    lq_status status = lqi_context_create(&options, &context);
    if (status != LQ_OK) return status;
    status = lqi_zip_open(context, &source, &zip);
    if (status == LQ_OK) status = lqi_threemf_open(context, zip, 0, &threemf);
    if (status == LQ_OK) status = lqi_threemf_contents_read(threemf, &contents);
    if (status == LQ_OK) assert_int_equal(contents->plate_count, 2);
    lqi_threemf_close(threemf);
    lqi_zip_close(zip);
    lq_context_destroy(context);
    return status;
}

static void test_no_memory(void **state)
{
    (void)state;
    static const char volumes[] = "{\"objects\":[{\"id\":1,\"name\":\"a\",\"volumes\":[{\"id\":1}]}]}";
    static const char project[] = "{\"filament_type\":[\"PLA\"]," BED "}", config[] = SHAPE "; filament_type = A;B";
    writer settings;
    put_plates(&settings, (uint32_t[]){1, 2}, 2, ROW("0"));
    const pack_entry entries[2][3] = {{{.name = SETTINGS, .data = settings.text, .size = settings.size},
                                       {.name = PROJECT, .data = project, .size = sizeof project - 1},
                                       {.name = PRUSA3, .data = volumes, .size = sizeof volumes - 1}},
                                      {{.name = CONFIG, .data = config, .size = sizeof config - 1},
                                       {.name = "Metadata/Slic3r_PE_model.config",
                                        .data = PARTS(NORMAL, NEGATIVE, NORMAL),
                                        .size = sizeof PARTS(NORMAL, NEGATIVE, NORMAL) - 1},
                                       {.name = "Metadata/Slic3r_model.config",
                                        .data = PARTS(NORMAL, NORMAL, NORMAL),
                                        .size = sizeof PARTS(NORMAL, NORMAL, NORMAL) - 1}}};
    for (int which = 0; which < 2; which++) {
        writer model;
        begin(&model, "PrusaSlicer-2.9.0");
        item_at(&model, 0, 0, 0);
        item_at(&model, 350, 0, 0);
        put(&model, "</build></model>");
        size_t size;
        uint8_t *data = pack_3mf(model.text, entries[which], 3, &size);
        for (uint64_t n = 1;; n++) {
            lend_allocator lent = {.fail_at = n, .forever = 1};
            lq_allocator allocator = lend_allocator_of(&lent);
            lq_status status = list_lent(data, size, &allocator);
            assert_int_equal(lent.held, 0);
            if (lent.calls < n) {
                assert_int_equal(status, LQ_OK);
                assert_true(n > 30);
                break;
            }
            CHECK_INT("no memory", status, LQ_ERR_MEMORY, "status");
        }
        free(data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_four_items_one_row),
        cmocka_unit_test(test_known_grids),
        cmocka_unit_test(test_borders),
        cmocka_unit_test(test_grid_by_search),
        cmocka_unit_test(test_no_plates),
        cmocka_unit_test(test_filaments),
        cmocka_unit_test(test_broken_json),
        cmocka_unit_test(test_beds),
        cmocka_unit_test(test_bed_rules),
        cmocka_unit_test(test_extents),
        cmocka_unit_test(test_prusa3),
        cmocka_unit_test(test_mixed),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
