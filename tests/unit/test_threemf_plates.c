/* 3MF of Bambu Studio and its kin: what lies on which plate, and the settings of the project. */
#include "format/threemf_beds.h"
#include "tests/unit/threemf_project.h"

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
    /* An object that is not there does not stop what is to be printed, and is listed. */
    assert_int_equal(c.status, LQ_OK);
    assert_int_equal(c.contents->item_count, 9);
    assert_string_equal(c.contents->items[8].object_id, "9");
    assert_false(c.contents->items[8].printable);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_four_items_one_row), cmocka_unit_test(test_known_grids), cmocka_unit_test(test_borders),
        cmocka_unit_test(test_grid_by_search),     cmocka_unit_test(test_no_plates),   cmocka_unit_test(test_filaments),
        cmocka_unit_test(test_broken_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
